"""When time is given back, which minutes are announced again."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.halt import ResumeSession
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.commands.testing import Announce, BeginBreak, GiveCredit
from cptkiosk.domain.values import MINUTE_MS
from support.center import DANA, LEE
from support.exams import allowed, compared, refusal
from support.sessions import (
    a_session,
    advance,
    attempt,
    attempt_id,
    halted,
    hand_clock,
    left_ms,
)

A = "a"
ONE: AboutAttempt = {"session_id": A, "attempt_id": attempt_id("P1")}


def announce(desk: Desk, minutes: int) -> None:
    told = (attempt_id("P1"),)
    command = Announce(session_id=A, minutes=minutes, attempt_ids=told)
    desk.perform(command, LEE)


def announced(desk: Desk) -> frozenset[int]:
    return attempt(desk, "P1").announced


@pytest.fixture
def nearly_over(desk: Desk) -> Desk:
    """P1 has 4 minutes left, and has heard of 30, 10 and 5."""
    a_session(desk, 1)
    for gone, minutes in ((60, 30), (20, 10), (5, 5)):
        advance(desk, gone * MINUTE_MS)
        announce(desk, minutes)
    advance(desk, MINUTE_MS)
    return desk


def test_minutes_are_announced_again_after_a_halt_that_was_dated_back(
    nearly_over: Desk,
) -> None:
    halted(nearly_over, A, ago_ms=8 * MINUTE_MS)

    assert left_ms(nearly_over, "P1") == 12 * MINUTE_MS
    assert announced(nearly_over) == {30}
    back = ResumeSession(session_id=A, back=(attempt_id("P1"),))
    nearly_over.perform(back, LEE)
    advance(nearly_over, 2 * MINUTE_MS)
    announce(nearly_over, 10)


def test_a_halt_from_now_on_lets_no_announcement_be_made_again(
    nearly_over: Desk,
) -> None:
    halted(nearly_over, A)

    assert announced(nearly_over) == {30, 10, 5}


def test_minutes_are_announced_again_once_time_taken_off_is_given_back(
    desk: Desk,
) -> None:
    a_session(desk, 1)
    advance(desk, 78 * MINUTE_MS)
    taken = GiveCredit(**ONE, credit_ms=-7 * MINUTE_MS, reason="too much")
    desk.perform(taken, LEE)
    announce(desk, 5)
    desk.perform(UndoStep(session_id=A), LEE)

    assert left_ms(desk, "P1") == 12 * MINUTE_MS
    assert not announced(desk)


def test_an_undo_that_gives_nothing_back_repeats_no_early_announcement(
    desk: Desk,
) -> None:
    a_session(desk, 1)
    advance(desk, 59 * MINUTE_MS)
    announce(desk, 30)
    desk.perform(BeginBreak(**ONE), LEE)
    desk.perform(UndoStep(session_id=A), LEE)

    assert announced(desk) == {30}


def test_minutes_are_announced_again_if_the_room_clock_is_behind(desk: Desk) -> None:
    a_session(desk, 1)
    advance(desk, 50 * MINUTE_MS)
    desk.boots.beat()
    hand_clock(desk).reboot(12 * MINUTE_MS)
    desk.boots.attach()
    advance(desk, 18 * MINUTE_MS)
    announce(desk, 10)
    desk.perform(compared(-5 * MINUTE_MS), DANA)

    assert left_ms(desk, "P1") == 15 * MINUTE_MS
    assert not announced(desk)


@pytest.mark.parametrize(("seconds_late", "may"), [(60, True), (61, False)])
def test_minutes_are_announced_as_long_as_they_are_not_missed(
    desk: Desk, seconds_late: int, may: bool
) -> None:
    a_session(desk, 1)
    advance(desk, 60 * MINUTE_MS + seconds_late * 1000)
    told = (attempt_id("P1"),)

    command = Announce(session_id=A, minutes=30, attempt_ids=told)
    assert allowed(desk, command) is may
    if not may:
        assert "It is too late: FamilyP1, Kim has only 0:28:59 left." in refusal(
            desk, command
        )
