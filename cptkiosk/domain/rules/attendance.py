"""Rules of who comes: late, absent, or turned away."""

from cptkiosk.domain.commands import checkin as c
from cptkiosk.domain.events import checkin as e
from cptkiosk.domain.rules.checks import (
    attempt_of,
    late_cutoff,
    on_the_roll_once,
    reason_given,
    way_back,
)
from cptkiosk.domain.rules.rule import DOORS_OPEN, Context, Events, rule
from cptkiosk.domain.state.attempt import NOT_HERE, WAITING, Attempt, AttemptProgress
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import Refused, Role


def _may_be_denied(session: Session, command: c.DenyAttempt, _: Context) -> bool:
    standing = session.attempts[command.attempt_id].standing
    return standing in WAITING | {AttemptProgress.SEATED}


def _some_expected(session: Session, command: c.MarkAbsent, _: Context) -> bool:
    named = (session.attempts.get(one) for one in command.attempt_ids)
    return any(one.standing in NOT_HERE for one in named if one is not None)


def _may_be_late(session: Session, command: c.ExpectLate, _: Context) -> bool:
    attempt = session.attempts[command.attempt_id]
    known = attempt.standing is AttemptProgress.LATE_EXPECTED and not attempt.late
    return not known and attempt.standing in WAITING | {AttemptProgress.ABSENT}


def _comes_late(session: Session, command: c.ArriveLate, _: Context) -> bool:
    attempt = session.attempts[command.attempt_id]
    if attempt.standing is AttemptProgress.LATE_EXPECTED:
        return not attempt.late
    return attempt.standing is AttemptProgress.ABSENT


def once_on_the_roll(session: Session, attempt: Attempt) -> None:
    """Refuse a candidate who is assigned to this session for another module."""
    on_the_roll_once(
        session, attempt.attempt_id, attempt.participant_id, "off-roll-first"
    )


def _deny_attempt(session: Session, command: c.DenyAttempt, context: Context) -> Events:
    attempt = attempt_of(session, command)
    if not _may_be_denied(session, command, context):
        raise Refused(
            "check-in-over",
            remedy=way_back(attempt),
            person=session.label(attempt),
            standing=attempt.standing,
        )
    decides = context.actor.role is Role.COORDINATOR
    if not (command.coordinator_called or decides):
        raise Refused("coordinator-not-called")
    reason = reason_given(command.reason, attempt.participant_id)
    denied = e.AttemptDenied(
        attempt_id=attempt.attempt_id,
        reason=reason,
        coordinator_called=command.coordinator_called,
        by_coordinator=decides,
    )
    if not command.coordinator_called:
        return (denied,)
    return (e.CoordinatorCalled(attempt_id=attempt.attempt_id), denied)


def not_come(session: Session) -> tuple[Attempt, ...]:
    """Return who has not come, and before the start is not known to come late either."""
    expected = NOT_HERE if session.running else {AttemptProgress.EXPECTED}
    return tuple(
        one
        for one in session.attempts.values()
        if one.standing in expected and not _has_come(one)
    )


def being_checked_in(session: Session) -> tuple[Attempt, ...]:
    """Return who is here and has gates to pass."""
    return tuple(
        one
        for one in session.attempts.values()
        if one.standing in WAITING and _has_come(one)
    )


def _has_come(attempt: Attempt) -> bool:
    return attempt.late or bool(attempt.passed_gates)


def _mark_absent(session: Session, command: c.MarkAbsent, context: Context) -> Events:
    absent = [
        attempt
        for attempt_id in dict.fromkeys(command.attempt_ids)
        if (attempt := session.attempts.get(attempt_id)) is not None
        and attempt.standing in NOT_HERE
        and not (command.only_missing and _has_come(attempt))
    ]
    if not absent:
        here = any(
            one.standing is AttemptProgress.CHECKED_IN
            for attempt_id in command.attempt_ids
            if (one := session.attempts.get(attempt_id)) is not None
        )
        raise Refused(
            "none-expected",
            remedy="seat-or-deny" if here else "choose-not-come",
        )
    return tuple(e.AttemptAbsent(attempt_id=one.attempt_id) for one in absent)


def _expect_late(session: Session, command: c.ExpectLate, context: Context) -> Events:
    attempt = attempt_of(session, command)
    if attempt.standing not in WAITING | {AttemptProgress.ABSENT}:
        raise Refused(
            "check-in-over",
            remedy=way_back(attempt),
            person=session.label(attempt),
            standing=attempt.standing,
        )
    if attempt.standing is AttemptProgress.LATE_EXPECTED and not attempt.late:
        raise Refused("expected-late-already", person=session.label(attempt))
    once_on_the_roll(session, attempt)
    return (e.AttemptExpectedLate(attempt_id=attempt.attempt_id),)


def _arrive_late(session: Session, command: c.ArriveLate, context: Context) -> Events:
    attempt = attempt_of(session, command)
    if attempt.standing not in {AttemptProgress.ABSENT, AttemptProgress.LATE_EXPECTED}:
        here = attempt.standing in WAITING
        raise Refused(
            "not-late",
            remedy="check-in" if here else way_back(attempt),
            person=session.label(attempt),
            standing=attempt.standing,
        )
    if attempt.late and attempt.standing is AttemptProgress.LATE_EXPECTED:
        raise Refused("here-already", person=session.label(attempt))
    once_on_the_roll(session, attempt)
    late_cutoff(session, context)
    late = session.running
    return (e.LateArrived(attempt_id=attempt.attempt_id, late=late),)


RULES = (
    rule(c.DenyAttempt, _deny_attempt, *DOORS_OPEN, when=_may_be_denied),
    rule(c.MarkAbsent, _mark_absent, *DOORS_OPEN, when=_some_expected),
    rule(c.ExpectLate, _expect_late, Stage.CHECK_IN, when=_may_be_late),
    rule(c.ArriveLate, _arrive_late, *DOORS_OPEN, Stage.HALTED, when=_comes_late),
)
