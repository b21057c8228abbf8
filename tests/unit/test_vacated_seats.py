"""Seats that are free again, and what comes back to one that was given away."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.checkin import TakeSeat
from cptkiosk.domain.commands.mistake import PutBack
from cptkiosk.domain.commands.testing import EndEarly
from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import Refused
from cptkiosk.ui.seat_occupancy import title_of
from cptkiosk.ui.view import SessionView, SessionViews
from cptkiosk.words import explain
from support import crowds
from support.center import DANA, LEE
from support.examples import example
from support.sessions import a_session, attempt, attempt_id
from support.verdicts import refuses

A = "a"
P1, P2 = attempt_id("P1"), attempt_id("P2")


def left(desk: Desk) -> None:
    command = EndEarly(
        session_id=A, attempt_id=P1, outcome="withdrawn", reason="felt ill"
    )
    desk.perform(command, LEE)


def view(desk: Desk) -> SessionView:
    return SessionViews().of(desk.session(A), desk, LEE)


def move(desk: Desk, seat: str) -> None:
    desk.perform(TakeSeat(session_id=A, attempt_id=P2, seat=seat), LEE)


def test_a_seat_is_free_again_once_its_person_has_left(desk: Desk) -> None:
    session = a_session(desk, 2)
    seat = attempt(desk, "P1").seat
    room = session.rooms[0]
    assert isinstance(room, Room)
    assert ("204", seat) not in session.free_seats()
    assert "2 of 30 seats taken" in title_of(view(desk), room)

    left(desk)
    assert desk.session(A).free_seats()[-1] == ("204", seat)
    assert "1 of 30 seats taken" in title_of(view(desk), room)
    move(desk, seat)
    assert attempt(desk, "P2").seat == seat


def test_a_returning_candidate_does_not_get_a_reassigned_seat(desk: Desk) -> None:
    a_session(desk, 2)
    seat = attempt(desk, "P1").seat
    left(desk)
    move(desk, seat)

    back = PutBack(session_id=A, attempt_id=P1, reason="it was P2")
    with refuses("given to another person"):
        desk.perform(back, DANA)
    move(desk, "E6")
    desk.perform(back, DANA)
    assert attempt(desk, "P1").seat == seat


def test_leaving_before_the_clock_begins_frees_the_seat(desk: Desk) -> None:
    crowds.in_stage(desk, Stage.RUNNING)
    one = attempt(desk, "seated")
    place = (one.room, one.seat)
    room = desk.session(A).rooms[0]
    assert view(desk).sitting(room)[one.seat].attempt_id == one.attempt_id
    assert place not in desk.session(A).free_seats()

    command = EndEarly(
        session_id=A, attempt_id=one.attempt_id, outcome="withdrawn", reason="ill"
    )
    desk.perform(command, DANA)
    assert one.seat not in view(desk).sitting(room)
    assert place in desk.session(A).free_seats()


@pytest.mark.parametrize("name", ["PassGates", "WaiveGate", "FailGate", "TakeSeat"])
def test_during_a_halt_the_check_in_says_when_it_continues(
    desk: Desk, name: str
) -> None:
    crowds.in_stage(desk, Stage.HALTED)
    with pytest.raises(Refused) as refused:
        desk.perform(example(name, desk, Stage.HALTED), DANA)
    said = "while the session is halted. Check-in continues after it resumes."
    assert explain(refused.value).endswith(said)
