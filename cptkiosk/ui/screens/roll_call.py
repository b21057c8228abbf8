"""The roll call before the clocks run on: who is back at their seat."""

from functools import partial
from typing import ClassVar

from cptkiosk.domain.commands.base import STAND_IN
from cptkiosk.domain.commands.halt import ResumeSession
from cptkiosk.domain.guidance.next_step import comparison_step
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import plural
from cptkiosk.ui.actions import Action, Commands
from cptkiosk.ui.dialogs.asking import ask_command
from cptkiosk.ui.dialogs.beyond_window import why_beyond
from cptkiosk.ui.dialogs.question import CommandQuestion
from cptkiosk.ui.frame.body import ListBody
from cptkiosk.ui.frame.checklist import Checklist
from cptkiosk.ui.frame.session_screen import SessionScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.fields import TextField
from cptkiosk.ui.widgets.filterable_table import Column


class RollCallScreen(SessionScreen):
    """Everyone who is not marked is interrupted when the clocks run on."""

    ROUTE = Route.ROLL_CALL
    DRAWS_EACH_SECOND = True
    BODY = ListBody(
        Column("Seat", 5),
        Column("Person", 30, grow=True),
        Column("Back", 10),
        empty="No one was testing. Press Enter to resume.",
    )

    def __init__(self, session_id: str, *, starts_on: str = "") -> None:
        super().__init__(session_id, starts_on=starts_on)
        self.checklist = Checklist(self, "back")

    def finish_opening(self) -> None:
        """Bring back who is checked off already."""
        self.checklist.open()

    def draw_body(self) -> None:
        """Draw who was testing and who is back."""
        self.checklist.take_over()
        row = partial(self.checklist.row, done="back")
        self.table.set_rows(map(row, self.checklist.people))

    def next_step(self) -> Step:
        """Count who is still missing; before that the time left must be certain."""
        if self.session.stage is not Stage.HALTED:
            return Step("the clocks are running - go back", "leave")
        if comparison := comparison_step(self.session):
            return comparison
        missing = len(self.checklist.missing)
        if missing:
            return Step(
                f"roll call: check off everyone back at a seat: {missing} left",
                "mark",
            )
        return Step("everyone is back - resume", "next")

    def halt(self) -> object:
        """Go back to the attendance outside, or halt what runs again."""
        if self.session.stage is Stage.HALTED:
            return self.go_back()
        return super().halt()

    def go_back(self) -> object:
        """Go back to the attendance outside; once the clocks run, to what was before."""
        if self.session.stage is not Stage.HALTED:
            return super().go_back()
        return self.go_to(Route.MUSTER)

    def _lacks_people(self) -> str:
        """Return who is not checked off yet, if Enter would resume without them."""
        missing = self.checklist.missing
        if not missing or self.next_step().action != "mark":
            return ""
        return (
            f"{self.person(missing[0])} is not checked off. Press Space on each"
            " person who is back, or r to resume without the missing."
        )

    def _resumption(self) -> Commands:
        """Return what resuming asks, if that is what Enter leads to."""
        resumes = self.next_step().action in {"next", "mark"}
        return (self._command(STAND_IN),) if resumes else ()

    def _command(self, beyond_window: str = "") -> ResumeSession:
        return ResumeSession(
            session_id=self.session_id,
            back=tuple(one.attempt_id for one in self.checklist.present),
            beyond_window=beyond_window,
        )

    async def take_next_step(self) -> None:
        """Resume once everyone is back; no one is interrupted by a key too many."""
        step = self.next_step()
        if step.action == "leave":
            self.go_back()
        elif step.action == "confirm":
            await self.follow(step)
        else:
            self.resume_session()

    def resume_session(self) -> None:
        """Say what resuming means, then resume."""
        missing = self.checklist.missing
        back = self.checklist.present
        stays = sum(one.is_paused for one in back)
        runs = len(back) - stays
        lines = [f"{plural(runs, 'clock resumes', 'clocks resume')}."]
        if stays:
            lines[0] += f" {plural(stays, 'stays', 'stay')} paused."
        lines += [
            f"{self.person(one)} is not back and will be interrupted."
            for one in missing[:8]
        ]
        if len(missing) > len(lines) - 1:
            lines.append(f"In all, {len(missing)} people will be interrupted.")
        # Possible but for the vendor's window: the person who goes on says why.
        beyond = why_beyond(self, (self._command(),))
        if beyond:
            lines.append(beyond)
        fields = (TextField("beyond", "Reason"),) if beyond else ()
        outcome = f", {len(missing)} interrupted" if missing else ""
        question = CommandQuestion(
            "Resume the clocks",
            lines,
            fields,
            command=lambda values: self._command(values.text("beyond", "")),
            words=f"{plural(runs, 'clock resumed', 'clocks resumed')}{outcome}",
            enter="resume",
            then=self._leave,
        )
        ask_command(self, question)

    def _leave(self) -> object:
        self.checklist.forget_marks()
        return self.kiosk.navigator.back()

    ACTIONS: ClassVar[tuple[Action["RollCallScreen"], ...]] = (
        Action("next", "enter", take_next_step, _resumption, _lacks_people),
        Action("mark", "space", lambda screen: screen.checklist.toggle(),
               lacks=lambda screen: screen.checklist.lacks_people()),
        Action("all", "A", lambda screen: screen.checklist.check_all(),
               lacks=lambda screen: screen.checklist.lacks_people()),
        Action("resume", "r", resume_session,
               lambda screen: (screen._command(STAND_IN),)),
    )  # fmt: skip
