"""An example of every command, and of the crowd in which each is possible."""

from cptkiosk.desk import Desk
from cptkiosk.domain import commands as c
from cptkiosk.domain.checkin import ROOM_CHECKS
from cptkiosk.domain.photo_id import pass_photo_id
from cptkiosk.domain.planning_events import Room
from cptkiosk.domain.session import Stage
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

P, C, R, H, E, S, X, B = (
    Stage.PLANNED, Stage.CHECK_IN, Stage.RUNNING, Stage.HALTED, Stage.ENDED,
    Stage.SEALED, Stage.CANCELLED, Stage.ABANDONED,
)  # fmt: skip


def about_attempts(who: str) -> dict[str, c.AttemptCommand]:
    """Return an example of every command about one attempt."""
    key = keys(who)
    return {
        "CancelAttempt": c.CancelAttempt(**key, reason="moved away"),
        "PassGates": pass_photo_id(key, "passport"),
        "CorrectModule": c.CorrectModule(
            **key, instead=for_quality(who), reason="came for Quality"
        ),
        "FailGate": c.FailGate(**key, gate="belongings", reason="a watch"),
        "WaiveGate": c.WaiveGate(**key, gate="belongings", reason="none brought"),
        "TakeSeat": c.TakeSeat(**key),
        "DenyAttempt": c.DenyAttempt(**key, reason="no ID", coordinator_called=True),
        "ExpectLate": c.ExpectLate(**key),
        "ArriveLate": c.ArriveLate(**key),
        "StartLate": c.StartLate(**key),
        "IssueSheets": c.IssueSheets(**key, count=2),
        "BeginBreak": c.BeginBreak(**key),
        "EndBreak": c.EndBreak(**key),
        "BeginPause": c.BeginPause(**key, reason="screen froze"),
        "EndPause": c.EndPause(**key),
        "GiveCredit": c.GiveCredit(**key, credit_ms=60_000, reason="noise"),
        "FinishAttempt": c.FinishAttempt(**key),
        "EndEarly": c.EndEarly(**key, outcome="withdrawn", reason="ill"),
        "PutBack": c.PutBack(**key, reason="somebody else's screen"),
        "ReplaceOutcome": c.ReplaceOutcome(
            **key, outcome="interrupted", reason="the screen had frozen"
        ),
        "NoteVendorClock": c.NoteVendorClock(
            **key, vendor_left_ms=60_000, asked_line_ms=None
        ),
        "KeyScore": c.KeyScore(**key, shown="70", shown_as="raw"),
        "ExplainScore": c.ExplainScore(**key, state="pending", reason="vendor slow"),
        "SettleDiscrepancy": c.SettleDiscrepancy(
            **key, uphold="score", reason="confirmed by the vendor"
        ),
        "DecideValidity": c.DecideValidity(
            **key, validity="clean", reason="nothing found"
        ),
    }  # fmt: skip


def for_quality(who: str) -> c.AssignAttempt:
    """Return the wish that puts somebody down for another module of the session."""
    return c.AssignAttempt(
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
}
"""Whom an example is about, so that nothing but the stage can be in its way."""


