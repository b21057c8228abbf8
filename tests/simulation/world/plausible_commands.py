"""What people do on a simulated day, when all goes as it should."""

from dataclasses import dataclass
from random import Random

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt, SessionCommand
from cptkiosk.domain.commands.checkin import (
    ArriveLate,
    DenyAttempt,
    ExpectLate,
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
    SealSession,
)
from cptkiosk.domain.commands.halt import HaltSession, ResumeSession
from cptkiosk.domain.commands.irregularity import RecordIrregularity, TakeNote
from cptkiosk.domain.commands.mistake import ReplaceOutcome
from cptkiosk.domain.commands.planning import CancelSession
from cptkiosk.domain.commands.restart import ConfirmRoomClock
from cptkiosk.domain.commands.score import (
    DecideValidity,
    ExplainScore,
    KeyScore,
    SettleDiscrepancy,
)
from cptkiosk.domain.commands.testing import (
    Announce,
    BeginBreak,
    BeginPause,
    EndBreak,
    EndEarly,
    EndPause,
    EndSession,
    FinishAttempt,
    GiveCredit,
    StartLate,
    StartSession,
    UndoStart,
)
from cptkiosk.domain.rules.announcing import next_call
from cptkiosk.domain.rules.checkin import ROOM_CHECKS, needs_own_look
from cptkiosk.domain.rules.duties import find_due
from cptkiosk.domain.rules.irregularities import is_minutes
from cptkiosk.domain.rules.mistakes import REALLY
from cptkiosk.domain.rules.photo_id import pass_photo_id
from cptkiosk.domain.rules.room_walks import LogRoomWalk
from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.attempt import (
    ENDED_EARLY,
    NEVER_STARTED,
    WAITING,
    Attempt,
    AttemptProgress,
    Gate,
)
from cptkiosk.domain.state.score_state import EXPLAINED, ScoreState, Validity
from cptkiosk.domain.state.scoring import reaches_cut
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import MINUTE_MS
from simulation.world.reference_model import Paper
from support.center import DANA, KIM, LEE

STAFF = (DANA, LEE, KIM)
MISTAKEN = 0.1
"""How often an outcome of a closing session is found wrong."""

DESK_GATES = tuple(one for one in Gate if one not in {Gate.PHOTO_ID, Gate.NAME, "seat"})


@dataclass(frozen=True)
class View:
    """A session as a person at a terminal sees it, and how hurried they are."""

    desk: Desk
    session: Session
    paper: Paper
    random: Random
    hurry: bool
    """Whether the day is to come to its end."""

    @property
    def line_ms(self) -> int:
        """This moment on the session's line."""
        return self.session.timeline_ms(self.desk.now())

    def key(self, one: Attempt) -> AboutAttempt:
        """Return what names an attempt in a command."""
        return {"session_id": self.session.session_id, "attempt_id": one.attempt_id}


def plausible_command(view: View) -> SessionCommand:
    """Return what comes next in a session."""
    session_id = view.session.session_id
    match view.session.stage:
        case Stage.PLANNED if not view.session.attempts:
            return CancelSession(session_id=session_id, reason="nobody comes")
        case Stage.PLANNED:
            return OpenCheckIn(
                session_id=session_id,
                room_checks=ROOM_CHECKS,
                no_conflicts_declared=True,
            )
        case Stage.CHECK_IN:
            return _check_in(view)
        case Stage.RUNNING | Stage.HALTED:
            return _testing(view)
        case Stage.ENDED | Stage.ABANDONED:
            return _closing(view)
        case Stage.CANCELLED:
            return TakeNote(session_id=session_id, text="the room stays empty")
        case Stage.SEALED:
            return _sealed(view)


def _sealed(view: View) -> SessionCommand:
    session_id = view.session.session_id
    late = view.session.changed_since_seal
    if late or (not view.hurry and view.random.random() < 0.3):
        return AmendSession(session_id=session_id, reason="late entry")
    return RecordBundle(session_id=session_id, destination="", file_name="", sha256="")


def _check_in(view: View) -> SessionCommand:
    session, random = view.session, view.random
    session_id = session.session_id
    unresolved = [
        one
        for one in session.attempts.values()
        if one.standing not in blockers.SETTLED_FOR_START
    ]
    if unresolved:
        return _resolve(view, random.choice(unresolved))
    if blockers.to_start(session) or (view.hurry and random.random() < 0.2):
        return CancelSession(session_id=session_id, reason="nobody came")
    return StartSession(session_id=session_id)


