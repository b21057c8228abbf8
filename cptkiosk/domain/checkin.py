"""Rules of the check-in: gates, seats, denial, absence, late arrival, undo."""

from cptkiosk.domain import commands as c
from cptkiosk.domain import session_events as e
from cptkiosk.domain.attempt import (
    IN_PERSON,
    NEVER_STARTED,
    NOT_HERE,
    OUTCOMES,
    WAITING,
    Attempt,
    Gate,
    Progress,
    ScoreState,
    Undo,
)
from cptkiosk.domain.eligibility import Case, Override, findings, unanswered
from cptkiosk.domain.halts import just_halted
from cptkiosk.domain.planning import late_cutoff, on_the_roll_once
from cptkiosk.domain.rules import (
    Context,
    Events,
    attempt_of,
    no_conflict,
    not_linked,
    reason_given,
    rule,
    said,
)
from cptkiosk.domain.session import Session, Stage
from cptkiosk.domain.timing import planned_ms
from cptkiosk.domain.values import MINUTE_MS, Personal, Refused

ID_KINDS = (
    "driver licence",
    "state ID",
    "passport",
    "military ID",
    "school ID",
    "other ID",
)
DOORS_OPEN = (Stage.CHECK_IN, Stage.RUNNING)


def _way_back(attempt: Attempt) -> str:
    """Return what brings somebody back to the check-in, if anything does."""
    ways = {
        Progress.ABSENT: "Record the late arrival first: l.",
        Progress.CANCELLED: "Put them on the roll again.",
        Progress.DENIED: "The coordinator can put them back with a reason.",
    }
    return ways.get(attempt.standing, "")


def _waiting(session: Session, command: c.AttemptCommand) -> Attempt:
    attempt = attempt_of(session, command)
    if attempt.standing not in WAITING:
        raise Refused(f"{attempt.person} is {attempt.standing}.", _way_back(attempt))
    if session.stage is Stage.RUNNING and not attempt.late:
        raise Refused(
            f"{attempt.person} was not here at the start.",
            "Record the late arrival first.",
        )
    return attempt


def _gate(name: str) -> Gate:
    if name not in set(Gate):
        raise Refused(f"There is no gate '{name}' in the check-in.")
    return Gate(name)


def _on_the_roll_once(session: Session, attempt: Attempt) -> None:
    allow = "Take them off the roll for that first."
    on_the_roll_once(session, attempt.attempt_id, attempt.person, allow)


@rule(c.PassGates, *DOORS_OPEN)
def _pass(session: Session, command: c.PassGates, context: Context) -> Events:
    attempt = _waiting(session, command)
    wanted = [_gate(gate) for gate in command.gates]
    gates = tuple(gate.value for gate in wanted if gate in attempt.open_gates)
    if not gates:
        raise Refused(f"{attempt.person} has passed that already.")
    if Gate.SEAT in wanted:
        raise Refused("A seat is taken, not passed.", "Choose one.")
    if Gate.ELIGIBLE.value in gates:
        _eligible(session, attempt, context)
    if len(gates) > 1 and IN_PERSON & set(wanted):
        raise Refused("Photo ID and name are each looked at.", "Pass them one by one.")
    return (
        e.GatesPassed(
            attempt_id=attempt.attempt_id,
            gates=gates,
            note=said(command.note, attempt.participant_id) if command.note else None,
        ),
    )


def door_case(session: Session, attempt: Attempt, context: Context) -> Case:
    """Return what the eligibility rules judge when somebody is at the door."""
    now_ms = context.now.utc_ms
    return Case(
        module=attempt.module,
        user_code=attempt.user_code,
        paid=attempt.paid,
        allowed_ms=planned_ms(attempt.module.minutes, attempt.factor_permille)
        if attempt.untimed
        else attempt.allowed_ms,
        begins_utc_ms=max(now_ms, session.starts_at_utc_ms)
        if session.stage is Stage.CHECK_IN
        else now_ms,
        policies=context.policies,
        dossier=context.dossier_of(attempt.participant_id),
        local=context.local,
        continues=attempt.continues,
        carried_ms=attempt.carried_ms,
        session_id=session.session_id,
        full_days=attempt.full_days,
        at_the_door=True,
    )


