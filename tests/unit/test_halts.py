"""A halt dated back, a halt that was a mistake, and ends that no halt moves."""

from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.commands.halt import HaltSession, UndoHalt
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.events.halt import HaltUndone, SessionHalted
from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.overtaken import Overtaken
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.time.timing import run_out_ms
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.ledger.maintenance.verify import verify_ledger
from cptkiosk.words import explain
from support.center import DANA, LEE, open_desk
from support.clock import HandClock
from support.exams import irregularity, refusal
from support.sessions import (
    a_session,
    advance,
    attempt,
    attempt_id,
    ended,
    halted,
    left_ms,
    line,
    progress,
    resumed,
    scored,
)

A = "a"
FULL_MS = 90 * MINUTE_MS
UNDO = UndoHalt(session_id=A)
MISTAKE = UndoHalt(session_id=A, reason="nobody stopped in fact")


def halt(ago_ms: int = 0) -> HaltSession:
    return HaltSession(session_id=A, reason="fire alarm", ago_ms=ago_ms)


# Dated back


def test_a_halt_dated_back_far_needs_the_coordinator(desk: Desk) -> None:
    a_session(desk)
    advance(desk, 40 * MINUTE_MS)

    assert "Only a coordinator can backdate a halt more than 15 minutes" in refusal(
        desk, halt(15 * MINUTE_MS + 1), LEE
    )
    desk.perform(halt(30 * MINUTE_MS), DANA)
    assert left_ms(desk, "P1") == FULL_MS - 10 * MINUTE_MS


def test_a_halt_dated_back_a_little_is_anybodys(desk: Desk) -> None:
    a_session(desk)
    advance(desk, 40 * MINUTE_MS)
    desk.perform(halt(15 * MINUTE_MS), LEE)

    assert left_ms(desk, "P1") == FULL_MS - 25 * MINUTE_MS


def test_an_alarm_before_the_last_resume_is_dated_by_the_coordinator(
    desk: Desk,
) -> None:
    a_session(desk)
    advance(desk, 10 * MINUTE_MS)
    halted(desk, A)
    advance(desk, 2 * MINUTE_MS)
    resumed(desk)
    advance(desk, 3 * MINUTE_MS)

    assert "Only a coordinator can" in refusal(desk, halt(7 * MINUTE_MS), LEE)
    desk.perform(halt(7 * MINUTE_MS), DANA)
    assert left_ms(desk, "P1") == FULL_MS - 8 * MINUTE_MS


def test_not_even_the_coordinator_halts_before_the_start(desk: Desk) -> None:
    a_session(desk)
    advance(desk, 5 * MINUTE_MS)

    assert "before they started" in refusal(desk, halt(6 * MINUTE_MS), DANA)


# Taken back


@pytest.mark.parametrize("command", [UNDO, UndoStep(session_id=A)])
def test_a_halt_by_mistake_is_undone_at_once(
    desk: Desk, command: SessionCommand
) -> None:
    a_session(desk)
    advance(desk, 10 * MINUTE_MS)
    halted(desk, A)
    advance(desk, 2 * MINUTE_MS)
    desk.perform(command, LEE)
    advance(desk, MINUTE_MS)

    assert desk.session(A).stage is Stage.RUNNING
    assert left_ms(desk, "P1") == FULL_MS - 13 * MINUTE_MS
    kinds = [type(one.event) for one in desk.ledger.read_stream(f"session/{A}")]
    assert kinds[-2:] == [SessionHalted, HaltUndone]
    verify_ledger(desk.ledger)


def test_a_while_later_only_the_coordinator_takes_a_halt_back(desk: Desk) -> None:
    a_session(desk)
    halted(desk, A)
    advance(desk, 2 * MINUTE_MS + 1)

    assert "120 seconds" in refusal(desk, UNDO, LEE)
    assert "A reason is required" in refusal(desk, UNDO, DANA)
    desk.perform(MISTAKE, DANA)
    assert left_ms(desk, "P1") == FULL_MS - 2 * MINUTE_MS - 1


def test_a_halt_is_not_undone_by_another_person(desk: Desk) -> None:
    a_session(desk)
    desk.perform(halt(), DANA)

    assert "Only a coordinator can" in refusal(desk, UNDO, LEE)


def test_a_halt_that_is_over_is_put_right_before_the_seal(desk: Desk) -> None:
    a_session(desk)
    for _ in range(2):
        advance(desk, 10 * MINUTE_MS)
        halted(desk, A)
        advance(desk, 4 * MINUTE_MS)
        resumed(desk)
    ended(desk, A)
    desk.perform(UndoHalt(session_id=A, number=1, reason="no halt"), DANA)

    session = desk.session(A)
    assert len(session.halts) == len(session.halted_by) == 1
    assert left_ms(desk, "P1") == FULL_MS - 24 * MINUTE_MS
    assert ("halt undone", "no halt") in [
        (what, why.text) for _, what, why in session.reasons
    ]
    scored(desk, A)
    verify_ledger(desk.ledger)


