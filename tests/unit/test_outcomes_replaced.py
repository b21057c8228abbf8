"""Once a session is over, the coordinator replaces an outcome recorded by mistake."""

from itertools import permutations
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.checkin import DenyAttempt, MarkAbsent, TakeSeat
from cptkiosk.domain.commands.closing import AmendSession, ReopenSession
from cptkiosk.domain.commands.mistake import PutBack, ReplaceOutcome, UndoStep
from cptkiosk.domain.commands.score import ExplainScore, KeyScore
from cptkiosk.domain.commands.testing import (
    AbandonSession,
    EndEarly,
    EndSession,
    FinishAttempt,
)
from cptkiosk.domain.rules.mistakes import REALLY
from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.attempt import NEVER_STARTED, AttemptProgress
from cptkiosk.domain.state.score_state import ScoreState, Validity
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS, Actor
from cptkiosk.ledger.maintenance.verify import rebuild_projections, verify_ledger
from cptkiosk.reports.slip import write_slip
from cptkiosk.services import credentials
from cptkiosk.services.assignment import build_assignment
from support.center import DANA, DANA_PIN, KIM, LEE
from support.exams import policy, refusal, report_of
from support.sessions import (
    a_session,
    advance,
    attempt,
    attempt_id,
    ended,
    explained,
    line,
    register,
    scored,
    seated,
    started,
)

A = "a"
ONE: AboutAttempt = {"session_id": A, "attempt_id": attempt_id("P1")}
TWO: AboutAttempt = {"session_id": A, "attempt_id": attempt_id("P2")}
WHY = "it was the neighbor's screen"
TOOK_MS = 30 * MINUTE_MS


def really(
    outcome: str, about: AboutAttempt = ONE, stopped_line_ms: int | None = None
) -> ReplaceOutcome:
    return ReplaceOutcome(
        **about, outcome=outcome, reason=WHY, stopped_line_ms=stopped_line_ms
    )


def over(desk: Desk, outcome: str, stage: Stage = Stage.ENDED) -> None:
    """Let a session be over in which P1 has an outcome, and P2 was there to the end."""
    a_session(desk, 2, Stage.CHECK_IN)
    if outcome == "absent":
        desk.perform(MarkAbsent(session_id=A, attempt_ids=(ONE["attempt_id"],)), LEE)
    elif outcome == "denied":
        desk.perform(DenyAttempt(**ONE, reason="no ID", coordinator_called=True), LEE)
    else:
        seated(desk, A, ONE["attempt_id"])
    seated(desk, A, TWO["attempt_id"])
    started(desk, A)
    advance(desk, TOOK_MS)
    if outcome == "finished":
        desk.perform(FinishAttempt(**ONE), LEE)
    elif outcome not in NEVER_STARTED:
        desk.perform(EndEarly(**ONE, outcome=outcome, reason="as it seemed"), LEE)
    advance(desk, 10 * MINUTE_MS)
    if stage is Stage.ABANDONED:
        desk.perform(AbandonSession(session_id=A, reason="a flood"), LEE)
    else:
        ended(desk, A)


@pytest.mark.parametrize("stage", [Stage.ENDED, Stage.ABANDONED])
@pytest.mark.parametrize(("was", "outcome"), list(permutations(REALLY, 2)))
def test_any_outcome_is_replaced_by_any_other_before_the_seal(
    was: str, outcome: str, stage: Stage, desk: Desk
) -> None:
    over(desk, was, stage)
    before = attempt(desk, "P1")
    session = desk.session(A)

    desk.perform(really(outcome), DANA)

    one = attempt(desk, "P1")
    assert one.standing == outcome
    began = outcome not in NEVER_STARTED
    if was in NEVER_STARTED and outcome == "withdrawn":
        began = False
    assert one.owes_score == began
    if not began:
        assert one.start_line_ms is one.end_line_ms is None
        assert one.seat == ""
    elif was in NEVER_STARTED:
        assert one.start_line_ms == session.start_line_ms
        assert one.end_line_ms == session.ended_line_ms
    else:
        assert one.start_line_ms == before.start_line_ms
        assert one.end_line_ms == before.end_line_ms
        assert session.elapsed_ms(one, line(desk)) == TOOK_MS
    withheld = outcome == "dismissed"
    assert one.validity is (Validity.WITHHELD if withheld else Validity.CLEAN)
    assert str(one.reason or "") == ("" if outcome == "finished" else WHY)
    rebuild_projections(desk.ledger, "s1")
    verify_ledger(desk.ledger)


