"""Rules of a halt: from when on every clock stands, who is back, and a false alarm.

A halt is dated back. The proctor presses the key when the alarm has rung for a while,
then chooses a reason, and then the disk takes its time; the candidates stopped working
at the alarm. So the event carries the instant from which the clocks stand: that of the
key (`asked_line_ms`), less the minutes that the proctor adds (`ago_ms`). If it counted
from its entry instead, everyone would lose the time of the form, and more on a busy
machine. If the time were given back as credits, one a person, a pause that overlaps the
halt would count twice, and a false alarm could not be undone as one step.

Dating back has limits, since it gives time to everyone: not before the clocks began,
and only a coordinator goes back further than `halt_backdate_minutes`, or past the last
time that the clocks ran on, since when candidates have been told to work. Someone who ran
out of time between the alarm and the key has time again. Someone who submitted keeps
the end that they had.
"""

from cptkiosk.domain.commands.halt import HaltSession, ResumeSession, UndoHalt
from cptkiosk.domain.commands.testing import NoteVendorClock
from cptkiosk.domain.events import halt as e
from cptkiosk.domain.events.fact import Fact
from cptkiosk.domain.events.testing import AttemptEndedEarly
from cptkiosk.domain.rules import drafts
from cptkiosk.domain.rules.checks import need_compared_clock, reason_given
from cptkiosk.domain.rules.rule import SINCE_START, Context, Events, rule
from cptkiosk.domain.rules.testing_window import why_beyond_window
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import MINUTE_MS, Personal, Refused


def _clocks_run(session: Session, _: HaltSession, context: Context) -> bool:
    return session.timeline_ms(context.now) >= (session.start_line_ms or 0)


def _halt_session(session: Session, command: HaltSession, context: Context) -> Events:
    now_ms = session.timeline_ms(context.now)
    start_ms = session.start_line_ms or 0
    if not _clocks_run(session, command, context):
        raise Refused("clocks-not-started")
    ran_on_ms = max([start_ms, *(end for _, end in session.halts if end is not None)])
    asked_ms = asked_line_ms(command, now_ms)
    if asked_ms < ran_on_ms:
        raise Refused("clocks-began-later")
    since_ms = asked_ms - command.ago_ms
    if command.ago_ms < 0 or since_ms < start_ms:
        raise Refused("halt-before-clocks", most_ms=asked_ms - start_ms)
    limit = context.policies.halt_backdate_minutes
    if since_ms < ran_on_ms:
        context.actor.must_be_coordinator("halt-before-resume")
    elif command.ago_ms > limit * MINUTE_MS:
        context.actor.must_be_coordinator("halt-dated-back", minutes=limit)
    reason = reason_given(command.reason, session.session_id)
    return (e.SessionHalted(reason=reason, since_line_ms=since_ms),)


def asked_line_ms(command: HaltSession | NoteVendorClock, now_ms: int) -> int:
    """Return the instant that a command is about: when it was asked, never to come."""
    return (
        now_ms if command.asked_line_ms is None else min(command.asked_line_ms, now_ms)
    )


def _undo_halt(session: Session, command: UndoHalt, context: Context) -> Events:
    number = command.number or len(session.halts)
    if not 1 <= number <= len(session.halts):
        raise Refused("no-such-halt")
    need_compared_clock(session)
    since_ms = session.halts[number - 1][0]
    if number == len(session.halts) and just_halted(session, context):
        return (e.HaltUndone(number=number, since_line_ms=since_ms),)
    limit_s = context.policies.undo_halt_seconds
    context.actor.must_be_coordinator("undo-halt-of-another", seconds=limit_s)
    reason = reason_given(command.reason, session.session_id)
    return (e.HaltUndone(number=number, since_line_ms=since_ms, reason=reason),)


def just_halted(session: Session, context: Context) -> bool:
    """Whether the asker halted the session a moment ago, and it still is."""
    if session.stage is not Stage.HALTED or session.unconfirmed_bridge is not None:
        return False
    if not session.halted_by or session.halts[-1][1] is not None:
        return False
    last = session.halted_by[-1]
    ago_ms = session.timeline_ms(context.now) - session.timeline_ms(last.at)
    own = bool(last.actor) and last.actor == context.actor.asker
    return own and ago_ms <= context.policies.undo_halt_seconds * 1000


NOT_BACK = "not back at the roll call"


def _clock_confirmed(session: Session, _: ResumeSession, context: Context) -> bool:
    return session.unconfirmed_bridge is None


def _resume_session(
    session: Session, command: ResumeSession, context: Context
) -> Events:
    need_compared_clock(session)
    live = session.live_attempts
    away = [one for one in live if one.attempt_id not in command.back]
    back = tuple(one.attempt_id for one in live if one.attempt_id in command.back)
    interrupted: list[Fact] = [
        AttemptEndedEarly(
            attempt_id=one.attempt_id,
            outcome=AttemptProgress.INTERRUPTED,
            reason=Personal(NOT_BACK, one.participant_id),
        )
        for one in away
    ]
    reason = why_beyond_window(session, back, command.beyond_window, context)
    over = drafts.over_time(session, away, context)
    return (*interrupted, *over, e.SessionResumed(back=back, beyond_window=reason))


RULES = (
    rule(HaltSession, _halt_session, Stage.RUNNING, when=_clocks_run),
    rule(UndoHalt, _undo_halt, *SINCE_START),
    rule(ResumeSession, _resume_session, Stage.HALTED, when=_clock_confirmed),
)
