"""Putting registered people on a session's roll: one way for screens, rosters, scripts."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from types import MappingProxyType

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import STAND_IN
from cptkiosk.domain.commands.planning import AssignAttempt
from cptkiosk.domain.events.planning import AssignedModule
from cptkiosk.domain.modules import Module
from cptkiosk.domain.people.eligibility_case import PastAttempt
from cptkiosk.domain.people.eligibility_findings import Finding
from cptkiosk.domain.state.attempt import NEVER_STARTED, AttemptProgress, attempt_id_of
from cptkiosk.domain.state.candidate import roll_name
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.terms import display_term
from cptkiosk.domain.time.calendar import format_date
from cptkiosk.domain.values import Actor, Refused
from cptkiosk.ledger import queries
from cptkiosk.words import explain, explain_brief, explain_why, has_brief

TAKEN_OFF = "was removed from the attendance list; only a person can add them again"

Pair = tuple[str, str]
"""Participant and module ids."""


@dataclass(frozen=True, slots=True)
class NotAssigned:
    """A candidate who was not assigned, and why."""

    participant_id: str
    reason: str
    module_id: str = ""
    person: str = ""
    overridable: bool = False
    """Whether who asked may assign them in spite of it, with a reason."""

    brief: str = ""
    """The reason in few words: 'retake wait: first eligible date Dec 1, 2026'."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An interrupted attempt that can continue in another session."""

    person: str
    past: PastAttempt


def build_assignment(
    desk: Desk, session_id: str, participant_id: str, module_id: str, *,
    continues: str = "", override: str = "",
) -> AssignAttempt:  # fmt: skip
    """Return the command that puts a registered candidate on a session's roll.

    Args:
        desk: where they are registered.
        session_id: the session.
        participant_id: who.
        module_id: what they are registered for.
        continues: the interrupted attempt that goes on, as 'session/attempt'.
        override: why the coordinator assigns them in spite of a rule.

    Raises:
        Refused: if they are not registered for that module.
    """
    known = desk.candidate(participant_id)
    registration = known.registrations.get(module_id)
    if registration is None:
        raise Refused(
            "not-registered", person=known.person or participant_id, module_id=module_id
        )
    return AssignAttempt(
        session_id=session_id,
        participant_id=participant_id,
        person=known.person,
        module=copy_module(desk.definitions.module(module_id)),
        user_code=registration.user_code,
        factor_permille=registration.time_permille,
        paid=registration.paid,
        stop_clock=bool(registration.stop_clock),
        continues=continues,
        override=override,
    )


def copy_module(module: Module) -> AssignedModule:
    """Return the copy of a definition that an attempt keeps."""
    return AssignedModule(
        module_id=module.id,
        name=module.name,
        short=module.short,
        edition=module.edition,
        core=module.core,
        items=module.items,
        minutes=module.minutes,
        cut_percent=module.cut_percent,
    )


def refresh_rolls(desk: Desk, participant_ids: frozenset[str], actor: Actor) -> None:
    """Carry corrected names, codes and extra time into sessions not yet started."""
    for line in queries.open_sessions(desk.ledger, desk.now().utc_ms):
        if line.stage not in {Stage.PLANNED, Stage.CHECK_IN}:
            continue
        for attempt in desk.session(line.session_id).attempts.values():
            off = attempt.standing is AttemptProgress.CANCELLED
            if attempt.participant_id in participant_ids and not off:
                with suppress(Refused):
                    command = build_assignment(
                        desk,
                        line.session_id,
                        attempt.participant_id,
                        attempt.module.module_id,
                    )
                    desk.perform(command, actor)


def list_candidates(desk: Desk, module_ids: tuple[str, ...]) -> tuple[Pair, ...]:
    """Return who is registered for these modules and has not passed them yet."""
    return tuple(
        (participant_id, module_id)
        for participant_id, module_id in queries.list_registered(
            desk.ledger, module_ids
        )
        if not any(
            past.counts and past.module_id == module_id
            for past in queries.past_attempts(desk.ledger, participant_id)
        )
    )


def names_not_on(
    desk: Desk, session_id: str, who: Iterable[Pair], *, again: bool
) -> list[str]:
    """Return the names of those who would come on the roll, were they all eligible.

    Args:
        desk: where they are on record.
        session_id: the session.
        who: participant and module ids.
        again: also who was taken off the roll.
    """
    stay = {
        one.attempt_id
        for one in desk.session(session_id).attempts.values()
        if not again or one.standing is not AttemptProgress.CANCELLED
    }
    names = {
        one.participant_id: roll_name(one.family_name, one.given_name)
        for one in queries.list_people(desk.ledger)
    }
    return [
        names[participant_id]
        for participant_id, module_id in who
        if attempt_id_of(participant_id, module_id) not in stay
    ]


