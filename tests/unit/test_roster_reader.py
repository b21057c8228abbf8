import contextlib
import io
import os
import random
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cptkiosk.domain.text import clean
from cptkiosk.roster import tables
from cptkiosk.roster.reader import RosterRow, RosterUnreadable, read_roster

ROSTERS = Path(__file__).parents[1] / "data" / "rosters"

MODULES = {
    "safety": "safety",
    "5929": "safety",
    "quality": "quality",
    "quality practices and measurement": "quality",
    "5923": "quality",
    "production": "production",
    "mfg processes": "production",
    "manufacturing processes and production": "production",
    "maintenance": "maintenance",
    "maintenance awareness": "maintenance",
    "green": "green",
    "green production": "green",
}

HEAD = "Participant ID,Last Name,First Name,Assessment"
LONG_HEAD = f"{HEAD},User Code,Birth Date,Extended Time,Paid"


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Any]:
    def read_it(content, name: str = "roster.csv"):
        path = tmp_path / name
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(data)
        return read_roster(path, MODULES)

    return read_it


@pytest.fixture
def refusal(read: Callable[..., Any]) -> Callable[..., Any]:
    def refused(content, name: str = "roster.csv"):
        with pytest.raises(RosterUnreadable) as caught:
            read(content, name)
        sentence = str(caught.value)
        assert sentence.endswith(".")
        assert "\n" not in sentence
        return sentence

    return refused


def reasons(roster):
    return {rejected.row: rejected.reason for rejected in roster.rejected}


def repacked(change):
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


# The four rosters as people really have them.


def test_the_vendors_list_gives_a_row_for_each_user_code() -> None:
    roster = read_roster(ROSTERS / "vendor-user-codes.csv", MODULES)
    assert (roster.encoding, roster.delimiter) == ("utf-8-sig", ",")
    assert len(roster.rows) == 23
    assert roster.rejected == ()
    assert roster.rows[2] == RosterRow(
        row=4,
        participant_id="100471",
        family_name="Trần",
        given_name="Brianna",
        birth_date="",
        module_id="quality",
        user_code="906751036",
        factor_permille=1000,
        paid=None,
    )
    assert roster.columns == (
        ("user code", "User Code"),
        ("assessment", "Test Title"),
        ("last name", "Last Name"),
        ("first name", "First Name"),
        ("middle name", "MI"),
        ("participant ID", "Participant ID"),
        ("extended time", "Extended Time"),
    )


def test_the_districts_list_is_read_past_its_title_and_up_to_its_total() -> None:
    roster = read_roster(ROSTERS / "district-roster.csv", MODULES)
    assert (roster.encoding, roster.delimiter) == ("cp1252", ";")
    assert len(roster.rows) == 22
    assert roster.rejected == ()
    assert [row.row for row in roster.rows] == list(range(4, 26))
    assert roster.rows[1] == RosterRow(
        row=5,
        participant_id="9105501",
        family_name="O'Brien",
        given_name="María",
        birth_date="2005-01-01",
        module_id="quality",
        user_code="",
        factor_permille=1500,
        paid=False,
    )
    modules = [row.module_id for row in roster.rows]
    assert {name: modules.count(name) for name in modules} == {
        "quality": 10,
        "production": 4,
        "maintenance": 6,
        "safety": 2,
    }
    factors = [row.factor_permille for row in roster.rows]
    assert [factors.count(value) for value in (None, 1500, 2000)] == [13, 5, 4]
    assert roster.rows[9].paid is None


