"""Lines of plain text that fit 80 columns, whatever is written in them."""

from collections.abc import Iterator

from cptkiosk.domain.text import cells, fit, visible

WIDTH = 80
LABEL = 14
LONGEST = 20_000


def one_line(text: str) -> str:
    """Return text from outside without anything that could steer a terminal."""
    return visible(text, LONGEST)


def heading_lines(text: str, rule: str = "-") -> Iterator[str]:
    """Yield a heading with a rule as wide as the page."""
    yield fit(one_line(text), WIDTH).rstrip()
    yield rule * WIDTH


def field_lines(label: str, text: str) -> Iterator[str]:
    """Yield a labelled text, in as many lines as it needs."""
    for line in wrap_text(text, indent=LABEL):
        yield fit(label, LABEL) + line[LABEL:]
        label = ""


def wrap_text(text: str, *, indent: int = 0) -> Iterator[str]:
    """Yield text in lines of at most 80 columns; a longer word is cut."""
    width, line = WIDTH - indent, ""
    for word in one_line(text).split(" "):
        for piece in _split_word(word, width):
            longer = f"{line} {piece}" if line else piece
            if cells(longer) <= width:
                line = longer
            else:
                yield " " * indent + line
                line = piece
    if line:
        yield " " * indent + line


def _split_word(word: str, width: int) -> Iterator[str]:
    """Yield a word in parts that each fit; a script without blanks is one word."""
    piece = ""
    for char in word:
        if cells(piece + char) > width:
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece
