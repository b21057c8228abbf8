"""Keys and what they do, one below the other, drawn as one widget."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from cptkiosk.ui.widgets.drawing import (
    Piece,
    broken,
    fitted,
    glyphs_of,
    looks_of,
    strip_of,
    width_of,
)

KEY_CELLS = 10


class KeyList(Widget):
    """Each key, its meaning and, where it is not possible now, the reason."""

    DEFAULT_CSS = """
    KeyList {
        height: auto;
        .keys--which { color: $text-accent; text-style: bold; }
        .keys--no { color: $text-warning; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--which", "keys--no"}

    def __init__(self, rows: Sequence[tuple[str, str, str]]) -> None:
        """Show rows of key, meaning, and why not now (nothing if it is possible)."""
        super().__init__()
        self._style_of = looks_of(self, "keys")
        self.rows = rows
        self._width, self._broken = -1, list[list[Piece]]()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines all of it takes."""
        return len(self._lines(width))

    def _lines(self, width: int) -> list[list[Piece]]:
        """Return what is drawn, line by line; worked out once for each width."""
        if self._width != width:
            self._width, self._broken = width, list(self._broken_into(width))
        return self._broken

    def _broken_into(self, width: int) -> Iterator[list[Piece]]:
        glyphs, room = glyphs_of(self), max(KEY_CELLS, width - KEY_CELLS)
        for key, meaning, reason in self.rows:
            which = fitted(key, KEY_CELLS, glyphs)
            for line in broken(meaning, room):
                yield [(which, "which"), (line, "")]
                which = " " * KEY_CELLS
            for line in broken(f"not now: {reason}", room) if reason else ():
                yield [(" " * KEY_CELLS, ""), (line, "no")]

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width = self.content_size.width
        lines = self._lines(width)
        pieces = lines[y] if y < len(lines) else []
        rest = max(0, width - width_of(pieces))
        return strip_of([*pieces, (" " * rest, "")], self._style_of)
