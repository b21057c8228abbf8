"""No person is in two places: every start asks again what another session did."""

from dataclasses import replace
from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt, SessionCommand
from cptkiosk.domain.commands.checkin import (
    ArriveLate,
    DenyAttempt,
    ExpectLate,
    MarkAbsent,
    PassGates,
    TakeSeat,
    WaiveGate,
)
from cptkiosk.domain.commands.halt import HaltSession
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.commands.planning import CancelAttempt, CorrectModule
from cptkiosk.domain.commands.restart import ConfirmRoomClock
from cptkiosk.domain.commands.score import KeyScore
from cptkiosk.domain.commands.testing import (
    EndEarly,
    FinishAttempt,
    StartLate,
    StartSession,
)
from cptkiosk.domain.people.eligibility_case import CandidateHistory, EligibilityCase
from cptkiosk.domain.people.retake_rules import retake_wait
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.domain.values import HOUR_MS, MINUTE_MS, Refused
from cptkiosk.ledger import queries
from cptkiosk.services.assignment import build_assignment, refresh_rolls
from cptkiosk.words import explain
from support.center import DANA, LEE
from support.exams import (
    allowed,
    begun,
    keyed,
    opening,
    planned,
    refusal,
    registered,
    rolled,
    taken,
)
from support.sessions import (
    advance,
    at_the_desk,
    attempt_id,
    hand_clock,
    seated,
    started,
)

A, B = "a", "b"
P1, P2 = attempt_id("P1"), attempt_id("P2")
Q1 = attempt_id("P1", "quality")
START_A = StartSession(session_id=A)


def key(session_id: str, attempt: str = P1) -> AboutAttempt:
    return {"session_id": session_id, "attempt_id": attempt}


def standing(desk: Desk, session_id: str, attempt: str = P1) -> AttemptProgress:
    return desk.session(session_id).attempts[attempt].standing


def one_in_two_rooms(desk: Desk) -> None:
    """Seat P1 in a for Safety, and in b for Quality."""
    for session_id, module in ((A, "safety"), (B, "quality")):
        registered(desk, "P1", module)
        planned(desk, session_id, module, in_ms=(session_id == B) * 2 * HOUR_MS)
        rolled(desk, session_id, "P1", module)
    for session_id, attempt in ((A, P1), (B, Q1)):
        desk.perform(opening(session_id), LEE)
        seated(desk, session_id, attempt)


def interrupted(desk: Desk, minutes: int = 30) -> None:
    """Interrupt P1 in a, carry them over to b, and open b."""
    registered(desk, "P1")
    registered(desk, "P2")
    planned(desk, A)
    for who in ("P1", "P2"):
        rolled(desk, A, who)
    desk.perform(opening(A), LEE)
    for attempt in (P1, P2):
        seated(desk, A, attempt)
    started(desk, A)
    advance(desk, minutes * MINUTE_MS)
    early = EndEarly(**key(A), outcome="interrupted", reason="alarm")
    desk.perform(early, LEE)
    planned(desk, B)
    rolled(desk, B, continues=f"{A}/{P1}")


# Starting


def test_a_candidate_seated_in_two_sessions_starts_in_one_of_them(desk: Desk) -> None:
    one_in_two_rooms(desk)
    started(desk, B)

    text = refusal(desk, START_A)
    assert "FamilyP1" in text
    assert f"session {B}" in text
    assert "from the attendance list here, or deny them" in text
    off = CancelAttempt(**key(A), reason="tests elsewhere")
    registered(desk, "P2")
    rolled(desk, A, "P2")
    desk.perform(off, LEE)
    seated(desk, A, P2)
    started(desk, A)
    assert standing(desk, A, P2) is AttemptProgress.TESTING


def test_undoing_a_cancellation_starts_no_candidate_twice(desk: Desk) -> None:
    registered(desk, "P1", "quality")
    registered(desk, "P1")
    planned(desk, A)
    rolled(desk, A)
    desk.perform(opening(A), LEE)
    seated(desk, A, P1)
    desk.perform(CancelAttempt(**key(A), reason="takes Quality"), LEE)
    begun(desk, B, "P1", "quality")
    desk.perform(UndoStep(session_id=A), LEE)

    assert "FamilyP1" in refusal(desk, START_A)


def test_a_candidate_testing_elsewhere_does_not_start_late_with_earlier_gates(
    desk: Desk,
) -> None:
    registered(desk, "P1", code="ONE")
    registered(desk, "P2")
    planned(desk, A)
    for who in ("P1", "P2"):
        rolled(desk, A, who)
    desk.perform(opening(A), LEE)
    at_the_desk(desk, A, P1)
    seated(desk, A, P2)
    desk.perform(ExpectLate(**key(A)), LEE)
    desk.perform(MarkAbsent(session_id=A, attempt_ids=(P1,)), LEE)
    begun(desk, B)
    started(desk, A)
    desk.perform(ArriveLate(**key(A)), LEE)
    desk.perform(TakeSeat(**key(A)), LEE)

    late = StartLate(**key(A))
    text = refusal(desk, late)
    assert f"session {B}" in text
    assert "Deny them here" in text
    # Over there, but with the code that is down here too.
    desk.perform(FinishAttempt(**key(B)), LEE)
    assert "ONE was used" in refusal(desk, late)


