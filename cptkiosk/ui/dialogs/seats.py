"""Which seat someone gets, or with whom they swap, is asked here for every screen."""

from collections.abc import Callable

from cptkiosk.domain.commands import checkin as c
from cptkiosk.domain.rules import seating
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.values import plural
from cptkiosk.ui.dialogs.asking import ask_command
from cptkiosk.ui.dialogs.question import CommandQuestion
from cptkiosk.ui.ports import SessionPort
from cptkiosk.ui.seat_occupancy import GRID_LEGEND, room_grid
from cptkiosk.ui.widgets.fields import Values
from cptkiosk.words import explain_why

GRID_WIDTH = 68
GRID_SPARE = 15
"""Lines that the rest of the dialog needs beside the grid."""


def command(session: Session, attempt: Attempt) -> c.TakeSeat:
    """Return what the key for a seat asks for: in a full room, that is a swap."""
    others = () if session.free_seats() else seating.swap_partners(session, attempt)
    room, seat = (others[0].room, others[0].seat) if others else ("", "")
    return c.TakeSeat(
        session_id=session.session_id,
        attempt_id=attempt.attempt_id,
        room=room,
        seat=seat,
    )


def ask_seat(
    screen: SessionPort,
    attempt: Attempt,
    then: Callable[[], object] | None = None,
) -> None:
    """Ask for a seat, what to mind about it beside it; a taken one is asked to swap."""
    lines_max = screen.kiosk.size.height - GRID_SPARE
    ask_command(screen, take_seat(screen.session, attempt, lines_max, then))


def take_seat(
    session: Session,
    attempt: Attempt,
    lines_max: int,
    then: Callable[[], object] | None = None,
) -> CommandQuestion:
    """Return the question for a seat, with the room above it if `lines_max` allow."""
    name, offered = session.label(attempt), seating.next_free_seat(session, attempt)

    def make(values: Values) -> c.TakeSeat:
        room, _, label = values.text("seat").partition("|")
        return c.TakeSeat(**session.about(attempt), room=room, seat=label)

    free = (
        (f"{room}|{label}", _seat_words(session, attempt, room, label))
        for room, label in session.free_seats()
    )
    swaps = (
        (
            f"{one.room}|{one.seat}",
            f"{one.seat} in {one.room} - swap with {session.label(one)}",
        )
        for one in seating.swap_partners(session, attempt)
    )
    proposed = "|".join(offered) if offered else ""
    return CommandQuestion.from_catalog(
        "take-seat",
        {"name": name, "room": _seat_lines(session, attempt, offered, lines_max)},
        {"seat": {"options": (*free, *swaps), "value": proposed}},
        command=make,
        words=lambda values: f"{name}: seat {make(values).seat}",
        then=then,
    )


def _seat_words(session: Session, attempt: Attempt, room: str, label: str) -> str:
    minded = map(explain_why, seating.seat_hints(session, attempt, room, label))
    return " - ".join(filter(None, (f"{label} in {room}", "; ".join(minded))))


def _seat_lines(
    session: Session,
    attempt: Attempt,
    offered: tuple[str, str] | None,
    lines_max: int,
) -> tuple[str, ...]:
    """Return how many seats are free, what to mind, and the room if it fits."""
    lines = [f"{plural(len(session.free_seats()), 'seat')} free."]
    if offered is None:
        return tuple(lines)
    minded = [*map(explain_why, seating.seat_hints(session, attempt, *offered))]
    lines[0] += f" Suggested: {offered[1]} in {offered[0]}."
    if minded:
        lines.append(f"Note: {'; '.join(minded)}.")
    room = next(one for one in session.rooms if one.name == offered[0])
    grid = room_grid(session, attempt, room, offered[1], width=GRID_WIDTH)
    if grid and len(grid) + 1 + len(lines) <= lines_max:
        lines += [*grid, GRID_LEGEND]
    return tuple(lines)
