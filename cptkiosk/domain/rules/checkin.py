"""Rules of check-in: opening it, its items (gates), and who runs the session."""

from collections.abc import Iterable

from cptkiosk.domain.commands import checkin as c
from cptkiosk.domain.events import checkin as e
from cptkiosk.domain.people.eligibility import check_other_sessions, collect_findings
from cptkiosk.domain.people.eligibility_case import EligibilityCase
from cptkiosk.domain.people.eligibility_findings import (
    Finding,
    Override,
    passed_in_spite_of,
    to_mind,
    unanswered_findings,
)
from cptkiosk.domain.rules.checks import (
    is_waiting,
    make_personal,
    no_conflict,
    reason_given,
    waiting_attempt,
)
from cptkiosk.domain.rules.odd_dates import odd_dates, trained_enough
from cptkiosk.domain.rules.photo_id import note_of_id
from cptkiosk.domain.rules.rule import (
    AFTER_HALT,
    DOORS_OPEN,
    SINCE_START,
    Context,
    Events,
    rule,
)
from cptkiosk.domain.state.attempt import IN_PERSON, Attempt, AttemptProgress, Gate
from cptkiosk.domain.state.blockers import next_sheet
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.time.timing import planned_ms
from cptkiosk.domain.values import Personal, Reason, Refused

ROOM_CHECKS = (
    "light and temperature",
    "quiet",
    "space between seats",
    "screens visible from behind",
    "clock visible to everyone",
)


def _has_people(session: Session, _: c.OpenCheckIn, context: Context) -> bool:
    return bool(session.attempts)


def _open_check_in(
    session: Session, command: c.OpenCheckIn, context: Context
) -> Events:
    if not _has_people(session, command, context):
        raise Refused("roll-empty")
    missing = [check for check in ROOM_CHECKS if check not in command.room_checks]
    if missing:
        raise Refused("room-not-ready", missing=missing)
    if not command.no_conflicts_declared:
        raise Refused("conflict-undeclared")
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


def _gate_open(session: Session, command: c.PassGates, _: Context) -> bool:
    attempt = session.attempts[command.attempt_id]
    some = not {*command.gates}.isdisjoint(attempt.open_gates)
    return some and is_waiting(session, attempt)


def _not_passed(
    session: Session, command: c.FailGate | c.WaiveGate, _: Context
) -> bool:
    attempt = session.attempts[command.attempt_id]
    settled = command.gate == Gate.SEAT or command.gate in attempt.passed_gates
    return not settled and is_waiting(session, attempt)


def _to_another(session: Session, command: c.HandOver, _: Context) -> bool:
    return command.to != session.lead


def _parse_gate(name: str) -> Gate:
    if name not in set(Gate):
        raise Refused("no-such-gate", name=name, choices=Gate)
    return Gate(name)


def _pass_gates(session: Session, command: c.PassGates, context: Context) -> Events:
    attempt = waiting_attempt(session, command)
    wanted = [_parse_gate(gate) for gate in command.gates]
    gates = tuple(gate.value for gate in wanted if gate in attempt.open_gates)
    if not gates:
        raise Refused("gate-passed", person=session.label(attempt))
    if Gate.SEAT in wanted:
        raise Refused("seat-not-passed")
    if Gate.USER_CODE.value in gates and not attempt.user_code:
        raise Refused("no-user-code", person=session.label(attempt))
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


def needs_own_look(
    attempt: Attempt, found: Iterable[Finding]
) -> dict[Gate, Reason | str]:
    """Return the open gates with a known problem, and the problem of each.

    Such a gate is passed by itself, never together with others.

    Args:
        attempt: the attempt of a candidate at check-in.
        found: what the eligibility rules find at the door.
    """
    minded = to_mind(found, attempt.overrules)
    known: dict[Gate, Reason | str] = {Gate.ACCOMMODATIONS: attempt.accommodations}
    if minded:
        reasons_found = [one.reason for one in minded]
        known[Gate.ELIGIBLE] = Reason("several-findings", findings=reasons_found)
    if not attempt.user_code:
        known[Gate.USER_CODE] = Reason("no-code-on-record")
    reasons = {
        gate: attempt.failed_at(gate) or known.get(gate, "")
        for gate in attempt.open_gates
    }
    return {gate: reason for gate, reason in reasons.items() if reason}


