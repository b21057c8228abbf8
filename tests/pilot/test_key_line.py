"""The line of keys, at every width: the way back is on it, and no key without a word."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.screen import Screen

from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Stage
from cptkiosk.ui.frame.kiosk_screen import KioskScreen
from cptkiosk.ui.frame.session_screen import SessionScreen
from cptkiosk.ui.screens.bundle_queue import BundleQueueScreen
from cptkiosk.ui.screens.find import FindScreen
from cptkiosk.ui.screens.irregularities import IrregularitiesScreen
from cptkiosk.ui.screens.irregularity import IrregularityScreen
from cptkiosk.ui.screens.muster import MusterScreen
from cptkiosk.ui.screens.person import PersonScreen
from cptkiosk.ui.screens.plan import PlanScreen
from cptkiosk.ui.screens.records import RecordsScreen
from cptkiosk.ui.screens.roll_call import RollCallScreen
from cptkiosk.ui.screens.roster.screen import RosterScreen
from cptkiosk.ui.screens.seat_map import SeatMapScreen
from cptkiosk.ui.screens.staff import StaffScreen
from cptkiosk.ui.screens.today import TodayScreen
from cptkiosk.ui.session_clock_text import running
from support.center import DANA
from support.crowds import in_stage
from support.screens import screen_for
from support.sitting import Sitting, sit_down

WIDTHS = (80, 100, 120)


def place(name: str) -> Callable[[], Screen[None]]:
    return lambda: screen_for(name, "a")


SCREENS: dict[str, tuple[Stage, Callable[[], Screen[None]]]] = {
    "today": (Stage.RUNNING, TodayScreen),
    "people": (Stage.PLANNED, place("people")),
    "check-in": (Stage.CHECK_IN, place("check-in")),
    "start": (Stage.CHECK_IN, place("start")),
    "testing": (Stage.RUNNING, place("testing")),
    "late arrivals": (Stage.RUNNING, place("check-in")),
    "halted": (Stage.HALTED, place("testing")),
    "muster": (Stage.HALTED, lambda: MusterScreen("a")),
    "roll call": (Stage.HALTED, lambda: RollCallScreen("a")),
    "scores": (Stage.ENDED, place("scores")),
    "close-out": (Stage.ENDED, place("close-out")),
    "sealed": (Stage.SEALED, place("close-out")),
    "irregularities": (Stage.RUNNING, lambda: IrregularitiesScreen("a")),
    "irregularity": (Stage.RUNNING, lambda: IrregularityScreen("a", ())),
    "records": (Stage.SEALED, RecordsScreen),
    "upload": (Stage.SEALED, BundleQueueScreen),
    "staff": (Stage.PLANNED, StaffScreen),
    "plan": (Stage.PLANNED, PlanScreen),
    "roster": (Stage.PLANNED, RosterScreen),
    "person": (Stage.RUNNING, lambda: PersonScreen("testing")),
    "find": (Stage.RUNNING, FindScreen),
}


async def look_at_keys(sitting: Sitting) -> list[str]:
    """Return what is wrong with the line of keys, at each width."""
    screen, faults = sitting.screen, []
    assert isinstance(screen, KioskScreen)
    leads_back = screen is not sitting.app.screen_stack[1]
    for width in WIDTHS:
        await sitting.resize(width, 24)
        line = sitting.frame.splitlines()[-1]
        if ("Esc " in line) is not leads_back:
            faults.append(f"{width}: Esc {'leads' if leads_back else 'is'} back:{line}")
        if (" HALT" in line) is not bool(running(sitting.app.desk)):
            faults.append(f"{width}: HALT is shown while a clock runs:{line}")
        shown = screen.keys_bar.draw_line(0, width - 2, sitting.app.glyphs)
        for (key, look), (word, _) in zip(shown, [*shown[1:], ("", "")], strict=True):
            if look == "key" and not word.strip():
                faults.append(f"{width}: {key} has no word:{line}")
    return faults


@pytest.mark.parametrize("name", SCREENS)
async def test_the_way_back_is_named_and_each_key_has_a_word(
    desk: Desk, folder: Path, name: str
) -> None:
    stage, make = SCREENS[name]
    in_stage(desk, stage)
    async with sit_down(desk, folder, DANA) as sitting:
        if name != "today":
            await sitting.show(make())
        assert not await look_at_keys(sitting)
        before = sitting.screen
        await sitting.press("escape")
        assert (sitting.screen is before) is (name == "today")


async def test_the_sign_in_names_no_way_back_as_there_is_none(
    desk: Desk, folder: Path
) -> None:
    async with sit_down(desk, folder, None) as sitting:
        assert not await look_at_keys(sitting)


async def test_the_map_of_the_seats_names_the_way_back(
    desk: Desk, folder: Path
) -> None:
    in_stage(desk, Stage.RUNNING)
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(screen_for("testing", "a"))
        sitting.showing(SessionScreen)
        await sitting.press("m")
        sitting.showing(SeatMapScreen)
        assert not await look_at_keys(sitting)
