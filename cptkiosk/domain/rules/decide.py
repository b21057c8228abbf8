"""What may happen, when, and what it makes happen: `decide`.

Each command has a rule, which says in which stages it is allowed. Everything else is
refused, and a refusal changes nothing.
"""

from collections.abc import Mapping
from dataclasses import replace

from cptkiosk.domain.commands.base import AttemptCommand, Batch, SessionCommand
from cptkiosk.domain.commands.checkin import MarkAbsent
from cptkiosk.domain.commands.irregularity import RecordIrregularity, TakeNote
from cptkiosk.domain.commands.planning import AssignAttempt, PlanSession
from cptkiosk.domain.events.fact import Entry, Fact
from cptkiosk.domain.events.session import StepsGrouped
from cptkiosk.domain.rules import (
    announcing,
    assigning,
    attendance,
    breaks,
    checkin,
    closing,
    finishing,
    halts,
    irregularities,
    mistakes,
    planning,
    restarts,
    scores,
    seating,
    starting,
    time_credits,
    undoing,
    vendor_results,
)
from cptkiosk.domain.rules.checks import not_linked
from cptkiosk.domain.rules.duties import DUTIES
from cptkiosk.domain.rules.rule import Context, Events, Rule
from cptkiosk.domain.state.draft_chains import one_for_all
from cptkiosk.domain.state.overtaken import Overtaken
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.state.session_changes import evolve
from cptkiosk.domain.values import NeedsCoordinator, Refused

TABLES: tuple[tuple[Rule, ...], ...] = (
    planning.RULES,
    assigning.RULES,
    checkin.RULES,
    seating.RULES,
    attendance.RULES,
    starting.RULES,
    breaks.RULES,
    time_credits.RULES,
    announcing.RULES,
    finishing.RULES,
    halts.RULES,
    restarts.RULES,
    irregularities.RULES,
    mistakes.RULES,
    undoing.RULES,
    scores.RULES,
    vendor_results.RULES,
    closing.RULES,
    tuple(duty.rule for duty in DUTIES),
)
"""The rules of each subject."""

RULES: Mapping[type[SessionCommand], Rule] = {
    one.command: one for table in TABLES for one in table
}
"""Every command but a batch, which is decided command by command, and its rule."""


def is_possible(session: Session, command: SessionCommand, context: Context) -> bool:
    """Return whether a command is worth asking for; `decide` refuses it if it is not.

    Much cheaper than `decide`: it looks at the stage and at what the rule's `when` says.
    A batch is, if all of its commands are.
    """
    if isinstance(command, Batch):
        return all(is_possible(session, one, context) for one in command.commands)
    declared = RULES[type(command)]
    if session.stage not in declared.stages:
        return False
    if isinstance(command, AttemptCommand):
        if command.attempt_id not in session.attempts:
            return False
    return declared.when(session, command, context)


def decide(session: Session, command: SessionCommand, context: Context) -> Events:
    """Return what `command` makes happen; change nothing.

    Raises:
        Refused: if the rules do not allow it now, with what would allow it.
    """
    if isinstance(command, Batch):
        return _decide_each(session, command, context)
    declared = RULES[type(command)]
    if not session.session_id and not isinstance(command, PlanSession):
        raise Refused("no-such-session", session_id=command.session_id)
    if session.stage not in declared.stages:
        remedy, allowed_at = _what_allows(session.stage, declared)
        raise Refused(
            "wrong-stage",
            remedy=remedy,
            command=type(command).__name__,
            stage=session.stage,
            stages=allowed_at,
        )
    for participant_id, person in _people_concerned(session, command):
        not_linked(participant_id, person, context)
    events = declared.decide(session, command, context)
    if declared.coordinator:
        # Last, so that no coordinator is called for what they may not do either.
        context.actor.must_be_coordinator(declared.coordinator)
    return events


