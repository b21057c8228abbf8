"""Rules before anybody comes: the plan, the roll, opening the doors."""

from dataclasses import replace
from types import MappingProxyType

from cptkiosk.domain import commands as c
from cptkiosk.domain import eligibility, eligibility_case, eligibility_findings
from cptkiosk.domain import session_events as e
from cptkiosk.domain.attempt import (
    NEVER_STARTED,
    Attempt,
    AttemptProgress,
    attempt_id_of,
)
from cptkiosk.domain.candidate import MORE_TIME, Registration, gives_more
from cptkiosk.domain.checks import attempt_of, no_conflict, reason_given
from cptkiosk.domain.odd_dates import odd_dates, trained_enough
from cptkiosk.domain.rule import BEFORE_END, Context, Events, rule
from cptkiosk.domain.session import Session, Stage
from cptkiosk.domain.timing import FACTOR_MAX, FACTOR_MIN, UNTIMED, planned_ms
from cptkiosk.domain.values import DAY_MS, MINUTE_MS, Actor, Personal, Refused, Role

ROOM_CHECKS = (
    "light and temperature",
    "quiet",
    "space between seats",
    "screens visible from behind",
    "clock visible to everyone",
)
ROWS_MAX, COLUMNS_MAX = 26, 40
AFTER_THE_START = "Putting somebody on the roll after the start"
PLAN_MAX_MS = 2 * 366 * DAY_MS


def _plan_session(session: Session, command: c.PlanSession, context: Context) -> Events:
    if session.session_id:
        raise Refused(
            f"There is a session {session.session_id} already.", "Choose another ID."
        )
    if abs(command.starts_at_utc_ms - context.now.utc_ms) > PLAN_MAX_MS:
        raise Refused(
            "That start is more than two years from now.",
            "Look at the year, and at this machine's clock.",
        )
    if not command.module_ids:
        raise Refused("A session needs a module.", "Choose at least one.")
    if not command.rooms:
        raise Refused("A session needs a room.", "Name one, with its seats.")
    for room in command.rooms:
        if not (1 <= room.rows <= ROWS_MAX and 1 <= room.columns <= COLUMNS_MAX):
            raise Refused(
                f"Room {room.name} cannot have {room.rows} rows of {room.columns}.",
                f"Use 1 to {ROWS_MAX} rows of 1 to {COLUMNS_MAX} seats.",
            )
    names = [room.name for room in command.rooms]
    if len(set(names)) < len(names) or not all(names):
        raise Refused("Each room needs a name of its own.", "Give it one.")
    return (
        e.SessionPlanned(
            session_id=command.session_id,
            title=command.title,
            starts_at_utc_ms=command.starts_at_utc_ms,
            module_ids=command.module_ids,
            rooms=command.rooms,
            odd=odd_dates(session, command, context),
        ),
    )


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
    context.actor.must_be_coordinator(AFTER_THE_START)
    return (made, e.LateArrived(attempt_id=attempt_id))


