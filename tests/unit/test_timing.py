"""Time left, to the millisecond: the arithmetic, and through the desk."""

from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.checkin import ArriveLate, ExpectLate
from cptkiosk.domain.commands.halt import HaltSession
from cptkiosk.domain.commands.planning import AssignAttempt
from cptkiosk.domain.commands.testing import (
    BeginBreak,
    BeginPause,
    EndBreak,
    EndPause,
    FinishAttempt,
    GiveCredit,
    NoteVendorClock,
    StartLate,
    StartSession,
)
from cptkiosk.domain.events.testing import VendorClockNoted
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import HOUR_MS, MINUTE_MS
from cptkiosk.services.assignment import build_assignment
from support.center import LEE
from support.sessions import (
    COUNTDOWN_MS,
    a_session,
    advance,
    attempt,
    attempt_id,
    halted,
    left_ms,
    line,
    opened,
    planned,
    progress,
    register,
    resumed,
    seated,
    started,
)
from support.verdicts import keys, refuses

A = "a"
FULL_MS = 90 * MINUTE_MS


# Arithmetic


@pytest.mark.parametrize(
    ("permille", "text"),
    [
        (1000, "1:30:00"),
        (1250, "1:52:30"),
        (1500, "2:15:00"),
        (2000, "3:00:00"),
        (3000, "4:30:00"),
        (1001, "1:30:06"),
    ],
)
def test_a_factor_is_exact(permille: int, text: str) -> None:
    allowed_ms = timing.allowed_ms(90, permille)

    assert allowed_ms * 1000 == 90 * MINUTE_MS * permille
    assert timing.clock_text(allowed_ms) == text


@pytest.mark.parametrize(
    ("intervals", "total"),
    [
        ([], 0),
        ([(10, 20)], 10),
        ([(10, 20), (15, 30)], 20),
        ([(15, 30), (10, 20)], 20),
        ([(10, 40), (15, 20)], 30),
        ([(10, 40), (10, 20), (10, 40)], 30),
        ([(10, 20), (20, 30)], 20),
        ([(10, None), (20, 30)], 90),
        ([(20, 30), (10, None), (95, None)], 90),
        ([(-50, 5)], 5),
        ([(-50, -5)], 0),
        ([(95, 200)], 5),
        ([(150, 200)], 0),
        ([(150, None)], 0),
        ([(30, 10)], 0),
    ],
)
def test_overlapping_stops_count_once_and_only_inside(
    intervals: Any, total: int
) -> None:
    assert timing.union_ms(intervals, 0, 100) == total


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (FULL_MS, "1:30:00"),
        (FULL_MS - 1, "1:30:00"),
        (FULL_MS - 1000, "1:29:59"),
        (60_000, "0:01:00"),
        (1000, "0:00:01"),
        (1, "0:00:01"),
        (0, "0:00:00"),
        (-1, "0:00:00"),
        (-999, "0:00:00"),
        (-1000, "+0:01"),
        (-61_999, "+1:01"),
        (-3_599_999, "+59:59"),
        (-3_600_000, "+1:00:00"),
        (-4_257_000, "+1:10:57"),
    ],
)
def test_a_remaining_time_shows_zero_only_when_it_is(ms: int, text: str) -> None:
    assert timing.clock_text(ms) == text


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "0:00"),
        (999, "0:00"),
        (59_999, "0:59"),
        (60_000, "1:00"),
        (3_599_999, "59:59"),
        (3_600_000, "1:00:00"),
        (-61_000, "-1:01"),
    ],
)
def test_a_duration_is_rounded_down(ms: int, text: str) -> None:
    assert timing.span_text(ms) == text


# Through the desk


def test_nobodys_time_runs_during_the_countdown(desk: Desk) -> None:
    a_session(desk, stage=Stage.CHECK_IN, people=1)
    seated(desk, A, attempt_id("P1"))
    desk.perform(StartSession(session_id=A), LEE)
    advance(desk, COUNTDOWN_MS - 1)

    assert left_ms(desk, "P1") == FULL_MS
    advance(desk, 2)
    assert left_ms(desk, "P1") == FULL_MS - 1


@pytest.mark.parametrize(
    ("left", "stands"), [(1, "testing"), (0, "time-up"), (-1, "time-up")]
)
def test_time_is_up_at_zero_and_not_a_millisecond_before(
    desk: Desk, left: int, stands: str
) -> None:
    a_session(desk)
    advance(desk, FULL_MS - left)

    assert left_ms(desk, "P1") == left
    assert progress(desk, "P1") == stands


