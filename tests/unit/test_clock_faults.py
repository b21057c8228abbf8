"""No candidate's time grows or shrinks, whatever a clock does."""

from contextlib import _GeneratorContextManager
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.closing import ReopenSession
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.commands.restart import ConfirmRoomClock
from cptkiosk.domain.commands.testing import (
    AbandonSession,
    BeginBreak,
    BeginPause,
    EndPause,
    FinishAttempt,
)
from cptkiosk.domain.events.center import ClockStepNoticed
from cptkiosk.domain.events.halt import SessionHalted
from cptkiosk.domain.events.restart import BootBridged
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import HOUR_MS, MINUTE_MS, Refused
from cptkiosk.ledger.ledger import Transaction
from cptkiosk.words import describe_step
from support.center import DANA, LEE, open_desk
from support.clock import HandClock
from support.sessions import (
    a_session,
    advance,
    attempt,
    ended,
    halted,
    hand_clock,
    left_ms,
    line,
    resumed,
)
from support.verdicts import keys, refuses

A = "a"
FULL_MS = 90 * MINUTE_MS


@pytest.mark.parametrize("step_ms", [-10 * HOUR_MS, -1, 3600_000, 10**12])
def test_a_step_of_the_wall_clock_changes_nothing(desk: Desk, step_ms: int) -> None:
    a_session(desk)
    advance(desk, 5 * MINUTE_MS)
    hand_clock(desk).step_wall(step_ms)
    advance(desk, 5 * MINUTE_MS)
    halted(desk, A)
    hand_clock(desk).step_wall(-2 * step_ms)
    resumed(desk)

    assert left_ms(desk, "P1") == FULL_MS - 10 * MINUTE_MS


@pytest.mark.parametrize(("step_ms", "noticed"), [(1999, 0), (2000, 1), (-2001, 1)])
def test_a_clock_step_is_recorded_once_with_its_size(
    desk: Desk, folder: Path, step_ms: int, noticed: int
) -> None:
    other = open_desk(folder, desk.clock, "t2")
    desk.boots.beat()
    advance(desk, 15_000)
    hand_clock(desk).step_wall(step_ms)
    desk.boots.beat()
    other.boots.beat()

    steps = [
        one.event.step_ms
        for one in desk.ledger.read_stream("center")
        if isinstance(one.event, ClockStepNoticed)
    ]
    assert steps == [step_ms] * noticed
    other.ledger.close()


def test_two_terminals_that_notice_at_once_record_a_step_once(
    desk: Desk, folder: Path
) -> None:
    other = open_desk(folder, desk.clock, "t2")
    desk.boots.beat()
    advance(desk, 15_000)
    hand_clock(desk).step_wall(60_000)
    writing = desk.ledger.writing

    def slow(actor: str) -> "_GeneratorContextManager[Transaction]":
        # Between looking and writing, the other terminal does both.
        desk.ledger.writing = writing  # type: ignore[method-assign]
        other.boots.beat()
        return writing(actor)

    desk.ledger.writing = slow  # type: ignore[method-assign]
    desk.boots.beat()

    kinds = [type(one.event) for one in desk.ledger.read_stream("center")]
    assert kinds.count(ClockStepNoticed) == 1
    other.ledger.close()


def test_a_suspend_counts_for_everybody(desk: Desk) -> None:
    a_session(desk)
    hand_clock(desk).suspend(12 * MINUTE_MS)

    assert left_ms(desk, "P1") == FULL_MS - 12 * MINUTE_MS


def test_a_reboot_is_bridged_by_the_wall_clock(desk: Desk, folder: Path) -> None:
    a_session(desk)
    advance(desk, 10 * MINUTE_MS)
    desk.boots.beat()
    hand_clock(desk).reboot(3 * MINUTE_MS)
    again = open_desk(folder, desk.clock)

    (session,) = again.boots.attach()

    assert session.unconfirmed_bridge is not None
    assert session.unconfirmed_bridge.away_ms == 3 * MINUTE_MS
    assert left_ms(again, "P1") == FULL_MS - 13 * MINUTE_MS
    hand_clock(again).step_wall(HOUR_MS)
    advance(again, MINUTE_MS)
    assert left_ms(again, "P1") == FULL_MS - 14 * MINUTE_MS
    again.ledger.close()