def _resolve(view: View, one: Attempt) -> SessionCommand:
    random, session_id = view.random, view.session.session_id
    draw = random.random()
    if draw < 0.04 or (draw < 0.5 and view.hurry):
        if one.standing is AttemptProgress.CHECKED_IN:
            return DenyAttempt(
                **view.key(one), reason="no valid ID", coordinator_called=True
            )
        return MarkAbsent(session_id=session_id, attempt_ids=(one.attempt_id,))
    if draw < 0.08 and one.standing in WAITING:
        return ExpectLate(**view.key(one))
    if one.standing is AttemptProgress.LATE_EXPECTED and not one.late:
        return ArriveLate(**view.key(one))
    return _gate(view, one)


def _gate(view: View, one: Attempt) -> SessionCommand:
    """Return how a candidate gets past the next gate."""
    random = view.random
    if not one.open_gates:
        return StartLate(**view.key(one))
    gate = one.open_gates[0]
    if gate is Gate.SEAT:
        return TakeSeat(**view.key(one))
    if gate is Gate.PHOTO_ID:
        return pass_photo_id(view.key(one))
    if gate is Gate.NAME:
        return PassGates(**view.key(one), gates=(gate,))
    if random.random() < 0.1:
        return WaiveGate(**view.key(one), gate=gate, reason="agreed")
    if needs_own_look(one, view.desk.preview.against(view.session.session_id, one)):
        return PassGates(**view.key(one), gates=(gate,))
    return PassGates(**view.key(one), gates=DESK_GATES)


def _testing(view: View) -> SessionCommand:
    session, random = view.session, view.random
    session_id = session.session_id
    if session.unconfirmed_bridge is not None:
        return compared(view)
    live = session.live_attempts
    if session.stage is Stage.HALTED:
        back = tuple(one.attempt_id for one in live if random.random() < 0.95)
        return ResumeSession(session_id=session_id, back=back)
    over = [one for one in live if session.left_ms(one, view.line_ms) <= 0]
    if over and random.random() < 0.5:
        return FinishAttempt(**view.key(random.choice(over)))
    late = [
        one
        for one in session.attempts.values()
        if one.standing in WAITING | {AttemptProgress.SEATED}
    ]
    if late and (view.hurry or random.random() < 0.4):
        return _late(view, random.choice(late))
    if live and (view.hurry or random.random() < 0.04):
        return _over(view, random.choice(live))
    if not blockers.to_end(session, view.line_ms):
        return EndSession(session_id=session_id)
    return _something(view, live)


def compared(view: View) -> SessionCommand:
    """Return what a look at the room clock comes to, as if it showed milliseconds."""
    return ConfirmRoomClock(
        session_id=view.session.session_id, correction_ms=view.paper.error_ms
    )


def _late(view: View, one: Attempt) -> SessionCommand:
    if view.hurry and view.random.random() < 0.5:
        return DenyAttempt(**view.key(one), reason="late", coordinator_called=True)
    if one.standing is AttemptProgress.SEATED:
        return StartLate(**view.key(one))
    if one.late:
        return _gate(view, one)
    return ArriveLate(**view.key(one))


def _over(view: View, one: Attempt) -> SessionCommand:
    if view.random.random() < 0.15:
        outcome = view.random.choice(sorted(ENDED_EARLY))
        return EndEarly(**view.key(one), outcome=outcome, reason="ill")
    return FinishAttempt(**view.key(one))


def _something(view: View, live: tuple[Attempt, ...]) -> SessionCommand:
    """Return something that happens while the clocks run."""
    session, random = view.session, view.random
    if not live:
        return TakeNote(session_id=session.session_id, text="quiet")
    one = random.choice(live)
    if session.version == session.started_version and random.random() < 0.1:
        return UndoStart(session_id=session.session_id)
    if regular := _regular_duty(view):
        return regular
    if random.random() < 0.1:
        return _irregularity(view, live)
    if one.is_paused and random.random() < 0.6:
        return EndPause(**view.key(one))
    if one.on_break and random.random() < 0.6:
        return EndBreak(**view.key(one))
    if random.random() < 0.2:
        ago_ms = random.choice((0, 0, 250, 40_000, 3 * MINUTE_MS))
        return HaltSession(session_id=session.session_id, reason="alarm", ago_ms=ago_ms)
    if random.random() < 0.3:
        minutes = random.choice((-5, 1, 6, 14))
        credit_ms = minutes * MINUTE_MS + random.choice((0, 250, 30_000))
        return GiveCredit(**view.key(one), credit_ms=credit_ms, reason="noise")
    if random.random() < 0.4:
        return BeginBreak(**view.key(one))
    return BeginPause(**view.key(one), reason="froze")


