"""Somebody reads while the desk writes: they wait for nothing, and see whole commits."""

import threading
import time
from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.domain import commands as c
from support.center import LEE, open_desk
from support.clock import HandClock
from support.sessions import a_session


def test_a_screen_that_asks_while_another_program_holds_the_file_does_not_wait(
    desk: Desk, folder: Path, clock: HandClock
) -> None:
    a_session(desk, 2)
    other = open_desk(folder, clock, "t2")
    note = c.TakeNote(session_id="a", text="window open")
    with other.ledger.writing("t2"):
        desk_thread = threading.Thread(target=desk.perform, args=(note, LEE))
        desk_thread.start()
        time.sleep(0.2)
        why = desk.why_not(
            c.PassGates(session_id="a", attempt_id="P1-safety", gates=("eligible",)),
            LEE,
        )
        people = desk.ledger.rows("SELECT count(*) FROM person")
        assert desk_thread.is_alive(), "the desk still waits for its turn"
    desk_thread.join()
    other.ledger.close()

    assert why
    assert people == [(2,)]
    assert desk.session("a").notes


def test_what_is_not_committed_is_not_seen_beside(desk: Desk) -> None:
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
