"""Keys and what they do, one below the other, drawn as one widget."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.geometry import Size

from cptkiosk.ui.terminal.glyphs import Glyphs
from cptkiosk.ui.widgets.drawing import Piece, broken, cut_pieces, fit_text, glyphs_of
from cptkiosk.ui.widgets.line_widget import LineWidget, looks

KEY_CELLS = 10


class KeyList(LineWidget):
    """Each key, its meaning and, where it is not possible now, the reason."""

    DEFAULT_CSS = """
    KeyList { height: auto; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = looks("key", "attention")

    def __init__(self, rows: Sequence[tuple[str, str, str]]) -> None:
        """Show rows of key, meaning, and why not now (nothing if it is possible)."""
        super().__init__()
        self.rows = rows
        self._width, self._broken = -1, list[list[Piece]]()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines all of it takes."""
        return len(self._wrap_keys(width))

    def _wrap_keys(self, width: int) -> list[list[Piece]]:
        """Return what is drawn, line by line; worked out once for each width."""
        if self._width != width:
            self._width, self._broken = width, list(self._broken_into(width))
        return self._broken

    def _broken_into(self, width: int) -> Iterator[list[Piece]]:
        glyphs, room = glyphs_of(self), max(KEY_CELLS, width - KEY_CELLS)
        for key, meaning, reason in self.rows:
            which = fit_text(key, KEY_CELLS, glyphs)
            for line in broken(meaning, room):
                yield [(which, "key"), (line, "")]
                which = " " * KEY_CELLS
            for line in broken(f"not now: {reason}", room) if reason else ():
                yield [(" " * KEY_CELLS, ""), (line, "attention")]

    def draw_line(self, y: int, width: int, glyphs: Glyphs) -> Sequence[Piece]:
        """Return one line of what is drawn."""
        lines = self._wrap_keys(width)
        return cut_pieces(lines[y], width, glyphs) if y < len(lines) else ()
