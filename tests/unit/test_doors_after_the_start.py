"""After the start the door follows each person's own clock, and counts no halt."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.checkin import ArriveLate, ExpectLate
from cptkiosk.domain.commands.planning import AssignAttempt, CorrectModule, PlanSession
from cptkiosk.domain.commands.testing import BeginPause, EndEarly, StartLate
from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.guidance import next_step
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.services.assignment import build_assignment
from cptkiosk.words import describe_step, explain
from support.center import DANA, LEE
from support.exams import refusal
from support.sessions import (
    a_session,
    advance,
    attempt,
    attempt_id,
    halted,
    left_ms,
    line,
    opened,
    progress,
    register,
    resumed,
    seated,
    started,
)
from support.verdicts import refuses

A = "a"
FULL_MS = 90 * MINUTE_MS
TWO = {"session_id": A, "attempt_id": attempt_id("P2")}
QUALITY = {"session_id": A, "attempt_id": attempt_id("P2", "quality")}


@pytest.fixture
def late(desk: Desk) -> Desk:
    """P1 is testing; P2 is expected late."""
    a_session(desk, 2, Stage.CHECK_IN)
    seated(desk, A, attempt_id("P1"))
    desk.perform(ExpectLate(**TWO), LEE)
    started(desk, A)
    return desk


@pytest.fixture
def two_modules(desk: Desk) -> Desk:
    """P1 tests Safety in a session that runs Quality too; P2 has arrived late."""
    register(desk, ("P1", "P2"), "safety")
    register(desk, ("P2", "P3"), "quality")
    plan = PlanSession(
        session_id=A,
        title="Morning",
        starts_at_utc_ms=desk.now().utc_ms,
        module_ids=("safety", "quality"),
        rooms=(Room(name="204", rows=5, columns=6),),
    )
    desk.perform(plan, LEE)
    for one in ("P1", "P2"):
        desk.perform(build_assignment(desk, A, one, "safety"), LEE)
    opened(desk, A)
    seated(desk, A, attempt_id("P1"))
    desk.perform(ExpectLate(**TWO), LEE)
    started(desk, A)
    desk.perform(ArriveLate(**TWO), LEE)
    return desk


# Late is judged at the door


def test_a_candidate_who_came_in_time_starts_after_any_check_in(late: Desk) -> None:
    advance(late, 14 * MINUTE_MS)
    late.perform(ArriveLate(**TWO), LEE)
    advance(late, 20 * MINUTE_MS)
    seated(late, A, attempt_id("P2"))
    late.perform(StartLate(**TWO), LEE)

    assert progress(late, "P2") is AttemptProgress.TESTING
    assert left_ms(late, "P2") == FULL_MS


def test_the_next_line_never_calls_an_admitted_candidate_too_late(late: Desk) -> None:
    policies = late.definitions.policies
    advance(late, 14 * MINUTE_MS)
    late.perform(ArriveLate(**TWO), LEE)
    advance(late, 30 * MINUTE_MS)
    checking = next_step.next_step(late.session(A), line(late), policies)
    seated(late, A, attempt_id("P2"))
    ready = next_step.next_step(late.session(A), line(late), policies)

    assert describe_step(checking) == "check in FamilyP2, Kim: arrived late"
    assert describe_step(ready) == "start the clock for FamilyP2, Kim: seated late"
    assert not explain(late.preview.refusal(StartLate(**TWO), LEE))


def test_a_halt_delays_no_check_in(late: Desk) -> None:
    advance(late, 2 * MINUTE_MS)
    halted(late, A)
    advance(late, 35 * MINUTE_MS)
    resumed(late)
    advance(late, 13 * MINUTE_MS)

    late.perform(ArriveLate(**TWO), LEE)
    assert attempt(late, "P2").late


def test_an_absence_is_judged_by_the_time_that_ran(late: Desk) -> None:
    advance(late, 2 * MINUTE_MS)
    halted(late, A)
    advance(late, 35 * MINUTE_MS)
    resumed(late)

    step = next_step.next_step(late.session(A), line(late), late.definitions.policies)
    assert step.action == "report"
    advance(late, 30 * MINUTE_MS)
    step = next_step.next_step(late.session(A), line(late), late.definitions.policies)
    assert (
        describe_step(step) == "mark FamilyP2, Kim absent in check-in: did not arrive"
    )


def test_who_is_not_here_yet_comes_after_what_can_be_done(late: Desk) -> None:
    advance(late, 13 * MINUTE_MS + 30_000)
    policies = late.definitions.policies

    waits = next_step.next_step(late.session(A), line(late), policies)
    late.perform(
        BeginPause(session_id=A, attempt_id=attempt_id("P1"), reason="fault"), LEE
    )
    paused = next_step.next_step(late.session(A), line(late), policies)

    assert describe_step(waits) == (
        "check in FamilyP2, Kim on arrival: expected late, within 17 minutes"
    )
    assert paused.by == "pause"


def test_a_candidate_may_arrive_during_a_halt(late: Desk) -> None:
    halted(late, A)
    advance(late, 40 * MINUTE_MS)
    late.perform(ArriveLate(**TWO), LEE)
    resumed(late)
    seated(late, A, attempt_id("P2"))
    late.perform(StartLate(**TWO), LEE)

    assert left_ms(late, "P2") == FULL_MS


# Walk-ins


def test_a_walk_in_after_the_start_needs_the_coordinator(late: Desk) -> None:
    register(late, ("P3",), "safety")
    walk_in = build_assignment(late, A, "P3", "safety")

    assert "Only a coordinator can" in refusal(late, walk_in, LEE)
    late.perform(walk_in, DANA)
    assert attempt(late, "P3").late
    seated(late, A, attempt_id("P3"))
    late.perform(StartLate(session_id=A, attempt_id=attempt_id("P3")), LEE)
    assert left_ms(late, "P3") == FULL_MS


def test_a_walk_in_arrives_no_later_than_others(late: Desk) -> None:
    register(late, ("P3",), "safety")
    advance(late, 30 * MINUTE_MS + 1)

    assert "30 minutes" in refusal(
        late, build_assignment(late, A, "P3", "safety"), DANA
    )


def test_a_candidate_keeps_the_code_they_began_with(late: Desk) -> None:
    register(late, ("P1",), "safety")
    command = build_assignment(late, A, "P1", "safety")
    changed = AssignAttempt(**{**vars(command), "user_code": "OTHER"})

    assert "locked" in refusal(late, changed, DANA)


# The wrong module


def test_another_module_after_the_start_needs_the_coordinator(
    two_modules: Desk,
) -> None:
    instead = build_assignment(two_modules, A, "P2", "quality")
    command = CorrectModule(**TWO, instead=instead, reason="came for Quality")
    advance(two_modules, 31 * MINUTE_MS)

    assert "Only a coordinator can" in refusal(two_modules, command, LEE)
    two_modules.perform(command, DANA)
    seated(two_modules, A, QUALITY["attempt_id"])
    two_modules.perform(StartLate(**QUALITY), LEE)
    attempts = two_modules.session(A).attempts
    assert attempts[TWO["attempt_id"]].standing is AttemptProgress.CANCELLED
    assert attempts[QUALITY["attempt_id"]].standing is AttemptProgress.TESTING


def test_a_candidate_who_has_begun_gets_no_other_module(two_modules: Desk) -> None:
    register(two_modules, ("P1",), "quality")
    instead = build_assignment(two_modules, A, "P1", "quality")
    command = CorrectModule(
        session_id=A, attempt_id=attempt_id("P1"), instead=instead, reason="?"
    )

    assert "is testing" in refusal(two_modules, command, DANA)


# Leaving before the own clock


@pytest.mark.parametrize("to_a_seat", [False, True])
def test_an_admitted_candidate_may_leave_before_their_clock_begins(
    late: Desk, to_a_seat: bool
) -> None:
    late.perform(ArriveLate(**TWO), LEE)
    if to_a_seat:
        seated(late, A, attempt_id("P2"))
    leave = EndEarly(**TWO, outcome="withdrawn", reason="felt ill")

    assert "Only a coordinator can" in refusal(late, leave, LEE)
    late.perform(leave, DANA)
    left = attempt(late, "P2")
    assert left.standing is AttemptProgress.WITHDRAWN
    assert not left.owes_score


def test_an_absent_candidate_cannot_leave(late: Desk) -> None:
    leave = EndEarly(**TWO, outcome="withdrawn", reason="felt ill")
    with refuses("running late"):
        late.perform(leave, DANA)
