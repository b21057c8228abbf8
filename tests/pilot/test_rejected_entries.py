"""A PIN or a score that is not taken leaves an empty field behind, where keys go."""

from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Stage
from cptkiosk.ui.screens.close_out.screen import CloseOutScreen
from cptkiosk.ui.screens.first_run import FirstRunScreen
from cptkiosk.ui.screens.sign_in import LockScreen, SignInScreen
from cptkiosk.ui.screens.staff import StaffScreen
from cptkiosk.ui.widgets.fields import TextField
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from cptkiosk.ui.widgets.form import Form
from support.center import DANA, LEE, LEE_PIN, open_desk
from support.clock import HandClock
from support.sessions import a_session, ended
from support.sitting import SitDown, Sitting, sit_down

WRONG = "000000"


def pins(sitting: Sitting) -> dict[str, str]:
    """Return what the PIN fields of the form that is open hold."""
    form = sitting.screen.query_one(Form)
    values = form.values()
    secret = [one for one in form.fields if isinstance(one, TextField) and one.secret]
    return {one.name: str(values[one.name]) for one in secret}


async def assert_emptied(sitting: Sitting, *names: str) -> None:
    """Check that these PINs are asked for again, the first of them by the next key."""
    assert pins(sitting) == dict.fromkeys(names, "")
    await sitting.press("7")
    assert "7" in pins(sitting).values()


async def test_a_wrong_pin_at_the_sign_in(desk: Desk, folder: Path) -> None:
    async with sit_down(desk, folder, None) as sitting:
        sitting.showing(SignInScreen)
        await sitting.press("down", "enter")
        await sitting.fill(WRONG)
        await assert_emptied(sitting, "pin")


async def test_a_wrong_pin_at_the_lock(desk: Desk, folder: Path) -> None:
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.press("ctrl+l")
        sitting.showing(LockScreen)
        await sitting.fill(WRONG)
        await assert_emptied(sitting, "pin")


async def test_a_wrong_pin_of_a_hand_over(desk: Desk, at: SitDown) -> None:
    a_session(desk, 1)
    async with at("testing") as sitting:
        await sitting.press("H", "enter")
        await sitting.fill(WRONG, WRONG)
        await assert_emptied(sitting, "pin", "to_pin")


async def test_a_wrong_pin_of_an_approval(desk: Desk, at: SitDown) -> None:
    a_session(desk, 1, Stage.SEALED)
    async with at("close-out") as sitting:
        await sitting.press("M")
        await sitting.fill("late report")
        assert pins(sitting) == {"pin": ""}
        await sitting.fill(WRONG)
        await assert_emptied(sitting, "pin")


async def test_a_wrong_pin_of_a_seal(desk: Desk, folder: Path) -> None:
    a_session(desk, 1, Stage.ENDED)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(CloseOutScreen("a"))
        await sitting.press("s")
        await sitting.fill(WRONG)
        await assert_emptied(sitting, "pin")


@pytest.mark.parametrize(
    "typed",
    [(WRONG, "482914", "482914"), (LEE_PIN, "482914", "482915")],
    ids=["the old one is wrong", "the new ones differ"],
)
async def test_new_pins_that_are_not_taken(
    desk: Desk, folder: Path, typed: tuple[str, ...]
) -> None:
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(StaffScreen())
        sitting.screen.query_one(FilterableTable).move_to(LEE.staff_id)
        await sitting.press("r")
        await sitting.fill(*typed)
        await assert_emptied(sitting, "old", "pin", "again")


async def test_first_pins_of_staff_that_differ(desk: Desk, folder: Path) -> None:
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(StaffScreen())
        await sitting.press("a")
        await sitting.fill("Kim Novak", "", "", "482914", "482915")
        await assert_emptied(sitting, "pin", "again")


async def test_pins_of_the_first_run_that_differ(
    clock: HandClock, folder: Path
) -> None:
    desk = open_desk(folder / "new", clock)
    async with sit_down(desk, folder, None) as sitting:
        sitting.showing(FirstRunScreen)
        form = sitting.screen.query_one(Form)
        form.set_values(
            {"name": "N", "site_code": "TN-1", "coordinator": "Dana Ortiz"}
            | {"time_zone": "UTC", "pin": "482914", "again": "482915"}
        )
        await sitting.press("ctrl+s")
        assert set(pins(sitting).values()) == {""}


async def test_a_wrong_pin_of_a_terminal_that_is_locked_down(
    desk: Desk, folder: Path
) -> None:
    async with sit_down(desk, folder, None, locked=True) as sitting:
        for _ in range(2):
            await sitting.press("ctrl+q", "enter")
            assert pins(sitting) == {"pin": ""}
            await sitting.fill(WRONG)
            assert sitting.app.return_code is None


async def test_a_score_that_is_not_possible(desk: Desk, at: SitDown) -> None:
    a_session(desk, 1)
    ended(desk, "a")
    async with at("scores") as sitting:
        await sitting.press(*"97", "enter")
        form = sitting.screen.query_one(Form)
        assert form.values()["score"] == ""
        await sitting.type("70")
        assert form.values()["score"] == "70"
