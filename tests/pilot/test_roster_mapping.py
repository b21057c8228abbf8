"""How a roster is read is shown before Enter, and can be changed; and what each row does."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.roster.importer import import_roster
from cptkiosk.ui.screens.roster.check import RosterCheckScreen
from cptkiosk.ui.screens.roster.screen import RosterScreen
from support.center import DANA
from support.sitting import Sitting, sit_down

ODD = "Nr;Nachname;Vorname;Test;Code\n1;Müller;Jörg;Safety;A1\n2;Meier;Ana;Welding;A2\n"


Check = Callable[..., AbstractAsyncContextManager[Sitting]]


@pytest.fixture
def check(desk: Desk, folder: Path, tmp_path: Path) -> Check:
    """Return how to look at what a roster would do."""

    @asynccontextmanager
    async def look(
        text: str, encoding: str = "utf-8", size: tuple[int, int] = (120, 40)
    ) -> AsyncIterator[Sitting]:
        path = tmp_path / "roster.csv"
        path.write_bytes(text.encode(encoding))
        async with sit_down(desk, folder, DANA, size) as sitting:
            await sitting.show(RosterCheckScreen(path))
            yield sitting

    return look


async def test_encoding_delimiter_and_columns_are_shown_before_anything_is_written(
    desk: Desk, check: Check
) -> None:
    text = "Student ID;Last Name;Test;Homeroom\n7;Núñez;Safety;12B\n"
    async with check(text, "cp1252") as sitting:
        assert "Windows (cp1252), semicolon, header in row 1" in sitting.words
        assert "participant ID = Student ID, last name = Last Name" in sitting.words
        assert "Columns ignored: Homeroom" in sitting.words
        assert "Núñez" in sitting.words
        assert desk.ledger.count_rows("person") == 0
        await sitting.press("enter")
    assert desk.candidate("7").person == "Núñez"


async def test_a_file_whose_columns_are_not_known_is_mapped_by_keys(
    desk: Desk, check: Check
) -> None:
    async with check(ODD) as sitting:
        assert "has no column names" in sitting.words
        head = desk.ledger.head()
        await sitting.press("enter")
        assert "has no column names" in sitting.words
        assert desk.ledger.head() == head

        await sitting.press("c")
        for name in ("participant ID", "last name", "first name"):
            await sitting.press(*(char for char in name[:9] if char != " "))
            await sitting.press("enter")
        await sitting.press("ctrl+s")
        assert "participant ID = Nr" in sitting.words
        assert "last name = Nachname, first name = Vorname" in sitting.words
        await sitting.press("enter")
    assert desk.candidate("1").person == "Müller, Jörg"


async def test_two_columns_cannot_mean_the_same(check: Check) -> None:
    async with check("Student ID,Last Name,Other\n7,Ng,x\n") as sitting:
        await sitting.press("c", "tab", "tab", *"last", "ctrl+s")
        assert "another column already has this meaning" in sitting.words


async def test_a_wrong_encoding_is_put_right_by_keys(desk: Desk, check: Check) -> None:
    async with check("ID,Last Name,Test\n7,Pérez,Safety\n", "cp850") as sitting:
        assert "Pérez" not in sitting.words
        await sitting.press("e", *"cp850", "ctrl+s")
        assert "Pérez" in sitting.words
        await sitting.press("enter")
    assert desk.candidate("7").person == "Pérez"


async def test_a_header_further_down_is_named_by_its_row(
    desk: Desk, check: Check
) -> None:
    text = "ID,Last Name,Test\nID,Last Name,Test\n7,Ng,Safety\n"
    async with check(text) as sitting:
        await sitting.press("e", "tab", "tab", "ctrl+u", "2", "ctrl+s")
        assert "header in row 2" in sitting.words
        await sitting.press("e", "tab", "tab", "ctrl+u", "9", "ctrl+s")
        assert "has no row 9" in sitting.words
        assert "header in row 2" in sitting.words


async def test_every_row_is_listed_with_what_it_comes_to(
    desk: Desk, check: Check, tmp_path: Path
) -> None:
    first = tmp_path / "first.csv"
    head = "ID,Last Name,Test,User Code\n"
    first.write_text(f"{head}1,Ng,Safety,A1\n2,Orr,Safety,A2\n")
    import_roster(desk, first, DANA)
    text = f"{head}1,Ng,Safety,A1\n2,Orr,Safety,B2\n3,Poe,Quality,A3\n4,,Safety,A4\n"
    async with check(text) as sitting:
        rows = [line.split() for line in sitting.frame.split("\n")]
        said = {
            row[row.index(what)]: row
            for row in rows
            for what in ("rejected", "changed", "new", "same")
            if what in row[1:3]
        }
        assert "5 rejected no last name" in " ".join(said["rejected"])
        assert "user code A2 -> B2" in " ".join(said["changed"])
        assert said["new"][0] == "4"
        assert said["same"][0] == "2"
        assert "1 row rejected" in sitting.words
        await sitting.press("slash", *"reject", "enter")
        assert "no last name" in sitting.words
        assert "Poe" not in sitting.words


async def test_a_long_list_of_rows_scrolls(check: Check) -> None:
    rows = "".join(f"{one},Ng{one},Safety\n" for one in range(1, 200))
    async with check(f"ID,Last Name,Test\n{rows}", size=(80, 24)) as sitting:
        assert "Ng199" not in sitting.words
        await sitting.press("end")
        assert "Ng199" in sitting.words


async def test_the_file_is_chosen_first_and_esc_comes_back_to_it(
    desk: Desk, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.csv").write_text("ID,Last Name,Test\n7,Ng,Safety\n")
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(RosterScreen())
        await sitting.type("one")
        await sitting.press("enter")
        sitting.showing(RosterCheckScreen)
        await sitting.press("escape")
        sitting.showing(RosterScreen)
        assert "one.csv" in sitting.words


async def test_warnings_are_shown_before_anything_is_written(
    desk: Desk, check: Check
) -> None:
    text = (
        "ID,Last Name,First Name,Test,User Code,Extended Time\n"
        "7,Ng,Kim,Safety,K17,1.5x\n8,Ng,Kim,Safety,K18,\nTotal,2,,,,\n"
    )
    async with check(text) as sitting:
        assert "2 notes to review" in sitting.words
        assert "has the same name as ID 7" in sitting.words
        assert 'is not a person: "Total"' in sitting.words
        assert "x1.5, code K17" in sitting.words
        assert desk.ledger.count_rows("person") == 0
