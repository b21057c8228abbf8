"""Every stage against every command, and every way to stand against every command."""

from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AttemptCommand
from cptkiosk.domain.commands.checkin import WaiveGate
from cptkiosk.domain.commands.closing import AmendSession, ReopenSession
from cptkiosk.domain.commands.halt import HaltSession
from cptkiosk.domain.commands.restart import BridgeBoot
from cptkiosk.domain.commands.score import ExplainScore, KeyScore
from cptkiosk.domain.commands.testing import GiveCredit
from cptkiosk.domain.rules.decide import RULES, TABLES
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import Refused
from cptkiosk.words import explain, load_terms
from support import crowds
from support.center import DANA, LEE, open_desk
from support.examples import (
    FIRST,
    about_attempts,
    example,
    given_up_after_a_reboot,
    halted_before,
)
from support.quick import Build, Centers
from support.sessions import a_session, progress, register
from support.verdicts import asked, is_recorded, refusal, refuses

A = "a"
P, C, R, H, E, S, X, B = (
    Stage.PLANNED, Stage.CHECK_IN, Stage.RUNNING, Stage.HALTED, Stage.ENDED,
    Stage.SEALED, Stage.CANCELLED, Stage.ABANDONED,
)  # fmt: skip


STAGES: dict[str, set[Stage]] = {
    "PlanSession": set(),  # the session is there already, whatever its stage
    "AssignAttempt": {P, C, R, H},
    "CorrectModule": {P, C, R, H},
    "CancelAttempt": {P, C},
    "CancelSession": {P, C},
    "OpenCheckIn": {P},
    "PassGates": {C, R},
    "WaiveGate": {C, R},
    "FailGate": {C, R},
    "HandOver": {C, R, H, E, B},
    "TakeSeat": {C, R},
    "DenyAttempt": {C, R},
    "MarkAbsent": {C, R},
    "ExpectLate": {C},
    "ArriveLate": {C, R, H},
    "UndoStep": {C, R, H, E},
    "StartSession": {C},
    "UndoStart": {R},
    "StartLate": {R},
    "HaltSession": {R},
    "UndoHalt": {R, H, E, B},
    "ResumeSession": {H},
    "IssueSheets": {R},
    "BeginBreak": {R},
    "EndBreak": {R, H},
    "BeginPause": {R},
    "EndPause": {R, H},
    "GiveCredit": {R, H},
    "NoteVendorClock": {R, H},
    "FinishAttempt": {R, H},
    "EndEarly": {R, H},
    "PutBack": {C, R, H},
    "ReplaceOutcome": {E, B},
    "Announce": {R},
    "LogRoomWalk": {R},
    "EndSession": {R},
    "AbandonSession": {R, H},
    "BridgeBoot": {R, H},
    "ConfirmRoomClock": {R, H, E, B},
    "KeyScore": {R, H, E, B},
    "ExplainScore": {R, H, E, B},
    "SettleDiscrepancy": {R, H, E, B},
    "DecideValidity": {R, H, E, B},
    "ReleaseCode": {R, H, E, B, S},
    "RecordOfficial": {R, H, E, B, S},
    "TakeNote": {P, C, R, H, E, X, B},
    "RecordIrregularity": {P, C, R, H, E, S, X, B},
    "SeeIrregularities": {P, C, R, H, E, S, B},
    "ReconcileScratch": {R, E, B},
    "ReopenSession": {E},
    "SealSession": {E, B},
    "AmendSession": {S},
    "RecordBundle": {S},
}
"""Where each command is allowed, as the table of session states has it."""


AT_THE_DOOR = {"PassGates", "WaiveGate", "FailGate", "TakeSeat"}
"""What a halt holds up, and the check-in goes on with after it."""
STAGES_SAID = load_terms()["stage"]


def test_the_table_has_every_command_there_is() -> None:
    assert set(STAGES) == {command.__name__ for command in RULES}


def test_no_command_has_two_rules() -> None:
    assert len(RULES) == sum(len(table) for table in TABLES)


@pytest.mark.parametrize("stage", Stage)
def test_a_stage_allows_exactly_what_the_table_says(
    stage: Stage, centers: Centers
) -> None:
    for name in STAGES:
        stage_allows_as_the_table_says(stage, name, centers)


