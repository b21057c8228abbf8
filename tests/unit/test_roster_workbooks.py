"""A cell that a spreadsheet changed is read as it is shown, or its row is rejected."""

from pathlib import Path

import pytest

from cptkiosk.roster.model import RosterFile
from support.rosters import Read, reader, reasons
from support.workbooks import Cell, Formula, Number, Page, workbook

HEAD: tuple[Cell, ...] = (
    *("Student ID", "Last Name", "First Name", "Birth Date", "Assessment"),
    *("Extended Time", "User Code"),
)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return reader(tmp_path)


def row(
    id_: Cell = "7",
    *,
    family: Cell = "Ito",
    born: Cell = "",
    module: Cell = "Safety",
    time: Cell = "",
    code: Cell = "",
) -> tuple[Cell, ...]:
    return (id_, family, "Kim", born, module, time, code)


def one(read: Read, *rows: tuple[Cell, ...]) -> RosterFile:
    return read(workbook(Page((HEAD, *rows))), "r.xlsx")


@pytest.mark.parametrize(
    ("stored", "shown_as", "shown"),
    [
        ("981", "000000", "000981"),
        ("981", '"S-"0000', "S-0981"),
        ("123456789", "000\\-00\\-0000", "123-45-6789"),
        ("981", "[Blue]00000;[Red]-0", "00981"),
        ("981", "", "981"),
        ("981.0", "General", "981"),
        ("12345", "#,##0", "12345"),
    ],
)
def test_an_id_is_what_its_cell_shows(
    read: Read, stored: str, shown_as: str, shown: str
) -> None:
    cell = Number(stored, shown_as)
    (found,) = one(read, row(cell, code=cell)).rows
    assert (found.participant_id, found.user_code) == (shown, shown)


@pytest.mark.parametrize("stored", ["3.00977123456789E+16", "9876543210987650"])
def test_a_number_that_a_workbook_has_rounded_is_no_id(read: Read, stored: str) -> None:
    roster = one(read, row(Number(stored)), row("A1"))
    assert [found.participant_id for found in roster.rows] == ["A1"]
    assert "shortened by a spreadsheet" in reasons(roster)[2]


def test_a_number_of_fifteen_digits_is_still_exact(read: Read) -> None:
    (found,) = one(read, row(Number("987654321098765"))).rows
    assert found.participant_id == "987654321098765"


def test_an_id_that_became_a_date_or_a_time_is_rejected(read: Read) -> None:
    roster = one(
        read,
        row(Number("46088", "d-mmm")),
        row("8", code=Number("46088", "m/d/yyyy")),
    )
    assert roster.rows == ()
    assert all("was changed to a date" in said for said in reasons(roster).values())


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (Formula("#REF!", "e"), "formula error"),
        (Formula("#N/A", "e"), "formula error"),
        (Formula("#DIV/0!", "e"), "formula error"),
        (Formula(None), "a formula without a result"),
        (Formula("", "n"), "a formula without a result"),
    ],
)
@pytest.mark.parametrize("column", ["id_", "family", "born", "module", "time", "code"])
def test_a_formula_that_failed_is_never_nothing_said(
    read: Read, cell: Formula, said: str, column: str
) -> None:
    cells: dict[str, Cell] = {"id_": "2", column: cell}
    roster = one(read, row("1"), row(**cells))
    assert [found.participant_id for found in roster.rows] == ["1"]
    assert said in reasons(roster)[3]


def test_a_formula_that_came_to_nothing_says_nothing(read: Read) -> None:
    (found,) = one(read, row(time=Formula(""))).rows
    assert found.factor_permille is None


def test_a_nought_in_a_workbook_still_to_be_computed_is_no_result(read: Read) -> None:
    page = Page((HEAD, row(time=Formula("0", "n"))))
    assert read(workbook(page), "r.xlsx").rows[0].factor_permille == 1000
    found = read(workbook(page, stale=True), "s.xlsx")
    assert "a formula without a result" in reasons(found)[2]


@pytest.mark.parametrize(
    ("cell", "permille"),
    [
        (Number("1.5", "0%"), 1500),
        (Number("1.25", "0.00%"), 1250),
        (Number("1.5"), 1500),
        (Number("1.5", "0"), 1500),
        (Number("2", '0"x"'), 2000),
        (Number("0.5", "0%"), None),
        (Number("0.0625", "h:mm"), None),
    ],
)
def test_a_number_under_extended_time_is_a_factor_or_rejected(
    read: Read, cell: Number, permille: int | None
) -> None:
    roster = one(read, row(time=cell))
    given = [found.factor_permille for found in roster.rows]
    assert given == ([] if permille is None else [permille])


def test_a_hidden_row_is_named_as_not_read(read: Read) -> None:
    page = Page(
        (HEAD, row("1"), row("2", family="Vole"), row("3")), hidden=frozenset({3})
    )
    roster = read(workbook(page), "r.xlsx")
    assert [found.participant_id for found in roster.rows] == ["1", "3"]
    assert "Vole" in reasons(roster)[3]
    assert "hidden" in reasons(roster)[3]


def test_a_hidden_column_that_is_read_is_pointed_out(read: Read) -> None:
    page = Page((HEAD, row(time="2x")), hidden_columns=frozenset({6}))
    roster = read(workbook(page), "r.xlsx")
    assert roster.rows[0].factor_permille == 2000
    assert any('"Extended Time" is hidden' in note.text for note in roster.notes)


def test_all_sheets_of_one_kind_are_read(read: Read) -> None:
    roster = read(
        workbook(
            Page((HEAD, row("1")), "P1"),
            Page((("Bus list",), HEAD, row("2"), row("1", family="Ash")), "P2"),
        ),
        "r.xlsx",
    )
    assert [found.participant_id for found in roster.rows] == ["1", "2"]
    assert reasons(roster) == {4: 'sheet "P2": participant ID 1 is "Ito, Kim" in row 2'}


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (Page((("Call the nurse",),), "Notes"), "has no roster columns"),
        (Page((HEAD, row("2")), "Withdrawn"), 'its name says "withdrawn"'),
        (Page((HEAD, row("2")), "Old", state="hidden"), "is hidden and was not read"),
        (
            Page((("Local ID", "Name", "Test"), ("2", "Al Fox", "Safety")), "Other"),
            "its IDs are in another column",
        ),
    ],
)
def test_a_sheet_that_is_not_read_is_named(read: Read, page: Page, said: str) -> None:
    roster = read(workbook(Page((HEAD, row("1")), "First"), page), "r.xlsx")
    assert [found.participant_id for found in roster.rows] == ["1"]
    assert any(page.name in note.text and said in note.text for note in roster.notes)


def test_dates_a_workbook_took_for_month_first_are_doubted(read: Read) -> None:
    roster = one(
        read,
        row("1", born="25/12/2007"),
        row("2", born=Number("39423", "m/d/yyyy")),
        row("3", born=Number("39433", "m/d/yyyy")),
    )
    assert [found.birth_date for found in roster.rows] == ["2007-12-17"]
    assert "may have day and month swapped" in reasons(roster)[3]