def test_a_session_is_sealed_with_the_outcomes_that_hold(desk: Desk) -> None:
    over(desk, "absent")
    scored(desk, A)
    desk.perform(really("finished"), DANA)
    (open_one,) = blockers.to_seal(desk.session(A))
    assert (open_one.place, open_one.attempt_id) == ("scores", ONE["attempt_id"])

    for _ in range(2):
        desk.perform(KeyScore(**ONE, shown="70", shown_as="raw"), LEE)

    assert not blockers.to_seal(desk.session(A))
    assert attempt(desk, "P1").counts
    assert f"finished, not absent: {WHY}" in report_of(desk)


def test_a_candidate_found_absent_holds_no_result_and_owes_none(
    desk: Desk,
) -> None:
    over(desk, "finished")
    owed = desk.lookups.statement("P1").due_cents

    desk.perform(really("absent"), DANA)

    assert ONE["attempt_id"] not in {
        one.attempt_id for one in blockers.to_seal(desk.session(A))
    }
    assert "no score is due" in refusal(desk, KeyScore(**ONE, shown="70"), LEE)
    assert not attempt(desk, "P1").counts
    assert desk.lookups.statement("P1").due_cents <= owed


def test_two_replacements_lead_back_to_the_clock_on_record(desk: Desk) -> None:
    over(desk, "finished")
    before = attempt(desk, "P1")

    desk.perform(really("absent"), DANA)
    desk.perform(really("denied"), DANA)
    desk.perform(really("finished"), DANA)

    one = attempt(desk, "P1")
    clock = (one.start_line_ms, one.end_line_ms)
    assert clock == (before.start_line_ms, before.end_line_ms)


@pytest.mark.parametrize("was", ["finished", "absent"])
def test_the_time_of_a_stop_can_be_entered(was: str, desk: Desk) -> None:
    over(desk, was)
    began_ms = desk.session(A).start_line_ms
    assert began_ms is not None
    stopped_ms = began_ms + 12 * MINUTE_MS

    desk.perform(really("withdrawn", stopped_line_ms=stopped_ms), DANA)

    one = attempt(desk, "P1")
    assert (one.start_line_ms, one.end_line_ms) == (began_ms, stopped_ms)


def test_the_same_outcome_can_have_another_time(desk: Desk) -> None:
    over(desk, "finished")
    later_ms = (attempt(desk, "P1").end_line_ms or 0) + MINUTE_MS

    desk.perform(really("finished", stopped_line_ms=later_ms), DANA)

    assert attempt(desk, "P1").end_line_ms == later_ms
    assert f"finished, at another time: {WHY}" in report_of(desk)
    assert "already" in refusal(
        desk, really("finished", stopped_line_ms=later_ms), DANA
    )


def test_another_time_keeps_why_there_is_no_score(desk: Desk) -> None:
    over(desk, "finished")
    later_ms = (attempt(desk, "P1").end_line_ms or 0) + MINUTE_MS
    desk.perform(ExplainScore(**ONE, state="pending", reason="site down"), LEE)
    explained_score = attempt(desk, "P1").score

    desk.perform(really("finished", stopped_line_ms=later_ms), DANA)

    assert attempt(desk, "P1").score == explained_score
    desk.perform(really("withdrawn", stopped_line_ms=later_ms), DANA)
    assert attempt(desk, "P1").score.state is ScoreState.NONE


def test_a_finished_candidate_does_not_inherit_the_reason_of_a_replaced_outcome(
    desk: Desk,
) -> None:
    over(desk, "withdrawn")

    desk.perform(really("finished"), DANA)

    assert attempt(desk, "P1").reason is None
    assert f"reason: {WHY}" not in report_of(desk)
    assert f"finished, not withdrawn: {WHY}" in report_of(desk)


