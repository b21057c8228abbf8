"""What the vendor's report would record, row by row; then Enter records it."""

from collections.abc import Iterator
from typing import ClassVar

from cptkiosk.desk import Recorded
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.text import visible
from cptkiosk.domain.values import Actor
from cptkiosk.host.work_progress import WorkProgress
from cptkiosk.roster.model import ReadOptions
from cptkiosk.ui.actions import Action
from cptkiosk.ui.dialogs.approval import attempt_as
from cptkiosk.ui.dialogs.roster import ENCODING_NAMES
from cptkiosk.ui.dialogs.vendor import ask_shown_as
from cptkiosk.ui.frame.file_check import (
    CHANGE_COLUMNS,
    CHANGE_READING,
    RECORD,
    CheckedFile,
    FileCheckScreen,
    list_columns,
    list_rows,
)
from cptkiosk.ui.frame.kiosk_screen import FIND
from cptkiosk.ui.navigator import Route
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

Checked = CheckedFile[PlannedRow, Plan]


class VendorCheckScreen(FileCheckScreen[PlannedRow, Plan]):
    """Nothing is written before Enter here."""

    ROUTE = Route.VENDOR_CHECK
    BODY = list_rows(5)
    CHECKING = "checking the report"
    RECORDED = "The report is already recorded. Press Esc."
    NO_ROWS = "No rows to show."
    MEANINGS = tuple((one.value, one.value) for one in ReportField)
    TONES: ClassVar = {
        Outcome.DIFFERS: "alert",
        Outcome.REJECTED: "alert",
        Outcome.NOT_HERE: "attention",
        Outcome.MISSING: "attention",
        Outcome.SAME: "quiet",
        Outcome.CONFIRMS: "good",
    }

    _shown_as = ""
    """What the scores are, once someone has said it: raw or percent."""

    # What comes next

    def next_step(self) -> Step:
        """Record, correct how it is read, or go back."""
        checked = self._checked
        if self._done:
            return Step("the report is recorded - go back", "back")
        if checked is None or (plan := checked.result) is None:
            return Step("wait until the file is read", "blocked")
        if checked.trouble:
            text = "the file cannot be used as is - change the columns"
            return Step(text, "c", by="columns")
        if plan.report.asks_which:
            text = "say what the scores are: correct answers or percents"
            return Step(text, "s", by="scores")
        if not plan.to_record:
            return Step("nothing to record - go back", "back")
        return Step("nothing is saved yet - Enter to record this", "next")

    def lacks_record(self) -> str:
        """Return why nothing can be recorded, if so."""
        plan = self._checked.result if self._checked else None
        if plan is not None and plan.report.asks_which:
            return "Press s first: say what the scores are."
        nothing = "There is nothing to record. Press Esc to go back."
        return super().lacks_record() or (
            "" if self._done or (plan and plan.to_record) else nothing
        )

    # Drawing

    def list_summary(self, checked: Checked) -> Iterator[str]:
        """Yield how the report was read, and how much would be recorded."""
        layout, plan = checked.layout, checked.result
        assert plan is not None, "every report that is read has a plan"
        name = visible(self._path.name, 40)
        encoding = ENCODING_NAMES.get(layout.encoding, layout.encoding)
        yield f"{name}, {encoding}, header in row {layout.header_row}"
        yield from list_columns(layout)
        for text in filter(None, (*plan.report.notes, checked.trouble)):
            yield f"{self.kiosk.glyphs.attention} {text}"
        if plan.rows:
            yield f"Rows: {count_words(plan)}"

    def describe_row(self, row: PlannedRow) -> str:
        """Say in full what comes of a row."""
        return f"{row.who}: {row.why}"

    # Reading and recording

    def check_file(self, options: ReadOptions, progress: WorkProgress) -> Checked:
        """Return what recording the report would do."""
        desk = self.kiosk.desk
        report = load_report(desk, self._path, options, self._shown_as)
        plan = plan_import(desk, report, self.actor)
        return Checked(report.layout, plan.rows, report.trouble, plan)

    async def record_file(self, checked: Checked) -> None:
        """Record the report, if need be with a coordinator's approval."""
        desk, plan = self.kiosk.desk, checked.result
        assert plan is not None, "every report that is read has a plan"

        def record_shown(by: Actor) -> Recorded:
            return record_plan(desk, plan, by)

        def say_recorded(recorded: Recorded) -> None:
            self.say_done()
            self.kiosk.status.say_recorded(recorded, recorded_words(plan))

        await attempt_as(self.kiosk, self.actor, record_shown, say_recorded)

    def change_scores(self) -> None:
        """Ask whether the scores are correct answers or percents."""

        def take_answer(shown_as: str) -> None:
            self._shown_as = shown_as
            self.check_again(self._options)

        ask_shown_as(self, self._shown_as, take_answer)

    ACTIONS: ClassVar[tuple[Action["VendorCheckScreen"], ...]] = (
        RECORD,
        Action("scores", "s", change_scores, lacks=FileCheckScreen.lacks_change),
        CHANGE_COLUMNS,
        CHANGE_READING,
        FIND,
    )  # fmt: skip