def test_no_step_goes_by_a_wall_clock_while_a_restart_is_not_recorded(
    desk: Desk, folder: Path
) -> None:
    a_session(desk)
    advance(desk, 10 * MINUTE_MS)
    hand_clock(desk).reboot(3 * MINUTE_MS)
    hand_clock(desk).step_wall(6 * HOUR_MS)
    again = open_desk(folder, desk.clock)

    (session,) = again.boots.find_running()
    assert "use the room clock" in describe_step(again.next_step(session))
    (session,) = again.boots.attach()
    assert "compare the room clock" in describe_step(again.next_step(session))
    again.ledger.close()


def test_the_old_boot_counts_on_its_own_clock_up_to_the_last_sign_of_life(
    desk: Desk,
) -> None:
    a_session(desk)
    hand_clock(desk).step_wall(4 * HOUR_MS)
    advance(desk, 30 * MINUTE_MS)
    desk.boots.beat()
    hand_clock(desk).reboot(2 * MINUTE_MS)
    desk.boots.attach()

    assert left_ms(desk, "P1") == FULL_MS - 32 * MINUTE_MS


def test_a_terminal_that_beats_first_after_a_reboot_loses_no_sign_of_life(
    desk: Desk,
) -> None:
    a_session(desk)
    hand_clock(desk).step_wall(4 * HOUR_MS)
    advance(desk, 30 * MINUTE_MS)
    desk.boots.beat()
    hand_clock(desk).reboot(2 * MINUTE_MS)

    desk.boots.beat()
    desk.boots.attach()

    assert left_ms(desk, "P1") == FULL_MS - 32 * MINUTE_MS


def test_a_reboot_is_bridged_once_however_many_terminals_attach(
    desk: Desk, folder: Path
) -> None:
    a_session(desk)
    hand_clock(desk).reboot(MINUTE_MS)
    others = [open_desk(folder, desk.clock, f"t{n}") for n in range(3)]
    for one in (desk, *others):
        one.boots.attach()
        one.boots.attach()

    entries = desk.ledger.read_stream(f"session/{A}")
    assert sum(isinstance(one.event, BootBridged) for one in entries) == 1
    for one in others:
        assert left_ms(one, "P1") == FULL_MS - MINUTE_MS
        one.ledger.close()


@pytest.mark.parametrize("gap_ms", [0, 6 * HOUR_MS])
def test_a_gap_up_to_six_hours_is_believed(desk: Desk, gap_ms: int) -> None:
    a_session(desk)
    desk.boots.beat()
    hand_clock(desk).reboot(gap_ms)
    desk.boots.attach()

    assert desk.session(A).stage is Stage.RUNNING
    assert left_ms(desk, "P1") == FULL_MS - gap_ms


@pytest.mark.parametrize("gap_ms", [-1, 6 * HOUR_MS + 1, -(10**12)])
def test_a_gap_that_cannot_be_stops_the_clock_until_it_is_confirmed(
    desk: Desk, gap_ms: int
) -> None:
    a_session(desk)
    advance(desk, 10 * MINUTE_MS)
    desk.boots.beat()
    hand_clock(desk).reboot(gap_ms)
    desk.boots.attach()
    advance(desk, 5 * MINUTE_MS)

    assert desk.session(A).stage is Stage.HALTED
    assert left_ms(desk, "P1") == FULL_MS - 10 * MINUTE_MS
    with refuses("room clock"):
        resumed(desk)
    desk.perform(ConfirmRoomClock(session_id=A), LEE)
    resumed(desk)
    advance(desk, MINUTE_MS)
    assert left_ms(desk, "P1") == FULL_MS - 11 * MINUTE_MS


def lost_for(desk: Desk, gap_ms: int) -> None:
    """Reboot with a wall clock that cannot be right."""
    hand_clock(desk).reboot(gap_ms - 10**10)
    desk.boots.attach()


