"""What the widgets share: text made safe and fitted, and lines built from pieces."""

from collections.abc import Callable, Iterable, Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from cptkiosk.domain.text import fit
from cptkiosk.ui.terminal.glyphs import UNICODE, Glyphs
from cptkiosk.ui.terminal.screen_buffer import harmless

Piece = tuple[str, str]
"""Text, and the component class to draw it with (nothing for the widget's own)."""


def glyphs_of(widget: Widget) -> Glyphs:
    """Return the signs that the app of `widget` draws with."""
    glyphs = getattr(widget.app, "glyphs", UNICODE)
    return glyphs if isinstance(glyphs, Glyphs) else UNICODE


def fit_text(text: str, width: int, glyphs: Glyphs, *, right: bool = False) -> str:
    """Return `text`, harmless, cut or padded to exactly `width` cells."""
    text = harmless(text)
    taken = cell_len(text)
    if taken > width:
        cut = fit(text, width)
        # The measure that lays out the screen has the last word on rare scripts.
        cut = cut if cell_len(cut) == width else set_cell_size(cut, width)
        return cut.replace("…", glyphs.ellipsis) if glyphs.plain else cut
    blanks = " " * (width - taken)
    return blanks + text if right else text + blanks


def cut_inside(text: str, width: int, glyphs: Glyphs) -> str:
    """Return `text` in at most `width` cells, what is cut out lying in its middle."""
    text = harmless(text)
    if cell_len(text) <= width:
        return text
    room = max(0, width - 1)
    head = tail = ""
    for letter in text:
        if cell_len(head + letter) > (room + 1) // 2:
            break
        head += letter
    for letter in reversed(text):
        if cell_len(letter + tail) > room - cell_len(head):
            break
        tail = letter + tail
    return f"{head}{glyphs.ellipsis}{tail}" if width else ""


def broken(text: str, width: int) -> list[str]:
    """Return `text`, harmless, in lines of at most `width` cells, whole words each."""
    lines = [""]
    for word in harmless(text).split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and cell_len(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def width_of(pieces: Iterable[Piece]) -> int:
    """Return the cells that `pieces` take."""
    return sum(cell_len(harmless(text)) for text, _ in pieces)


def cut_pieces(pieces: Sequence[Piece], width: int, glyphs: Glyphs) -> list[Piece]:
    """Return `pieces` cut or padded to exactly `width` cells."""
    kept: list[Piece] = []
    room = width
    for at, (text, look) in enumerate(pieces):
        taken = cell_len(harmless(text))
        more = any(rest for rest, _ in pieces[at + 1 :])
        if taken > room or (taken == room and more):
            # Something is lost, so an ellipsis has to say so.
            cut = text if taken > room else f"{text}  "
            kept.append((fit_text(cut, room, glyphs), look))
            return kept
        kept.append((harmless(text), look))
        room -= taken
    return [*kept, (" " * room, "")]


def two_ends(
    left: Sequence[Piece], right: Sequence[Piece], width: int, glyphs: Glyphs
) -> list[Piece]:
    """Return a line with `left` and `right` at its ends; the right one is kept."""
    taken = width_of(right)
    if not taken:
        return cut_pieces(left, width, glyphs)
    if taken >= width:
        return cut_pieces(right, width, glyphs)
    head = cut_pieces(left, max(0, width - taken - 1), glyphs)
    return [*head, (" ", ""), *((harmless(text), look) for text, look in right)]


def strip_of(pieces: Iterable[Piece], style_of: Callable[[str], Style]) -> Strip:
    """Return `pieces` as a line, each in the style that `style_of` gives its look."""
    return Strip([Segment(text, style_of(look)) for text, look in pieces if text])
