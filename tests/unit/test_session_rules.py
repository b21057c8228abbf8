"""Every stage against every command, and every way to stand against every command."""

import re
import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from cptkiosk.desk import Desk, Recorded, assigned
from cptkiosk.domain import commands as c
from cptkiosk.domain.attempt import Progress, Validity
from cptkiosk.domain.candidate import RegisterPerson, Registration
from cptkiosk.domain.planning import ROOM_CHECKS
from cptkiosk.domain.rules import RULES, STANDS
from cptkiosk.domain.session import Stage
from cptkiosk.domain.session_events import Room
from cptkiosk.domain.values import Actor, Refused
from cptkiosk.ledger.verify import verify
from support import crowds
from support.center import (
    DANA,
    DANA_PIN,
    LEDGER,
    LEE,
    LEE_PIN,
    definitions,
    open_desk,
    staffed,
)
from support.clock import HandClock
from support.sessions import (
    a_session,
    advance,
    attempt,
    attempt_id,
    ended,
    halted,
    left_ms,
    line,
    opened,
    planned,
    progress,
    register,
    seated,
    started,
)

A = "a"
Build = Callable[[Desk], object]

P, C, R, H, E, S, X, B = (
    Stage.PLANNED, Stage.CHECK_IN, Stage.RUNNING, Stage.HALTED, Stage.ENDED,
    Stage.SEALED, Stage.CANCELLED, Stage.ABANDONED,
)  # fmt: skip

STAGES: dict[str, set[Stage]] = {
    "PlanSession": set(),  # the session is there already, whatever its stage
    "AssignAttempt": {P, C},
    "CorrectModule": {P, C},
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
    "ArriveLate": {C, R},
    "UndoStep": {C, R, H, E},
    "StartSession": {C},
    "UndoStart": {R},
    "StartLate": {R},
    "HaltSession": {R},
    "ResumeSession": {H},
    "BeginBreak": {R},
    "EndBreak": {R, H},
    "BeginPause": {R},
    "EndPause": {R, H},
    "GiveCredit": {R, H},
    "NoteVendorClock": {R, H},
    "FinishAttempt": {R, H},
    "EndEarly": {R, H},
    "Announce": {R},
    "EndSession": {R},
    "AbandonSession": {R, H},
    "BridgeBoot": {R, H},
    "ConfirmRoomClock": {R, H, E, B},
    "KeyScore": {R, H, E, B},
    "ExplainScore": {R, H, E, B},
    "SettleDiscrepancy": {R, H, E, B},
    "DecideValidity": {R, H, E, B},
    "TakeNote": {P, C, R, H, E, X, B},
    "RecordIrregularity": {P, C, R, H, E, S, X, B},
    "ReconcileScratch": {R, E, B},
    "ReopenSession": {E},
    "SealSession": {E, B},
    "AmendSession": {S},
    "RecordBundle": {S},
}
"""Where each command is allowed, as the table of session states has it."""


def keys(who: str) -> dict[str, str]:
    return {"session_id": A, "attempt_id": attempt_id(who)}