def test_a_workbook_with_a_column_for_each_module_gives_a_row_for_each_mark() -> None:
    roster = read_roster(ROSTERS / "wide-roster.xlsx", MODULES)
    assert (roster.encoding, roster.delimiter) == ("xlsx", "")
    assert roster.rejected == ()
    assert len(roster.rows) == 53
    first = [row for row in roster.rows if row.row == 4]
    assert [row.module_id for row in first] == ["quality", "green"]
    assert first[0].participant_id == "300100"
    assert (first[0].family_name, first[0].given_name) == ("Ivanova", "Min")
    assert first[0].birth_date == "2007-02-09"
    alone = [row.row for row in roster.rows if not row.module_id]
    assert alone == [25, 28, 29, 30]
    assert ("green", "Green") in roster.columns


def test_the_messy_list_rejects_four_rows_and_keeps_odd_names() -> None:
    roster = read_roster(ROSTERS / "messy.tsv", MODULES)
    assert (roster.encoding, roster.delimiter) == ("utf-8", "\t")
    assert reasons(roster) == {
        5: "no last name; if the person has only one name, put it in the "
        "last-name column",
        6: 'unknown assessment "welding"',
        9: 'last name "BellRing": a control character (U+0007)',
        12: 'user code "AB12CF" is already used in row 5 (participant ID 200003)',
    }
    assert [(row.row, row.family_name) for row in roster.rows] == [
        (2, "Reyes"),
        (3, "Reyes"),
        (7, '=HYPERLINK("x")'),
        (8, "[red]Fox[/]"),
        (10, "Sato"),
        (11, "الهاشمي"),
    ]


# Files.


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
    read: Callable[..., Any], encoding: str, found: str, delimiter: str, line_end: str
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
        (f"{HEAD}\n", "has a header but no people"),
        (f"{HEAD}\n\n,,,\nTotal,0,,\n", "has a header but no people"),
        ("milk\neggs\n", "no row of column names"),
        ("Last Name,First Name\nReyes,Ana\n", "no column for the participant ID"),
        ("Participant ID,DOB\n1,2007-02-09\n", "no column for names"),
        (f'{HEAD}\n1,"Reyes,Ana,safety\n2,Bell,Dee,safety\n', "row 2 that is never"),
        (f"{HEAD}\n1,{'x' * 140_000},Ana,safety\n", "row without an end"),
        (HEAD.encode("utf-16-le"), "is not a roster"),
        (b"\xff\xfe\x00", "is not a roster"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "is not a roster"),
        (b"PK\x03\x04 and then nothing", "is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and then nothing", "is damaged"),
        (random.Random(5).randbytes(5000), "is not a roster"),
    ],
)
def test_a_useless_file_is_refused_in_one_sentence(
    refusal: Callable[..., Any], content: bytes | str, said: str
) -> None:
    assert said in refusal(content)


def test_a_workbook_cut_short_is_refused(refusal: Callable[..., Any]) -> None:
    whole = (ROSTERS / "wide-roster.xlsx").read_bytes()
    for length in range(10, len(whole), 500):
        assert "damaged" in refusal(whole[:length], "r.xlsx")


def test_a_damaged_workbook_never_ends_the_program(read: Callable[..., Any]) -> None:
    whole = (ROSTERS / "wide-roster.xlsx").read_bytes()
    chance = random.Random(1)
    for _ in range(100):
        data = bytearray(whole)
        for _ in range(20):
            data[chance.randrange(4, len(data))] = chance.randrange(256)
        with contextlib.suppress(RosterUnreadable):
            read(bytes(data))


def test_a_zip_that_is_no_workbook_is_refused(refusal: Callable[..., Any]) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert "is not a roster" in refusal(made.getvalue(), "letter.docx")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("content.xml", "<w/>")
    assert "is damaged" in refusal(made.getvalue(), "letter.ods")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(
    refusal: Callable[..., Any],
) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 101_000_000)
    assert len(made.getvalue()) < 1_000_000
    assert "too big" in refusal(made.getvalue(), "r.xlsx")


def test_a_cell_in_the_far_corner_of_a_workbook_is_refused(
    refusal: Callable[..., Any],
) -> None:
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    data = repacked(lambda text: text.replace(b"</sheetData>", corner))
    assert "too big" in refusal(data, "r.xlsx")


