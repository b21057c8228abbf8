"""Rules of the attendance list: who is assigned, for which module, and removal."""

from dataclasses import replace
from types import MappingProxyType

from cptkiosk.domain.commands import planning as c
from cptkiosk.domain.events.checkin import LateArrived
from cptkiosk.domain.events.planning import (
    AttemptAssigned,
    AttemptCancelled,
    AttemptUpdated,
)
from cptkiosk.domain.people import eligibility, eligibility_case, eligibility_findings
from cptkiosk.domain.rules.checks import (
    attempt_of,
    late_cutoff,
    on_the_roll_once,
    reason_given,
)
from cptkiosk.domain.rules.rule import BEFORE_END, Context, Events, rule
from cptkiosk.domain.state.attempt import (
    NEVER_STARTED,
    Attempt,
    AttemptProgress,
    attempt_id_of,
)
from cptkiosk.domain.state.candidate import Registration, gives_more
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.time.timing import FACTOR_MAX, FACTOR_MIN, UNTIMED, planned_ms
from cptkiosk.domain.values import Actor, Personal, Refused, Role


def _assign_attempt(
    session: Session, command: c.AssignAttempt, context: Context
) -> Events:
    _fits_the_session(session, command, context)
    attempt_id = attempt_id_of(command.participant_id, command.module.module_id)
    known = session.attempts.get(attempt_id)
    if known is not None and known.standing is not AttemptProgress.CANCELLED:
        return _update_assignment(session, command, known, context)
    made = _put_on_the_roll(session, command, attempt_id, context)
    if not session.running:
        return (made,)
    late_cutoff(session, context)
    context.actor.must_be_coordinator("assign-after-start")
    return (made, LateArrived(attempt_id=attempt_id))


def _fits_the_session(
    session: Session, command: c.AssignAttempt, context: Context
) -> None:
    """Check that a module of this edition, with this time, is taken in a session.

    Raises:
        Refused: if it is not.
    """
    module_id = command.module.module_id
    if module_id not in session.module_ids:
        raise Refused("module-not-in-session", module=command.module.name)
    day = context.day_of(max(session.starts_at_utc_ms, context.now.utc_ms))
    if not context.definitions.module(module_id).valid_on(day):
        raise Refused(
            "edition-not-valid",
            edition=command.module.edition,
            module=command.module.name,
            day=day,
        )
    factor = command.factor_permille
    if factor != UNTIMED and not FACTOR_MIN <= factor <= FACTOR_MAX:
        raise Refused(
            "extra-time-out-of-range",
            factor=factor / 1000,
            least=FACTOR_MIN / 1000,
            most=FACTOR_MAX / 1000,
        )


def _update_assignment(
    session: Session, command: c.AssignAttempt, known: Attempt, context: Context
) -> Events:
    """Return what brings an assignment up to date, if anything is to be."""
    person = Personal(command.person, command.participant_id)
    same = (
        known.person, known.user_code, known.factor_permille, known.paid,
        known.stop_clock,
    ) == (
        person, command.user_code, command.factor_permille, command.paid,
        command.stop_clock,
    )  # fmt: skip
    if same:
        return ()
    if session.running:
        if known.start_line_ms is not None:
            raise Refused("attempt-locked", person=session.label(known))
        context.actor.must_be_coordinator("change-after-start")
    granted = _late_time_reason(session, command, known, context)
    return (
        AttemptUpdated(
            attempt_id=known.attempt_id,
            person=person,
            user_code=command.user_code,
            factor_permille=command.factor_permille,
            paid=command.paid,
            stop_clock=command.stop_clock,
            granted=granted,
        ),
    )


def _late_time_reason(
    session: Session, command: c.AssignAttempt, known: Attempt | None, context: Context
) -> Personal | None:
    """Return why more time is given by hand once the check-in is open, if it is.

    More than what the person is registered for, which has rules of its own.

    Raises:
        Refused: if it is not the coordinator who gives it, or no reason is given.
    """
    if session.stage is Stage.PLANNED:
        return None
    module_id = command.module.module_id
    wanted = Registration(
        module_id, "", command.factor_permille, stop_clock=command.stop_clock
    )
    registered = context.registered_as(command.participant_id, module_id)
    bases = [registered or Registration(module_id)]
    if known is not None:
        factor, stops = known.factor_permille, known.stop_clock
        bases.append(Registration(module_id, "", factor, stop_clock=stops))
    if not all(gives_more(one, wanted) for one in bases):
        return None
    context.actor.must_be_coordinator("more-time")
    return reason_given(command.override, command.participant_id)


def _put_on_the_roll(
    session: Session, command: c.AssignAttempt, attempt_id: str, context: Context
) -> AttemptAssigned:
    """Return the assignment of a new candidate, once every rule allows it."""
    _lead_free_of(session, command, context)
    on_the_roll_once(session, attempt_id, command.participant_id, "assign-elsewhere")
    return _make_assignment(session, command, attempt_id, context)


def _lead_free_of(session: Session, command: c.AssignAttempt, context: Context) -> None:
    """Check that the lead has no conflict with a candidate who is assigned.

    Raises:
        Refused: if there is one; it cannot be overridden.
    """
    links = context.linked_to(session.lead) if session.lead else {}
    if command.participant_id in links:
        raise Refused(
            "lead-linked", person=command.person, relation=links[command.participant_id]
        )


