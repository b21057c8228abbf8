"""What the keys of the testing screen do to the people who are marked."""

from collections.abc import Callable
from typing import Any

from textual import on

from cptkiosk.domain import commands as c
from cptkiosk.domain.attempt import Attempt, Progress
from cptkiosk.domain.values import plural
from cptkiosk.ui.action_line import BY_WORD, Action
from cptkiosk.ui.dialogs import clocks as clock_questions
from cptkiosk.ui.dialogs import late_start
from cptkiosk.ui.dialogs import seats as seat_questions
from cptkiosk.ui.dialogs import testing as ask_about
from cptkiosk.ui.dialogs.action_bar import carry_out
from cptkiosk.ui.dialogs.asking import ask_command
from cptkiosk.ui.dialogs.beyond_window import ANY_REASON, ask_or_say_why
from cptkiosk.ui.dialogs.credit import ask_credit
from cptkiosk.ui.frame.session_screen import RollScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.roll import Roll

OF_SEVERAL = frozenset({"take_break", "pause", "credit", "finish"})
OF_ONE = frozenset({"end_early", "late", "seat", "vendor"})


class TestingActs(RollScreen):
    """Acts on the marked people, or on the one under the cursor if nobody is marked."""

    __test__ = False

    @property
    def chosen(self) -> tuple[Attempt, ...]:
        """Whom the keys act on."""
        keys = self.chosen_attempts() if self.drawable else ()
        return tuple(self.session.attempts[one] for one in keys)

    @property
    def _one(self) -> Attempt:
        assert self.chosen, "a probe has found somebody"
        return self.chosen[0]

    def probes_about(self, attempt: Attempt) -> dict[str, c.SessionCommand]:
        """Name the wishes behind the keys that act on people."""
        about = self.about(attempt)
        return {
            "take_break": _break(attempt)(**about),
            "pause": (
                c.EndPause(**about, beyond_window=ANY_REASON)
                if attempt.paused
                else c.BeginPause(**about, reason="?")
            ),
            "credit": c.GiveCredit(
                **about, credit_ms=1000, reason="?", beyond_window=ANY_REASON
            ),
            "vendor": c.NoteVendorClock(**about, vendor_left_ms=0),
            "finish": c.FinishAttempt(**about),
            "end_early": c.EndEarly(**about, outcome="interrupted", reason="?"),
            "seat": seat_questions.wish(self.session, attempt),
        }

    def why_not(self, action: str) -> str:
        """Return why a key does nothing for those who are marked."""
        chosen = self.chosen
        if action in OF_SEVERAL | OF_ONE and not chosen:
            return "Nobody is on the roll."
        if action in OF_ONE and len(chosen) > 1:
            return (
                f"This is for one person; {len(chosen)} are marked. Esc unmarks them."
            )
        if action in OF_SEVERAL and len(chosen) > 1:
            return self._why_not_all(action, chosen)
        if action == "late":
            return self._why_not_late(self._one)
        return super().why_not(action)

    def why_not_now(self, action: str) -> str | None:
        """Return why a key for a row does nothing just now; those who are marked stay."""
        marked = self.query_one(Roll).marked
        return None if marked else super().why_not_now(action)

    def _why_not_all(self, action: str, chosen: tuple[Attempt, ...]) -> str:
        """Return the first reason why not everybody who is marked can have it."""
        wishes = [self.probes_about(one)[action] for one in chosen]
        if len(set(map(type, wishes))) > 1:
            state = "on a break" if action == "take_break" else "paused"
            return f"Some of the {len(chosen)} marked are {state}, some are not."
        reasons = (self.why_refused(wish) for wish in wishes)
        reason = next(filter(None, reasons), "")
        return f"Of the {len(chosen)} marked: {reason}" if reason else ""

    def _why_not_late(self, attempt: Attempt) -> str:
        if attempt.standing is Progress.SEATED or attempt.progress_waiting:
            return ""
        progress = self.session.progress(attempt, self.line_ms)
        return f"{self.person(attempt)} is {progress}, not late."

    @on(Roll.Marked)
    def _dim_for_marked(self) -> None:
        self.dim_keys()

    def do_back(self) -> object:
        """Take the marks off; if there are none, go back."""
        roll = self.query_one(Roll)
        if not roll.marks:
            return super().do_back()
        self.say(f"{plural(len(roll.marks), 'row')} unmarked", "ok")
        roll.clear_marks()
        return None

    # Acting

    def do_mark(self) -> None:
        """Mark the row under the cursor, or take its mark off."""
        self.query_one(Roll).toggle_mark()

    def _for_all(self, word: str, wish: Callable[..., c.SessionCommand]) -> None:
        """Do what a word of the action line does to everybody who is marked."""
        people = self.chosen
        wishes = tuple(wish(**self.about(one)) for one in people)
        carry_out(self, Action(BY_WORD[word], people, wishes))

    def do_take_break(self) -> None:
        """Let people out, or back in."""
        one, wish = self._one, _break(self._one)
        if len(self.chosen) > 1:
            self._for_all("back" if one.on_break else "break", wish)
        elif one.on_break:
            self.ask(wish(**self.about(one)), f"{self.person(one)}: back from break")
        else:
            out = sum(other.on_break for other in self.session.attempts.values())
            others = f"; {plural(out, 'other', 'others')} out too" if out else ""
            self.ask(wish(**self.about(one)), f"{self.person(one)}: break{others}")

    def do_pause(self) -> None:
        """Stop these clocks alone, or let them run on."""
        one = self._one
        if not one.paused:
            clock_questions.ask_pause(self, self.chosen)
        elif len(self.chosen) > 1:
            self._for_all("go", c.EndPause)
        else:
            about = self.about(one)
            ask_or_say_why(
                self,
                lambda why: c.EndPause(**about, beyond_window=why),
                f"{self.person(one)}: clock runs on",
                "Go on beyond the testing window",
                "Why go on",
            )

    def do_credit(self) -> None:
        """Ask how much time, and why."""
        ask_credit(self, self.chosen)

    def do_vendor(self) -> None:
        """Ask what the vendor's screen shows."""
        question = clock_questions.vendor_clock(self.session, self._one, self.line_ms)
        ask_command(self, question)

    def do_finish(self) -> None:
        """Record that the vendor's screen shows submitted."""
        self._for_all("finish", c.FinishAttempt)

    def do_end_early(self) -> None:
        """Ask how and why the attempt ends early."""
        ask_command(self, ask_about.end_early(self.session, self._one))

    def do_seat(self) -> None:
        """Move somebody to another seat, or swap two people."""
        seat_questions.ask(self, self._one)

    def do_note(self) -> None:
        """Keep a remark."""
        ask_command(self, ask_about.note(self.session, self.chosen))

    def do_late(self) -> None:
        """Take a late arrival through check-in, then start their clock."""
        self.take_late(self._one)

    def take_late(self, attempt: Attempt) -> None:
        """Start the clock of somebody who is seated late; else check them in first."""
        seated = attempt.standing is Progress.SEATED
        start = late_start.wish(self, attempt)
        reason = self.why_refused(start) if seated else ""
        if seated and not reason:
            late_start.start_late(self, attempt)
            return
        self.kiosk.navigator.go_to(
            Route.CHECK_IN, self.session_id, attempt.attempt_id, instead=False
        )
        if reason:
            self.kiosk.say(reason, "error")


def _break(attempt: Attempt) -> Callable[..., Any]:
    return c.EndBreak if attempt.on_break else c.BeginBreak
