"""The signs that widgets draw with, for rich terminals and for poor ones."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyphs:
    """One set of signs, each a single cell wide."""

    plain: bool
    """Whether these are ASCII only."""
    done: str
    testing: str
    on_break: str
    paused: str
    absent: str
    finished: str
    expected: str
    attention: str
    cursor: str
    mark: str
    ellipsis: str
    dash: str
    dot: str
    times: str
    bar: str
    up: str
    down: str
    left: str
    right: str
    rule: str
    full: str
    upper: str
    lower: str


UNICODE = Glyphs(
    plain=False,
    done="✓",
    testing="●",
    on_break="◌",
    paused="‖",
    absent="○",
    finished="✔",
    expected="·",
    attention="!",
    cursor="›",  # noqa: RUF001 - the sign itself, not a quotation mark
    mark="*",
    ellipsis="…",
    dash="—",
    dot="·",
    times="×",  # noqa: RUF001 - the sign of multiplication
    bar="▸",
    up="↑",
    down="↓",
    left="◂",
    right="▸",
    rule="─",
    full="█",
    upper="▀",
    lower="▄",
)
ASCII = Glyphs(
    plain=True,
    done="+",
    testing="*",
    on_break="~",
    paused="=",
    absent="o",
    finished="v",
    expected=".",
    attention="!",
    cursor=">",
    mark="*",
    ellipsis=".",
    dash="-",
    dot="-",
    times="x",
    bar=">",
    up="^",
    down="v",
    left="<",
    right=">",
    rule="-",
    full="#",
    upper="#",
    lower="#",
)


def glyphs_for(environ: Mapping[str, str]) -> Glyphs:
    """Return the signs that the terminal and locale in `environ` can show.

    A missing locale is no reason for ASCII by itself: Python then writes UTF-8, and
    only the kernel's own console is known to lack the signs.
    """
    if environ.get("TERM") == "linux":
        return ASCII
    names = (environ.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    locale = next((name for name in names if name), "")
    if locale.partition("@")[0] in {"", "C", "POSIX"}:
        return UNICODE
    encoding = locale.partition("@")[0].partition(".")[2]
    return UNICODE if encoding.lower().replace("-", "") == "utf8" else ASCII
