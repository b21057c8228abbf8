"""Seats: what is offered, what is pointed out, how a room is drawn."""

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.checkin import TakeSeat
from cptkiosk.domain.commands.planning import PlanSession
from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.rules import seating
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.services.assignment import build_assignment
from cptkiosk.ui.seat_occupancy import room_grid
from cptkiosk.words import explain
from support.center import LEE
from support.sessions import at_the_desk, opened

ROOMS = (Room(name="204", rows=2, columns=3), Room(name="206", rows=1, columns=4))


def a_room(
    desk: Desk, *people: tuple[str, str, int], rooms: tuple[Room, ...] = ROOMS
) -> None:
    """Open check-in for people given as (id, module, factor)."""
    plan = PlanSession(
        session_id="a", title="Morning", starts_at_utc_ms=desk.now().utc_ms,
        module_ids=("safety", "quality"), rooms=rooms,
    )  # fmt: skip
    desk.perform(plan, LEE)
    for who, module, factor in people:
        row = RegisterPerson(
            participant_id=who, family_name=who, given_name="Kim",
            registration=Registration(module, f"CODE-{who}", factor),
        )  # fmt: skip
        desk.registrar.register([row], LEE)
        desk.perform(build_assignment(desk, "a", who, module), LEE)
    opened(desk, "a")


def sit(desk: Desk, attempt_id: str, room: str, seat: str) -> None:
    at_the_desk(desk, "a", attempt_id)
    command = TakeSeat(session_id="a", attempt_id=attempt_id, room=room, seat=seat)
    desk.perform(command, LEE)


def one(desk: Desk, attempt_id: str) -> Attempt:
    return desk.session("a").attempts[attempt_id]


def test_a_neighbour_of_the_same_module_is_pointed_out(desk: Desk) -> None:
    a_room(desk, ("P1", "safety", 1000), ("P2", "safety", 1000))
    sit(desk, "P1-safety", "204", "A1")
    session, second = desk.session("a"), one(desk, "P2-safety")
    for seat in ("A2", "B1"):
        hints = seating.seat_hints(session, second, "204", seat)
        assert [*map(explain, hints)] == ["next to A1, also taking Safety"]
    for room, seat in (("204", "B2"), ("206", "A2")):
        assert seating.seat_hints(session, second, room, seat) == ()


def test_a_neighbour_of_another_module_is_fine(desk: Desk) -> None:
    a_room(desk, ("P1", "safety", 1000), ("P2", "quality", 1000))
    sit(desk, "P1-safety", "204", "A1")
    session = desk.session("a")
    assert seating.next_free_seat(session, one(desk, "P2-quality")) == ("204", "A2")


def test_the_next_free_seat_with_nothing_to_mind_is_offered(desk: Desk) -> None:
    a_room(desk, ("P1", "safety", 1000), ("P2", "safety", 1000))
    sit(desk, "P1-safety", "204", "A1")
    session = desk.session("a")
    assert seating.next_free_seat(session, one(desk, "P2-safety")) == ("204", "A3")


def test_the_next_seat_is_offered_if_every_seat_has_a_warning(desk: Desk) -> None:
    row = (Room(name="204", rows=1, columns=2),)
    a_room(desk, ("P1", "safety", 1000), ("P2", "safety", 1000), rooms=row)
    sit(desk, "P1-safety", "204", "A1")
    session = desk.session("a")
    assert seating.next_free_seat(session, one(desk, "P2-safety")) == ("204", "A2")


def test_a_full_room_offers_nothing(desk: Desk) -> None:
    row = (Room(name="204", rows=1, columns=1),)
    a_room(desk, ("P1", "safety", 1000), ("P2", "safety", 1000), rooms=row)
    sit(desk, "P1-safety", "204", "A1")
    assert seating.next_free_seat(desk.session("a"), one(desk, "P2-safety")) is None


def test_people_with_the_same_extra_time_are_offered_one_room(desk: Desk) -> None:
    a_room(desk, ("P1", "safety", 1500), ("P2", "safety", 1500))
    sit(desk, "P1-safety", "206", "A1")
    session, second = desk.session("a"), one(desk, "P2-safety")
    (hint,) = seating.seat_hints(session, second, "204", "A1")
    assert explain(hint) == "others with this extra time are in 206"
    assert seating.next_free_seat(session, second) == ("206", "A3")


def test_a_room_is_drawn_with_who_sits_there_and_the_seat_offered(desk: Desk) -> None:
    a_room(
        desk, ("P1", "safety", 1000), ("P2", "quality", 1000), ("P3", "safety", 1000)
    )
    sit(desk, "P1-safety", "204", "A1")
    sit(desk, "P2-quality", "204", "B2")
    third = one(desk, "P3-safety")
    grid = room_grid(desk.session("a"), third, ROOMS[0], "A3", width=68)
    assert grid == ["   1 2 3", "A  S . +", "B  . # ."]


def test_a_room_wider_than_the_question_is_not_drawn(desk: Desk) -> None:
    a_room(desk, ("P1", "safety", 1000))
    wide = Room(name="Hall", rows=1, columns=40)
    first = one(desk, "P1-safety")
    assert room_grid(desk.session("a"), first, wide, "A1", width=68) == []