def _regular_duty(view: View) -> SessionCommand | None:
    """Return a walk of the room or an announcement, if one is due and thought of."""
    session, random = view.session, view.random
    if find_due(session, view.line_ms) and random.random() < 0.5:
        return LogRoomWalk(session_id=session.session_id)
    policies = view.desk.definitions.policies
    call = next_call(session, view.line_ms, policies)
    if call is not None and random.random() < 0.3:
        return Announce(
            session_id=session.session_id,
            minutes=call.minutes,
            attempt_ids=call.attempt_ids,
        )
    return None


def _irregularity(view: View, live: tuple[Attempt, ...]) -> SessionCommand:
    """Return a first entry in haste, which leaves something out."""
    code = view.random.choice(view.desk.definitions.irregularities)
    return RecordIrregularity(
        session_id=view.session.session_id,
        code=code.id,
        severity=code.severity,
        scope=code.scope,
        validity=code.validity,
        attempt_ids=tuple(one.attempt_id for one in live),
        observed="Everybody looked up.",
        action_taken="Noted.",
        minutes_lost=view.random.randint(0, 5),
    )


def _closing(view: View) -> SessionCommand:
    session, random = view.session, view.random
    session_id = session.session_id
    if session.unconfirmed_bridge is not None:
        return compared(view)
    lacking = [
        one
        for one in session.attempts.values()
        if one.standing not in NEVER_STARTED and blockers.score_lacks(one)
    ]
    # Its own dice: whoever is sure of every outcome has the same day.
    dice = Random(f"{session_id} {session.version} {view.line_ms}")
    if dice.random() < MISTAKEN:
        one = dice.choice(tuple(session.attempts.values()))
        outcome = dice.choice(REALLY)
        return ReplaceOutcome(**view.key(one), outcome=outcome, reason="as it was")
    if lacking:
        return _score(view, random.choice(lacking))
    doubted = [
        one
        for one in session.attempts.values()
        if one.validity in {Validity.FLAGGED, Validity.WITHHELD, Validity.VOID}
    ]
    if doubted and random.random() < 0.2:
        return DecideValidity(
            **view.key(random.choice(doubted)),
            validity=random.choice((Validity.CLEAN, Validity.VOID)),
            reason="decided",
            reference="MSSC-1",
        )
    incomplete = [one.event for one in session.in_force if one.event.missing]
    if incomplete:
        return completed(view, incomplete[0].irregularity_id)
    if blockers.scratch_open(session):
        returned = blockers.scratch_issued(session)
        return ReconcileScratch(session_id=session_id, returned=returned)
    return SealSession(session_id=session_id)


def completed(view: View, irregularity_id: str) -> SessionCommand:
    """Return the entry that says what an earlier one has left out."""
    (old,) = (
        one.event
        for one in view.session.in_force
        if one.event.irregularity_id == irregularity_id
    )
    code = view.desk.definitions.irregularity(old.code)
    return RecordIrregularity(
        session_id=view.session.session_id,
        code=old.code,
        severity=old.severity,
        scope=old.scope,
        validity=old.validity,
        attempt_ids=old.attempt_ids or tuple(view.session.attempts),
        observed="It was seen and heard by everybody in the room. " * 8,
        action_taken="Dealt with.",
        details=tuple(
            (name, "2" if is_minutes(name) else "as said") for name in code.fields
        ),
        told="the coordinator, at once",
        supersedes=irregularity_id,
    )


def _score(view: View, one: Attempt) -> SessionCommand:
    random = view.random
    if one.has_discrepancy and one.score.state is ScoreState.VERIFIED:
        return SettleDiscrepancy(**view.key(one), uphold="score", reason="looked up")
    if one.standing in ENDED_EARLY and random.random() < 0.7:
        state = random.choice(sorted(EXPLAINED))
        return ExplainScore(**view.key(one), state=state, reason="left early")
    right = sum(map(ord, one.attempt_id)) % (one.module.items + 1)
    raw = right if random.random() < 0.9 else random.randint(0, one.module.items)
    passed = reaches_cut(right, one.module.items, one.module.cut_percent)
    verdict = "pass" if passed else "not pass"
    if random.random() < 0.1:
        verdict = random.choice(("", "pass"))
    return KeyScore(**view.key(one), shown=f"{raw}", vendor_verdict=verdict)
