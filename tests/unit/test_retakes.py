"""When a module is taken again: the wait after a failure, and who may say otherwise."""

from collections.abc import Callable
from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.checkin import DenyAttempt, WaiveGate
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.commands.score import DecideValidity, ExplainScore
from cptkiosk.domain.values import DAY_MS, HOUR_MS
from cptkiosk.services.assignment import refresh_rolls
from support.center import DANA, LEE
from support.exams import (
    allowed,
    assignment,
    eligible_gate,
    keyed,
    local,
    no_show,
    objection,
    opening,
    planned,
    policy,
    refusal,
    registered,
    rolled,
    taken,
)
from support.sessions import advance, attempt_id

A, B = "a", "b"
P1 = attempt_id("P1")


# Retake wait


@pytest.mark.parametrize(("days", "may"), [(15, False), (16, True)])
def test_a_failed_module_is_taken_again_after_fifteen_days(
    desk: Desk, days: int, may: bool
) -> None:
    registered(desk, "P1")
    taken(desk, A, "63")
    registered(desk, "P1")
    planned(desk, B, in_ms=days * DAY_MS)

    assert allowed(desk, assignment(desk)) is may


def test_a_passed_module_asks_for_no_wait_but_for_a_reason(desk: Desk) -> None:
    registered(desk, "P1")
    taken(desk, A, "64")
    registered(desk, "P1")
    planned(desk, B, in_ms=DAY_MS)

    assert objection(desk, "retake wait") is None
    assert objection(desk, "passed already") is not None


@pytest.mark.parametrize(
    ("begins", "may"), [("2026-10-06T23:59", False), ("2026-10-07T00:00", True)]
)
def test_the_wait_ends_with_the_centers_midnight_not_with_that_of_utc(
    desk: Desk, begins: str, may: bool
) -> None:
    registered(desk, "P1")
    taken(desk, A, "40")
    registered(desk, "P1")
    planned(desk, B, at=local(begins))

    assert desk.local_date(desk.now().utc_ms) == "2026-09-21"
    assert allowed(desk, assignment(desk)) is may


def test_the_first_eligible_date_is_named(desk: Desk) -> None:
    registered(desk, "P1")
    taken(desk, A, "40")
    registered(desk, "P1")
    planned(desk, B, in_ms=DAY_MS)

    waits = objection(desk, "retake wait")
    assert waits is not None
    assert waits.first_date == "2026-10-07"
    assert "The first eligible date is Oct 7, 2026." in refusal(desk, assignment(desk))


@pytest.mark.parametrize(("days", "may"), [(60, False), (61, True)])
def test_after_the_third_failure_sixty_days_pass(
    desk: Desk, days: int, may: bool
) -> None:
    for number in range(3):
        registered(desk, "P1")
        taken(desk, f"f{number}", "40")
        advance(desk, 16 * DAY_MS)
    registered(desk, "P1")
    planned(desk, B, in_ms=(days - 16) * DAY_MS)

    assert allowed(desk, assignment(desk)) is may


@pytest.mark.parametrize(("days", "may"), [(15, False), (16, True)])
def test_after_the_second_failure_fifteen_days_still_do(
    desk: Desk, days: int, may: bool
) -> None:
    registered(desk, "P1")
    taken(desk, "f1", "40")
    advance(desk, 16 * DAY_MS)
    registered(desk, "P1")
    taken(desk, "f2", "40")
    registered(desk, "P1")
    planned(desk, B, in_ms=days * DAY_MS)

    assert allowed(desk, assignment(desk)) is may


def test_the_wait_is_the_centers_to_decide(desk: Desk) -> None:
    policy(desk, retake_wait_days=30)
    registered(desk, "P1")
    taken(desk, A, "40")
    registered(desk, "P1")
    planned(desk, B, in_ms=30 * DAY_MS)
    planned(desk, "d", in_ms=31 * DAY_MS)

    assert not allowed(desk, assignment(desk))
    assert allowed(desk, assignment(desk, "d"))


def test_a_failure_of_one_module_asks_for_no_wait_before_another(desk: Desk) -> None:
    registered(desk, "P1")
    registered(desk, "P1", "quality")
    taken(desk, A, "40")
    planned(desk, B, "quality", in_ms=DAY_MS)

    assert allowed(desk, assignment(desk, module="quality"))


def turned_away(desk: Desk) -> None:
    planned(desk, A)
    rolled(desk, A)
    desk.perform(opening(A), LEE)
    deny = DenyAttempt(
        session_id=A, attempt_id=P1, reason="no ID", coordinator_called=True
    )
    desk.perform(deny, LEE)


def interrupted(desk: Desk) -> None:
    key = taken(desk, A, "", how="interrupted")
    why = ExplainScore(**key, state="not applicable", reason="power")
    desk.perform(why, LEE)


