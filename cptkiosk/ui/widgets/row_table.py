"""Rows under a fixed head, drawn line by line, so that ten thousand cost no more.

Textual's data table keeps every cell of every row; here a row is made for its line only,
once a second, while it is in sight.
"""

from collections.abc import Sequence
from typing import ClassVar

from textual.geometry import Region, Size
from textual.strip import Strip

from cptkiosk.ui.terminal.glyphs import UNICODE
from cptkiosk.ui.widgets.drawing import glyphs_of
from cptkiosk.ui.widgets.line_widget import LineWidget, looks
from cptkiosk.ui.widgets.row_selection import RowOf, RowSelection
from cptkiosk.ui.widgets.table_lines import (
    Body,
    Brush,
    Head,
    Line,
    draw_table_line,
    head_note,
)
from cptkiosk.ui.widgets.table_rows import Column, Layout, Row, lay_out


def _no_row(key: str) -> Row:
    return Row(key, ())


class RowTable(LineWidget, can_focus=True):
    """Draws the rows around the cursor, and only the lines that changed."""

    DEFAULT_CSS = """
    RowTable {
        height: 1fr;
        .look--here { background: $primary 10%; }
        .look--held { background: $primary 20%; text-style: bold; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = looks(
        "muted", "key", "quiet", "attention", "alert", "good", "here", "held"
    )

    def __init__(
        self, *columns: Column, empty: str = "", markable: bool = False
    ) -> None:
        """Make a table without rows.

        Args:
            columns: what each row says.
            empty: what is said in the middle while there are no rows.
            markable: whether rows may be marked, which takes a cell of each line.
        """
        super().__init__()
        self.empty = empty
        self.markable = markable
        self._columns = tuple(columns)
        self._row_of: RowOf = _no_row
        self._rows = RowSelection()
        self._top = 0
        self._layout = Layout()
        self._lines: list[Line] = []
        self._brush = Brush(0, UNICODE, self.style_of, markable)

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show `columns` from now on."""
        if tuple(columns) != self._columns:
            self._columns = tuple(columns)
            self._arrange()

    def on_mount(self) -> None:
        """Lay out what was set before."""
        self._arrange()

    def on_resize(self) -> None:
        """Share out the new width."""
        self._arrange()

    def watch_has_focus(self, has_focus: bool) -> None:
        """Draw the cursor as it is with and without the keys; no style changes by that."""
        self._brush = self._brush._replace(cursor="held" if has_focus else "here")
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the lines that all rows and the head take."""
        return 1 + max(1, len(self._rows.shown))

    def _arrange(self) -> None:
        """Share out the width, and draw again if that changed anything."""
        self._brush = self._brush._replace(
            width=self.size.width, glyphs=glyphs_of(self), markable=self.markable
        )
        width = self.size.width - self._brush.margin
        layout = lay_out(self._columns, width, self.app.size.width)
        if layout != self._layout:
            self._layout = layout
            self.refresh()
        self._settle()

    def _settle(self) -> None:
        """Bring the lines in line with the rows; redraw those that changed."""
        if not self.is_attached:
            return
        lines = self._wanted_lines()
        for y, line in enumerate(lines):
            if y >= len(self._lines) or self._lines[y] != line:
                self.refresh(Region(0, y, self.size.width, 1))
        self._lines = lines

    def _wanted_lines(self) -> list[Line]:
        """Return what each line of the widget should show now."""
        rows, room = self._rows, max(0, self.size.height - 1)
        count = len(rows.shown)
        first = max(self._top, rows.at - room + 1) if room else 0
        self._top = max(0, min(first, rows.at, count - room))
        seen = rows.shown[self._top : self._top + room]
        hidden = (self._top, max(0, count - self._top - len(seen)))
        lines: list[Line] = [Head(head_note(rows, hidden, self._layout, self._brush))]
        for at, key in enumerate(seen, self._top):
            lines.append(Body(self._row_of(key), at == rows.at, key in rows.marks))
        blanks: list[Line] = [""] * (room - len(seen))
        if not seen and room:
            text = rows.filter.text
            blanks[(room - 1) // 2] = f"no match for /{text}" if text else self.empty
        return lines + blanks

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        line = self._lines[y] if y < len(self._lines) else ""
        return draw_table_line(line, self._layout, self._brush)
