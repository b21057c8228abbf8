"""What may happen, when, and what it makes happen: `decide`.

Each command has a rule, which says in which stages it is allowed. Everything else is
refused, and a refusal changes nothing.
"""

from collections.abc import Mapping
from dataclasses import replace

from cptkiosk.domain.commands.base import AttemptCommand, Batch, SessionCommand
from cptkiosk.domain.commands.checkin import (
    ArriveLate,
    DenyAttempt,
    ExpectLate,
    FailGate,
    HandOver,
    MarkAbsent,
    OpenCheckIn,
    PassGates,
    TakeSeat,
    WaiveGate,
)
from cptkiosk.domain.commands.closing import (
    AmendSession,
    ReconcileScratch,
    RecordBundle,
    ReopenSession,
    SealSession,
    SeeIrregularities,
)
from cptkiosk.domain.commands.halt import HaltSession, ResumeSession, UndoHalt
from cptkiosk.domain.commands.irregularity import RecordIrregularity, TakeNote
from cptkiosk.domain.commands.mistake import PutBack, ReplaceOutcome, UndoStep
from cptkiosk.domain.commands.planning import (
    AssignAttempt,
    CancelAttempt,
    CancelSession,
    CorrectModule,
    PlanSession,
)
from cptkiosk.domain.commands.restart import BridgeBoot, ConfirmRoomClock
from cptkiosk.domain.commands.score import (
    DecideValidity,
    ExplainScore,
    KeyScore,
    SettleDiscrepancy,
)
from cptkiosk.domain.commands.testing import (
    AbandonSession,
    Announce,
    BeginBreak,
    BeginPause,
    EndBreak,
    EndEarly,
    EndPause,
    EndSession,
    FinishAttempt,
    GiveCredit,
    IssueSheets,
    NoteVendorClock,
    StartLate,
    StartSession,
    UndoStart,
)
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
)
from cptkiosk.domain.rules.checks import CLOSED_BY_A_HALT, PUT_RIGHT, not_linked
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
        raise Refused(
            f"There is no session {command.session_id}.",
            "Look for it in the list of sessions.",
        )
    if session.stage not in declared.stages:
        if session.stage is Stage.HALTED and isinstance(command, DOOR_COMMANDS):
            raise Refused(*CLOSED_BY_A_HALT)
        raise Refused(
            f"{command_text(command)} while the session is {STANDS[session.stage]}.",
            _what_allows(session.stage, command, declared.stages),
        )
    for participant_id, person in _people_concerned(session, command):
        not_linked(participant_id, person, context)
    return declared.decide(session, command, context)


def _decide_each(session: Session, batch: Batch, context: Context) -> Events:
    """Return what a batch makes happen: all of it, and that it is one step to undo."""
    after, events = session, list[Fact]()
    commands, overtaken = list(batch.commands), list[str]()
    for at, command in enumerate(batch.commands):
        assert isinstance(command, AttemptCommand | MarkAbsent | TakeNote)
        one = session.attempts.get(getattr(command, "attempt_id", ""))
        who = f"{session.label(one)}: " if one is not None else ""
        try:
            made = decide(after, command, context)
        except Overtaken as found:
            overtaken.append(f"{who}{found.why}")
            commands[at], question = found.again, found.question
            continue
        except Refused as refusal:
            why = f"Nothing was done. {who}{refusal.why}"
            raise type(refusal)(why, refusal.allow) from refusal
        events += made
        after = _session_after(after, made, context)
    if overtaken:
        again = replace(batch, commands=tuple(commands))
        raise Overtaken("\n".join(overtaken), question, again)
    stepped = tuple(
        one.attempt_id
        for one in after.attempts.values()
        if one.undo is not None and one.undo.seq > session.last_seq
    )
    if len(stepped) > 1:
        events.append(StepsGrouped(attempt_ids=stepped))
    return tuple(one_for_all(session, events))