def voided(desk: Desk) -> None:
    key = taken(desk, A, "40")
    withheld(desk, key)
    void = DecideValidity(**key, validity="void", reason="told", reference="MSSC-7")
    desk.perform(void, DANA)


def withheld(desk: Desk, key: AboutAttempt) -> None:
    breach = RecordIrregularity(
        session_id=key["session_id"], code="ENV-NOISE", severity=3, scope="attempt",
        validity="none", attempt_ids=(key["attempt_id"],), observed="A phone was out.",
        action_taken="Taken away.",
    )  # fmt: skip
    desk.perform(breach, LEE)


@pytest.mark.parametrize("past", [no_show, turned_away, interrupted, voided])
def test_a_result_other_than_a_failure_needs_no_wait(
    desk: Desk, past: Callable[..., Any]
) -> None:
    registered(desk, "P1")
    past(desk)
    registered(desk, "P1")
    planned(desk, B, in_ms=DAY_MS)

    assert allowed(desk, assignment(desk))


def test_an_interrupted_attempt_with_a_failing_score_is_a_failure(desk: Desk) -> None:
    registered(desk, "P1")
    taken(desk, A, "40", how="interrupted")
    registered(desk, "P1")
    planned(desk, B, in_ms=DAY_MS)

    assert objection(desk, "retake wait")


def test_a_withheld_failure_is_one(desk: Desk) -> None:
    registered(desk, "P1")
    withheld(desk, taken(desk, A, "40"))
    registered(desk, "P1")
    planned(desk, B, in_ms=DAY_MS)

    assert objection(desk, "retake wait")


def test_a_wait_is_found_at_the_door_where_the_roll_came_before_the_failure(
    desk: Desk,
) -> None:
    registered(desk, "P1")
    key = taken(desk, A, "")
    registered(desk, "P1")
    planned(desk, B, in_ms=DAY_MS)
    rolled(desk, B, override="the result comes tomorrow")
    advance(desk, DAY_MS)
    desk.perform(opening(B), LEE)
    assert allowed(desk, eligible_gate())

    keyed(desk, key, "40")
    assert "must pass before a retake" in refusal(desk, eligible_gate())


# Passed already, and who may say otherwise


def test_a_passed_module_is_taken_again_only_if_the_coordinator_says_why(
    desk: Desk,
) -> None:
    registered(desk, "P1")
    taken(desk, A, "64")
    registered(desk, "P1")
    planned(desk, B, in_ms=DAY_MS)
    why = assignment(desk, override="her certificate was lost, MSSC asks for it")

    assert "was passed on Sep 21, 2026 in session a" in refusal(
        desk, assignment(desk), DANA
    )
    assert "Only a coordinator can" in refusal(desk, why, LEE)
    desk.perform(why, DANA)
    override = desk.session(B).attempts[P1].override
    assert override is not None
    assert "lost" in override.text


def test_a_pass_that_does_not_count_is_taken_again(desk: Desk) -> None:
    registered(desk, "P1")
    withheld(desk, taken(desk, A, "64"))
    registered(desk, "P1")
    planned(desk, B, in_ms=DAY_MS)

    assert objection(desk, "passed already") is None


def test_an_override_on_the_roll_holds_at_check_in(desk: Desk) -> None:
    registered(desk, "P1")
    taken(desk, A, "64")
    registered(desk, "P1")
    planned(desk, B, in_ms=DAY_MS)
    rolled(desk, B, override="MSSC asks for it")
    desk.perform(opening(B), LEE)

    assert allowed(desk, eligible_gate())


def test_an_override_answers_the_rule_it_was_given_for_and_no_other(desk: Desk) -> None:
    registered(desk, "P1")
    taken(desk, A, "64")
    registered(desk, "P1")
    planned(desk, B, in_ms=DAY_MS)
    rolled(desk, B, override="MSSC asks for it")
    desk.perform(opening(B), LEE)
    policy(desk, blocks_unpaid=True)
    registered(desk, "P1", paid=False)
    refresh_rolls(desk, frozenset({"P1"}), LEE)

    assert "fee" in refusal(desk, eligible_gate(), LEE)


def test_the_coordinator_waives_at_the_door_what_a_proctor_may_not(desk: Desk) -> None:
    registered(desk, "P1")
    planned(desk, B, in_ms=3 * HOUR_MS)
    rolled(desk, B)
    policy(desk, blocks_unpaid=True)
    registered(desk, "P1", paid=False)
    refresh_rolls(desk, frozenset({"P1"}), LEE)
    desk.perform(opening(B), LEE)
    waive = WaiveGate(
        session_id=B, attempt_id=P1, gate="eligible", reason="the school pays"
    )

    assert "not paid" in refusal(desk, eligible_gate())
    assert "Only a coordinator can" in refusal(desk, waive, LEE)
    assert allowed(desk, waive, DANA)
