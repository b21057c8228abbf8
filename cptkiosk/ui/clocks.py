"""The clocks of running sessions in a line each, for screens that show nothing else."""

from cptkiosk.desk import Desk
from cptkiosk.domain import timing
from cptkiosk.domain.session import Session, Stage
from cptkiosk.domain.values import plural
from cptkiosk.ui import times


def running_clocks(desk: Desk) -> list[str]:
    """Return one line for each session that runs or is halted."""
    return [_line(desk, one) for one in desk.sessions.values() if one.running]


def _line(desk: Desk, session: Session) -> str:
    line_ms = session.line_ms(desk.now())
    live = session.live(line_ms)
    if not live:
        return f"{session.title}: nobody is testing"
    timed = session.timed(line_ms)
    if not timed:
        return f"{session.title}: {plural(len(live), 'person', 'people')}, untimed"
    left_ms = min(session.left_ms(one, line_ms) for one in timed)
    if session.stage is Stage.HALTED:
        return f"{session.title}: HALTED with {timing.clock_text(left_ms)} left"
    ends = [end for one in timed if (end := session.end_ms(one, line_ms))]
    until = f", first end {times.time_text(min(ends), desk.zone)}" if ends else ""
    return f"{session.title}: {timing.clock_text(left_ms)} left{until}"