def _eligible(session: Session, attempt: Attempt, context: Context) -> None:
    """Check eligibility once more; what was overridden at assignment stays so.

    Raises:
        Refused: if a rule speaks against it that nobody has overridden.
    """
    case = door_case(session, attempt, context)
    for one in unanswered(findings(case), attempt.overrules):
        nobody = one.override is Override.NOBODY
        raise Refused(
            f"{attempt.person}: {one.sentence}",
            "Or deny them."
            if nobody
            else "They waive this gate, or you deny the candidate.",
        )


@rule(c.FailGate, *DOORS_OPEN)
def _fail(session: Session, command: c.FailGate, context: Context) -> Events:
    attempt = _waiting(session, command)
    gate = _gate(command.gate)
    if gate is Gate.SEAT:
        raise Refused("A seat is taken or not.", "Choose another one.")
    if command.gate in attempt.passed_gates:
        raise Refused(f"{attempt.person} has passed that already.", "Undo it with u.")
    reason = reason_given(command.reason, attempt.participant_id)
    return (
        e.GateFailed(attempt_id=attempt.attempt_id, gate=command.gate, reason=reason),
    )


@rule(c.HandOver, *DOORS_OPEN, Stage.HALTED, Stage.ENDED, Stage.ABANDONED)
def _hand_over(session: Session, command: c.HandOver, context: Context) -> Events:
    if command.to == session.lead:
        raise Refused("They run this session already.")
    if context.actor.staff_id != session.lead:
        context.actor.must_be_coordinator("Handing over somebody else's session")
    no_conflict(session, command.to, context)
    return (e.SessionHandedOver(from_staff=session.lead, to_staff=command.to),)


@rule(c.WaiveGate, *DOORS_OPEN)
def _waive(session: Session, command: c.WaiveGate, context: Context) -> Events:
    attempt = _waiting(session, command)
    gate = _gate(command.gate)
    if gate is Gate.SEAT:
        raise Refused("Nobody tests without a seat.", "Choose one.")
    if command.gate in attempt.passed_gates:
        raise Refused(f"{attempt.person} has passed that already.")
    if gate in {Gate.PHOTO_ID, Gate.NAME}:
        context.actor.must_be_coordinator("Waiving who somebody is")
    if gate is Gate.ELIGIBLE:
        _may_waive_eligibility(session, attempt, context)
    reason = reason_given(command.reason, attempt.participant_id)
    return (
        e.GateWaived(attempt_id=attempt.attempt_id, gate=command.gate, reason=reason),
    )


def _may_waive_eligibility(
    session: Session, attempt: Attempt, context: Context
) -> None:
    for one in findings(door_case(session, attempt, context)):
        if one.override is Override.NOBODY:
            raise Refused(f"{attempt.person}: {one.sentence}", "Nobody may waive that.")
        if one.override is Override.COORDINATOR:
            context.actor.must_be_coordinator(f"Waiving the rule '{one.rule}'")


@rule(c.TakeSeat, *DOORS_OPEN)
def _seat(session: Session, command: c.TakeSeat, context: Context) -> Events:
    attempt = attempt_of(session, command)
    testing = attempt.standing is Progress.TESTING
    if not testing and attempt.standing is not Progress.SEATED:
        _waiting(session, command)
    free = session.free_seats()
    if not free:
        raise Refused("Every seat is taken.", "Free one, or plan another room.")
    wanted = next((place for place in free if _fits(place, command)), None)
    if wanted is None:
        raise Refused(
            f"Seat {command.seat} is taken or not in the room.",
            f"The next free seat is {free[0][1]}.",
        )
    room, seat = wanted
    return (e.SeatTaken(attempt_id=attempt.attempt_id, room=room, seat=seat),)


def _fits(place: tuple[str, str], command: c.TakeSeat) -> bool:
    room, seat = place
    return command.seat.upper() in {"", seat} and command.room in {"", room}


