"""What becomes of the people in a session that was given up."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.checkin import ArriveLate, ExpectLate
from cptkiosk.domain.commands.closing import ReconcileScratch
from cptkiosk.domain.commands.score import ExplainScore, KeyScore
from cptkiosk.domain.commands.testing import AbandonSession
from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import Actor, Role
from support.center import DANA, LEE, LEE_PIN
from support.exams import policy, refusal, report_of
from support.sessions import a_session, at_the_desk, attempt_id, seated, started

A = "a"
ONE: AboutAttempt = {"session_id": A, "attempt_id": attempt_id("P1")}
TWO: AboutAttempt = {"session_id": A, "attempt_id": attempt_id("P2")}
THREE: AboutAttempt = {"session_id": A, "attempt_id": attempt_id("P3")}
SAM_PIN = "615283"


@pytest.fixture
def given_up(desk: Desk) -> Desk:
    """P1 was testing, P2 seated late, P3 at the desk, P4 never came: a flood."""
    policy(desk, no_show_pays=True)
    a_session(desk, 4, Stage.CHECK_IN)
    seated(desk, A, attempt_id("P1"))
    for who in ("P2", "P3", "P4"):
        late = ExpectLate(session_id=A, attempt_id=attempt_id(who))
        desk.perform(late, LEE)
    started(desk, A)
    for one in (TWO, THREE):
        desk.perform(ArriveLate(**one), LEE)
    seated(desk, A, attempt_id("P2"))
    at_the_desk(desk, A, attempt_id("P3"))
    desk.perform(AbandonSession(session_id=A, reason="a flood"), LEE)
    return desk


def test_a_candidate_in_the_room_is_not_absent_when_a_session_is_abandoned(
    given_up: Desk,
) -> None:
    people = given_up.session(A).attempts.values()
    assert [one.standing for one in people] == [
        *[AttemptProgress.INTERRUPTED] * 3,
        AttemptProgress.ABSENT,
    ]
    assert [str(one.reason or "") for one in people] == [*["a flood"] * 3, ""]


def test_a_candidate_sent_home_before_the_clock_began_needs_no_score(
    given_up: Desk,
) -> None:
    open_ones = blockers.to_seal(given_up.session(A))

    assert [one.attempt_id for one in open_ones if one.place == "scores"] == [
        attempt_id("P1")
    ]


def test_no_score_is_keyed_for_a_candidate_sent_home_before_the_clock_began(
    given_up: Desk,
) -> None:
    key = KeyScore(**TWO, shown="70", shown_as="raw")
    explain = ExplainScore(**TWO, state="pending", reason="no network")

    assert "Their clock never started, so no score is due." in refusal(given_up, key)
    assert "no score is due" in refusal(given_up, explain)


def test_a_candidate_sent_home_before_the_clock_began_owes_no_assessment(
    given_up: Desk,
) -> None:
    def sessions(who: str) -> list[str]:
        lines = given_up.lookups.statement(who).lines
        return [one.session_id for one in lines if one.session_id]

    assert sessions("P1") == sessions("P4") == [A]
    assert sessions("P2") == sessions("P3") == []


def test_a_session_given_up_is_handed_over_and_sealed_and_says_why(
    given_up: Desk,
) -> None:
    given_up.staff.add_staff("Sam Roe", Role.PROCTOR, SAM_PIN, "", DANA)
    explained = ExplainScore(**ONE, state="not applicable", reason="a flood")
    given_up.perform(explained, LEE)
    given_up.perform(ReconcileScratch(session_id=A, returned=3), LEE)
    given_up.hand_over(A, LEE, LEE_PIN, "s3", SAM_PIN)
    given_up.seal(A, Actor("s3", Role.PROCTOR), SAM_PIN)

    words = report_of(given_up)
    assert "Abandoned Sep 21, 2026" in words
    assert "a flood" in words.partition("Attendance list:")[0]
