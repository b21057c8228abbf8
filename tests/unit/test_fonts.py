"""A letter that no font has is found when a name comes in, not in print."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.text import BadText
from cptkiosk.host import fonts
from cptkiosk.host.fonts import read_name, unprintable_letters
from cptkiosk.roster.importer import import_roster
from support.center import DANA

LI, MING, OLD = "李", "明", "𠮷"


def segments(*letters: str) -> bytes:
    """Return a table of format 4 that has some letters, each with a glyph."""
    codes = sorted(map(ord, letters))
    ends = [*codes, 0xFFFF]
    deltas = [(1 - code) % 0x10000 for code in codes] + [1]
    count = len(ends)
    return (
        struct.pack(">HHHHHHH", 4, 0, 0, 2 * count, 0, 0, 0)
        + struct.pack(f">{count}HH", *ends, 0)
        + struct.pack(f">{count}H", *ends)
        + struct.pack(f">{count}H", *deltas)
        + struct.pack(f">{count}H", *([0] * count))
    )


def groups(*letters: str) -> bytes:
    """Return a table of format 12, which has letters beyond 65,535 too."""
    rows = [struct.pack(">III", ord(one), ord(one), 1) for one in sorted(letters)]
    head = struct.pack(">HHIII", 12, 0, 16 + 12 * len(rows), 0, len(rows))
    return head + b"".join(rows)


def font(subtable: bytes, *, collection: bool = False) -> bytes:
    """Return a font that has nothing but its list of letters."""
    cmap = struct.pack(">HHHHI", 0, 1, 3, 10, 12) + subtable
    before = 16 if collection else 0
    head = struct.pack(">4sIII", b"ttcf", 0x10000, 1, before) if collection else b""
    offset = before + 12 + 16
    return (
        head
        + struct.pack(">IHHHH", 0x10000, 1, 0, 0, 0)
        + struct.pack(">4sIII", b"cmap", 0, offset, len(cmap))
        + cmap
    )


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only installed with fonts, empty at first."""
    place = tmp_path / "only fonts"
    place.mkdir(exist_ok=True)
    monkeypatch.setattr(fonts, "FOLDERS", (str(place),))
    monkeypatch.setattr(fonts, "OWN_FOLDERS", ())
    monkeypatch.setattr(fonts, "_INDEX", fonts._FontIndex())
    return place


@pytest.fixture
def roster(desk: Desk, tmp_path: Path) -> Callable[..., Any]:
    def check(*names: str) -> str:
        path = tmp_path / "roster.csv"
        rows = [
            f"{at},{name},Lee,2007-03-04,Safety" for at, name in enumerate(names, 9100)
        ]
        header = "Student ID,Last Name,First Name,Birth Date,Assessment"
        path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
        found = import_roster(desk, path, DANA, dry_run=True)
        return "\n".join(f"{note.row} {note.text}" for note in found.notes)

    return check


@pytest.mark.parametrize(
    "name", ["Nguyễn, Thị Hồng", "O'Brien \u2019", "Łukasz", "Ирина", "Ελένη"]
)
def test_letters_that_come_with_the_extra_need_no_font(
    installed: Path, name: str
) -> None:
    assert read_name(name) == name


def test_a_letter_that_no_font_has_is_named(installed: Path) -> None:
    (installed / "a.ttf").write_bytes(font(segments(LI)))

    assert unprintable_letters(f"{LI} {MING}{MING}") == MING
    with pytest.raises(BadText, match=f"no font on this machine can print {MING}"):
        read_name(f"{LI} {MING}")


def test_fonts_of_every_form_are_read(installed: Path) -> None:
    (installed / "deep").mkdir()
    (installed / "a.ttf").write_bytes(font(segments(LI)))
    (installed / "deep" / "b.otf").write_bytes(font(groups(OLD)))
    (installed / "c.ttc").write_bytes(font(groups(MING), collection=True))

    assert unprintable_letters(f"{LI}{MING}{OLD}") == ""


@pytest.mark.parametrize("cut", [0, 3, 11, 30, 50])
def test_a_damaged_font_has_no_letter_and_stops_nothing(
    installed: Path, cut: int
) -> None:
    (installed / "a.ttf").write_bytes(font(segments(LI))[:cut])
    (installed / "b.txt").write_bytes(font(segments(LI)))

    assert unprintable_letters(LI) == LI


def test_without_the_pdf_extra_every_name_is_taken(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "find_spec", lambda _: None)

    assert read_name(LI) == LI


def test_a_roster_says_whose_name_cannot_be_printed(
    installed: Path, roster: Callable[..., Any]
) -> None:
    said = roster("Orr", LI, MING)

    assert said == (
        f"3 {LI}, Lee (ID 9101) and 1 more: no font on this machine can print {LI}{MING}."
        " Install a font for PDF reports"
    )


def test_a_roster_with_printable_names_has_no_such_note(
    installed: Path, roster: Callable[..., Any]
) -> None:
    (installed / "a.ttf").write_bytes(font(segments(LI)))

    assert roster("Orr", LI) == ""
