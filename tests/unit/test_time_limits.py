"""Accommodations, breaks, pauses and credits, each to the millisecond."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.halt import HaltSession, ResumeSession
from cptkiosk.domain.commands.testing import (
    BeginBreak,
    BeginPause,
    EndEarly,
    EndPause,
    EndSession,
    FinishAttempt,
    GiveCredit,
)
from cptkiosk.domain.time.timing import allowed_ms, clock_text
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.services.assignment import build_assignment
from support.center import DANA, LEE
from support.exams import allowed, begun, planned, refusal, registered
from support.sessions import advance, attempt_id, left_ms, line, progress

A = "a"
P1, P2 = attempt_id("P1"), attempt_id("P2")
ONE: AboutAttempt = {"session_id": A, "attempt_id": P1}


# Time


@pytest.mark.parametrize(
    ("permille", "text", "exact"),
    [
        (1000, "1:30:00", 5_400_000),
        (1250, "1:52:30", 6_750_000),
        (1333, "1:59:59", 7_198_200),
        (1500, "2:15:00", 8_100_000),
        (2000, "3:00:00", 10_800_000),
        (3000, "4:30:00", 16_200_000),
        (0, "24:00:00", 86_400_000),
    ],
)
def test_an_accommodation_ends_to_the_millisecond(
    desk: Desk, permille: int, text: str, exact: int
) -> None:
    registered(desk, "P1", factor_permille=permille)
    begun(desk, A)
    assert allowed_ms(90, permille) == exact
    assert clock_text(exact) == text

    advance(desk, exact - 1)
    assert progress(desk, "P1") == "testing"
    advance(desk, 1)
    assert progress(desk, "P1") == "time-up"
    advance(desk, 61_000)
    assert clock_text(left_ms(desk, "P1")) == "+1:01"


@pytest.mark.parametrize(
    ("permille", "may"),
    [(999, False), (1000, True), (5000, True), (5001, False), (1, False), (-1, False)],
)
def test_extra_time_has_a_range(desk: Desk, permille: int, may: bool) -> None:
    registered(desk, "P1", factor_permille=permille)
    planned(desk, A)

    assert allowed(desk, build_assignment(desk, A, "P1", "safety")) is may


@pytest.mark.parametrize("end_early", [False, True])
def test_time_up_is_computed_from_the_record_and_waits_for_an_answer(
    running: Desk, end_early: bool
) -> None:
    advance(running, 90 * MINUTE_MS)
    assert progress(running, "P1") == "time-up"
    assert not allowed(running, EndSession(session_id=A))
    assert not allowed(running, BeginBreak(**ONE))

    if end_early:
        running.perform(
            EndEarly(**ONE, outcome="interrupted", reason="froze at the end"), LEE
        )
    else:
        running.perform(FinishAttempt(**ONE), LEE)
    assert allowed(running, EndSession(session_id=A))


@pytest.mark.parametrize(("left", "may"), [(1, True), (0, False), (-1, False)])
def test_a_break_and_a_pause_begin_until_the_last_millisecond(
    running: Desk, left: int, may: bool
) -> None:
    advance(running, 90 * MINUTE_MS - left)

    assert allowed(running, BeginBreak(**ONE)) is may
    assert allowed(running, BeginPause(**ONE, reason="froze")) is may


def test_stops_that_overlap_count_once(running: Desk) -> None:
    minutes = MINUTE_MS
    advance(running, 10 * minutes)
    running.perform(BeginPause(**ONE, reason="froze"), LEE)
    advance(running, 3 * minutes)
    running.perform(HaltSession(session_id=A, reason="alarm", ago_ms=5 * minutes), LEE)
    advance(running, 4 * minutes)
    running.perform(EndPause(**ONE), LEE)
    advance(running, 2 * minutes)
    running.perform(ResumeSession(session_id=A, back=(P1,)), LEE)
    advance(running, minutes)

    # It ran from 0 to 8 and from 19 to 20; the pause from 10 to 17 lay within the halt.
    assert left_ms(running, "P1") == (90 - 8 - 1) * minutes


def test_a_stop_clock_break_needs_its_approval(desk: Desk) -> None:
    registered(desk, "P1")
    registered(desk, "P2", stop_clock=True)
    begun(desk, A)
    command = BeginPause(**ONE, reason="insulin", kind="stop-clock break")
    assert "no approved stop-clock break" in refusal(desk, command, DANA)

    begun(desk, "b", "P2")
    other = {"session_id": "b", "attempt_id": P2}
    desk.perform(BeginPause(**other, reason="insulin", kind="stop-clock break"), LEE)
    before = desk.session("b").left_ms(desk.session("b").attempts[P2], line(desk, "b"))
    advance(desk, 10 * MINUTE_MS)
    session = desk.session("b")
    assert session.left_ms(session.attempts[P2], line(desk, "b")) == before


# Credits


def credit(ms: int) -> GiveCredit:
    return GiveCredit(**ONE, credit_ms=ms, reason="noise")


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("ms", "proctor"), [(15 * MINUTE_MS, True), (15 * MINUTE_MS + 1000, False)]
)
def test_a_proctor_gives_or_takes_up_to_a_quarter_of_an_hour(
    running: Desk, ms: int, proctor: bool, sign: int
) -> None:
    assert allowed(running, credit(sign * ms), LEE) is proctor
    assert allowed(running, credit(sign * ms), DANA)


def test_credits_reach_the_limit_together(running: Desk) -> None:
    running.perform(credit(10 * MINUTE_MS), LEE)
    assert allowed(running, credit(5 * MINUTE_MS), LEE)
    assert not allowed(running, credit(5 * MINUTE_MS + 1), LEE)


@pytest.mark.parametrize(("left", "proctor"), [(1, True), (0, False), (-60_000, False)])
def test_after_time_is_up_a_credit_is_the_coordinators(
    running: Desk, left: int, proctor: bool
) -> None:
    advance(running, 90 * MINUTE_MS - left)

    assert allowed(running, credit(MINUTE_MS), LEE) is proctor
    running.perform(credit(MINUTE_MS), DANA)
    assert left_ms(running, "P1") == left + MINUTE_MS


@pytest.mark.parametrize(("ms", "may"), [(-60_000, True), (-60_001, False)])
def test_no_credit_leaves_less_than_nothing(running: Desk, ms: int, may: bool) -> None:
    advance(running, 89 * MINUTE_MS)
    assert allowed(running, credit(ms), DANA) is may
