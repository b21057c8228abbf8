"""Clocks go on, whatever is opened or cannot be drawn at the moment of a tick."""

import asyncio
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Stage
from cptkiosk.ui.app import KioskApp
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.dialogs.question import Question
from support.center import DANA
from support.sessions import a_session
from support.sitting import SitDown, sit_down


async def test_a_tick_while_a_question_is_being_opened_is_no_fault(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 1, Stage.CHECK_IN)
    async with at("check-in") as sitting:
        sitting.app.push_screen(FormDialog(Question("Is it open?", ())))
        assert isinstance(sitting.app.screen, FormDialog)
        sitting.app.redraw_time()
        await sitting.settle()
        assert "Is it open?" in sitting.words


async def test_the_clock_goes_on_after_a_tick_that_could_not_be_drawn(
    desk: Desk,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    ticks = asyncio.Semaphore(0)

    def fail_to_draw(app: KioskApp) -> None:
        ticks.release()
        raise RuntimeError("no room")

    monkeypatch.setattr(KioskApp, "redraw_time", fail_to_draw)
    async with sit_down(desk, folder, DANA) as sitting:
        sitting.app._tick_on_the_edge()
        await ticks.acquire()
        await ticks.acquire()
    assert "no room" in caplog.text