@pytest.mark.parametrize("permille", [1250, 1500, 3000])
def test_extra_time_ends_when_it_should(desk: Desk, permille: int) -> None:
    register(desk, ("P1",), "safety")
    a_session(desk, stage=Stage.PLANNED, people=1)
    command = build_assignment(desk, A, "P1", "safety")
    desk.perform(AssignAttempt(**{**vars(command), "factor_permille": permille}), LEE)
    opened(desk, A)
    seated(desk, A, attempt_id("P1"))
    started(desk, A)
    advance(desk, FULL_MS * permille // 1000 - 1)

    assert progress(desk, "P1") == "testing"
    advance(desk, 1)
    assert progress(desk, "P1") == "time-up"


def test_a_break_stops_nothing(desk: Desk) -> None:
    a_session(desk)
    desk.perform(BeginBreak(**keys("P1")), LEE)
    advance(desk, 300_000)
    desk.perform(EndBreak(**keys("P1")), LEE)

    assert left_ms(desk, "P1") == FULL_MS - 300_000


def test_a_pause_stops_one_clock_and_a_halt_all_and_both_count_once(desk: Desk) -> None:
    a_session(desk, 2)
    advance(desk, 10 * MINUTE_MS)
    desk.perform(BeginPause(**keys("P1"), reason="froze"), LEE)
    advance(desk, 5 * MINUTE_MS)
    halted(desk, A)
    advance(desk, 7 * MINUTE_MS)
    desk.perform(EndPause(**keys("P1")), LEE)
    advance(desk, 3 * MINUTE_MS)
    resumed(desk)
    advance(desk, 2 * MINUTE_MS)

    assert left_ms(desk, "P1") == FULL_MS - 12 * MINUTE_MS
    assert left_ms(desk, "P2") == FULL_MS - 17 * MINUTE_MS


def test_a_halt_dated_back_gives_the_time_since_the_alarm_back(desk: Desk) -> None:
    a_session(desk)
    advance(desk, 20 * MINUTE_MS)
    halted(desk, A, ago_ms=90_000)
    advance(desk, 10 * MINUTE_MS)

    assert left_ms(desk, "P1") == FULL_MS - 20 * MINUTE_MS + 90_000


def test_a_halt_dated_back_takes_a_time_up_back_that_came_after_the_alarm(
    desk: Desk,
) -> None:
    a_session(desk)
    advance(desk, FULL_MS + 1000)
    assert progress(desk, "P1") == "time-up"

    halted(desk, A, ago_ms=61_000)

    assert progress(desk, "P1") == "halted"
    assert left_ms(desk, "P1") == MINUTE_MS


def test_a_halt_dated_back_leaves_a_finish_that_came_after_the_alarm(
    desk: Desk,
) -> None:
    a_session(desk)
    advance(desk, 10 * MINUTE_MS)
    desk.perform(FinishAttempt(**keys("P1")), LEE)
    advance(desk, 30_000)
    halted(desk, A, ago_ms=MINUTE_MS)

    one, session = attempt(desk, "P1"), desk.session(A)
    assert session.elapsed_ms(one, line(desk)) == 9 * MINUTE_MS + 30_000


@pytest.mark.parametrize(("ago_ms", "possible"), [(60_000, True), (60_001, False)])
def test_a_halt_is_not_dated_back_before_the_start(
    desk: Desk, ago_ms: int, possible: bool
) -> None:
    a_session(desk)
    advance(desk, MINUTE_MS)

    if possible:
        halted(desk, A, ago_ms)
        assert left_ms(desk, "P1") == FULL_MS
    else:
        with refuses("at most 1:00"):
            halted(desk, A, ago_ms)


def test_a_proctor_does_not_date_a_halt_back_into_the_one_before(desk: Desk) -> None:
    a_session(desk)
    advance(desk, 10 * MINUTE_MS)
    halted(desk, A)
    advance(desk, MINUTE_MS)
    resumed(desk)
    advance(desk, 30_000)

    with refuses("Only a coordinator can backdate a halt to before the last resume"):
        halted(desk, A, ago_ms=30_001)
    halted(desk, A, ago_ms=30_000)
    assert left_ms(desk, "P1") == FULL_MS - 10 * MINUTE_MS


def test_a_late_start_runs_on_its_own_clock(desk: Desk) -> None:
    planned(desk, ("P1", "P2"), A, "safety")
    opened(desk, A)
    seated(desk, A, attempt_id("P1"))
    desk.perform(ExpectLate(**keys("P2")), LEE)
    started(desk, A)
    advance(desk, 7 * MINUTE_MS)
    desk.perform(ArriveLate(**keys("P2")), LEE)
    seated(desk, A, attempt_id("P2"))
    advance(desk, MINUTE_MS)
    desk.perform(StartLate(**keys("P2")), LEE)
    advance(desk, MINUTE_MS)

    assert left_ms(desk, "P1") == FULL_MS - 9 * MINUTE_MS
    assert left_ms(desk, "P2") == FULL_MS - MINUTE_MS


def test_a_halt_dated_back_before_a_late_start_costs_and_gives_that_one_nothing(
    desk: Desk,
) -> None:
    test_a_late_start_runs_on_its_own_clock(desk)
    halted(desk, A, ago_ms=5 * MINUTE_MS)
    advance(desk, MINUTE_MS)

    assert left_ms(desk, "P1") == FULL_MS - 4 * MINUTE_MS
    assert left_ms(desk, "P2") == FULL_MS


def test_credits_add_up_and_move_the_end(desk: Desk) -> None:
    a_session(desk)
    for credit_ms in (6 * MINUTE_MS, -2 * MINUTE_MS, 1):
        desk.perform(GiveCredit(**keys("P1"), credit_ms=credit_ms, reason="noise"), LEE)
    advance(desk, MINUTE_MS)

    assert attempt(desk, "P1").credit_ms == 4 * MINUTE_MS + 1
    assert left_ms(desk, "P1") == FULL_MS + 3 * MINUTE_MS + 1
    session = desk.session(A)
    end_ms = session.end_ms(attempt(desk, "P1"), line(desk))
    assert end_ms == line(desk) + left_ms(desk, "P1")


def test_there_is_no_end_to_show_while_a_clock_stands(desk: Desk) -> None:
    a_session(desk)
    desk.perform(BeginPause(**keys("P1"), reason="froze"), LEE)

    session = desk.session(A)
    assert session.end_ms(attempt(desk, "P1"), line(desk)) is None
    assert session.end_ms(attempt(desk, "P2"), line(desk)) is not None


def test_a_finish_keeps_the_time_that_was_left(desk: Desk) -> None:
    a_session(desk)
    advance(desk, 40 * MINUTE_MS)
    desk.perform(FinishAttempt(**keys("P1")), LEE)
    advance(desk, HOUR_MS)

    assert left_ms(desk, "P1") == 50 * MINUTE_MS


@pytest.mark.parametrize(
    ("asked_ago_ms", "drift_ms"), [(None, -20_000), (0, -20_000), (20_000, -40_000)]
)
def test_the_vendors_clock_is_compared_at_the_instant_it_was_read(
    desk: Desk, asked_ago_ms: int | None, drift_ms: int
) -> None:
    a_session(desk, 1)
    advance(desk, 30 * MINUTE_MS)
    asked_ms = None if asked_ago_ms is None else line(desk) - asked_ago_ms
    read = NoteVendorClock(
        session_id=A,
        attempt_id=attempt_id("P1"),
        vendor_left_ms=60 * MINUTE_MS - 20_000,
        asked_line_ms=asked_ms,
    )
    (noted,) = desk.perform(read, LEE).entries

    assert isinstance(noted.event, VendorClockNoted)
    assert noted.event.drift_ms == drift_ms


def test_a_vendors_clock_is_never_read_in_the_time_to_come(desk: Desk) -> None:
    a_session(desk, 1)
    advance(desk, 30 * MINUTE_MS)
    read = NoteVendorClock(
        session_id=A,
        attempt_id=attempt_id("P1"),
        vendor_left_ms=60 * MINUTE_MS,
        asked_line_ms=line(desk) + 20_000,
    )
    (noted,) = desk.perform(read, LEE).entries

    assert isinstance(noted.event, VendorClockNoted)
    assert noted.event.drift_ms == 0


@pytest.mark.parametrize("ago_ms", [0, 20_000])
def test_a_halt_is_dated_back_from_the_instant_it_was_asked_for(
    desk: Desk, ago_ms: int
) -> None:
    a_session(desk, 1)
    advance(desk, 30 * MINUTE_MS)
    asked_ms = line(desk)
    advance(desk, 45_000)
    halt = HaltSession(
        session_id=A, reason="smoke", ago_ms=ago_ms, asked_line_ms=asked_ms
    )
    desk.perform(halt, LEE)

    assert left_ms(desk, "P1") == 60 * MINUTE_MS + ago_ms