@rule(c.DenyAttempt, *DOORS_OPEN)
def _deny(session: Session, command: c.DenyAttempt, context: Context) -> Events:
    attempt = attempt_of(session, command)
    if attempt.standing not in WAITING | {Progress.SEATED}:
        raise Refused(f"{attempt.person} is {attempt.standing}.", _way_back(attempt))
    if not command.coordinator_called:
        raise Refused(
            "The coordinator is called before anybody is turned away.",
            "Call, then confirm that you did.",
        )
    reason = reason_given(command.reason, attempt.participant_id)
    return (
        e.AttemptDenied(
            attempt_id=attempt.attempt_id,
            reason=reason,
            coordinator_called=command.coordinator_called,
        ),
    )


def not_come(session: Session) -> tuple[Attempt, ...]:
    """Return who has not come, and before the start is not known to come late either."""
    expected = NOT_HERE if session.running else {Progress.EXPECTED}
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


@rule(c.MarkAbsent, *DOORS_OPEN)
def _absent(session: Session, command: c.MarkAbsent, context: Context) -> Events:
    absent = [
        attempt
        for attempt_id in dict.fromkeys(command.attempt_ids)
        if (attempt := session.attempts.get(attempt_id)) is not None
        and attempt.standing in NOT_HERE
    ]
    if not absent:
        here = any(
            one.standing is Progress.CHECKED_IN
            for attempt_id in command.attempt_ids
            if (one := session.attempts.get(attempt_id)) is not None
        )
        raise Refused(
            "Nobody there is still expected.",
            "Whoever is checked in is here: seat or deny them." if here else "",
        )
    return tuple(e.AttemptAbsent(attempt_id=one.attempt_id) for one in absent)


@rule(c.ExpectLate, Stage.CHECK_IN)
def _expect_late(session: Session, command: c.ExpectLate, context: Context) -> Events:
    attempt = attempt_of(session, command)
    if attempt.standing not in WAITING | {Progress.ABSENT}:
        raise Refused(f"{attempt.person} is {attempt.standing}.", _way_back(attempt))
    if attempt.standing is Progress.LATE_EXPECTED and not attempt.late:
        raise Refused(f"{attempt.person} is expected late already.")
    _on_the_roll_once(session, attempt)
    return (e.AttemptExpectedLate(attempt_id=attempt.attempt_id),)


@rule(c.ArriveLate, *DOORS_OPEN, Stage.HALTED)
def _arrive(session: Session, command: c.ArriveLate, context: Context) -> Events:
    attempt = attempt_of(session, command)
    if attempt.standing not in {Progress.ABSENT, Progress.LATE_EXPECTED}:
        here = attempt.standing in WAITING
        raise Refused(
            f"{attempt.person} is {attempt.standing}, not late.",
            "Check them in." if here else _way_back(attempt),
        )
    if attempt.late and attempt.standing is Progress.LATE_EXPECTED:
        raise Refused(f"{attempt.person} is here already.")
    _on_the_roll_once(session, attempt)
    late_cutoff(session, context)
    late = session.running
    return (e.LateArrived(attempt_id=attempt.attempt_id, late=late),)