@pytest.mark.parametrize("corner", [
    b'<row r="1048576"><c/><c r="xfd1048576"><v>1</v></c></row></sheetData>',
    b'<row r="1048576">' + b"<c><v>1</v></c>" * 40 + b"</row></sheetData>",
])  # fmt: skip
def test_a_far_corner_is_found_however_it_is_named(
    refusal: Callable[..., Any], corner: bytes
) -> None:
    data = repacked(lambda text: text.replace(b"</sheetData>", corner))
    assert "too big" in refusal(data, "r.xlsx")


@pytest.mark.parametrize("inside", [b"<c " * 500_000, b"<c r='A1'>" * 500_000])
def test_a_sheet_made_to_take_for_ever_is_damaged_at_once(
    refusal: Callable[..., Any], inside: bytes
) -> None:
    data = repacked(lambda text: text.replace(b"</sheetData>", inside))
    assert "damaged" in refusal(data, "r.xlsx")


def test_a_sheet_that_declares_entities_is_refused(refusal: Callable[..., Any]) -> None:
    bomb = b"<!DOCTYPE w [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><worksheet "
    data = repacked(lambda text: text.replace(b"<worksheet ", bomb))
    assert "damaged" in refusal(data, "r.xlsx")


def test_empty_cells_with_a_format_in_the_far_corner_are_no_matter(
    read: Callable[..., Any],
) -> None:
    corner = b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    data = repacked(lambda text: text.replace(b"</sheetData>", corner))
    assert len(read(data, "r.xlsx").rows) == 53


def test_an_ods_file_is_read_and_an_endless_one_refused(
    read: Callable[..., Any], refusal: Callable[..., Any]
) -> None:
    def cells(*texts, more: str = ""):
        return "".join(
            f'<table:table-cell {more} office:value-type="string">'
            f"<text:p>{text}</text:p></table:table-cell>"
            for text in texts
        )

    def ods(*rows):
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

    def row(body, more: str = ""):
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
    assert "too big" in refusal(ods(header, person, endless), "r.ods")


def test_a_file_that_cannot_be_opened_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path):
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
    assert "over 20 MB" in refused(big)

    def denied(*_args, **_more) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", denied)
    assert "may not be read" in refused(big)


def test_thirty_thousand_rows_are_read_quickly(read: Callable[..., Any]) -> None:
    people = (
        f"{n},Reyes,Sofía,quality practices,C{n},2007-02-09,1.5x,Y"
        for n in range(30_000)
    )
    begun = time.perf_counter()
    roster = read("\n".join((LONG_HEAD, *people)))
    assert time.perf_counter() - begun < 10
    assert len(roster.rows) == 30_000


# Headers and columns.


@pytest.mark.parametrize(
    "header",
    [
        "STATE_ID,Surname,Given name(s),Test",
        "Student #,Last,First,Module",
        "Participant-ID (required),Légal Last Name,fname,Assessment Name",
        '"Participant\nID",Name,First name,Exam',
        "sourcedId,familyName,givenName,assessment",
    ],
)
def test_a_header_is_known_by_many_names(read: Callable[..., Any], header: str) -> None:
    roster = read(f"{header}\n1,Reyes,Ana,Quality\n")
    (row,) = roster.rows
    assert (row.participant_id, row.family_name, row.given_name) == (
        "1",
        "Reyes",
        "Ana",
    )
    assert row.module_id == "quality"


def test_the_better_of_two_id_columns_is_taken(read: Callable[..., Any]) -> None:
    roster = read("Student ID,Participant ID,Student,Test\n9,1,Ana Reyes,Safety\n")
    assert roster.rows[0].participant_id == "1"
    assert ("name", "Student") in roster.columns


