"""What a correction or an addition to an irregularity leaves as it was."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain import blockers
from cptkiosk.domain import commands as c
from cptkiosk.domain.attempt import Validity
from cptkiosk.domain.session import Stage
from cptkiosk.domain.values import MINUTE_MS, Refused
from support.center import DANA, LEE, LEE_PIN
from support.exams import allowed, keyed, one_is_late, planned, refusal
from support.sessions import (
    a_session,
    advance,
    attempt,
    attempt_id,
    ended,
    seated,
)

A = "a"
ONE = {"session_id": A, "attempt_id": attempt_id("P1")}
TWO = {"session_id": A, "attempt_id": attempt_id("P2")}
FULL_MS = 90 * MINUTE_MS


# Scratch paper


def test_scratch_paper_given_out_after_the_count_is_counted_again(desk: Desk) -> None:
    one_is_late(desk)
    desk.perform(c.ReconcileScratch(session_id=A, returned=1), LEE)
    desk.perform(c.ArriveLate(**TWO), LEE)
    seated(desk, A, attempt_id("P2"))
    desk.perform(c.StartLate(**TWO), LEE)
    ended(desk, A)
    for one in (ONE, TWO):
        keyed(desk, one, "70")

    (open_one,) = blockers.to_seal(desk.session(A))
    assert open_one.text == "scratch paper to count again: 2 sheets issued"
    with pytest.raises(Refused, match="2 sheets"):
        desk.seal(A, LEE, LEE_PIN)
    desk.perform(c.ReconcileScratch(session_id=A, returned=2), LEE)
    desk.seal(A, LEE, LEE_PIN)


# Irregularities


def breach(
    *who,
    severity: int = 3,
    supersedes: str = "",
    told: str = "",
    ago_ms: int = 0,
    desk: Desk = None,
    **more,
):
    happened_ms = desk.now().utc_ms - ago_ms if desk else 0
    wish = {
        "code": "STF-HELP",
        "scope": "attempt",
        "validity": "withhold",
        "observed": "told the answer",
        "action_taken": "",
    } | more
    return c.RecordIrregularity(
        session_id=A,
        severity=severity,
        attempt_ids=tuple(map(attempt_id, who)),
        told=told,
        supersedes=supersedes,
        happened_at_utc_ms=happened_ms,
        **wish,
    )


def validity(desk: Desk, who):
    return attempt(desk, who).validity


@pytest.fixture
def cleared(desk: Desk) -> Desk:
    """P1's score was withheld for a breach, and the coordinator has cleared it."""
    a_session(desk, 2, Stage.ENDED)
    desk.perform(breach("P1"), LEE)
    clean = c.DecideValidity(**ONE, validity="clean", reason="heard wrongly")
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
    desk.perform(breach("P1", severity=2), LEE)
    clean = c.DecideValidity(**ONE, validity="clean", reason="heard wrongly")
    desk.perform(clean, DANA)
    desk.perform(breach("P1", supersedes="a-i1"), LEE)

    assert validity(desk, "P1") is Validity.WITHHELD


def test_a_breach_in_the_room_names_whom_it_concerns(desk: Desk) -> None:
    a_session(desk, 2)
    nobody = breach(code="STF-ABSENT", scope="room")

    assert refusal(desk, nobody).endswith(
        "Mark whoever is concerned; everybody if it is the room."
    )
    assert allowed(desk, breach("P1", "P2", code="STF-ABSENT", scope="room"))


def test_a_breach_while_nobody_is_on_the_roll_names_nobody(desk: Desk) -> None:
    planned(desk, A)

    assert allowed(desk, breach(code="STF-ABSENT", scope="room"))


def test_an_entry_keeps_what_somebody_had_left_when_it_happened(desk: Desk) -> None:
    a_session(desk, 2)
    advance(desk, 20 * MINUTE_MS)
    desk.perform(c.FinishAttempt(**TWO), LEE)
    advance(desk, 20 * MINUTE_MS)
    wish = breach("P1", "P2", ago_ms=30 * MINUTE_MS, desk=desk)
    desk.perform(wish, LEE)
    before = breach("P1", ago_ms=50 * MINUTE_MS, desk=desk)
    desk.perform(before, LEE)

    first, second = (one.event.moments for one in desk.session(A).irregularities)
    assert [one.left_ms for one in first] == [FULL_MS - 10 * MINUTE_MS] * 2
    assert [one.left_ms for one in second] == [None]
