"""Corrections: scores keyed again once one was verified."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.commands.score import ExplainScore, KeyScore
from cptkiosk.domain.events import score as e
from cptkiosk.domain.state.blockers import Who, to_seal
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.domain.values import Actor
from cptkiosk.ledger.maintenance.verify import verify_ledger
from cptkiosk.words import explain
from support.center import DANA, LEE
from support.sessions import a_session, attempt, attempt_id, ended
from support.verdicts import refuses

A = "a"
P1 = attempt_id("P1")


@pytest.fixture
def over(desk: Desk) -> Desk:
    """A desk with a session in which one person has finished."""
    a_session(desk, 1)
    ended(desk, A)
    return desk


def key(desk: Desk, shown: str, actor: Actor = LEE) -> None:
    desk.perform(
        KeyScore(
            session_id=A,
            attempt_id=P1,
            shown=shown,
            shown_as="" if "%" in shown else "raw",
        ),
        actor,
    )


def verified(desk: Desk, shown: str, actor: Actor = LEE) -> None:
    key(desk, shown, actor)
    key(desk, shown, actor)
    assert attempt(desk, "P1").score.state is ScoreState.VERIFIED


def explained(desk: Desk, actor: Actor) -> None:
    desk.perform(
        ExplainScore(session_id=A, attempt_id=P1, state="pending", reason="asked"),
        actor,
    )


def test_first_keying_of_correction_is_on_record_as_correction(over: Desk) -> None:
    verified(over, "60")
    key(over, "61", DANA)

    assert attempt(over, "P1").score.state is ScoreState.CORRECTED
    last = over.ledger.read_stream(f"session/{A}")[-1].event
    assert isinstance(last, e.ScoreCorrected)
    assert not attempt(over, "P1").counts


def test_coordinator_verifies_correction_with_second_keying(over: Desk) -> None:
    verified(over, "60")
    key(over, "70", DANA)
    key(over, "70", DANA)

    assert attempt(over, "P1").score.state is ScoreState.VERIFIED
    assert attempt(over, "P1").counts
    verify_ledger(over.ledger)


def test_proctor_cannot_key_after_coordinator_began_correction(over: Desk) -> None:
    verified(over, "60")
    key(over, "61", DANA)

    for shown in ("61", "70"):
        with refuses("coordinator"):
            key(over, shown)
    assert attempt(over, "P1").score.state is ScoreState.CORRECTED


def test_proctor_cannot_key_after_corrections_differ(over: Desk) -> None:
    verified(over, "60")
    key(over, "61", DANA)
    key(over, "62", DANA)
    assert attempt(over, "P1").score.state is ScoreState.MISMATCH

    with refuses("coordinator"):
        key(over, "70")


def test_proctor_cannot_key_after_verified_score_was_explained_away(over: Desk) -> None:
    verified(over, "60")
    explained(over, DANA)

    with refuses("coordinator"):
        key(over, "70")


def test_proctor_cannot_key_after_verified_score_was_undone(over: Desk) -> None:
    verified(over, "60", DANA)
    over.perform(UndoStep(session_id=A), DANA)
    over.perform(UndoStep(session_id=A), DANA)
    assert attempt(over, "P1").score.state is ScoreState.NONE

    with refuses("coordinator"):
        key(over, "70")


def test_proctor_cannot_explain_correction_away(over: Desk) -> None:
    verified(over, "60")
    key(over, "61", DANA)

    with refuses("coordinator"):
        explained(over, LEE)


def test_correction_waits_for_its_second_keying_before_the_seal(over: Desk) -> None:
    verified(over, "60")
    key(over, "61", DANA)
    assert any(
        "corrected score again" in explain(one.reason)
        for one in to_seal(over.session(A))
    )


def test_everything_left_of_a_correction_is_the_coordinators(over: Desk) -> None:
    verified(over, "70")
    for shown in ("71", "72"):
        key(over, shown, DANA)
        found = next(one for one in to_seal(over.session(A)) if one.place == "scores")
        assert found.who is Who.COORDINATOR