def _refuse_mixed_gates(
    session: Session, attempt: Attempt, wanted: list[Gate], context: Context
) -> None:
    """Refuse to pass gates together if one of them needs a look of its own."""
    if IN_PERSON & set(wanted):
        raise Refused("gates-one-by-one")
    found = collect_findings(door_case(session, attempt, context))
    for gate, reason in needs_own_look(attempt, found).items():
        if gate in wanted:
            raise Refused(
                "gate-alone",
                person=session.label(attempt),
                what=gate,
                reason=reason,
            )


def _in_spite_of(session: Session, attempt: Attempt, context: Context) -> str:
    """Return the warnings despite which a candidate passes as eligible."""
    found = collect_findings(door_case(session, attempt, context))
    told = passed_in_spite_of(found, attempt.overrules)
    return "; ".join(context.brief(one.reason) for one in told)


def door_case(session: Session, attempt: Attempt, context: Context) -> EligibilityCase:
    """Return the case that the eligibility rules check when a candidate is at the door."""
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
        history=context.history_of(attempt.participant_id),
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
    """Return what keeps a candidate out at the door, or from the start once seated."""
    case = door_case(session, attempt, context)
    if attempt.standing is AttemptProgress.SEATED:
        return check_other_sessions(case)
    return next(
        iter(unanswered_findings(collect_findings(case), attempt.overrules)), None
    )


def _check_eligibility(session: Session, attempt: Attempt, context: Context) -> None:
    """Check eligibility again; rules overridden at assignment stay overridden.

    Raises:
        Refused: if a rule that was not overridden is against it.
    """
    case = door_case(session, attempt, context)
    for one in unanswered_findings(collect_findings(case), attempt.overrules):
        nobody = one.override is Override.NOBODY
        raise Refused(
            "gate-eligibility",
            remedy="or-deny" if nobody else "waive-or-deny",
            person=session.label(attempt),
            finding=one.statement,
        )


def _fail_gate(session: Session, command: c.FailGate, context: Context) -> Events:
    attempt = waiting_attempt(session, command)
    gate = _parse_gate(command.gate)
    if gate is Gate.SEAT:
        raise Refused("seat-not-failed")
    if command.gate in attempt.passed_gates:
        raise Refused("gate-passed", person=session.label(attempt))
    reason = reason_given(command.reason, attempt.participant_id)
    return (
        e.GateFailed(attempt_id=attempt.attempt_id, gate=command.gate, reason=reason),
    )


def _waive_gate(session: Session, command: c.WaiveGate, context: Context) -> Events:
    attempt = waiting_attempt(session, command)
    gate = _parse_gate(command.gate)
    if gate is Gate.SEAT:
        raise Refused("seat-not-waived")
    if command.gate in attempt.passed_gates:
        raise Refused("gate-passed", person=session.label(attempt))
    if gate in {Gate.PHOTO_ID, Gate.NAME}:
        context.actor.must_be_coordinator("waive-identity")
    if gate is Gate.USER_CODE and not attempt.user_code:
        context.actor.must_be_coordinator("seat-without-code")
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
                "eligibility-not-waivable",
                person=session.label(attempt),
                finding=one.reason,
            )
        if one.override is Override.COORDINATOR:
            context.actor.must_be_coordinator("waive-rule", rule=one.rule)


def _hand_over(session: Session, command: c.HandOver, context: Context) -> Events:
    if not _to_another(session, command, context):
        raise Refused("leads-already")
    if context.actor.staff_id != session.lead:
        context.actor.must_be_coordinator("hand-over-of-another")
    no_conflict(session, command.to, context)
    odd = odd_dates(session, command, context)
    trained_enough(odd, context)
    return (e.SessionHandedOver(from_staff=session.lead, to_staff=command.to, odd=odd),)


RULES = (
    rule(c.OpenCheckIn, _open_check_in, Stage.PLANNED, when=_has_people),
    rule(c.PassGates, _pass_gates, *DOORS_OPEN, when=_gate_open, otherwise=AFTER_HALT),
    rule(c.FailGate, _fail_gate, *DOORS_OPEN, when=_not_passed, otherwise=AFTER_HALT),
    rule(c.HandOver, _hand_over, Stage.CHECK_IN, *SINCE_START, when=_to_another),
    rule(c.WaiveGate, _waive_gate, *DOORS_OPEN, when=_not_passed, otherwise=AFTER_HALT),
)