def _decide_each(session: Session, batch: Batch, context: Context) -> Events:
    """Return what a batch makes happen: all of it, and that it is one step to undo."""
    after, events = session, list[Fact]()
    commands, overtaken = list(batch.commands), list[Refused]()
    for at, command in enumerate(batch.commands):
        assert isinstance(command, AttemptCommand | MarkAbsent | TakeNote)
        one = session.attempts.get(getattr(command, "attempt_id", ""))
        who = session.label(one) if one is not None else ""
        try:
            made = decide(after, command, context)
        except Overtaken as found:
            overtaken.append(Refused("of-person", who=who, cause=found))
            commands[at] = found.again
            continue
        except Refused as refusal:
            cause = refusal
            # Who may do it at all is said of no one person.
            if refusal.code != RULES[type(command)].coordinator:
                cause = Refused("of-person", who=who, cause=refusal)
            raise type(refusal)("batch-refused", cause=cause) from refusal
        events += made
        after = session_after(after, made, context)
    if overtaken:
        again = replace(batch, commands=tuple(commands))
        raise Overtaken("batch-overtaken", again, causes=overtaken, last=overtaken[-1])
    stepped = tuple(
        one.attempt_id
        for one in after.attempts.values()
        if one.undo is not None and one.undo.seq > session.last_seq
    )
    if len(stepped) > 1:
        events.append(StepsGrouped(attempt_ids=stepped))
    return tuple(one_for_all(session, events))


def session_after(session: Session, events: Events, context: Context) -> Session:
    """Return the session as it will be once these events are recorded."""
    for event in events:
        entry = Entry(
            session.last_seq + 1, "", session.version + 1, context.now,
            context.terminal, context.actor.staff_id, event,
        )  # fmt: skip
        session = evolve(session, entry)
    return session


def _people_concerned(
    session: Session, command: SessionCommand
) -> tuple[tuple[str, str], ...]:
    """Return whom a command is about, by ID and name; empty if it is the session.

    Assigning a candidate to a session that is only planned checks no one,
    unless it is in spite of a rule.
    """
    if isinstance(command, AssignAttempt):
        planned = session.stage is Stage.PLANNED and not command.override.strip()
        return () if planned else ((command.participant_id, command.person),)
    named: tuple[str, ...] = ()
    if isinstance(command, AttemptCommand):
        named = (command.attempt_id,)
    elif isinstance(command, MarkAbsent | RecordIrregularity):
        named = command.attempt_ids
    elif isinstance(command, TakeNote):
        named = (command.attempt_id,)
    people = [session.attempts[one] for one in named if one in session.attempts]
    return tuple((one.participant_id, one.person.text) for one in people)


def find_refusal(
    session: Session,
    command: SessionCommand,
    context: Context,
    *,
    approvable: bool = False,
) -> Refused | None:
    """Return the refusal that a command would meet now, or `None`.

    One that another terminal has overtaken is asked about, not refused.

    Args:
        session: as it is recorded.
        command: what would be asked for.
        context: who, and when.
        approvable: whether a coordinator could approve it on the spot.
    """
    try:
        decide(session, command, context)
    except Overtaken:
        return None
    except NeedsCoordinator as found:
        if not approvable:
            return found
        return find_refusal(
            session, command, replace(context, actor=context.actor.as_approved)
        )
    except Refused as found:
        return found
    return None


def _what_allows(stage: Stage, declared: Rule) -> tuple[str, list[Stage]]:
    """Return what would allow a command at another stage, and at which stages."""
    stages = declared.stages
    if stage in declared.otherwise:
        return declared.otherwise[stage], []
    if to_come := [one for one in Stage if one in stages & TO_COME[stage]]:
        return "once-at-stage", to_come
    if stage is Stage.SEALED and Stage.ENDED in stages:
        return "amend-first", []
    if stage is Stage.ENDED and Stage.RUNNING in stages:
        return "reopen-first", []
    if stage in {Stage.CANCELLED, Stage.ABANDONED}:
        return "plan-another", []
    return "only-at-stage", [one for one in Stage if one in stages]


_OVER = frozenset({Stage.ENDED, Stage.SEALED})
_UNDER_WAY = _OVER | {Stage.RUNNING, Stage.HALTED, Stage.ABANDONED}
TO_COME: dict[Stage, frozenset[Stage]] = {
    Stage.PLANNED: _UNDER_WAY | {Stage.CHECK_IN, Stage.CANCELLED},
    Stage.CHECK_IN: _UNDER_WAY | {Stage.CANCELLED},
    Stage.RUNNING: _UNDER_WAY,
    Stage.HALTED: _UNDER_WAY,
    Stage.ENDED: frozenset({Stage.SEALED}),
    Stage.SEALED: frozenset(),
    Stage.CANCELLED: frozenset(),
    Stage.ABANDONED: frozenset({Stage.SEALED}),
}
"""Where a session may still come to, without anything being taken back."""
