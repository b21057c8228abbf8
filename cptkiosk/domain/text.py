"""Text from outside: what is accepted, how wide it is, and how it is searched."""

import re
import unicodedata
from collections.abc import Iterator

ZWNJ, ZWJ, EMOJI_STYLE = "\u200c", "\u200d", "\ufe0f"

_OVERRIDE, _MARK = "a text-direction override", "a text-direction mark"
_INVISIBLE = "an invisible character"
_INVALID, _SEPARATOR = "an invalid code point", "a line separator"
_BY_CATEGORY = {
    "Cc": "a control character",
    "Cf": _INVISIBLE,
    "Co": _INVALID,
    "Cs": _INVALID,
    "Zl": _SEPARATOR,
    "Zp": _SEPARATOR,
}
_BY_CHARACTER = {
    **dict.fromkeys("\u202a\u202b\u202c\u202d\u202e", _OVERRIDE),
    **dict.fromkeys("\u2066\u2067\u2068\u2069", _OVERRIDE),
    **dict.fromkeys("\u200e\u200f\u061c", _MARK),
    # Letters and symbols to Unicode, but nothing to the eye.
    **dict.fromkeys("\u115f\u1160\u3164\uffa0\u2800", _INVISIBLE),
    # Persian and several scripts of India are misspelled without these.
    **dict.fromkeys((ZWNJ, ZWJ), ""),
}

_LETTERS = str.maketrans(
    {
        "\u0142": "l",
        "\u00f8": "o",
        "\u0111": "d",
        "\u00f0": "d",
        "\u00fe": "th",
        "\u00e6": "ae",
        "\u0153": "oe",
        "\u0131": "i",
        "\u0127": "h",
        "\u0167": "t",
        "\u2018": "'",
        "\u2019": "'",
        "\u02bc": "'",
        "\u2010": "-",
        "\u2011": "-",
        "\u2013": "-",
        ZWNJ: None,
        ZWJ: None,
        EMOJI_STYLE: None,
    }
)


class BadText(ValueError):
    """The text holds something that must not reach a screen; says what."""


def clean_text(text: str, *, cells_max: int = 120) -> str:
    """Return `text` composed, trimmed and with single blanks, if it is harmless.

    Markup, formulas and quotation marks are kept as given; the caller must show them
    as plain text.

    Raises:
        BadText: if a character is harmful or invisible, or the text too long; the
            reason is a sentence fragment.
    """
    if not (text.isascii() and text.isprintable()):
        for char in text:
            if reason := _find_objection(char):
                raise BadText(reason)
        text = "".join(
            " " if unicodedata.category(char) == "Zs" else char for char in text
        )
    text = re.sub(" {2,}", " ", text).strip(f" {ZWNJ}{ZWJ}")
    # Composing takes quadratic time over a long run of marks, so length comes first.
    if len(text) > 8 * cells_max:
        raise BadText(f"more than {cells_max} columns")
    text = unicodedata.normalize("NFC", text)
    if cells(text) > cells_max:
        raise BadText(f"more than {cells_max} columns")
    if len(text) > 4 * cells_max:
        raise BadText("more accents than a screen can show")
    return text


def visible(text: str, width: int = 40) -> str:
    """Return `text` without its harmful characters, cut to `width` columns."""
    # Four characters a column are plenty, and keep composing a hostile text cheap.
    shown = text[: 4 * width]
    if not (shown.isascii() and shown.isprintable()):
        kept = (" " if char.isspace() else char for char in shown)
        shown = "".join(char for char in kept if not _find_objection(char))
    shown = " ".join(shown.split())
    return fit(unicodedata.normalize("NFC", shown), width).rstrip()


FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet program takes for the beginning of a formula."""


GUARD = "'"
"""Put before such a text, so that it is shown and not run."""


def guard_formula(text: str) -> str:
    """Return `text` so that a spreadsheet program shows it instead of running it."""
    return f"{GUARD}{text}" if text.startswith(FORMULA) else text


def cells(text: str) -> int:
    """Return how many terminal columns `text` takes."""
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(_cluster_cells(cluster) for cluster in _split_clusters(text))


def fit(text: str, width: int) -> str:
    """Return `text` cut or padded to exactly `width` columns.

    A cut never parts a letter from its accents, and shows as an ellipsis.
    """
    taken = cells(text)
    if taken <= width:
        return text + " " * (width - taken)
    if width <= 0:
        return ""
    kept, used = [], 0
    for cluster in _split_clusters(text):
        wide = _cluster_cells(cluster)
        if used + wide > width - 1:
            break
        kept.append(cluster)
        used += wide
    return "".join(kept) + "\u2026" + " " * (width - 1 - used)


def fold_text(text: str) -> str:
    """Return `text` for searching: no capitals, no accents, plain Latin letters."""
    if text.isascii():
        return text.lower()
    opened = unicodedata.normalize("NFKD", text).casefold()
    opened = unicodedata.normalize("NFKD", opened)
    bare = "".join(char for char in opened if not _is_accent(char))
    return unicodedata.normalize("NFC", bare.translate(_LETTERS))


def name_words(name: str) -> frozenset[str]:
    """Return the words of a name, whatever their order, accents and capitals."""
    return frozenset(re.findall(r"\w+", fold_text(name).replace("'", "")))


def may_be_one_name(one: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether the words of two names may be one person's.

    They may if they are the same but for a middle initial that one of them leaves out,
    or writes in full.
    """
    both = {word for word in one & other if len(word) > 1}
    if one == other or len(both) < 2:
        return bool(one) and one == other
    mine, theirs = one - both, other - both
    initials = [all(len(word) == 1 for word in rest) for rest in (mine, theirs)]
    if not mine or not theirs:
        return all(initials)
    first = [{word[0] for word in rest} for rest in (mine, theirs)]
    return any(initials) and first[0] == first[1]


def _find_objection(char: str) -> str:
    """Return why `char` may not enter, or an empty string."""
    if " " <= char <= "~":
        return ""
    code = ord(char)
    if _is_noncharacter(code):
        return _INVALID
    kind = _BY_CHARACTER.get(char)
    if kind is None:
        kind = _BY_CATEGORY.get(unicodedata.category(char), "")
    named = kind in {"", _INVALID, _SEPARATOR}
    return kind if named else f"{kind} (U+{code:04X})"


def _is_noncharacter(code: int) -> bool:
    """Return whether `code` is one of the 66 noncharacters of Unicode."""
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE


def _is_accent(char: str) -> bool:
    """Tell whether `char` is a mark that a searcher leaves out.

    Voicing marks, viramas and the vowels of Thai or Tibetan spell other words.
    """
    order = unicodedata.combining(char)
    return order == 1 or 10 <= order <= 36 or order >= 200


def _split_clusters(text: str) -> Iterator[str]:
    """Yield what a reader takes for single characters, roughly."""
    cluster = ""
    for char in text:
        if cluster and _joins_cluster(cluster, char):
            cluster += char
        else:
            if cluster:
                yield cluster
            cluster = char
    if cluster:
        yield cluster


def _joins_cluster(cluster: str, char: str) -> bool:
    """Tell whether `char` goes on with `cluster`."""
    if unicodedata.category(char) in {"Mn", "Me", "Mc"} or char in {ZWJ, ZWNJ}:
        return True
    if "\U0001f3fb" <= char <= "\U0001f3ff" or "\u1160" <= char <= "\u11ff":
        return True
    if cluster[-1] == ZWJ:
        return unicodedata.category(char) == "So"
    return len(cluster) == 1 and _is_flag_half(cluster) and _is_flag_half(char)


def _is_flag_half(char: str) -> bool:
    """Tell whether two of `char` make a flag."""
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _cluster_cells(cluster: str) -> int:
    """Return the columns of one cluster."""
    first = cluster[0]
    if EMOJI_STYLE in cluster or (_is_flag_half(first) and len(cluster) > 1):
        return 2
    if unicodedata.category(first) in {"Mn", "Me", "Cf", "Cc", "Cs"}:
        return 0
    return 2 if unicodedata.east_asian_width(first) in {"W", "F"} else 1
