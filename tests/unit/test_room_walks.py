"""Walks of the room: when one is due, what is missed, and what undo takes back."""

import json
from pathlib import Path
from typing import Any

import pytest

from cptkiosk.cli.main import main
from cptkiosk.cli.session_json import session_json
from cptkiosk.desk import Desk
from cptkiosk.domain.commands.checkin import ArriveLate, MarkAbsent
from cptkiosk.domain.commands.irregularity import TakeNote
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.commands.testing import (
    BeginBreak,
    FinishAttempt,
    StartLate,
    StartSession,
    UndoStart,
)
from cptkiosk.domain.rules.room_walks import DUTY, LogRoomWalk
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.words import describe_step, explain
from support.center import DANA, DANA_PIN, LEE, open_desk
from support.clock import HandClock
from support.exams import policy
from support.reports import session_report
from support.sessions import (
    a_session,
    advance,
    attempt,
    ended,
    explained,
    halted,
    line,
    resumed,
    scored,
    seated,
    started,
)
from support.verdicts import is_recorded, keys, refusal

A = "a"
WALK = LogRoomWalk(session_id=A)
DUE = "time for the room walk, then log it"


def walked(desk: Desk) -> None:
    desk.perform(WALK, LEE)


def due(desk: Desk) -> str:
    return explain(DUTY.find_due(desk.session(A), line(desk)))


def told(desk: Desk) -> dict[str, Any]:
    """Return what a script reads about the walks."""
    answer = session_json(desk, desk.session(A))["room_walks"]
    assert isinstance(answer, dict)
    return answer


def report(desk: Desk) -> str:
    return session_report(desk, desk.session(A))


