"""Rules of the check-in: gates, seats, denial, absence, late arrival."""

from collections.abc import Iterable
from dataclasses import replace

from cptkiosk.domain import commands as c
from cptkiosk.domain import session_events as e
from cptkiosk.domain.attempt import (
    IN_PERSON,
    NOT_HERE,
    WAITING,
    Attempt,
    AttemptProgress,
    Gate,
)
from cptkiosk.domain.blockers import next_sheet
from cptkiosk.domain.checks import (
    attempt_of,
    make_personal,
    no_conflict,
    not_linked,
    reason_given,
)
from cptkiosk.domain.eligibility import check_other_sessions, collect_findings
from cptkiosk.domain.eligibility_case import EligibilityCase
from cptkiosk.domain.eligibility_findings import (
    Finding,
    Override,
    passed_in_spite_of,
    to_mind,
    unanswered_findings,
)
from cptkiosk.domain.odd_dates import odd_dates, trained_enough
from cptkiosk.domain.overtaken import Overtaken
from cptkiosk.domain.photo_id import note_of_id
from cptkiosk.domain.planning import late_cutoff, on_the_roll_once
from cptkiosk.domain.rule import SINCE_START, Context, Events, rule
from cptkiosk.domain.seating import place_text, seat_hints, swap_partners
from cptkiosk.domain.session import Session, Stage
from cptkiosk.domain.timing import planned_ms
from cptkiosk.domain.values import Personal, Refused, Role

TAKEN_BACK = "By mistake? The person who passed it can undo it."
DOORS_OPEN = (Stage.CHECK_IN, Stage.RUNNING)


def _way_back(attempt: Attempt) -> str:
    """Return what brings somebody back to the check-in, if anything does."""
    ways = {
        AttemptProgress.ABSENT: "Record the late arrival first.",
        AttemptProgress.CANCELLED: "Put them on the roll again.",
        AttemptProgress.DENIED: "The coordinator can put them back with a reason.",
    }
    return ways.get(attempt.standing, "Their check-in is over.")


def _is_waiting(session: Session, attempt: Attempt) -> bool:
    """Return whether somebody is to be checked in now."""
    here = attempt.late or session.stage is not Stage.RUNNING
    return here and attempt.standing in WAITING


def _gate_open(session: Session, command: c.PassGates, _: Context) -> bool:
    attempt = session.attempts[command.attempt_id]
    some = not {*command.gates}.isdisjoint(attempt.open_gates)
    return some and _is_waiting(session, attempt)


def _not_passed(
    session: Session, command: c.FailGate | c.WaiveGate, _: Context
) -> bool:
    attempt = session.attempts[command.attempt_id]
    settled = command.gate == Gate.SEAT or command.gate in attempt.passed_gates
    return not settled and _is_waiting(session, attempt)


def _needs_seat(session: Session, command: c.TakeSeat, _: Context) -> bool:
    attempt = session.attempts[command.attempt_id]
    has_one = attempt.standing in {AttemptProgress.TESTING, AttemptProgress.SEATED}
    return has_one or _is_waiting(session, attempt)


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


def _to_another(session: Session, command: c.HandOver, _: Context) -> bool:
    return command.to != session.lead


def _waiting_attempt(session: Session, command: c.AttemptCommand) -> Attempt:
    attempt = attempt_of(session, command)
    if attempt.standing not in WAITING:
        raise Refused(
            f"{session.label(attempt)} is {attempt.standing}.", _way_back(attempt)
        )
    if session.stage is Stage.RUNNING and not attempt.late:
        raise Refused(
            f"{session.label(attempt)} was not here at the start.",
            "Record the late arrival first.",
        )
    return attempt


def _parse_gate(name: str) -> Gate:
    if name not in set(Gate):
        raise Refused(
            f"There is no gate '{name}' in the check-in.",
            f"Use one of {', '.join(Gate)}.",
        )
    return Gate(name)


def once_on_the_roll(session: Session, attempt: Attempt) -> None:
    """Refuse somebody who is on this roll for another module already."""
    allow = "Take them off the roll for that first."
    on_the_roll_once(session, attempt.attempt_id, attempt.participant_id, allow)