def test_a_stop_time_lies_between_the_begin_and_the_end(desk: Desk) -> None:
    over(desk, "finished")
    session = desk.session(A)
    began_ms, ended_ms = session.start_line_ms or 0, session.ended_line_ms

    for stopped_ms in (began_ms - 1, ended_ms + 1):
        command = really("withdrawn", stopped_line_ms=stopped_ms)
        assert "cannot have stopped at that time" in refusal(desk, command, DANA)
    command = really("absent", stopped_line_ms=ended_ms)
    assert "A candidate who is absent has no stop time." in refusal(desk, command, DANA)


def test_time_that_ran_out_before_the_end_counts_in_full(desk: Desk) -> None:
    a_session(desk, 2, Stage.CHECK_IN)
    desk.perform(MarkAbsent(session_id=A, attempt_ids=(ONE["attempt_id"],)), LEE)
    seated(desk, A, TWO["attempt_id"])
    started(desk, A)
    advance(desk, 95 * MINUTE_MS)
    ended(desk, A)

    desk.perform(really("finished"), DANA)

    one = attempt(desk, "P1")
    assert desk.session(A).left_ms(one, line(desk)) == 0


def test_an_end_said_to_be_long_over_time_is_drafted(desk: Desk) -> None:
    a_session(desk, 2)
    advance(desk, 80 * MINUTE_MS)
    desk.perform(FinishAttempt(**ONE), LEE)
    advance(desk, 15 * MINUTE_MS)
    desk.perform(FinishAttempt(**TWO), LEE)
    desk.perform(EndSession(session_id=A), LEE)
    explained(desk, A)
    ended_ms = desk.session(A).ended_line_ms

    desk.perform(really("interrupted", stopped_line_ms=ended_ms), DANA)

    draft = desk.session(A).in_force[-1].event
    assert (draft.code, draft.attempt_ids) == ("TIM-OVER", (ONE["attempt_id"],))
    assert attempt(desk, "P1").validity is Validity.FLAGGED


def test_a_dismissal_of_the_wrong_person_moves_to_the_neighbor(desk: Desk) -> None:
    over(desk, "dismissed")
    assert attempt(desk, "P1").validity is Validity.WITHHELD

    desk.perform(really("finished"), DANA)
    desk.perform(really("dismissed", TWO), DANA)

    assert attempt(desk, "P1").validity is Validity.CLEAN
    assert attempt(desk, "P2").validity is Validity.WITHHELD


@pytest.mark.parametrize("actor", [LEE, KIM])
def test_only_the_coordinator_replaces_an_outcome(actor: Actor, desk: Desk) -> None:
    over(desk, "finished")

    assert "Only a coordinator can" in refusal(desk, really("absent"), actor)


def test_replacing_an_outcome_takes_a_reason_and_another_outcome(desk: Desk) -> None:
    over(desk, "finished")
    for outcome, why in (("finished", "already"), ("cancelled", "not an outcome")):
        assert why in refusal(desk, really(outcome), DANA)
    command = ReplaceOutcome(**ONE, outcome="absent", reason=" ")
    assert "reason" in refusal(desk, command, DANA)


def test_a_score_keyed_for_the_wrong_outcome_is_explained_first(desk: Desk) -> None:
    over(desk, "finished")
    desk.perform(KeyScore(**ONE, shown="70", shown_as="raw"), LEE)
    assert "A score has been entered" in refusal(desk, really("absent"), DANA)

    not_theirs = ExplainScore(
        **ONE, state="not applicable", reason="the neighbor's score"
    )
    desk.perform(not_theirs, DANA)
    desk.perform(really("withdrawn"), DANA)

    assert attempt(desk, "P1").score.state is ScoreState.NONE


def test_a_candidate_testing_elsewhere_was_not_here_too(desk: Desk) -> None:
    over(desk, "absent")
    register(desk, ("P1",), "safety")
    a_session(desk, 0, Stage.PLANNED, session_id="b")
    desk.perform(build_assignment(desk, "b", "P1", "safety"), DANA)

    assert "in session b" in refusal(desk, really("finished"), DANA)
    desk.perform(really("denied"), DANA)


def test_an_outcome_replaced_is_not_undone_but_replaced_again(desk: Desk) -> None:
    over(desk, "finished")
    desk.perform(really("absent"), DANA)

    found = refusal(desk, UndoStep(session_id=A), DANA)

    assert "the replaced outcome, cannot be undone" in found
    assert "Correct it again." in found