def _fits_the_session(
    session: Session, command: c.AssignAttempt, context: Context
) -> None:
    """Check that a module of this edition, with this time, is taken in a session.

    Raises:
        Refused: if it is not.
    """
    module_id = command.module.module_id
    if module_id not in session.module_ids:
        raise Refused(
            f"{command.module.name} is not run in this session.",
            "Plan a session for it.",
        )
    day = context.day_of(max(session.starts_at_utc_ms, context.now.utc_ms))
    if not context.definitions.module(module_id).valid_on(day):
        raise Refused(
            f"Edition {command.module.edition} of {command.module.name} is not valid on"
            f" {day}.",
            "Put the edition of that day into the definitions.",
        )
    factor = command.factor_permille
    if factor != UNTIMED and not FACTOR_MIN <= factor <= FACTOR_MAX:
        raise Refused(
            f"Extra time x{factor / 1000:g} is out of range.",
            f"Use x{FACTOR_MIN / 1000:g} to x{FACTOR_MAX / 1000:g}, or untimed.",
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
            raise Refused(
                f"{session.label(known)} has begun: name, code and time are locked.",
                "Record an irregularity instead.",
            )
        context.actor.must_be_coordinator("Changing an assignment after the start")
    granted = _late_time_reason(session, command, known, context)
    return (
        e.AttemptUpdated(
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
    context.actor.must_be_coordinator(MORE_TIME)
    return reason_given(command.override, command.participant_id)


def _put_on_the_roll(
    session: Session, command: c.AssignAttempt, attempt_id: str, context: Context
) -> e.AttemptAssigned:
    """Return the assignment of somebody new, once every rule allows it."""
    _lead_free_of(session, command, context)
    allow = f"Assign {command.module.name} to another session."
    on_the_roll_once(session, attempt_id, command.participant_id, allow)
    return _make_assignment(session, command, attempt_id, context)


def _lead_free_of(session: Session, command: c.AssignAttempt, context: Context) -> None:
    """Check that whoever runs the session is not linked with somebody new on its roll.

    Raises:
        Refused: if they are; nobody may override that.
    """
    links = context.linked_to(session.lead) if session.lead else {}
    if command.participant_id in links:
        raise Refused(
            f"The proctor who runs this session is linked with {command.person}"
            f" ({links[command.participant_id]}).",
            "Hand the session over first, or assign them to another session.",
        )


def late_cutoff(session: Session, context: Context) -> None:
    """Check that somebody who comes now may still begin: halts are nobody's delay.

    Raises:
        Refused: if it is too late, or so late that only the coordinator may admit them.
    """
    late_ms = session.since_start_ms(session.line_ms(context.now))
    policies = context.policies
    if late_ms > policies.late_coordinator_minutes * MINUTE_MS:
        raise Refused(
            f"More than {policies.late_coordinator_minutes} minutes have passed since"
            " the start.",
            "Reschedule the candidate.",
        )
    if late_ms > policies.late_minutes * MINUTE_MS:
        context.actor.must_be_coordinator(
            f"Admitting somebody more than {policies.late_minutes} minutes late"
        )


def on_the_roll_once(session: Session, attempt_id: str, about: str, allow: str) -> None:
    """Check that somebody takes nothing else in this session.

    Raises:
        Refused: if they do, with what would allow it.
    """
    for other in session.attempts.values():
        if (
            other.attempt_id != attempt_id
            and other.participant_id == about
            and other.standing not in NEVER_STARTED
        ):
            name = session.label(other)
            raise Refused(
                f"{name} takes {other.module.name} in this session already.", allow
            )


def _make_assignment(
    session: Session, command: c.AssignAttempt, attempt_id: str, context: Context
) -> e.AttemptAssigned:
    """Return the assignment, once the eligibility rules allow it."""
    granted = _late_time_reason(session, command, None, context)
    dossier = context.dossier_of(command.participant_id)
    carried_ms = None
    case = assignment_case(session, command, context)
    if past := dossier.find_attempt(command.continues):
        carried_ms = past.left_ms
        if command.factor_permille != UNTIMED:
            case = replace(case, allowed_ms=carried_ms)
    override = granted
    against = [one for one in eligibility.collect_findings(case) if one.is_blocking]
    if against:
        hard = against[0].override is eligibility_findings.Override.NOBODY
        if hard or not command.override.strip():
            raise Refused(f"{command.person}: {against[0].text}", against[0].way)
        context.actor.must_be_coordinator("Assigning somebody in spite of a rule")
        override = reason_given(command.override, command.participant_id)
    return e.AttemptAssigned(
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
    """Return whether somebody's reason puts people on a roll in spite of a rule."""
    return actor.role is Role.COORDINATOR


def assignment_case(
    session: Session, command: c.AssignAttempt, context: Context
) -> eligibility_case.EligibilityCase:
    """Return what the eligibility rules judge when somebody is assigned."""
    return eligibility_case.EligibilityCase(
        module=command.module,
        user_code=command.user_code,
        paid=command.paid,
        allowed_ms=planned_ms(command.module.minutes, command.factor_permille),
        begins_utc_ms=max(session.starts_at_utc_ms, context.now.utc_ms),
        policies=context.policies,
        dossier=context.dossier_of(command.participant_id),
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
        raise Refused(
            "That is somebody else's registration.", "Choose one of their own."
        )
    if attempt.module.module_id == command.instead.module.module_id:
        raise Refused(
            f"{session.label(attempt)} is already assigned to {attempt.module.name}.",
            "Choose another module.",
        )
    if attempt.standing in NEVER_STARTED:
        raise Refused(
            f"{session.label(attempt)} is {attempt.standing}.",
            "Put them on the roll for the module they came for.",
        )
    if session.running:
        if not attempt.let_in:
            begun = attempt.start_line_ms is not None
            raise Refused(
                f"{session.label(attempt)} is {attempt.standing}.",
                "The login locks the module: record an irregularity."
                if begun
                else "Record the late arrival first.",
            )
        context.actor.must_be_coordinator("Another module after the start")
    reason = reason_given(command.reason, attempt.participant_id)
    off = e.AttemptCancelled(attempt_id=attempt.attempt_id, reason=reason)
    others = {
        name: one
        for name, one in session.attempts.items()
        if name != attempt.attempt_id
    }
    without = replace(session, attempts=MappingProxyType(others))
    instead = command.instead
    target = attempt_id_of(instead.participant_id, instead.module.module_id)
    known = others.get(target)
    here = (e.LateArrived(attempt_id=target),) if session.running else ()
    _fits_the_session(session, instead, context)
    if known is None or known.standing is AttemptProgress.CANCELLED:
        return (off, _put_on_the_roll(without, instead, target, context), *here)
    if known.standing is not AttemptProgress.ABSENT:
        raise Refused(
            f"{session.label(known)} is {known.standing} for {known.module.name} in this"
            " session.",
            "The person who recorded that can undo it; or use another session.",
        )
    on = _update_assignment(without, instead, known, context)
    return (off, *on, e.LateArrived(attempt_id=target, late=session.running))


def _may_come_off(session: Session, command: c.CancelAttempt, _: Context) -> bool:
    return session.attempts[command.attempt_id].standing not in NEVER_STARTED


def _cancel_attempt(
    session: Session, command: c.CancelAttempt, context: Context
) -> Events:
    attempt = attempt_of(session, command)
    if attempt.standing in NEVER_STARTED:
        raise Refused(
            f"{session.label(attempt)} is {attempt.standing} already.",
            "That is their outcome; a mistake is put right by the coordinator.",
        )
    reason = reason_given(command.reason, attempt.participant_id)
    return (e.AttemptCancelled(attempt_id=attempt.attempt_id, reason=reason),)


def _cancel(session: Session, command: c.CancelSession, context: Context) -> Events:
    reason = reason_given(command.reason, session.session_id)
    return (e.SessionCancelled(reason=reason, outcomes_kept=True),)


def _has_people(session: Session, _: c.OpenCheckIn, context: Context) -> bool:
    return bool(session.attempts)


def _open_check_in(
    session: Session, command: c.OpenCheckIn, context: Context
) -> Events:
    if not session.attempts:
        raise Refused("Nobody is on the roll.", "Import a roster or add people first.")
    missing = [check for check in ROOM_CHECKS if check not in command.room_checks]
    if missing:
        raise Refused(
            f"The room is not ready: {', '.join(missing)}.", "Check it first."
        )
    if not command.no_conflicts_declared:
        raise Refused(
            "Anyone who teaches, supervises or is close to a candidate may not run"
            " their session.",
            "Declare that there is no such conflict, or hand over to somebody else.",
        )
    no_conflict(session, context.actor.staff_id, context)
    odd = odd_dates(session, command, context)
    trained_enough(odd, context)
    return (
        e.CheckInOpened(
            room_checks=command.room_checks,
            no_conflicts_declared=command.no_conflicts_declared,
            odd=odd,
        ),
    )


RULES = (
    rule(c.PlanSession, _plan_session, Stage.PLANNED),
    rule(c.AssignAttempt, _assign_attempt, *BEFORE_END),
    rule(c.CorrectModule, _correct_module, *BEFORE_END, when=_may_change_module),
    rule(
        c.CancelAttempt,
        _cancel_attempt,
        Stage.PLANNED,
        Stage.CHECK_IN,
        when=_may_come_off,
    ),
    rule(c.CancelSession, _cancel, Stage.PLANNED, Stage.CHECK_IN),
    rule(c.OpenCheckIn, _open_check_in, Stage.PLANNED, when=_has_people),
)