def _pass_gates(session: Session, command: c.PassGates, context: Context) -> Events:
    attempt = _waiting_attempt(session, command)
    wanted = [_parse_gate(gate) for gate in command.gates]
    gates = tuple(gate.value for gate in wanted if gate in attempt.open_gates)
    if not gates:
        raise Refused(f"{session.label(attempt)} has passed that already.", TAKEN_BACK)
    if Gate.SEAT in wanted:
        raise Refused("A seat is taken, not passed.", "Choose one.")
    if Gate.USER_CODE.value in gates and not attempt.user_code:
        raise Refused(
            f"{session.label(attempt)} has no user code.",
            "Enter it, or the coordinator waives this with a reason.",
        )
    if Gate.ELIGIBLE.value in gates:
        _check_eligibility(session, attempt, context)
    if len(gates) > 1:
        _refuse_mixed_gates(session, attempt, wanted, context)
    about, against = attempt.participant_id, None
    if Gate.ELIGIBLE in gates:
        against = Personal(_in_spite_of(session, attempt, context), about)
    note = note_of_id(command) if Gate.PHOTO_ID in gates else command.note
    return (
        e.GatesPassed(
            attempt_id=attempt.attempt_id,
            gates=gates,
            note=make_personal(note, about) if note else None,
            in_spite_of=against,
            id_checked=Gate.PHOTO_ID.value in gates,
            sheet=next_sheet(session) if Gate.SCRATCH.value in gates else 0,
        ),
    )


def needs_own_look(attempt: Attempt, found: Iterable[Finding]) -> dict[Gate, str]:
    """Return the open gates with a known problem, each with what it is.

    Such a gate is passed alone, never together with others.

    Args:
        attempt: somebody at check-in.
        found: what the eligibility rules have against them at the door.
    """
    minded = to_mind(found, attempt.overrules)
    known = {
        Gate.ELIGIBLE: "; ".join(one.short for one in minded),
        Gate.ACCOMMODATIONS: attempt.accommodations,
        Gate.USER_CODE: "" if attempt.user_code else "no user code",
    }
    reasons = {
        gate: attempt.failed_at(gate) or known.get(gate, "")
        for gate in attempt.open_gates
    }
    return {gate: reason for gate, reason in reasons.items() if reason}


def _refuse_mixed_gates(
    session: Session, attempt: Attempt, wanted: list[Gate], context: Context
) -> None:
    """Refuse gates of which one is to be looked at by itself."""
    if IN_PERSON & set(wanted):
        raise Refused("Photo ID and name are each looked at.", "Pass them one by one.")
    found = collect_findings(door_case(session, attempt, context))
    for gate, reason in needs_own_look(attempt, found).items():
        if gate in wanted:
            what = gate.replace("-", " ")
            raise Refused(
                f"{session.label(attempt)}, {what}: {reason}.", "Pass it alone."
            )


def _in_spite_of(session: Session, attempt: Attempt, context: Context) -> str:
    """Return the warnings in spite of which somebody passes as eligible."""
    found = collect_findings(door_case(session, attempt, context))
    told = passed_in_spite_of(found, attempt.overrules)
    return "; ".join(one.short for one in told)


