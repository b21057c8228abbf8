"""Rules of the start: everyone's at one instant, late arrivals' on their own clock."""

from cptkiosk.domain.commands.testing import StartLate, StartSession, UndoStart
from cptkiosk.domain.events.testing import LateStarted, SessionStarted, StartUndone
from cptkiosk.domain.people.eligibility import check_other_sessions
from cptkiosk.domain.rules.checkin import door_case
from cptkiosk.domain.rules.checks import attempt_of, no_conflict
from cptkiosk.domain.rules.odd_dates import odd_dates
from cptkiosk.domain.rules.rule import Context, Events, rule
from cptkiosk.domain.rules.testing_window import why_beyond_window
from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.attempt import Attempt, AttemptProgress
from cptkiosk.domain.state.attempt_changes import start_testing
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import Refused


def _all_resolved(session: Session, _: StartSession, context: Context) -> bool:
    return not blockers.to_start(session)


def _start_session(session: Session, command: StartSession, context: Context) -> Events:
    unresolved = blockers.to_start(session)
    if unresolved:
        raise Refused("start-open", count=len(unresolved), first=unresolved[0].reason)
    no_conflict(session, context.actor.staff_id, context)
    no_conflict(session, session.lead, context)
    seated = tuple(
        one.attempt_id
        for one in session.attempts.values()
        if one.standing is AttemptProgress.SEATED
    )
    for one in map(session.attempts.__getitem__, seated):
        _only_here(session, one, context, "off-roll-or-deny")
    countdown_ms = context.policies.start_countdown_seconds * 1000
    start = context.now.plus(countdown_ms)
    return (
        SessionStarted(
            start_utc_ms=start.utc_ms,
            start_boot_ms=start.boot_ms,
            boot_id=start.boot_id,
            beyond_window=why_beyond_window(
                session, seated, command.beyond_window, context, in_ms=countdown_ms
            ),
            attempt_ids=seated,
            script_read=command.script_read,
            odd=odd_dates(session, command, context),
            policies=context.policies.recorded_at_start,
        ),
    )


def _only_here(
    session: Session, attempt: Attempt, context: Context, instead: str
) -> None:
    """Check that nothing in another session keeps a candidate from starting.

    Raises:
        Refused: if they test there, or this code or the time left was used there.
    """
    if found := check_other_sessions(door_case(session, attempt, context)):
        raise Refused(
            "start-ineligible",
            remedy=instead,
            person=session.label(attempt),
            finding=found.reason,
        )


def _just_started(session: Session, context: Context) -> bool:
    limit_s = context.policies.undo_start_seconds
    since_ms = session.timeline_ms(context.now) - (session.start_line_ms or 0)
    return since_ms <= limit_s * 1000


def _only_started(session: Session, _: UndoStart, context: Context) -> bool:
    untouched = session.version == session.started_version
    return untouched and _just_started(session, context)


def _undo_start(session: Session, command: UndoStart, context: Context) -> Events:
    limit_s = context.policies.undo_start_seconds
    if not _just_started(session, context):
        raise Refused("undo-start-late", limit_s=limit_s)
    if session.version != session.started_version:
        raise Refused("undo-start-recorded")
    return (StartUndone(),)


def _is_seated(session: Session, command: StartLate, context: Context) -> bool:
    return session.attempts[command.attempt_id].standing is AttemptProgress.SEATED


def _start_late(session: Session, command: StartLate, context: Context) -> Events:
    attempt = attempt_of(session, command)
    if not _is_seated(session, command, context):
        raise Refused(
            "start-late-standing",
            person=session.label(attempt),
            standing=attempt.standing,
        )
    if session.timeline_ms(context.now) < (session.start_line_ms or 0):
        raise Refused("late-start-before")
    _only_here(session, attempt, context, "deny-or-end")
    since_ms = session.start_line_ms if context.policies.late_clock == "group" else None
    begun = start_testing(
        attempt, session.timeline_ms(context.now) if since_ms is None else since_ms
    )
    whom = (attempt.attempt_id,)
    why = why_beyond_window(
        session.with_attempt(begun), whom, command.beyond_window, context
    )
    return (
        LateStarted(
            attempt_id=attempt.attempt_id, since_line_ms=since_ms, beyond_window=why
        ),
    )


RULES = (
    rule(StartSession, _start_session, Stage.CHECK_IN, when=_all_resolved),
    rule(UndoStart, _undo_start, Stage.RUNNING, when=_only_started),
    rule(StartLate, _start_late, Stage.RUNNING, when=_is_seated),
)
