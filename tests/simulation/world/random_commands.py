"""Any command on a simulated day, possible or not: many are refused."""

from collections.abc import Callable
from typing import Any

from cptkiosk.domain.commands.base import SessionCommand
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
)
from cptkiosk.domain.commands.halt import HaltSession, ResumeSession
from cptkiosk.domain.commands.irregularity import RecordIrregularity, TakeNote
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.commands.planning import CancelAttempt, CancelSession
from cptkiosk.domain.commands.restart import ConfirmRoomClock
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
    NoteVendorClock,
    StartLate,
    StartSession,
    UndoStart,
)
from cptkiosk.domain.rules.checkin import ROOM_CHECKS
from cptkiosk.domain.rules.room_walks import LogRoomWalk
from cptkiosk.domain.state import gaps
from cptkiosk.domain.values import MINUTE_MS
from simulation.world.plausible_commands import STAFF, View, compared


def random_command(view: View) -> SessionCommand:
    """Return any command about anybody, possible or not."""
    r, session = view.random, view.session
    ids = tuple(session.attempts) or ("nobody",)
    here: dict[str, Any] = {"session_id": session.session_id}
    key = {**here, "attempt_id": r.choice((*ids, *ids, *ids, "nobody"))}
    some = tuple(one for one in ids if r.random() < 0.7)
    gate = r.choice(("photo-id", "name", "eligible", "agreement", "seat", "nonsense"))
    minutes = r.choice((-60, -20, -1, 0, 2, 14, 16, 200))
    commands: list[tuple[float, Callable[[], SessionCommand]]] = [
        (1, lambda: StartSession(**here)),
        (1, lambda: UndoStart(**here)),
        (2, lambda: HaltSession(
            **here, reason=r.choice(("", "alarm")), ago_ms=r.choice((0, -250, 10**8)))),
        (1, lambda: ResumeSession(**here, back=some)),
        (1, lambda: compared(view)),
        (0.5, lambda: ConfirmRoomClock(**here, correction_ms=_too_early_ms(view))),
        (1, lambda: PassGates(**key, gates=(gate,))),
        (1, lambda: FailGate(**key, gate=gate, reason="blurred")),
        (1, lambda: WaiveGate(**key, gate=gate, reason="known")),
        (1, lambda: TakeSeat(**key, seat=r.choice(("A1", "B2", "Z9", "")))),
        (0.3, lambda: DenyAttempt(
            **key, reason="no ID", coordinator_called=r.random() < 0.5)),
        (0.5, lambda: MarkAbsent(**here, attempt_ids=some)),
        (1, lambda: ExpectLate(**key)),
        (1, lambda: ArriveLate(**key)),
        (1, lambda: StartLate(**key)),
        (1, lambda: BeginBreak(**key)),
        (1, lambda: EndBreak(**key)),
        (2, lambda: BeginPause(**key, reason="froze")),
        (1, lambda: EndPause(**key)),
        (2, lambda: GiveCredit(
            **key, credit_ms=minutes * MINUTE_MS, reason="noise")),
        (1, lambda: NoteVendorClock(**key, vendor_left_ms=abs(minutes) * MINUTE_MS)),
        (1, lambda: FinishAttempt(**key)),
        (0.3, lambda: EndEarly(
            **key, outcome=r.choice(("withdrawn", "away")), reason="ill")),
        (2, lambda: Announce(
            **here, minutes=r.choice((5, 10, 30, 7)), attempt_ids=some)),
        (1, lambda: LogRoomWalk(**here)),
        (1, lambda: TakeNote(**here, text=r.choice(("", "window open")))),
        (2, lambda: _irregularity(view, some)),
        (4, lambda: UndoStep(**here)),
        (1, lambda: KeyScore(**key, shown=r.choice(("63", "76%", "999", "x")))),
        (0.5, lambda: ExplainScore(**key, state="pending", reason="vendor is down")),
        (0.5, lambda: SettleDiscrepancy(**key, uphold="vendor", reason="asked")),
        (0.5, lambda: DecideValidity(
            **key, validity=r.choice(("clean", "void")), reason="decided",
            reference=r.choice(("", "MSSC-1")))),
        (0.5, lambda: EndSession(**here)),
        (0.5, lambda: ReopenSession(**here, reason="too early")),
        (0.5, lambda: ReconcileScratch(**here, returned=r.randint(-1, 8))),
        (0.5, lambda: SealSession(**here)),
        (1, lambda: RecordBundle(
            **here, destination="", file_name="", sha256="")),
        (0.5, lambda: HandOver(**here, to=r.choice(STAFF).staff_id)),
        (0.5, lambda: AmendSession(**here, reason=r.choice(("", "a score")))),
        (0.05, lambda: CancelSession(**here, reason="snow")),
        (0.2, lambda: AbandonSession(**here, reason="flood")),
        (0.3, lambda: OpenCheckIn(
            **here, room_checks=ROOM_CHECKS[1:], no_conflicts_declared=True)),
        (0.3, lambda: CancelAttempt(**key, reason="ill at home")),
    ]  # fmt: skip
    weights = [weight for weight, _ in commands]
    return r.choices([make for _, make in commands], weights)[0]()


def _too_early_ms(view: View) -> int:
    """Return a correction that gives back time counted before the restart."""
    least_ms = gaps.least_ms(view.session.gaps)
    return least_ms - view.random.choice((1, 250, MINUTE_MS))


def _irregularity(view: View, some: tuple[str, ...]) -> SessionCommand:
    r, codes = view.random, view.desk.definitions.irregularities
    code = r.choice(codes)
    return RecordIrregularity(
        session_id=view.session.session_id,
        code=code.id,
        severity=r.choice((code.severity, 3, 4)),
        scope=code.scope,
        validity=code.validity,
        attempt_ids=some,
        observed=r.choice(("", "Something was heard.")),
        action_taken="Nothing.",
        minutes_lost=r.choice((-1, 0, 3)),
    )
