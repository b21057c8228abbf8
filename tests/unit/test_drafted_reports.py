"""What is plainly odd at the end is drafted by the kiosk and explained by a person."""

from collections.abc import Callable

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt, Batch
from cptkiosk.domain.commands.halt import HaltSession, ResumeSession
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.commands.score import DecideValidity, KeyScore
from cptkiosk.domain.commands.testing import (
    AbandonSession,
    Announce,
    EndEarly,
    EndSession,
    FinishAttempt,
    NoteVendorClock,
)
from cptkiosk.domain.events import irregularity as e
from cptkiosk.domain.rules.announcing import MISSED_CALL
from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.score_state import Validity
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.ledger.maintenance.verify import verify_ledger
from cptkiosk.words import explain
from support.center import DANA, DANA_PIN, LEE
from support.sessions import (
    a_session,
    advance,
    attempt,
    attempt_id,
    ended,
    explained,
    left_ms,
    scored,
)
from support.verdicts import refuses

A = "a"
ONE: AboutAttempt = {"session_id": A, "attempt_id": attempt_id("P1")}
TWO: AboutAttempt = {"session_id": A, "attempt_id": attempt_id("P2")}
EXAM_MS = 90 * MINUTE_MS


def entries(desk: Desk, code: str) -> list[e.IrregularityRecorded]:
    return [one.event for one in desk.session(A).in_force if one.event.code == code]


def announced(desk: Desk) -> None:
    """Let the time pass down to the end, with every announcement made."""
    for minutes in (30, 10, 5):
        advance(desk, left_ms(desk, "P1") - minutes * MINUTE_MS)
        people = tuple(desk.session(A).attempts)
        desk.perform(Announce(session_id=A, minutes=minutes, attempt_ids=people), LEE)
    advance(desk, left_ms(desk, "P1"))


# Dismissed


@pytest.fixture
def dismissed(desk: Desk) -> Desk:
    a_session(desk, 2)
    desk.perform(EndEarly(**ONE, outcome="dismissed", reason="notes"), LEE)
    return desk


def test_dismissed_score_is_withheld_until_the_coordinator_decides(
    dismissed: Desk,
) -> None:
    ended(dismissed, A)
    for _ in range(2):
        dismissed.perform(KeyScore(**ONE, shown="80"), LEE)
    assert attempt(dismissed, "P1").validity is Validity.WITHHELD
    assert not attempt(dismissed, "P1").counts

    dismissed.perform(
        DecideValidity(**ONE, validity="clean", reason="no notes were found"), DANA
    )
    assert attempt(dismissed, "P1").counts
    verify_ledger(dismissed.ledger)


def test_taking_a_dismissal_back_releases_the_score(dismissed: Desk) -> None:
    dismissed.perform(UndoStep(session_id=A), LEE)

    assert attempt(dismissed, "P1").validity is Validity.CLEAN


def test_breach_recorded_meanwhile_still_withholds_after_the_undo(
    dismissed: Desk,
) -> None:
    breach = RecordIrregularity(
        session_id=A, code="MIS-NOTES", severity=3, scope="attempt",
        validity="withhold", attempt_ids=(attempt_id("P1"),), observed="A sheet.",
        action_taken="Kept it.",
    )  # fmt: skip
    dismissed.perform(breach, LEE)
    dismissed.perform(UndoStep(session_id=A), LEE)

    assert attempt(dismissed, "P1").validity is Validity.WITHHELD


# Over time


@pytest.mark.parametrize(("late_ms", "drafts"), [(60_000, 0), (61_000, 1)])
def test_end_recorded_after_time_was_up_is_flagged_and_drafted(
    desk: Desk, late_ms: int, drafts: int
) -> None:
    a_session(desk, 1)
    announced(desk)
    advance(desk, late_ms)
    desk.perform(FinishAttempt(**ONE), LEE)

    found = entries(desk, "TIM-OVER")
    assert len(found) == drafts
    flagged = Validity.FLAGGED if drafts else Validity.CLEAN
    assert attempt(desk, "P1").validity is flagged


