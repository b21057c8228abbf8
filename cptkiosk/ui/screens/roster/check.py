"""What a roster would change, row by row, and how it is read; then Enter records it."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.widget import Widget

from cptkiosk.desk import Recorded
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.values import Actor
from cptkiosk.host.work_progress import WorkProgress
from cptkiosk.roster import importer
from cptkiosk.roster.model import Decisions, Doubt, ReadOptions
from cptkiosk.roster.outcomes import RowOutcome
from cptkiosk.ui.actions import Action
from cptkiosk.ui.dialogs.approval import attempt_as
from cptkiosk.ui.dialogs.progress_dialog import work_on
from cptkiosk.ui.dialogs.roster import ask_columns, ask_decision, ask_reading, off_roll
from cptkiosk.ui.frame.kiosk_screen import FIND, KioskScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.screens.roster.preview import (
    Checked,
    check_roster,
    row_words,
    summary_lines,
)
from cptkiosk.ui.widgets.filterable_table import Column, FilterableTable, Row
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.workers import begin
from cptkiosk.words import explain_why

READING = "The file is still loading."
RECORDED = "The roster is already recorded. Press Esc, then import it again."

TONES = {
    "rejected": "alert",
    "note": "attention",
    "changed": "attention",
    "new": "good",
    "same": "quiet",
}


COLUMNS = (
    Column("Row", 6, right=True),
    Column("Result", 8),
    Column("Person", 26),
    Column("Details", 30, grow=True),
)


class RosterCheckScreen(KioskScreen):
    """Nothing is written before Enter here."""

    ROUTE = Route.ROSTER_CHECK

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._options = ReadOptions()
        self._decided = Decisions()
        self._approver: Actor | None = None
        self._gives_up = False
        self._checked: Checked | None = None
        self._done = False

    def compose_body(self) -> Iterator[Widget]:
        """Lay out how the file is read, and what every row comes to."""
        yield PlainText("", id="found")
        yield FilterableTable(*COLUMNS, empty=READING)
        yield PlainText("", id="why")

    def finish_opening(self) -> None:
        """Read the file as it is found to be."""
        self._check(self._options)

    def next_step(self) -> Step:
        """Record, correct how it is read, or go back."""
        if self._done:
            return Step("the roster is recorded - go back and plan a session", "back")
        if self._checked is None:
            return Step("wait until the file is read", "blocked")
        if self._checked.trouble and any(one.doubt for one in self._checked.rows):
            return Step(
                "no usable rows - decide on them, with a reason",
                "d",
                by="decide",
            )
        if self._checked.trouble:
            return Step(
                "the file cannot be used as is - change the columns", "c", by="columns"
            )
        return Step("nothing is saved yet - Enter to record this", "next")

    def _lacks_record(self) -> str:
        return READING if self._checked is None else self._checked.trouble

    def _lacks_change(self) -> str:
        if self._checked is None:
            return READING
        return RECORDED if self._done else ""

    def _lacks_doubt(self) -> str:
        row = self._current_row()
        nothing = "" if row and row.doubt else "This row needs no decision."
        return self._lacks_change() or nothing

    def _current_row(self) -> RowOutcome | None:
        """Return what the row under the cursor comes to."""
        key = self.table.cursor_key
        return self._checked.rows[int(key)] if self._checked and key else None

    def draw_body(self) -> None:
        """Draw how the file is read, and the rows."""
        if self._checked is None:
            return
        lines = summary_lines(self._checked, self._path.name, self.kiosk.glyphs)
        self.query_one("#found", PlainText).update("\n".join(lines))
        table = self.table
        table.empty = ""
        table.set_rows(
            Row(
                f"{n}",
                (str(one.row or ""), one.what, one.who, one.why),
                TONES[one.what],
            )
            for n, one in enumerate(self._checked.rows)
        )
        # Another check may have put another row under the cursor where it stands.
        self.say_why()

    @on(FilterableTable.Moved)
    def say_why(self) -> None:
        """Say in full why the row under the cursor is rejected: the list cuts it."""
        row = self._current_row()
        words = "" if row is None else row_words(row)
        self.query_one("#why", PlainText).update(words)

    # Reading

    def _check(self, options: ReadOptions) -> None:
        begin(self, partial(self._checking, options), "roster")

    async def _checking(self, options: ReadOptions) -> None:
        def check_file(progress: WorkProgress) -> Checked:
            return check_roster(
                self.kiosk.desk, self._path, options, self.actor,
                self._decided, self._approver, progress,
            )  # fmt: skip

        checked = await work_on(
            self, "checking the roster", check_file, fails_on=self._goes_back_to()
        )
        if checked is not None:
            self._options, self._checked = options, checked
            self.redraw_record()
        elif self._checked is None:
            self._gives_up = True
            self.dismiss_to_previous()

    def _goes_back_to(self) -> KioskScreen | None:
        """Return the screen that is left for this one if its first check fails."""
        stack = self.app.screen_stack
        behind = stack[stack.index(self) - 1] if self._checked is None else None
        return behind if isinstance(behind, KioskScreen) else None

    def on_screen_resume(self) -> None:
        """Go back if the check failed while something was in front, such as its bar."""
        if self._gives_up:
            self.dismiss_to_previous()

    async def take_next_step(self) -> None:
        """Record what is shown; afterward go back."""
        if self._done:
            self.dismiss_to_previous()
        else:
            begin(self, self._recording, "roster")

    async def _recording(self) -> None:
        desk = self.kiosk.desk
        assert self._checked is not None, "its key is dimmed until it was read"
        found = self._checked.result
        assert found is not None, "its key is dimmed where nothing can be recorded"
        roster = found.roster
        done = await work_on(
            self,
            "recording the roster",
            lambda told: importer.apply_roster(
                desk,
                roster,
                self.actor,
                decided=self._decided,
                approved_by=self._approver,
                told=told,
            ),
        )
        if done is not None:
            self._done = True
            self.redraw_record()
            self.kiosk.status.say(
                "The roster is recorded. Importing the same file again changes nothing.",
                "ok",
                synced=True,
            )
            if owed := [explain_why(one.owed.reason) for one in done.unchanged_clocks]:
                more = f" and {len(owed) - 1} more" if len(owed) > 1 else ""
                self.kiosk.status.say(
                    f"Recorded. {owed[0]}{more}. Give a credit on the Testing screen.",
                    "warning",
                )

    def change_columns(self) -> None:
        """Ask what the columns mean."""
        assert self._checked is not None, "its key is dimmed until it was read"
        ask_columns(self, self._checked.layout, self._options, self._check)

    def change_reading(self) -> None:
        """Ask how the text is encoded and parted, and where the header is."""
        assert self._checked is not None, "its key is dimmed until it was read"
        ask_reading(self, self._checked.layout, self._check)

    def decide_row(self) -> None:
        """Ask why the row under the cursor is right all the same."""
        row = self._current_row()
        assert row is not None, "its key is dimmed where there is no row"

        decide = self._take_off if row.doubt is Doubt.LEFT else self._decide

        def take_answer(reason: str) -> None:
            begin(self, partial(decide, row, reason), "decide")

        ask_decision(self, row, take_answer)

    async def _decide(self, row: RowOutcome, reason: str) -> None:
        """Check the roster again with what a coordinator has decided."""
        doubt, about = row.doubt, row.participant_id
        assert doubt is not None, "its key is dimmed where there is no doubt"

        def check_approver(by: Actor) -> Actor:
            by.must_be_coordinator("accept-doubt")
            return by

        def check_decided(by: Actor) -> None:
            self._approver = by
            self._decided = self._decided.add_decision(doubt, about, reason)
            self._check(self._options)

        await attempt_as(self.kiosk, self.actor, check_approver, check_decided)

    async def _take_off(self, row: RowOutcome, reason: str) -> None:
        """Take someone off a roll at once, and check the roster again."""
        desk = self.kiosk.desk

        async def check_again(recorded: Recorded) -> None:
            await self._checking(self._options)
            self.kiosk.status.say_recorded(recorded, "removed from the attendance list")

        def take_recorded(recorded: Recorded) -> None:
            begin(self, partial(check_again, recorded), "roster")

        def take_off(by: Actor) -> Recorded:
            return desk.perform(off_roll(desk, row, reason), by)

        await attempt_as(self.kiosk, self.actor, take_off, take_recorded)

    ACTIONS: ClassVar[tuple[Action["RosterCheckScreen"], ...]] = (
        Action("next", "enter", take_next_step, lacks=_lacks_record),
        Action("columns", "c", change_columns, lacks=_lacks_change),
        Action("reading", "e", change_reading, lacks=_lacks_change),
        Action("decide", "d", decide_row, lacks=_lacks_doubt),
        FIND,
    )  # fmt: skip