def ran_minutes(desk: Desk) -> list[int]:
    """Return how long the stretches were in which a walk was missed."""
    return [one["ran_ms"] // MINUTE_MS for one in told(desk)["missed"]]


# When it is due


def test_a_walk_is_due_twenty_minutes_after_the_start_and_not_before(
    desk: Desk,
) -> None:
    a_session(desk)
    start_ms = desk.session(A).start_line_ms
    assert start_ms is not None
    advance(desk, start_ms + 20 * MINUTE_MS - 1 - line(desk))
    assert due(desk) == ""

    advance(desk, 1)

    assert due(desk) == f"{DUE}: 20 minutes since the start"
    step = desk.next_step(desk.session(A))
    assert (describe_step(step), step.action, step.by) == (
        due(desk),
        "none",
        "room_walk",
    )


def test_the_next_walk_is_due_after_the_last_one(desk: Desk) -> None:
    a_session(desk)
    advance(desk, 12 * MINUTE_MS)
    walked(desk)
    advance(desk, 20 * MINUTE_MS - 1)
    assert due(desk) == ""

    advance(desk, 1)

    assert due(desk) == f"{DUE}: 20 minutes since the last one"


def test_nothing_is_due_during_a_halt(desk: Desk) -> None:
    a_session(desk)
    advance(desk, 25 * MINUTE_MS)
    assert due(desk)

    halted(desk, A)

    assert due(desk) == ""
    assert "halted" in refusal(desk, WALK, LEE)


@pytest.mark.parametrize("walks", [False, True])
def test_the_interval_stands_during_a_halt(desk: Desk, walks: bool) -> None:
    a_session(desk)
    if walks:
        walked(desk)
    advance(desk, 15 * MINUTE_MS)
    halted(desk, A)
    advance(desk, 60 * MINUTE_MS)

    resumed(desk)

    assert due(desk) == ""
    advance(desk, 5 * MINUTE_MS)
    assert due(desk).startswith(DUE)


def test_commands_about_time_come_first(desk: Desk) -> None:
    a_session(desk)
    advance(desk, 58 * MINUTE_MS)
    assert due(desk)
    assert desk.next_step(desk.session(A)).action == "announce"

    advance(desk, 33 * MINUTE_MS)

    assert desk.next_step(desk.session(A)).action == "finish"


def test_a_late_start_does_not_move_the_interval(desk: Desk) -> None:
    a_session(desk, 2, Stage.CHECK_IN)
    seated(desk, A, "P1-safety")
    desk.perform(MarkAbsent(session_id=A, attempt_ids=("P2-safety",)), LEE)
    started(desk, A)
    desk.perform(ArriveLate(**keys("P2")), LEE)
    advance(desk, 10 * MINUTE_MS)
    seated(desk, A, "P2-safety")
    desk.perform(StartLate(**keys("P2")), LEE)
    desk.perform(FinishAttempt(**keys("P1")), LEE)

    advance(desk, 10 * MINUTE_MS)

    assert due(desk).startswith(DUE)


def test_nothing_is_due_once_the_last_candidate_has_ended(desk: Desk) -> None:
    a_session(desk, 1)
    advance(desk, 19 * MINUTE_MS)
    desk.perform(FinishAttempt(**keys("P1")), LEE)
    advance(desk, 30 * MINUTE_MS)

    assert due(desk) == ""
    assert "No one is still testing" in refusal(desk, WALK, LEE)
    assert told(desk)["missed"] == []
    assert told(desk)["longest_ms"] == 19 * MINUTE_MS


def test_no_walk_is_logged_before_the_clocks_run(desk: Desk) -> None:
    a_session(desk, 1, Stage.CHECK_IN)
    seated(desk, A, "P1-safety")
    desk.perform(StartSession(session_id=A), LEE)

    assert "have not started yet" in refusal(desk, WALK, LEE)


# Logging it twice, and by mistake


@pytest.mark.parametrize(("after_ms", "again"), [(59_999, False), (60_000, True)])
def test_a_walk_within_a_minute_is_the_same_one(
    desk: Desk, after_ms: int, again: bool
) -> None:
    a_session(desk)
    walked(desk)
    advance(desk, after_ms)

    if again:
        is_recorded(desk, WALK, DANA)
    else:
        said = refusal(desk, WALK, DANA)
        assert said.startswith("This was logged 0:59 ago.")
        assert told(desk)["count"] == 1


def test_undo_takes_a_walk_out_and_both_entries_stay(desk: Desk) -> None:
    a_session(desk)
    head = desk.ledger.head().seq
    walked(desk)

    desk.perform(UndoStep(session_id=A), LEE)

    assert desk.session(A).log == ()
    assert desk.ledger.head().seq == head + 2
    is_recorded(desk, WALK, LEE)


def test_undo_takes_back_the_last_step_whether_a_walk_or_a_candidates(
    desk: Desk,
) -> None:
    a_session(desk)
    desk.perform(BeginBreak(**keys("P1")), LEE)
    walked(desk)
    desk.perform(BeginBreak(**keys("P2")), LEE)

    desk.perform(UndoStep(session_id=A), LEE)
    assert not attempt(desk, "P2").on_break
    assert told(desk)["count"] == 1

    desk.perform(UndoStep(session_id=A), LEE)
    assert told(desk)["count"] == 0
    assert attempt(desk, "P1").on_break

    desk.perform(UndoStep(session_id=A), LEE)
    assert not attempt(desk, "P1").on_break


def test_a_walk_is_not_undone_by_another_person(desk: Desk) -> None:
    a_session(desk)
    walked(desk)

    assert "nothing to undo" in refusal(desk, UndoStep(session_id=A), DANA)


def test_undo_does_not_reach_past_a_note_to_a_walk(desk: Desk) -> None:
    a_session(desk)
    walked(desk)
    advance(desk, 1_000)
    desk.perform(TakeNote(session_id=A, text="a window is open"), LEE)

    assert 'the note "' in refusal(desk, UndoStep(session_id=A), LEE)


@pytest.mark.parametrize(("after_ms", "possible"), [(300_000, True), (300_001, False)])
def test_a_walk_is_undone_within_five_minutes(
    desk: Desk, after_ms: int, possible: bool
) -> None:
    a_session(desk)
    walked(desk)
    advance(desk, after_ms)

    if possible:
        is_recorded(desk, UndoStep(session_id=A), LEE)
    else:
        said = refusal(desk, UndoStep(session_id=A), LEE)
        assert "the room walk" in said


# What is said of it


def test_a_walk_a_little_late_is_not_missed_and_a_later_one_is(desk: Desk) -> None:
    a_session(desk)
    walked(desk)
    advance(desk, 25 * MINUTE_MS)
    walked(desk)
    advance(desk, 25 * MINUTE_MS + 1)
    walked(desk)
    advance(desk, MINUTE_MS)

    assert told(desk)["count"] == 3
    assert told(desk)["longest_ms"] == 25 * MINUTE_MS + 1
    assert ran_minutes(desk) == [25]


def test_the_stretch_before_the_first_walk_and_after_the_last_can_be_missed(
    desk: Desk,
) -> None:
    a_session(desk, 1)
    advance(desk, 30 * MINUTE_MS)
    walked(desk)
    advance(desk, 40 * MINUTE_MS)
    desk.perform(FinishAttempt(**keys("P1")), LEE)

    assert len(told(desk)["missed"]) == 2
    assert told(desk)["longest_ms"] == 40 * MINUTE_MS


def test_a_halt_is_left_out_of_what_was_missed(desk: Desk) -> None:
    a_session(desk)
    walked(desk)
    advance(desk, 10 * MINUTE_MS)
    halted(desk, A)
    advance(desk, 60 * MINUTE_MS)
    resumed(desk)
    advance(desk, 10 * MINUTE_MS)
    walked(desk)

    assert told(desk)["missed"] == []
    assert told(desk)["longest_ms"] == 20 * MINUTE_MS


def test_the_report_says_how_many_walks_the_longest_interval_and_what_was_missed(
    desk: Desk,
) -> None:
    a_session(desk)
    advance(desk, 10 * MINUTE_MS)
    walked(desk)
    advance(desk, 31 * MINUTE_MS)
    walked(desk)
    ended(desk, A)

    lines = report(desk).splitlines()

    at = next(at for at, one in enumerate(lines) if one.startswith("Room walks"))
    assert lines[at].split(maxsplit=2)[2] == (
        "2, longest interval 31:00; required every 20 minutes"
    )
    assert lines[at + 1].split()[:3] == ["missed", "31:00", "from"]
    assert not lines[at + 2].lstrip().startswith("missed")


def test_a_session_in_which_no_walks_are_asked_for_says_nothing(desk: Desk) -> None:
    policy(desk, room_walk_minutes=0)
    a_session(desk)
    advance(desk, 50 * MINUTE_MS)

    assert due(desk) == ""
    assert "does not require" in refusal(desk, WALK, LEE)
    assert "room_walks" not in session_json(desk, desk.session(A))
    assert "Room walks" not in report(desk)


def test_a_policy_changed_later_does_not_change_what_is_said(desk: Desk) -> None:
    a_session(desk)
    advance(desk, 30 * MINUTE_MS)
    ended(desk, A)
    before = report(desk)

    policy(desk, room_walk_minutes=0, room_walk_missed_minutes=60)

    assert report(desk) == before
    assert "missed" in before


def test_a_session_started_before_there_were_walks_asks_for_none(desk: Desk) -> None:
    """As in a ledger of an older version, whose start says nothing of them."""
    policy(desk, room_walk_minutes=0, room_walk_missed_minutes=0)
    a_session(desk)
    policy(desk, room_walk_minutes=20)
    advance(desk, 50 * MINUTE_MS)

    assert due(desk) == ""
    assert "Room walks" not in report(desk)


def test_a_start_that_is_taken_back_takes_its_policies_with_it(desk: Desk) -> None:
    a_session(desk, 1)
    desk.perform(UndoStart(session_id=A), LEE)
    assert desk.session(A).start_policies == {}

    policy(desk, room_walk_minutes=30)
    started(desk, A)

    assert told(desk)["every_minutes"] == 30


def test_no_walk_keeps_a_session_from_its_seal(desk: Desk) -> None:
    a_session(desk)
    advance(desk, 50 * MINUTE_MS)
    ended(desk, A)
    scored(desk, A)
    explained(desk, A)

    desk.seal(A, DANA, DANA_PIN)

    assert desk.session(A).stage is Stage.SEALED


def test_walks_are_read_back_from_the_file(
    desk: Desk, folder: Path, clock: HandClock
) -> None:
    a_session(desk)
    walked(desk)
    advance(desk, MINUTE_MS)
    walked(desk)
    desk.perform(UndoStep(session_id=A), LEE)
    known = desk.session(A)
    desk.ledger.close()

    again = open_desk(folder, clock, "again")

    assert again.session(A) == known
    assert len(known.log) == 1
    again.ledger.close()


def test_show_tells_a_script_of_the_walks(
    desk: Desk, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_session(desk)
    walked(desk)
    desk.ledger.close()

    assert main(["session", "show", "a", "--json", "--data-dir", str(folder)]) == 0

    answer = json.loads(capsys.readouterr().out)["room_walks"]
    assert set(answer) == {"every_minutes", "count", "longest_ms", "missed"}
    assert (answer["every_minutes"], answer["count"]) == (20, 1)
