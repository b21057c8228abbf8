"""Where somebody sits: who is beside them, and what to mind."""

from collections.abc import Iterator

from cptkiosk.domain.attempt import NEVER_STARTED, Attempt
from cptkiosk.domain.session import Session
from cptkiosk.domain.values import Refused

STANDARD = 1000


def place(label: str) -> tuple[int, int]:
    """Return row and column of a seat, both from 0: 'B3' is (1, 2)."""
    return ord(label[0]) - ord("A"), int(label[1:]) - 1


def neighbours(session: Session, room: str, seat: str) -> Iterator[Attempt]:
    """Yield who sits right beside, before or behind a seat."""
    row, column = place(seat)
    for one in session.attempts.values():
        if one.room != room or not one.seat or one.standing in NEVER_STARTED:
            continue
        other_row, other_column = place(one.seat)
        if abs(other_row - row) + abs(other_column - column) == 1:
            yield one


def hints(session: Session, attempt: Attempt, room: str, seat: str) -> tuple[str, ...]:
    """Return what to mind about a seat: neighbours of the module, other end times."""
    beside = [
        one
        for one in neighbours(session, room, seat)
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


def seat_still_free(session: Session, attempt: Attempt) -> None:
    """Check that nobody was given the seat to which somebody comes back.

    Raises:
        Refused: if somebody else sits there now.
    """
    if attempt.seat and (attempt.room, attempt.seat) not in session.free_seats():
        raise Refused(
            f"Seat {attempt.seat} has been given to somebody else.",
            "Move whoever sits there first.",
        )


def offered(session: Session, attempt: Attempt) -> tuple[str, str] | None:
    """Return the free seat to offer: the next that has nothing to mind, or the next."""
    free = session.free_seats()
    for room, seat in free:
        if not hints(session, attempt, room, seat):
            return room, seat
    return free[0] if free else None
