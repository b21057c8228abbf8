"""None"""

from pathlib import Path

import pytest

from cptkiosk.roster.reader import RosterRow, read_roster
from support.rosters import HEAD, MODULES, ROSTERS, Read, reader, reasons


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return reader(tmp_path)


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
def test_a_header_is_known_by_many_names(read: Read, header: str) -> None:
    roster = read(f"{header}\n1,Reyes,Ana,Quality\n")
    (row,) = roster.rows
    assert (row.participant_id, row.family_name, row.given_name) == (
        "1",
        "Reyes",
        "Ana",
    )
    assert row.module_id == "quality"


def test_the_better_of_two_id_columns_is_taken(read: Read) -> None:
    roster = read("Student ID,Participant ID,Student,Test\n9,1,Ana Reyes,Safety\n")
    assert roster.rows[0].participant_id == "1"
    assert ("name", "Student") in roster.columns


def test_a_course_is_a_module_only_where_nothing_better_is(
    read: Read,
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
    read: Read, written: str, module: str
) -> None:
    roster = read(f'{HEAD}\n1,Reyes,Ana,"{written}"\n')
    assert [row.module_id for row in roster.rows] == [module]


@pytest.mark.parametrize(
    "written", ["welding", "Welding Safety", "Safety and Quality", "59", "and", "CPT"]
)
def test_a_doubtful_module_is_not_guessed(read: Read, written: str) -> None:
    roster = read(f"{HEAD}\n1,Reyes,Ana,{written}\n")
    assert reasons(roster) == {2: f'unknown assessment "{written}"'}


def test_marks_under_a_module_mean_registered(read: Read) -> None:
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
