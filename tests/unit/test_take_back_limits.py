"""How long a start, a finish and an end can be taken back."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.closing import AmendSession, ReopenSession
from cptkiosk.domain.commands.irregularity import TakeNote
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.commands.score import KeyScore
from cptkiosk.domain.commands.testing import FinishAttempt, StartSession, UndoStart
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import HOUR_MS, MINUTE_MS
from support.center import DANA, DANA_PIN, LEE, LEE_PIN
from support.exams import (
    allowed,
    local,
    opening,
    planned,
    ready_to_seal,
    refusal,
    registered,
    rolled,
)
from support.sessions import COUNTDOWN_MS, advance, attempt, attempt_id, left_ms, seated

A = "a"
P1, P2 = attempt_id("P1"), attempt_id("P2")
ONE: AboutAttempt = {"session_id": A, "attempt_id": P1}
UNDO = UndoStep(session_id=A)


# Taking the start back


@pytest.mark.parametrize(
    ("after_ms", "may"),
    [(0, True), (119_000, True), (120_000, True), (120_001, False), (121_000, False)],
)
def test_a_start_is_taken_back_within_two_minutes(
    running: Desk, after_ms: int, may: bool
) -> None:
    advance(running, after_ms)
    assert allowed(running, UndoStart(session_id=A)) is may


def test_a_start_is_taken_back_during_the_countdown_too(desk: Desk) -> None:
    registered(desk, "P1")
    planned(desk, A)
    rolled(desk, A)
    desk.perform(opening(A), LEE)
    seated(desk, A, P1)
    desk.perform(StartSession(session_id=A), LEE)
    advance(desk, COUNTDOWN_MS - 1)
    desk.perform(UndoStart(session_id=A), LEE)

    assert desk.session(A).stage is Stage.CHECK_IN
    assert attempt(desk, "P1").standing == "seated"


def test_a_start_stays_once_anything_was_recorded_since(running: Desk) -> None:
    running.perform(TakeNote(session_id=A, text="quiet"), LEE)
    assert "has been recorded" in refusal(running, UndoStart(session_id=A), DANA)


# Taking a finish back


@pytest.mark.parametrize(("after_ms", "may"), [(300_000, True), (300_001, False)])
def test_a_finish_is_taken_back_within_five_minutes(
    running: Desk, after_ms: int, may: bool
) -> None:
    running.perform(FinishAttempt(**ONE), LEE)
    advance(running, after_ms)

    assert allowed(running, UNDO) is may


def test_a_finish_taken_back_gives_no_time(running: Desk) -> None:
    advance(running, HOUR_MS)
    running.perform(FinishAttempt(**ONE), LEE)
    advance(running, 5 * MINUTE_MS)
    running.perform(UNDO, LEE)

    assert left_ms(running, "P1") == 25 * MINUTE_MS


def test_a_finish_is_not_taken_back_while_there_is_a_score(running: Desk) -> None:
    running.perform(FinishAttempt(**ONE), LEE)
    running.perform(KeyScore(**ONE, shown="64", shown_as="raw"), DANA)

    assert not allowed(running, UNDO, LEE)


# Reopening


@pytest.mark.parametrize(
    ("at", "may"), [("2026-09-21T23:59:59.999", True), ("2026-09-22T00:00", False)]
)
def test_a_session_is_reopened_on_the_day_it_ended(
    over: Desk, at: str, may: bool
) -> None:
    reopen = ReopenSession(session_id=A, reason="somebody was still testing")
    advance(over, local(at) - over.now().utc_ms)

    assert ("Only a coordinator can" in refusal(over, reopen, LEE)) is may
    assert allowed(over, reopen, DANA) is may


def test_a_sealed_session_is_amended_by_the_coordinator_and_sealed_again(
    over: Desk,
) -> None:
    ready_to_seal(over)
    over.seal(A, LEE, LEE_PIN)
    amend = AmendSession(session_id=A, reason="a wrong score")
    assert "Only a coordinator can" in refusal(over, amend, LEE)

    over.perform(amend, DANA)
    over.seal(A, DANA, DANA_PIN)
    assert (over.session(A).stage, over.session(A).revision) == (Stage.SEALED, 2)
