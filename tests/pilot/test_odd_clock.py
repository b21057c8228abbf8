"""A wall clock that cannot be right, at the sign-in."""

from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.domain.events.center import ClockAccepted
from cptkiosk.domain.values import DAY_MS
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.screens.sign_in import SignInScreen
from cptkiosk.ui.screens.today import TodayScreen
from support.center import DANA_PIN, LEE_PIN
from support.sessions import hand_clock
from support.sitting import Sitting, sit_down


async def sign_in(sitting: Sitting, name: str, pin: str) -> None:
    await sitting.type(name)
    await sitting.press("enter")
    await sitting.type(pin)
    await sitting.press("enter")


async def test_the_coordinator_says_that_an_odd_clock_is_right(
    desk: Desk, folder: Path
) -> None:
    hand_clock(desk).reboot(-400 * DAY_MS)
    async with sit_down(desk, folder, None) as sitting:
        sitting.showing(SignInScreen)
        assert "but the record already goes up to" in sitting.words
        await sign_in(sitting, "Dana", DANA_PIN)
        sitting.showing(FormDialog)
        assert "Is the clock right?" in sitting.words
        await sitting.press("escape")
        sitting.showing(SignInScreen)
        assert not accepted(desk)
        await sitting.press("enter")
        sitting.showing(FormDialog)
        await sitting.press("enter")
        sitting.showing(TodayScreen)
    assert len(accepted(desk)) == 1


async def test_a_proctor_sees_who_may_decide(desk: Desk, folder: Path) -> None:
    hand_clock(desk).reboot(-400 * DAY_MS)
    async with sit_down(desk, folder, None) as sitting:
        await sign_in(sitting, "Lee", LEE_PIN)
        await sitting.press("enter")
        sitting.showing(SignInScreen)
        assert "Only a coordinator can" in sitting.words
    assert not accepted(desk)


async def test_a_clock_that_can_be_right_is_not_spoken_of(
    desk: Desk, folder: Path
) -> None:
    async with sit_down(desk, folder, None) as sitting:
        assert "clock shows" not in sitting.words
        await sign_in(sitting, "Lee", LEE_PIN)
        sitting.showing(TodayScreen)


def accepted(desk: Desk) -> list[ClockAccepted]:
    events = (one.event for one in desk.ledger.read_stream("center"))
    return [one for one in events if isinstance(one, ClockAccepted)]
