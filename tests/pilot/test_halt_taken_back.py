"""A halt by mistake, taken back by the coordinator on the action line."""

from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import testing as c
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.frame.session_screen import SessionScreen
from cptkiosk.ui.screens.muster import MusterScreen
from cptkiosk.ui.screens.roll_call import RollCallScreen
from cptkiosk.ui.screens.testing.screen import TestingScreen
from support.center import DANA, LEE
from support.sessions import a_session, advance, halted, resumed
from support.sitting import sit_down


async def test_the_coordinator_takes_a_numbered_halt_back_with_a_reason(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 1)
    advance(desk, 10 * MINUTE_MS)
    halted(desk, "a")
    advance(desk, 5 * MINUTE_MS)
    resumed(desk)
    advance(desk, MINUTE_MS)
    halted(desk, "a")
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(TestingScreen("a"))
        await sitting.enter_line("unhalt 1 false alarm")
        sitting.showing(FormDialog)
        assert "Its 5:00 will count" in sitting.words
        assert len(desk.session("a").halts) == 2
        await sitting.press("enter")
    session = desk.session("a")
    assert len(session.halts) == 1
    assert session.stage is Stage.HALTED
    assert session.reasons[-1][2].text == "false alarm"


async def test_a_proctor_sees_who_can_undo_an_old_halt(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 1)
    halted(desk, "a")
    advance(desk, 5 * MINUTE_MS)
    resumed(desk)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(TestingScreen("a"))
        await sitting.enter_line("unhalt false alarm")
        await sitting.press("enter")
        assert "coordinator" in sitting.words
    assert len(desk.session("a").halts) == 1


async def test_a_finish_by_mistake_is_put_back_on_the_action_line(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 2)
    desk.perform(c.FinishAttempt(session_id="a", attempt_id="P1-safety"), LEE)
    advance(desk, 10 * MINUTE_MS)
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(TestingScreen("a"))
        await sitting.enter_line("A1 restore wrong row")
        sitting.showing(FormDialog)
        await sitting.press("enter")
    assert desk.session("a").attempts["P1-safety"].standing is AttemptProgress.TESTING


@pytest.mark.parametrize("marked", [0, 1])
@pytest.mark.parametrize("rolls", [MusterScreen, RollCallScreen])
async def test_enter_leaves_the_attendance_once_its_halt_is_undone(
    desk: Desk, folder: Path, rolls: type[SessionScreen], marked: int
) -> None:
    a_session(desk, 2)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(TestingScreen("a"))
        await sitting.press("h", "enter")
        assert "u undo" in sitting.frame.splitlines()[-1]
        if rolls is RollCallScreen:
            await sitting.press("enter", "enter")
        sitting.showing(rolls)
        await sitting.press(*["space"] * marked)
        desk_halts = desk.session("a").halts
        advance(desk, 30_000)
        await sitting.press("u")
        assert desk.session("a").halts == desk_halts
        assert "0:30 of stopped time as used, for 2 people" in sitting.words
        await sitting.press("enter")
        assert len(desk.session("a").halts) < len(desk_halts)
        assert "undone: the halt; clocks count" in sitting.words
        assert "Next: the clocks are running - go back" in sitting.words
        await sitting.press("enter")
        sitting.showing(TestingScreen)
