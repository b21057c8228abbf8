"""After a restart during a halt the attendance leads to the room clock first."""

from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.ui.screens.roll_call import RollCallScreen
from cptkiosk.ui.screens.testing.screen import TestingScreen
from support.center import LEE, open_desk
from support.screens import screen_for
from support.sessions import a_session, hand_clock
from support.sitting import sit_down

COMPARE = "Next: compare the room clock: this computer was off for 3:00"


@pytest.mark.parametrize("begins_at", ["muster", "roll-call"])
async def test_the_attendance_leads_to_the_room_clock_then_to_the_resumption(
    desk: Desk, folder: Path, begins_at: str
) -> None:
    a_session(desk, 2, Stage.HALTED)
    desk.boots.beat()
    hand_clock(desk).reboot(3 * MINUTE_MS)
    again = open_desk(folder, desk.clock)
    again.boots.attach()
    async with sit_down(again, folder, LEE) as sitting:
        await sitting.show(screen_for(begins_at, "a"))
        await sitting.press("A", "enter")
        if begins_at == "muster":
            await sitting.press("enter")
            sitting.showing(RollCallScreen)
            await sitting.press("A", "enter")
        assert COMPARE in sitting.words
        await sitting.press("enter")
        sitting.showing(TestingScreen)
        assert COMPARE in sitting.words
        await sitting.press("enter", "enter")
        assert again.session("a").unconfirmed_bridge is None
        await sitting.press("enter")
        sitting.showing(RollCallScreen)
        assert "Next: everyone is back - resume" in sitting.words
        await sitting.press("enter", "enter")
        assert again.session("a").stage is Stage.RUNNING
    again.ledger.close()
