"""What a roster would change, row by row, and how it is read; then Enter records it."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar

from cptkiosk.desk import Recorded
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.values import Actor
from cptkiosk.host.work_progress import WorkProgress
from cptkiosk.roster import importer
from cptkiosk.roster.importer import ImportResult
from cptkiosk.roster.model import Decisions, Doubt, ReadOptions
from cptkiosk.roster.outcomes import RowOutcome
from cptkiosk.ui.actions import Action
from cptkiosk.ui.dialogs.approval import attempt_as
from cptkiosk.ui.dialogs.progress_dialog import work_on
from cptkiosk.ui.dialogs.roster import ask_decision, off_roll
from cptkiosk.ui.frame.file_check import (
    CHANGE_COLUMNS,
    CHANGE_READING,
    RECORD,
    FileCheckScreen,
    list_rows,
)
from cptkiosk.ui.frame.kiosk_screen import FIND
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.screens.roster.preview import (
    Checked,
    check_roster,
    row_words,
    summary_lines,
)
from cptkiosk.ui.workers import begin
from cptkiosk.words import explain_why


class RosterCheckScreen(FileCheckScreen[RowOutcome, ImportResult]):
    """Nothing is written before Enter here."""

    ROUTE = Route.ROSTER_CHECK
    BODY = list_rows(6)
    CHECKING = "checking the roster"
    RECORDED = "The roster is already recorded. Press Esc, then import it again."
    TONES: ClassVar = {
        "rejected": "alert",
        "note": "attention",
        "changed": "attention",
        "new": "good",
        "same": "quiet",
    }

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._decided = Decisions()
        self._approver: Actor | None = None

    def check_file(self, options: ReadOptions, progress: WorkProgress) -> Checked:
        """Return what recording the roster would do, with what is decided so far."""
        return check_roster(
            self.kiosk.desk, self._path, options, self.actor,
            self._decided, self._approver, progress,
        )  # fmt: skip

    def list_summary(self, checked: Checked) -> Iterator[str]:
        """Return how the file was read, and how much would change."""
        return summary_lines(checked, self._path.name, self.kiosk.glyphs)

    def describe_row(self, row: RowOutcome) -> str:
        """Say in full why a row is rejected, and who decides that."""
        return row_words(row)

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

    def _lacks_doubt(self) -> str:
        row = self.current_row
        nothing = "" if row and row.doubt else "This row needs no decision."
        return self.lacks_change() or nothing

    async def record_file(self, checked: Checked) -> None:
        """Record the roster, and say whose clock it leaves as it is."""
        desk, found = self.kiosk.desk, checked.result
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
            self.say_done()
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

    def decide_row(self) -> None:
        """Ask why the row under the cursor is right all the same."""
        row = self.current_row
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
            self.check_again(self._options)

        await attempt_as(self.kiosk, self.actor, check_approver, check_decided)

    async def _take_off(self, row: RowOutcome, reason: str) -> None:
        """Take someone off a roll at once, and check the roster again."""
        desk = self.kiosk.desk

        async def check_again(recorded: Recorded) -> None:
            await self.read_file(self._options)
            self.kiosk.status.say_recorded(recorded, "removed from the attendance list")

        def take_recorded(recorded: Recorded) -> None:
            begin(self, partial(check_again, recorded), "roster")

        def take_off(by: Actor) -> Recorded:
            return desk.perform(off_roll(desk, row, reason), by)

        await attempt_as(self.kiosk, self.actor, take_off, take_recorded)

    ACTIONS: ClassVar[tuple[Action["RosterCheckScreen"], ...]] = (
        RECORD,
        CHANGE_COLUMNS,
        CHANGE_READING,
        Action("decide", "d", decide_row, lacks=_lacks_doubt),
        FIND,
    )  # fmt: skip
