"""What the cells of a roster mean, and which rows are left out."""

from datetime import date
from pathlib import Path

import pytest

from cptkiosk.domain.text import clean_text
from support.rosters import (
    HEAD,
    LONG_HEAD,
    Read,
    reader,
    reasons,
)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return reader(tmp_path)


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
    read: Read, whole: str, family: str, given: str
) -> None:
    (row,) = read(f"ID,Student,Test\n1,{whole},Safety\n").rows
    assert (row.family_name, row.given_name) == (family, given)


def test_a_middle_initial_stays_with_the_first_name(read: Read) -> None:
    (row,) = read("ID,Last,First,MI\n1,Reyes,Ana,M\n").rows
    assert row.given_name == "Ana M"


def test_ids_keep_their_zeros_and_lose_a_spreadsheets_decimals(
    read: Read,
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
        ("Feb. 9 2007", "2007-02-09"),
        ("February 9 2007", "2007-02-09"),
        ("9-Feb-2007", "2007-02-09"),
        ("2007-02-09 00:00:00", "2007-02-09"),
        ("2/9/2007 0:00", "2007-02-09"),
    ],
)
def test_a_birth_date_is_read_the_american_way_or_as_iso(
    read: Read, written: str, born: str
) -> None:
    (row,) = read(f"{LONG_HEAD}\n1,Reyes,Ana,,,{written},,\n").rows
    assert row.birth_date == born
    assert not born or date.fromisoformat(born)


@pytest.mark.parametrize(
    "written",
    ["13/02/2007", "2/9/07", "soon", "0001-01-01", "Feb 30 2007", "Fob 9 2007"],
)
def test_a_doubtful_birth_date_is_rejected(read: Read, written: str) -> None:
    roster = read(f"{LONG_HEAD}\n1,Reyes,Ana,,,{written},,\n")
    assert f'birth date "{written}" is not a date' in reasons(roster)[2]


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
    read: Read, written: str, permille: int | None
) -> None:
    roster = read(f"{LONG_HEAD}\n1,Reyes,Ana,,,,{written},\n")
    if permille is None:
        assert "type 1.5x" in reasons(roster)[2]
    else:
        assert roster.rows[0].factor_permille == permille


def test_an_empty_cell_says_nothing_of_the_time(read: Read) -> None:
    (row,) = read(f"{LONG_HEAD}\n1,Reyes,Ana,,,,,\n").rows
    assert row.factor_permille is None


def test_no_extended_time_differs_from_nothing_said_before(
    read: Read,
) -> None:
    roster = read(
        f"{LONG_HEAD}\n"
        "1,Reyes,Ana,safety,AA,2007-02-09,,\n"
        "1,Reyes,Ana,safety,AA,2007-02-09,No,\n"
    )
    assert reasons(roster) == {
        3: "participant ID 1 has nothing about extended time for safety in row 2"
    }


def test_a_yes_to_extended_time_is_answered_with_the_accepted_form(read: Read) -> None:
    roster = read(f"{LONG_HEAD}\n1,Reyes,Ana,,,,Yes,\n")
    assert reasons(roster) == {2: "extended time without a factor: type 1.5x or 2x"}


@pytest.mark.parametrize(
    ("written", "paid"), [("Y", True), ("yes", True), ("N", False), ("", None)]
)
def test_a_blank_fee_is_neither_paid_nor_unpaid(
    read: Read, written: str, paid: bool | None
) -> None:
    (row,) = read(f"{LONG_HEAD}\n1,Reyes,Ana,,,,,{written}\n").rows
    assert row.paid is paid


# Rows that are left out.


def test_totals_blank_rows_and_repeated_headers_are_no_people(
    read: Read,
) -> None:
    roster = read(
        f"{HEAD}\n1,Reyes,Ana,safety\n,,,\n\n{HEAD}\n2,Bell,Dee,safety\n"
        "Total,2\nTotal students: 2,,,\nCount,,2,\n"
    )
    assert [row.row for row in roster.rows] == [2, 6]
    assert roster.rejected == ()


def test_a_person_called_total_is_a_person(read: Read) -> None:
    roster = read(f"{HEAD}\n1,Total,Ana,safety\n")
    assert roster.rows[0].family_name == "Total"


def test_incomplete_and_harmful_rows_say_what_is_wrong(
    read: Read,
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
    assert all(clean_text(reason, cells_max=500) == reason for reason in found.values())


def test_harm_in_a_column_that_is_not_used_is_no_matter(
    read: Read,
) -> None:
    roster = read('ID,Name,Notes\n1,Ana Reyes,"two\nlines\x07"\n2,Bo Bell,\n')
    assert [row.row for row in roster.rows] == [2, 3]


def test_a_user_code_belongs_to_the_first_row_that_has_it(
    read: Read,
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
    read: Read,
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
        6: "participant ID 200001 was born on Feb 9, 2007 in row 5",
    }


def test_the_same_registration_twice_is_merged_if_nothing_differs(
    read: Read,
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
        6: "participant ID 1 has fee not recorded for safety in row 2",
    }
