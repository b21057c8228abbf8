"""What the status line says belongs to its screen; only what is recorded follows."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.errors import KioskError
from cptkiosk.host.work_progress import WorkProgress
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.dialogs.progress_dialog import WorkDialog, work_on
from cptkiosk.ui.screens.bundle_queue import BundleQueueScreen
from cptkiosk.ui.screens.plan import PlanScreen
from cptkiosk.ui.screens.session_roster import SessionRosterScreen
from cptkiosk.ui.screens.sign_in import LockScreen
from cptkiosk.ui.screens.today import TodayScreen
from cptkiosk.ui.widgets.bars import Tone
from cptkiosk.ui.workers import begin
from support.center import LEE, LEE_PIN
from support.sessions import a_session
from support.sitting import SitDown, Sitting, sit_down

GONE = "The USB drive is gone."
TONES: tuple[Tone, ...] = ("ok", "warning", "error")


def fails(told: WorkProgress) -> None:
    """Fail as work on a drive does that was pulled out."""
    raise KioskError(GONE)


@pytest.fixture
async def today(desk: Desk, folder: Path) -> AsyncIterator[Sitting]:
    async with sit_down(desk, folder, LEE) as sitting:
        yield sitting


@pytest.mark.parametrize("tone", TONES)
async def test_a_message_is_gone_on_the_next_screen_and_on_return(
    today: Sitting, tone: Tone
) -> None:
    today.app.status.say(GONE, tone)
    await today.press("o")
    today.showing(BundleQueueScreen)
    assert GONE not in today.words
    await today.press("escape")
    today.showing(TodayScreen)
    assert GONE not in today.words


@pytest.mark.parametrize("tone", TONES)
async def test_a_message_of_a_closing_screen_does_not_stay_behind(
    today: Sitting, tone: Tone
) -> None:
    await today.press("o")
    today.app.status.say(GONE, tone)
    await today.press("escape")
    today.showing(TodayScreen)
    assert GONE not in today.words


@pytest.mark.parametrize("tone", TONES)
async def test_a_message_stays_while_the_help_is_open(
    today: Sitting, tone: Tone
) -> None:
    today.app.status.say(GONE, tone)
    await today.press("question_mark", "escape")
    today.showing(TodayScreen)
    assert GONE in today.words


async def test_a_message_about_an_entry_follows_to_the_next_screens(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    async with at("testing") as sitting:
        await sitting.press("b")
        said = sitting.frame.splitlines()[-2]
        assert "all saved" in said
        await sitting.press("escape")
        sitting.showing(TodayScreen)
        assert sitting.frame.splitlines()[-2] == said


@pytest.mark.parametrize("locked", [False, True])
async def test_work_that_fails_behind_its_bar_says_so_once_the_bar_is_gone(
    today: Sitting, locked: bool
) -> None:
    screen = today.showing(TodayScreen)
    async with today.slow_desk():
        begin(screen, partial(work_on, screen, "looking", fails), "look")
        await today.draw()
        await today.pass_time(1)
        today.showing(WorkDialog)
        if locked:
            await today.press_meanwhile("ctrl+l")
            today.showing(LockScreen)
    if locked:
        assert GONE not in today.words
        await today.type(LEE_PIN)
        await today.press("enter")
    today.showing(TodayScreen)
    assert GONE in today.words
    await today.press("o")
    assert GONE not in today.words


async def test_no_bar_comes_in_front_of_a_lock(today: Sitting) -> None:
    screen = today.showing(TodayScreen)
    async with today.slow_desk():
        begin(screen, partial(work_on, screen, "looking", fails), "look")
        await today.press_meanwhile("ctrl+l")
        await today.pass_time(1)
        today.showing(LockScreen)
    await today.fill(LEE_PIN)
    assert GONE in today.words


async def test_a_lock_hides_no_news_of_what_was_recorded_behind_it(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    async with at("testing") as sitting:
        async with sitting.slow_desk():
            await sitting.press_meanwhile("b", "ctrl+l")
            sitting.showing(LockScreen)
        await sitting.fill(LEE_PIN)
        assert "recording ..." not in sitting.words
        assert "break" in sitting.frame.splitlines()[-2]
        assert "all saved" in sitting.frame.splitlines()[-2]


async def test_a_lock_keeps_the_question_for_a_coordinator_away_and_says_so_later(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    async with at("testing", LEE) as sitting:
        await sitting.press("c")
        await sitting.type("20")
        await sitting.press("enter")
        await sitting.type("alarm")
        async with sitting.slow_desk():
            await sitting.press_meanwhile("enter", "ctrl+l")
        sitting.showing(LockScreen)
        await sitting.fill(LEE_PIN)
        assert "recording ..." not in sitting.words
        assert "no coordinator approved it" in sitting.words


async def test_a_lock_stays_in_front_of_a_session_that_is_planned_behind_it(
    desk: Desk, folder: Path
) -> None:
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(PlanScreen())
        await sitting.press("space", "enter", "ctrl+u")
        await sitting.type("2026-09-20 08:00")
        await sitting.press("ctrl+s")
        sitting.showing(FormDialog)
        async with sitting.slow_desk():
            await sitting.press_meanwhile("enter", "ctrl+l")
            sitting.showing(LockScreen)
        assert desk.sessions
        sitting.showing(LockScreen)
        await sitting.fill(LEE_PIN)
        sitting.showing(SessionRosterScreen)
