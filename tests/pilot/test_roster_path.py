"""A path is completed and chosen by keys, and a wrong one says what is there."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.ui.screens import working
from cptkiosk.ui.screens.roster import RosterScreen
from cptkiosk.ui.screens.roster_check import RosterCheckScreen
from cptkiosk.ui.widgets.form import Form
from cptkiosk.ui.widgets.roll import Roll
from support.center import LEE
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
    assert roster.screen.query_one(Roll).has_focus
    await roster.press("shift+tab")
    assert not roster.screen.query_one(Roll).has_focus
    await roster.press("tab", "backspace", "/")
    assert path_of(roster) == "spring.cs/"


async def test_a_name_that_is_not_there_does_not_deny_those_that_are(
    roster: Sitting,
) -> None:
    await roster.type("spring.pdf")
    await roster.press("enter")
    assert "There is no file spring.pdf" in roster.words
    assert "No roster file here" not in roster.words
    assert "Nothing here begins like that" in roster.words
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


@pytest.mark.parametrize(
    "path", ["x" * 300, f"{'x' * 300}/roster.csv", f"{'folder/' * 700}roster.csv"]
)
async def test_a_path_longer_than_the_system_takes_is_told_as_any_wrong_one(
    roster: Sitting, path: str
) -> None:
    roster.screen.query_one(Form).set_values({"path": path})
    await roster.press("enter")

    assert isinstance(roster.screen, RosterScreen)
    assert "cannot be read" in roster.words