def test_a_finish_is_not_taken_back_by_who_tests_another_module_now(desk: Desk) -> None:
    registered(desk, "P1", "quality")
    registered(desk, "P1")
    begun(desk, A)
    desk.perform(FinishAttempt(**key(A)), LEE)
    begun(desk, B, "P1", "quality")

    assert f"testing in session {B}" in refusal(desk, UndoStep(session_id=A))


# User codes


def test_a_used_code_belongs_to_one_candidate(desk: Desk) -> None:
    registered(desk, "P1", code="ONE")
    taken(desk, A, "40")
    registered(desk, "P1", code="TWO")
    other = RegisterPerson(
        participant_id="P2",
        family_name="Other",
        given_name="Ann",
        registration=Registration("safety", "ONE"),
    )

    (outcome,) = desk.registrar.register([other], LEE)
    assert isinstance(outcome, Refused)
    assert "P1" in explain(outcome)


def test_a_code_taken_back_unused_may_be_given_to_another(desk: Desk) -> None:
    registered(desk, "P1", code="ONE")
    planned(desk, A)
    rolled(desk, A)
    registered(desk, "P1", code="TWO")

    assert not queries.code_holder(desk.ledger, "ONE", "P2")


# Two sittings


def test_an_attempt_without_time_left_cannot_be_continued_by_waiver(desk: Desk) -> None:
    interrupted(desk)
    desk.perform(opening(B), LEE)
    off = CancelAttempt(**key(B), reason="does not go on")
    desk.perform(off, LEE)
    keyed(desk, key(A), "40")
    desk.perform(UndoStep(session_id=B), LEE)
    waive = WaiveGate(**key(B), gate="eligible", reason="never mind")

    for actor in (LEE, DANA):
        assert "No one can waive" in refusal(desk, waive, actor)


def test_time_left_that_a_dated_halt_has_changed_is_carried_again(desk: Desk) -> None:
    interrupted(desk)
    halt = HaltSession(session_id=A, reason="alarm", ago_ms=10 * MINUTE_MS)
    desk.perform(halt, LEE)
    desk.perform(opening(B), LEE)
    door = PassGates(**key(B), gates=("eligible",))

    assert "1:10:00 left now, not the 1:00:00" in refusal(desk, door)
    desk.perform(CancelAttempt(**key(B), reason="carried anew"), LEE)
    rolled(desk, B, continues=f"{A}/{P1}")
    assert allowed(desk, door)
    assert desk.session(B).attempts[P1].carried_ms == 70 * MINUTE_MS


def test_nothing_is_carried_over_before_the_room_clock_is_compared(desk: Desk) -> None:
    interrupted(desk)
    hand_clock(desk).reboot(5 * MINUTE_MS)
    desk.boots.attach()
    desk.perform(opening(B), LEE)
    door = PassGates(**key(B), gates=("eligible",))

    assert "until the room clock is" in refusal(desk, door)
    desk.perform(ConfirmRoomClock(session_id=A, correction_ms=0), LEE)
    assert allowed(desk, door)


def test_time_left_that_changes_after_the_door_is_noticed_at_the_start(
    desk: Desk,
) -> None:
    interrupted(desk)
    desk.perform(opening(B), LEE)
    seated(desk, B, P1)
    halt = HaltSession(session_id=A, reason="alarm", ago_ms=10 * MINUTE_MS)
    desk.perform(halt, LEE)

    assert "carried over" in refusal(desk, StartSession(session_id=B))


def test_the_first_sitting_has_no_score_of_its_own_while_it_may_go_on(
    desk: Desk,
) -> None:
    interrupted(desk)
    score = KeyScore(**key(A), shown="40")

    assert f"session {B}" in refusal(desk, score)
    desk.perform(CancelAttempt(**key(B), reason="does not go on"), LEE)
    assert allowed(desk, score)


def test_the_first_sitting_has_no_score_of_its_own_once_it_went_on(desk: Desk) -> None:
    interrupted(desk)
    desk.perform(opening(B), LEE)
    seated(desk, B, P1)
    started(desk, B)
    desk.perform(FinishAttempt(**key(B)), LEE)
    keyed(desk, key(B), "40")

    for actor in (LEE, DANA):
        assert f"session {B}" in refusal(desk, KeyScore(**key(A), shown="40"), actor)


# Untimed