def test_there_must_be_such_a_halt(desk: Desk) -> None:
    a_session(desk)
    assert "no such halt" in refusal(desk, MISTAKE, DANA)


# Ends


def test_the_end_of_an_expired_clock_stays_where_it_was(desk: Desk) -> None:
    a_session(desk, 2)
    up_ms = line(desk) + FULL_MS
    advance(desk, 91 * MINUTE_MS)
    one = attempt(desk, "P1")
    assert desk.session(A).end_ms(one, line(desk)) == up_ms

    halted(desk, A)
    advance(desk, 7 * MINUTE_MS)
    assert desk.session(A).end_ms(one, line(desk)) == up_ms
    resumed(desk)
    advance(desk, MINUTE_MS)
    assert desk.session(A).end_ms(one, line(desk)) == up_ms
    assert progress(desk, "P1") is AttemptProgress.TIME_UP


def test_a_halt_before_the_end_moves_it(desk: Desk) -> None:
    a_session(desk)
    up_ms = line(desk) + FULL_MS
    advance(desk, 10 * MINUTE_MS)
    halted(desk, A)
    advance(desk, 7 * MINUTE_MS)
    resumed(desk)
    advance(desk, 85 * MINUTE_MS)

    end_ms = desk.session(A).end_ms(attempt(desk, "P1"), line(desk))
    assert end_ms == up_ms + 7 * MINUTE_MS


@pytest.mark.parametrize(
    ("stops", "end"),
    [
        ((), 100),
        (((10, 20),), 110),
        (((10, 20), (15, 30)), 120),
        (((-20, 5),), 105),
        (((100, 150),), 100),
        (((99, 150),), 151),
        (((10, 20), (110, None)), 110),
    ],
)
def test_a_clock_has_run_out_when_it_ran_so_long(
    stops: tuple[tuple[int, int | None], ...], end: int
) -> None:
    assert run_out_ms(stops, 0, 100) == end


def test_another_desk_folds_a_halt_taken_back_the_same(
    desk: Desk, folder: Path, clock: HandClock
) -> None:
    a_session(desk)
    advance(desk, MINUTE_MS)
    halted(desk, A)
    desk.perform(UNDO, LEE)
    other = open_desk(folder, clock, "t2")

    assert left_ms(other, "P1") == left_ms(desk, "P1") == FULL_MS - MINUTE_MS
    assert attempt_id("P1") in other.session(A).attempts
    other.ledger.close()


def test_a_key_that_undoes_a_halt_is_asked_about_once_it_takes_time(
    desk: Desk,
) -> None:
    a_session(desk, 2)
    advance(desk, MINUTE_MS)
    halted(desk, A)
    advance(desk, 24_000)
    key = UndoStep(session_id=A, here_only=True)
    with pytest.raises(Overtaken) as asked:
        desk.perform(key, LEE)
    assert "counts 0:24 of stopped time as used, for 2 people" in explain(asked.value)
    assert desk.session(A).stage is Stage.HALTED

    desk.perform(asked.value.again, LEE)
    assert desk.session(A).stage is Stage.RUNNING


def test_halt_taken_back_is_reported_as_false_and_needs_no_entry(desk: Desk) -> None:
    a_session(desk, 2)
    advance(desk, MINUTE_MS)
    desk.perform(halt(), LEE)
    desk.perform(UndoStep(session_id=A), LEE)
    desk.perform(HaltSession(session_id=A, reason="smoke"), LEE)
    resumed(desk)

    session = desk.session(A)
    said = [(what, why.text) for _, what, why in session.reasons]
    assert said == [("false halt", "fire alarm"), ("halted", "smoke")]
    assert [why for _, why in blockers.halts_unreported(session)] == ["smoke"]


@pytest.mark.parametrize(
    ("code", "scope", "told"),
    [
        ("ENV-ALARM", "session", True),
        ("ENV-NOISE", "session", True),
        ("ENV-NOISE", "attempt", False),
        ("TIM-MISSWARN", "session", False),
        ("TIM-OVER", "session", False),
        ("MAT-SCRATCH", "session", False),
    ],
)
def test_only_an_entry_that_can_be_about_a_halt_tells_of_it(
    desk: Desk, code: str, scope: str, told: bool
) -> None:
    a_session(desk, 2)
    advance(desk, MINUTE_MS)
    desk.perform(halt(), LEE)
    resumed(desk)
    advance(desk, MINUTE_MS)
    severity = desk.definitions.irregularity(code).severity
    desk.perform(irregularity(code, severity, scope=scope), LEE)

    left = [why for _, why in blockers.halts_unreported(desk.session(A))]
    assert left == ([] if told else ["fire alarm"])
