"""The record says which step a coordinator approved for another person."""

import json

import pytest

from cptkiosk.cli.session_json import session_json
from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import Batch, SessionCommand
from cptkiosk.domain.commands.score import KeyScore
from cptkiosk.domain.commands.testing import FinishAttempt, GiveCredit
from cptkiosk.domain.events.session import StepAuthorized
from cptkiosk.domain.values import MINUTE_MS, Actor, Role
from support.center import DANA, LEE
from support.exams import report_of
from support.sessions import a_session, advance, ended
from support.verdicts import keys

APPROVED = Actor(DANA.staff_id, Role.COORDINATOR, asked_by=LEE.staff_id)
TWENTY_MS = 20 * MINUTE_MS


def credit(who: str) -> GiveCredit:
    return GiveCredit(**keys(who), credit_ms=TWENTY_MS, reason="alarm")


@pytest.mark.parametrize(
    ("command", "step"),
    [
        (credit("P1"), "credit-given.v1"),
        (
            Batch(session_id="a", commands=(credit("P1"), credit("P2"))),
            "credit-given.v1",
        ),
        (FinishAttempt(**keys("P1")), "attempt-finished.v1"),
    ],
)
def test_a_step_is_named_after_its_command_and_not_its_effects(
    desk: Desk, command: SessionCommand, step: str
) -> None:
    a_session(desk, 2)
    if isinstance(command, FinishAttempt):
        advance(desk, 120 * MINUTE_MS)
    first, *_ = desk.perform(command, APPROVED).entries
    assert isinstance(first.event, StepAuthorized)
    assert first.event.step == step


def test_a_script_reads_whom_an_approved_step_is_about(desk: Desk) -> None:
    a_session(desk, 2)
    both = Batch(session_id="a", commands=(credit("P1"), credit("P2")))
    desk.perform(both, APPROVED)

    (told,) = session_json(desk, desk.session("a"))["approvals"]
    assert told["step"] == "credit-given.v1"
    assert told["attempt_ids"] == ["P1-safety", "P2-safety"]
    assert told["text"] == "FamilyP1, Kim; FamilyP2, Kim, 20:00: alarm"


def score(shown: str) -> KeyScore:
    return KeyScore(**keys("P1"), shown=shown, shown_as="raw")


def all_told(desk: Desk) -> str:
    """Return what a script and the report say of the session."""
    return f"{json.dumps(session_json(desk, desk.session('a')))} {report_of(desk)}"


def test_an_approved_keying_is_not_shown_before_its_blind_second(desk: Desk) -> None:
    a_session(desk, 1)
    ended(desk, "a")

    desk.perform(score("67"), APPROVED)
    assert '"text": "FamilyP1, Kim"' in all_told(desk)
    assert "67" not in all_told(desk)

    desk.perform(score("67"), LEE)
    assert '"text": "FamilyP1, Kim, 67"' in all_told(desk)


def test_a_correction_decided_is_not_shown_before_its_blind_second(desk: Desk) -> None:
    a_session(desk, 1)
    ended(desk, "a")
    for _ in range(2):
        desk.perform(score("40"), LEE)

    desk.perform(score("67"), APPROVED)
    assert "verified score entered again" in all_told(desk)
    assert "67" not in all_told(desk)

    desk.perform(score("67"), APPROVED)
    assert "verified score entered again: 67" in all_told(desk)