def _make_assignment(
    session: Session, command: c.AssignAttempt, attempt_id: str, context: Context
) -> AttemptAssigned:
    """Return the assignment, once the eligibility rules allow it."""
    granted = _late_time_reason(session, command, None, context)
    history = context.history_of(command.participant_id)
    carried_ms = None
    case = assignment_case(session, command, context)
    if past := history.find_attempt(command.continues):
        carried_ms = past.left_ms
        if command.factor_permille != UNTIMED:
            case = replace(case, allowed_ms=carried_ms)
    override = granted
    against = [one for one in eligibility.collect_findings(case) if one.is_blocking]
    if against:
        hard = against[0].override is eligibility_findings.Override.NOBODY
        if hard or not command.override.strip():
            raise Refused(
                "eligibility",
                person=command.person,
                finding=against[0].statement,
            )
        context.actor.must_be_coordinator("assign-despite-rule")
        override = reason_given(command.override, command.participant_id)
    return AttemptAssigned(
        attempt_id=attempt_id,
        participant_id=command.participant_id,
        person=Personal(command.person, command.participant_id),
        module=command.module,
        user_code=command.user_code,
        factor_permille=command.factor_permille,
        paid=command.paid,
        stop_clock=command.stop_clock,
        continues=command.continues,
        carried_ms=carried_ms,
        override=override,
        overrules=tuple(one.rule for one in against),
        full_days=True,
        walk_in=command.walk_in,
    )


def may_override(actor: Actor) -> bool:
    """Return whether a reason assigns people against a rule."""
    return actor.role is Role.COORDINATOR


def assignment_case(
    session: Session, command: c.AssignAttempt, context: Context
) -> eligibility_case.EligibilityCase:
    """Return the case that the eligibility rules check at assignment."""
    return eligibility_case.EligibilityCase(
        module=command.module,
        user_code=command.user_code,
        paid=command.paid,
        allowed_ms=planned_ms(command.module.minutes, command.factor_permille),
        begins_utc_ms=max(session.starts_at_utc_ms, context.now.utc_ms),
        policies=context.policies,
        history=context.history_of(command.participant_id),
        local=context.local,
        continues=command.continues,
    )


def _may_change_module(
    session: Session, command: c.CorrectModule, context: Context
) -> bool:
    attempt = session.attempts[command.attempt_id]
    if session.running and not attempt.let_in:
        return False
    return attempt.standing not in NEVER_STARTED


def _correct_module(
    session: Session, command: c.CorrectModule, context: Context
) -> Events:
    attempt = attempt_of(session, command)
    if attempt.participant_id != command.instead.participant_id:
        raise Refused("registration-of-another")
    if attempt.module.module_id == command.instead.module.module_id:
        raise Refused(
            "module-already-assigned",
            person=session.label(attempt),
            module=attempt.module.name,
        )
    if attempt.standing in NEVER_STARTED:
        raise Refused(
            "module-standing", person=session.label(attempt), standing=attempt.standing
        )
    if session.running:
        if not attempt.let_in:
            begun = attempt.start_line_ms is not None
            raise Refused(
                "module-locked",
                remedy="module-login" if begun else "record-late-arrival",
                person=session.label(attempt),
                standing=attempt.standing,
            )
        context.actor.must_be_coordinator("module-after-start")
    reason = reason_given(command.reason, attempt.participant_id)
    off = AttemptCancelled(attempt_id=attempt.attempt_id, reason=reason)
    others = {
        name: one
        for name, one in session.attempts.items()
        if name != attempt.attempt_id
    }
    without = replace(session, attempts=MappingProxyType(others))
    instead = command.instead
    target = attempt_id_of(instead.participant_id, instead.module.module_id)
    known = others.get(target)
    here = (LateArrived(attempt_id=target),) if session.running else ()
    _fits_the_session(session, instead, context)
    if known is None or known.standing is AttemptProgress.CANCELLED:
        return (off, _put_on_the_roll(without, instead, target, context), *here)
    if known.standing is not AttemptProgress.ABSENT:
        raise Refused(
            "assigned-once",
            person=session.label(known),
            standing=known.standing,
            module=known.module.name,
        )
    on = _update_assignment(without, instead, known, context)
    return (off, *on, LateArrived(attempt_id=target, late=session.running))


def _may_come_off(session: Session, command: c.CancelAttempt, _: Context) -> bool:
    return session.attempts[command.attempt_id].standing not in NEVER_STARTED


def _cancel_attempt(
    session: Session, command: c.CancelAttempt, context: Context
) -> Events:
    attempt = attempt_of(session, command)
    if not _may_come_off(session, command, context):
        raise Refused(
            "outcome-stands", person=session.label(attempt), standing=attempt.standing
        )
    reason = reason_given(command.reason, attempt.participant_id)
    return (AttemptCancelled(attempt_id=attempt.attempt_id, reason=reason),)


RULES = (
    rule(c.AssignAttempt, _assign_attempt, *BEFORE_END),
    rule(c.CorrectModule, _correct_module, *BEFORE_END, when=_may_change_module),
    rule(
        c.CancelAttempt,
        _cancel_attempt,
        Stage.PLANNED,
        Stage.CHECK_IN,
        when=_may_come_off,
    ),
)
