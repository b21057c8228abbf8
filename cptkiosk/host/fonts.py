"""Which letters the fonts of this machine can print, read from the fonts themselves.

A font file lists its letters in its table `cmap` (OpenType specification). Only that table
is read, and only for letters that the PDF extra's own fonts do not have.
"""

import struct
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO, Final

from cptkiosk.domain.text import BadText, clean_text

FOLDERS: Final = ("/usr/share/fonts", "/usr/local/share/fonts")
OWN_FOLDERS: Final = (".fonts", ".local/share/fonts")
"""In the home of the account."""

ENDINGS: Final = frozenset({".ttf", ".otf", ".ttc", ".otc"})

ALWAYS: Final = (
    (0x20, 0x4FF), (0x531, 0x58A), (0x590, 0x5FF), (0x1E00, 0x1FFF),
    (0x2010, 0x203F), (0x20A0, 0x20BF),
)  # fmt: skip
"""What the fonts have that come with typst: Latin with Vietnamese, Greek, Cyrillic, Armenian,
Hebrew and punctuation. Tried with typst 0.15 and no other font."""

NO_FONT: Final = "no font on this machine can print"

LAST: Final = 0xFFFF
"""The end of the last segment in a table of format 4."""


def unprintable_letters(text: str) -> str:
    """Return the letters of a text that no font of this machine has, each once."""
    return "".join(
        dict.fromkeys(
            char
            for char in text
            if not _is_always(ord(char)) and not _INDEX.has_letter(char)
        )
    )


def _is_always(code: int) -> bool:
    return any(first <= code <= last for first, last in ALWAYS)


def missing_letters(name: str) -> str:
    """Return the letters of a name that a PDF report cannot print, each once.

    Without the PDF extra there are none: text and HTML need no font of ours.
    """
    if all(_is_always(ord(char)) for char in name) or not find_spec("typst"):
        return ""
    return unprintable_letters(name)


def read_name(text: str) -> str:
    """Return a name as `clean_text` does, if a PDF report can print it.

    Raises:
        BadText: naming what is harmful, or the letters that no font has.
    """
    name = clean_text(text)
    if letters := missing_letters(name):
        raise BadText(f"{NO_FONT} {letters}. Use the Latin spelling or install a font")
    return name


class _FontIndex:
    """Which letters were found or missed; the fonts that helped are asked first."""

    def __init__(self) -> None:
        self._known: dict[str, bool] = {}
        self._helpful: list[bytes] = []

    def has_letter(self, char: str) -> bool:
        """Return whether some font has a letter."""
        if char not in self._known:
            self._known[char] = self._find_letter(ord(char))
        return self._known[char]

    def _find_letter(self, code: int) -> bool:
        if any(_finds_glyph(cmap, code) for cmap in self._helpful):
            return True
        for path in _list_fonts():
            cmap = _read_file(path)
            if _finds_glyph(cmap, code):
                self._helpful.append(cmap)
                return True
        return False


_INDEX: Final = _FontIndex()


def _list_fonts() -> Iterator[Path]:
    for folder in (*map(Path, FOLDERS), *(Path.home() / one for one in OWN_FOLDERS)):
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in ENDINGS:
                yield path


def _read_file(path: Path) -> bytes:
    """Return the letters of a font file; one that cannot be read has none."""
    try:
        with path.open("rb") as file:
            return _read_cmap(file)
    except (OSError, struct.error):
        return b""


def _read_cmap(file: BinaryIO) -> bytes:
    """Return the table `cmap` of a font, or of the first font of a collection."""
    start = 0
    if file.read(4) == b"ttcf":
        file.seek(12)
        (start,) = struct.unpack(">I", file.read(4))
    file.seek(start + 4)
    (count,) = struct.unpack(">H", file.read(2))
    file.seek(start + 12)
    for _ in range(count):
        tag, _, offset, length = struct.unpack(">4sIII", file.read(16))
        if tag == b"cmap":
            file.seek(offset)
            return file.read(length)
    return b""


def _finds_glyph(cmap: bytes, code: int) -> bool:
    """Return whether a table leads from a letter to a glyph; a broken one does not."""
    try:
        return bool(cmap) and _looks_up(cmap, code)
    except struct.error:
        return False


def _looks_up(cmap: bytes, code: int) -> bool:
    (count,) = struct.unpack_from(">H", cmap, 2)
    for number in range(count):
        (offset,) = struct.unpack_from(">I", cmap, 4 + 8 * number + 4)
        (form,) = struct.unpack_from(">H", cmap, offset)
        if form == 12 and _in_groups(cmap, offset, code):
            return True
        if form == 4 and code < LAST and _in_segments(cmap, offset, code):
            return True
    return False


def _in_groups(cmap: bytes, offset: int, code: int) -> bool:
    """Look into a subtable of format 12: first letter, last letter, first glyph."""
    (count,) = struct.unpack_from(">I", cmap, offset + 12)
    groups = struct.iter_unpack(">III", cmap[offset + 16 : offset + 16 + 12 * count])
    return any(first <= code <= last for first, last, _ in groups)


def _in_segments(cmap: bytes, offset: int, code: int) -> bool:
    """Look into a subtable of format 4: a segment may have letters without a glyph."""
    (doubled,) = struct.unpack_from(">H", cmap, offset + 6)
    ends = offset + 14
    starts, deltas = ends + doubled + 2, ends + 2 * doubled + 2
    ranges = deltas + doubled
    for at in range(0, doubled, 2):
        (last,) = struct.unpack_from(">H", cmap, ends + at)
        if code > last:
            continue
        (first,) = struct.unpack_from(">H", cmap, starts + at)
        if code < first:
            return False
        (delta,) = struct.unpack_from(">H", cmap, deltas + at)
        (jump,) = struct.unpack_from(">H", cmap, ranges + at)
        if jump == 0:
            return bool((code + delta) % 0x10000)
        place = ranges + at + jump + 2 * (code - first)
        return bool(struct.unpack_from(">H", cmap, place)[0])
    return False