def test_a_course_is_a_module_only_where_nothing_better_is(
    read: Callable[..., Any],
) -> None:
    both = read("ID,Name,Course,Assessment\n1,Ana Reyes,5923,Safety\n")
    assert both.rows[0].module_id == "safety"
    marks = read("ID,Name,Course,Safety\n1,Ana Reyes,5923,x\n")
    assert [row.module_id for row in marks.rows] == ["safety"]
    alone = read("ID,Name,Course\n1,Ana Reyes,5923\n")
    assert alone.rows[0].module_id == "quality"


@pytest.mark.parametrize(
    ("written", "module"),
    [
        ("Quality Practices & Measurement", "quality"),
        ("QUALITY-PRACTICES", "quality"),
        ("MSSC CPT Safety Assessment", "safety"),
        ("Safety (5929)", "safety"),
        ("Maint", "maintenance"),
        ("Manufacturing Processes", "production"),
        ("Green Production (optional)", "green"),
        ("Production", "production"),
        ("", ""),
    ],
)
def test_a_module_is_known_by_what_people_write(
    read: Callable[..., Any], written: str, module: str
) -> None:
    roster = read(f'{HEAD}\n1,Reyes,Ana,"{written}"\n')
    assert [row.module_id for row in roster.rows] == [module]


@pytest.mark.parametrize(
    "written", ["welding", "Welding Safety", "Safety and Quality", "59", "and", "CPT"]
)
def test_a_doubtful_module_is_not_guessed(
    read: Callable[..., Any], written: str
) -> None:
    roster = read(f"{HEAD}\n1,Reyes,Ana,{written}\n")
    assert reasons(roster) == {2: f'unknown assessment "{written}"'}


def test_marks_under_a_module_mean_registered(read: Callable[..., Any]) -> None:
    roster = read(
        "ID,Name,Safety,Quality,Green\n"
        "1,Ana Reyes,x,✓,TRUE\n"
        "2,Bo Bell,no,0,\n"
        "3,Cy Cole,maybe,,\n"
        "4,Di Dorn,1,Yes,N\n"
    )
    assert [(row.row, row.module_id) for row in roster.rows] == [
        (2, "safety"),
        (2, "quality"),
        (2, "green"),
        (3, ""),
        (5, "safety"),
        (5, "quality"),
    ]
    assert 'mark "maybe" under "Safety"' in reasons(roster)[4]


# Names and values.


@pytest.mark.parametrize(
    ("whole", "family", "given"),
    [
        ('"Reyes, Sofía"', "Reyes", "Sofía"),
        ("Sofía Reyes", "Reyes", "Sofía"),
        ("Ana María Reyes", "Reyes", "Ana María"),
        ("Suharto", "Suharto", ""),
        ('"García-López,Renée M"', "García-López", "Renée M"),
    ],
)
def test_a_whole_name_is_parted(
    read: Callable[..., Any], whole: str, family: str, given: str
) -> None:
    (row,) = read(f"ID,Student,Test\n1,{whole},Safety\n").rows
    assert (row.family_name, row.given_name) == (family, given)


def test_a_middle_initial_stays_with_the_first_name(read: Callable[..., Any]) -> None:
    (row,) = read("ID,Last,First,MI\n1,Reyes,Ana,M\n").rows
    assert row.given_name == "Ana M"


def test_ids_keep_their_zeros_and_lose_a_spreadsheets_decimals(
    read: Callable[..., Any],
) -> None:
    roster = read(f"{HEAD}\n00123,A,B,\n300100.0,C,D,\n9.1055E+11,E,F,\n")
    assert [row.participant_id for row in roster.rows] == ["00123", "300100"]
    assert "shortened by a spreadsheet" in reasons(roster)[4]


