"""Outcomes recorded by mistake are put right by the coordinator, with a reason."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.checkin import (
    ArriveLate,
    DenyAttempt,
    MarkAbsent,
    TakeSeat,
)
from cptkiosk.domain.commands.closing import ReopenSession
from cptkiosk.domain.commands.mistake import PutBack
from cptkiosk.domain.commands.score import KeyScore
from cptkiosk.domain.commands.testing import (
    BeginBreak,
    EndEarly,
    FinishAttempt,
    StartLate,
)
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.score_state import Validity
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS, Actor
from cptkiosk.ledger.maintenance.verify import verify_ledger
from support.center import DANA, KIM, LEE
from support.sessions import (
    a_session,
    advance,
    at_the_desk,
    attempt,
    attempt_id,
    ended,
    left_ms,
    opened,
    planned,
    progress,
    seated,
    started,
)
from support.verdicts import refuses

A = "a"
ONE: AboutAttempt = {"session_id": A, "attempt_id": attempt_id("P1")}
TWO: AboutAttempt = {"session_id": A, "attempt_id": attempt_id("P2")}
BACK = PutBack(**ONE, reason="it was the neighbor's screen")


def test_wrong_finish_is_put_back_long_after_with_the_time_since_used(
    desk: Desk,
) -> None:
    a_session(desk, 2)
    advance(desk, 10 * MINUTE_MS)
    desk.perform(FinishAttempt(**ONE), LEE)
    desk.perform(BeginBreak(**TWO), LEE)
    advance(desk, 20 * MINUTE_MS)

    desk.perform(BACK, DANA)

    assert progress(desk, "P1") is AttemptProgress.TESTING
    assert left_ms(desk, "P1") == left_ms(desk, "P2") == 60 * MINUTE_MS
    verify_ledger(desk.ledger)


@pytest.mark.parametrize("actor", [LEE, KIM])
def test_only_the_coordinator_puts_a_candidate_back(desk: Desk, actor: Actor) -> None:
    a_session(desk, 2)
    desk.perform(FinishAttempt(**ONE), LEE)

    with refuses("Only a coordinator can"):
        desk.perform(BACK, actor)


def test_reason_is_needed_to_put_a_candidate_back(desk: Desk) -> None:
    a_session(desk, 2)
    desk.perform(FinishAttempt(**ONE), LEE)

    with refuses("reason"):
        desk.perform(PutBack(**ONE, reason=" "), DANA)


def test_dismissal_put_back_no_longer_withholds_the_score(desk: Desk) -> None:
    a_session(desk, 2)
    desk.perform(EndEarly(**ONE, outcome="dismissed", reason="notes"), LEE)

    desk.perform(BACK, DANA)

    assert progress(desk, "P1") is AttemptProgress.TESTING
    assert attempt(desk, "P1").validity is Validity.CLEAN


def test_time_that_ran_out_meanwhile_is_up(desk: Desk) -> None:
    a_session(desk, 2)
    desk.perform(FinishAttempt(**ONE), LEE)
    advance(desk, 91 * MINUTE_MS)

    desk.perform(BACK, DANA)

    assert progress(desk, "P1") is AttemptProgress.TIME_UP


def test_scored_attempt_is_not_put_back(desk: Desk) -> None:
    a_session(desk, 2)
    desk.perform(FinishAttempt(**ONE), LEE)
    desk.perform(KeyScore(**ONE, shown="80"), LEE)

    with refuses("score"):
        desk.perform(BACK, DANA)


def test_denied_candidate_is_let_in_by_the_coordinator(desk: Desk) -> None:
    planned(desk, ("P1", "P2"), A, "safety")
    opened(desk, A)
    seated(desk, A, attempt_id("P1"))
    deny = DenyAttempt(**ONE, reason="no ID", coordinator_called=True)
    desk.perform(deny, LEE)

    desk.perform(BACK, DANA)

    assert progress(desk, "P1") is AttemptProgress.CHECKED_IN
    desk.perform(TakeSeat(**ONE), LEE)
    assert progress(desk, "P1") is AttemptProgress.SEATED
    verify_ledger(desk.ledger)


def test_candidate_denied_at_the_door_starts_over(desk: Desk) -> None:
    planned(desk, ("P1",), A, "safety")
    opened(desk, A)
    deny = DenyAttempt(**ONE, reason="no ID", coordinator_called=True)
    desk.perform(deny, LEE)

    desk.perform(BACK, DANA)

    assert progress(desk, "P1") is AttemptProgress.EXPECTED


def test_candidate_denied_before_the_start_comes_back_as_late(desk: Desk) -> None:
    planned(desk, ("P1", "P2"), A, "safety")
    opened(desk, A)
    at_the_desk(desk, A, attempt_id("P1"))
    desk.perform(DenyAttempt(**ONE, reason="no ID", coordinator_called=True), LEE)
    seated(desk, A, attempt_id("P2"))
    started(desk, A)
    advance(desk, MINUTE_MS)

    desk.perform(BACK, DANA)
    desk.perform(ArriveLate(**ONE), LEE)
    desk.perform(TakeSeat(**ONE), LEE)
    desk.perform(StartLate(**ONE), LEE)

    assert progress(desk, "P1") is AttemptProgress.TESTING


def test_absent_candidate_is_put_back(desk: Desk) -> None:
    planned(desk, ("P1",), A, "safety")
    opened(desk, A)
    desk.perform(MarkAbsent(session_id=A, attempt_ids=(attempt_id("P1"),)), LEE)

    desk.perform(BACK, DANA)

    assert progress(desk, "P1") is AttemptProgress.EXPECTED


def test_a_candidate_continues_after_the_end_only_in_a_reopened_session(
    desk: Desk,
) -> None:
    a_session(desk, 1)
    ended(desk, A)
    with refuses("Correct the outcome instead"):
        desk.perform(BACK, DANA)

    desk.perform(ReopenSession(session_id=A, reason="too early"), DANA)
    desk.perform(BACK, DANA)
    assert progress(desk, "P1") is AttemptProgress.TESTING
    assert desk.session(A).stage is Stage.RUNNING


def test_late_arrival_who_left_by_mistake_takes_their_own_seat_again(
    late: Desk,
) -> None:
    late.perform(ArriveLate(**TWO), LEE)
    seated(late, A, attempt_id("P2"))
    seat = attempt(late, "P2").seat
    late.perform(EndEarly(**TWO, outcome="withdrawn", reason="ill"), DANA)
    late.perform(PutBack(**TWO, reason="it was somebody else"), DANA)

    late.perform(TakeSeat(**TWO, seat=seat), LEE)

    assert progress(late, "P2") is AttemptProgress.SEATED
    assert attempt(late, "P2").seat == seat
