"""Where candidates sit: the rules, their neighbors, and hints about a seat."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cptkiosk.domain.commands import checkin as c
from cptkiosk.domain.events.checkin import SeatTaken
from cptkiosk.domain.events.session import StepsGrouped
from cptkiosk.domain.rules.checks import (
    attempt_of,
    is_waiting,
    not_linked,
    waiting_attempt,
)
from cptkiosk.domain.rules.rule import AFTER_HALT, DOORS_OPEN, Context, Events, rule
from cptkiosk.domain.state.attempt import Attempt, AttemptProgress, Gate
from cptkiosk.domain.state.overtaken import Overtaken
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.values import Reason, Refused

STANDARD = 1000


def parse_seat(label: str) -> tuple[int, int]:
    """Return row and column of a seat, both from 0: 'B3' is (1, 2)."""
    return ord(label[0]) - ord("A"), int(label[1:]) - 1


def find_neighbors(session: Session, room: str, seat: str) -> Iterator[Attempt]:
    """Yield the attempts directly next to, in front of or behind a seat."""
    row, column = parse_seat(seat)
    for one in session.attempts.values():
        if one.room != room or not one.has_seat:
            continue
        other_row, other_column = parse_seat(one.seat)
        if abs(other_row - row) + abs(other_column - column) == 1:
            yield one


def seat_hints(
    session: Session, attempt: Attempt, room: str, seat: str
) -> tuple[Reason, ...]:
    """Return hints about a seat: neighbors in the same module, and other end times."""
    beside = [
        one
        for one in find_neighbors(session, room, seat)
        if one.attempt_id != attempt.attempt_id
    ]
    same = [
        Reason("next-to-same-module", seat=one.seat, module=one.module.short)
        for one in beside
        if one.module.module_id == attempt.module.module_id
    ]
    if attempt.factor_permille == STANDARD:
        return tuple(same)
    group = {
        one.room
        for one in session.attempts.values()
        if one.seat
        and one.factor_permille == attempt.factor_permille
        and one.attempt_id != attempt.attempt_id
    }
    if group and room not in group:
        return (*same, Reason("extra-time-elsewhere", rooms=sorted(group)))
    return tuple(same)


def place_text(session: Session, attempt: Attempt) -> str:
    """Return the seat of a candidate, with the room if the session has several."""
    several = len(session.rooms) > 1
    return f"{attempt.room} {attempt.seat}" if several else attempt.seat


def swap_partners(session: Session, attempt: Attempt) -> tuple[Attempt, ...]:
    """Return the attempts that can swap seats with this one, same room first."""
    at_a_seat = {AttemptProgress.SEATED, AttemptProgress.TESTING}
    if not attempt.seat or attempt.standing not in at_a_seat:
        return ()
    others = (
        one
        for one in session.attempts.values()
        if one.standing in at_a_seat and one.attempt_id != attempt.attempt_id
    )
    return tuple(sorted(others, key=lambda one: one.room != attempt.room))


def seat_still_free(
    session: Session, attempt: Attempt, leaving: Sequence[Attempt] = ()
) -> None:
    """Check that the seat of a candidate who comes back is still free.

    Args:
        session: as it is recorded.
        attempt: the attempt that comes back, as it was at that seat.
        leaving: attempts whose seats are vacated in the same step.

    Raises:
        Refused: if another candidate sits there now.
    """
    vacated = session.replace_attempts(
        replace(one, room="", seat="") for one in leaving
    )
    if attempt.seat and (attempt.room, attempt.seat) not in vacated.free_seats():
        raise Refused("seat-given", seat=attempt.seat)


def next_free_seat(session: Session, attempt: Attempt) -> tuple[str, str] | None:
    """Return the free seat to offer: the first without a hint, else the first."""
    free = session.free_seats()
    for room, seat in free:
        if not seat_hints(session, attempt, room, seat):
            return room, seat
    return free[0] if free else None


def _needs_seat(session: Session, command: c.TakeSeat, _: Context) -> bool:
    attempt = session.attempts[command.attempt_id]
    has_one = attempt.standing in {AttemptProgress.TESTING, AttemptProgress.SEATED}
    return has_one or is_waiting(session, attempt)


def _take_seat(session: Session, command: c.TakeSeat, context: Context) -> Events:
    attempt = attempt_of(session, command)
    testing = attempt.standing is AttemptProgress.TESTING
    if not testing and attempt.standing is not AttemptProgress.SEATED:
        waiting_attempt(session, command)
    free = session.free_seats()
    if command.seat and attempt.seat and Gate.SEAT in attempt.open_gates:
        # They were put back after they had left, and can take their old seat again.
        free = (*free, (attempt.room, attempt.seat))
    wanted = next((place for place in free if _fits_command(place, command)), None)
    if wanted is None:
        for other in swap_partners(session, attempt):
            if command.seat and _fits_command((other.room, other.seat), command):
                return _swap_seats(session, command, attempt, other, context)
        if not free:
            raise Refused("no-seat-free")
        raise Refused("seat-taken", seat=command.seat, free=free[0][1])
    room, seat = wanted
    return (SeatTaken(attempt_id=attempt.attempt_id, room=room, seat=seat),)


def _swap_seats(
    session: Session,
    command: c.TakeSeat,
    attempt: Attempt,
    other: Attempt,
    context: Context,
) -> Events:
    """Return the events of two people swapping seats, as one step to undo.

    Raises:
        Overtaken: if the swap with the person who sits there is not confirmed yet.
        Refused: if the actor has a conflict with the person who sits there.
    """
    not_linked(other.participant_id, other.person.text, context)
    if command.swap_with != other.attempt_id:
        here, there = place_text(session, attempt), place_text(session, other)
        who = session.label(attempt)
        move = Reason("seat-move", person=who, here=here, there=there)
        hints = seat_hints(session, attempt, other.room, other.seat)
        raise Overtaken(
            "seat-swap",
            replace(command, swap_with=other.attempt_id),
            parts=(move, *hints),
            person=session.label(other),
            there=there,
        )
    return (
        SeatTaken(attempt_id=attempt.attempt_id, room=other.room, seat=other.seat),
        SeatTaken(attempt_id=other.attempt_id, room=attempt.room, seat=attempt.seat),
        StepsGrouped(attempt_ids=(attempt.attempt_id, other.attempt_id)),
    )


def _fits_command(place: tuple[str, str], command: c.TakeSeat) -> bool:
    room, seat = place
    return command.seat.upper() in {"", seat} and command.room in {"", room}


RULES = (
    rule(c.TakeSeat, _take_seat, *DOORS_OPEN, when=_needs_seat, otherwise=AFTER_HALT),
)
