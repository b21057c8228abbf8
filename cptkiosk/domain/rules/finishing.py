"""Rules of the end: one attempt's, the session's, or giving a session up."""

from cptkiosk.domain.commands.base import AttemptCommand
from cptkiosk.domain.commands.testing import (
    AbandonSession,
    EndEarly,
    EndSession,
    FinishAttempt,
)
from cptkiosk.domain.events.checkin import AttemptAbsent
from cptkiosk.domain.events.fact import Fact
from cptkiosk.domain.events.testing import (
    AttemptEndedEarly,
    AttemptFinished,
    SessionAbandoned,
    SessionEnded,
)
from cptkiosk.domain.rules import drafts
from cptkiosk.domain.rules.checks import attempt_of, is_live, live_attempt, reason_given
from cptkiosk.domain.rules.rule import UNDER_WAY, Context, Events, rule
from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.attempt import (
    ENDED_EARLY,
    NOT_HERE,
    OUTCOMES,
    Attempt,
    AttemptProgress,
)
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import Personal, Refused


def _has_begun(session: Session, command: AttemptCommand, context: Context) -> bool:
    attempt = session.attempts[command.attempt_id]
    begun = session.timeline_ms(context.now) >= (attempt.start_line_ms or 0)
    return begun and is_live(session, command, context)


def _may_end_early(session: Session, command: EndEarly, context: Context) -> bool:
    if command.outcome == AttemptProgress.WITHDRAWN:
        if session.attempts[command.attempt_id].let_in:
            return True
    return _has_begun(session, command, context)


def _check_begun(session: Session, attempt: Attempt, context: Context) -> None:
    if session.timeline_ms(context.now) < (attempt.start_line_ms or 0):
        raise Refused("session-not-begun")


def _finish_attempt(
    session: Session, command: FinishAttempt, context: Context
) -> Events:
    attempt = live_attempt(session, command, context)
    _check_begun(session, attempt, context)
    finished = AttemptFinished(attempt_id=attempt.attempt_id)
    return (finished, *drafts.over_time(session, (attempt,), context))


def _end_early(session: Session, command: EndEarly, context: Context) -> Events:
    attempt = attempt_of(session, command)
    if command.outcome == AttemptProgress.WITHDRAWN and attempt.let_in:
        context.actor.must_be_coordinator("leave-before-start")
    else:
        attempt = live_attempt(session, command, context)
    if command.outcome not in ENDED_EARLY:
        raise Refused(
            "early-end-unknown", outcome=command.outcome, choices=sorted(ENDED_EARLY)
        )
    _check_begun(session, attempt, context)
    reason = reason_given(command.reason, attempt.participant_id)
    ended = AttemptEndedEarly(
        attempt_id=attempt.attempt_id,
        outcome=command.outcome,
        reason=reason,
        withholds=command.outcome == AttemptProgress.DISMISSED,
    )
    return (ended, *drafts.over_time(session, (attempt,), context))


def _all_over(session: Session, _: EndSession, context: Context) -> bool:
    return blockers.all_over(session)


def _end_session(session: Session, command: EndSession, context: Context) -> Events:
    open_ones = blockers.to_end(session, session.timeline_ms(context.now))
    if open_ones:
        raise Refused(
            "outcomes-missing", count=len(open_ones), first=open_ones[0].reason
        )
    return (*drafts.not_announced(session, context), SessionEnded())


def _abandon_session(
    session: Session, command: AbandonSession, context: Context
) -> Events:
    reason = reason_given(command.reason, session.session_id)
    events: list[Fact] = []
    came = {one.attempt_id for one in cut_short(session)}
    for one in session.attempts.values():
        if one.attempt_id in came:
            why = Personal(reason.text, one.participant_id)
            events.append(
                AttemptEndedEarly(
                    attempt_id=one.attempt_id,
                    outcome=AttemptProgress.INTERRUPTED,
                    reason=why,
                )
            )
        elif one.standing not in OUTCOMES:
            events.append(AttemptAbsent(attempt_id=one.attempt_id))
    over = drafts.over_time(session, cut_short(session), context)
    missed = drafts.not_announced(session, context, after=len(over))
    return (*events, *over, *missed, SessionAbandoned(reason=reason))


def cut_short(session: Session) -> tuple[Attempt, ...]:
    """Return whose attempts end if a session is given up: of everyone who has come."""
    return tuple(
        one
        for one in session.attempts.values()
        if one.standing not in OUTCOMES and (one.late or one.standing not in NOT_HERE)
    )


RULES = (
    rule(FinishAttempt, _finish_attempt, *UNDER_WAY, when=_has_begun),
    rule(EndEarly, _end_early, *UNDER_WAY, when=_may_end_early),
    rule(EndSession, _end_session, Stage.RUNNING, when=_all_over),
    rule(AbandonSession, _abandon_session, *UNDER_WAY),
)
