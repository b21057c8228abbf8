"""Check-in at the desk, and the record of it."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.checkin import ArriveLate, FailGate
from cptkiosk.domain.commands.halt import HaltSession
from cptkiosk.domain.commands.planning import CorrectModule
from cptkiosk.domain.commands.testing import EndEarly, FinishAttempt, StartLate
from cptkiosk.domain.rules.photo_id import pass_photo_id
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.services.assignment import build_assignment
from support.center import DANA, LEE
from support.exams import (
    allowed,
    opening,
    planned,
    registered,
    rolled,
)
from support.sessions import advance, at_the_desk, attempt, attempt_id, seated

A = "a"
P1, P2 = attempt_id("P1"), attempt_id("P2")
ONE: AboutAttempt = {"session_id": A, "attempt_id": P1}
TWO: AboutAttempt = {"session_id": A, "attempt_id": P2}


# The door


def test_two_failed_tries_at_a_gate_are_both_kept(desk: Desk) -> None:
    registered(desk, "P1")
    planned(desk, A)
    rolled(desk, A)
    desk.perform(opening(A), LEE)
    for reason in ("the ID was expired", "the ID was a library card"):
        desk.perform(FailGate(**ONE, gate="photo-id", reason=reason), LEE)
    desk.perform(
        pass_photo_id(ONE, "passport"),
        LEE,
    )

    reasons = [reason.text for _, reason in attempt(desk, "P1").failed_gates]
    assert reasons == ["the ID was expired", "the ID was a library card"]
    assert not allowed(desk, FailGate(**ONE, gate="photo-id", reason="late"))


def test_a_candidate_changes_modules_before_any_login(
    desk: Desk,
) -> None:
    registered(desk, "P1")
    registered(desk, "P1", "quality")
    planned(desk, A, "safety", "quality")
    rolled(desk, A)
    desk.perform(opening(A), LEE)
    at_the_desk(desk, A, P1)
    instead = build_assignment(desk, A, "P1", "quality")
    correct = CorrectModule(**ONE, instead=instead, reason="wrong line of the list")
    desk.perform(correct, LEE)

    standings = {
        each.module.module_id: each.standing
        for each in desk.session(A).attempts.values()
    }
    assert standings == {"safety": "cancelled", "quality": "expected"}


def test_the_module_is_not_corrected_once_the_clocks_run(running: Desk) -> None:
    registered(running, "P1", "quality")
    instead = build_assignment(running, A, "P1", "quality")
    correct = CorrectModule(**ONE, instead=instead, reason="wrong module")

    assert not allowed(running, correct, DANA)


# The record


@pytest.mark.parametrize("what", ["finished", "interrupted"])
def test_a_halt_dated_back_before_an_end_is_in_the_tables_too(
    late: Desk, what: str
) -> None:
    from cptkiosk.ledger.maintenance.verify import verify_ledger

    late.perform(ArriveLate(**TWO), LEE)
    seated(late, A, P2)
    late.perform(StartLate(**TWO), LEE)
    advance(late, 10 * MINUTE_MS)
    if what == "finished":
        late.perform(FinishAttempt(**ONE), LEE)
    else:
        late.perform(EndEarly(**ONE, outcome=what, reason="ran out"), LEE)
    advance(late, 2 * MINUTE_MS)
    alarm = HaltSession(session_id=A, reason="alarm", ago_ms=5 * MINUTE_MS)
    late.perform(alarm, LEE)

    assert verify_ledger(late.ledger).entries == late.ledger.head().seq
