"""What each seat of a room shows of a session: on the seat map, and in a question."""

from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.state.attempt import NEVER_STARTED, OUTCOMES, Attempt
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.ui import attempt_rows
from cptkiosk.ui.terminal.glyphs import Glyphs
from cptkiosk.ui.view import SessionView
from cptkiosk.ui.widgets.seat_map import Seat, SeatRows

FREE, TAKEN, SAME, OFFERED = ".", "#", "S", "+"
GRID_LEGEND = ". free   # taken   S same module   + suggested"


def seat_rows(room: Room) -> SeatRows:
    """Return the labels of a room's seats, row by row."""
    labels, width = room.seat_labels(), room.columns
    return tuple(labels[at : at + width] for at in range(0, len(labels), width))


def seats_of(view: SessionView, room: Room, glyphs: Glyphs) -> dict[str, Seat]:
    """Return what the taken seats of a room show."""
    return {
        label: _seat(view, one, glyphs) for label, one in view.sitting(room).items()
    }


def _seat(view: SessionView, one: Attempt, glyphs: Glyphs) -> Seat:
    progress = view.progress(one)
    sign = attempt_rows.state_words(one, progress, glyphs).partition(" ")[0]
    family = one.person.text.partition(",")[0]
    left = _minutes_left(view.session, one, view.line_ms)
    return Seat(sign, left, family, attempt_rows.tone(one, progress))


def _minutes_left(session: Session, one: Attempt, line_ms: int) -> str:
    """Return the minutes left, begun ones counted: '42m'."""
    if one.start_line_ms is None or one.end_line_ms is not None or one.is_untimed:
        return ""
    left_ms = session.left_ms(one, max(line_ms, one.start_line_ms))
    return f"{max(0, -(-left_ms // MINUTE_MS))}m"


def room_of(session: Session, attempt: Attempt | None) -> Room:
    """Return the room someone sits in, else the first one."""
    wanted = attempt.room if attempt is not None else ""
    return next((one for one in session.rooms if one.name == wanted), session.rooms[0])


def title_of(view: SessionView, room: Room) -> str:
    """Return a room's name, and how much of it is taken."""
    people = view.sitting(room).values()
    taken = sum(one.standing not in OUTCOMES for one in people)
    return f"room {room.name}   {taken} of {room.rows * room.columns} seats taken"


def room_grid(
    session: Session, attempt: Attempt, room: Room, offered: str, *, width: int
) -> list[str]:
    """Return a room as rows of signs; nothing if it is wider than `width`."""
    taken = {
        one.seat: one
        for one in session.attempts.values()
        if one.room == room.name and one.seat and one.standing not in NEVER_STARTED
    }
    cell = len(f"{room.columns}") + 1
    if 2 + room.columns * cell > width:
        return []
    numbers = (f"{column}" for column in range(1, room.columns + 1))
    lines = ["  " + "".join(number.rjust(cell) for number in numbers)]
    for seats in seat_rows(room):
        signs = (_sign(taken.get(one), attempt, one == offered) for one in seats)
        lines.append(f"{seats[0][0]} " + "".join(sign.rjust(cell) for sign in signs))
    return lines


def _sign(sitting: Attempt | None, attempt: Attempt, is_offered: bool) -> str:
    if sitting is None:
        return OFFERED if is_offered else FREE
    same = sitting.module.module_id == attempt.module.module_id
    return SAME if same else TAKEN
