"""The clock of a session: the same on the testing screen, the wall and a locked screen."""

from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import plural
from cptkiosk.ui.sized import COLUMNS_MIN, LINES_MIN

NO_CLOCK = "no clock running"
NOTHING_RUNS = "No session is running."


def room_left_ms(session: Session, line_ms: int) -> int | None:
    """Return the least time left of those who began with the room and still have some.

    A person who came late or goes on has a clock of their own, which counts only if no
    one else has time left. If no one has, it is how long ago the last ended, below
    zero; `None` if there is no one whose time ends.
    """
    timed = session.timed_attempts
    lefts = {one.attempt_id: session.left_ms(one, line_ms) for one in timed}
    with_the_room = (
        lefts[one.attempt_id]
        for one in timed
        if not one.late and one.carried_ms is None
    )
    for some in (with_the_room, lefts.values()):
        if positive := [left for left in some if left > 0]:
            return min(positive)
    return max(lefts.values(), default=None)


def begins_in_ms(session: Session, line_ms: int) -> int:
    """Return how long it is until the clocks run; 0 once they do."""
    return max(0, (session.start_line_ms or 0) - line_ms)


def face_text(session: Session, line_ms: int) -> str:
    """Return what the big clock of a session shows."""
    if begins_ms := begins_in_ms(session, line_ms):
        return f"-{timing.clock_text(begins_ms)}"
    left_ms = room_left_ms(session, line_ms)
    return NO_CLOCK if left_ms is None else timing.clock_text(left_ms)


def running(desk: Desk) -> tuple[Session, ...]:
    """Return the sessions whose clocks run, or stand in a halt."""
    return tuple(one for one in desk.sessions.values() if one.running)


def edge_in_ms(desk: Desk) -> int:
    """Return when the next second ends: the wall clock's, or a running session's."""
    now = desk.now()
    past_edges = [now.utc_ms] + [
        session.timeline_ms(now) - session.start_line_ms
        for session in running(desk)
        if session.start_line_ms is not None
    ]
    return min(1000 - past_ms % 1000 for past_ms in past_edges)


def brief_clock(desk: Desk, session: Session) -> str:
    """Return the time left in a session, and whether it is halted, in a few cells."""
    return brief_text(session, face_text(session, session.timeline_ms(desk.now())))


def brief_text(session: Session, face: str) -> str:
    """Return what the big clock of a session shows, in a few cells."""
    halted = session.stage is Stage.HALTED
    if face == NO_CLOCK:
        return "HALTED" if halted else NO_CLOCK
    if halted:
        return f"HALTED {face} left"
    if face.startswith("-"):
        return f"starts in {face[1:]}"
    return f"time up {face}" if face.startswith("+") else f"{face} left"


def running_clocks(desk: Desk) -> list[str]:
    """Return one line for each session that runs or is halted."""
    now = desk.now()
    return [
        f"{one.title}: {_clock_words(desk, one, one.timeline_ms(now))}"
        for one in running(desk)
    ]


def enlarge_text(desk: Desk) -> str:
    """Return what a terminal too small for a screen shows: the time goes on."""
    return "\n".join(
        (
            desk.times.format_clock(desk.now().utc_ms),
            *running_clocks(desk),
            f"Enlarge this window to {COLUMNS_MIN} x {LINES_MIN}.",
        )
    )


def _clock_words(desk: Desk, session: Session, line_ms: int) -> str:
    live = session.live_attempts
    left_ms, text = room_left_ms(session, line_ms), face_text(session, line_ms)
    if not live:
        return "no one is testing"
    if left_ms is None:
        return f"{plural(len(live), 'person', 'people')}, untimed"
    if begins_ms := begins_in_ms(session, line_ms):
        return f"starts in {timing.clock_text(begins_ms)}"
    if session.stage is Stage.HALTED:
        return f"HALTED with {text} left"
    if left_ms <= 0:
        return f"time is up, {text}"
    ends = [
        end
        for one in session.timed_attempts
        if (end := session.end_ms(one, line_ms)) is not None and end > line_ms
    ]
    until = f"; first ends at {desk.times.format_seconds(min(ends))}" if ends else ""
    return f"{text} left{until}"
