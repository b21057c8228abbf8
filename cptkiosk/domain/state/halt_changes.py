"""What a halt makes of a session, and what taking one back or going on does.

A halt may be dated back to the alarm, and a false one taken back long after it ended:
then the time that it stopped counts as used, as if it had never been.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from cptkiosk.domain.events import halt as e
from cptkiosk.domain.events.fact import Entry, Fact
from cptkiosk.domain.state.attempt_changes import close_intervals
from cptkiosk.domain.state.session import Halting, Session, Stage
from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.values import Personal

Handler = Callable[[Any, Session, Entry, int], Session]


def _after_session_halted(
    event: e.SessionHalted, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    since = entry.at.plus(event.since_line_ms - timeline_ms)
    session = replace(
        session,
        stage=Stage.HALTED,
        halts=(*session.halts, (event.since_line_ms, None)),
        halted_by=(
            *session.halted_by,
            Halting(entry.actor, entry.at, entry.version, entry.seq, entry.terminal),
        ),
        halt_reason=event.reason,
        reasons=(*session.reasons, (since, "halted", event.reason)),
    )
    return (
        session
        if event.since_line_ms >= timeline_ms
        else session.raise_figures(timeline_ms)
    )


def _after_halt_undone(
    event: e.HaltUndone, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    at = event.number - 1
    still = session.halts[at][1] is None
    reasons = _with_false_halt(session.reasons, at)
    if event.reason is not None:
        reasons = (*reasons, (entry.at, "halt undone", event.reason))
    return replace(
        session,
        stage=Stage.RUNNING if still else session.stage,
        halts=session.halts[:at] + session.halts[at + 1 :],
        halted_by=session.halted_by[:at] + session.halted_by[at + 1 :],
        halt_reason=None if still else session.halt_reason,
        reasons=reasons,
    )


def _with_false_halt(
    reasons: tuple[tuple[Instant, str, Personal], ...], number: int
) -> tuple[tuple[Instant, str, Personal], ...]:
    """Return the reasons with the halt of that number, from 0 on, called a false one."""
    halts = [at for at, (_, what, _) in enumerate(reasons) if what == "halted"]
    when, _, why = reasons[halts[number]]
    at = halts[number]
    return (*reasons[:at], (when, "false halt", why), *reasons[at + 1 :])


def _after_session_resumed(
    event: e.SessionResumed, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    halts = close_intervals(session.halts, timeline_ms)
    return replace(session, stage=Stage.RUNNING, halts=halts, halt_reason=None)


HANDLERS: Mapping[type[Fact], Handler] = {
    e.SessionHalted: _after_session_halted,
    e.HaltUndone: _after_halt_undone,
    e.SessionResumed: _after_session_resumed,
}
"""What each event about a halt does."""
