"""What withholds a score, who releases it, and what makes it void."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import score as c
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.state.score_state import Validity
from support.center import DANA, LEE
from support.exams import (
    certificates,
    irregularity,
    keyed,
    refusal,
)
from support.sessions import attempt, attempt_id

A = "a"
P1, P2 = attempt_id("P1"), attempt_id("P2")
ONE: AboutAttempt = {"session_id": A, "attempt_id": P1}


def decide(
    validity: str, reference: str = "", reason: str = "looked into it"
) -> c.DecideValidity:
    return c.DecideValidity(
        **ONE, validity=validity, reason=reason, reference=reference
    )


@pytest.mark.parametrize(
    ("severity", "validity"), [(1, "clean"), (2, "clean"), (3, "withheld")]
)
def test_only_a_breach_withholds_a_score(
    over: Desk, severity: int, validity: str
) -> None:
    keyed(over, ONE, "64")
    over.perform(irregularity(severity=severity), LEE)

    assert attempt(over, "P1").validity == validity
    assert certificates(over) == ([] if severity == 3 else ["safety"])


def test_a_withheld_score_is_released_by_the_coordinator_alone(over: Desk) -> None:
    keyed(over, ONE, "64")
    over.perform(irregularity(severity=3), LEE)
    assert "Only a coordinator can" in refusal(over, decide("clean"), LEE)

    over.perform(decide("clean"), DANA)
    assert certificates(over) == ["safety"]


@pytest.mark.parametrize("proposed", ["none", "flag", "no-attempt"])
def test_a_breach_withholds_whatever_else_is_proposed(
    over: Desk, proposed: str
) -> None:
    over.perform(irregularity(severity=3, validity=proposed), LEE)
    assert attempt(over, "P1").validity == "withheld"


def test_a_void_rests_on_a_decision_from_outside(over: Desk) -> None:
    over.perform(irregularity(severity=3), LEE)
    assert "on its own" in refusal(over, decide("void"), DANA)
    assert "on its own" in refusal(over, decide("void", "  "), DANA)
    assert "Only a coordinator can" in refusal(over, decide("void", "MSSC-7"), LEE)

    over.perform(decide("void", "MSSC-7"), DANA)
    assert (attempt(over, "P1").validity, attempt(over, "P1").void_reference) == (
        "void",
        "MSSC-7",
    )


@pytest.mark.parametrize("effect", ["none", "flag"])
def test_only_what_is_withheld_becomes_void(over: Desk, effect: str) -> None:
    over.perform(irregularity(severity=2, validity=effect), LEE)
    assert "This score is" in refusal(over, decide("void", "M-7"), DANA)


def test_a_void_score_may_count_again(over: Desk) -> None:
    keyed(over, ONE, "64")
    over.perform(irregularity(severity=3), LEE)
    over.perform(decide("void", "MSSC-7"), DANA)
    assert certificates(over) == []

    over.perform(decide("clean"), DANA)
    assert certificates(over) == ["safety"]
    assert attempt(over, "P1").void_reference == ""


def test_a_void_score_stays_void_whatever_is_recorded_later(over: Desk) -> None:
    over.perform(irregularity(severity=3), LEE)
    over.perform(decide("void", "MSSC-7"), DANA)
    over.perform(irregularity(severity=3), LEE)
    over.perform(irregularity(severity=2, validity="flag"), LEE)

    assert attempt(over, "P1").validity is Validity.VOID


def test_a_decision_needs_its_reason(over: Desk) -> None:
    over.perform(irregularity(severity=3), LEE)
    assert "A reason is required" in refusal(over, decide("clean", reason=" "), DANA)
