"""A cell of an OpenDocument spreadsheet is read as it is shown, or its row is rejected."""

from pathlib import Path

import pytest

from cptkiosk.roster.model import RosterFile, RosterUnreadable
from support.ods import (
    UNCOMPUTED,
    Cells,
    OdsCell,
    OdsRow,
    day,
    failed,
    number,
    ods,
)
from support.rosters import Read, reader, reasons

HEAD: Cells = (
    *("Student ID", "Last Name", "First Name", "Birth Date", "Assessment"),
    *("Extended Time", "User Code"),
)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return reader(tmp_path)


def row(
    id_: OdsCell | str = "7",
    *,
    family: str = "Ito",
    born: OdsCell | str = "",
    time: OdsCell | str = "",
    code: OdsCell | str = "",
) -> Cells:
    return (id_, family, "Kim", born, "Safety", time, code)


def one(read: Read, *rows: OdsRow | Cells) -> RosterFile:
    return read(ods(People=(HEAD, *rows)), "r.ods")


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (number("981", "000981"), "000981"),
        (number("981", "S-0981"), "S-0981"),
        (number("123456789", "123-45-6789"), "123-45-6789"),
        (number("12345", "12,345"), "12345"),
        (number("981", "981"), "981"),
        (number("981", "000981", comment="moved here in 2025"), "000981"),
    ],
)
def test_an_id_is_what_its_cell_shows(read: Read, cell: OdsCell, shown: str) -> None:
    (found,) = one(read, row(cell, code=cell)).rows
    assert (found.participant_id, found.user_code) == (shown, shown)


def test_an_id_is_the_same_in_every_row_that_a_row_stands_for(read: Read) -> None:
    same = OdsRow(row(number("981", "000981")), times=3)
    assert {found.participant_id for found in one(read, same).rows} == {"000981"}


def test_rows_after_a_repeated_one_keep_their_numbers(read: Read) -> None:
    blank = OdsRow((OdsCell(times=7),), times=4)
    roster = one(read, row("1"), blank, row("2", time=failed("#N/A")))
    assert [found.row for found in roster.rows] == [2]
    assert reasons(roster) == {
        7: 'extended time "#N/A" is a formula error: type the value'
    }


@pytest.mark.parametrize("value", ["3.00977123456789E+16", "9876543210987650"])
def test_a_number_that_was_rounded_is_no_id(read: Read, value: str) -> None:
    roster = one(read, row(number(value, value)), row("A1"))
    assert [found.participant_id for found in roster.rows] == ["A1"]
    assert "was shortened by a spreadsheet" in reasons(roster)[2]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (failed("#N/A"), "is a formula error"),
        (failed("Err:502"), "is a formula error"),
        (failed(""), "is a formula error"),
        (UNCOMPUTED, "is a formula without a result"),
    ],
)
def test_a_formula_that_failed_is_never_nothing_said(
    read: Read, cell: OdsCell, said: str
) -> None:
    roster = one(read, row("1", time=cell), row("2"))
    assert [found.participant_id for found in roster.rows] == ["2"]
    assert said in reasons(roster)[2]


def test_failed_formulas_beside_each_other_each_count(read: Read) -> None:
    two = OdsCell("#N/A", failed("#N/A").attributes, times=2)
    roster = one(read, ("1", "Ito", "Kim", "", "Safety", two), row("2"))
    assert [found.participant_id for found in roster.rows] == ["2"]


@pytest.mark.parametrize("shown", ["02/09/2007", "9. Feb. 2007", "2007-02-09"])
def test_a_date_is_the_day_it_holds_however_it_is_shown(read: Read, shown: str) -> None:
    (found,) = one(read, row(born=day("2007-02-09", shown))).rows
    assert found.birth_date == "2007-02-09"


def test_an_id_that_became_a_date_is_rejected(read: Read) -> None:
    roster = one(read, row(day("2026-03-07", "7-Mar")), row("A1"))
    assert [found.participant_id for found in roster.rows] == ["A1"]


@pytest.mark.parametrize(
    ("cell", "permille"),
    [
        (OdsCell("150%", 'office:value-type="percentage" office:value="1.5"'), 1500),
        (number("1.5", "1.5"), 1500),
        (number("1.5", "2"), 1500),
    ],
)
def test_extended_time_is_what_the_cell_holds(
    read: Read, cell: OdsCell, permille: int
) -> None:
    (found,) = one(read, row(time=cell)).rows
    assert found.factor_permille == permille


@pytest.mark.parametrize("visibility", ["collapse", "filter"])
def test_a_hidden_row_is_named_as_not_read(read: Read, visibility: str) -> None:
    hidden = OdsRow(row("2", family="Vole"), visibility=visibility)
    roster = one(read, row("1"), hidden, row("3"))
    assert [found.participant_id for found in roster.rows] == ["1", "3"]
    assert "Vole" in reasons(roster)[3]
    assert "hidden" in reasons(roster)[3]


def test_all_sheets_of_one_kind_are_read(read: Read) -> None:
    notes = (("Call the nurse",),)
    made = ods(P1=(HEAD, row("1")), P2=(HEAD, row(number("2", "002"))), Notes=notes)
    roster = read(made, "r.ods")
    assert [found.participant_id for found in roster.rows] == ["1", "002"]
    assert any('"Notes" was not read' in note.text for note in roster.notes)


def test_a_cell_that_stands_for_a_whole_sheet_is_refused(read: Read) -> None:
    cell = OdsCell("0001", number("1", "").attributes, times=500)
    with pytest.raises(RosterUnreadable, match="is damaged"):
        one(read, OdsRow((cell,), times=2_000))