def example(name: str, desk: Desk, stage: Stage) -> c.SessionCommand:
    """Return a command that would be allowed if only the stage were right."""
    if name in about_attempts(""):
        who = WHO.get(name, "testing")
        if who == "arrived" and stage is C:
            who = "expected"
        if name == "PutBack" and stage is C:
            who = "absent"
        return about_attempts(who)[name]
    session = desk.session(A)
    return {
        "PlanSession": c.PlanSession(
            session_id=A, title="Again", starts_at_utc_ms=0, module_ids=("safety",),
            rooms=(Room(name="204", rows=1, columns=1),),
        ),
        "AssignAttempt": build_assignment(desk, A, crowds.WALK_IN, "safety"),
        "CancelSession": c.CancelSession(session_id=A, reason="snow"),
        "OpenCheckIn": c.OpenCheckIn(
            session_id=A, room_checks=ROOM_CHECKS, no_conflicts_declared=True
        ),
        "MarkAbsent": c.MarkAbsent(
            session_id=A, attempt_ids=tuple(session.attempts)
        ),
        "HandOver": c.HandOver(session_id=A, to=DANA.staff_id),
        "UndoStep": c.UndoStep(session_id=A),
        "SeeIrregularities": c.SeeIrregularities(
            session_id=A,
            saw=tuple(one.event.irregularity_id for one in session.irregularities),
        ),
        "StartSession": c.StartSession(session_id=A),
        "UndoStart": c.UndoStart(session_id=A),
        "HaltSession": c.HaltSession(session_id=A, reason="alarm"),
        "UndoHalt": c.UndoHalt(session_id=A, reason="a mistake"),
        "ResumeSession": c.ResumeSession(session_id=A, back=tuple(session.attempts)),
        "Announce": c.Announce(
            session_id=A, minutes=30, attempt_ids=(attempt_id("testing"),)
        ),
        "EndSession": c.EndSession(session_id=A),
        "AbandonSession": c.AbandonSession(session_id=A, reason="power"),
        "BridgeBoot": c.BridgeBoot(session_id=A, last=desk.now()),
        "ConfirmRoomClock": c.ConfirmRoomClock(session_id=A),
        "TakeNote": c.TakeNote(session_id=A, text="window open"),
        "RecordIrregularity": c.RecordIrregularity(
            session_id=A, code="ENV-NOISE", severity=1, scope="session",
            validity="none", attempt_ids=tuple(session.attempts),
            observed="A lawn mower outside.", action_taken="Closed the window.",
        ),
        "ReconcileScratch": c.ReconcileScratch(
            session_id=A, returned=1, note="others kept in the safe"
        ),
        "ReopenSession": c.ReopenSession(session_id=A, reason="too early"),
        "SealSession": c.SealSession(session_id=A),
        "AmendSession": c.AmendSession(session_id=A, reason="wrong seat"),
        "RecordBundle": c.RecordBundle(
            session_id=A, destination="usb", file_name="a.zip", sha256="0" * 64
        ),
    }[name]  # fmt: skip


def nobody_waits(desk: Desk) -> None:
    waiting = (attempt_id("expected"),)
    desk.perform(c.MarkAbsent(session_id=A, attempt_ids=waiting), LEE)
    desk.perform(
        c.DenyAttempt(**keys("checked-in"), reason="late", coordinator_called=True), LEE
    )


def reopened_for_a_reboot(desk: Desk) -> None:
    desk.perform(c.ReopenSession(session_id=A, reason="too early"), DANA)
    crowds.bridged(desk)
    desk.perform(c.EndSession(session_id=A), DANA)


def halted_before(stage: Stage) -> Build:
    """Return what leaves a session in a stage, with a halt that is over."""

    def build(desk: Desk) -> None:
        everybody = tuple(a_session(desk, 2).attempts)
        register(desk, (crowds.WALK_IN,), "safety")
        desk.perform(c.HaltSession(session_id=A, reason="alarm"), LEE)
        desk.perform(c.ResumeSession(session_id=A, back=everybody), LEE)
        if stage is Stage.ENDED:
            ended(desk, A)
        if stage is Stage.ABANDONED:
            desk.perform(c.AbandonSession(session_id=A, reason="power"), LEE)

    return build


def given_up_after_a_reboot(desk: Desk) -> None:
    crowds.in_stage(desk, R)
    crowds.bridged(desk)
    desk.perform(c.AbandonSession(session_id=A, reason="power"), LEE)


def contradicted(desk: Desk) -> None:
    for _ in range(2):
        wish = c.KeyScore(**keys("finished"), shown="60", vendor_verdict="pass")
        desk.perform(wish, DANA)


def withheld(desk: Desk) -> None:
    desk.perform(
        c.RecordIrregularity(
            session_id=A, code="MIS-NOTES", severity=3, scope="attempt",
            validity="withhold", attempt_ids=(attempt_id("finished"),),
            observed="A sheet of notes under the keyboard.", action_taken="Kept.",
        ),
        DANA,
    )  # fmt: skip


def reported(desk: Desk) -> None:
    """Record what a coordinator must see before the seal."""
    report = c.RecordIrregularity(
        session_id=A, code="OTH", severity=2, scope="session", validity="none",
        attempt_ids=(), observed="A stranger at the door.", action_taken="Sent away.",
    )  # fmt: skip
    desk.perform(report, LEE)


FIRST: dict[tuple[str, Stage], Build] = {
    ("StartSession", C): nobody_waits,
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