def door_case(session: Session, attempt: Attempt, context: Context) -> EligibilityCase:
    """Return what the eligibility rules judge when somebody is at the door."""
    now_ms = context.now.utc_ms
    return EligibilityCase(
        module=attempt.module,
        user_code=attempt.user_code,
        paid=attempt.paid,
        allowed_ms=planned_ms(attempt.module.minutes, attempt.factor_permille)
        if attempt.is_untimed
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


def find_barrier(
    session: Session, attempt: Attempt, context: Context
) -> Finding | None:
    """Return what keeps somebody out at the door, or from the start once seated."""
    case = door_case(session, attempt, context)
    if attempt.standing is AttemptProgress.SEATED:
        return check_other_sessions(case)
    return next(
        iter(unanswered_findings(collect_findings(case), attempt.overrules)), None
    )


def _check_eligibility(session: Session, attempt: Attempt, context: Context) -> None:
    """Check eligibility once more; what was overridden at assignment stays so.

    Raises:
        Refused: if a rule speaks against it that nobody has overridden.
    """
    case = door_case(session, attempt, context)
    for one in unanswered_findings(collect_findings(case), attempt.overrules):
        nobody = one.override is Override.NOBODY
        raise Refused(
            f"{session.label(attempt)}: {one.sentence}",
            "Or deny them."
            if nobody
            else "They waive this gate, or you deny the candidate.",
        )


def _fail_gate(session: Session, command: c.FailGate, context: Context) -> Events:
    attempt = _waiting_attempt(session, command)
    gate = _parse_gate(command.gate)
    if gate is Gate.SEAT:
        raise Refused("A seat is taken or not.", "Choose another one.")
    if command.gate in attempt.passed_gates:
        raise Refused(f"{session.label(attempt)} has passed that already.", TAKEN_BACK)
    reason = reason_given(command.reason, attempt.participant_id)
    return (
        e.GateFailed(attempt_id=attempt.attempt_id, gate=command.gate, reason=reason),
    )


def _hand_over(session: Session, command: c.HandOver, context: Context) -> Events:
    if command.to == session.lead:
        raise Refused("They run this session already.", "Choose somebody else.")
    if context.actor.staff_id != session.lead:
        context.actor.must_be_coordinator("Handing over somebody else's session")
    no_conflict(session, command.to, context)
    odd = odd_dates(session, command, context)
    trained_enough(odd, context)
    return (e.SessionHandedOver(from_staff=session.lead, to_staff=command.to, odd=odd),)


def _waive_gate(session: Session, command: c.WaiveGate, context: Context) -> Events:
    attempt = _waiting_attempt(session, command)
    gate = _parse_gate(command.gate)
    if gate is Gate.SEAT:
        raise Refused("Nobody tests without a seat.", "Choose one.")
    if command.gate in attempt.passed_gates:
        raise Refused(f"{session.label(attempt)} has passed that already.", TAKEN_BACK)
    if gate in {Gate.PHOTO_ID, Gate.NAME}:
        context.actor.must_be_coordinator("Waiving who somebody is")
    if gate is Gate.USER_CODE and not attempt.user_code:
        context.actor.must_be_coordinator("Seating somebody without a user code")
    if gate is Gate.ELIGIBLE:
        _may_waive_eligibility(session, attempt, context)
    reason = reason_given(command.reason, attempt.participant_id)
    return (
        e.GateWaived(attempt_id=attempt.attempt_id, gate=command.gate, reason=reason),
    )


def _may_waive_eligibility(
    session: Session, attempt: Attempt, context: Context
) -> None:
    for one in collect_findings(door_case(session, attempt, context)):
        if one.override is Override.NOBODY:
            raise Refused(
                f"{session.label(attempt)}: {one.text} Nobody may waive that.",
                one.allow,
            )
        if one.override is Override.COORDINATOR:
            context.actor.must_be_coordinator(f"Waiving the rule '{one.rule}'")


def _take_seat(session: Session, command: c.TakeSeat, context: Context) -> Events:
    attempt = attempt_of(session, command)
    testing = attempt.standing is AttemptProgress.TESTING
    if not testing and attempt.standing is not AttemptProgress.SEATED:
        _waiting_attempt(session, command)
    free = session.free_seats()
    if command.seat and attempt.seat and Gate.SEAT in attempt.open_gates:
        # Put back after they had left: the seat they had is still theirs to take.
        free = (*free, (attempt.room, attempt.seat))
    wanted = next((place for place in free if _fits_command(place, command)), None)
    if wanted is None:
        for other in swap_partners(session, attempt):
            if command.seat and _fits_command((other.room, other.seat), command):
                return _swap_seats(session, command, attempt, other, context)
        if not free:
            raise Refused("Every seat is taken.", "Free one, or plan another room.")
        raise Refused(
            f"Seat {command.seat} is taken or not in the room.",
            f"The next free seat is {free[0][1]}.",
        )
    room, seat = wanted
    return (e.SeatTaken(attempt_id=attempt.attempt_id, room=room, seat=seat),)


def _swap_seats(
    session: Session,
    command: c.TakeSeat,
    attempt: Attempt,
    other: Attempt,
    context: Context,
) -> Events:
    """Return that two people change seats, as one step to undo.

    Raises:
        Overtaken: if nobody has agreed to a swap with whoever sits there.
        Refused: if the actor is linked with whoever sits there.
    """
    not_linked(other.participant_id, other.person.text, context)
    if command.swap_with != other.attempt_id:
        here, there = place_text(session, attempt), place_text(session, other)
        mind = seat_hints(session, attempt, other.room, other.seat)
        why = "; ".join((f"{session.label(attempt)} ({here}) gets {there}", *mind))
        raise Overtaken(
            f"{why}.",
            f"Swap seats with {session.label(other)} ({there})?",
            replace(command, swap_with=other.attempt_id),
        )
    return (
        e.SeatTaken(attempt_id=attempt.attempt_id, room=other.room, seat=other.seat),
        e.SeatTaken(attempt_id=other.attempt_id, room=attempt.room, seat=attempt.seat),
        e.StepsGrouped(attempt_ids=(attempt.attempt_id, other.attempt_id)),
    )


def _fits_command(place: tuple[str, str], command: c.TakeSeat) -> bool:
    room, seat = place
    return command.seat.upper() in {"", seat} and command.room in {"", room}


def _deny_attempt(session: Session, command: c.DenyAttempt, context: Context) -> Events:
    attempt = attempt_of(session, command)
    if attempt.standing not in WAITING | {AttemptProgress.SEATED}:
        raise Refused(
            f"{session.label(attempt)} is {attempt.standing}.", _way_back(attempt)
        )
    decides = context.actor.role is Role.COORDINATOR
    if not (command.coordinator_called or decides):
        raise Refused(
            "The coordinator is called before anybody is turned away.",
            "Call, then confirm that you did.",
        )
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
            "Nobody there is still expected.",
            "Somebody checked in is here: seat or deny them."
            if here
            else "Choose somebody who has not come.",
        )
    return tuple(e.AttemptAbsent(attempt_id=one.attempt_id) for one in absent)