def left_behind(desk: Desk) -> None:
    """Halt, and resume without anybody."""
    desk.perform(HaltSession(session_id=A, reason="alarm"), LEE)
    desk.perform(ResumeSession(session_id=A, back=()), LEE)


def given_up(desk: Desk) -> None:
    desk.perform(AbandonSession(session_id=A, reason="power"), LEE)


def dismissed_late(desk: Desk) -> None:
    desk.perform(EndEarly(**ONE, outcome="dismissed", reason="notes"), LEE)


def finished_together(desk: Desk) -> None:
    both = tuple(FinishAttempt(**one) for one in (ONE, TWO))
    desk.perform(Batch(session_id=A, commands=both), LEE)


@pytest.mark.parametrize(
    "end", [left_behind, given_up, dismissed_late, finished_together]
)
def test_every_way_to_end_over_time_is_flagged_and_drafted(
    desk: Desk, end: Callable[[Desk], None]
) -> None:
    a_session(desk, 2)
    announced(desk)
    advance(desk, 61_000)
    end(desk)

    (found,) = entries(desk, "TIM-OVER")
    over = {
        one.attempt_id
        for one in desk.session(A).attempts.values()
        if one.end_line_ms is not None
    }
    assert over
    assert set(found.attempt_ids) == over
    assert attempt(desk, "P1").validity is not Validity.CLEAN


def test_an_abandoned_session_numbers_every_draft(desk: Desk) -> None:
    a_session(desk, 2)
    advance(desk, EXAM_MS + 61_000)
    given_up(desk)

    ids = [one.event.irregularity_id for one in desk.session(A).in_force]
    assert ids == [f"{A}-i{number}" for number in range(1, 5)]


def test_one_draft_names_everybody_who_was_over_time(desk: Desk) -> None:
    a_session(desk, 2)
    announced(desk)
    advance(desk, 3 * 24 * 60 * MINUTE_MS)
    ended(desk, A)

    (found,) = entries(desk, "TIM-OVER")
    assert set(found.attempt_ids) == set(desk.session(A).attempts)
    scored(desk, A)
    with refuses("complete irregularity TIM-OVER"):
        desk.seal(A, DANA, DANA_PIN)

    explained(desk, A)
    desk.seal(A, DANA, DANA_PIN)
    verify_ledger(desk.ledger)


def test_a_batch_over_time_makes_one_draft_with_each_figure_once(desk: Desk) -> None:
    a_session(desk, 5)
    announced(desk)
    advance(desk, 641_000)
    everybody = tuple(
        FinishAttempt(session_id=A, attempt_id=one) for one in desk.session(A).attempts
    )
    before = len(desk.session(A).irregularities)
    desk.perform(Batch(session_id=A, commands=everybody), LEE)

    (made,) = desk.session(A).irregularities[before:]
    assert made.event.irregularity_id == f"{A}-i{before + 1}"
    assert set(made.event.attempt_ids) == set(desk.session(A).attempts)
    assert made.event.observed.text == "The end was recorded 10:41 after time was up."
    assert dict(made.event.details)["minutes-over"].text == "10"
    assert made.event.supersedes == ""
    flagged = {one.validity for one in desk.session(A).attempts.values()}
    assert flagged == {Validity.FLAGGED}


def test_a_batch_adds_to_the_draft_still_without_an_explanation(desk: Desk) -> None:
    a_session(desk, 3)
    announced(desk)
    advance(desk, 641_000)
    desk.perform(FinishAttempt(**ONE), LEE)
    (first,) = entries(desk, "TIM-OVER")
    advance(desk, 60_000)
    rest = tuple(
        FinishAttempt(session_id=A, attempt_id=one)
        for one in desk.session(A).attempts
        if one not in first.attempt_ids
    )
    desk.perform(Batch(session_id=A, commands=rest), LEE)

    (found,) = entries(desk, "TIM-OVER")
    assert found.supersedes == first.irregularity_id
    assert found.spared == first.attempt_ids
    assert found.observed.text == (
        "The end was recorded 10:41 after time was up."
        " The end was recorded 11:41 after time was up."
    )
    assert dict(found.details)["minutes-over"].text == "10, 11"


# The vendor's clock