@rule(c.UndoStep, *DOORS_OPEN, Stage.HALTED, Stage.ENDED)
def _undo(session: Session, command: c.UndoStep, context: Context) -> Events:
    if just_halted(session, context):
        number = len(session.halts)
        since_ms = session.halts[-1][0]
        return (e.HaltUndone(number=number, since_line_ms=since_ms),)
    if _just_ended(session, context):
        taken_back = Personal("the end was taken back", session.session_id)
        return (e.SessionReopened(reason=taken_back),)
    last = max(
        (
            one
            for one in session.attempts.values()
            if one.undo is not None and one.undo.actor == context.actor.staff_id
        ),
        key=lambda one: one.undo.seq if one.undo else 0,
        default=None,
    )
    if last is None or last.undo is None:
        raise Refused(
            "There is no step of yours to undo here.", "Whoever took a step undoes it."
        )
    not_linked(last.participant_id, last.person.text, context)
    _still_undoable(session, last, last.undo, context)
    if (
        session.stage is Stage.ENDED
        and last.undo.attempt.score.state is last.score.state
    ):
        if last.score.state is ScoreState.NONE:
            raise Refused("The session has ended.", "The coordinator may reopen it.")
    before = last.undo.attempt
    _undoes_no_verdict(last, before, context)
    if before.standing not in NEVER_STARTED:
        _on_the_roll_once(session, before)
    if last.standing in OUTCOMES and before.standing not in OUTCOMES:
        not_taken_elsewhere(session, before, context)
    if before.seat and (before.room, before.seat) != (last.room, last.seat):
        if (before.room, before.seat) not in session.free_seats():
            raise Refused(
                f"Seat {before.seat} has been given to somebody else.",
                "Move whoever sits there first.",
            )
    return (e.StepUndone(attempt_id=last.attempt_id, step=last.undo.step),)


def _just_ended(session: Session, context: Context) -> bool:
    """Return whether the end of the session is the asker's own last step, and new."""
    if session.stage is not Stage.ENDED or session.last_at is None:
        return False
    is_last = session.version == session.ended_version
    ago_ms = session.line_ms(context.now) - session.line_ms(session.last_at)
    seconds = context.policies.undo_end_seconds
    own = session.ended_by == context.actor.staff_id
    return is_last and own and ago_ms <= seconds * 1000


def not_taken_elsewhere(session: Session, before: Attempt, context: Context) -> None:
    """Check that somebody who goes on here did not go on in another session.

    Raises:
        Refused: if they did, with what would allow it.
    """
    ref = f"{session.session_id}/{before.attempt_id}"
    testing = before.start_line_ms is not None
    for one in context.dossier_of(before.participant_id).taken:
        if testing and one.live:
            raise Refused(
                f"{before.person} is testing in session {one.session_id}.",
                "End that attempt first.",
            )
        same = one.module_id == before.module.module_id and not one.over
        goes_on = one.continues == ref and one.standing not in NEVER_STARTED
        if same or goes_on:
            raise Refused(
                f"{before.person} takes {before.module.name} in session"
                f" {one.session_id} already.",
                "Take them off that roll first.",
            )


def _still_undoable(
    session: Session, last: Attempt, undo: Undo, context: Context
) -> None:
    """Check that a step is not sealed, not long past, and costs nobody the test."""
    if undo.seq < session.sealed_seq:
        raise Refused(
            f"The last step of yours ({last.person}: {undo.step}) has been sealed.",
            "Key the score again, or record an irregularity.",
        )
    if session.start_line_ms is None or _gist(last) == _gist(undo.attempt):
        return
    now_ms, minutes = session.line_ms(context.now), context.policies.undo_finish_minutes
    if now_ms - undo.at_line_ms > minutes * MINUTE_MS:
        raise Refused(
            f"The last step of yours ({last.person}: {undo.step}) was more than"
            f" {minutes} minutes ago.",
            "Record an irregularity instead.",
        )
    both_testing = last.standing is undo.attempt.standing is Progress.TESTING
    left_before_ms = session.left_ms(undo.attempt, now_ms)
    if both_testing and left_before_ms <= 0 < session.left_ms(last, now_ms):
        raise Refused(
            f"Without that step ({undo.step}) {last.person} would have no time left.",
            "Take off less as a credit.",
        )


def _gist(attempt: Attempt) -> tuple[object, ...]:
    """Return what of an attempt a step may only change back for a short while."""
    return (
        attempt.standing,
        attempt.stops,
        attempt.breaks,
        attempt.credit_ms,
        attempt.start_line_ms,
        attempt.end_line_ms,
        attempt.score,
    )


def _undoes_no_verdict(last: Attempt, before: Attempt, context: Context) -> None:
    if before.score == last.score:
        return
    if last.was_verified:
        context.actor.must_be_coordinator("Taking a verified score back")