def confirmed(desk: Desk, correction_ms: int) -> None:
    command = ConfirmRoomClock(session_id=A, correction_ms=correction_ms)
    desk.perform(command, DANA)


def test_a_pause_that_ends_before_the_comparison_covers_the_whole_gap(
    desk: Desk,
) -> None:
    a_session(desk)
    advance(desk, 10 * MINUTE_MS)
    one = {"session_id": A, "attempt_id": "P1-safety"}
    desk.perform(BeginPause(**one, reason="froze"), LEE)
    desk.boots.beat()
    lost_for(desk, 20 * MINUTE_MS)
    desk.perform(EndPause(**one), LEE)
    confirmed(desk, 20 * MINUTE_MS)

    assert left_ms(desk, "P1") == FULL_MS - 10 * MINUTE_MS


def test_a_pause_taken_up_again_by_an_undo_covers_the_gap_up_to_the_end(
    desk: Desk,
) -> None:
    a_session(desk)
    advance(desk, 10 * MINUTE_MS)
    one = {"session_id": A, "attempt_id": "P1-safety"}
    desk.perform(BeginPause(**one, reason="froze"), LEE)
    desk.perform(EndPause(**one), LEE)
    lost_for(desk, 20 * MINUTE_MS)
    desk.perform(UndoStep(session_id=A), LEE)
    desk.perform(AbandonSession(session_id=A, reason="flood"), LEE)
    confirmed(desk, 20 * MINUTE_MS)

    assert left_ms(desk, "P1") == FULL_MS - 10 * MINUTE_MS


@pytest.mark.parametrize("later_ms", [0, MINUTE_MS])
def test_a_candidate_who_finishes_before_the_comparison_has_used_the_gap(
    desk: Desk, later_ms: int
) -> None:
    a_session(desk)
    advance(desk, 10 * MINUTE_MS)
    desk.boots.beat()
    lost_for(desk, 20 * MINUTE_MS)
    advance(desk, later_ms)
    command = FinishAttempt(session_id=A, attempt_id="P1-safety")
    desk.perform(command, LEE)
    confirmed(desk, 20 * MINUTE_MS)

    assert left_ms(desk, "P1") == FULL_MS - 30 * MINUTE_MS


def test_two_unmeasured_gaps_count_as_time_used(desk: Desk) -> None:
    a_session(desk)
    advance(desk, 10 * MINUTE_MS)
    desk.boots.beat()
    lost_for(desk, MINUTE_MS)
    advance(desk, MINUTE_MS)
    lost_for(desk, 20 * MINUTE_MS)
    confirmed(desk, 21 * MINUTE_MS)

    assert left_ms(desk, "P1") == FULL_MS - 31 * MINUTE_MS


def test_a_session_reopened_in_another_boot_keeps_what_was_used(desk: Desk) -> None:
    a_session(desk, 1)
    advance(desk, 80 * MINUTE_MS)
    ended(desk, A)
    hand_clock(desk).reboot(10 * MINUTE_MS)
    desk.perform(ReopenSession(session_id=A, reason="too early"), DANA)
    hand_clock(desk).step_wall(-20 * MINUTE_MS)
    desk.boots.attach()

    assert left_ms(desk, "P1") == FULL_MS - 80 * MINUTE_MS
    ended_ms = desk.session(A).attempts["P1-safety"].end_line_ms
    assert ended_ms is not None
    assert line(desk) >= ended_ms


def test_a_second_reboot_is_measured_from_the_first_not_from_the_beat_before_it(
    desk: Desk,
) -> None:
    a_session(desk)
    desk.boots.beat()
    hand_clock(desk).reboot(10 * HOUR_MS)
    desk.boots.attach()
    hand_clock(desk).reboot(MINUTE_MS)
    desk.boots.attach()

    gaps = [
        one.event.away_ms
        for one in desk.ledger.read_stream(f"session/{A}")
        if isinstance(one.event, BootBridged)
    ]
    assert gaps == [10 * HOUR_MS, MINUTE_MS]