@pytest.mark.parametrize(
    ("off_ms", "code"),
    [(120_000, ""), (121_000, "TIM-OVER"), (-120_000, ""), (-121_000, "TIM-UNDER")],
)
def test_vendor_clock_that_is_far_off_is_drafted_and_next(
    desk: Desk, off_ms: int, code: str
) -> None:
    a_session(desk, 1)
    advance(desk, MINUTE_MS)
    command = NoteVendorClock(
        **ONE, vendor_left_ms=left_ms(desk, "P1") + off_ms, asked_line_ms=None
    )
    desk.perform(command, LEE)
    desk.perform(command, LEE)

    found = [one.event for one in desk.session(A).in_force]
    assert [one.code for one in found] == [code] * bool(code)
    assert attempt(desk, "P1").validity is Validity.CLEAN
    step = desk.next_step(desk.session(A))
    assert (step.action == "irregularities") is bool(code)


# Announcements


def over_unannounced(desk: Desk) -> None:
    ended(desk, A)


def abandoned(desk: Desk) -> None:
    desk.perform(AbandonSession(session_id=A, reason="power"), LEE)


@pytest.mark.parametrize("close", [over_unannounced, abandoned])
def test_missed_announcements_are_drafted_and_keep_the_session_from_the_seal(
    desk: Desk, close: Callable[[Desk], None]
) -> None:
    a_session(desk, 1)
    advance(desk, EXAM_MS - MINUTE_MS)
    close(desk)

    found = entries(desk, "TIM-MISSWARN")
    assert [dict(one.details)["minutes"].text for one in found] == ["30", "10", "5"]
    assert len({one.irregularity_id for one in found}) == 3
    lacking = [
        one
        for one in blockers.to_seal(desk.session(A))
        if "MISSWARN" in explain(one.reason)
    ]
    assert len(lacking) == 3
    explained(desk, A)
    assert not any(
        "MISSWARN" in explain(one.reason) for one in blockers.to_seal(desk.session(A))
    )


def test_announced_session_drafts_nothing(desk: Desk) -> None:
    a_session(desk, 1)
    announced(desk)
    ended(desk, A)

    assert desk.session(A).irregularities == ()


def test_end_can_still_be_taken_back_after_drafts(desk: Desk) -> None:
    a_session(desk, 1)
    advance(desk, EXAM_MS - MINUTE_MS)
    ended(desk, A)

    desk.perform(UndoStep(session_id=A), LEE)
    assert desk.session(A).stage is Stage.RUNNING
    desk.perform(EndSession(session_id=A), LEE)
    assert len(entries(desk, "TIM-MISSWARN")) == 3


def test_no_vendor_clock_is_noted_for_an_untimed_candidate(desk: Desk) -> None:
    kim = RegisterPerson(
        participant_id="P1",
        family_name="Cole",
        given_name="Kim",
        registration=Registration("safety", "", 0),
    )
    desk.registrar.register([kim], LEE)
    a_session(desk, 1)
    assert attempt(desk, "P1").is_untimed

    with refuses("FamilyP1, Kim is untimed"):
        desk.perform(NoteVendorClock(**ONE, vendor_left_ms=80 * MINUTE_MS), LEE)
    assert attempt(desk, "P1").drift_ms is None


@pytest.mark.parametrize("stands_ms", [0, 7 * MINUTE_MS])
def test_a_missed_announcement_happened_when_it_was_due(
    desk: Desk, stands_ms: int
) -> None:
    a_session(desk, 2)
    start_ms = desk.now().utc_ms
    advance(desk, MINUTE_MS)
    desk.perform(HaltSession(session_id=A, reason="alarm"), LEE)
    advance(desk, stands_ms)
    everybody = tuple(desk.session(A).attempts)
    desk.perform(ResumeSession(session_id=A, back=everybody), LEE)
    advance(desk, EXAM_MS)
    ended(desk, A)

    due = {
        dict(one.details)["minutes"].text: one.happened_at_utc_ms
        for one in entries(desk, MISSED_CALL)
    }
    assert due == {
        f"{minutes}": start_ms + EXAM_MS + stands_ms - minutes * MINUTE_MS
        for minutes in (30, 10, 5)
    }
