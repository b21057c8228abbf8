"""An example of every command, and of the crowd in which each is possible."""

from collections.abc import Iterable
from typing import TypeVar

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AttemptCommand, SessionCommand
from cptkiosk.domain.commands.checkin import (
    ArriveLate,
    DenyAttempt,
    ExpectLate,
    FailGate,
    HandOver,
    MarkAbsent,
    OpenCheckIn,
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
from cptkiosk.domain.commands.vendor import RecordOfficial, ReleaseCode
from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.rules.checkin import ROOM_CHECKS
from cptkiosk.domain.rules.photo_id import pass_photo_id
from cptkiosk.domain.rules.room_walks import LogRoomWalk
from cptkiosk.domain.state.session import Stage
from cptkiosk.services.assignment import build_assignment, copy_module
from support import crowds
from support.center import DANA, LEE, definitions
from support.quick import Build
from support.sessions import (
    a_session,
    advance,
    attempt_id,
    ended,
    hand_clock,
    register,
)
from support.verdicts import A, keys

Example = TypeVar("Example", bound=SessionCommand)

P, C, R, H, E, S, X, B = (
    Stage.PLANNED, Stage.CHECK_IN, Stage.RUNNING, Stage.HALTED, Stage.ENDED,
    Stage.SEALED, Stage.CANCELLED, Stage.ABANDONED,
)  # fmt: skip


def about_attempts(who: str) -> dict[str, AttemptCommand]:
    """Return an example of every command about one attempt."""
    key = keys(who)
    examples = (
        CancelAttempt(**key, reason="moved away"),
        pass_photo_id(key, "passport"),
        CorrectModule(
            **key, instead=for_quality(who), reason="came for Quality"
        ),
        FailGate(**key, gate="belongings", reason="a watch"),
        WaiveGate(**key, gate="belongings", reason="none brought"),
        TakeSeat(**key),
        DenyAttempt(**key, reason="no ID", coordinator_called=True),
        ExpectLate(**key),
        ArriveLate(**key),
        StartLate(**key),
        IssueSheets(**key, count=2),
        BeginBreak(**key),
        EndBreak(**key),
        BeginPause(**key, reason="screen froze"),
        EndPause(**key),
        GiveCredit(**key, credit_ms=60_000, reason="noise"),
        FinishAttempt(**key),
        EndEarly(**key, outcome="withdrawn", reason="ill"),
        PutBack(**key, reason="somebody else's screen"),
        ReplaceOutcome(
            **key, outcome="interrupted", reason="the screen had frozen"
        ),
        NoteVendorClock(
            **key, vendor_left_ms=60_000, asked_line_ms=None
        ),
        KeyScore(**key, shown="70", shown_as="raw"),
        ExplainScore(**key, state="pending", reason="vendor slow"),
        ReleaseCode(**key),
        RecordOfficial(**key, shown="70", shown_as="raw"),
        SettleDiscrepancy(
            **key, uphold="score", reason="confirmed by the vendor"
        ),
        DecideValidity(
            **key, validity="clean", reason="nothing found"
        ),
    )  # fmt: skip
    return _by_name(examples)


def for_quality(who: str) -> AssignAttempt:
    """Return the command that assigns a person to another module of the session."""
    return AssignAttempt(
        session_id=A, participant_id=who, person=f"Family{who}, Kim",
        module=copy_module(definitions().module("quality")), user_code=f"Q-{who}",
        factor_permille=1000, paid=None,
    )  # fmt: skip


WHO = {
    "CancelAttempt": "seated",
    "PassGates": "arrived",
    "WaiveGate": "arrived",
    "TakeSeat": "checked-in",
    "DenyAttempt": "checked-in",
    "ExpectLate": "absent",
    "ArriveLate": "late-expected",
    "StartLate": "seated",
    "EndBreak": "on-break",
    "EndPause": "paused",
    "CorrectModule": "seated",
    "FailGate": "arrived",
    "PutBack": "finished",
    "ReplaceOutcome": "absent",
    "KeyScore": "finished",
    "SettleDiscrepancy": "finished",
    "DecideValidity": "finished",
    "ExplainScore": "finished",
    "ReleaseCode": "finished",
    "RecordOfficial": "finished",
}
"""Whom an example is about, so that nothing but the stage can be in its way."""


def example(name: str, desk: Desk, stage: Stage) -> SessionCommand:
    """Return a command that would be allowed if only the stage were right."""
    if name in about_attempts(""):
        who = WHO.get(name, "testing")
        if who == "arrived" and stage is C:
            who = "expected"
        if name == "PutBack" and stage is C:
            who = "absent"
        return about_attempts(who)[name]
    session = desk.session(A)
    examples = (
        PlanSession(
            session_id=A, title="Again", starts_at_utc_ms=0, module_ids=("safety",),
            rooms=(Room(name="204", rows=1, columns=1),),
        ),
        build_assignment(desk, A, crowds.WALK_IN, "safety"),
        CancelSession(session_id=A, reason="snow"),
        OpenCheckIn(
            session_id=A, room_checks=ROOM_CHECKS, no_conflicts_declared=True
        ),
        MarkAbsent(
            session_id=A, attempt_ids=tuple(session.attempts)
        ),
        HandOver(session_id=A, to=DANA.staff_id),
        UndoStep(session_id=A),
        SeeIrregularities(
            session_id=A,
            saw=tuple(one.event.irregularity_id for one in session.irregularities),
        ),
        StartSession(session_id=A),
        UndoStart(session_id=A),
        HaltSession(session_id=A, reason="alarm"),
        UndoHalt(session_id=A, reason="a mistake"),
        ResumeSession(session_id=A, back=tuple(session.attempts)),
        Announce(
            session_id=A, minutes=30, attempt_ids=(attempt_id("testing"),)
        ),
        LogRoomWalk(session_id=A),
        EndSession(session_id=A),
        AbandonSession(session_id=A, reason="power"),
        BridgeBoot(session_id=A, last=desk.now()),
        ConfirmRoomClock(session_id=A),
        TakeNote(session_id=A, text="window open"),
        RecordIrregularity(
            session_id=A, code="ENV-NOISE", severity=1, scope="session",
            validity="none", attempt_ids=tuple(session.attempts),
            observed="A lawn mower outside.", action_taken="Closed the window.",
        ),
        ReconcileScratch(
            session_id=A, returned=1, note="others kept in the safe"
        ),
        ReopenSession(session_id=A, reason="too early"),
        SealSession(session_id=A),
        AmendSession(session_id=A, reason="wrong seat"),
        RecordBundle(
            session_id=A, destination="usb", file_name="a.zip", sha256="0" * 64
        ),
    )  # fmt: skip
    return _by_name(examples)[name]


def _by_name(examples: Iterable[Example]) -> dict[str, Example]:
    """Return examples by the names of their commands."""
    return {type(one).__name__: one for one in examples}


def clear_check_in(desk: Desk) -> None:
    waiting = (attempt_id("expected"),)
    desk.perform(MarkAbsent(session_id=A, attempt_ids=waiting), LEE)
    desk.perform(
        DenyAttempt(**keys("checked-in"), reason="late", coordinator_called=True), LEE
    )


def reopened_for_a_reboot(desk: Desk) -> None:
    desk.perform(ReopenSession(session_id=A, reason="too early"), DANA)
    crowds.bridged(desk)
    desk.perform(EndSession(session_id=A), DANA)


def halted_before(stage: Stage) -> Build:
    """Return what leaves a session in a stage, with a halt that is over."""

    def build(desk: Desk) -> None:
        everybody = tuple(a_session(desk, 2).attempts)
        register(desk, (crowds.WALK_IN,), "safety")
        desk.perform(HaltSession(session_id=A, reason="alarm"), LEE)
        desk.perform(ResumeSession(session_id=A, back=everybody), LEE)
        if stage is Stage.ENDED:
            ended(desk, A)
        if stage is Stage.ABANDONED:
            desk.perform(AbandonSession(session_id=A, reason="power"), LEE)

    return build


def given_up_after_a_reboot(desk: Desk) -> None:
    crowds.in_stage(desk, R)
    crowds.bridged(desk)
    desk.perform(AbandonSession(session_id=A, reason="power"), LEE)


def contradicted(desk: Desk) -> None:
    for _ in range(2):
        command = KeyScore(**keys("finished"), shown="60", vendor_verdict="pass")
        desk.perform(command, DANA)


def withheld(desk: Desk) -> None:
    desk.perform(
        RecordIrregularity(
            session_id=A, code="MIS-NOTES", severity=3, scope="attempt",
            validity="withhold", attempt_ids=(attempt_id("finished"),),
            observed="A sheet of notes under the keyboard.", action_taken="Kept.",
        ),
        DANA,
    )  # fmt: skip


def reported(desk: Desk) -> None:
    """Record what a coordinator must see before the seal."""
    report = RecordIrregularity(
        session_id=A, code="OTH", severity=2, scope="session", validity="none",
        attempt_ids=(), observed="A stranger at the door.", action_taken="Sent away.",
    )  # fmt: skip
    desk.perform(report, LEE)


FIRST: dict[tuple[str, Stage], Build] = {
    ("StartSession", C): clear_check_in,
    ("EndSession", R): crowds.settle,
    ("ConfirmRoomClock", R): crowds.bridged,
    ("ConfirmRoomClock", H): crowds.bridged,
    ("ConfirmRoomClock", E): reopened_for_a_reboot,
    ("Announce", R): lambda desk: advance(desk, 58 * 60_000),
    **{("SettleDiscrepancy", stage): contradicted for stage in (R, H, E, B)},
    **{("DecideValidity", stage): withheld for stage in (R, H, E, B)},
    **{("SeeIrregularities", stage): reported for stage in Stage if stage is not X},
    ("BridgeBoot", R): lambda desk: hand_clock(desk).reboot(60_000),
    ("BridgeBoot", H): lambda desk: hand_clock(desk).reboot(60_000),
}
"""What must happen first for a command to be possible in a stage that allows it."""