def stage_allows_as_the_table_says(stage: Stage, name: str, centers: Centers) -> None:
    fresh = name == "UndoStart" and stage is R
    build: Build = lambda desk: crowds.in_stage(desk, stage)  # noqa: E731
    if fresh:
        build = crowds.just_started
    if name == "UndoHalt" and stage in {R, E, B}:
        fresh, build = True, halted_before(stage)
    if (name, stage) == ("ConfirmRoomClock", B):
        fresh, build = True, given_up_after_a_reboot
    may = stage in STAGES[name]
    open_center = centers.copy if may else centers.look
    desk = open_center(f"{stage}{f'-{name}' * fresh}", build)
    actor = LEE if name == "UndoStep" else DANA
    if before := FIRST.get((name, stage)):
        before(desk)
    last = desk.session(A).last_at
    command = example(name, desk, stage)
    if isinstance(command, BridgeBoot):
        assert last is not None
        command = BridgeBoot(session_id=A, last=last)

    if may:
        is_recorded(desk, command, actor)
    else:
        text = refusal(desk, command, actor)
        if stage is H and name in AT_THE_DOOR:
            assert "Check-in continues after it resumes" in text
        if name != "PlanSession":
            assert f"while the session is {load_terms()['stage'][stage]}" in text


ALLOWED = {
    (C, "expected"): "CorrectModule CancelAttempt PassGates FailGate WaiveGate"
    " TakeSeat DenyAttempt ExpectLate",
    (C, "late-expected"): "CorrectModule CancelAttempt PassGates FailGate WaiveGate"
    " TakeSeat DenyAttempt ArriveLate",
    (C, "checked-in"): "CorrectModule CancelAttempt TakeSeat DenyAttempt ExpectLate",
    (C, "seated"): "CorrectModule CancelAttempt TakeSeat DenyAttempt",
    (C, "absent"): "ExpectLate ArriveLate PutBack",
    (C, "denied"): "PutBack",
    (C, "cancelled"): "",
    (R, "late-expected"): "ArriveLate DenyAttempt",
    (
        R,
        "arrived",
    ): "CorrectModule EndEarly PassGates FailGate WaiveGate TakeSeat DenyAttempt",
    (R, "checked-in"): "CorrectModule EndEarly TakeSeat DenyAttempt",
    (R, "seated"): "CorrectModule EndEarly TakeSeat DenyAttempt StartLate",
    (
        R,
        "testing",
    ): "TakeSeat IssueSheets BeginBreak BeginPause GiveCredit NoteVendorClock"
    " FinishAttempt EndEarly",
    (
        R,
        "on-break",
    ): "TakeSeat IssueSheets EndBreak BeginPause GiveCredit NoteVendorClock"
    " FinishAttempt EndEarly",
    (
        R,
        "paused",
    ): "TakeSeat IssueSheets BeginBreak EndPause GiveCredit NoteVendorClock"
    " FinishAttempt EndEarly",
    (R, "time-up"): "TakeSeat GiveCredit NoteVendorClock FinishAttempt EndEarly",
    (R, "finished"): "KeyScore ExplainScore ReleaseCode RecordOfficial PutBack",
    (
        R,
        "dismissed",
    ): "KeyScore ExplainScore ReleaseCode RecordOfficial DecideValidity PutBack",
    (R, "withdrawn"): "KeyScore ExplainScore ReleaseCode RecordOfficial PutBack",
    (R, "interrupted"): "KeyScore ExplainScore ReleaseCode RecordOfficial PutBack",
    (R, "absent"): "ArriveLate PutBack",
    (R, "denied"): "PutBack",
    (R, "cancelled"): "",
    (H, "testing"): "GiveCredit NoteVendorClock FinishAttempt EndEarly",
    (H, "on-break"): "EndBreak GiveCredit NoteVendorClock FinishAttempt EndEarly",
    (H, "paused"): "EndPause GiveCredit NoteVendorClock FinishAttempt EndEarly",
    (H, "time-up"): "GiveCredit NoteVendorClock FinishAttempt EndEarly",
    (H, "finished"): "KeyScore ExplainScore ReleaseCode RecordOfficial PutBack",
}
"""What may happen to somebody, by the session's stage and how they stand."""


SHOWN = {
    (R, "arrived"): "late-expected",
    (R, "on-break"): "testing",
    (H, "testing"): "halted",
    (H, "on-break"): "halted",
    (H, "paused"): "halted",
}
"""How somebody stands where that is not what they are called here."""


