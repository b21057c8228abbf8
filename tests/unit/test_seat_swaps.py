"""Two people who change seats: asked about by name, one step, and taken back as one."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.commands.checkin import TakeSeat
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.commands.testing import BeginBreak
from cptkiosk.domain.events.checkin import SeatTaken
from cptkiosk.domain.events.irregularity import IrregularityRecorded
from cptkiosk.domain.rules import candidate_rules as p
from cptkiosk.domain.state.overtaken import Overtaken
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import Refused
from cptkiosk.words import explain_remedy, explain_why
from support.center import DANA, LEE
from support.reports import session_report
from support.sessions import a_session, at_the_desk, attempt, attempt_id, halted
from support.sitting import events_of

A = "a"
P1, P2, P3 = (attempt_id(who) for who in ("P1", "P2", "P3"))
TAKE_A2 = TakeSeat(session_id=A, attempt_id=P1, seat="A2")
AGREED = TakeSeat(session_id=A, attempt_id=P1, seat="A2", swap_with=P2)
UNDO = UndoStep(session_id=A)


def seats(desk: Desk) -> tuple[str, ...]:
    people = desk.session(A).attempts
    return tuple(people[one].seat for one in (P1, P2, P3))


def refusal(desk: Desk, command: SessionCommand) -> Refused:
    before = desk.ledger.head()
    with pytest.raises(Refused) as refused:
        desk.perform(command, LEE)
    assert desk.ledger.head() == before
    return refused.value


def test_a_taken_seat_asks_whether_both_swap_and_names_them(desk: Desk) -> None:
    a_session(desk, 3)
    asked = refusal(desk, TAKE_A2)
    assert isinstance(asked, Overtaken)
    assert explain_remedy(asked) == "Swap seats with FamilyP2, Kim (A2)?"
    assert explain_why(asked).startswith("FamilyP1, Kim (A1) moves to A2")
    assert asked.again == AGREED


@pytest.mark.parametrize("stage", [Stage.CHECK_IN, Stage.RUNNING])
def test_a_swap_is_two_moves_and_one_undo_takes_both_back(
    desk: Desk, stage: Stage
) -> None:
    a_session(desk, 3, stage)
    if stage is Stage.CHECK_IN:
        for one in (P1, P2, P3):
            at_the_desk(desk, A, one)
            desk.perform(TakeSeat(session_id=A, attempt_id=one), LEE)
    assert seats(desk) == ("A1", "A2", "A3")
    recorded = desk.perform(AGREED, LEE).entries
    moves = [one.event for one in recorded if isinstance(one.event, SeatTaken)]
    assert [(one.attempt_id, one.seat) for one in moves] == [(P1, "A2"), (P2, "A1")]
    assert seats(desk) == ("A2", "A1", "A3")

    desk.perform(UNDO, LEE)
    assert seats(desk) == ("A1", "A2", "A3")


def test_a_swap_agreed_with_another_person_is_asked_about_again(
    desk: Desk,
) -> None:
    a_session(desk, 3)
    desk.perform(TakeSeat(session_id=A, attempt_id=P2, seat="E6"), LEE)
    desk.perform(TakeSeat(session_id=A, attempt_id=P3, seat="A2"), LEE)
    asked = refusal(desk, AGREED)
    assert isinstance(asked, Overtaken)
    assert explain_remedy(asked) == "Swap seats with FamilyP3, Kim (A2)?"


def test_a_swap_with_a_linked_candidate_is_refused(desk: Desk) -> None:
    a_session(desk, 3)
    desk.perform(
        p.DeclareConflict(participant_id="P2", staff_id="s2", relation="instructor"),
        DANA,
    )
    for command in (TAKE_A2, AGREED):
        found = refusal(desk, command)
        assert not isinstance(found, Overtaken)
        assert "You have a conflict of interest with FamilyP2, Kim" in explain_why(
            found
        )


def test_seats_are_not_swapped_during_a_halt(desk: Desk) -> None:
    a_session(desk, 3)
    halted(desk, A)
    assert not isinstance(refusal(desk, AGREED), Overtaken)


def test_a_candidate_without_a_seat_displaces_no_one(desk: Desk) -> None:
    a_session(desk, 3, Stage.CHECK_IN)
    for one in (P1, P2):
        at_the_desk(desk, A, one)
    desk.perform(TakeSeat(session_id=A, attempt_id=P2, seat="A2"), LEE)
    assert "Seat A2 is taken" in explain_why(refusal(desk, AGREED))


def test_one_of_two_who_swapped_cannot_go_back_alone(desk: Desk) -> None:
    a_session(desk, 3)
    desk.perform(AGREED, LEE)
    desk.perform(BeginBreak(session_id=A, attempt_id=P2), DANA)
    assert "given to another person" in explain_why(refusal(desk, UNDO))
    assert seats(desk) == ("A2", "A1", "A3")


def test_an_irregularity_keeps_the_seat_of_then(desk: Desk) -> None:
    a_session(desk, 3)
    noise = RecordIrregularity(
        session_id=A, code="ENV-NOISE", severity=1, scope="attempt", validity="none",
        attempt_ids=(P1,), observed="A mower.", action_taken="Waited.",
        details=(("noise-source", "a mower"), ("minutes", "2")),
    )  # fmt: skip
    desk.perform(noise, LEE)
    desk.perform(AGREED, LEE)
    (event,) = (one for one in events_of(desk) if isinstance(one, IrregularityRecorded))
    assert [one.seat for one in event.moments] == ["204 A1"]
    assert attempt(desk, "P1").seat == "A2"


def report(desk: Desk) -> str:
    text = session_report(desk, desk.session(A))
    return " ".join(text.split())


def test_the_report_says_who_swapped_seats_and_when(desk: Desk) -> None:
    a_session(desk, 3)
    desk.perform(AGREED, LEE)
    said = "FamilyP1, Kim (A1) and FamilyP2, Kim (A2)"
    assert "Seats swapped" in report(desk)
    assert report(desk).count(said) == 1

    desk.perform(UNDO, LEE)
    assert "Seats swapped" not in report(desk)


def test_two_who_are_seated_together_have_not_swapped(desk: Desk) -> None:
    a_session(desk, 3)
    assert "Seats swapped" not in report(desk)
