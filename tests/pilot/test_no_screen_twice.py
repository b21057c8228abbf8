"""No screen of a session is open twice: Esc never leads to the same one again."""

from collections import Counter
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.checkin import ExpectLate
from cptkiosk.domain.commands.testing import FinishAttempt
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.ui.screens.muster import MusterScreen
from cptkiosk.ui.screens.scores.screen import ScoresScreen
from cptkiosk.ui.screens.testing.screen import TestingScreen
from cptkiosk.ui.screens.today import TodayScreen
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from support.center import LEE
from support.sessions import (
    a_session,
    attempt,
    attempt_id,
    opened,
    planned,
    seated,
    started,
)
from support.sitting import Sitting, sit_down


def each_once(sitting: Sitting) -> None:
    """Check that no kind of screen is on the stack twice."""
    kinds = Counter(type(one).__name__ for one in sitting.app.screen_stack)
    assert not [kind for kind, count in kinds.items() if count > 1], kinds


async def test_a_late_start_leads_back_to_the_testing_screen_it_came_from(
    desk: Desk, folder: Path
) -> None:
    planned(desk, ("P1", "P2"), "a", "safety")
    opened(desk, "a")
    seated(desk, "a", attempt_id("P1"))
    late = {"session_id": "a", "attempt_id": attempt_id("P2")}
    desk.perform(ExpectLate(**late), LEE)
    started(desk, "a")
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(TestingScreen("a"))
        testing = sitting.screen
        await sitting.press("end", "l")
        for _ in range(8):
            await sitting.press("enter")
            each_once(sitting)
            await sitting.press("space")
            if attempt(desk, "P2").standing is AttemptProgress.SEATED:
                break
        await sitting.press("enter")
        assert sitting.screen is testing
        assert sitting.screen.query_one(FilterableTable).cursor_key == attempt_id("P2")
        await sitting.press("escape")
        sitting.showing(TodayScreen)


@pytest.mark.parametrize(
    "keys",
    [
        ["I", "I"],
        ["g", "I", "I"],
        ["g", "enter", "g"],
        ["h", "enter", "I", "escape", "f8", "h"],
        ["h", "enter", "enter", "enter", "h", "enter", "enter"],
        ["h", "enter", "escape", "enter", "enter", "escape", "h"],
    ],
)
async def test_no_way_leads_to_a_screen_that_is_open_already(
    desk: Desk, folder: Path, keys: list[str]
) -> None:
    a_session(desk, 2)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(TestingScreen("a"))
        for key in keys:
            await sitting.press(key)
            each_once(sitting)


async def test_a_halt_from_a_question_over_the_muster_opens_no_second_one(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 2)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(TestingScreen("a"))
        await sitting.press("h", "enter")
        sitting.showing(MusterScreen)
        await sitting.press("enter", "f8")
        each_once(sitting)


async def test_scores_opened_while_testing_lead_back_to_testing(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 2)
    desk.perform(FinishAttempt(session_id="a", attempt_id=attempt_id("P1")), LEE)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(TestingScreen("a"))
        await sitting.press("g")
        sitting.showing(ScoresScreen)
        await sitting.press("enter")
        each_once(sitting)
