"""The face of a clock: digits made of blocks, as large as there is room for.

Textual's digits are three lines high on every screen: too small to be read from a seat.
"""

from collections.abc import Sequence

from cptkiosk.ui.terminal.glyphs import Glyphs
from cptkiosk.ui.widgets.drawing import Piece, fit_text
from cptkiosk.ui.widgets.line_widget import LineWidget

# Nine rows of pixels, two to a cell: a stroke is one pixel thick, so a digit takes
# four and a half lines.
_BARS = {"top": 0, "middle": 4, "bottom": 8}
_SIDES = {"upper": range(5), "lower": range(4, 9)}
_SEGMENTS = {
    "0": ("top", "bottom", "upper left", "upper right", "lower left", "lower right"),
    "2": ("top", "middle", "bottom", "upper right", "lower left"),
    "3": ("top", "middle", "bottom", "upper right", "lower right"),
    "4": ("middle", "upper left", "upper right", "lower right"),
    "5": ("top", "middle", "bottom", "upper left", "lower right"),
    "6": ("top", "middle", "bottom", "upper left", "lower left", "lower right"),
    "7": ("top", "upper right", "lower right"),
    "8": (
        *("top", "middle", "bottom", "upper left", "upper right"),
        *("lower left", "lower right"),
    ),
    "9": ("top", "middle", "bottom", "upper left", "upper right", "lower right"),
    "-": ("middle",),
}
_HEIGHT = 9


def _digit(char: str) -> list[str]:
    """Return the pixels of a digit of seven segments."""
    pixels = [[" "] * 4 for _ in range(_HEIGHT)]
    for segment in _SEGMENTS[char]:
        part, _, side = segment.partition(" ")
        if side:
            for y in _SIDES[part]:
                pixels[y][0 if side == "left" else 3] = "#"
        else:
            pixels[_BARS[part]] = ["#"] * 4
    return ["".join(row) for row in pixels]


_SHAPES = {
    **{char: _digit(char) for char in _SEGMENTS},
    "1": [" ## ", *["  # "] * 8],
    ":": [*[" "] * 2, "#", *[" "] * 3, "#", *[" "] * 2],
    "+": [*["   "] * 2, *[" # "] * 2, "###", *[" # "] * 2, *["   "] * 2],
    " ": ["  "] * _HEIGHT,
}


class BigClock(LineWidget):
    """A time in large digits, or in one bold line where there is no room for them."""

    DEFAULT_CSS = """
    BigClock {
        height: 5;
        color: $primary;
        text-style: bold;
        text-align: left;
    }
    """

    def __init__(self, text: str = "", *, scale_max: int = 1) -> None:
        super().__init__()
        self._text = text
        self._scale_max = scale_max

    @property
    def text(self) -> str:
        """What the face shows."""
        return self._text

    def show_text(self, text: str) -> None:
        """Show `text`, redrawing only if it is another."""
        if text != self._text:
            self._text = text
            self.refresh()

    def draw_line(self, y: int, width: int, glyphs: Glyphs) -> Sequence[Piece]:
        """Return one line, in the middle of the height."""
        height = self.content_size.height
        lines = draw_digits(self._text, width, height, glyphs, self._scale_max)
        above = (height - len(lines)) // 2
        line = lines[y - above] if 0 <= y - above < len(lines) else ""
        if self.styles.text_align == "center":
            line = " " * max(0, (width - max(map(len, lines))) // 2) + line
        return [(fit_text(line, width, glyphs), "")]


def draw_digits(
    text: str, width: int, height: int, glyphs: Glyphs, scale_max: int = 1
) -> list[str]:
    """Return `text` in the largest digits that fit, or as it is."""
    if text and all(char in _SHAPES for char in text):
        for scale in range(scale_max, 0, -1):
            for gap in (2, 1):
                pixels = _pixels(text, scale, gap * scale, glyphs)
                lines = _cells(pixels, glyphs)
                if len(lines) <= height and len(lines[0]) <= width:
                    return lines
    return [text]


def _pixels(text: str, scale: int, gap: int, glyphs: Glyphs) -> list[str]:
    """Return the rows of pixels of `text`, `scale` times as large."""
    # Without half blocks a cell is a pixel, so every other row makes five lines of nine.
    step = 2 if glyphs.plain else 1
    rows = []
    for y in range(0, _HEIGHT, step):
        row = (" " * gap).join(
            "".join(pixel * scale for pixel in _row_pixels(char, y, step))
            for char in text
        )
        rows += [row] * scale
    return rows


def _row_pixels(char: str, y: int, step: int) -> str:
    """Return row `y` of a sign; of two rows taken as one, either will do."""
    if step == 1 or char not in ":+":
        return _SHAPES[char][y]
    plain = {":": " # # ", "+": ["   ", " # ", "###", " # ", "   "]}[char]
    return plain[y // 2]


def _cells(pixels: list[str], glyphs: Glyphs) -> list[str]:
    """Return `pixels` as lines of text."""
    if glyphs.plain:
        return [row.replace("#", glyphs.full) for row in pixels]
    blocks = {
        ("#", "#"): glyphs.full,
        ("#", " "): glyphs.upper,
        (" ", "#"): glyphs.lower,
    }
    if len(pixels) % 2:
        pixels = [*pixels, " " * len(pixels[0])]
    pairs = zip(pixels[::2], pixels[1::2], strict=True)
    return [
        "".join(blocks.get(pair, " ") for pair in zip(*two, strict=True))
        for two in pairs
    ]
