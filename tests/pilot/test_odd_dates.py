"""Odd dates on the screens: named and confirmed before anything is recorded."""

from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.domain.events.center import StaffTrained
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import HOUR_MS
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.screens.plan import PlanScreen
from cptkiosk.ui.screens.session_roster import SessionRosterScreen
from cptkiosk.ui.screens.staff import StaffScreen
from cptkiosk.ui.screens.start import StartScreen
from cptkiosk.ui.screens.testing.screen import TestingScreen
from support.center import DANA, LEE
from support.sessions import advance, attempt_id, opened, planned, seated
from support.sitting import sit_down


async def test_a_plan_in_the_past_is_asked_about_first(
    desk: Desk, folder: Path
) -> None:
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(PlanScreen())
        await sitting.press("space", "enter")
        await sitting.press("ctrl+u")
        await sitting.type("2026-09-20 08:00")
        await sitting.press("enter", "enter", "enter")
        sitting.showing(FormDialog)
        assert "The planned start was" in sitting.words
        assert not desk.sessions
        await sitting.press("escape")
        sitting.showing(PlanScreen)
        assert not desk.sessions
        await sitting.press("enter")
        sitting.showing(FormDialog)
        await sitting.press("enter")
        sitting.showing(SessionRosterScreen)
    (session,) = desk.sessions.values()
    assert [odd.code for _, odd in session.odd_dates] == ["start-past"]


async def test_an_untrained_opener_is_warned_first(desk: Desk, folder: Path) -> None:
    planned(desk, ("P1",), "a", "safety")
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(SessionRosterScreen("a"))
        await sitting.press("o")
        assert "Dana Ortiz has no training date on record." in sitting.words
        assert desk.session("a").stage is Stage.PLANNED


async def test_a_start_far_off_the_plan_is_asked_about_first(
    desk: Desk, folder: Path
) -> None:
    planned(desk, ("P1",), "a", "safety")
    opened(desk, "a")
    seated(desk, "a", attempt_id("P1"))
    advance(desk, 8 * HOUR_MS)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(StartScreen("a"))
        await sitting.press("enter")
        sitting.showing(FormDialog)
        assert "The start is 8 hours after the planned time." in sitting.words
        assert desk.session("a").stage is Stage.CHECK_IN
        await sitting.press("enter")
        sitting.showing(TestingScreen)


async def test_the_coordinator_puts_a_training_on_record(
    desk: Desk, folder: Path
) -> None:
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(StaffScreen())
        await sitting.press("t")
        await sitting.type("2999-01-01")
        await sitting.press("enter")
        assert "in the future" in sitting.words
        assert not trainings(desk)
        await sitting.press("ctrl+u")
        await sitting.type("2025-08-31")
        await sitting.press("enter")
    assert trainings(desk) == ["2025-08-31"]


def trainings(desk: Desk) -> list[str]:
    """Return the dates of training recorded since a person joined."""
    events = (one.event for one in desk.ledger.read_stream("center"))
    return [one.trained_on for one in events if isinstance(one, StaffTrained)]