CROWDS: dict[Stage, Build] = {
    C: crowds.before_the_start,
    R: crowds.during_the_test,
    H: crowds.during_a_halt,
}


def test_every_way_to_stand_is_in_the_table() -> None:
    shown = {SHOWN.get(key, key[1]) for key in ALLOWED}

    assert shown == {progress.value for progress in AttemptProgress}
    assert set(about_attempts("")) == {
        command.__name__ for command in RULES if issubclass(command, AttemptCommand)
    }


@pytest.mark.parametrize(("stage", "who"), list(ALLOWED))
def test_a_crowd_stands_as_it_is_called(
    stage: Stage, who: str, centers: Centers
) -> None:
    desk = centers.look(f"{stage}-crowd", CROWDS[stage])

    assert progress(desk, who) == SHOWN.get((stage, who), who)


@pytest.mark.parametrize(("stage", "who"), list(ALLOWED))
def test_an_attempt_allows_exactly_what_the_table_says(
    stage: Stage, who: str, centers: Centers
) -> None:
    for name, command in about_attempts(who).items():
        if name in ALLOWED[stage, who].split():
            desk = centers.copy(f"{stage}-crowd", CROWDS[stage])
            is_recorded(desk, command, DANA)
        else:
            desk = centers.look(f"{stage}-crowd", CROWDS[stage])
            refusal(desk, command, DANA)


@pytest.mark.parametrize("name", list(about_attempts("")))
def test_a_person_not_on_the_roll_is_refused_everything(name: str, desk: Desk) -> None:
    stage = next(stage for stage in (R, C, P, E) if stage in STAGES[name])
    a_session(desk, stage=stage)

    assert "is not on this session's attendance list" in refusal_of_stranger(desk, name)


def refusal_of_stranger(desk: Desk, name: str) -> str:
    with pytest.raises(Refused) as refused:
        desk.perform(about_attempts("stranger")[name], DANA)
    return explain(refused.value)


@pytest.mark.parametrize("name", [name for name in STAGES if name != "PlanSession"])
def test_a_session_that_does_not_exist_takes_no_command(name: str, desk: Desk) -> None:
    a_session(desk, stage=P)
    register(desk, (crowds.WALK_IN,), "safety")
    known = example(name, desk, P)
    fields = {**vars(known), "session_id": "b"}
    head = desk.ledger.head()

    with refuses("no session b"):
        asked(desk, type(known)(**fields), DANA)

    assert desk.ledger.head() == head


def test_a_terminal_that_has_not_read_a_session_still_knows_what_it_allows(
    desk: Desk, folder: Path
) -> None:
    a_session(desk)
    other = open_desk(folder, desk.clock, "t2")

    assert other.preview.refusal(HaltSession(session_id=A, reason="alarm"), LEE) is None
    other.ledger.close()


NEEDS_DANA = {
    "reopen": (E, ReopenSession(session_id=A, reason="too early")),
    "amend": (S, AmendSession(session_id=A, reason="wrong seat")),
    "correct": (
        E,
        KeyScore(session_id=A, attempt_id="P1-safety", shown="71", shown_as="raw"),
    ),
    "set-aside": (
        E,
        ExplainScore(
            session_id=A, attempt_id="P1-safety", state="pending", reason="doubt"
        ),
    ),
    "credit": (
        R,
        GiveCredit(
            session_id=A,
            attempt_id="P1-safety",
            credit_ms=15 * 60_000 + 1,
            reason="alarm",
        ),
    ),
    "waive-id": (
        C,
        WaiveGate(
            session_id=A, attempt_id="P1-safety", gate="photo-id", reason="known"
        ),
    ),
}


@pytest.mark.parametrize("what", list(NEEDS_DANA))
def test_only_the_coordinator_may(what: str, desk: Desk) -> None:
    stage, command = NEEDS_DANA[what]
    a_session(desk, stage=stage)

    assert "coordinator" in refusal(desk, command, LEE)
    is_recorded(desk, command, DANA)


def test_a_reason_of_blanks_is_no_reason(desk: Desk) -> None:
    a_session(desk)

    assert "reason" in refusal(desk, HaltSession(session_id=A, reason="  "), LEE)
