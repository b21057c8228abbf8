"""What a person takes back: their own last step, while it can still be undone."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.commands.checkin import ArriveLate, ExpectLate, MarkAbsent
from cptkiosk.domain.commands.closing import ReconcileScratch
from cptkiosk.domain.commands.halt import HaltSession, ResumeSession, UndoHalt
from cptkiosk.domain.commands.irregularity import RecordIrregularity, TakeNote
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.commands.planning import CancelAttempt, PlanSession
from cptkiosk.domain.commands.testing import (
    Announce,
    BeginBreak,
    BeginPause,
    EndBreak,
    EndSession,
    FinishAttempt,
    GiveCredit,
)
from cptkiosk.domain.events.fact import LogFact
from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.events.session import AttemptFact
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS, NeedsCoordinator
from cptkiosk.services.assignment import build_assignment
from support.center import DANA, DANA_PIN, LEE
from support.facts import SESSION_FACTS
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
    register,
)
from support.verdicts import keys, refusal, refuses

A = "a"


def test_nothing_to_undo_names_the_true_reason(desk: Desk) -> None:
    a_session(desk)
    undo = UndoStep(session_id=A)
    assert "from before the start" in refusal(desk, undo, LEE)

    desk.perform(BeginPause(**keys("P2"), reason="froze"), DANA)
    assert "Only the person who took a step" in refusal(desk, undo, LEE)


def test_undo_takes_back_ones_own_last_step_and_keeps_both_entries(desk: Desk) -> None:
    a_session(desk)
    head = desk.ledger.head().seq
    before = attempt(desk, "P1")
    desk.perform(BeginPause(**keys("P1"), reason="froze"), LEE)
    desk.perform(BeginPause(**keys("P2"), reason="froze"), DANA)

    desk.perform(UndoStep(session_id=A), LEE)

    assert attempt(desk, "P1") == before
    assert attempt(desk, "P2").is_paused
    assert desk.ledger.head().seq == head + 3


@pytest.mark.parametrize(("after_ms", "possible"), [(300_000, True), (300_001, False)])
def test_a_finish_is_undone_within_five_minutes_and_the_time_has_run(
    desk: Desk, after_ms: int, possible: bool
) -> None:
    a_session(desk)
    advance(desk, 60_000)
    desk.perform(FinishAttempt(**keys("P1")), LEE)
    advance(desk, after_ms)

    if possible:
        desk.perform(UndoStep(session_id=A), LEE)
        assert left_ms(desk, "P1") == 90 * 60_000 - 60_000 - after_ms
    else:
        refusal(desk, UndoStep(session_id=A), LEE)


def test_a_finish_is_not_undone_after_the_end(desk: Desk) -> None:
    a_session(desk)
    for one in ("P1", "P2", "P3", "P4"):
        desk.perform(FinishAttempt(**keys(one)), LEE)
    desk.perform(EndSession(session_id=A), DANA)

    assert "ended" in refusal(desk, UndoStep(session_id=A), LEE)


@pytest.mark.parametrize(("after_ms", "possible"), [(120_000, True), (120_001, False)])
def test_an_end_is_undone_within_two_minutes(
    desk: Desk, after_ms: int, possible: bool
) -> None:
    a_session(desk)
    ended(desk, A)
    advance(desk, after_ms)

    if possible:
        desk.perform(UndoStep(session_id=A), LEE)
        session = desk.session(A)
        assert session.stage is Stage.RUNNING
        _, what, why = session.reasons[-1]
        assert (what, why.text) == ("reopened", "the end was undone")
    else:
        refusal(desk, UndoStep(session_id=A), LEE)


def test_a_halt_asked_for_before_the_clocks_ran_on_is_asked_for_again(
    desk: Desk,
) -> None:
    a_session(desk)
    asked_ms = line(desk)
    advance(desk, 1_000)
    halted(desk, A)
    everybody = tuple(desk.session(A).attempts)
    desk.perform(ResumeSession(session_id=A, back=everybody), LEE)
    command = HaltSession(session_id=A, reason="smoke", asked_line_ms=asked_ms)

    assert "Halt again" in refusal(desk, command, LEE)


def test_a_halt_is_never_asked_for_in_the_time_to_come(desk: Desk) -> None:
    a_session(desk)
    now_ms = line(desk)
    command = HaltSession(session_id=A, reason="smoke", asked_line_ms=now_ms + 60_000)
    desk.perform(command, LEE)

    assert desk.session(A).halts == ((now_ms, None),)


def test_an_end_is_not_undone_once_anything_else_is_recorded(desk: Desk) -> None:
    a_session(desk)
    ended(desk, A)
    desk.perform(TakeNote(session_id=A, text="somebody left a jacket"), DANA)

    assert "ended" in refusal(desk, UndoStep(session_id=A), LEE)


def test_an_undo_never_leaves_a_candidate_on_the_roll_twice(desk: Desk) -> None:
    both = PlanSession(
        session_id="b",
        title="Both",
        starts_at_utc_ms=desk.now().utc_ms,
        module_ids=("safety", "quality"),
        rooms=(Room(name="9", rows=1, columns=4),),
    )
    desk.perform(both, LEE)
    register(desk, ("P1",), "quality")
    register(desk, ("P1",), "safety")
    desk.perform(build_assignment(desk, "b", "P1", "safety"), LEE)
    opened(desk, "b")
    wrong = {"session_id": "b", "attempt_id": "P1-safety"}
    desk.perform(CancelAttempt(**wrong, reason="wrong module"), LEE)
    desk.perform(build_assignment(desk, "b", "P1", "quality"), LEE)

    assert "already" in refusal(desk, UndoStep(session_id="b"), LEE)


def test_an_absent_candidate_does_not_come_back_to_a_second_module(desk: Desk) -> None:
    register(desk, ("P1",), "quality")
    both = PlanSession(
        session_id=A,
        title="Both",
        starts_at_utc_ms=desk.now().utc_ms,
        module_ids=("safety", "quality"),
        rooms=(Room(name="9", rows=1, columns=4),),
    )
    desk.perform(both, LEE)
    register(desk, ("P1",), "safety")
    desk.perform(build_assignment(desk, A, "P1", "safety"), LEE)
    opened(desk, A)
    desk.perform(MarkAbsent(session_id=A, attempt_ids=(attempt_id("P1"),)), LEE)
    desk.perform(build_assignment(desk, A, "P1", "quality"), LEE)

    refusal(desk, ArriveLate(**keys("P1")), LEE)
    refusal(desk, ExpectLate(**keys("P1")), LEE)
    refusal(desk, UndoStep(session_id=A), LEE)


def test_an_approved_step_is_undone_by_its_author_with_approval(
    desk: Desk,
) -> None:
    a_session(desk, 2)
    advance(desk, MINUTE_MS)
    before_ms = left_ms(desk, "P1")
    credit = GiveCredit(
        session_id=A, attempt_id=attempt_id("P1"),
        credit_ms=45 * MINUTE_MS, reason="the network was down",
    )  # fmt: skip
    desk.perform(credit, desk.pins.check_approver(DANA.staff_id, DANA_PIN, LEE))
    undo = UndoStep(session_id=A)
    with refuses(kind=NeedsCoordinator, match="an approved step"):
        desk.perform(undo, LEE)
    desk.perform(undo, desk.pins.check_approver(DANA.staff_id, DANA_PIN, LEE))
    assert left_ms(desk, "P1") == before_ms
    with refuses("nothing to undo"):
        desk.perform(undo, LEE)


def test_a_step_that_a_coordinator_took_alone_is_theirs(desk: Desk) -> None:
    a_session(desk, 2)
    advance(desk, MINUTE_MS)
    credit = GiveCredit(
        session_id=A, attempt_id=attempt_id("P1"),
        credit_ms=45 * MINUTE_MS, reason="the network was down",
    )  # fmt: skip
    desk.perform(credit, DANA)
    with refuses("nothing to undo"):
        desk.perform(UndoStep(session_id=A), LEE)
    desk.perform(UndoStep(session_id=A), DANA)


def _there_and_back(desk: Desk) -> None:
    """Let a candidate go out and come back; `u` takes each back."""
    a_session(desk, 3)
    advance(desk, MINUTE_MS)
    desk.perform(BeginBreak(**keys("P1")), LEE)
    advance(desk, MINUTE_MS)
    desk.perform(EndBreak(**keys("P1")), LEE)
    advance(desk, MINUTE_MS)


LASTING: dict[str, list[SessionCommand]] = {
    "irregularity MIS-DEVICE1": [
        RecordIrregularity(
            session_id=A, code="MIS-DEVICE1", severity=3, scope="attempt",
            attempt_ids=(attempt_id("P2"),), observed="A phone rang.", action_taken="", validity="withhold",
        )
    ],
    "the note": [TakeNote(session_id=A, text="somebody left a jacket")],
    "the undone halt": [
        HaltSession(session_id=A, reason="smoke"),
        UndoHalt(session_id=A, number=1),
    ],
    "the resume": [
        HaltSession(session_id=A, reason="smoke"),
        ResumeSession(session_id=A, back=tuple(map(attempt_id, ("P1", "P2", "P3")))),
    ],
    "the scratch paper count": [ReconcileScratch(session_id=A, returned=3)],
    "the announcement": [
        Announce(session_id=A, minutes=30, attempt_ids=(attempt_id("P2"),))
    ],
}  # fmt: skip


@pytest.mark.parametrize("what", LASTING)
def test_undo_never_reaches_past_a_later_step_that_lasts(desk: Desk, what: str) -> None:
    _there_and_back(desk)
    if what == "the announcement":
        advance(desk, 58 * MINUTE_MS)
    for command in LASTING[what]:
        desk.perform(command, LEE)
        advance(desk, MINUTE_MS)

    said = refusal(desk, UndoStep(session_id=A, here_only=True), LEE)

    assert said.startswith(f"Your last step, {what}")
    assert ", cannot be undone." in said
    assert not attempt(desk, "P1").on_break


def test_a_step_after_one_that_lasts_is_undone_and_no_more(desk: Desk) -> None:
    _there_and_back(desk)
    desk.perform(TakeNote(session_id=A, text="somebody left a jacket"), LEE)
    advance(desk, MINUTE_MS)
    desk.perform(BeginBreak(**keys("P2")), LEE)
    desk.perform(UndoStep(session_id=A), LEE)

    assert not attempt(desk, "P2").on_break
    assert 'the note "' in refusal(desk, UndoStep(session_id=A), LEE)


def test_entries_of_another_person_do_not_block_an_undo(
    desk: Desk,
) -> None:
    _there_and_back(desk)
    desk.perform(TakeNote(session_id=A, text="somebody left a jacket"), DANA)
    desk.perform(UndoStep(session_id=A), LEE)

    assert attempt(desk, "P1").on_break


def test_every_kind_of_event_that_undo_does_not_name_is_no_step_of_its_own() -> None:
    by_itself = {
        "SessionPlanned", "CoordinatorCalled", "SessionStarted",
        "StartUndone", "StepUndone", "StepsGrouped", "StepAuthorized", "SessionSealed",
        "SessionAmended", "SessionCancelled", "SessionAbandoned", "BootBridged",
        "BundleWritten", "LogEntryUndone", "ResultsStated",
    }  # fmt: skip
    not_named = {one.__name__ for one in SESSION_FACTS if not one.step_form}

    assert not_named == by_itself
    assert all(one.step_form for one in SESSION_FACTS if one.instead)


def test_every_step_of_a_whole_session_that_is_not_logged_says_what_to_do_instead() -> (
    None
):
    undone = {one for one in SESSION_FACTS if one.step_form and not one.instead}

    assert all(issubclass(one, AttemptFact | LogFact) for one in undone)
