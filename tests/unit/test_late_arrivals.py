"""Until when a late candidate is admitted, and how much time they have."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.checkin import ArriveLate
from cptkiosk.domain.commands.halt import HaltSession, ResumeSession
from cptkiosk.domain.commands.testing import StartLate
from cptkiosk.domain.values import MINUTE_MS
from support.center import DANA, LEE
from support.exams import allowed, policy
from support.sessions import advance, attempt_id, left_ms, seated

A = "a"
P1, P2 = attempt_id("P1"), attempt_id("P2")
TWO = {"session_id": A, "attempt_id": P2}
LATE = [
    (15 * MINUTE_MS, True, True),
    (15 * MINUTE_MS + 1, False, True),
    (30 * MINUTE_MS, False, True),
    (30 * MINUTE_MS + 1, False, False),
]


@pytest.mark.parametrize(("after_ms", "proctor", "coordinator"), LATE)
def test_a_late_candidate_is_admitted_until_a_limit(
    late: Desk, after_ms: int, proctor: bool, coordinator: bool
) -> None:
    advance(late, after_ms)
    arrive = ArriveLate(**TWO)

    assert allowed(late, arrive, LEE) is proctor
    assert allowed(late, arrive, DANA) is coordinator


@pytest.mark.parametrize("after_ms", [after_ms for after_ms, _, _ in LATE])
def test_an_admitted_candidate_begins_after_any_delay(
    late: Desk, after_ms: int
) -> None:
    late.perform(ArriveLate(**TWO), LEE)
    seated(late, A, P2)
    advance(late, after_ms)
    start = StartLate(**TWO)

    assert allowed(late, start, LEE)


def test_a_center_may_set_other_limits(late: Desk) -> None:
    policy(late, late_minutes=5, late_coordinator_minutes=6)
    advance(late, 5 * MINUTE_MS + 1)
    assert not allowed(late, ArriveLate(**TWO), LEE)

    advance(late, MINUTE_MS)
    assert not allowed(late, ArriveLate(**TWO), DANA)


@pytest.mark.parametrize(("late_clock", "left"), [("own", 90), ("group", 80)])
def test_a_late_candidate_has_the_full_time_or_ends_with_the_group(
    late: Desk, late_clock: str, left: int
) -> None:
    policy(late, late_clock=late_clock)
    late.perform(ArriveLate(**TWO), LEE)
    seated(late, A, P2)
    advance(late, 10 * MINUTE_MS)
    late.perform(StartLate(**TWO), LEE)

    assert left_ms(late, "P1") == 80 * MINUTE_MS
    assert left_ms(late, "P2") == left * MINUTE_MS


def test_the_group_gets_a_halt_back_and_so_does_who_joined_it_after(late: Desk) -> None:
    policy(late, late_clock="group")
    late.perform(ArriveLate(**TWO), LEE)
    seated(late, A, P2)
    advance(late, 5 * MINUTE_MS)
    late.perform(HaltSession(session_id=A, reason="alarm"), LEE)
    advance(late, 5 * MINUTE_MS)
    late.perform(ResumeSession(session_id=A, back=(P1,)), LEE)
    late.perform(StartLate(**TWO), LEE)

    assert left_ms(late, "P1") == left_ms(late, "P2") == 85 * MINUTE_MS
