"""Text from people: kept as given, refused with a reason, cut to what fits."""

import unicodedata
from types import SimpleNamespace
from typing import Literal

import pytest

from cptkiosk.domain.text import BadText, cells, clean_text, fit, fold_text, visible


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  O'Brien \u00a0 María  ", "O'Brien María"),
        ("Sofi\u0301a", "Sofía"),
        ("佐藤\u3000陽子", "佐藤 陽子"),
        ("الهاشمي", "الهاشمي"),
        ("\u0645\u06cc\u200c\u062e\u0648", "\u0645\u06cc\u200c\u062e\u0648"),
        ("Reyes\u200d", "Reyes"),
        ('=HYPERLINK("x")', '=HYPERLINK("x")'),
        ("[red]Fox[/]", "[red]Fox[/]"),
        ("", ""),
        (" \u00a0 ", ""),
        ("x" * 120, "x" * 120),
    ],
)
def test_harmless_text_is_kept_as_given_but_for_its_blanks(
    given: str, kept: str
) -> None:
    assert clean_text(given) == kept


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("Bell\x07Ring", "a control character (U+0007)"),
        ("a\tb", "a control character (U+0009)"),
        ("a\nb", "a control character (U+000A)"),
        ("a\x9bb", "a control character (U+009B)"),
        ("a\u202eb", "a text-direction override (U+202E)"),
        ("a\u2066b", "a text-direction override (U+2066)"),
        ("a\u200fb", "a text-direction mark (U+200F)"),
        ("a\u2028b", "a line separator"),
        ("a\u2029b", "a line separator"),
        ("a\ufeffb", "an invisible character (U+FEFF)"),
        ("a\u200bb", "an invisible character (U+200B)"),
        ("a\u00adb", "an invisible character (U+00AD)"),
        ("\u3164", "an invisible character (U+3164)"),
        ("a\ud800b", "an invalid code point"),
        ("a\ue000b", "an invalid code point"),
        ("a\ufdd0b", "an invalid code point"),
        ("a\U0001ffffb", "an invalid code point"),
        ("x" * 121, "more than 120 columns"),
        ("陽" * 61, "more than 120 columns"),
        ("a" + "\u0301" * 700, "more accents than a screen can show"),
    ],
)
def test_harmful_text_is_refused_with_a_reason(given: str, reason: str) -> None:
    with pytest.raises(BadText) as refusal:
        clean_text(given)
    assert str(refusal.value) == reason


def test_the_longest_allowed_text_can_be_set() -> None:
    with pytest.raises(BadText, match="more than 5 columns"):
        clean_text("abcdef", cells_max=5)


def test_a_flood_of_accents_is_never_composed(monkeypatch: pytest.MonkeyPatch) -> None:
    composed = []

    def compose(form: Literal["NFC"], text: str) -> str:
        composed.append(len(text))
        return unicodedata.normalize(form, text)

    looked_up = SimpleNamespace(**{**vars(unicodedata), "normalize": compose})
    monkeypatch.setattr("cptkiosk.domain.text.unicodedata", looked_up)
    flood = "a" + "\u0316\u0301" * 60_000
    with pytest.raises(BadText):
        clean_text(flood, cells_max=40)
    visible(flood, 40)
    assert max(composed) <= 8 * 40, "it takes quadratic time"


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("Reyes", 5),
        ("Sofi\u0301a", 5),
        ("陽子", 4),
        ("\uff21\uff22", 4),
        ("ليلى", 4),
        ("한국어", 6),
        ("😀", 2),
        ("❤\ufe0f", 2),
        ("👍🏽", 2),
        ("👩\u200d👩\u200d👧", 2),
        ("🇫🇷🇩🇪", 4),
        ("\u0301", 0),
        ("", 0),
    ],
)
def test_columns_are_counted_as_a_terminal_draws_them(text: str, columns: int) -> None:
    assert cells(text) == columns


@pytest.mark.parametrize(
    ("text", "found_as"),
    [
        ("Łódź", "lodz"),
        ("Søren", "soren"),
        ("Đặng", "dang"),
        ("Straße", "strasse"),
        ("Ærø", "aero"),
        ("Œuvre", "oeuvre"),
        ("I\u0131\u0130", "iii"),
        ("Nuñez", "nunez"),
        ("O\u2019BRIEN", "o'brien"),
        ("\uff21\uff22\uff23", "abc"),
        ("がか", "がか"),
        ("한국어", "한국어"),
    ],
)
def test_a_name_is_found_without_its_accents_and_capitals(
    text: str, found_as: str
) -> None:
    assert fold_text(text) == found_as
    assert fold_text(fold_text(text)) == found_as


@pytest.mark.parametrize(
    ("text", "width", "fitted"),
    [
        ("Reyes", 8, "Reyes   "),
        ("Reyes", 5, "Reyes"),
        ("Reyes", 4, "Rey…"),
        ("Reyes", 1, "…"),
        ("Reyes", 0, ""),
        ("陽子さん", 4, "陽… "),
        ("陽子さん", 5, "陽子…"),
        ("e\u0301e\u0301e\u0301", 2, "e\u0301…"),
        ("👩\u200d👩\u200d👧 home", 3, "👩\u200d👩\u200d👧…"),
    ],
)
def test_text_is_cut_or_padded_to_a_width(text: str, width: int, fitted: str) -> None:
    assert fit(text, width) == fitted
    assert cells(fitted) == width


def test_a_bad_text_is_shown_harmlessly() -> None:
    assert visible("Bell\x07\u202eRing\nnow") == "BellRing now"
    assert visible("x" * 50, 10) == "xxxxxxxxx…"
    assert clean_text(visible("\x1b[31m\ud800 a\u2028b")) == "[31m a b"
