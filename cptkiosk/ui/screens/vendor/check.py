"""What the vendor's report would record, row by row; then Enter records it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.widget import Widget

from cptkiosk.desk import Recorded
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.text import visible
from cptkiosk.domain.values import Actor
from cptkiosk.host.work_progress import WorkProgress
from cptkiosk.roster.model import ReadOptions
from cptkiosk.ui.actions import Action
from cptkiosk.ui.dialogs.approval import attempt_as
from cptkiosk.ui.dialogs.progress_dialog import work_on
from cptkiosk.ui.dialogs.roster import ask_columns, ask_reading
from cptkiosk.ui.dialogs.vendor import ask_shown_as
from cptkiosk.ui.frame.kiosk_screen import FIND, KioskScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.filterable_table import Column, FilterableTable, Row
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.workers import begin
from cptkiosk.vendor.columns import ReportField
from cptkiosk.vendor.importer import (
    Outcome,
    Plan,
    PlannedRow,
    count_words,
    load_report,
    plan_import,
    record_plan,
    recorded_words,
)
from cptkiosk.vendor.reading import Report

READING = "The file is still loading."
RECORDED = "The report is already recorded. Press Esc."
MEANINGS = tuple((one.value, one.value) for one in ReportField)
TONES = {
    Outcome.DIFFERS: "alert",
    Outcome.REJECTED: "alert",
    Outcome.NOT_HERE: "attention",
    Outcome.MISSING: "attention",
    Outcome.SAME: "quiet",
    Outcome.CONFIRMS: "good",
}

COLUMNS = (
    Column("Row", 5, right=True),
    Column("Result", 8),
    Column("Person", 26),
    Column("Details", 30, grow=True),
)


@dataclass(frozen=True, slots=True)
class Checked:
    """How the file was understood, and what would come of it."""

    report: Report
    plan: Plan


class VendorCheckScreen(KioskScreen):
    """Nothing is written before Enter here."""

    ROUTE = Route.VENDOR_CHECK

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._options = ReadOptions()
        self._shown_as = ""
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
        self._check_again(self._options)

    # What comes next

    def next_step(self) -> Step:
        """Record, correct how it is read, or go back."""
        checked = self._checked
        if self._done:
            return Step("the report is recorded - go back", "back")
        if checked is None:
            return Step("wait until the file is read", "blocked")
        if checked.report.trouble:
            text = "the file cannot be used as is - change the columns"
            return Step(text, "c", by="columns")
        if checked.report.asks_which:
            text = "say what the scores are: correct answers or percents"
            return Step(text, "s", by="scores")
        if not checked.plan.to_record:
            return Step("nothing to record - go back", "back")
        return Step("nothing is saved yet - Enter to record this", "next")

    def _lacks_record(self) -> str:
        checked = self._checked
        if checked is None:
            return READING
        if checked.report.asks_which:
            return "Press s first: say what the scores are."
        if checked.report.trouble:
            return checked.report.trouble
        nothing = "There is nothing to record. Press Esc to go back."
        return "" if self._done or checked.plan.to_record else nothing

    def _lacks_change(self) -> str:
        if self._checked is None:
            return READING
        return RECORDED if self._done else ""

    # Drawing

    def draw_body(self) -> None:
        """Draw how the file is read, and the rows."""
        if self._checked is None:
            return
        self.query_one("#found", PlainText).update("\n".join(self._list_summary()))
        table = self.table
        table.empty = "No rows to show."
        table.set_rows(
            Row(
                f"{n}",
                (str(one.row or ""), one.what.value, one.who, one.why),
                TONES.get(one.what, ""),
            )
            for n, one in enumerate(self._checked.plan.rows)
        )
        self.say_why()

    def _list_summary(self) -> Iterator[str]:
        assert self._checked is not None, "it is drawn once it was read"
        report, plan = self._checked.report, self._checked.plan
        columns = report.layout.columns
        yield (
            f"{visible(self._path.name, 40)}, {report.layout.encoding}, header in row"
            f" {report.layout.header_row}"
        )
        used = [f"{one.meaning} = {one.header}" for one in columns if one.meaning]
        yield f"Columns: {', '.join(used) or 'none recognized'}"
        if left := [one.header for one in columns if not one.meaning]:
            yield f"Columns ignored: {', '.join(left)}"
        for text in (*report.notes, report.trouble):
            if text:
                yield f"{self.kiosk.glyphs.attention} {text}"
        if plan.rows:
            yield f"Rows: {count_words(plan)}"

    @on(FilterableTable.Moved)
    def say_why(self) -> None:
        """Say in full what comes of the row under the cursor: the list cuts it."""
        row = self._current_row()
        words = f"{row.who}: {row.why}" if row is not None else ""
        self.query_one("#why", PlainText).update(words)

    def _current_row(self) -> PlannedRow | None:
        key = self.table.cursor_key
        return self._checked.plan.rows[int(key)] if self._checked and key else None

    # Reading and recording

    def _check_again(self, options: ReadOptions) -> None:
        begin(self, partial(self._check_file, options), "report")

    async def _check_file(self, options: ReadOptions) -> None:
        desk, actor, shown_as = self.kiosk.desk, self.actor, self._shown_as

        def check_file(progress: WorkProgress) -> Checked:
            report = load_report(desk, self._path, options, shown_as)
            return Checked(report, plan_import(desk, report, actor))

        checked = await work_on(
            self, "checking the report", check_file, fails_on=self._goes_back_to()
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
            begin(self, self._record_plan, "report")

    async def _record_plan(self) -> None:
        assert self._checked is not None, "its key is dimmed until it was read"
        desk, plan = self.kiosk.desk, self._checked.plan

        def record_shown(by: Actor) -> Recorded:
            return record_plan(desk, plan, by)

        def say_recorded(recorded: Recorded) -> None:
            self._done = True
            self.redraw_record()
            self.kiosk.status.say_recorded(recorded, recorded_words(plan))

        await attempt_as(self.kiosk, self.actor, record_shown, say_recorded)

    def change_columns(self) -> None:
        """Ask what the columns mean."""
        assert self._checked is not None, "its key is dimmed until it was read"
        layout = self._checked.report.layout
        ask_columns(self, layout, self._options, self._check_again, MEANINGS)

    def change_reading(self) -> None:
        """Ask how the text is encoded and parted, and where the header is."""
        assert self._checked is not None, "its key is dimmed until it was read"
        ask_reading(self, self._checked.report.layout, self._check_again)

    def change_scores(self) -> None:
        """Ask whether the scores are correct answers or percents."""

        def take_answer(shown_as: str) -> None:
            self._shown_as = shown_as
            self._check_again(self._options)

        ask_shown_as(self, self._shown_as, take_answer)

    ACTIONS: ClassVar[tuple[Action["VendorCheckScreen"], ...]] = (
        Action("next", "enter", take_next_step, lacks=_lacks_record),
        Action("scores", "s", change_scores, lacks=_lacks_change),
        Action("columns", "c", change_columns, lacks=_lacks_change),
        Action("reading", "e", change_reading, lacks=_lacks_change),
        FIND,
    )  # fmt: skip