@pytest.mark.parametrize("stage", [Stage.ENDED, Stage.ABANDONED])
def test_after_the_end_the_outcome_is_replaced_instead_of_put_back(
    stage: Stage, desk: Desk
) -> None:
    over(desk, "finished", stage)

    found = refusal(desk, PutBack(**ONE, reason=WHY), DANA)

    assert "Correct the outcome instead." in found


def test_a_candidate_is_put_back_instead_while_clocks_run(desk: Desk) -> None:
    a_session(desk, 1)
    desk.perform(FinishAttempt(**ONE), LEE)

    found = refusal(desk, really("withdrawn"), DANA)

    assert "Restore the attempt instead." in found


def test_a_sealed_outcome_is_replaced_once_the_record_is_amended(desk: Desk) -> None:
    over(desk, "finished")
    scored(desk, A)
    desk.seal(A, DANA, DANA_PIN)
    assert "Amend the session, then correct the outcome." in refusal(
        desk, really("withdrawn"), DANA
    )

    desk.perform(AmendSession(session_id=A, reason="a letter"), DANA)
    desk.perform(ExplainScore(**ONE, state="pending", reason="to be keyed again"), DANA)
    desk.perform(really("withdrawn"), DANA)

    assert attempt(desk, "P1").standing is AttemptProgress.WITHDRAWN


def test_a_candidate_who_was_turned_away_gets_a_slip(
    desk: Desk, tmp_path: Path
) -> None:
    over(desk, "absent")
    desk.perform(really("denied"), DANA)

    path, entry = write_slip(desk, A, ONE["attempt_id"], tmp_path)

    text = path.read_text(encoding="utf-8")
    assert WHY in text
    assert "Recorded by   Dana Ortiz" in text
    assert "Decided by" not in text
    assert entry.event.kind == "outcome-replaced.v1"


def test_a_pass_of_an_absent_candidate_earns_nothing(desk: Desk) -> None:
    over(desk, "finished")
    scored(desk, A)
    assert credentials.progress_of(desk, "P1").certificates

    desk.perform(ExplainScore(**ONE, state="not applicable", reason="not theirs"), DANA)
    desk.perform(really("absent"), DANA)

    assert not credentials.progress_of(desk, "P1").certificates
    assert not blockers.to_seal(desk.session(A))


@pytest.mark.parametrize("no_show_pays", [True, False])
def test_an_assessment_is_due_as_the_outcome_that_holds_says(
    no_show_pays: bool, desk: Desk
) -> None:
    policy(desk, no_show_pays=no_show_pays)
    over(desk, "absent")

    def due() -> bool:
        return A in {one.session_id for one in desk.lookups.statement("P1").lines}

    assert due() is no_show_pays
    desk.perform(really("finished"), DANA)
    assert due()
    desk.perform(really("denied"), DANA)
    assert not due()


def test_an_approved_replacement_is_reported_with_both_outcomes(desk: Desk) -> None:
    over(desk, "finished")
    asked = Actor(DANA.staff_id, DANA.role, asked_by=LEE.staff_id)

    desk.perform(really("absent"), asked)

    text = report_of(desk)
    assert "approved correcting an outcome" in text
    assert "absent, not finished" in text


def test_an_approved_correction_of_the_time_says_that_it_is_the_time(
    desk: Desk,
) -> None:
    over(desk, "finished")
    later_ms = (attempt(desk, "P1").end_line_ms or 0) + MINUTE_MS
    asked = Actor(DANA.staff_id, DANA.role, asked_by=LEE.staff_id)

    desk.perform(really("finished", stopped_line_ms=later_ms), asked)

    text = report_of(desk)
    assert "finished, not finished" not in text
    assert text.count("finished, at another time") == 2


def test_a_replaced_outcome_continues_in_a_reopened_session(
    desk: Desk,
) -> None:
    over(desk, "absent")
    desk.perform(really("finished"), DANA)
    desk.perform(ReopenSession(session_id=A, reason="ended too early"), DANA)

    desk.perform(PutBack(**ONE, reason="they are still here"), DANA)
    desk.perform(TakeSeat(**ONE), LEE)
    desk.perform(FinishAttempt(**ONE), LEE)

    assert attempt(desk, "P1").standing is AttemptProgress.FINISHED
    verify_ledger(desk.ledger)
