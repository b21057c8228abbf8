"""The muster after a halt: who is out of the building, ticked off one by one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual.widget import Widget

from cptkiosk.domain.commands.irregularity import TakeNote
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import plural
from cptkiosk.ui import enter_guard
from cptkiosk.ui.actions import Action, Commands
from cptkiosk.ui.dialogs.asking import ask_command
from cptkiosk.ui.dialogs.form_dialog import ask_question
from cptkiosk.ui.dialogs.irregularity_fields import SEEN_OUTSIDE
from cptkiosk.ui.dialogs.question import CommandQuestion, Question
from cptkiosk.ui.frame.body import ListBody
from cptkiosk.ui.frame.checklist import Checklist
from cptkiosk.ui.frame.kiosk_screen import HALT
from cptkiosk.ui.frame.session_screen import UNDO, SessionScreen
from cptkiosk.ui.naming import end_sentence, names_in_lines
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.session_clock_text import NOTHING_RUNS
from cptkiosk.ui.widgets.bars import Stages
from cptkiosk.ui.widgets.big_clock import BigClock
from cptkiosk.ui.widgets.filterable_table import Column, Row

NAMED_MAX = 6


OWN_HALT: Action["MusterScreen"] = HALT


class MusterScreen(SessionScreen):
    """The first roll after an alarm: everyone who was testing, seen outside or not."""

    ROUTE = Route.MUSTER
    DRAWS_EACH_SECOND = True
    BODY = ListBody(
        Column("Seat", 5),
        Column("Person", 30, grow=True),
        Column("Module", 8, min_screen=100),
        Column("Outside", 12),
        empty="No one was testing. Press Esc to go back.",
    )
    ENTER_RULE = enter_guard.CAREFUL_LIST

    def __init__(self, session_id: str, *, starts_on: str = "") -> None:
        super().__init__(session_id, starts_on=starts_on)
        self.checklist = Checklist(self, "seen outside")

    def finish_opening(self) -> None:
        """Bring back who is checked off already."""
        self.checklist.open()

    def compose_body(self) -> Iterator[Widget]:
        """Lay out how long the halt lasts, and the roll."""
        yield BigClock()
        yield from super().compose_body()

    def draw_body(self) -> None:
        """Draw how long the halt lasts, and who has been seen outside."""
        self.query_one(BigClock).text = timing.clock_text(self.view.halted_ms)
        self.checklist.take_over()
        self.table.set_rows(map(self._make_row, self.checklist.people))

    def _make_row(self, one: Attempt) -> Row:
        return self.checklist.row(one, one.module.short, done="out")

    def draw_stage(self) -> None:
        """Say since when everything stands."""
        super().draw_stage()
        if self.session.stage is Stage.HALTED:
            since = self.kiosk.desk.times.format_seconds(self.session.halts[-1][0])
            seen, count = len(self.checklist.present), len(self.checklist.people)
            words = (
                f"HALTED since {since}, for the time below   {seen} of {count} outside"
            )
            self.stages.said = Stages(right=words)

    def next_step(self) -> Step:
        """Count who has not been seen yet."""
        if self.session.stage is not Stage.HALTED:
            return Step("the clocks are running - go back", "leave")
        missing = self.checklist.missing
        if not missing:
            return Step(
                "everyone is outside - when it is safe to go back, take roll call",
                "next",
            )
        if self.checklist.checked:
            who = plural(len(missing), "person", "people")
            return Step(f"attendance outside: {who} not seen yet", "mark")
        return Step(
            "attendance outside: check off everyone at the assembly point", "mark"
        )

    def _notes(self) -> Commands:
        """Return what Enter records; once the clocks run it goes back."""
        halted = self.session.stage is Stage.HALTED
        return (self._command(),) if halted and self.checklist.checked else ()

    def _command(self) -> TakeNote:
        people, missing = self.checklist.people, self.checklist.missing
        words = f"{SEEN_OUTSIDE}{len(people) - len(missing)} of {len(people)}"
        if missing:
            words += f"; not seen: {self._names(missing)}"
        return TakeNote(session_id=self.session_id, text=words)

    def _names(self, people: list[Attempt]) -> str:
        named = "; ".join(map(self.person, people[:NAMED_MAX]))
        more = len(people) - NAMED_MAX
        return f"{named}; and {more} more" if more > 0 else named

    async def take_next_step(self) -> None:
        """Keep the muster on record, and go on to the roll at the seats.

        Enter goes on here as the line of keys says, also before everyone is outside.
        """
        if self.session.stage is not Stage.HALTED:
            self.go_back()
            return
        command, missing = self._command(), self.checklist.missing
        if not self.checklist.checked and missing:
            self._ask_without_any(
                "skip-attendance",
                missing,
                partial(self.go_to, Route.ROLL_CALL),
            )
        elif not missing:
            self.post_command(
                command, command.text, partial(self.go_to, Route.ROLL_CALL)
            )
        else:
            question = CommandQuestion.from_catalog(
                "attendance-missing",
                {"unseen": self._unseen_line},
                command=lambda _: self._command(),
                words=lambda _: self._command().text,
                then=partial(self.go_to, Route.ROLL_CALL),
            )
            ask_command(self, question)

    def _unseen_line(self) -> str:
        """Return who has not been seen outside by now."""
        missing = self.checklist.missing
        if not missing:
            return "Everyone was seen."
        return end_sentence(f"Not seen: {self._names(missing)}")

    def go_back(self) -> object:
        """Go back; as long as no one is checked off, only after a question."""
        missing = self.checklist.missing
        if (
            self.checklist.checked
            or not missing
            or self.session.stage is not Stage.HALTED
        ):
            return super().go_back()
        self._ask_without_any(
            "leave-attendance",
            missing,
            self.dismiss_to_previous,
        )
        return None

    def _ask_without_any(
        self, dialog: str, missing: list[Attempt], then: Callable[[], object]
    ) -> None:
        """Name everyone who was not seen before the attendance is left all the same."""
        names = names_in_lines(self.session, missing)
        details = {"count": len(missing), "names": names}
        question = Question.from_catalog(dialog, details)
        ask_question(self.kiosk, question, lambda _: then())

    def _lacks_halt(self) -> str:
        if self.session.stage is Stage.HALTED:
            return "This session is halted. Check off everyone outside."
        return "" if self.session.running else NOTHING_RUNS

    ACTIONS: ClassVar[tuple[Action["MusterScreen"], ...]] = (
        Action("next", "enter", take_next_step, _notes),
        replace(OWN_HALT, lacks=_lacks_halt),
        Action("mark", "space", lambda screen: screen.checklist.toggle(),
               lacks=lambda screen: screen.checklist.lacks_people()),
        Action("all", "A", lambda screen: screen.checklist.check_all(),
               lacks=lambda screen: screen.checklist.lacks_people()),
        UNDO,
    )  # fmt: skip