@pytest.mark.parametrize(
    ("written", "born"),
    [
        ("", ""),
        ("2007-02-09", "2007-02-09"),
        ("2/9/2007", "2007-02-09"),
        ("02-09-2007", "2007-02-09"),
        ("2007-02-09 00:00:00", "2007-02-09"),
        ("2/9/2007 0:00", "2007-02-09"),
    ],
)
def test_a_birth_date_is_read_the_american_way_or_as_iso(
    read: Callable[..., Any], written: str, born: str
) -> None:
    (row,) = read(f"{LONG_HEAD}\n1,Reyes,Ana,,,{written},,\n").rows
    assert row.birth_date == born
    assert not born or date.fromisoformat(born)


@pytest.mark.parametrize("written", ["13/02/2007", "2/9/07", "soon", "0001-01-01"])
def test_a_doubtful_birth_date_is_rejected(
    read: Callable[..., Any], written: str
) -> None:
    roster = read(f"{LONG_HEAD}\n1,Reyes,Ana,,,{written},,\n")
    assert f'birth date "{written}" cannot be read' in reasons(roster)[2]


@pytest.mark.parametrize(
    ("written", "permille"),
    [
        *[
            ("No", 1000),
            ("standard", 1000),
            ("none", 1000),
            ("1", None),
            ("1.0x", 1000),
        ],
        *[("1.5x", 1500), ("x1.5", 1500), ("1.25", 1250), ("1.5 X", 1500)],
        *[("time and a half", 1500), ("Double Time", 2000), ("2x", 2000)],
        *[
            ("150%", 1500),
            ("200 %", 2000),
            ("5x", 5000),
            ("5.1x", None),
            ("extended time 1.5x", 1500),
        ],
        *[("Yes", None), ("large print", None), ("50%", None), ("9x", None)],
    ],
)
def test_extended_time_needs_a_factor(
    read: Callable[..., Any], written: str, permille: int | None
) -> None:
    roster = read(f"{LONG_HEAD}\n1,Reyes,Ana,,,,{written},\n")
    if permille is None:
        assert "write 1.5x" in reasons(roster)[2]
    else:
        assert roster.rows[0].factor_permille == permille


def test_an_empty_cell_says_nothing_of_the_time(read: Callable[..., Any]) -> None:
    (row,) = read(f"{LONG_HEAD}\n1,Reyes,Ana,,,,,\n").rows
    assert row.factor_permille is None


def test_no_extended_time_differs_from_nothing_said_before(
    read: Callable[..., Any],
) -> None:
    roster = read(
        f"{LONG_HEAD}\n"
        "1,Reyes,Ana,safety,AA,2007-02-09,,\n"
        "1,Reyes,Ana,safety,AA,2007-02-09,No,\n"
    )
    assert reasons(roster) == {
        3: "participant ID 1 has no word on extended time for safety in row 2"
    }


def test_a_yes_to_extended_time_is_told_what_to_write(read: Callable[..., Any]) -> None:
    roster = read(f"{LONG_HEAD}\n1,Reyes,Ana,,,,Yes,\n")
    assert reasons(roster) == {2: "extended time without a factor: write 1.5x or 2x"}


@pytest.mark.parametrize(
    ("written", "paid"), [("Y", True), ("yes", True), ("N", False), ("", None)]
)
def test_a_blank_fee_is_neither_paid_nor_unpaid(
    read: Callable[..., Any], written: str, paid: bool | None
) -> None:
    (row,) = read(f"{LONG_HEAD}\n1,Reyes,Ana,,,,,{written}\n").rows
    assert row.paid is paid


# Rows that are left out.


def test_totals_blank_rows_and_repeated_headers_are_no_people(
    read: Callable[..., Any],
) -> None:
    roster = read(
        f"{HEAD}\n1,Reyes,Ana,safety\n,,,\n\n{HEAD}\n2,Bell,Dee,safety\n"
        "Total,2\nTotal students: 2,,,\nCount,,2,\n"
    )
    assert [row.row for row in roster.rows] == [2, 6]
    assert roster.rejected == ()


