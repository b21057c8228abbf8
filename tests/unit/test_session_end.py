"""Halts, credits, the end of a session, its seal, and what withholds a score."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.checkin import ExpectLate
from cptkiosk.domain.commands.closing import AmendSession, ReopenSession, SealSession
from cptkiosk.domain.commands.halt import ResumeSession
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.commands.score import KeyScore
from cptkiosk.domain.commands.testing import (
    AbandonSession,
    EndSession,
    FinishAttempt,
    GiveCredit,
)
from cptkiosk.domain.state.score_state import Validity
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import HOUR_MS
from cptkiosk.ledger.maintenance.verify import verify_ledger
from support.center import DANA, LEE, LEE_PIN
from support.sessions import (
    a_session,
    advance,
    attempt,
    attempt_id,
    ended,
    opened,
    planned,
    progress,
    seated,
    started,
)
from support.verdicts import is_recorded, keys, refusal

A = "a"


# Halts, credits, the end


def test_a_candidate_missing_at_the_roll_call_is_interrupted(desk: Desk) -> None:
    a_session(desk, stage=Stage.HALTED)

    desk.perform(ResumeSession(session_id=A, back=("P1-safety", "P2-safety")), LEE)

    assert [progress(desk, one) for one in ("P1", "P3")] == ["testing", "interrupted"]


@pytest.mark.parametrize(("credit_ms", "possible"), [(-60_000, True), (-60_001, False)])
def test_a_credit_never_leaves_less_than_nothing(
    desk: Desk, credit_ms: int, possible: bool
) -> None:
    a_session(desk)
    advance(desk, 89 * 60_000)
    command = GiveCredit(**keys("P1"), credit_ms=credit_ms, reason="clock")

    if possible:
        is_recorded(desk, command, LEE)
        assert progress(desk, "P1") == "time-up"
    else:
        refusal(desk, command, DANA)


def test_after_time_up_only_the_coordinator_gives_time(desk: Desk) -> None:
    a_session(desk)
    advance(desk, 90 * 60_000)
    command = GiveCredit(**keys("P1"), credit_ms=1000, reason="noise")

    refusal(desk, command, LEE)
    is_recorded(desk, command, DANA)


def test_a_session_ends_only_when_every_time_up_is_settled(desk: Desk) -> None:
    a_session(desk, 1)
    advance(desk, 91 * 60_000)

    assert "time is up for" in refusal(desk, EndSession(session_id=A), LEE)
    desk.perform(FinishAttempt(**keys("P1")), LEE)
    is_recorded(desk, EndSession(session_id=A), LEE)


@pytest.mark.parametrize(
    ("later_ms", "possible"), [(3_600_000, True), (86_400_000, False)]
)
def test_a_session_is_reopened_on_its_own_day_only(
    desk: Desk, later_ms: int, possible: bool
) -> None:
    a_session(desk, stage=Stage.ENDED)
    advance(desk, later_ms)
    command = ReopenSession(session_id=A, reason="ended too early")

    if possible:
        is_recorded(desk, command, DANA)
    else:
        assert "day" in refusal(desk, command, DANA)


def test_the_day_that_counts_is_the_centers(desk: Desk) -> None:
    # It is 09:13 in Chicago: 14 hours on it is the next day in UTC, but not there.
    a_session(desk, stage=Stage.ENDED)
    advance(desk, 14 * 3_600_000)

    assert desk.local_date(desk.now().utc_ms) == desk.local_date(
        desk.session(A).ended_utc_ms
    )
    is_recorded(desk, ReopenSession(session_id=A, reason="too early"), DANA)


@pytest.mark.parametrize(
    ("later_ms", "possible"), [(HOUR_MS, True), (24 * HOUR_MS, False)]
)
def test_a_session_that_ended_after_midnight_is_reopened_on_that_day(
    desk: Desk, later_ms: int, possible: bool
) -> None:
    advance(desk, 14 * HOUR_MS)
    a_session(desk)
    advance(desk, HOUR_MS)
    ended(desk, A)
    session = desk.session(A)
    planned_for = desk.local_date(session.starts_at_utc_ms)
    assert planned_for < desk.local_date(session.ended_utc_ms)
    advance(desk, later_ms)

    reopen = ReopenSession(session_id=A, reason="ended too early")
    assert (desk.preview.refusal(reopen, DANA) is None) is possible


def test_sealing_waits_for_scores_and_scratch_paper(desk: Desk) -> None:
    a_session(desk, 1)
    ended(desk, A)

    assert "enter the score" in refusal(desk, SealSession(session_id=A), LEE)
    for _ in range(2):
        desk.perform(KeyScore(**keys("P1"), shown="64", shown_as="raw"), LEE)
    assert "scratch" in refusal(desk, SealSession(session_id=A), LEE)


def test_an_amendment_raises_the_revision_at_the_next_seal(desk: Desk) -> None:
    a_session(desk, 1, stage=Stage.SEALED)
    desk.perform(AmendSession(session_id=A, reason="wrong seat"), DANA)
    desk.seal(A, LEE, LEE_PIN)

    assert desk.session(A).revision == 2
    assert verify_ledger(desk.ledger).signed_heads == 2


def test_abandoning_interrupts_only_candidates_who_are_testing(desk: Desk) -> None:
    planned(desk, ("P1", "P2", "P3"), A, "safety")
    opened(desk, A)
    for one in ("P1", "P2"):
        seated(desk, A, attempt_id(one))
    desk.perform(ExpectLate(**keys("P3")), LEE)
    started(desk, A)
    desk.perform(FinishAttempt(**keys("P1")), LEE)

    desk.perform(AbandonSession(session_id=A, reason="flood"), LEE)

    assert [progress(desk, one) for one in ("P1", "P2", "P3")] == [
        "finished", "interrupted", "absent",
    ]  # fmt: skip


# Irregularities


@pytest.mark.parametrize("validity", ["none", "flag", "withhold"])
def test_a_breach_withholds_whatever_else_is_said(desk: Desk, validity: str) -> None:
    a_session(desk)
    command = RecordIrregularity(
        session_id=A,
        code="MIS-DEVICE1",
        severity=3,
        scope="attempt",
        validity=validity,
        attempt_ids=("P1-safety",),
        observed="A phone in the hand.",
        action_taken="Taken away.",
    )

    desk.perform(command, LEE)

    assert attempt(desk, "P1").validity is Validity.WITHHELD
    assert attempt(desk, "P2").validity is Validity.CLEAN
