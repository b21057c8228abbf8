"""One clock for the testing screen, the wall and a locked terminal."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import testing as c
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.services.assignment import build_assignment
from cptkiosk.ui.screens.testing.screen import TestingScreen
from cptkiosk.ui.session_clock_text import face_text, running_clocks
from cptkiosk.ui.widgets.big_clock import BigClock
from support.center import DANA, LEE
from support.screens import screen_for
from support.sessions import (
    COUNTDOWN_MS,
    a_session,
    advance,
    attempt_id,
    halted,
    line,
    opened,
    planned,
    seated,
    started,
)
from support.sitting import Sitting, sit_down


@asynccontextmanager
async def on_the_wall(
    desk: Desk, folder: Path, session_id: str = ""
) -> AsyncIterator[Sitting]:
    wall = sit_down(desk, folder, None, wall=True, wall_session=session_id)
    async with wall as at:
        yield at


def face(desk: Desk) -> str:
    return face_text(desk.session("a"), line(desk))


def credited(desk: Desk, participant_id: str, minutes: int) -> None:
    desk.perform(
        c.GiveCredit(
            session_id="a",
            attempt_id=attempt_id(participant_id),
            credit_ms=minutes * MINUTE_MS,
            reason="?",
        ),
        LEE,
    )


async def test_the_wall_counts_for_who_still_has_time_once_others_have_none(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 3)
    credited(desk, "P2", 10)
    advance(desk, 95 * MINUTE_MS)
    async with on_the_wall(desk, folder) as at:
        assert at.screen.query_one(BigClock).text == "0:05:00"
        assert "time is up for 2 people" in at.words
    async with sit_down(desk, folder, LEE) as at:
        await at.show(screen_for("testing", "a"))
        assert at.screen.query_one(BigClock).text == "0:05:00"
    assert running_clocks(desk)[0].startswith("Morning: 0:05:00 left; first ends at ")


def test_the_clock_counts_on_from_the_last_end_once_time_is_up(desk: Desk) -> None:
    a_session(desk, 2)
    credited(desk, "P2", 4)
    advance(desk, 95 * MINUTE_MS)
    assert face(desk) == "+1:00"
    assert running_clocks(desk) == ["Morning: time is up, +1:00"]


def test_no_clock_runs_out_if_all_candidates_are_untimed(desk: Desk) -> None:
    planned(desk, ("P1",), "a", "safety")
    command = replace(build_assignment(desk, "a", "P1", "safety"), factor_permille=0)
    desk.perform(command, DANA)
    opened(desk, "a")
    seated(desk, "a", attempt_id("P1"))
    started(desk, "a")
    assert face(desk) == "no clock running"


def test_the_countdown_is_no_time_left(desk: Desk) -> None:
    a_session(desk, 1, Stage.CHECK_IN)
    seated(desk, "a", attempt_id("P1"))
    desk.perform(c.StartSession(session_id="a"), LEE)
    advance(desk, COUNTDOWN_MS - 8000)
    assert face(desk) == "-0:00:08"
    assert running_clocks(desk) == ["Morning: starts in 0:00:08"]


async def test_the_wall_shows_sessions_in_turn_and_says_which(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 1)
    advance(desk, 20 * MINUTE_MS)
    a_session(desk, 2, session_id="b", module="quality")
    async with on_the_wall(desk, folder) as at:
        seen = set()
        for _ in range(2):
            at.app.redraw_time()
            await at.settle()
            words = at.words
            (at_name,) = (one for one in ("Safety", "Quality") if one in words)
            seen.add((at_name, at.screen.query_one(BigClock).text[:4]))
            assert "of 2" in words
            advance(desk, 10_000)
        assert seen == {("Safety", "1:09"), ("Quality", "1:29")}


@pytest.mark.parametrize(("named", "module"), [("a", "Safety"), ("b", "Quality")])
async def test_the_wall_of_a_room_shows_only_its_session(
    desk: Desk, folder: Path, named: str, module: str
) -> None:
    a_session(desk, 1)
    a_session(desk, 2, session_id="b", module="quality")
    async with on_the_wall(desk, folder, named) as at:
        for _ in range(3):
            at.app.redraw_time()
            await at.settle()
            assert module in at.words
            assert "of 2" not in at.words
            advance(desk, 10_000)


async def test_the_wall_of_a_session_that_is_over_says_so(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 1, Stage.ENDED)
    a_session(desk, 2, session_id="b", module="quality")
    async with on_the_wall(desk, folder, "a") as at:
        assert "Morning is not running" in at.words
        assert "Quality" not in at.words


async def test_a_halted_testing_screen_looks_like_one(desk: Desk, folder: Path) -> None:
    a_session(desk, 1)
    async with sit_down(desk, folder, LEE) as at:
        await at.show(screen_for("testing", "a"))
        assert not at.screen.has_class("-halted")
        calm = at.screen.query_one(BigClock).styles.color
        halted(desk, "a")
        at.app.redraw_front()
        await at.settle()
        at.showing(TestingScreen)
        assert at.screen.query_one(BigClock).styles.color != calm
