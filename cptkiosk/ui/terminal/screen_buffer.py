"""What the terminal shows now, cell by cell, and the shortest way to what it should."""

import re
from collections.abc import Callable, Iterable

from rich.cells import cell_len, set_cell_size, split_graphemes
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

# Resending a few unchanged cells is shorter than moving the cursor over them.
_GAP_MAX = 5
# C0, DEL, C1; marks, overrides and isolates of direction; line separators; half
# code points, which cannot be encoded; byte order mark, annotation anchors.
_HARMFUL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufeff\ufff9-\ufffb]"
)
# Every terminal draws these one cell wide, or draws no screen right at all.
_BOXES = ("\u2500", "\u259f")

Cell = tuple[str, str]
"""A character (nothing for the right half of a wide one) and its style codes."""


def harmless(text: str) -> str:
    """Return `text` with `?` for every character that could steer a terminal."""
    if text.isascii() and text.isprintable():
        return text
    return _HARMFUL.sub("?", text)


def cells_of(
    strip: Iterable[Segment],
    colors: ColorSystem | None,
    spelled: Callable[[str], str] | None = None,
) -> list[Cell]:
    """Return the cells that `strip` fills, as many as it claims to be wide.

    Args:
        strip: text and styles.
        colors: which colors there are; `None` if there are none.
        spelled: makes text that the terminal can show, if that is not every text.
    """
    cells: list[Cell] = []
    for text, style, control in strip:
        if control:
            continue
        codes = "" if style is None else _codes(style, colors)
        shown = harmless(text)
        if spelled is not None:
            shown = spelled(shown)
        if shown != text:
            # The layout counted the harmful ones as nothing: keep what follows there.
            shown = set_cell_size(shown, cell_len(text))
        if shown.isascii():
            cells.extend([(char, codes) for char in shown])
        else:
            _extend(cells, shown, codes)
    return cells


def _codes(style: Style, colors: ColorSystem | None) -> str:
    """Return the codes of a style, without its colors where there are none."""
    if colors is None:
        return Strip.render_ansi(style.without_color, ColorSystem.STANDARD)
    return Strip.render_ansi(style, colors)


def _extend(cells: list[Cell], text: str, codes: str) -> None:
    """Append the clusters of `text` to `cells`."""
    for start, end, width in split_graphemes(text)[0]:
        cluster = text[start:end]
        if width:
            cells.append((cluster, codes))
            cells.extend([("", codes)] * (width - 1))
        elif cells:
            last = len(cells) - 1
            while last and not cells[last][0]:
                last -= 1
            cells[last] = (cells[last][0] + cluster, cells[last][1])


class ScreenBuffer:
    """The cells last sent to a terminal; writes down only what differs from them."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self._rows: list[list[Cell | None]] = [[None] * width for _ in range(height)]
        self._out: list[str] = []
        self._codes: str | None = None

    def draw_cells(self, x: int, y: int, cells: list[Cell]) -> None:
        """Draw `cells` from column `x` of line `y` on."""
        width, height = self.size
        room = width - x
        if not 0 <= y < height or x < 0 or room <= 0:
            return
        new = cells[:room]
        if len(cells) > room and not cells[room][0]:
            # Half of a wide character would wrap to the next line.
            new[-1] = (" ", new[-1][1])
        row = self._rows[y]
        old = row[x : x + len(new)]
        if old == new:
            return
        self._send_changes(x, y, old, new)
        row[x : x + len(new)] = new

    def take_output(self) -> str:
        """Return what must be written since the last call, and start afresh."""
        if not self._out:
            return ""
        text = "".join(self._out) + "\x1b[0m"
        self._out, self._codes = [], None
        return text

    def _send_changes(
        self, x: int, y: int, old: list[Cell | None], new: list[Cell]
    ) -> None:
        """Send the runs of `new` that differ from `old`, near ones as one."""
        runs: list[tuple[int, int]] = []
        for at, cell in enumerate(new):
            if cell == old[at]:
                continue
            near = runs and at - runs[-1][1] <= _GAP_MAX
            first = runs.pop()[0] if near else at
            runs.append((first, at))
        for first, last in runs:
            # The left half of a wide character is sent with its right one.
            start = next((at for at in range(first, 0, -1) if new[at][0]), 0)
            self._send(x + start, y, new[start : last + 1])

    def _send(self, x: int, y: int, run: list[Cell]) -> None:
        """Send one run; after text of arguable width, say again where things go."""
        out = self._out
        out.append(f"\x1b[{y + 1};{x + 1}H")
        unsure = False
        for column, (text, codes) in enumerate(run, x):
            if unsure and text.isascii() and text:
                out.append(f"\x1b[{y + 1};{column + 1}H")
                unsure = False
            if codes != self._codes:
                out.append(f"\x1b[0;{codes}m" if codes else "\x1b[0m")
                self._codes = codes
            out.append(text)
            if not (text.isascii() or _BOXES[0] <= text[0] <= _BOXES[1]):
                unsure = True
