"""A room as a grid of seats: who sits where, how they stand, how long they have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from textual.geometry import Size
from textual.reactive import reactive

from cptkiosk.ui.terminal.glyphs import Glyphs
from cptkiosk.ui.widgets.drawing import Piece, cut_pieces, fit_text
from cptkiosk.ui.widgets.line_widget import LineWidget, looks

SEAT_MIN, SEAT_MAX = 6, 13
"""How many cells a seat takes, the brackets of the cursor included."""

NAMED_FROM = 10
"""From so many cells on, a seat has a second line for a name."""

LEAD = 2
"""The cells of a row's letter."""

SeatRows = Sequence[Sequence[str]]
"""The seats of a room by their labels, row by row; all rows are equally long."""

_TONES = frozenset({"quiet", "attention", "alert"})


@dataclass(frozen=True, slots=True)
class Seat:
    """What a seat shows: a sign and minutes, a name, and the tone of both."""

    sign: str
    left: str = ""
    person: str = ""
    tone: str = ""


class RoomShown(NamedTuple):
    """A room; seats that are not named are free."""

    rows: SeatRows = ()
    seats: Mapping[str, Seat] = {}
    here: str = ""
    """The seat under the cursor."""

    title: str = ""


class Grid(NamedTuple):
    """How much of a room is shown, and how wide."""

    first: int
    columns: int
    width: int
    lines: int
    top: int
    rows: int


FREE = Seat(".")


class SeatMap(LineWidget):
    """The seats of one room, one of them under the cursor."""

    DEFAULT_CSS = """
    SeatMap {
        height: 1fr;
        .look--here { background: $primary 25%; text-style: bold; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = looks(
        "muted", "quiet", "attention", "alert", "here"
    )

    room = reactive(RoomShown())

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the lines that the room takes."""
        return 2 + max(1, len(self.room.rows) * 2)

    def _grid(self) -> Grid:
        """Return what fits, the seat under the cursor in sight."""
        row_count, column_count = len(self.room.rows), len(self.room.rows[0])
        width, height = self.size.width - LEAD, self.size.height - 2
        seat = max(SEAT_MIN, min(SEAT_MAX, width // column_count))
        columns = max(1, min(column_count, width // seat))
        lines = 2 if seat >= NAMED_FROM and row_count * 2 <= height else 1
        rows = max(1, min(row_count, height // lines))
        row, column = place_of(self.room.rows, self.room.here)
        first = max(0, min(column - columns + 1, column_count - columns))
        top = max(0, min(row - rows + 1, row_count - rows))
        return Grid(first, columns, seat, lines, top, rows)

    def draw_line(self, y: int, width: int, glyphs: Glyphs) -> Sequence[Piece]:
        """Return the title, the numbers, or a line of a row of seats."""
        if not self.room.rows:
            return ()
        grid = self._grid()
        if y < 2:
            head = self._numbers(grid, glyphs) if y else self.room.title
            return [(fit_text(head, width, glyphs), "muted")]
        row, line = divmod(y - 2, grid.lines)
        if row >= grid.rows:
            return ()
        labels = self.room.rows[grid.top + row]
        pieces: list[Piece] = [(f"{labels[0][0] if line == 0 else ' '} ", "muted")]
        for label in labels[grid.first : grid.first + grid.columns]:
            seat = self.room.seats.get(label, FREE)
            pieces.append(self._piece(label, seat, line, grid.width, glyphs))
        return cut_pieces(pieces, width, glyphs)

    def _numbers(self, grid: Grid, glyphs: Glyphs) -> str:
        shown = range(grid.first + 1, grid.first + grid.columns + 1)
        line = " " * LEAD + "".join(f" {one}".ljust(grid.width) for one in shown)
        if grid.first + grid.columns < len(self.room.rows[0]):
            line = f"{line.rstrip()} {glyphs.right}"
        return line

    def _piece(
        self, label: str, seat: Seat, line: int, width: int, glyphs: Glyphs
    ) -> Piece:
        here, room = label == self.room.here, width - 3
        said = _shortest(seat, room) if line == 0 else seat.person
        text = fit_text(said, room, glyphs) if cell_len(said) > room else said
        # The brackets say without color where the cursor is.
        text = f"[{text}]" if here and line == 0 else f" {text}"
        look = seat.tone if seat.tone in _TONES else ""
        look = "quiet" if seat is FREE else look
        return fit_text(text, width, glyphs), "here" if here else look


def _shortest(seat: Seat, room: int) -> str:
    """Return sign and minutes with as much around them as there is room for."""
    whole = f"{seat.sign} {seat.left}".rstrip()
    ways = (whole, seat.sign + seat.left, seat.sign + seat.left.removesuffix("m"))
    return next((one for one in ways if cell_len(one) <= room), ways[-1])


def place_of(rows: SeatRows, label: str) -> tuple[int, int]:
    """Return the row and the column of a seat, counted from nought; 0, 0 if unknown."""
    places = (
        (row, labels.index(label)) for row, labels in enumerate(rows) if label in labels
    )
    return next(places, (0, 0))


def step_seat(rows: SeatRows, label: str, down: int, right: int) -> str:
    """Return the seat some rows and columns away, as far as the room goes."""
    row, column = place_of(rows, label)
    row = max(0, min(row + down, len(rows) - 1))
    return rows[row][max(0, min(column + right, len(rows[row]) - 1))]
