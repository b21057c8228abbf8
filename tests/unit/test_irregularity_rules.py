"""What a correction or an addition to an irregularity leaves as it was."""

from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.checkin import ArriveLate, DenyAttempt, WaiveGate
from cptkiosk.domain.commands.closing import ReconcileScratch
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.commands.score import DecideValidity
from cptkiosk.domain.commands.testing import FinishAttempt, StartLate
from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.score_state import Validity
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.words import explain
from support.center import DANA, LEE, LEE_PIN
from support.exams import allowed, keyed, one_is_late, planned, refusal
from support.sessions import (
    DESK_GATES,
    a_session,
    advance,
    at_the_desk,
    attempt,
    attempt_id,
    ended,
    gates_passed,
    seated,
)
from support.verdicts import refuses

A = "a"
ONE: AboutAttempt = {"session_id": A, "attempt_id": attempt_id("P1")}
TWO: AboutAttempt = {"session_id": A, "attempt_id": attempt_id("P2")}
FULL_MS = 90 * MINUTE_MS


# Scratch paper


def test_scratch_paper_given_out_after_the_count_is_counted_again(desk: Desk) -> None:
    one_is_late(desk)
    desk.perform(ReconcileScratch(session_id=A, returned=1), LEE)
    desk.perform(ArriveLate(**TWO), LEE)
    seated(desk, A, attempt_id("P2"))
    desk.perform(StartLate(**TWO), LEE)
    ended(desk, A)
    for one in (ONE, TWO):
        keyed(desk, one, "70")

    (open_one,) = blockers.to_seal(desk.session(A))
    assert explain(open_one.reason) == "count scratch paper again: 2 sheets handed out"
    with refuses("2 sheets"):
        desk.seal(A, LEE, LEE_PIN)
    desk.perform(ReconcileScratch(session_id=A, returned=2), LEE)
    desk.seal(A, LEE, LEE_PIN)


def test_waived_scratch_paper_was_not_issued(desk: Desk) -> None:
    a_session(desk, 3, Stage.CHECK_IN)
    waived, *others = (attempt_id(one) for one in ("P1", "P2", "P3"))
    waiver = WaiveGate(
        session_id=A, attempt_id=waived, gate="scratch", reason="wants none"
    )
    desk.perform(waiver, LEE)
    rest = tuple(gate for gate in DESK_GATES if gate != "scratch")
    for gates in (("photo-id",), ("name",), rest):
        about: AboutAttempt = {"session_id": A, "attempt_id": waived}
        desk.perform(gates_passed(about, gates), LEE)
    at_the_desk(desk, A, others[0])

    assert blockers.scratch_issued(desk.session(A)) == 1


def test_scratch_paper_is_counted_for_candidates_who_took_it_without_testing(
    desk: Desk,
) -> None:
    a_session(desk, 2, Stage.CHECK_IN)
    at_the_desk(desk, A, attempt_id("P1"))
    deny = DenyAttempt(**ONE, reason="fell ill", coordinator_called=True)
    desk.perform(deny, LEE)

    assert blockers.scratch_issued(desk.session(A)) == 1


# Irregularities


def breach(
    *who: str,
    severity: int = 3,
    supersedes: str = "",
    told: str = "",
    **more: Any,
) -> RecordIrregularity:
    fields = {
        "code": "STF-HELP",
        "scope": "attempt",
        "validity": "withhold",
        "observed": "told the answer",
        "action_taken": "",
    } | more
    return RecordIrregularity(
        session_id=A,
        severity=severity,
        attempt_ids=tuple(map(attempt_id, who)),
        told=told,
        supersedes=supersedes,
        **fields,
    )


def validity(desk: Desk, who: str) -> Validity:
    return attempt(desk, who).validity


@pytest.fixture
def cleared(desk: Desk) -> Desk:
    """P1's score was withheld for a breach, and the coordinator has cleared it."""
    a_session(desk, 2, Stage.ENDED)
    desk.perform(breach("P1"), LEE)
    clean = DecideValidity(**ONE, validity="clean", reason="heard wrongly")
    desk.perform(clean, DANA)
    return desk


