"""A bar of text that says how far work is: in numbers, so that no color is needed.

Textual's own bar tells done from open by color alone.
"""

from collections.abc import Sequence

from cptkiosk.ui.terminal.glyphs import Glyphs
from cptkiosk.ui.widgets.bars import Bar
from cptkiosk.ui.widgets.drawing import Piece, cut_pieces

BAR_MIN = 10


class ProgressBar(Bar):
    """So many of so many, as a bar and in numbers; redrawn only when that changes."""

    DEFAULT_CSS = """
    ProgressBar { background: $surface; padding: 0; }
    """
    _done, _of, _seconds = 0, 0, 0

    def show_progress(self, done: int, of: int, seconds: int) -> None:
        """Say that `done` of `of` are done after some seconds; of none, only these."""
        self._done, self._of, self._seconds = done, of, seconds
        self._say((done, of, seconds))

    def draw_line(self, y: int, width: int, glyphs: Glyphs) -> Sequence[Piece]:
        """Keep the numbers whole; the bar gets the rest."""
        text = f"  {self._seconds} s"
        if not self._of:
            return cut_pieces([(f"working{text}", "strong")], width, glyphs)
        done = min(self._done, self._of)
        text = f"  {done:,} of {self._of:,}  {done * 100 // self._of:>3}%{text}"
        room = max(BAR_MIN, width - len(text) - 2)
        full = done * room // self._of
        pieces = [
            ("[", ""),
            (glyphs.full * full, "good"),
            (glyphs.dot * (room - full), "muted"),
            ("]", ""),
            (text, "strong"),
        ]
        return cut_pieces(pieces, width, glyphs)
