"""The lines of a table: what each one shows, and how it is drawn."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from cptkiosk.ui.terminal.glyphs import Glyphs
from cptkiosk.ui.widgets.drawing import fitted, strip_of, two_ends
from cptkiosk.ui.widgets.table_rows import Layout, Row

_TONES = frozenset({"quiet", "attention", "alert", "good"})


class Head(NamedTuple):
    """The first line: titles, and what is noted at its right end."""

    note: str


class Body(NamedTuple):
    """A line with a row."""

    row: Row
    here: bool
    marked: bool


Line = Head | Body | str
"""What a line shows; plain text is centred."""


class Brush(NamedTuple):
    """What lines are drawn with."""

    width: int
    glyphs: Glyphs
    style_of: Callable[[str], Style]
    markable: bool

    @property
    def margin(self) -> int:
        """The cells before the first column: cursor, mark, blank."""
        return 3 if self.markable else 2


def draw(line: Line, layout: Layout, titles: Sequence[str], brush: Brush) -> Strip:
    """Return `line` as it is drawn."""
    if isinstance(line, Head):
        ends = [(head_text(layout, titles, brush), "head")], [(line.note, "note")]
        return strip_of(two_ends(*ends, brush.width, brush.glyphs), brush.style_of)
    if isinstance(line, Body):
        return _draw_body(line, layout, brush)
    blanks = " " * max(0, (brush.width - len(line)) // 2)
    text = fitted(blanks + line, brush.width, brush.glyphs)
    return Strip([Segment(text, brush.style_of("empty"))], brush.width)


def head_text(layout: Layout, titles: Sequence[str], brush: Brush) -> str:
    """Return the titles as they stand above their columns."""
    return (" " * brush.margin + layout.line(titles, brush.glyphs)).rstrip()


def _draw_body(line: Body, layout: Layout, brush: Brush) -> Strip:
    """Return a row as it is drawn; the cursor shows by a sign, too."""
    lead = brush.glyphs.cursor if line.here else " "
    if brush.markable:
        lead += brush.glyphs.mark if line.marked else " "
    cells = layout.line(line.row.cells, brush.glyphs)
    text = fitted(f"{lead} {cells}".rstrip(), brush.width, brush.glyphs)
    style = brush.style_of(line.row.tone if line.row.tone in _TONES else "")
    if line.here:
        here = brush.style_of("here")
        style += Style(bold=here.bold or style.bold, bgcolor=here.bgcolor)
    return Strip([Segment(text, style)], brush.width)
