"""Staff linked with a candidate do not run that candidate's session."""

from dataclasses import replace

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt, SessionCommand
from cptkiosk.domain.commands.checkin import MarkAbsent
from cptkiosk.domain.commands.halt import HaltSession
from cptkiosk.domain.commands.irregularity import RecordIrregularity, TakeNote
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.commands.score import KeyScore
from cptkiosk.domain.commands.testing import (
    BeginBreak,
    BeginPause,
    EndEarly,
    FinishAttempt,
    GiveCredit,
    NoteVendorClock,
    StartSession,
)
from cptkiosk.domain.rules import candidate_rules as p
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import Role
from cptkiosk.services.assignment import build_assignment
from cptkiosk.words import describe_step
from support.center import DANA, LEE, LEE_PIN
from support.sessions import (
    a_session,
    attempt_id,
    ended,
    opened,
    planned,
    register,
    seated,
)
from support.verdicts import refuses

A = "a"
KIM_PIN = "551177"
P1 = attempt_id("P1")
ONE: AboutAttempt = {"session_id": A, "attempt_id": P1}
TWO: AboutAttempt = {"session_id": A, "attempt_id": attempt_id("P2")}


def linked(desk: Desk, staff_id: str = LEE.staff_id, who: str = "P1") -> None:
    desk.perform(
        p.DeclareConflict(participant_id=who, staff_id=staff_id, relation="family"),
        DANA,
    )


def third(desk: Desk) -> None:
    desk.staff.add_staff("Kim Park", Role.PROCTOR, KIM_PIN, "2026-01-15", DANA)


def noise(*attempts: str) -> RecordIrregularity:
    return RecordIrregularity(
        session_id=A, code="ENV-NOISE", severity=1, scope="session", validity="none",
        attempt_ids=attempts, observed="A mower outside.", action_taken="Waited.",
        details=(("noise-source", "a mower"), ("minutes", "2")),
    )  # fmt: skip


TOUCHING: dict[str, SessionCommand] = {
    "break": BeginBreak(**ONE),
    "pause": BeginPause(**ONE, reason="the mouse broke"),
    "credit": GiveCredit(**ONE, credit_ms=60_000, reason="the mouse broke"),
    "vendor clock": NoteVendorClock(**ONE, vendor_left_ms=60_000, asked_line_ms=None),
    "finish": FinishAttempt(**ONE),
    "withdraw": EndEarly(**ONE, outcome="withdrawn", reason="ill"),
    "note": TakeNote(session_id=A, attempt_id=P1, text="they asked for water"),
    "irregularity": noise(attempt_id("P2"), P1),
}


@pytest.mark.parametrize("command", TOUCHING.values(), ids=TOUCHING)
def test_linked_proctor_takes_no_step_with_that_candidate(
    desk: Desk, command: SessionCommand
) -> None:
    a_session(desk, 2)
    linked(desk)

    with refuses("You have a conflict of interest with FamilyP1, Kim"):
        desk.perform(command, LEE)
    desk.perform(command, DANA)


def test_linked_proctor_still_helps_others_and_halts(desk: Desk) -> None:
    a_session(desk, 2)
    linked(desk)

    desk.perform(BeginBreak(**TWO), LEE)
    desk.perform(noise(attempt_id("P2")), LEE)
    desk.perform(HaltSession(session_id=A, reason="fire alarm"), LEE)
    assert desk.session(A).stage is Stage.HALTED


def test_linked_proctor_keys_no_score_of_that_candidate(desk: Desk) -> None:
    a_session(desk, 2)
    ended(desk, A)
    linked(desk)

    with refuses("conflict of interest"):
        desk.perform(KeyScore(**ONE, shown="70", shown_as="raw"), LEE)
    desk.perform(KeyScore(**TWO, shown="70", shown_as="raw"), LEE)


def test_linked_proctor_does_not_mark_that_candidate_absent(desk: Desk) -> None:
    planned(desk, ("P1", "P2"), A, "safety")
    opened(desk, A)
    linked(desk)

    with refuses("conflict of interest"):
        desk.perform(MarkAbsent(session_id=A, attempt_ids=(P1,)), LEE)


def test_linked_proctor_does_not_undo_a_step_with_that_candidate(desk: Desk) -> None:
    a_session(desk, 2)
    desk.perform(FinishAttempt(**ONE), LEE)
    linked(desk)

    with refuses("conflict of interest"):
        desk.perform(UndoStep(session_id=A), LEE)


def test_session_does_not_start_while_its_lead_is_linked(desk: Desk) -> None:
    planned(desk, ("P1",), A, "safety")
    opened(desk, A)
    seated(desk, A, P1)
    third(desk)
    linked(desk)

    with refuses("cannot run this session"):
        desk.perform(StartSession(session_id=A), DANA)

    desk.hand_over(A, LEE, LEE_PIN, "s3", KIM_PIN)
    desk.perform(StartSession(session_id=A), DANA)


def test_candidate_linked_with_the_lead_is_not_put_on_the_open_roll(desk: Desk) -> None:
    planned(desk, ("P1",), A, "safety")
    opened(desk, A)
    register(desk, ("P2",), "safety")
    linked(desk, who="P2")

    for actor in (LEE, DANA):
        with refuses("conflict of interest"):
            desk.perform(build_assignment(desk, A, "P2", "safety"), actor)


@pytest.mark.parametrize("stage", [Stage.CHECK_IN, Stage.RUNNING, Stage.HALTED])
def test_hand_over_is_next_once_the_lead_is_found_to_be_linked(
    desk: Desk, stage: Stage
) -> None:
    a_session(desk, 2, stage)
    assert desk.next_step(desk.session(A)).action != "hand-over"
    linked(desk)

    step = desk.next_step(desk.session(A))
    assert step.action == "hand-over"
    assert "FamilyP1, Kim" in describe_step(step)

    third(desk)
    desk.hand_over(A, LEE, LEE_PIN, "s3", KIM_PIN)
    assert desk.next_step(desk.session(A)).action != "hand-over"


@pytest.mark.parametrize("who", ["s1", "s2"])
def test_approved_step_is_refused_if_either_of_the_two_is_linked(
    who: str, desk: Desk
) -> None:
    a_session(desk, 2)
    linked(desk, who)
    credit = GiveCredit(**ONE, credit_ms=1_200_000, reason="the power failed")

    with refuses("conflict of interest"):
        desk.perform(credit, replace(DANA, asked_by="s2"))
