"""The seats of one room in a few lines of text."""

from cptkiosk.domain.attempt import NEVER_STARTED, Attempt
from cptkiosk.domain.session import Session
from cptkiosk.domain.session_events import Room

FREE, TAKEN, SAME, OFFERED = ".", "#", "S", "+"
LEGEND = ". free   # taken   S same module   + offered"


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
    labels = room.labels()
    for row in range(room.rows):
        seats = labels[row * room.columns : (row + 1) * room.columns]
        signs = (_sign(taken.get(one), attempt, one == offered) for one in seats)
        lines.append(f"{seats[0][0]} " + "".join(sign.rjust(cell) for sign in signs))
    return lines


def _sign(sitting: Attempt | None, attempt: Attempt, is_offered: bool) -> str:
    if sitting is None:
        return OFFERED if is_offered else FREE
    same = sitting.module.module_id == attempt.module.module_id
    return SAME if same else TAKEN
