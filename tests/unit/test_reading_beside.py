"""Readers beside a writing desk wait for nothing and see whole commits."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from cptkiosk.desk import Desk
from cptkiosk.desk.record import Record
from cptkiosk.domain.commands.checkin import PassGates
from cptkiosk.domain.commands.irregularity import TakeNote
from cptkiosk.words import explain
from support.center import LEE, open_desk
from support.clock import HandClock
from support.sessions import a_session


def test_a_screen_that_asks_while_another_program_holds_the_file_does_not_wait(
    desk: Desk, folder: Path, clock: HandClock
) -> None:
    a_session(desk, 2)
    other = open_desk(folder, clock, "t2")
    note = TakeNote(session_id="a", text="window open")
    with other.ledger.writing("t2"):
        desk_thread = threading.Thread(target=desk.perform, args=(note, LEE))
        desk_thread.start()
        time.sleep(0.2)
        why = explain(
            desk.preview.refusal(
                PassGates(session_id="a", attempt_id="P1-safety", gates=("eligible",)),
                LEE,
            )
        )
        people = desk.ledger.rows("SELECT count(*) FROM person")
        assert desk_thread.is_alive(), "the desk still waits for its turn"
    desk_thread.join()
    other.ledger.close()

    assert why
    assert people == [(2,)]
    assert desk.session("a").notes


def test_uncommitted_entries_are_not_visible_to_other_readers(desk: Desk) -> None:
    a_session(desk, 1)
    before = desk.ledger.head()
    seen = []
    with desk.ledger.writing("t1") as transaction:
        transaction.append("session/a", desk.session("a").version, (), desk.now())
        transaction._connection.execute("DELETE FROM person")
        reader = threading.Thread(
            target=lambda: seen.append(desk.ledger.rows("SELECT count(*) FROM person"))
        )
        reader.start()
        reader.join()
        transaction._connection.execute("ROLLBACK")
        transaction._connection.execute("BEGIN IMMEDIATE")

    assert seen == [[(1,)]]
    assert desk.ledger.head() == before


def record_step_elsewhere(desk: Desk, other: Desk) -> None:
    other.perform(TakeNote(session_id="a", text="one"), LEE)
    desk.catch_up()


def record_step_here(desk: Desk, other: Desk) -> None:
    desk.perform(TakeNote(session_id="a", text="one"), LEE)


@pytest.mark.parametrize("record_step", [record_step_here, record_step_elsewhere])
def test_a_slow_replay_does_not_take_the_place_of_what_was_recorded_meanwhile(
    desk: Desk,
    folder: Path,
    clock: HandClock,
    record_step: Callable[[Desk, Desk], None],
) -> None:
    a_session(desk, 1)
    fresh, seen = open_desk(folder, clock, "t2"), []
    replayed, recorded = threading.Event(), threading.Event()
    replay = Record._replay

    def replay_slowly(record: Record, stream: Any) -> Any:
        state = replay(record, stream)
        if threading.current_thread() is screen:
            replayed.set()
            recorded.wait()
        return state

    screen = threading.Thread(target=lambda: seen.append(fresh.session("a")))
    with patch.object(Record, "_replay", replay_slowly):
        screen.start()
        replayed.wait()
        record_step(fresh, desk)
        recorded.set()
        screen.join()

    assert [one.version for one in seen] == [fresh.session("a").version]
    fresh.perform(TakeNote(session_id="a", text="two"), LEE)
    assert len(fresh.session("a").notes) == 2
    fresh.ledger.close()
