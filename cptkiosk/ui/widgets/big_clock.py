"""The face of a clock: digits made of blocks, as large as there is room for.

Textual's digits are three lines high on every screen: too small to be read from a seat.
"""

from collections.abc import Sequence

from textual.reactive import reactive

from cptkiosk.ui.terminal.glyphs import Glyphs
from cptkiosk.ui.widgets.drawing import Piece, fit_text
from cptkiosk.ui.widgets.line_widget import LineWidget

# Nine rows of pixels, two to a cell: a stroke is one pixel thick, so a digit takes
# four and a half lines.
_SIGNS = "0123456789-:+ "
_FONT = """
#### .##. #### #### #..# #### #### #### #### #### .... . ... ..
#..# ..#. ...# ...# #..# #... #... ...# #..# #..# .... . ... ..
#..# ..#. ...# ...# #..# #... #... ...# #..# #..# .... # .#. ..
#..# ..#. ...# ...# #..# #... #... ...# #..# #..# .... . .#. ..
#..# ..#. #### #### #### #### #### ...# #### #### #### . ### ..
#..# ..#. #... ...# ...# ...# #..# ...# #..# ...# .... . .#. ..
#..# ..#. #... ...# ...# ...# #..# ...# #..# ...# .... # .#. ..
#..# ..#. #... ...# ...# ...# #..# ...# #..# ...# .... . ... ..
#### ..#. #### #### ...# #### #### ...# #### #### .... . ... ..
"""
_SHAPES: dict[str, list[str]] = {sign: [] for sign in _SIGNS}
for _row in _FONT.strip().splitlines():
    for _sign, _pixels_of_sign in zip(_SIGNS, _row.split(), strict=True):
        _SHAPES[_sign].append(_pixels_of_sign.replace(".", " "))
_HEIGHT = len(_SHAPES["0"])


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

    text = reactive("")
    """What the face shows."""

    def __init__(self, text: str = "", *, scale_max: int = 1) -> None:
        super().__init__()
        self.set_reactive(BigClock.text, text)
        self._scale_max = scale_max

    def draw_line(self, y: int, width: int, glyphs: Glyphs) -> Sequence[Piece]:
        """Return one line, in the middle of the height."""
        height = self.content_size.height
        lines = draw_digits(self.text, width, height, glyphs, self._scale_max)
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