def _session_after(session: Session, events: Events, context: Context) -> Session:
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
    """Return whom a command is about, by id and name; nobody if it is the session.

    Putting somebody on the roll of a session that is only planned judges nobody,
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
        command: what somebody would ask for.
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


def _what_allows(
    stage: Stage, command: SessionCommand, stages: frozenset[Stage]
) -> str:
    """Return what would allow a command at another stage, if that is still to come."""
    if isinstance(command, CancelSession) and Stage.ABANDONED in TO_COME[stage]:
        return "Abandon it instead."
    if isinstance(command, PutBack | ReplaceOutcome) and stage in PUT_RIGHT:
        return PUT_RIGHT[stage]
    to_come = [one for one in Stage if one in stages & TO_COME[stage]]
    if to_come:
        allowed = " or ".join(STANDS[one] for one in to_come)
        return f"Possible once it is {allowed}."
    if stage is Stage.SEALED and Stage.ENDED in stages:
        return "The coordinator amends it first."
    if stage is Stage.ENDED and Stage.RUNNING in stages:
        return "The coordinator reopens it first, if it was ended by mistake."
    if stage in {Stage.CANCELLED, Stage.ABANDONED}:
        return "Plan another session for that."
    allowed = " or ".join(STANDS[one] for one in Stage if one in stages)
    return f"Possible only while it is {allowed}."


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

STANDS = {
    Stage.PLANNED: "planned",
    Stage.CHECK_IN: "checking people in",
    Stage.RUNNING: "running",
    Stage.HALTED: "halted",
    Stage.ENDED: "ended",
    Stage.SEALED: "sealed",
    Stage.CANCELLED: "cancelled",
    Stage.ABANDONED: "abandoned",
}
"""How a session stands, as a person says it."""

CANNOT: dict[type[SessionCommand], str] = {
    PlanSession: "This session cannot be planned again",
    AssignAttempt: "Nobody can be put on the roll",
    CorrectModule: "The module cannot be changed",
    CancelAttempt: "Nobody can be taken off the roll",
    OpenCheckIn: "The check-in cannot be opened",
    PassGates: "Nobody can be checked in",
    WaiveGate: "No gate can be waived",
    FailGate: "No gate can be failed",
    TakeSeat: "Nobody can take a seat",
    DenyAttempt: "Nobody can be turned away",
    MarkAbsent: "Nobody can be marked absent",
    ExpectLate: "Nobody can be marked as running late",
    ArriveLate: "Nobody can be let in late",
    HandOver: "The session cannot be handed over",
    StartSession: "Nothing can be started",
    UndoStart: "The start cannot be taken back",
    StartLate: "Nobody can start late",
    HaltSession: "There is nothing to halt",
    UndoHalt: "No halt can be taken back",
    ResumeSession: "There is nothing to resume",
    IssueSheets: "Nobody can be given more scratch paper",
    BeginBreak: "Nobody can go on a break",
    EndBreak: "Nobody can come back from a break",
    BeginPause: "No single clock can be stopped",
    EndPause: "No single clock can be restarted",
    GiveCredit: "No time can be given back",
    NoteVendorClock: "The vendor's clock cannot be noted",
    FinishAttempt: "Nobody can finish",
    EndEarly: "No attempt can be ended",
    PutBack: "Nobody can be put back",
    ReplaceOutcome: "No outcome can be replaced",
    Announce: "There is nothing to announce",
    TakeNote: "No note can be kept",
    RecordIrregularity: "No irregularity can be recorded",
    UndoStep: "Nothing can be undone",
    KeyScore: "No score can be keyed",
    ExplainScore: "No missing score can be explained",
    SettleDiscrepancy: "No discrepancy can be settled",
    DecideValidity: "Nobody can decide whether a score counts",
    EndSession: "The session cannot be ended",
    ReopenSession: "The session cannot be reopened",
    ReconcileScratch: "Scratch paper cannot be counted back",
    SeeIrregularities: "Nothing is left to be seen",
    SealSession: "The session cannot be sealed",
    AmendSession: "The session cannot be amended",
    CancelSession: "The session cannot be cancelled",
    AbandonSession: "The session cannot be abandoned",
    BridgeBoot: "No restart can be bridged",
    ConfirmRoomClock: "There is no room clock to compare",
    RecordBundle: "No bundle can be written",
    **{duty.rule.command: duty.cannot for duty in DUTIES},
}
"""What is refused at the wrong stage, as a person says it."""


DOOR_COMMANDS = PassGates | WaiveGate | FailGate | TakeSeat
"""What brings somebody through the check-in."""


def command_text(command: SessionCommand) -> str:
    """Return that a command cannot be had, without the reason: 'Nobody can finish'."""
    return CANNOT[type(command)]