def assign_people(
    desk: Desk,
    session_id: str,
    who: Iterable[Pair],
    actor: Actor,
    *,
    again: bool = False,
    continues: Mapping[Pair, str] = MappingProxyType({}),
    override: str = "",
) -> tuple[int, int, tuple[NotAssigned, ...]]:
    """Put registered people on a session's roll, for the modules that it runs.

    Args:
        desk: where it is recorded.
        session_id: the session.
        who: participant and module ids, first come first served.
        actor: who asks.
        again: also who was taken off the roll; only for people chosen by hand.
        continues: the interrupted attempts that go on, as 'session/attempt'.
        override: why the coordinator assigns them in spite of a rule.

    Returns:
        How many were put on the roll, how many were on it, and who was not put on it.
    """
    assigned, before, refused = 0, 0, []
    for pair in dict.fromkeys(who):
        participant_id, module_id = pair
        session = desk.session(session_id)
        if module_id not in session.module_ids:
            continue
        known = session.attempts.get(attempt_id_of(participant_id, module_id))
        taken_off = known is not None and known.standing is AttemptProgress.CANCELLED
        if taken_off and not again:
            refused.append(NotAssigned(participant_id, TAKEN_OFF, module_id))
            continue
        if known is not None and not taken_off:
            before += 1
            continue
        try:
            assignment = build_assignment(
                desk,
                session_id, participant_id, module_id,
                continues=continues.get(pair, ""), override=override,
            )  # fmt: skip
        except Refused as refusal:
            refused.append(NotAssigned(participant_id, explain(refusal), module_id))
            continue
        try:
            desk.perform(assignment, actor)
            assigned += 1
        except Refused as refusal:
            refused.append(_not_assigned(desk, assignment, refusal, actor))
    return assigned, before, tuple(refused)


def _not_assigned(
    desk: Desk, assignment: AssignAttempt, refusal: Refused, actor: Actor
) -> NotAssigned:
    blocking = [
        one for one in desk.preview.against_assigning(assignment) if one.is_blocking
    ]
    overridden = replace(assignment, override=assignment.override or STAND_IN)
    return NotAssigned(
        assignment.participant_id,
        explain(refusal),
        assignment.module.module_id,
        assignment.person,
        desk.preview.refusal(overridden, actor) is None,
        "; ".join(map(finding_words, blocking)),
    )


def finding_words(found: Finding) -> str:
    """Return a finding in few words: 'retake wait: first eligible date Dec 1, 2026'."""
    rule = display_term(found.rule)
    if found.first_date:
        return f"{rule}: first eligible date {format_date(found.first_date)}"
    return f"{rule}: {explain_why(found.reason)}"


def find_obstacles(
    desk: Desk, session_id: str, who: Iterable[Pair]
) -> dict[Pair, tuple[Finding, ...]]:
    """Return what speaks against putting these people on a session's roll.

    Raises:
        Refused: if one of them is not registered for that module.
    """
    pairs = tuple(who)
    goes_on = find_unfinished(desk, session_id, pairs)
    return {
        pair: desk.preview.against_assigning(
            build_assignment(
                desk,
                session_id,
                *pair,
                continues=goes_on[pair].past.ref if pair in goes_on else "",
            )
        )
        for pair in pairs
    }


def brief_words(found: Iterable[Finding]) -> str:
    """Return what keeps a candidate out, short enough for a list, or an empty string."""
    blocking = [one for one in found if one.is_blocking]
    for one in blocking:
        if has_brief(one.reason):
            return explain_brief(one.reason)
    return display_term(blocking[0].rule) if blocking else ""


def find_unfinished(
    desk: Desk, session_id: str, who: Iterable[Pair]
) -> dict[Pair, Unfinished]:
    """Return the interrupted attempts that these people may continue in a session."""
    found = {}
    for participant_id, module_id in dict.fromkeys(who):
        attempt_id = attempt_id_of(participant_id, module_id)
        known = desk.session(session_id).attempts.get(attempt_id)
        if known is not None and known.standing is not AttemptProgress.CANCELLED:
            continue
        taken = queries.past_attempts(desk.ledger, participant_id)
        gone_on = {one.continues for one in taken if one.standing not in NEVER_STARTED}
        for past in taken:
            same = past.module_id == module_id and past.session_id != session_id
            if same and past.is_unfinished and past.ref not in gone_on:
                person = desk.candidate(participant_id).person
                found[participant_id, module_id] = Unfinished(person, past)
    return found
