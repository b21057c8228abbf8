"""Rules of breaks, which stop no clock, pauses, which stop one, and scratch paper."""

from dataclasses import replace

from cptkiosk.domain.commands.testing import (
    BeginBreak,
    BeginPause,
    EndBreak,
    EndPause,
    IssueSheets,
)
from cptkiosk.domain.events.testing import (
    BreakBegan,
    BreakEnded,
    PauseBegan,
    PauseEnded,
    SheetsIssued,
)
from cptkiosk.domain.rules.checks import (
    attempt_in_time,
    has_time,
    is_live,
    live_attempt,
    reason_given,
)
from cptkiosk.domain.rules.rule import UNDER_WAY, Context, Events, rule
from cptkiosk.domain.rules.testing_window import coordinator_beyond_window
from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.attempt_changes import close_intervals
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import Refused

STOP_CLOCK_BREAK = "stop-clock break"
PAUSES = ("fault", STOP_CLOCK_BREAK)
SHEETS_AT_ONCE = 20
"""How many sheets of scratch paper one step gives out at most."""


def _may_leave(session: Session, command: BeginBreak, context: Context) -> bool:
    on_break = session.attempts[command.attempt_id].on_break
    return not on_break and has_time(session, command, context)


def _may_return(session: Session, command: EndBreak, context: Context) -> bool:
    on_break = session.attempts[command.attempt_id].on_break
    return on_break and is_live(session, command, context)


def _may_pause(session: Session, command: BeginPause, context: Context) -> bool:
    paused = session.attempts[command.attempt_id].is_paused
    return not paused and has_time(session, command, context)


def _may_go_on(session: Session, command: EndPause, context: Context) -> bool:
    paused = session.attempts[command.attempt_id].is_paused
    return paused and is_live(session, command, context)


def _begin_break(session: Session, command: BeginBreak, context: Context) -> Events:
    attempt = attempt_in_time(session, command, context)
    if attempt.on_break:
        raise Refused("on-break-already", person=session.label(attempt))
    return (BreakBegan(attempt_id=attempt.attempt_id),)


def _end_break(session: Session, command: EndBreak, context: Context) -> Events:
    attempt = live_attempt(session, command, context)
    if not attempt.on_break:
        raise Refused("not-on-break", person=session.label(attempt))
    return (BreakEnded(attempt_id=attempt.attempt_id),)


def _begin_pause(session: Session, command: BeginPause, context: Context) -> Events:
    attempt = attempt_in_time(session, command, context)
    if attempt.is_paused:
        raise Refused("paused-already", person=session.label(attempt))
    if command.kind not in PAUSES:
        raise Refused("pause-kind-unknown", kind=command.kind, choices=PAUSES)
    if command.kind == STOP_CLOCK_BREAK and not attempt.stop_clock:
        raise Refused("no-stop-clock-break", person=session.label(attempt))
    reason = reason_given(command.reason, attempt.participant_id)
    return (
        PauseBegan(
            attempt_id=attempt.attempt_id, reason=reason, kind_of_pause=command.kind
        ),
    )


def _end_pause(session: Session, command: EndPause, context: Context) -> Events:
    attempt = live_attempt(session, command, context)
    if not attempt.is_paused:
        raise Refused("not-paused", person=session.label(attempt))
    timeline_ms = session.timeline_ms(context.now)
    going = replace(attempt, stops=close_intervals(attempt.stops, timeline_ms))
    why = coordinator_beyond_window(session, going, command.beyond_window, context)
    return (PauseEnded(attempt_id=attempt.attempt_id, beyond_window=why),)


def _issue_sheets(session: Session, command: IssueSheets, context: Context) -> Events:
    attempt = attempt_in_time(session, command, context)
    if not 1 <= command.count <= SHEETS_AT_ONCE:
        raise Refused("too-many-sheets", count=command.count, most=SHEETS_AT_ONCE)
    first = blockers.next_sheet(session)
    sheets = tuple(range(first, first + command.count))
    return (SheetsIssued(attempt_id=attempt.attempt_id, sheets=sheets),)


RULES = (
    rule(IssueSheets, _issue_sheets, Stage.RUNNING, when=has_time),
    rule(BeginBreak, _begin_break, Stage.RUNNING, when=_may_leave),
    rule(EndBreak, _end_break, *UNDER_WAY, when=_may_return),
    rule(BeginPause, _begin_pause, Stage.RUNNING, when=_may_pause),
    rule(EndPause, _end_pause, *UNDER_WAY, when=_may_go_on),
)