def about_attempts(who: str) -> dict[str, c.AttemptCommand]:
    """Return an example of every command about one attempt."""
    key = keys(who)
    return {
        "CancelAttempt": c.CancelAttempt(**key, reason="moved away"),
        "PassGates": c.PassGates(**key, gates=("photo-id",)),
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
        "BeginBreak": c.BeginBreak(**key),
        "EndBreak": c.EndBreak(**key),
        "BeginPause": c.BeginPause(**key, reason="screen froze"),
        "EndPause": c.EndPause(**key),
        "GiveCredit": c.GiveCredit(**key, credit_ms=60_000, reason="noise"),
        "FinishAttempt": c.FinishAttempt(**key),
        "EndEarly": c.EndEarly(**key, outcome="withdrawn", reason="ill"),
        "NoteVendorClock": c.NoteVendorClock(**key, vendor_left_ms=60_000),
        "KeyScore": c.KeyScore(**key, shown="70"),
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
        module=assigned(definitions().module("quality")), user_code=f"Q-{who}",
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
        return about_attempts(who)[name]
    session = desk.session(A)
    return {
        "PlanSession": c.PlanSession(
            session_id=A, title="Again", starts_at_utc_ms=0, module_ids=("safety",),
            rooms=(Room(name="204", rows=1, columns=1),),
        ),
        "AssignAttempt": desk.assignment(A, crowds.WALK_IN, "safety"),
        "CancelSession": c.CancelSession(session_id=A, reason="snow"),
        "OpenCheckIn": c.OpenCheckIn(
            session_id=A, room_checks=ROOM_CHECKS, no_conflicts_declared=True
        ),
        "MarkAbsent": c.MarkAbsent(
            session_id=A, attempt_ids=tuple(session.attempts)
        ),
        "HandOver": c.HandOver(session_id=A, to=DANA.staff_id),
        "UndoStep": c.UndoStep(session_id=A),
        "StartSession": c.StartSession(session_id=A),
        "UndoStart": c.UndoStart(session_id=A),
        "HaltSession": c.HaltSession(session_id=A, reason="alarm"),
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


FIRST: dict[tuple[str, Stage], Build] = {
    ("StartSession", C): nobody_waits,
    ("EndSession", R): crowds.settle,
    ("ConfirmRoomClock", R): crowds.bridged,
    ("ConfirmRoomClock", H): crowds.bridged,
    ("ConfirmRoomClock", E): reopened_for_a_reboot,
    ("Announce", R): lambda desk: advance(desk, 58 * 60_000),
    **{("SettleDiscrepancy", stage): contradicted for stage in (R, H, E, B)},
    **{("DecideValidity", stage): withheld for stage in (R, H, E, B)},
    ("BridgeBoot", R): lambda desk: desk.clock.reboot(60_000),  # type: ignore[attr-defined]
    ("BridgeBoot", H): lambda desk: desk.clock.reboot(60_000),  # type: ignore[attr-defined]
}
"""What must happen first for a command to be possible in a stage that allows it."""


class Templates:
    """Ledgers built once a test run; each test gets a copy of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clocks: dict[str, HandClock] = {}

    def copy(self, name: str, build: Build, to: Path) -> Desk:
        source = self.folder / name
        if name not in self.clocks:
            clock = HandClock()
            desk = staffed(open_desk(source, clock))
            build(desk)
            desk.ledger.close()
            self.clocks[name] = clock
        to.mkdir()
        shutil.copy(source / LEDGER, to / LEDGER)
        desk = open_desk(to, deepcopy(self.clocks[name]))
        desk.session(A)
        return desk


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return Templates(tmp_path_factory.mktemp("templates"))


@pytest.fixture
def opened_copy(
    templates: Templates, folder: Path
) -> Iterator[Callable[[str, Build], Desk]]:
    made: list[Desk] = []

    def copy(name: str, build: Build) -> Desk:
        made.append(templates.copy(name, build, folder))
        return made[-1]

    yield copy
    for desk in made:
        desk.ledger.close()


def is_sentence(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Z0-9'][^\n]{8,}[.]", text))


def asked(desk: Desk, command: c.SessionCommand, actor: Actor) -> Recorded:
    """Ask for it the way it is asked for: a signature with the PIN."""
    if isinstance(command, c.SealSession):
        pin = DANA_PIN if actor is DANA else LEE_PIN
        return desk.seal(command.session_id, actor, pin)
    if isinstance(command, c.HandOver):
        return desk.hand_over(command.session_id, DANA, DANA_PIN, command.to, DANA_PIN)
    return desk.perform(command, actor)


def refusal(desk: Desk, command: c.SessionCommand, actor: Actor) -> str:
    """Return why a command is refused, having seen that nothing changed."""
    before, head = desk.session(command.session_id), desk.ledger.head()
    forecast = desk.why_not(command, actor)
    with pytest.raises(Refused) as refused:
        asked(desk, command, actor)
    assert desk.session(command.session_id) == before
    assert desk.ledger.head() == head
    text = str(refused.value)
    assert is_sentence(text), text
    assert forecast == text
    return text


def is_recorded(desk: Desk, command: c.SessionCommand, actor: Actor) -> None:
    """See that a command is allowed, and becomes entries that read back the same."""
    head = desk.ledger.head()
    assert desk.why_not(command, actor) == ""
    recorded = asked(desk, command, actor)
    assert recorded.seq > head.seq
    stream = f"session/{command.session_id}"
    written = desk.ledger.read(stream)[-len(recorded.entries) :]
    assert written == recorded.entries
    fresh = open_desk(desk.ledger.path.parent, desk.clock)
    assert fresh.session(command.session_id) == desk.session(command.session_id)
    fresh.ledger.close()
    verify(desk.ledger)


def test_the_table_has_every_command_there_is() -> None:
    assert set(STAGES) == {command.__name__ for command in RULES}


@pytest.mark.parametrize(("stage", "name"), list(product(Stage, STAGES)))
def test_a_stage_allows_exactly_what_the_table_says(
    stage: Stage, name: str, opened_copy: Callable[..., Any]
) -> None:
    fresh = name == "UndoStart" and stage is R
    build: Build = lambda desk: crowds.in_stage(desk, stage)  # noqa: E731
    if fresh:
        build = crowds.just_started
    if (name, stage) == ("ConfirmRoomClock", B):
        fresh, build = True, given_up_after_a_reboot
    desk = opened_copy(f"{stage}{'-fresh' * fresh}", build)
    actor = LEE if name == "UndoStep" else DANA
    FIRST.get((name, stage), lambda desk: None)(desk)
    last = desk.session(A).last_at
    command = example(name, desk, stage)
    if isinstance(command, c.BridgeBoot):
        assert last is not None
        command = c.BridgeBoot(session_id=A, last=last)

    if stage in STAGES[name]:
        is_recorded(desk, command, actor)
    else:
        text = refusal(desk, command, actor)
        if name != "PlanSession":
            assert f"while the session is {STANDS[stage]}" in text


ALLOWED = {
    (C, "expected"): "CorrectModule CancelAttempt PassGates FailGate WaiveGate"
    " TakeSeat DenyAttempt ExpectLate",
    (C, "late-expected"): "CorrectModule CancelAttempt PassGates FailGate WaiveGate"
    " TakeSeat DenyAttempt ArriveLate",
    (C, "checked-in"): "CorrectModule CancelAttempt TakeSeat DenyAttempt ExpectLate",
    (C, "seated"): "CorrectModule CancelAttempt TakeSeat DenyAttempt",
    (C, "absent"): "ExpectLate ArriveLate",
    (C, "denied"): "",
    (C, "cancelled"): "",
    (R, "late-expected"): "ArriveLate DenyAttempt",
    (R, "arrived"): "PassGates FailGate WaiveGate TakeSeat DenyAttempt",
    (R, "checked-in"): "TakeSeat DenyAttempt",
    (R, "seated"): "TakeSeat DenyAttempt StartLate",
    (
        R,
        "testing",
    ): "TakeSeat BeginBreak BeginPause GiveCredit NoteVendorClock FinishAttempt EndEarly",
    (
        R,
        "on-break",
    ): "TakeSeat EndBreak BeginPause GiveCredit NoteVendorClock FinishAttempt EndEarly",
    (
        R,
        "paused",
    ): "TakeSeat BeginBreak EndPause GiveCredit NoteVendorClock FinishAttempt EndEarly",
    (R, "time-up"): "TakeSeat GiveCredit NoteVendorClock FinishAttempt EndEarly",
    (R, "finished"): "KeyScore ExplainScore",
    (R, "dismissed"): "KeyScore ExplainScore",
    (R, "withdrawn"): "KeyScore ExplainScore",
    (R, "interrupted"): "KeyScore ExplainScore",
    (R, "absent"): "ArriveLate",
    (R, "denied"): "",
    (R, "cancelled"): "",
    (H, "testing"): "GiveCredit NoteVendorClock FinishAttempt EndEarly",
    (H, "on-break"): "EndBreak GiveCredit NoteVendorClock FinishAttempt EndEarly",
    (H, "paused"): "EndPause GiveCredit NoteVendorClock FinishAttempt EndEarly",
    (H, "time-up"): "GiveCredit NoteVendorClock FinishAttempt EndEarly",
    (H, "finished"): "KeyScore ExplainScore",
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


def test_every_way_to_stand_is_in_the_table(
    opened_copy: Callable[..., Any], folder: Path
) -> None:
    shown = {SHOWN.get(key, key[1]) for key in ALLOWED}

    assert shown == {progress.value for progress in Progress}
    assert set(about_attempts("")) == {
        command.__name__ for command in RULES if issubclass(command, c.AttemptCommand)
    }


@pytest.mark.parametrize(("stage", "who"), list(ALLOWED))
def test_a_crowd_stands_as_it_is_called(
    stage: Stage, who: str, opened_copy: Callable[..., Any]
) -> None:
    desk = opened_copy(f"{stage}-crowd", CROWDS[stage])

    assert progress(desk, who) == SHOWN.get((stage, who), who)


@pytest.mark.parametrize(("place", "name"), list(product(ALLOWED, about_attempts(""))))
def test_an_attempt_allows_exactly_what_the_table_says(
    place: tuple[Stage, str], name: str, opened_copy: Callable[..., Any]
) -> None:
    stage, who = place
    desk = opened_copy(f"{stage}-crowd", CROWDS[stage])
    command = about_attempts(who)[name]

    if name in ALLOWED[place].split():
        is_recorded(desk, command, DANA)
    else:
        refusal(desk, command, DANA)


@pytest.mark.parametrize("name", list(about_attempts("")))
def test_somebody_who_is_not_on_the_roll_is_refused_everything(
    name: str, desk: Desk
) -> None:
    stage = next(stage for stage in (R, C, P, E) if stage in STAGES[name])
    a_session(desk, stage=stage)

    assert "is not on the roll" in refusal_of_stranger(desk, name)


def refusal_of_stranger(desk: Desk, name: str) -> str:
    with pytest.raises(Refused) as refused:
        desk.perform(about_attempts("stranger")[name], DANA)
    return str(refused.value)


@pytest.mark.parametrize("name", [name for name in STAGES if name != "PlanSession"])
def test_a_session_that_does_not_exist_takes_no_command(name: str, desk: Desk) -> None:
    a_session(desk, stage=P)
    register(desk, (crowds.WALK_IN,), "safety")
    known = example(name, desk, P)
    fields = {**vars(known), "session_id": "b"}
    head = desk.ledger.head()

    with pytest.raises(Refused, match="no session b"):
        asked(desk, type(known)(**fields), DANA)

    assert desk.ledger.head() == head


def test_a_terminal_that_has_not_read_a_session_still_knows_what_it_allows(
    desk: Desk, folder: Path
) -> None:
    a_session(desk)
    other = open_desk(folder, desk.clock, "t2")

    assert other.why_not(c.HaltSession(session_id=A, reason="alarm"), LEE) == ""
    other.ledger.close()


NEEDS_DANA = {
    "reopen": (E, c.ReopenSession(session_id=A, reason="too early")),
    "amend": (S, c.AmendSession(session_id=A, reason="wrong seat")),
    "correct": (E, c.KeyScore(session_id=A, attempt_id="P1-safety", shown="71")),
    "set-aside": (
        E,
        c.ExplainScore(
            session_id=A, attempt_id="P1-safety", state="pending", reason="doubt"
        ),
    ),
    "credit": (
        R,
        c.GiveCredit(
            session_id=A,
            attempt_id="P1-safety",
            credit_ms=15 * 60_000 + 1,
            reason="alarm",
        ),
    ),
    "waive-id": (
        C,
        c.WaiveGate(
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

    assert "reason" in refusal(desk, c.HaltSession(session_id=A, reason="  "), LEE)


# The way through a day


def test_the_start_waits_for_everybody_to_be_settled(desk: Desk) -> None:
    a_session(desk, stage=C)
    for one in ("P1", "P2", "P3"):
        seated(desk, A, attempt_id(one))

    text = refusal(desk, c.StartSession(session_id=A), LEE)

    assert "FamilyP4" in text
    desk.perform(c.MarkAbsent(session_id=A, attempt_ids=("P4-safety",)), LEE)
    is_recorded(desk, c.StartSession(session_id=A), LEE)


def test_a_start_needs_somebody_seated(desk: Desk) -> None:
    a_session(desk, 1, stage=C)
    desk.perform(c.MarkAbsent(session_id=A, attempt_ids=("P1-safety",)), LEE)

    assert "nobody is seated" in refusal(desk, c.StartSession(session_id=A), LEE)


@pytest.mark.parametrize(("after_ms", "possible"), [(120_000, True), (120_001, False)])
def test_a_start_is_undone_within_two_minutes_only(
    desk: Desk, after_ms: int, possible: bool
) -> None:
    a_session(desk)
    advance(desk, after_ms)

    if possible:
        desk.perform(c.UndoStart(session_id=A), LEE)
        assert desk.session(A).stage is C
        assert progress(desk, "P1") == "seated"
    else:
        refusal(desk, c.UndoStart(session_id=A), LEE)


def test_a_start_is_not_undone_once_anything_else_is_recorded(desk: Desk) -> None:
    a_session(desk)
    desk.perform(c.TakeNote(session_id=A, text="hiccup"), LEE)

    assert "since the start" in refusal(desk, c.UndoStart(session_id=A), LEE)


@pytest.mark.parametrize(
    ("late_ms", "actor", "possible"),
    [
        (15 * 60_000, LEE, True),
        (15 * 60_000 + 1, LEE, False),
        (15 * 60_000 + 1, DANA, True),
        (30 * 60_000, DANA, True),
        (30 * 60_000 + 1, DANA, False),
    ],
)
def test_late_arrivals_are_admitted_up_to_the_policy(
    desk: Desk, late_ms: int, actor: Actor, possible: bool
) -> None:
    planned(desk, ("P1", "P2"), A, "safety")
    opened(desk, A)
    seated(desk, A, attempt_id("P1"))
    desk.perform(c.ExpectLate(**keys("P2")), LEE)
    started(desk, A)
    advance(desk, late_ms)

    if possible:
        is_recorded(desk, c.ArriveLate(**keys("P2")), actor)
    else:
        refusal(desk, c.ArriveLate(**keys("P2")), actor)


def test_an_arrival_taken_back_does_not_open_the_door_for_good(desk: Desk) -> None:
    planned(desk, ("P1", "P2"), A, "safety")
    opened(desk, A)
    seated(desk, A, attempt_id("P1"))
    desk.perform(c.ExpectLate(**keys("P2")), LEE)
    desk.perform(c.ArriveLate(**keys("P2")), LEE)
    desk.perform(c.ExpectLate(**keys("P2")), LEE)
    started(desk, A)
    advance(desk, 50 * 60_000)

    assert "late arrival" in refusal(
        desk, c.PassGates(**keys("P2"), gates=("photo-id",)), LEE
    )
    refusal(desk, c.ArriveLate(**keys("P2")), DANA)


@pytest.mark.parametrize("way", ["cancel", "absent", "deny"])
def test_who_does_not_test_holds_no_seat(desk: Desk, way: str) -> None:
    a_session(desk, 2, stage=C)
    desk.perform(c.TakeSeat(**keys("P1"), seat="A1"), LEE)
    wish = {
        "cancel": c.CancelAttempt(**keys("P1"), reason="moved"),
        "absent": c.MarkAbsent(session_id=A, attempt_ids=(attempt_id("P1"),)),
        "deny": c.DenyAttempt(**keys("P1"), reason="no ID", coordinator_called=True),
    }[way]
    desk.perform(wish, LEE)

    desk.perform(c.TakeSeat(**keys("P2"), seat="A1"), LEE)

    assert attempt(desk, "P2").seat == "A1"
    verify(desk.ledger)


def test_an_absent_candidate_who_comes_after_all_takes_a_seat_again(desk: Desk) -> None:
    a_session(desk, 1, stage=C)
    desk.perform(c.TakeSeat(**keys("P1"), seat="A1"), LEE)
    desk.perform(c.MarkAbsent(session_id=A, attempt_ids=(attempt_id("P1"),)), LEE)
    desk.perform(c.ArriveLate(**keys("P1")), LEE)

    seated(desk, A, attempt_id("P1"))

    assert progress(desk, "P1") == "seated"
    assert attempt(desk, "P1").seat == "A1"


def test_a_seat_is_given_once(desk: Desk) -> None:
    a_session(desk, 2, stage=C)
    desk.perform(c.TakeSeat(**keys("P1"), seat="b2"), LEE)

    assert "B2" in refusal(desk, c.TakeSeat(**keys("P2"), seat="B2"), LEE).upper()


def test_absence_is_recorded_once_however_often_somebody_is_named(desk: Desk) -> None:
    a_session(desk, 1, stage=C)

    recorded = desk.perform(
        c.MarkAbsent(session_id=A, attempt_ids=(attempt_id("P1"),) * 3), LEE
    )

    assert len(recorded.entries) == 1


@pytest.mark.parametrize(
    "gates", [("photo-id", "name"), ("name", "eligible"), ("seat",)]
)
def test_who_somebody_is_and_where_they_sit_is_not_passed_in_bulk(
    desk: Desk, gates: tuple[str, ...] | tuple[str, str]
) -> None:
    a_session(desk, 1, stage=C)

    refusal(desk, c.PassGates(**keys("P1"), gates=gates), LEE)


@pytest.mark.parametrize("gate", ["", "mood"])
def test_a_gate_that_does_not_exist_is_refused(desk: Desk, gate: str) -> None:
    a_session(desk, 1, stage=C)

    refusal(desk, c.PassGates(**keys("P1"), gates=(gate,)), LEE)
    refusal(desk, c.WaiveGate(**keys("P1"), gate=gate, reason="none"), DANA)


def test_nobody_is_denied_before_the_coordinator_is_called(desk: Desk) -> None:
    a_session(desk, 1, stage=C)
    wish = c.DenyAttempt(**keys("P1"), reason="no ID", coordinator_called=False)

    assert "coordinator" in refusal(desk, wish, LEE)


# Undo


def test_undo_takes_back_ones_own_last_step_and_keeps_both_entries(desk: Desk) -> None:
    a_session(desk)
    head = desk.ledger.head().seq
    before = attempt(desk, "P1")
    desk.perform(c.BeginPause(**keys("P1"), reason="froze"), LEE)
    desk.perform(c.BeginPause(**keys("P2"), reason="froze"), DANA)

    desk.perform(c.UndoStep(session_id=A), LEE)

    assert attempt(desk, "P1") == before
    assert attempt(desk, "P2").paused
    assert desk.ledger.head().seq == head + 3


@pytest.mark.parametrize(("after_ms", "possible"), [(300_000, True), (300_001, False)])
def test_a_finish_is_undone_within_five_minutes_and_the_time_has_run(
    desk: Desk, after_ms: int, possible: bool
) -> None:
    a_session(desk)
    advance(desk, 60_000)
    desk.perform(c.FinishAttempt(**keys("P1")), LEE)
    advance(desk, after_ms)

    if possible:
        desk.perform(c.UndoStep(session_id=A), LEE)
        assert left_ms(desk, "P1") == 90 * 60_000 - 60_000 - after_ms
    else:
        refusal(desk, c.UndoStep(session_id=A), LEE)


def test_a_finish_is_not_undone_after_the_end(desk: Desk) -> None:
    a_session(desk)
    for one in ("P1", "P2", "P3", "P4"):
        desk.perform(c.FinishAttempt(**keys(one)), LEE)
    desk.perform(c.EndSession(session_id=A), DANA)

    assert "ended" in refusal(desk, c.UndoStep(session_id=A), LEE)


@pytest.mark.parametrize(("after_ms", "possible"), [(300_000, True), (300_001, False)])
def test_an_end_is_undone_within_five_minutes(
    desk: Desk, after_ms: int, possible: bool
) -> None:
    a_session(desk)
    ended(desk, A)
    advance(desk, after_ms)

    if possible:
        desk.perform(c.UndoStep(session_id=A), LEE)
        session = desk.session(A)
        assert session.stage is Stage.RUNNING
        _, what, why = session.reasons[-1]
        assert (what, why.text) == ("reopened", "the end was taken back")
    else:
        refusal(desk, c.UndoStep(session_id=A), LEE)


def test_a_halt_asked_for_before_the_clocks_ran_on_is_asked_for_again(
    desk: Desk,
) -> None:
    a_session(desk)
    asked_ms = line(desk)
    advance(desk, 1_000)
    halted(desk, A)
    everybody = tuple(desk.session(A).attempts)
    desk.perform(c.ResumeSession(session_id=A, back=everybody), LEE)
    wish = c.HaltSession(session_id=A, reason="smoke", asked_line_ms=asked_ms)

    assert "Ask for the halt again" in refusal(desk, wish, LEE)


def test_a_halt_is_never_asked_for_in_the_time_to_come(desk: Desk) -> None:
    a_session(desk)
    now_ms = line(desk)
    wish = c.HaltSession(session_id=A, reason="smoke", asked_line_ms=now_ms + 60_000)
    desk.perform(wish, LEE)

    assert desk.session(A).halts == ((now_ms, None),)


def test_an_end_is_not_undone_once_anything_else_is_recorded(desk: Desk) -> None:
    a_session(desk)
    ended(desk, A)
    desk.perform(c.TakeNote(session_id=A, text="somebody left a jacket"), DANA)

    assert "ended" in refusal(desk, c.UndoStep(session_id=A), LEE)


def test_an_undo_never_leaves_somebody_on_the_roll_twice(desk: Desk) -> None:
    both = c.PlanSession(
        session_id="b",
        title="Both",
        starts_at_utc_ms=desk.now().utc_ms,
        module_ids=("safety", "quality"),
        rooms=(Room(name="9", rows=1, columns=4),),
    )
    desk.perform(both, LEE)
    register(desk, ("P1",), "quality")
    register(desk, ("P1",), "safety")
    desk.perform(desk.assignment("b", "P1", "safety"), LEE)
    opened(desk, "b")
    wrong = {"session_id": "b", "attempt_id": "P1-safety"}
    desk.perform(c.CancelAttempt(**wrong, reason="wrong module"), LEE)
    desk.perform(desk.assignment("b", "P1", "quality"), LEE)

    assert "already" in refusal(desk, c.UndoStep(session_id="b"), LEE)


def test_somebody_absent_does_not_come_back_to_a_second_module(desk: Desk) -> None:
    register(desk, ("P1",), "quality")
    both = c.PlanSession(
        session_id=A,
        title="Both",
        starts_at_utc_ms=desk.now().utc_ms,
        module_ids=("safety", "quality"),
        rooms=(Room(name="9", rows=1, columns=4),),
    )
    desk.perform(both, LEE)
    register(desk, ("P1",), "safety")
    desk.perform(desk.assignment(A, "P1", "safety"), LEE)
    opened(desk, A)
    desk.perform(c.MarkAbsent(session_id=A, attempt_ids=(attempt_id("P1"),)), LEE)
    desk.perform(desk.assignment(A, "P1", "quality"), LEE)

    refusal(desk, c.ArriveLate(**keys("P1")), LEE)
    refusal(desk, c.ExpectLate(**keys("P1")), LEE)
    refusal(desk, c.UndoStep(session_id=A), LEE)


# Halts, credits, the end


def test_who_is_not_back_at_the_roll_call_is_interrupted(desk: Desk) -> None:
    a_session(desk, stage=H)

    desk.perform(c.ResumeSession(session_id=A, back=("P1-safety", "P2-safety")), LEE)

    assert [progress(desk, one) for one in ("P1", "P3")] == ["testing", "interrupted"]


@pytest.mark.parametrize(("credit_ms", "possible"), [(-60_000, True), (-60_001, False)])
def test_a_credit_never_leaves_less_than_nothing(
    desk: Desk, credit_ms: int, possible: bool
) -> None:
    a_session(desk)
    advance(desk, 89 * 60_000)
    wish = c.GiveCredit(**keys("P1"), credit_ms=credit_ms, reason="clock")

    if possible:
        is_recorded(desk, wish, LEE)
        assert progress(desk, "P1") == "time-up"
    else:
        refusal(desk, wish, DANA)


def test_after_time_up_only_the_coordinator_gives_time(desk: Desk) -> None:
    a_session(desk)
    advance(desk, 90 * 60_000)
    wish = c.GiveCredit(**keys("P1"), credit_ms=1000, reason="noise")

    refusal(desk, wish, LEE)
    is_recorded(desk, wish, DANA)


def test_a_session_ends_only_when_every_time_up_is_settled(desk: Desk) -> None:
    a_session(desk, 1)
    advance(desk, 91 * 60_000)

    assert "time-up" in refusal(desk, c.EndSession(session_id=A), LEE)
    desk.perform(c.FinishAttempt(**keys("P1")), LEE)
    is_recorded(desk, c.EndSession(session_id=A), LEE)


@pytest.mark.parametrize(
    ("later_ms", "possible"), [(3_600_000, True), (86_400_000, False)]
)
def test_a_session_is_reopened_on_its_own_day_only(
    desk: Desk, later_ms: int, possible: bool
) -> None:
    a_session(desk, stage=E)
    advance(desk, later_ms)
    wish = c.ReopenSession(session_id=A, reason="ended too early")

    if possible:
        is_recorded(desk, wish, DANA)
    else:
        assert "day" in refusal(desk, wish, DANA)


def test_the_day_that_counts_is_the_centers(desk: Desk) -> None:
    # It is 09:13 in Chicago: 14 hours on it is the next day in UTC, but not there.
    a_session(desk, stage=E)
    advance(desk, 14 * 3_600_000)

    assert desk.local_date(desk.now().utc_ms) == desk.local_date(
        desk.session(A).ended_utc_ms
    )
    is_recorded(desk, c.ReopenSession(session_id=A, reason="too early"), DANA)


def test_sealing_waits_for_scores_and_scratch_paper(desk: Desk) -> None:
    a_session(desk, 1)
    ended(desk, A)

    assert "score to be keyed" in refusal(desk, c.SealSession(session_id=A), LEE)
    for _ in range(2):
        desk.perform(c.KeyScore(**keys("P1"), shown="64"), LEE)
    assert "scratch" in refusal(desk, c.SealSession(session_id=A), LEE)


def test_an_amendment_raises_the_revision_at_the_next_seal(desk: Desk) -> None:
    a_session(desk, 1, stage=S)
    desk.perform(c.AmendSession(session_id=A, reason="wrong seat"), DANA)
    desk.seal(A, LEE, LEE_PIN)

    assert desk.session(A).revision == 2
    assert verify(desk.ledger).signed_heads == 2


def test_abandoning_interrupts_who_was_testing_and_nobody_else(desk: Desk) -> None:
    planned(desk, ("P1", "P2", "P3"), A, "safety")
    opened(desk, A)
    for one in ("P1", "P2"):
        seated(desk, A, attempt_id(one))
    desk.perform(c.ExpectLate(**keys("P3")), LEE)
    started(desk, A)
    desk.perform(c.FinishAttempt(**keys("P1")), LEE)

    desk.perform(c.AbandonSession(session_id=A, reason="flood"), LEE)

    assert [progress(desk, one) for one in ("P1", "P2", "P3")] == [
        "finished", "interrupted", "absent",
    ]  # fmt: skip


# Irregularities


@pytest.mark.parametrize("validity", ["none", "flag", "withhold"])
def test_a_breach_withholds_whatever_else_is_said(desk: Desk, validity: str) -> None:
    a_session(desk)
    wish = c.RecordIrregularity(
        session_id=A,
        code="MIS-DEVICE1",
        severity=3,
        scope="attempt",
        validity=validity,
        attempt_ids=("P1-safety",),
        observed="A phone in the hand.",
        action_taken="Taken away.",
    )

    desk.perform(wish, LEE)

    assert attempt(desk, "P1").validity is Validity.WITHHELD
    assert attempt(desk, "P2").validity is Validity.CLEAN


# Rosters


def again(participant_id: str, given_name: str) -> RegisterPerson:
    return RegisterPerson(
        participant_id=participant_id,
        family_name=f"Family{participant_id}",
        given_name=given_name,
        registration=Registration("safety"),
    )


def test_a_corrected_roster_reaches_the_rolls_not_yet_started(desk: Desk) -> None:
    a_session(desk, 2, stage=C)
    desk.register([again("P1", "Kimberly")], LEE)

    desk.refresh_rolls(frozenset({"P1"}), LEE)

    assert attempt(desk, "P1").person.text == "FamilyP1, Kimberly"


def test_a_corrected_roster_brings_nobody_back_who_was_taken_off(desk: Desk) -> None:
    a_session(desk, 2, stage=C)
    desk.perform(c.CancelAttempt(**keys("P1"), reason="moved"), LEE)
    desk.register([again("P1", "Kimberly")], LEE)

    desk.refresh_rolls(frozenset({"P1"}), LEE)

    assert progress(desk, "P1") == "cancelled"


def test_a_roster_row_about_staff_is_refused_and_the_rest_goes_in(desk: Desk) -> None:
    rows = [
        RegisterPerson(participant_id="S", family_name="Wong", given_name="LEE"),
        RegisterPerson(participant_id="T", family_name="Wong", given_name="Ann"),
    ]

    staff, other = desk.register(rows, DANA)

    assert isinstance(staff, Refused)
    assert isinstance(other, tuple)
    assert desk.candidate("S").participant_id == ""
    assert desk.candidate("T").person == "Wong, Ann"


def test_a_dry_run_says_what_would_happen_and_leaves_nothing(desk: Desk) -> None:
    head = desk.ledger.head()

    (outcome,) = desk.register([again("P9", "Kim")], LEE, dry_run=True)

    assert isinstance(outcome, tuple)
    assert len(outcome) == 2
    assert desk.ledger.head() == head
    assert desk.ledger.rows("SELECT count(*) FROM person") == [(0,)]


def test_a_user_code_belongs_to_one_person(desk: Desk) -> None:
    one = Registration("safety", "SAME")
    rows = [
        RegisterPerson(
            participant_id=who, family_name=who, given_name="K", registration=one
        )
        for who in ("P1", "P2")
    ]

    first, second = desk.register(rows, LEE)

    assert isinstance(first, tuple)
    assert isinstance(second, Refused)


# Several terminals


def test_two_terminals_see_and_continue_each_others_steps(
    desk: Desk, folder: Path
) -> None:
    a_session(desk)
    other = open_desk(folder, desk.clock, "t2")
    other.session(A)
    desk.perform(c.BeginPause(**keys("P1"), reason="froze"), LEE)

    other.perform(c.EndPause(**keys("P1")), DANA)
    desk.catch_up()

    assert desk.session(A) == other.session(A)
    assert not attempt(desk, "P1").paused
    other.ledger.close()


def test_what_is_written_while_a_session_is_read_is_not_missed(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, stage=P)
    other = open_desk(folder, desk.clock, "t2")
    desk.perform(c.TakeNote(session_id=A, text="before"), LEE)
    read_after = other.ledger.read_after

    def meanwhile(seq: int):
        desk.perform(c.TakeNote(session_id=A, text="meanwhile"), LEE)
        return read_after(seq)

    other.ledger.read_after = meanwhile  # type: ignore[method-assign]
    other.session(A)
    other.ledger.read_after = read_after  # type: ignore[method-assign]

    assert other.session(A) == desk.session(A)
    other.perform(c.TakeNote(session_id=A, text="after"), DANA)
    other.ledger.close()


def test_a_session_nobody_planned_is_not_there(desk: Desk) -> None:
    with pytest.raises(Refused, match="no session zzz"):
        desk.session("zzz")