def test_a_person_called_total_is_a_person(read: Callable[..., Any]) -> None:
    roster = read(f"{HEAD}\n1,Total,Ana,safety\n")
    assert roster.rows[0].family_name == "Total"


def test_incomplete_and_harmful_rows_say_what_is_wrong(
    read: Callable[..., Any],
) -> None:
    roster = read(
        f"{HEAD}\n"
        ",Reyes,Ana,safety\n"
        "2,,Ana,safety\n"
        "3,Reyes,,safety\n"
        "4,Re\u202eyes,Ana,safety\n"
        "5,Reyes,Ana,saf\x1bety\n"
        "6,Reyes, Ana, Maria,safety\n"
    )
    assert [(row.row, row.given_name) for row in roster.rows] == [(4, "")]
    found = reasons(roster)
    assert found[2] == "no participant ID"
    assert found[3].startswith("no last name; if the person has only one name")
    assert found[5] == 'last name "Reyes": a text-direction override (U+202E)'
    assert found[6] == 'assessment "safety": a control character (U+001B)'
    assert "a name with a comma needs quotation marks" in found[7]
    assert all(clean(reason, cells_max=500) == reason for reason in found.values())


def test_harm_in_a_column_that_is_not_used_is_no_matter(
    read: Callable[..., Any],
) -> None:
    roster = read('ID,Name,Notes\n1,Ana Reyes,"two\nlines\x07"\n2,Bo Bell,\n')
    assert [row.row for row in roster.rows] == [2, 3]


def test_a_user_code_belongs_to_the_first_row_that_has_it(
    read: Callable[..., Any],
) -> None:
    roster = read(
        f"{LONG_HEAD}\n"
        "1,Reyes,Ana,safety,AA,,,\n"
        "2,Bell,Dee,safety,AA,,,\n"
        ",Cole,Cy,safety,BB,,,\n"
        "4,Dorn,Di,safety,BB,,,\n"
        "1,Reyes,Ana,quality,AA,,,\n"
    )
    assert reasons(roster) == {
        3: 'user code "AA" is already used in row 2 (participant ID 1)',
        4: "no participant ID",
        5: 'user code "BB" is already used in row 4 (no participant ID)',
    }
    assert [row.row for row in roster.rows] == [2, 6]


def test_a_participant_id_belongs_to_one_name_and_birth_date(
    read: Callable[..., Any],
) -> None:
    roster = read(
        f"{LONG_HEAD}\n"
        "200001,Reyes,Sofía,safety,,,,\n"
        "200001,Reyes,Sofia,quality,,,,\n"
        "200001,REYES,Sofía,quality,,,,\n"
        "200001,Reyes,Sofía,quality,,2007-02-09,,\n"
        "200001,Reyes,Sofía,green,,2007-02-10,,\n"
    )
    assert reasons(roster) == {
        3: 'participant ID 200001 is "Reyes, Sofía" in row 2',
        4: 'participant ID 200001 is "Reyes, Sofía" in row 2',
        6: "participant ID 200001 was born on 2007-02-09 in row 5",
    }


def test_the_same_registration_twice_is_merged_if_nothing_differs(
    read: Callable[..., Any],
) -> None:
    roster = read(
        f"{LONG_HEAD}\n"
        "1,Reyes,Ana,safety,AA,2007-02-09,No,\n"
        "1,Reyes,Ana,Safety,AA,2/9/2007,,\n"
        "1,Reyes,Ana,safety,AB,2007-02-09,,\n"
        "1,Reyes,Ana,safety,AA,2007-02-09,1.5x,\n"
        "1,Reyes,Ana,safety,AA,2007-02-09,,Y\n"
    )
    assert [row.row for row in roster.rows] == [2]
    assert reasons(roster) == {
        4: 'participant ID 1 has user code "AA" for safety in row 2',
        5: "participant ID 1 has no extended time for safety in row 2",
        6: "participant ID 1 has no word on the fee for safety in row 2",
    }
