"""Where somebody sits: who is beside them, and what to mind."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cptkiosk.domain.attempt import Attempt, AttemptProgress
from cptkiosk.domain.session import Session
from cptkiosk.domain.values import Refused

STANDARD = 1000


def parse_seat(label: str) -> tuple[int, int]:
    """Return row and column of a seat, both from 0: 'B3' is (1, 2)."""
    return ord(label[0]) - ord("A"), int(label[1:]) - 1


def find_neighbors(session: Session, room: str, seat: str) -> Iterator[Attempt]:
    """Yield who sits right beside, before or behind a seat."""
    row, column = parse_seat(seat)
    for one in session.attempts.values():
        if one.room != room or not one.sits:
            continue
        other_row, other_column = parse_seat(one.seat)
        if abs(other_row - row) + abs(other_column - column) == 1:
            yield one


def seat_hints(
    session: Session, attempt: Attempt, room: str, seat: str
) -> tuple[str, ...]:
    """Return what to mind about a seat: neighbors of the module, other end times."""
    beside = [
        one
        for one in find_neighbors(session, room, seat)
        if one.attempt_id != attempt.attempt_id
    ]
    same = [
        f"{one.seat} beside it takes {one.module.short} too"
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
        return (*same, f"others with this extra time sit in {', '.join(sorted(group))}")
    return tuple(same)


def place_text(session: Session, attempt: Attempt) -> str:
    """Return where somebody sits; with the room if the session has several."""
    several = len(session.rooms) > 1
    return f"{attempt.room} {attempt.seat}" if several else attempt.seat


def swap_partners(session: Session, attempt: Attempt) -> tuple[Attempt, ...]:
    """Return with whom somebody may change seats, those in the same room first."""
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
    """Check that nobody was given the seat to which somebody comes back.

    Args:
        session: as it is recorded.
        attempt: who comes back, as they were when they sat there.
        leaving: whose seats are vacated in the same step.

    Raises:
        Refused: if somebody else sits there now.
    """
    vacated = session.replace_attempts(
        replace(one, room="", seat="") for one in leaving
    )
    if attempt.seat and (attempt.room, attempt.seat) not in vacated.free_seats():
        raise Refused(
            f"Seat {attempt.seat} has been given to somebody else.",
            "Move the person who sits there first.",
        )


def next_free_seat(session: Session, attempt: Attempt) -> tuple[str, str] | None:
    """Return the free seat to offer: the next that has nothing to mind, or the next."""
    free = session.free_seats()
    for room, seat in free:
        if not seat_hints(session, attempt, room, seat):
            return room, seat
    return free[0] if free else None
