"""The lines of a table: what each one shows, and how it is drawn."""

from collections.abc import Callable
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from cptkiosk.ui.terminal.glyphs import Glyphs
from cptkiosk.ui.widgets.drawing import fit_text, strip_of, two_ends
from cptkiosk.ui.widgets.row_selection import RowSelection
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
    cursor: str = "here"
    """The look of the row under the cursor."""

    @property
    def margin(self) -> int:
        """The cells before the first column: cursor, mark, blank."""
        return 3 if self.markable else 2


def head_note(
    rows: RowSelection, hidden: tuple[int, int], layout: Layout, brush: Brush
) -> str:
    """Return what the head says at its end: in full if that covers no title.

    Args:
        rows: what is searched for, and how many rows are marked.
        hidden: how many rows lie above and below those in sight.
        layout: the columns under the head.
        brush: what the head is drawn with.
    """
    found = []
    if rows.filter.typing or rows.filter.text:
        found.append(f"/{rows.filter.text}{'_' if rows.filter.typing else ''}")
        found.append(f"{len(rows.shown)} of {len(rows.keys)}")
    signs = zip((brush.glyphs.up, brush.glyphs.down), hidden, strict=True)
    beyond = [f"{sign} {count}" for sign, count in signs if count]
    if not rows.marks:
        return "  ".join([*found, *beyond])
    count = f"{brush.glyphs.mark} {len(rows.marks)}"
    whole = "  ".join([f"{count} marked", *found, *beyond])
    if cell_len(_head_text(layout, brush)) + 1 + cell_len(whole) <= brush.width:
        return whole
    count, *beyond = (one.replace(" ", "") for one in (count, *beyond))
    return " ".join([count, *found, *beyond])


def draw_table_line(line: Line, layout: Layout, brush: Brush) -> Strip:
    """Return `line` as it is drawn."""
    if isinstance(line, Head):
        ends = [(_head_text(layout, brush), "muted")], [(line.note, "key")]
        return strip_of(two_ends(*ends, brush.width, brush.glyphs), brush.style_of)
    if isinstance(line, Body):
        return _draw_body(line, layout, brush)
    blanks = " " * max(0, (brush.width - len(line)) // 2)
    text = fit_text(blanks + line, brush.width, brush.glyphs)
    return Strip([Segment(text, brush.style_of("muted"))], brush.width)


def _head_text(layout: Layout, brush: Brush) -> str:
    """Return the titles as they stand above their columns."""
    return (
        " " * brush.margin + layout.join_cells(layout.titles, brush.glyphs)
    ).rstrip()


def _draw_body(line: Body, layout: Layout, brush: Brush) -> Strip:
    """Return a row as it is drawn; the cursor shows by a sign, too."""
    lead = brush.glyphs.cursor if line.here else " "
    if brush.markable:
        lead += brush.glyphs.mark if line.marked else " "
    cells = layout.join_cells(line.row.cells, brush.glyphs)
    text = fit_text(f"{lead} {cells}".rstrip(), brush.width, brush.glyphs)
    style = brush.style_of(line.row.tone if line.row.tone in _TONES else "")
    if line.here:
        here = brush.style_of(brush.cursor)
        style += Style(bold=here.bold or style.bold, bgcolor=here.bgcolor)
    return Strip([Segment(text, style)], brush.width)
