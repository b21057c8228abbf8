"""What a file would record, row by row, and how it is read; then Enter records it."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from cptkiosk.host.work_progress import WorkProgress
from cptkiosk.roster.model import Layout, ReadOptions
from cptkiosk.roster.outcomes import RowOutcome
from cptkiosk.ui.actions import Action
from cptkiosk.ui.dialogs.progress_dialog import work_on
from cptkiosk.ui.dialogs.roster import ask_columns, ask_reading
from cptkiosk.ui.frame.body import ListBody
from cptkiosk.ui.frame.kiosk_screen import KioskScreen
from cptkiosk.ui.widgets.filterable_table import Column, Row
from cptkiosk.ui.workers import begin
from cptkiosk.vendor.importer import PlannedRow

READING = "The file is still loading."


R = TypeVar("R", RowOutcome, PlannedRow)
T = TypeVar("T")


@dataclass(frozen=True)
class CheckedFile(Generic[R, T]):
    """How a file was understood, and what would come of it or why nothing can."""

    layout: Layout
    rows: tuple[R, ...] = ()
    trouble: str = ""
    result: T | None = None


def list_rows(number_cells: int) -> ListBody:
    """Return the list of the rows; their numbers take so many cells."""
    return ListBody(
        Column("Row", number_cells, right=True),
        Column("Result", 8),
        Column("Person", 26),
        Column("Details", 30, grow=True),
        empty=READING,
        above=("found",),
        below=("why",),
    )


def list_columns(layout: Layout) -> Iterator[str]:
    """Yield which columns are used, and which are not."""
    used = [f"{one.meaning} = {one.header}" for one in layout.columns if one.meaning]
    yield f"Columns: {', '.join(used) or 'none recognized'}"
    if left := [one.header for one in layout.columns if not one.meaning]:
        yield f"Columns ignored: {', '.join(left)}"


class FileCheckScreen(KioskScreen, Generic[R, T]):
    """Checks a file again whenever it is to be read otherwise; Enter records it."""

    CHECKING: ClassVar[str]
    """What is said of the work while the file is checked."""

    RECORDED: ClassVar[str]
    """Why nothing is changed once it is recorded."""

    NO_ROWS: ClassVar[str] = ""
    TONES: ClassVar[Mapping[str, str]]
    """How a row is drawn, by what it comes to."""

    MEANINGS: ClassVar[tuple[tuple[str, str], ...]] = ()
    """What a column can mean; without any, what a column of a roster can."""

    def __init__(self, path: Path) -> None:
        """Show what a file would record."""
        super().__init__()
        self._path = path
        self._options = ReadOptions()
        self._checked: CheckedFile[R, T] | None = None
        self._done = self._gives_up = False

    @abstractmethod
    def check_file(
        self, options: ReadOptions, progress: WorkProgress
    ) -> CheckedFile[R, T]:
        """Return what recording the file would do; runs beside the screen."""

    @abstractmethod
    async def record_file(self, checked: CheckedFile[R, T]) -> None:
        """Record what is shown."""

    @abstractmethod
    def list_summary(self, checked: CheckedFile[R, T]) -> Iterable[str]:
        """Return how the file was read, and how much would change."""

    @abstractmethod
    def describe_row(self, row: R) -> str:
        """Return in full what comes of a row: the list cuts it."""

    # Drawing

    def draw_body(self) -> None:
        """Draw how the file is read, and the rows."""
        checked, table = self._checked, self.table
        if checked is None:
            return
        self.show_text("found", "\n".join(self.list_summary(checked)))
        table.empty = self.NO_ROWS
        table.set_rows(
            Row(
                f"{n}",
                (str(one.row or ""), str(one.what), one.who, one.why),
                self.TONES.get(one.what, ""),
            )
            for n, one in enumerate(checked.rows)
        )

    def draw_current(self) -> None:
        """Say in full what comes of the row under the cursor."""
        row = self.current_row
        self.show_text("why", self.describe_row(row) if row is not None else "")

    @property
    def current_row(self) -> R | None:
        """What the row under the cursor comes to."""
        key = self.table.cursor_key
        return self._checked.rows[int(key)] if self._checked and key else None

    def lacks_record(self) -> str:
        """Return why nothing can be recorded, if so."""
        return READING if self._checked is None else self._checked.trouble

    def lacks_change(self) -> str:
        """Return why the file is not read otherwise now, if so."""
        if self._checked is None:
            return READING
        return self.RECORDED if self._done else ""

    # Reading and recording

    def finish_opening(self) -> None:
        """Read the file as it is found to be."""
        self.check_again(self._options)

    def check_again(self, options: ReadOptions) -> None:
        """Check the file, read by these options."""
        begin(self, partial(self.read_file, options), "file")

    async def read_file(self, options: ReadOptions) -> None:
        """Check the file and draw what came of it; a first check that fails goes back."""
        work = partial(self.check_file, options)
        checked = await work_on(
            self, self.CHECKING, work, fails_on=self._goes_back_to()
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
        elif self._checked is not None:
            begin(self, partial(self.record_file, self._checked), "file")

    def say_done(self) -> None:
        """Draw that it is recorded now."""
        self._done = True
        self.redraw_record()

    def change_columns(self) -> None:
        """Ask what the columns mean."""
        if self._checked is not None:
            layout, known = self._checked.layout, self.MEANINGS
            ask_columns(self, layout, self._options, self.check_again, known)

    def change_reading(self) -> None:
        """Ask how the text is encoded and parted, and where the header is."""
        if self._checked is not None:
            ask_reading(self, self._checked.layout, self.check_again)


AnyCheck = FileCheckScreen[Any, Any]

RECORD: Action[AnyCheck] = Action(
    "next", "enter", AnyCheck.take_next_step, lacks=lambda screen: screen.lacks_record()
)
CHANGE_COLUMNS: Action[AnyCheck] = Action(
    "columns", "c", AnyCheck.change_columns, lacks=AnyCheck.lacks_change
)
CHANGE_READING: Action[AnyCheck] = Action(
    "reading", "e", AnyCheck.change_reading, lacks=AnyCheck.lacks_change
)