def _expect_late(session: Session, command: c.ExpectLate, context: Context) -> Events:
    attempt = attempt_of(session, command)
    if attempt.standing not in WAITING | {AttemptProgress.ABSENT}:
        raise Refused(
            f"{session.label(attempt)} is {attempt.standing}.", _way_back(attempt)
        )
    if attempt.standing is AttemptProgress.LATE_EXPECTED and not attempt.late:
        raise Refused(
            f"{session.label(attempt)} is expected late already.",
            "Record the arrival once they are here.",
        )
    once_on_the_roll(session, attempt)
    return (e.AttemptExpectedLate(attempt_id=attempt.attempt_id),)


def _arrive_late(session: Session, command: c.ArriveLate, context: Context) -> Events:
    attempt = attempt_of(session, command)
    if attempt.standing not in {AttemptProgress.ABSENT, AttemptProgress.LATE_EXPECTED}:
        here = attempt.standing in WAITING
        raise Refused(
            f"{session.label(attempt)} is {attempt.standing}, not late.",
            "Check them in." if here else _way_back(attempt),
        )
    if attempt.late and attempt.standing is AttemptProgress.LATE_EXPECTED:
        raise Refused(f"{session.label(attempt)} is here already.", "Check them in.")
    once_on_the_roll(session, attempt)
    late_cutoff(session, context)
    late = session.running
    return (e.LateArrived(attempt_id=attempt.attempt_id, late=late),)


RULES = (
    rule(c.PassGates, _pass_gates, *DOORS_OPEN, when=_gate_open),
    rule(c.FailGate, _fail_gate, *DOORS_OPEN, when=_not_passed),
    rule(c.HandOver, _hand_over, Stage.CHECK_IN, *SINCE_START, when=_to_another),
    rule(c.WaiveGate, _waive_gate, *DOORS_OPEN, when=_not_passed),
    rule(c.TakeSeat, _take_seat, *DOORS_OPEN, when=_needs_seat),
    rule(c.DenyAttempt, _deny_attempt, *DOORS_OPEN, when=_may_be_denied),
    rule(c.MarkAbsent, _mark_absent, *DOORS_OPEN, when=_some_expected),
    rule(c.ExpectLate, _expect_late, Stage.CHECK_IN, when=_may_be_late),
    rule(c.ArriveLate, _arrive_late, *DOORS_OPEN, Stage.HALTED, when=_comes_late),
)
