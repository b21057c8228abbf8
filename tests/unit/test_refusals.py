"""Who may not judge whom, and what a refusal says would allow it."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import Batch
from cptkiosk.domain.commands.planning import CancelSession
from cptkiosk.domain.commands.testing import BeginBreak, EndEarly, StartSession
from cptkiosk.domain.rules import candidate_rules as p
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import Actor, Role
from cptkiosk.services.assignment import build_assignment
from support.center import DANA, LEE
from support.exams import allowed, opening, planned, refusal, registered
from support.sessions import a_session, attempt_id
from support.verdicts import refuses

A = "a"
ONE = {"session_id": A, "attempt_id": attempt_id("P1")}


# Who judges whom


def linked(desk: Desk, staff_id: str) -> None:
    declared = p.DeclareConflict(
        participant_id="P1", staff_id=staff_id, relation="family"
    )
    desk.perform(declared, LEE)


def test_a_person_cannot_withdraw_their_own_conflict(desk: Desk) -> None:
    registered(desk, "P1")
    linked(desk, DANA.staff_id)
    withdrawn = p.WithdrawConflict(
        participant_id="P1", staff_id=DANA.staff_id, reason="not so close"
    )

    with refuses("your own conflict"):
        desk.perform(withdrawn, DANA)
    assert desk.perform(withdrawn, Actor("s3", Role.COORDINATOR)).entries


def test_a_linked_person_cannot_dismiss_the_candidate(desk: Desk) -> None:
    a_session(desk, 1)
    linked(desk, LEE.staff_id)

    dismissed = EndEarly(**ONE, outcome="dismissed", reason="talked")
    assert "You have a conflict of interest with FamilyP1, Kim (family)." in refusal(
        desk, dismissed
    )
    assert allowed(desk, dismissed, DANA)
    withdrawn = EndEarly(**ONE, outcome="withdrawn", reason="ill")
    assert "You have a conflict of interest with" in refusal(desk, withdrawn)


def test_a_linked_person_cannot_assign_against_a_rule(
    desk: Desk,
) -> None:
    registered(desk, "P1")
    linked(desk, DANA.staff_id)
    planned(desk, A)

    command = build_assignment(desk, A, "P1", "safety", override="my nephew")
    assert "You have a conflict of interest with" in refusal(desk, command, DANA)
    assert allowed(desk, build_assignment(desk, A, "P1", "safety"), DANA)


# What would allow it


def test_a_running_session_is_not_cancelled_but_abandoned(desk: Desk) -> None:
    a_session(desk, 1)

    assert refusal(desk, CancelSession(session_id=A, reason="snow")) == (
        "The session cannot be canceled while the session is running."
        " Abandon it instead."
    )


def test_a_past_stage_is_not_promised_for_later(desk: Desk) -> None:
    a_session(desk, 1, Stage.CANCELLED)

    assert refusal(desk, StartSession(session_id=A)) == (
        "The session cannot be started while the session is canceled."
        " Plan another session for that."
    )
    assert refusal(desk, opening(A)) == (
        "Check-in cannot be opened while the session is canceled."
        " Plan another session for that."
    )


@pytest.mark.parametrize(
    ("stage", "allow"),
    [
        (Stage.PLANNED, "Possible once it is running."),
        (Stage.HALTED, "Possible once it is running."),
        (Stage.ENDED, "If it was ended by mistake, a coordinator can reopen it"),
        (Stage.ABANDONED, "while the session is abandoned."),
    ],
)
def test_a_refusal_names_only_what_can_still_come(
    desk: Desk, stage: Stage, allow: str
) -> None:
    a_session(desk, 1, stage)

    assert allow in refusal(desk, BeginBreak(**ONE))


def test_a_batch_is_dimmed_as_soon_as_one_of_its_commands_is_refused(
    desk: Desk,
) -> None:
    a_session(desk, 2)
    both = tuple(
        BeginBreak(session_id=A, attempt_id=attempt_id(one)) for one in ("P1", "P2")
    )
    batch = Batch(session_id=A, commands=both)
    assert desk.preview.possible_now(desk.session(A), LEE)(batch)

    desk.perform(both[1], LEE)

    assert "Nothing was done" in refusal(desk, batch)
    assert not desk.preview.possible_now(desk.session(A), LEE)(batch)