def test_time_shown_by_the_room_clock_counts(desk: Desk) -> None:
    a_session(desk)
    advance(desk, 10 * MINUTE_MS)
    desk.boots.beat()
    hand_clock(desk).reboot(-HOUR_MS)
    desk.boots.attach()

    desk.perform(ConfirmRoomClock(session_id=A, correction_ms=8 * MINUTE_MS), DANA)
    advance(desk, MINUTE_MS)

    assert left_ms(desk, "P1") == FULL_MS - 18 * MINUTE_MS
    resumed(desk)
    advance(desk, MINUTE_MS)
    assert left_ms(desk, "P1") == FULL_MS - 19 * MINUTE_MS


@pytest.mark.parametrize("gap_ms", [MINUTE_MS, -1])
def test_a_correction_does_not_touch_a_halt_that_was_there_before(
    desk: Desk, gap_ms: int
) -> None:
    a_session(desk)
    advance(desk, 10 * MINUTE_MS)
    halted(desk, A)
    hand_clock(desk).reboot(gap_ms)
    desk.boots.attach()
    desk.perform(ConfirmRoomClock(session_id=A, correction_ms=20 * MINUTE_MS), DANA)
    resumed(desk)

    assert left_ms(desk, "P1") == FULL_MS - 10 * MINUTE_MS
    halts = [
        one
        for one in desk.ledger.read_stream(f"session/{A}")
        if isinstance(one.event, SessionHalted)
    ]
    assert len(halts) == 1


@pytest.mark.parametrize("correction_ms", [60_000, -60_000])
def test_a_bridged_time_is_corrected_to_the_room_clock(
    desk: Desk, correction_ms: int
) -> None:
    a_session(desk)
    advance(desk, 10 * MINUTE_MS)
    desk.boots.beat()
    hand_clock(desk).reboot(3 * MINUTE_MS)
    desk.boots.attach()

    desk.perform(ConfirmRoomClock(session_id=A, correction_ms=correction_ms), LEE)

    assert left_ms(desk, "P1") == FULL_MS - 13 * MINUTE_MS - correction_ms
    with pytest.raises(Refused):
        desk.perform(ConfirmRoomClock(session_id=A), LEE)


@pytest.mark.parametrize("correction_ms", [60_001, -60_001])
def test_a_large_correction_needs_the_coordinator(
    desk: Desk, correction_ms: int
) -> None:
    a_session(desk)
    hand_clock(desk).reboot(2 * MINUTE_MS)
    desk.boots.attach()
    command = ConfirmRoomClock(session_id=A, correction_ms=correction_ms)

    with refuses("coordinator"):
        desk.perform(command, LEE)
    desk.perform(command, DANA)


def test_two_reboots_in_a_row_are_both_counted(desk: Desk) -> None:
    a_session(desk)
    for _ in range(2):
        advance(desk, 10 * MINUTE_MS)
        desk.boots.beat()
        hand_clock(desk).reboot(MINUTE_MS)
        desk.boots.attach()

    assert left_ms(desk, "P1") == FULL_MS - 22 * MINUTE_MS


def test_another_desk_on_the_same_file_computes_the_same_second(
    desk: Desk, folder: Path, clock: HandClock
) -> None:
    a_session(desk)
    advance(desk, 12_345)
    desk.perform(BeginPause(**keys("P2"), reason="froze"), LEE)
    advance(desk, 67_890)
    other = open_desk(folder, clock, "t2")
    other.boots.attach()

    for who in ("P1", "P2"):
        assert left_ms(other, who) == left_ms(desk, who)
    assert left_ms(desk, "P2") == FULL_MS - 12_345
    other.ledger.close()


def test_a_finish_ends_a_pause_and_a_break_too(desk: Desk) -> None:
    a_session(desk)
    desk.perform(BeginPause(**keys("P1"), reason="froze"), LEE)
    desk.perform(BeginBreak(**keys("P1")), LEE)
    advance(desk, MINUTE_MS)
    desk.perform(FinishAttempt(**keys("P1")), LEE)

    one = attempt(desk, "P1")
    assert not one.is_paused
    assert not one.on_break
    assert left_ms(desk, "P1") == FULL_MS
