"""A room as a grid of seats: who sits where, how they stand, how long they have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from cptkiosk.domain.session_events import Room
from cptkiosk.ui.terminal.glyphs import Glyphs
from cptkiosk.ui.widgets.drawing import (
    Piece,
    cut_pieces,
    fitted,
    glyphs_of,
    looks_of,
    strip_of,
)

SEAT_MIN, SEAT_MAX = 6, 13
"""How many cells a seat takes, the brackets of the cursor included."""

NAMED_FROM = 10
"""From so many cells on, a seat has a second line for a name."""

LEAD = 2
"""The cells of a row's letter."""

_TONES = frozenset({"quiet", "attention", "alert"})


@dataclass(frozen=True, slots=True)
class Seat:
    """What a seat shows: a sign and minutes, a name, and the tone of both."""

    sign: str
    left: str = ""
    person: str = ""
    tone: str = ""


class Grid(NamedTuple):
    """How much of a room is shown, and how wide."""

    first: int
    columns: int
    width: int
    lines: int
    top: int
    rows: int


FREE = Seat(".")


class SeatMap(Widget):
    """The seats of one room, one of them under the cursor."""

    DEFAULT_CSS = """
    SeatMap {
        height: 1fr;
        color: $foreground;
        .seat--head { color: $text-muted; }
        .seat--free { color: $text-disabled; }
        .seat--quiet { color: $text-disabled; }
        .seat--attention { color: $warning; }
        .seat--alert { color: $error; text-style: bold; }
        .seat--here { background: $primary 25%; text-style: bold; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "seat--head",
        "seat--free",
        "seat--quiet",
        "seat--attention",
        "seat--alert",
        "seat--here",
    }

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._style_of = looks_of(self, "seat")
        self._room: Room | None = None
        self._seats: Mapping[str, Seat] = {}
        self._here = ""
        self._title = ""

    def show(
        self, room: Room, seats: Mapping[str, Seat], here: str, title: str
    ) -> None:
        """Show a room; seats that are not named are free."""
        said = (room, seats, here, title)
        if said != (self._room, self._seats, self._here, self._title):
            self._room, self._seats, self._here, self._title = said
            self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the lines that the room takes."""
        return 2 + (self._room.rows * 2 if self._room else 1)

    def _grid(self, room: Room) -> Grid:
        """Return what fits, the seat under the cursor in sight."""
        width, height = self.size.width - LEAD, self.size.height - 2
        seat = max(SEAT_MIN, min(SEAT_MAX, width // max(1, room.columns)))
        columns = max(1, min(room.columns, width // seat))
        lines = 2 if seat >= NAMED_FROM and room.rows * 2 <= height else 1
        rows = max(1, min(room.rows, height // lines))
        row, column = place_of(room, self._here)
        first = max(0, min(column - columns + 1, room.columns - columns))
        top = max(0, min(row - rows + 1, room.rows - rows))
        return Grid(first, columns, seat, lines, top, rows)

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width, glyphs, room = self.size.width, glyphs_of(self), self._room
        if room is None:
            return Strip.blank(width, self.rich_style)
        grid = self._grid(room)
        if y == 0:
            return self._text(self._title, "head")
        if y == 1:
            return self._text(self._numbers(room, grid, glyphs), "head")
        row, line = divmod(y - 2, grid.lines)
        if row >= grid.rows:
            return Strip.blank(width, self.rich_style)
        labels = _row_of(room, grid.top + row)
        pieces: list[Piece] = [(f"{labels[0][0] if line == 0 else ' '} ", "head")]
        for label in labels[grid.first : grid.first + grid.columns]:
            seat = self._seats.get(label, FREE)
            pieces.append(self._piece(label, seat, line, grid.width, glyphs))
        return strip_of(cut_pieces(pieces, width, glyphs), self._style_of)

    def _text(self, text: str, look: str) -> Strip:
        line = fitted(text, self.size.width, glyphs_of(self))
        return Strip([Segment(line, self._style_of(look))], self.size.width)

    def _numbers(self, room: Room, grid: Grid, glyphs: Glyphs) -> str:
        shown = range(grid.first + 1, grid.first + grid.columns + 1)
        line = " " * LEAD + "".join(f" {one}".ljust(grid.width) for one in shown)
        if grid.first + grid.columns < room.columns:
            line = f"{line.rstrip()} {glyphs.right}"
        return line

    def _piece(
        self, label: str, seat: Seat, line: int, width: int, glyphs: Glyphs
    ) -> Piece:
        here, room = label == self._here, width - 3
        said = _shortest(seat, room) if line == 0 else seat.person
        text = fitted(said, room, glyphs) if cell_len(said) > room else said
        # The brackets say without color where the cursor is.
        text = f"[{text}]" if here and line == 0 else f" {text}"
        look = seat.tone if seat.tone in _TONES else ""
        look = "free" if seat is FREE else look
        return fitted(text, width, glyphs), "here" if here else look


def _shortest(seat: Seat, room: int) -> str:
    """Return sign and minutes with as much around them as there is room for."""
    whole = f"{seat.sign} {seat.left}".rstrip()
    ways = (whole, seat.sign + seat.left, seat.sign + seat.left.removesuffix("m"))
    return next((one for one in ways if cell_len(one) <= room), ways[-1])


def place_of(room: Room, label: str) -> tuple[int, int]:
    """Return the row and the column of a seat, counted from nought."""
    labels = room.labels()
    return divmod(labels.index(label), room.columns) if label in labels else (0, 0)


def stepped(room: Room, label: str, rows: int, columns: int) -> str:
    """Return the seat some rows and columns away, as far as the room goes."""
    row, column = place_of(room, label)
    row = max(0, min(row + rows, room.rows - 1))
    column = max(0, min(column + columns, room.columns - 1))
    return room.labels()[row * room.columns + column]


def _row_of(room: Room, row: int) -> tuple[str, ...]:
    return room.labels()[row * room.columns : (row + 1) * room.columns]
