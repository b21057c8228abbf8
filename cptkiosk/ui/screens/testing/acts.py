"""What the keys of the testing screen do to the people who are marked."""

from collections.abc import Callable
from typing import Any

from cptkiosk.domain import commands as c
from cptkiosk.domain.attempt import Attempt, AttemptProgress
from cptkiosk.domain.values import plural
from cptkiosk.ui.action_line import BY_WORD, TypedAction
from cptkiosk.ui.actions import STAND_IN, Action, Commands
from cptkiosk.ui.dialogs.action_bar import carry_out
from cptkiosk.ui.dialogs.beyond_window import ask_or_say_why, start_late, with_reason
from cptkiosk.ui.dialogs.testing import ask_pause
from cptkiosk.ui.frame.table_screen import TableScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.filterable_table import FilterableTable

NOBODY = "Nobody is on the roll."


class TestingActs(TableScreen):
    """Acts on the marked people, or on the one under the cursor if nobody is marked."""

    __test__ = False

    @property
    def chosen(self) -> tuple[Attempt, ...]:
        """Whom the keys act on."""
        keys = self.chosen_attempts() if self.drawable else ()
        return tuple(map(self.session.attempts.__getitem__, keys))

    @property
    def first_chosen(self) -> Attempt:
        """The first of them, where there is somebody."""
        assert self.chosen, "somebody is on the roll"
        return self.chosen[0]

    def lacks_people(self) -> str:
        """Return that there is nobody to act on, if so."""
        return "" if self.chosen else NOBODY

    def lacks_one(self) -> str:
        """Return that there is not one person alone to act on, if so."""
        count = len(self.chosen)
        if count > 1:
            return f"This is for one person; {count} are marked. Esc unmarks them."
        return "" if count else NOBODY

    def lacks_alike(self, state: str, is_so: Callable[[Attempt], bool]) -> str:
        """Return that a key would let some go and bring others back, if so."""
        chosen = self.chosen
        if len(set(map(is_so, chosen))) > 1:
            return f"Some of the {len(chosen)} marked are {state}, some are not."
        return "" if chosen else NOBODY

    def lacks_late(self) -> str:
        """Return that nobody here comes late, if so."""
        if lacking := self.lacks_one():
            return lacking
        attempt = self.first_chosen
        if attempt.standing is AttemptProgress.SEATED or attempt.progress_waiting:
            return ""
        progress = self.session.progress(attempt, self.line_ms)
        return f"{self.person(attempt)} is {progress}, not late."

    def break_command(self, attempt: Attempt) -> c.SessionCommand:
        """Return what the key for a break asks for somebody."""
        verb = BY_WORD["back" if attempt.on_break else "break"]
        return verb.command(self.about(attempt))

    def pause_command(self, attempt: Attempt) -> c.SessionCommand:
        """Return what the key for a pause asks for somebody."""
        verb = BY_WORD["go" if attempt.paused else "pause"]
        return with_reason(verb.command(self.about(attempt)), STAND_IN)

    def why_not_now(self, action: Action[Any]) -> str:
        """Return why a key for a row does nothing just now; those who are marked stay."""
        return (
            ""
            if self.query_one(FilterableTable).marked
            else super().why_not_now(action)
        )

    def go_back(self) -> object:
        """Take the marks off; if there are none, go back."""
        table = self.query_one(FilterableTable)
        if not table.marks:
            return super().go_back()
        self.say(f"{plural(len(table.marks), 'row')} unmarked", "ok")
        table.clear_marks()
        return None

    # Acting

    def _for_all(self, word: str) -> None:
        """Do what a word of the action line does to everybody who is marked."""
        verb, people = BY_WORD[word], self.chosen
        commands = tuple(verb.command(self.about(one)) for one in people)
        carry_out(self, TypedAction(verb, people, commands))

    def take_break(self) -> None:
        """Let people out, or back in."""
        one, name = self.first_chosen, self.person(self.first_chosen)
        if len(self.chosen) > 1:
            self._for_all("back" if one.on_break else "break")
        elif one.on_break:
            self.ask(self.break_command(one), f"{name}: back from break")
        else:
            out = sum(other.on_break for other in self.session.attempts.values())
            others = f"; {plural(out, 'other', 'others')} out too" if out else ""
            self.ask(self.break_command(one), f"{name}: break{others}")

    def pause_clock(self) -> None:
        """Stop these clocks alone, or let them run on."""
        one = self.first_chosen
        if not one.paused:
            ask_pause(self, self.chosen)
        elif len(self.chosen) > 1:
            self._for_all("go")
        else:
            ask_or_say_why(
                self,
                c.EndPause(**self.about(one)),
                f"{self.person(one)}: clock runs on",
                "Go on beyond the testing window",
                "Why go on",
            )

    def finish_attempts(self) -> None:
        """Record that the vendor's screen shows submitted."""
        self._for_all("finish")

    def take_late(self, attempt: Attempt) -> None:
        """Start the clock of somebody who is seated late; else check them in first."""
        seated = attempt.standing is AttemptProgress.SEATED
        start = c.StartLate(**self.about(attempt), beyond_window=STAND_IN)
        reason = self.why_refused(start) if seated else ""
        if seated and not reason:
            start_late(self, attempt)
            return
        self.kiosk.navigator.go_to(
            Route.CHECK_IN, self.session_id, attempt.attempt_id, instead=False
        )
        if reason:
            self.kiosk.status.say(reason, "error")


def of_each(
    make: Callable[[TestingActs, Attempt], c.SessionCommand],
) -> Callable[[TestingActs], Commands]:
    """Return what says what a key asks for everybody whom it acts on."""
    return lambda screen: [make(screen, one) for one in screen.chosen]


def of_each_by(word: str) -> Callable[[TestingActs], Commands]:
    """Return what says what a key asks that does what a word of the action line does."""
    return of_each(
        lambda screen, one: with_reason(
            BY_WORD[word].command(screen.about(one)), STAND_IN
        )
    )
