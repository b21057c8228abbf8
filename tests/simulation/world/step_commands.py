"""What a step of the guide comes to: the commands behind its Enter."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cptkiosk.domain.commands.base import AboutAttempt, SessionCommand
from cptkiosk.domain.commands.checkin import (
    ArriveLate,
    DenyAttempt,
    HandOver,
    MarkAbsent,
    OpenCheckIn,
    PassGates,
    TakeSeat,
    WaiveGate,
)
from cptkiosk.domain.commands.closing import AmendSession, ReconcileScratch, SealSession
from cptkiosk.domain.commands.halt import ResumeSession
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.commands.planning import CancelSession
from cptkiosk.domain.commands.restart import ConfirmRoomClock
from cptkiosk.domain.commands.score import ExplainScore, KeyScore, SettleDiscrepancy
from cptkiosk.domain.commands.testing import (
    Announce,
    EndPause,
    EndSession,
    FinishAttempt,
    StartLate,
    StartSession,
)
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.modules import Definitions
from cptkiosk.domain.rules.announcing import missed_call, next_call
from cptkiosk.domain.rules.checkin import ROOM_CHECKS
from cptkiosk.domain.rules.irregularities import is_minutes
from cptkiosk.domain.rules.photo_id import pass_photo_id
from cptkiosk.domain.rules.room_walks import LogRoomWalk
from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.attempt import ENDED_EARLY, Attempt, AttemptProgress, Gate
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.domain.state.scoring import reaches_cut
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.words import describe_step

WHY = "as it was seen and heard in the room"
WAIT_MS = 10_000


@dataclass(frozen=True)
class Turn:
    """What a person does about a step: wait, or the first command that is taken.

    Where there are several, the screen asks which of them it is.
    """

    commands: tuple[SessionCommand, ...] = ()
    wait_ms: int = 0


@dataclass(frozen=True)
class _Here:
    session: Session
    step: Step
    line_ms: int
    definitions: Definitions

    @property
    def sid(self) -> dict[str, Any]:
        return {"session_id": self.session.session_id}

    @property
    def one(self) -> Attempt:
        return self.session.attempts[self.step.attempt_id]

    @property
    def about(self) -> AboutAttempt:
        return {
            "session_id": self.session.session_id,
            "attempt_id": self.step.attempt_id,
        }


def turn_of(
    session: Session, step: Step, line_ms: int, definitions: Definitions
) -> Turn:
    """Return what is done about a step of the guide."""
    return TURNS[step.action](_Here(session, step, line_ms, definitions))


def _open(here: _Here) -> Turn:
    command = OpenCheckIn(
        **here.sid, room_checks=ROOM_CHECKS, no_conflicts_declared=True
    )
    return Turn((command,))


def _cancel(here: _Here) -> Turn:
    return Turn((CancelSession(**here.sid, reason="nobody comes"),))


def _wait(here: _Here) -> Turn:
    """Wait for the start, or for the next announcement."""
    call = next_call(here.session, here.line_ms, here.definitions.policies)
    if here.step.by == "undo_start" or call is None:
        return Turn(wait_ms=WAIT_MS)
    return Turn(wait_ms=max(WAIT_MS, call.due_line_ms - here.line_ms))


def _none(here: _Here) -> Turn:
    """Go on where the line names no step, or call a session off in which nobody is seated."""
    if here.session.stage is Stage.CHECK_IN:
        return _cancel(here)
    if here.step.by == "room_walk":
        return Turn((LogRoomWalk(**here.sid),))
    if here.step.by == "pause":
        return Turn((EndPause(**here.about),))
    live = here.session.live_attempts
    timed = [one for one in live if not (one.is_untimed or one.is_paused)]
    lefts = [here.session.left_ms(one, here.line_ms) for one in timed]
    untimed = [one for one in live if one.is_untimed and not one.is_paused]
    if untimed and not lefts:
        done = FinishAttempt(**here.sid, attempt_id=untimed[0].attempt_id)
        return Turn((done,))
    if not lefts:
        return Turn(wait_ms=WAIT_MS)
    return Turn(wait_ms=max(WAIT_MS, min(*lefts, 5 * MINUTE_MS)))


def _gate(here: _Here) -> Turn:
    one, about = here.one, here.about
    gate = one.open_gates[0]
    if gate is Gate.SEAT:
        return Turn((TakeSeat(**about),))
    note = WHY if one.failed_at(gate) else ""
    if gate is Gate.PHOTO_ID:
        return Turn((pass_photo_id(about, note=note),))
    return Turn((PassGates(**about, gates=(gate,), note=note),))


def _start(here: _Here) -> Turn:
    return Turn((StartSession(**here.sid, beyond_window=WHY),))


def _confirm(here: _Here) -> Turn:
    return Turn((ConfirmRoomClock(**here.sid),))


def _resume(here: _Here) -> Turn:
    back = tuple(one.attempt_id for one in here.session.live_attempts)
    return Turn((ResumeSession(**here.sid, back=back, beyond_window=WHY),))


def _finish(here: _Here) -> Turn:
    return Turn((FinishAttempt(**here.about),))


def _announce(here: _Here) -> Turn:
    call = next_call(here.session, here.line_ms, here.definitions.policies)
    assert call is not None, "the line names one"
    command = Announce(**here.sid, minutes=call.minutes, attempt_ids=call.attempt_ids)
    return Turn((command,))


def _missed(here: _Here) -> Turn:
    call = missed_call(here.session, here.line_ms, here.definitions.policies)
    assert call is not None, "the line names one"
    code = here.definitions.irregularity("TIM-MISSWARN")
    command = RecordIrregularity(
        **here.sid, code=code.id, severity=code.severity, scope=code.scope,
        validity=code.validity, attempt_ids=call.attempt_ids,
        observed=WHY, action_taken=WHY, details=(("minutes", f"{call.minutes}"),),
    )  # fmt: skip
    return Turn((command,))


def _late(here: _Here) -> Turn:
    one, about = here.one, here.about
    if one.standing is AttemptProgress.SEATED:
        return Turn((StartLate(**about, beyond_window=WHY),))
    if one.late:
        return _gate(here)
    absent = MarkAbsent(**here.sid, attempt_ids=(one.attempt_id,))
    if describe_step(here.step).startswith("mark "):
        return Turn((absent,))
    return Turn((ArriveLate(**about),))


def _waive(here: _Here) -> Turn:
    return Turn((WaiveGate(**here.about, gate=Gate.ELIGIBLE, reason=WHY),))


def _turn_away(here: _Here) -> Turn:
    deny = DenyAttempt(**here.about, reason=WHY, coordinator_called=True)
    return Turn((deny,))


def _end(here: _Here) -> Turn:
    return Turn((EndSession(**here.sid),))


def _explain_entry(here: _Here) -> Turn:
    old = next(
        one.event
        for one in here.session.in_force
        if one.event.irregularity_id == here.step.attempt_id
    )
    code = here.definitions.irregularity(old.code)
    known = {name: text.text for name, text in old.details}
    command = RecordIrregularity(
        **here.sid, code=old.code, severity=old.severity, scope=old.scope,
        validity=old.validity, attempt_ids=old.attempt_ids or tuple(here.session.attempts),
        observed=f"{WHY} " * 20, action_taken=WHY,
        details=tuple((name, known.get(name, "2" if is_minutes(name) else WHY))
            for name in code.fields),
        told="the coordinator", supersedes=old.irregularity_id,
    )  # fmt: skip
    return Turn((command,))


def _report_halt(here: _Here) -> Turn:
    began = blockers.halts_unreported(here.session)[0][0]
    code = here.definitions.irregularity("ENV-POWER")
    command = RecordIrregularity(
        **here.sid, code=code.id, severity=code.severity, scope=code.scope,
        validity=code.validity, attempt_ids=tuple(here.session.attempts),
        happened_at_utc_ms=began.utc_ms, observed=WHY, action_taken=WHY,
        details=tuple((name, WHY) for name in code.fields), told="the coordinator",
    )  # fmt: skip
    return Turn((command,))


def _hand_over(here: _Here) -> Turn:
    staff = ("s1", "s2", "s3")
    return Turn(
        tuple(HandOver(**here.sid, to=one) for one in staff if one != here.session.lead)
    )


def _score(here: _Here) -> Turn:
    one, about = here.one, here.about
    if one.has_discrepancy and one.score.state is ScoreState.VERIFIED:
        return Turn((SettleDiscrepancy(**about, uphold="score", reason=WHY),))
    if one.standing in ENDED_EARLY and one.score.state is ScoreState.NONE:
        return Turn((ExplainScore(**about, state="pending", reason=WHY),))
    raw = one.module.items // 2
    passed = reaches_cut(raw, one.module.items, one.module.cut_percent)
    verdict = "pass" if passed else "not pass"
    key = KeyScore(**about, shown=f"{raw}", vendor_verdict=verdict, shown_as="raw")
    # One that goes on elsewhere is scored there, and explained here.
    explain = ExplainScore(**about, state="pending", reason=WHY)
    return Turn((key, explain))


def _paper(here: _Here) -> Turn:
    issued = blockers.scratch_issued(here.session)
    return Turn((ReconcileScratch(**here.sid, returned=issued),))


def _seal(here: _Here) -> Turn:
    return Turn((SealSession(**here.sid),))


def _amend(here: _Here) -> Turn:
    return Turn((AmendSession(**here.sid, reason=WHY),))


TURNS: dict[str, Callable[[_Here], Turn]] = {
    "plan": _cancel,
    "open": _open,
    "none": _none,
    "wait": _wait,
    "gate": _gate,
    "deny": _turn_away,
    "waive": _waive,
    "start": _start,
    "confirm": _confirm,
    "testing": _confirm,
    "resume": _resume,
    "finish": _finish,
    "announce": _announce,
    "missed": _missed,
    "late": _late,
    "end": _end,
    "irregularities": _explain_entry,
    "report": _report_halt,
    "hand-over": _hand_over,
    "scores": _score,
    "close-out": _paper,
    "seal": _seal,
    "amend": _amend,
}
"""By what Enter does: what comes of it."""