def test_completing_an_entry_leaves_a_score_that_was_cleared(cleared: Desk) -> None:
    cleared.perform(breach("P1", supersedes="a-i1", told="Dana 10:05"), LEE)

    assert validity(cleared, "P1") is Validity.CLEAN
    assert attempt(cleared, "P1").counts


def test_a_correction_withholds_the_score_of_whom_it_names_in_addition(
    cleared: Desk,
) -> None:
    cleared.perform(breach("P1", "P2", supersedes="a-i1"), LEE)

    assert validity(cleared, "P1") is Validity.CLEAN
    assert validity(cleared, "P2") is Validity.WITHHELD


def test_a_correction_that_is_graver_withholds_what_was_cleared(desk: Desk) -> None:
    a_session(desk, 1, Stage.ENDED)
    desk.perform(breach("P1", severity=2), DANA)
    clean = DecideValidity(**ONE, validity="clean", reason="heard wrongly")
    desk.perform(clean, DANA)
    desk.perform(breach("P1", supersedes="a-i1"), LEE)

    assert validity(desk, "P1") is Validity.WITHHELD


@pytest.mark.parametrize(
    ("who", "severity", "proctor_may"),
    [
        (("P1",), 3, False),
        (("P2", "P3"), 3, False),
        (("P1", "P2"), 2, False),
        (("P1", "P2"), 3, True),
        (("P1", "P2", "P3"), 3, True),
    ],
)
def test_only_the_coordinator_takes_a_candidate_out_of_a_breach(
    desk: Desk, who: tuple[str, ...], severity: int, proctor_may: bool
) -> None:
    a_session(desk, 3)
    desk.perform(breach("P1", "P2"), LEE)
    correction = breach(*who, severity=severity, supersedes="a-i1")

    assert allowed(desk, correction, DANA)
    assert allowed(desk, correction, LEE) is proctor_may
    if not proctor_may:
        assert "Only a coordinator can undo a breach" in refusal(desk, correction, LEE)


def test_removal_from_less_than_a_breach_needs_no_coordinator(
    desk: Desk,
) -> None:
    a_session(desk, 2)
    desk.perform(breach("P1", "P2", code="MIS-TALK", severity=2), LEE)

    fewer = breach("P1", code="MIS-TALK", severity=2, supersedes="a-i1")
    assert allowed(desk, fewer, LEE)


def test_a_breach_in_the_room_names_whom_it_concerns(desk: Desk) -> None:
    a_session(desk, 2)
    nobody = breach(code="STF-ABSENT", scope="room")

    assert refusal(desk, nobody).endswith(
        "Mark everyone it concerns, or choose the whole room."
    )
    assert allowed(desk, breach("P1", "P2", code="STF-ABSENT", scope="room"))


def test_a_breach_with_an_empty_roll_has_no_names(desk: Desk) -> None:
    planned(desk, A)

    assert allowed(desk, breach(code="STF-ABSENT", scope="room"))


def test_an_entry_keeps_the_time_left_when_it_happened(desk: Desk) -> None:
    a_session(desk, 2)
    advance(desk, 20 * MINUTE_MS)
    desk.perform(FinishAttempt(**TWO), LEE)
    advance(desk, 20 * MINUTE_MS)
    now_ms = desk.now().utc_ms
    command = breach("P1", "P2", happened_at_utc_ms=now_ms - 30 * MINUTE_MS)
    desk.perform(command, LEE)
    before = breach("P1", happened_at_utc_ms=now_ms - 50 * MINUTE_MS)
    desk.perform(before, LEE)

    first, second = (one.event.moments for one in desk.session(A).irregularities)
    assert [one.left_ms for one in first] == [FULL_MS - 10 * MINUTE_MS] * 2
    assert [one.left_ms for one in second] == [None]
