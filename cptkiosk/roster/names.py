"""Names of people as rosters write them: whole ones parted, broken ones noticed."""

import re
import unicodedata
from typing import Final

from cptkiosk.domain.text import fold_text

_SUFFIX: Final = re.compile(r"(jr|sr|ii|iii|iv|v|2nd|3rd|4th|esq)\.?", re.IGNORECASE)
_PARTICLES: Final = frozenset(
    (
        *("de", "del", "della", "di", "da", "das", "do", "dos", "du", "la", "las"),
        *("los", "van", "von", "der", "den", "ter", "ten", "zu", "bin", "ibn", "al"),
        *("el", "le", "st", "st.", "mac", "af", "av"),
    )
)
_FIRST_ALSO: Final = frozenset(
    {"al", "el", "le", "do", "ten", "mac", "bin", "st", "st."}
)
"""Words that are first or middle names, too: particles only if written small."""

_EXPORTED: Final = frozenset(
    (
        *("test student", "student test", "demo student", "student demo"),
        *("sample student", "student sample", "test user", "user test"),
    )
)
_BEYOND: Final = re.compile(r"[^\x00-\x7f]{2,}")
"""Letters beyond ASCII: two and more in a row may be one letter, read as its bytes."""

_LOST: Final = re.compile(r"[^\W\d_]\?|\?[^\W\d_]")
_DOS_BLANK: Final = re.compile(r"\bÿ|ÿ\b")
"""What a blank that does not break a line becomes where DOS is taken for Windows."""

_ODD_INSIDE: Final = frozenset(
    "\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u2039\u203a\u00a1\u00a2\u00a3\u00a4"
    "\u00a5\u00a6\u00a7\u00a8\u00a9\u00ab\u00ac\u00ae\u00af\u00b0\u00b1\u00b2\u00b3\u00b5"
    "\u00b6\u00b8\u00b9\u00bb\u00bc\u00bd\u00be\u00bf\u00d7\u00f7\u20ac\u2122\u00aa\u00ba\u0178"
)
"""No sign of a name, but what a letter of another encoding is read as."""


_MARKS: Final = frozenset("\u00a0\u2013\u2014\u2018\u2019\u201c\u201d")


_OPENING: Final = frozenset("\u2018\u201c")


def split_name(text: str) -> tuple[str, str]:
    """Return the last and the first name of a whole, clean name.

    'Jr.' and the like go with the last name, as do 'de la' and 'van der'.
    """
    parts = [part for part in (one.strip() for one in text.split(",")) if part]
    suffixes = [part for part in parts[1:] if _SUFFIX.fullmatch(part)]
    parts = parts[:1] + [part for part in parts[1:] if not _SUFFIX.fullmatch(part)]
    if len(parts) > 1:
        return " ".join((parts[0], *suffixes)), ", ".join(parts[1:])
    words = parts[0].split() if parts else []
    end = len(words)
    while end > 1 and _SUFFIX.fullmatch(words[end - 1]):
        end -= 1
    begin = max(end - 1, 0)
    while begin > 1 and _is_particle(words[begin - 1]):
        begin -= 1
    return " ".join((*words[begin:], *suffixes)), " ".join(words[:begin])


def _is_particle(word: str) -> bool:
    if word.casefold() not in _PARTICLES:
        return False
    return word.islower() or word.casefold() not in _FIRST_ALSO


def is_exported(family: str, given: str) -> bool:
    """Tell whether a learning system added this person: 'Test Student'."""
    return fold_text(f"{given} {family}".strip()) in _EXPORTED


def is_broken(cell: str) -> bool:
    """Tell whether letters of a name were lost, or read by the wrong encoding."""
    return bool(_LOST.search(cell)) or any(map(_was_utf8, _BEYOND.findall(cell)))


def _was_utf8(run: str) -> bool:
    for encoding in ("cp1252", "latin-1", "mac-roman"):
        try:
            return run.encode(encoding).decode() != run
        except UnicodeError:
            continue
    return False


def is_suffix(name: str) -> bool:
    """Tell whether a name is a suffix alone; one letter may be an initial."""
    return len(name) > 1 and bool(_SUFFIX.fullmatch(name))


def looks_foreign(name: str) -> bool:
    """Tell whether a name, in an encoding that was guessed, was written in another."""
    if is_broken(name) or any(char in _ODD_INSIDE for char in name):
        return True
    if _DOS_BLANK.search(name):
        return True
    for word in re.findall(r"\w+", name):
        beyond = sum(not char.isascii() for char in word)
        if len(word) > 2 and beyond * 2 > len(word):
            return True
    return any(map(_is_torn, name, name[1:], f"{name[2:]} "))


def _is_torn(before: str, char: str, after: str) -> bool:
    """Tell whether a sign within a word, or a capital, is no letter's neighbor."""
    if char in _OPENING and before.isalpha():
        return True
    if char in _MARKS:
        return before.islower() and after.islower()
    capital = not char.isascii() and unicodedata.category(char) == "Lu"
    return capital and before.islower()
