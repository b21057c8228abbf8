"""Start: who begins, what is read aloud, one confirm."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import ClassVar

from textual.containers import VerticalScroll
from textual.widget import Widget

from cptkiosk.domain.commands.base import STAND_IN
from cptkiosk.domain.commands.testing import StartSession
from cptkiosk.domain.guidance.next_step import STAGES
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.attempt import Attempt, AttemptProgress
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.terms import display_term
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import plural
from cptkiosk.ui import enter_guard
from cptkiosk.ui.actions import Action
from cptkiosk.ui.dialogs.asking import ask_command
from cptkiosk.ui.dialogs.beyond_window import why_beyond
from cptkiosk.ui.dialogs.question import CommandQuestion
from cptkiosk.ui.frame.session_screen import SessionScreen
from cptkiosk.ui.naming import DIALOG_CELLS, fit_names
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.bars import Stages
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.workers import begin


class StartScreen(SessionScreen):
    """One start instant for every terminal, a few seconds ahead."""

    ROUTE = Route.START
    DRAWS_EACH_SECOND = True
    ENTER_RULE = enter_guard.START

    def compose_body(self) -> Iterator[Widget]:
        """Lay out summary and script."""
        yield PlainText("", id="summary")
        with VerticalScroll(id="script", can_focus=False):
            yield PlainText("", id="words")

    @property
    def _against(self) -> str:
        """Why the session may not start, as the rules say."""
        return self.why_refused(self._command(STAND_IN))

    @property
    def _script(self) -> VerticalScroll:
        return self.query_one("#script", VerticalScroll)

    def draw_stage(self) -> None:
        """Draw the stage this screen stands for."""
        rooms = ", ".join(room.name for room in self.session.rooms)
        self.stages.said = Stages(STAGES, STAGES.index("Start"), f"room {rooms}")

    def draw_body(self) -> None:
        """Say what will be true after the start."""
        desk = self.kiosk.desk
        delay_ms = self.definitions.policies.start_countdown_seconds * 1000
        start_ms = desk.now().utc_ms + delay_ms
        seated = self.view.seated_attempts
        ends = Counter(
            start_ms + one.allowed_ms for one in seated if not one.is_untimed
        )
        others = Counter(
            display_term(one.standing)
            for one in self.session.attempts.values()
            if one.standing is not AttemptProgress.SEATED
        )
        lines = [
            f"{plural(len(seated), 'person starts', 'people start')} at"
            f" {desk.times.format_seconds(start_ms)} if you press Enter now."
        ]
        if self._against:
            lines = [f"{self.kiosk.glyphs.attention} {self._against}"]
        for end_ms, count in sorted(ends.items()):
            span = timing.span_text(end_ms - start_ms)
            lines.append(
                f"  {plural(count, 'person ends', 'people end')} at"
                f" {desk.times.format_seconds(end_ms)}  ({span})"
            )
        if untimed := sum(one.is_untimed for one in seated):
            lines.append(
                f"  {plural(untimed, 'person is', 'people are')} untimed and"
                f" {'ends' if untimed == 1 else 'end'} when done"
            )
        if others:
            words = ", ".join(
                f"{count} {what}" for what, count in sorted(others.items())
            )
            lines.append(f"  not starting: {words}")
        lines += self._settled_later(seated)
        if lead := desk.center.staff.get(self.session.lead):
            lines.append(f"  {lead.name} runs the session")
        lines += ["", "Read aloud:"]
        self.show_text("summary", "\n".join(lines))
        minutes = [one.module.minutes for one in self.session.attempts.values()]
        words = self.definitions.scripts.welcome_text(minutes) if minutes else ""
        self.show_text("words", words)

    def _settled_later(self, seated: Sequence[Attempt]) -> Iterator[str]:
        """Yield who starts in spite of what the close-out will ask about, and what."""
        for known in sorted({one.in_spite_of for one in seated if one.in_spite_of}):
            names = [self.person(one) for one in seated if one.in_spite_of == known]
            told = fit_names(names, DIALOG_CELLS, 1)
            yield f"  {known}: {' '.join(told)}"

    def next_step(self) -> Step:
        """Point at the start, or at what still keeps it."""
        if self.session.stage is not Stage.CHECK_IN:
            return super().next_step()
        if not self._against:
            return Step("read the script aloud, then start", "start")
        if blockers.to_start(self.session):
            return super().next_step()
        # Everyone is resolved: what is in the way is who would start it, or what one
        # of them did in another session meanwhile.
        return Step("settle that, or hand over in Check-in", "back")

    def _command(self, beyond_window: str = "") -> StartSession:
        return StartSession(
            session_id=self.session_id, beyond_window=beyond_window, script_read=True
        )

    def _enter_word(self) -> str:
        """Return what Enter does here: start, or what has to be done before."""
        return "start now" if self.next_line.step.action == "start" else "next"

    async def take_step(self, step: Step) -> None:
        """Start everyone seated."""
        seated = len(self.view.seated_attempts)
        words = f"started {plural(seated, 'person', 'people')}"
        go_on = partial(self.go_to, Route.TESTING)
        # Possible but for the vendor's window, or far off the plan: who starts says so.
        beyond = why_beyond(self, (self._command(),))
        odd = self.kiosk.desk.preview.odd_dates(self._command(), self.actor)
        if (not beyond and not odd) or self.why_refused(self._command(STAND_IN)):
            self.post_command(self._command(), words, go_on)
            return
        question = CommandQuestion.from_catalog(
            "start-past-window" if beyond else "start-unplanned",
            {"beyond": beyond, "odd": odd},
            command=lambda values: self._command(values.text("beyond", "")),
            words=words,
            then=go_on,
        )
        ask_command(self, question)

    def redraw_record(self) -> None:
        """Follow another terminal that started the session."""
        super().redraw_record()
        if self.drawable and self.session.running and self.is_active:
            begin(self, self._follow, "follow")

    async def _follow(self) -> None:
        self.go_to(Route.TESTING)

    async def go_back(self) -> None:
        """Go back to the check-in."""
        self.go_to(Route.CHECK_IN)

    ACTIONS: ClassVar[tuple[Action["StartScreen"], ...]] = (
        Action("next", "enter", lambda screen: screen.next_line.press_enter(),
               lacks=lambda screen: screen.next_line.lacks_enter(), word=_enter_word),
        Action("page_down", "pagedown",
               lambda screen: screen._script.scroll_page_down(animate=False)),
        Action("page_up", "pageup",
               lambda screen: screen._script.scroll_page_up(animate=False)),
        Action("down", "down",
               lambda screen: screen._script.scroll_down(animate=False)),
        Action("up", "up", lambda screen: screen._script.scroll_up(animate=False)),
    )  # fmt: skip
