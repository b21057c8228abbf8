"""The signs that widgets draw with, for rich terminals and for poor ones."""

import codecs
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rich.cells import cell_len

DRAWN = str.maketrans(
    "─━│┃╭╮╰╯┌┐└┘├┤┬┴┼█▀▄▁▂▃▅▆▇↑↓←→…—·×•◂▸",  # noqa: RUF001 - the signs themselves
    "--||" + "+" * 13 + "#" * 9 + "^v<>.--x*<>",
)
"""What Textual and the widgets draw with, and what stands for it in ASCII."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyphs:
    """One set of signs, each a single cell wide; those of Unicode if none are given."""

    plain: bool = False
    """Whether these are ASCII only."""

    done: str = "✓"
    on_break: str = "◌"
    attention: str = "!"
    cursor: str = "›"  # noqa: RUF001 - the sign itself, not a quotation mark
    mark: str = "*"
    ellipsis: str = "…"
    dash: str = "—"
    dot: str = "·"
    up: str = "↑"
    down: str = "↓"
    right: str = "▸"
    full: str = "█"
    upper: str = "▀"
    lower: str = "▄"


UNICODE = Glyphs()
ASCII = Glyphs(
    plain=True,
    done="+",
    on_break="~",
    cursor=">",
    ellipsis=".",
    dash="-",
    dot="-",
    up="^",
    down="v",
    right=">",
    full="#",
    upper="#",
    lower="#",
)


def encoding_for(environ: Mapping[str, str]) -> str:
    """Return what the terminal in `environ` reads letters in; UTF-8 if nothing is said.

    A locale that names no encoding has one of its own, of which ASCII is a part.
    """
    locale = _locale(environ)
    if not locale:
        return "utf-8"
    try:
        return codecs.lookup(locale.partition(".")[2] or "ascii").name
    except LookupError:
        return "ascii"


def spelling(encoding: str, glyphs: Glyphs) -> Callable[[str], str] | None:
    """Return what makes text of text that a terminal can show, as wide; `None` if all is.

    A letter that the encoding lacks becomes a question mark, of a wide one two.
    """
    if encoding == "utf-8":
        return (lambda text: text.translate(DRAWN)) if glyphs.plain else None

    def spell_text(text: str) -> str:
        if text.isascii():
            return text
        known = unicodedata.normalize("NFC", text.translate(DRAWN))
        return "".join(
            char if char.encode(encoding, "ignore") else "?" * cell_len(char)
            for char in known
        )

    return spell_text


def _locale(environ: Mapping[str, str]) -> str:
    """Return the locale that steers letters, nothing if none that says anything does."""
    names = (environ.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    locale = next((name for name in names if name), "").partition("@")[0]
    return "" if locale in {"C", "POSIX"} else locale


def glyphs_for(environ: Mapping[str, str]) -> Glyphs:
    """Return the signs that the terminal and locale in `environ` can show.

    A missing locale is no reason for ASCII by itself: Python then writes UTF-8, and
    only the kernel's own console is known to lack the signs.
    """
    if environ.get("TERM") == "linux":
        return ASCII
    return UNICODE if encoding_for(environ) == "utf-8" else ASCII