@pytest.mark.parametrize("first", [A, B])
def test_an_untimed_candidate_may_return_after_the_planned_time(
    desk: Desk, first: str
) -> None:
    morning = {"session_id": A, "module_id": "safety"}
    afternoon = {"session_id": B, "module_id": "quality"}
    for one in (morning, afternoon):
        registered(desk, "P1", one["module_id"], factor_permille=0)
    planned(desk, A)
    planned(desk, B, "quality", in_ms=4 * HOUR_MS)
    order = (morning, afternoon) if first == A else (afternoon, morning)

    for one in order:
        command = build_assignment(desk, participant_id="P1", **one)
        assert allowed(desk, command)
        desk.perform(command, LEE)


def test_an_untimed_candidate_cannot_join_a_session_within_the_planned_time(
    desk: Desk,
) -> None:
    registered(desk, "P1", factor_permille=0)
    registered(desk, "P1", "quality", factor_permille=0)
    planned(desk, A)
    planned(desk, B, "quality", in_ms=HOUR_MS)
    rolled(desk, A)

    assert not allowed(desk, build_assignment(desk, B, "P1", "quality"))


# Turned away, and back


def denied(desk: Desk) -> None:
    registered(desk, "P1", code="OLD")
    planned(desk, A, "safety", "quality")
    rolled(desk, A)
    desk.perform(opening(A), LEE)
    deny = DenyAttempt(**key(A), reason="no ID", coordinator_called=True)
    desk.perform(deny, LEE)


def test_a_denial_is_taken_back_although_a_roster_came_in_meanwhile(desk: Desk) -> None:
    denied(desk)
    registered(desk, "P1", code="NEW")
    refresh_rolls(desk, frozenset({"P1"}), DANA)
    desk.perform(UndoStep(session_id=A), LEE)

    assert standing(desk, A) is AttemptProgress.EXPECTED
    assert desk.session(A).attempts[P1].user_code == "NEW"


def other_module(desk: Desk) -> SessionCommand:
    """Assign P1, denied or absent for Safety, to Quality; return the correction."""
    registered(desk, "P1", "quality")
    rolled(desk, A, "P1", "quality")
    return CorrectModule(
        **key(A, Q1),
        instead=build_assignment(desk, A, "P1", "safety"),
        reason="came for it",
    )


def test_a_candidate_is_not_assigned_to_a_module_they_were_denied(desk: Desk) -> None:
    denied(desk)
    correct = other_module(desk)

    assert "is denied for Safety" in refusal(desk, correct)
    assert standing(desk, A, Q1) is AttemptProgress.EXPECTED


def test_a_candidate_absent_for_a_module_comes_for_it_after_all(desk: Desk) -> None:
    registered(desk, "P1")
    planned(desk, A, "safety", "quality")
    rolled(desk, A)
    desk.perform(opening(A), LEE)
    desk.perform(MarkAbsent(session_id=A, attempt_ids=(P1,)), LEE)
    desk.perform(other_module(desk), LEE)

    assert standing(desk, A) is AttemptProgress.EXPECTED
    assert standing(desk, A, Q1) is AttemptProgress.CANCELLED


def test_a_candidate_who_comes_before_the_start_is_not_late(desk: Desk) -> None:
    registered(desk, "P1")
    registered(desk, "P2")
    planned(desk, A, in_ms=20 * MINUTE_MS)
    for who in ("P1", "P2"):
        rolled(desk, A, who)
    desk.perform(opening(A), LEE)
    seated(desk, A, P1)
    desk.perform(MarkAbsent(session_id=A, attempt_ids=(P2,)), LEE)
    desk.perform(ArriveLate(**key(A, P2)), LEE)

    assert standing(desk, A, P2) is AttemptProgress.EXPECTED
    assert "is expected" in refusal(desk, START_A)
    seated(desk, A, P2)
    started(desk, A)
    both = desk.session(A).attempts
    assert not both[P2].late
    assert both[P2].start_line_ms == both[P1].start_line_ms


def test_one_assessment_in_two_sittings_is_one_failure(desk: Desk) -> None:
    interrupted(desk)
    over: dict[str, Any] = {
        "standing": AttemptProgress.FINISHED,
        "score_state": ScoreState.VERIFIED,
        "passed": False,
        "start_utc_ms": desk.now().utc_ms,
    }
    sittings = tuple(
        replace(one, **over) for one in queries.past_attempts(desk.ledger, "P1")
    )
    case = EligibilityCase(
        module=desk.session(B).attempts[P1].module,
        user_code="",
        paid=None,
        allowed_ms=0,
        begins_utc_ms=desk.now().utc_ms,
        policies=desk.definitions.policies,
        history=CandidateHistory(taken=sittings),
    )

    (finding,) = retake_wait(case)
    assert "failed attempts" not in explain(finding.reason)
