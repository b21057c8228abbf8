"""The undo of a pause, which takes the stopped time away again."""

from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import testing as c
from cptkiosk.ui.screens.testing.screen import TestingScreen
from support.center import LEE
from support.sessions import a_session, advance
from support.sitting import sit_down


async def test_undoing_a_pause_says_what_it_takes_away_and_asks(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 1)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(TestingScreen("a"))
        pause = c.BeginPause(session_id="a", attempt_id="P1-safety", reason="froze")
        desk.perform(pause, LEE)
        advance(desk, 130_000)
        await sitting.press("u")
        assert "2:10 of stopped time" in sitting.words
        assert desk.session("a").attempts["P1-safety"].is_paused
        await sitting.press("enter")
    assert not desk.session("a").attempts["P1-safety"].is_paused
