"""Numbers of a workbook, written as its sheets show them.

A sheet stores 4512 and shows 004512; the ID is what it shows. Only what tells IDs apart
is taken from a format: leading zeros, and signs between and around the digits. A format
that rounds is not followed: no one's time is 2x because 1.5 is shown without decimals.
"""

import re
from functools import lru_cache
from typing import Final

EXACT_MAX: Final = 10**15
"""From here on a spreadsheet has rounded a whole number: it keeps 15 digits."""

ROUNDED: Final = ".14E"
"""How a rounded number is written, so that no ID can be read from it."""

PERCENT: Final = frozenset({9, 10})
DATES: Final = frozenset(
    {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
)
"""Formats without a code of their own: 9 is 0%, 14 is a date, as ECMA-376 lists them."""

_TOKEN: Final = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_*].|\[[^\]]*\]|(?P<digit>[0#?])|(?P<sign>.)',
    re.DOTALL,
)


_ELAPSED: Final = re.compile(r"\[[hms]+\]", re.IGNORECASE)


def shown_number(stored: str, number_format: int, code: str) -> str | None:
    """Return a stored number as a person reads it; nothing where it is a date.

    Args:
        stored: the number as the file has it, such as 4512 or 4.0028E+16.
        number_format: its number, where the format is one that every program knows.
        code: the format itself, such as 000000; or empty.

    Raises:
        ValueError: if it is no number.
    """
    value = float(stored)
    if number_format in DATES or is_date(code):
        return None
    if abs(value) >= EXACT_MAX:
        return format(value, ROUNDED)
    if number_format in PERCENT or _is_percent(code):
        return f"{_plain_number(round(value * 100, 9))}%"
    whole = _plain_number(value)
    if not code or not whole.isdecimal():
        return whole
    return _laid_out(whole, code)


def _plain_number(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


@lru_cache(maxsize=256)
def _format_tokens(code: str) -> tuple[tuple[str, str], ...]:
    """Return what the first section of a format shows: kinds and texts."""
    found = []
    for match in _TOKEN.finditer(code):
        kind = match.lastgroup
        if kind == "sign" and match["sign"] == ";":
            break
        if kind:
            found.append((kind, match[kind]))
    return tuple(found)


def is_date(code: str) -> bool:
    """Tell whether a format shows a date or a time."""
    if code.casefold() == "general":
        return False
    signs = {text.casefold() for kind, text in _format_tokens(code) if kind == "sign"}
    return bool(signs & set("ymdhs") or _ELAPSED.search(code))


def _is_percent(code: str) -> bool:
    return ("sign", "%") in _format_tokens(code)


def _laid_out(digits: str, code: str) -> str:
    """Return a whole number in the places that a format has for it."""
    tokens = _format_tokens(code)
    if code.casefold() == "general" or ("sign", "@") in tokens:
        return digits
    if any(kind == "sign" and text in "eE/," for kind, text in tokens):
        return digits
    if ("sign", ".") in tokens:
        tokens = tokens[: tokens.index(("sign", "."))]
    places = sum(kind == "digit" for kind, _ in tokens)
    if not places:
        return digits
    left = list(digits.rjust(places))
    shown = []
    begun = False
    for kind, text in tokens:
        if kind != "digit":
            shown.append(text)
            continue
        take = len(left) - places + 1 if not begun else 1
        begun = True
        some = "".join(left[:take])
        del left[:take]
        shown.append(some.replace(" ", "0" if text == "0" else ""))
    return "".join(shown).strip()
