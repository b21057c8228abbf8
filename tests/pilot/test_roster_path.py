"""A path is completed and chosen by keys, and a wrong one says what is there."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.ui.dialogs import progress_dialog as working
from cptkiosk.ui.screens.roster.check import RosterCheckScreen
from cptkiosk.ui.screens.roster.screen import RosterScreen
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from cptkiosk.ui.widgets.form import Form
from support.center import LEE
from support.paths import NOT_A_NAME, hostile_paths
from support.sitting import Sitting, sit_down


@pytest.fixture
async def roster(
    desk: Desk, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Sitting]:
    """A kiosk at the roster screen, in a folder with three rosters and more."""
    monkeypatch.chdir(tmp_path)
    for name in ("fall-a.csv", "fall-b.xlsx", "spring.csv", "photo.jpg"):
        (tmp_path / name).write_text("ID,Last Name,Test\n7,Ng,Safety\n")
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(RosterScreen())
        yield sitting


def path_of(sitting: Sitting) -> object:
    return sitting.screen.query_one(Form).values()["path"]


async def test_tab_completes_a_path_as_far_as_it_is_one(roster: Sitting) -> None:
    await roster.type("s")
    await roster.press("tab")
    assert path_of(roster) == "spring.csv"


async def test_tab_goes_on_through_what_begins_alike(roster: Sitting) -> None:
    await roster.type("f")
    await roster.press("tab")
    assert path_of(roster) == "fall-"
    chosen = []
    for key in ("tab", "tab", "tab", "shift+tab", "down"):
        await roster.press(key)
        chosen.append(path_of(roster))
    assert chosen == [
        f"fall-{one}" for one in ("a.csv", "b.xlsx", "a.csv", "b.xlsx", "a.csv")
    ]
    await roster.press("enter")
    roster.showing(RosterCheckScreen)
    assert "fall-a.csv" in roster.words


async def test_tab_goes_to_the_list_and_back_where_nothing_is_to_complete(
    roster: Sitting,
) -> None:
    await roster.type("spring.csv")
    await roster.press("tab")
    assert roster.screen.query_one(FilterableTable).has_focus
    await roster.press("shift+tab")
    assert not roster.screen.query_one(FilterableTable).has_focus
    await roster.press("tab", "backspace", "/")
    assert path_of(roster) == "spring.cs/"


async def test_a_name_that_is_not_there_does_not_deny_those_that_are(
    roster: Sitting,
) -> None:
    await roster.type("spring.pdf")
    await roster.press("enter")
    assert "There is no file spring.pdf" in roster.words
    assert "No roster file here" not in roster.words
    assert "No matching files here" in roster.words
    assert "photo.jpg" not in roster.words


async def test_a_folder_without_rosters_says_what_is_meant(
    roster: Sitting, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    await roster.type("e")
    await roster.press("tab")
    assert path_of(roster) == "empty/"
    assert "No roster file here (CSV, TSV, TXT, XLSX, XLS or ODS)" in roster.words


async def test_a_check_that_fails_slowly_comes_back_to_the_path(
    roster: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "SHOWN_AFTER_S", 0.0)
    await roster.type("spring.pdf")
    await roster.press("enter")
    roster.showing(RosterScreen)
    assert "There is no file spring.pdf" in roster.words


async def test_every_hostile_path_is_reported_like_any_wrong_path(
    roster: Sitting, tmp_path: Path
) -> None:
    place = tmp_path / "hostile"
    place.mkdir()
    try:
        for text in (*hostile_paths(place).values(), *NOT_A_NAME):
            roster.screen.query_one(Form).set_values({"path": text})
            await roster.press("enter")
            roster.showing(RosterScreen)
            await roster.press("tab", "shift+tab", "down")
            roster.showing(RosterScreen)
    finally:
        (place / "locked").chmod(0o700)


async def test_a_file_named_in_another_encoding_is_listed_and_opened(
    roster: Sitting, tmp_path: Path
) -> None:
    (tmp_path / "zzz\udcff.csv").write_text("ID,Last Name,Test\n7,Ng,Safety\n")
    await roster.type("zzz")
    await roster.press("tab", "enter")
    roster.showing(RosterCheckScreen)


async def test_the_screen_opens_where_the_working_folder_is_gone(
    desk: Desk, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(RosterScreen())
        sitting.showing(RosterScreen)
        assert path_of(sitting) == "/"
