"""How much time was lost: what a candidate's own clock ran, and no more."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import testing as c
from cptkiosk.domain.state.lost_time import measure_lost_time
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import HOUR_MS, MINUTE_MS
from support.center import DANA, LEE
from support.exams import irregularity
from support.sessions import (
    a_session,
    advance,
    attempt,
    halted,
    hand_clock,
    line,
    resumed,
)
from support.verdicts import keys

P1 = keys("P1")


def lost(desk: Desk, who: str = "P1") -> dict[str, float]:
    """Return the credit offered to a candidate, in minutes."""
    offers = measure_lost_time(desk.session("a"), attempt(desk, who), line(desk))
    return {one.words: one.ms / MINUTE_MS for one in offers}


@pytest.fixture
def noise(desk: Desk) -> Desk:
    """P1 and P2 have been testing for ten minutes when it gets noisy for P1."""
    a_session(desk, 2)
    advance(desk, 10 * MINUTE_MS)
    desk.perform(irregularity(), LEE)
    return desk


SINCE = "since irregularity ENV-NOISE"


def test_time_run_since_an_irregularity_is_measured(noise: Desk) -> None:
    advance(noise, 4 * MINUTE_MS)

    assert lost(noise) == {SINCE: 4}
    assert lost(noise, "P2") == {}


def test_a_pause_since_then_cost_no_time(noise: Desk) -> None:
    advance(noise, MINUTE_MS)
    noise.perform(c.BeginPause(**P1, reason="moved"), LEE)
    advance(noise, 5 * MINUTE_MS)
    noise.perform(c.EndPause(**P1), LEE)
    advance(noise, MINUTE_MS)

    assert lost(noise) == {SINCE: 2}


def test_a_halt_since_then_cost_no_time(noise: Desk) -> None:
    advance(noise, MINUTE_MS)
    halted(noise, "a")
    advance(noise, 5 * MINUTE_MS)
    resumed(noise)
    advance(noise, MINUTE_MS)

    assert lost(noise) == {SINCE: 2}


@pytest.mark.parametrize("step_ms", [HOUR_MS, -HOUR_MS])
def test_a_wall_clock_that_is_set_since_then_changes_nothing(
    noise: Desk, step_ms: int
) -> None:
    hand_clock(noise).step_wall(step_ms)
    advance(noise, 4 * MINUTE_MS)

    assert lost(noise) == {SINCE: 4}


@pytest.mark.parametrize("step_ms", [HOUR_MS, -HOUR_MS])
def test_a_wall_clock_that_was_set_before_changes_nothing(
    desk: Desk, step_ms: int
) -> None:
    a_session(desk, 2)
    hand_clock(desk).step_wall(step_ms)
    advance(desk, 10 * MINUTE_MS)
    desk.perform(irregularity(), LEE)
    advance(desk, 4 * MINUTE_MS)

    assert lost(desk) == {SINCE: 4}


def test_an_incident_before_the_start_costs_no_time(desk: Desk) -> None:
    a_session(desk, 1, Stage.CHECK_IN)
    advance(desk, 30 * MINUTE_MS)
    seat_and_start(desk)
    began = irregularity(happened_at_utc_ms=desk.now().utc_ms - 20 * MINUTE_MS)
    desk.perform(began, LEE)
    advance(desk, 3 * MINUTE_MS)

    assert lost(desk) == {SINCE: 3}


def seat_and_start(desk: Desk) -> None:
    from support.sessions import attempt_id, seated, started

    seated(desk, "a", attempt_id("P1"))
    started(desk, "a")


def test_the_last_break_is_measured_while_it_lasts_and_after(desk: Desk) -> None:
    a_session(desk, 1)
    advance(desk, 10 * MINUTE_MS)
    desk.perform(c.BeginBreak(**P1), LEE)
    advance(desk, 3 * MINUTE_MS)
    assert lost(desk) == {"last break": 3}

    desk.perform(c.EndBreak(**P1), LEE)
    advance(desk, 8 * MINUTE_MS)
    assert lost(desk) == {"last break": 3}


def test_minutes_that_were_written_down_are_offered_as_they_are(desk: Desk) -> None:
    a_session(desk, 1)
    desk.perform(irregularity(minutes_lost=6), DANA)

    assert lost(desk) == {"ENV-NOISE, time lost": 6}
