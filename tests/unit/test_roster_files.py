"""Roster files: encodings, damaged and hostile workbooks, sizes."""

import contextlib
import io
import os
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cptkiosk.roster import tables
from cptkiosk.roster.reader import RosterUnreadable, read_roster
from support.rosters import (
    HEAD,
    LONG_HEAD,
    MODULES,
    ROSTERS,
    Read,
    Refusal,
    reader,
)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return reader(tmp_path)


@pytest.fixture
def refusal(read: Read) -> Refusal:
    def refused(content: str | bytes, name: str = "roster.csv") -> str:
        with pytest.raises(RosterUnreadable) as caught:
            read(content, name)
        sentence = str(caught.value)
        assert sentence.endswith(".")
        assert "\n" not in sentence
        return sentence

    return refused


def repacked(change: Callable[[bytes], bytes]) -> bytes:
    """Return the sample workbook, its first sheet changed."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(ROSTERS / "wide-roster.xlsx") as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.namelist():
            text = old.read(member)
            if member == "xl/worksheets/sheet1.xml":
                text = change(text)
            new.writestr(member, text)
    return made.getvalue()


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("cp1252", "cp1252"),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_an_accent_survives_every_encoding(
    read: Read, encoding: str, found: str, delimiter: str, line_end: str
) -> None:
    lines = [
        "School, roster; of today | x",
        "",
        HEAD.replace(",", delimiter),
        delimiter.join(["00123", "Núñez", '"Á ""Z"" B"', "safety"]),
    ]
    roster = read(line_end.join(lines).encode(encoding))
    assert (roster.encoding, roster.delimiter) == (found, delimiter)
    (row,) = roster.rows
    assert (row.row, row.participant_id, row.family_name) == (4, "00123", "Núñez")
    assert row.given_name == 'Á "Z" B'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n\r\n", "is empty"),
        (f"{HEAD}\n", "has column names but no people"),
        (f"{HEAD}\n\n,,,\nTotal,0,,\n", "has column names but no people"),
        ("milk\neggs\n", "has no column names"),
        ("Last Name,First Name\nReyes,Ana\n", "no column for the participant ID"),
        ("Participant ID,DOB\n1,2007-02-09\n", "no column for names"),
        (
            f'{HEAD}\n1,"Reyes,Ana,safety\n2,Bell,Dee,safety\n',
            "unclosed quotation mark in row 2",
        ),
        (f"{HEAD}\n1,{'x' * 140_000},Ana,safety\n", "row that does not end"),
        (HEAD.encode("utf-16-le"), "is not a readable roster"),
        (b"\xff\xfe\x00", "is not a readable roster"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "is a PDF, not a roster"),
        (b"PK\x03\x04 and then nothing", "is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and then nothing", "is damaged"),
        (random.Random(5).randbytes(5000), "is not a readable roster"),
    ],
)
def test_a_useless_file_is_refused_in_one_sentence(
    refusal: Refusal, content: bytes | str, said: str
) -> None:
    assert said in refusal(content)


def test_a_workbook_cut_short_is_refused(refusal: Refusal) -> None:
    whole = (ROSTERS / "wide-roster.xlsx").read_bytes()
    for length in range(10, len(whole), 500):
        assert "damaged" in refusal(whole[:length], "r.xlsx")


def test_a_damaged_workbook_never_ends_the_program(read: Read) -> None:
    whole = (ROSTERS / "wide-roster.xlsx").read_bytes()
    chance = random.Random(1)
    for _ in range(100):
        data = bytearray(whole)
        for _ in range(20):
            data[chance.randrange(4, len(data))] = chance.randrange(256)
        with contextlib.suppress(RosterUnreadable):
            read(bytes(data))


def test_a_zip_that_is_no_workbook_is_refused(refusal: Refusal) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert "is a Word document, not a roster" in refusal(made.getvalue(), "letter.docx")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("content.xml", "<w/>")
    assert "is damaged" in refusal(made.getvalue(), "letter.ods")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(
    refusal: Refusal,
) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 101_000_000)
    assert len(made.getvalue()) < 1_000_000
    assert "too large" in refusal(made.getvalue(), "r.xlsx")


def test_a_cell_in_the_far_corner_of_a_workbook_is_refused(
    refusal: Refusal,
) -> None:
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    data = repacked(lambda text: text.replace(b"</sheetData>", corner))
    assert "too large" in refusal(data, "r.xlsx")


@pytest.mark.parametrize("corner", [
    b'<row r="1048576"><c/><c r="xfd1048576"><v>1</v></c></row></sheetData>',
    b'<row r="1048576">' + b"<c><v>1</v></c>" * 40 + b"</row></sheetData>",
])  # fmt: skip
def test_a_far_corner_is_found_however_it_is_named(
    refusal: Refusal, corner: bytes
) -> None:
    data = repacked(lambda text: text.replace(b"</sheetData>", corner))
    assert "too large" in refusal(data, "r.xlsx")


@pytest.mark.parametrize("inside", [b"<c " * 500_000, b"<c r='A1'>" * 500_000])
def test_a_sheet_made_to_take_for_ever_is_damaged_at_once(
    refusal: Refusal, inside: bytes
) -> None:
    data = repacked(lambda text: text.replace(b"</sheetData>", inside))
    assert "damaged" in refusal(data, "r.xlsx")


def test_a_sheet_that_declares_entities_is_refused(refusal: Refusal) -> None:
    bomb = b"<!DOCTYPE w [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><worksheet "
    data = repacked(lambda text: text.replace(b"<worksheet ", bomb))
    assert "damaged" in refusal(data, "r.xlsx")


def test_empty_cells_with_a_format_in_the_far_corner_are_no_matter(
    read: Read,
) -> None:
    corner = b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    data = repacked(lambda text: text.replace(b"</sheetData>", corner))
    assert len(read(data, "r.xlsx").rows) == 53


def test_an_ods_file_is_read_and_an_endless_one_refused(
    read: Read, refusal: Refusal
) -> None:
    def cells(*texts: str, more: str = "") -> str:
        return "".join(
            f'<table:table-cell {more} office:value-type="string">'
            f"<text:p>{text}</text:p></table:table-cell>"
            for text in texts
        )

    def ods(*rows: str) -> bytes:
        names = "urn:oasis:names:tc:opendocument:xmlns:"
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(
                "mimetype", "application/vnd.oasis.opendocument.spreadsheet"
            )
            archive.writestr(
                "META-INF/manifest.xml",
                f'<m:manifest xmlns:m="{names}manifest:1.0"></m:manifest>',
            )
            archive.writestr(
                "content.xml",
                f'<office:document-content xmlns:office="{names}office:1.0" '
                f'xmlns:table="{names}table:1.0" xmlns:text="{names}text:1.0">'
                "<office:body><office:spreadsheet><table:table table:name='A'>"
                + "".join(rows)
                + "</table:table></office:spreadsheet></office:body>"
                "</office:document-content>",
            )
        return made.getvalue()

    def row(body: str, more: str = "") -> str:
        return f"<table:table-row {more}>{body}</table:table-row>"

    header = row(cells(*HEAD.split(",")))
    person = row(cells("007", "Reyes", "Sofía", "green"))
    rest = row(
        '<table:table-cell table:number-columns-repeated="16384"/>',
        'table:number-rows-repeated="1048000"',
    )
    roster = read(ods(header, person, rest), "r.ods")
    assert roster.encoding == "ods"
    assert [row.participant_id for row in roster.rows] == ["007"]
    assert roster.rows[0].row == 2

    endless = row(
        cells("x", more='table:number-columns-repeated="16384"'),
        'table:number-rows-repeated="1048000"',
    )
    assert "too large" in refusal(ods(header, person, endless), "r.ods")


def test_a_file_that_cannot_be_opened_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path) -> str:
        with pytest.raises(RosterUnreadable) as caught:
            read_roster(path, MODULES)
        return str(caught.value)

    assert "There is no file gone.csv" in refused(tmp_path / "gone.csv")
    assert "is a folder" in refused(tmp_path)
    assert "cannot be read" in refused(tmp_path / "a\0b.csv")
    os.mkfifo(tmp_path / "pipe")
    assert "is not a file" in refused(tmp_path / "pipe")
    big = tmp_path / "big.csv"
    with big.open("wb") as file:
        file.truncate(tables.BYTES_MAX + 1)
    assert "larger than 20 MB" in refused(big)

    def denied(*_args: object, **_more: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", denied)
    assert "permission denied" in refused(big)


def test_thirty_thousand_rows_are_read(read: Read) -> None:
    people = (
        f"{n},Reyes,Sofía,quality practices,C{n},2007-02-09,1.5x,Y"
        for n in range(30_000)
    )
    roster = read("\n".join((LONG_HEAD, *people)))

    assert len(roster.rows) == 30_000
