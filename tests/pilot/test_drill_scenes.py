"""The line of a rehearsal: in sight until the record answers it."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from cptkiosk.definitions.load import load_definitions
from cptkiosk.desk import Desk
from cptkiosk.domain.commands.checkin import OpenCheckIn
from cptkiosk.domain.commands.testing import StartSession
from cptkiosk.domain.rules.checkin import ROOM_CHECKS
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS, Actor
from cptkiosk.drill import scenario_catalog
from cptkiosk.drill.checkin import check_in_one
from cptkiosk.drill.director import Director
from cptkiosk.drill.sample_center import make_center
from cptkiosk.drill.scenario_run import Outcome
from cptkiosk.drill.scenario_steps import Scene
from cptkiosk.drill.simulated_proctor import HandClock, SimulatedProctor
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ui.screens.testing.screen import TestingScreen
from support.sitting import SMALL, Sitting, sit_down

SEED = 3
SIZES = [(80, 24), (120, 40)]


class Day(NamedTuple):
    """A staged day at Today, and the parts of it."""

    desk: Desk
    clock: HandClock
    actor: Actor
    session_id: str
    folder: Path


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    clock = HandClock(1_800_000_000_000)
    with closing(Ledger(tmp_path / "ledger.db", "test")) as ledger:
        desk = Desk(ledger, clock, load_definitions())
        actor, session_id = make_center(desk, SEED, 8)
        yield Day(desk, clock, actor, session_id, tmp_path)


def running(day: Day, minutes: int) -> None:
    """Seat everybody, start, and let minutes pass."""
    desk, clock, actor, session_id, _ = day
    hands = SimulatedProctor(desk, clock, session_id, actor, print)
    about = {"session_id": session_id}
    opened = OpenCheckIn(**about, room_checks=ROOM_CHECKS, no_conflicts_declared=True)
    desk.perform(opened, actor)
    for one in desk.session(session_id).attempts:
        check_in_one(hands, one, 0, Random(1))
    desk.perform(StartSession(session_id=session_id), actor)
    clock.advance(minutes * MINUTE_MS)


@asynccontextmanager
async def attending(
    day: Day, *scenes: Scene, size: tuple[int, int] = SMALL, speed: int = 1
) -> AsyncIterator[tuple[Sitting, Director]]:
    """Sit down at the kiosk of a rehearsal."""
    desk, _, actor, session_id, folder = day
    director = Director(desk, session_id, scenes, SEED, speed)
    kiosk = sit_down(desk, folder, actor, size, rehearsal_lines=director.due_words)
    async with kiosk as sitting:
        yield sitting, director


def line_with(frame: str, words: str) -> int:
    return next(n for n, line in enumerate(frame.splitlines()) if words in line)


@pytest.mark.parametrize("size", SIZES)
async def test_an_incident_stays_in_sight_until_it_is_answered(
    day: Day, size: tuple[int, int]
) -> None:
    desk, _, _, session_id, _ = day
    running(day, 30)
    async with attending(day, scenario_catalog.ALARM, size=size) as (kiosk, director):
        await kiosk.show(TestingScreen(session_id))
        assert "REHEARSAL  The" not in kiosk.words
        day.clock.advance(25 * MINUTE_MS)
        kiosk.app.redraw_time()
        await kiosk.settle()

        assert "REHEARSAL The fire alarm sounds." in kiosk.words

        await kiosk.press("h")
        await kiosk.press("enter")

        assert desk.session(session_id).stage is Stage.HALTED
        assert "The fire alarm sounds." not in kiosk.frame
        assert not director.plays[0].in_sight


async def test_it_goes_away_when_its_time_is_over(
    day: Day,
) -> None:
    session_id = day.session_id
    running(day, 55)
    async with attending(day, scenario_catalog.ALARM) as (kiosk, director):
        await kiosk.show(TestingScreen(session_id))
        assert "The fire alarm sounds." in kiosk.frame
        day.clock.advance(4 * MINUTE_MS)
        kiosk.app.redraw_time()
        await kiosk.settle()

        assert "The fire alarm sounds." not in kiosk.frame
        assert director.plays[0].outcome is Outcome.MISSED


@pytest.mark.parametrize("size", SIZES)
async def test_it_covers_neither_next_nor_the_status_line(
    day: Day, size: tuple[int, int]
) -> None:
    session_id = day.session_id
    running(day, 30)
    scenes = (scenario_catalog.ALARM, scenario_catalog.FROZEN)
    async with attending(day, *scenes, size=size, speed=60) as (kiosk, _):
        await kiosk.show(TestingScreen(session_id))
        quiet = kiosk.frame.splitlines()
        day.clock.advance(7 * MINUTE_MS)
        kiosk.app.redraw_time()
        day.clock.advance(16 * MINUTE_MS)
        kiosk.app.redraw_time()
        kiosk.app.status.say("14:02:31  #1042  break started", "ok", synced=True)
        await kiosk.settle()
        lines = kiosk.frame.splitlines()
        alarm = line_with(kiosk.frame, "The fire alarm sounds.")

        assert lines[2].strip().startswith("Next:")
        assert lines[:2] == quiet[:2] or lines[1] == quiet[1]
        assert lines[-1] == quiet[-1]
        assert "#1042" in lines[-2]
        assert "freezes" in "\n".join(lines[alarm + 1 : -2])
        assert lines[alarm].split()[0] == "REHEARSAL"


async def test_it_takes_no_key(day: Day) -> None:
    desk, _, _, session_id, _ = day
    running(day, 55)
    async with attending(day, scenario_catalog.ALARM) as (kiosk, _):
        await kiosk.show(TestingScreen(session_id))
        assert "The fire alarm sounds." in kiosk.frame
        await kiosk.press("b")

        assert any(one.on_break for one in desk.session(session_id).attempts.values())


async def test_it_stays_in_sight_on_the_lock_and_other_screens(
    day: Day,
) -> None:
    session_id = day.session_id
    running(day, 55)
    async with attending(day, scenario_catalog.ALARM) as (kiosk, _):
        assert "The fire alarm sounds." in kiosk.frame
        await kiosk.show(TestingScreen(session_id))
        await kiosk.press("ctrl+l")

        assert "Lock" in type(kiosk.screen).__name__
        assert "The fire alarm sounds." in kiosk.frame


@pytest.mark.parametrize("size", SIZES)
async def test_the_first_screen_says_how_fast_the_clock_runs(
    day: Day, size: tuple[int, int]
) -> None:
    async with attending(day, *scenario_catalog.ALWAYS, size=size, speed=20) as (
        kiosk,
        _,
    ):
        assert (
            "REHEARSAL The clock runs 20 times as fast (to change: drill --speed 1 or 60"
            in kiosk.words
        )
        assert "appear on this line, and come before Next." in kiosk.words


async def test_a_name_with_markup_is_shown_as_it_is(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, _, _, session_id, _ = day
    running(day, 1)
    async with attending(day, scenario_catalog.RESTROOM) as (kiosk, director):
        fox = next(
            key
            for key, one in desk.session(session_id).attempts.items()
            if "Fox" in one.person.text
        )

        def choose(found: Sequence[Attempt]) -> Attempt:
            return next(one for one in found if one.attempt_id == fox)

        monkeypatch.setattr(director.plays[0]._rng, "choice", choose)
        day.clock.advance(25 * MINUTE_MS)
        kiosk.app.redraw_time()
        await kiosk.settle()

        assert "Fox, Robin asks to use the restroom." in kiosk.frame


async def test_a_kiosk_at_work_has_no_such_line(
    day: Day,
) -> None:
    desk, _, actor, session_id, folder = day
    running(day, 55)
    async with sit_down(desk, folder, actor) as kiosk:
        await kiosk.show(TestingScreen(session_id))

        assert not kiosk.screen.query_one("RehearsalBar").display
