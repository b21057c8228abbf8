"""No person is on two rolls at once, and no user code is used twice."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.halt import HaltSession
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.commands.planning import CancelAttempt
from cptkiosk.domain.commands.testing import FinishAttempt
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.values import DAY_MS, HOUR_MS, MINUTE_MS
from cptkiosk.services.assignment import refresh_rolls
from support.center import DANA, LEE
from support.exams import (
    allowed,
    assignment,
    eligible_gate,
    no_show,
    objection,
    opening,
    planned,
    refusal,
    registered,
    rolled,
    taken,
)
from support.sessions import advance, at_the_desk, attempt_id, seated, started

A, B = "a", "b"
P1 = attempt_id("P1")
EXAM_MS = 90 * MINUTE_MS


# Overlapping sessions, live attempts


@pytest.mark.parametrize(("after_ms", "may"), [(-1, False), (0, True)])
def test_a_session_may_begin_when_another_is_planned_to_end(
    desk: Desk, after_ms: int, may: bool
) -> None:
    registered(desk, "P1")
    registered(desk, "P1", "quality")
    planned(desk, A, in_ms=DAY_MS)
    rolled(desk, A)
    planned(desk, B, "quality", in_ms=DAY_MS + EXAM_MS + after_ms)

    assert allowed(desk, assignment(desk, module="quality")) is may


@pytest.mark.parametrize(("before_ms", "may"), [(1, False), (0, True)])
def test_a_session_may_end_when_another_is_planned_to_begin(
    desk: Desk, before_ms: int, may: bool
) -> None:
    registered(desk, "P1")
    registered(desk, "P1", "quality")
    planned(desk, A, in_ms=2 * DAY_MS)
    rolled(desk, A)
    planned(desk, B, "quality", in_ms=2 * DAY_MS - EXAM_MS + before_ms)

    assert allowed(desk, assignment(desk, module="quality")) is may


@pytest.mark.parametrize(("before_ms", "may"), [(1, False), (0, True)])
def test_extra_time_counts_in_an_overlap(desk: Desk, before_ms: int, may: bool) -> None:
    registered(desk, "P1")
    registered(desk, "P1", "quality", factor_permille=1500)
    planned(desk, A, in_ms=2 * DAY_MS)
    rolled(desk, A)
    planned(desk, B, "quality", in_ms=2 * DAY_MS - 135 * MINUTE_MS + before_ms)

    assert allowed(desk, assignment(desk, module="quality")) is may


def test_an_overlap_cannot_be_overridden(desk: Desk) -> None:
    registered(desk, "P1")
    registered(desk, "P1", "quality")
    planned(desk, A, in_ms=DAY_MS)
    rolled(desk, A)
    planned(desk, B, "quality", in_ms=DAY_MS)
    why = assignment(desk, module="quality", override="she is quick")

    assert "The candidate is in session a until" in refusal(desk, why, DANA)


def test_a_session_that_ended_early_overlaps_with_nothing_after_it(desk: Desk) -> None:
    registered(desk, "P1")
    registered(desk, "P1", "quality")
    taken(desk, A, "", minutes=30)
    planned(desk, B, "quality")

    assert allowed(desk, assignment(desk, module="quality"))


def late_in_a_and_at_the_door_of_b(desk: Desk) -> None:
    """Let session a begin an hour after its plan, and b open when a should be over."""
    registered(desk, "P1")
    registered(desk, "P1", "quality")
    planned(desk, A)
    rolled(desk, A)
    planned(desk, B, "quality", in_ms=EXAM_MS)
    rolled(desk, B, module="quality")
    desk.perform(opening(A), LEE)
    seated(desk, A, P1)
    advance(desk, HOUR_MS)
    started(desk, A)
    desk.perform(opening(B), LEE)


@pytest.mark.parametrize("over", [False, True])
def test_a_candidate_testing_elsewhere_is_not_admitted(desk: Desk, over: bool) -> None:
    late_in_a_and_at_the_door_of_b(desk)
    advance(desk, EXAM_MS - 1)
    if over:
        desk.perform(FinishAttempt(session_id=A, attempt_id=P1), LEE)

    assert allowed(desk, eligible_gate(module="quality")) is over


def test_a_candidate_who_takes_longer_than_planned_is_not_admitted_elsewhere(
    desk: Desk,
) -> None:
    late_in_a_and_at_the_door_of_b(desk)
    desk.perform(HaltSession(session_id=A, reason="alarm"), LEE)
    advance(desk, EXAM_MS)

    assert not allowed(desk, eligible_gate(module="quality"))


def test_a_module_is_not_on_two_rolls_at_once(desk: Desk) -> None:
    registered(desk, "P1")
    planned(desk, A, in_ms=DAY_MS)
    rolled(desk, A)
    planned(desk, B, in_ms=5 * DAY_MS)
    text = refusal(desk, assignment(desk, override="just in case"), DANA)
    assert "Safety is already open in session a" in text

    cancel = CancelAttempt(session_id=A, attempt_id=P1, reason="comes later")
    desk.perform(cancel, LEE)
    assert allowed(desk, assignment(desk))


def test_a_cancellation_is_not_undone_once_the_module_is_on_another_roll(
    desk: Desk,
) -> None:
    registered(desk, "P1")
    planned(desk, A)
    rolled(desk, A)
    desk.perform(opening(A), LEE)
    cancel = CancelAttempt(session_id=A, attempt_id=P1, reason="comes later")
    desk.perform(cancel, LEE)
    planned(desk, B, in_ms=5 * DAY_MS)
    rolled(desk, B)

    assert "already" in refusal(desk, UndoStep(session_id=A))


# User codes


def test_a_user_code_is_used_once(desk: Desk) -> None:
    registered(desk, "P1", code="ONE")
    taken(desk, A, "40")
    planned(desk, B, in_ms=20 * DAY_MS)
    text = refusal(desk, assignment(desk, override="it still opens"), DANA)
    assert "User code ONE was used in session a" in text

    registered(desk, "P1", code="TWO")
    assert allowed(desk, assignment(desk))


def test_a_candidate_who_never_started_does_not_use_up_a_code(desk: Desk) -> None:
    registered(desk, "P1", code="ONE")
    no_show(desk)
    planned(desk, B, in_ms=DAY_MS)

    assert allowed(desk, assignment(desk))


@pytest.mark.parametrize(
    ("last_day", "may"),
    [("2026-09-20", False), ("2026-09-21", True), ("2026-09-22", True)],
)
def test_a_user_code_opens_the_assessment_until_its_last_day(
    desk: Desk, last_day: str, may: bool
) -> None:
    registered(desk, "P1", code_expires=last_day)
    planned(desk, B)

    assert allowed(desk, assignment(desk)) is may
    assert (objection(desk, "user code expired") is None) is may


def test_a_code_that_expired_since_is_found_at_the_door(desk: Desk) -> None:
    registered(desk, "P1", code_expires="2026-09-21")
    planned(desk, B)
    rolled(desk, B)
    desk.perform(opening(B), LEE)
    assert allowed(desk, eligible_gate())

    advance(desk, DAY_MS)
    assert "expired on Sep 21, 2026" in refusal(desk, eligible_gate(), DANA)


@pytest.mark.parametrize(
    ("code", "expires", "kept"),
    [
        ("TWO", "", ""),
        ("TWO", "2026-12-31", "2026-12-31"),
        ("ONE", "", "2026-09-20"),
        ("", "", "2026-09-20"),
        ("ONE", "2026-12-31", "2026-12-31"),
    ],
)
def test_a_last_day_is_that_of_its_own_code(
    desk: Desk, code: str, expires: str, kept: str
) -> None:
    for registration in (
        Registration("safety", "ONE", code_expires="2026-09-20"),
        Registration("safety", code, code_expires=expires),
    ):
        row = RegisterPerson(
            participant_id="P1",
            family_name="Moss",
            given_name="Kim",
            registration=registration,
        )
        desk.registrar.register([row], LEE)
    planned(desk, B)

    held = desk.candidate("P1").registrations["safety"]
    assert (held.user_code, held.code_expires) == (code or "ONE", kept)
    expired = objection(desk, "user code expired")
    assert (expired is not None) is (kept == "2026-09-20")


def test_a_new_code_is_judged_even_after_the_eligibility_gate(desk: Desk) -> None:
    registered(desk, "P1", code="ONE")
    planned(desk, B)
    rolled(desk, B)
    desk.perform(opening(B), LEE)
    at_the_desk(desk, B, P1)
    registered(desk, "P1", code="TWO", code_expires="2026-09-20")
    refresh_rolls(desk, frozenset({"P1"}), LEE)

    assert "eligible" in desk.session(B).attempts[P1].open_gates
