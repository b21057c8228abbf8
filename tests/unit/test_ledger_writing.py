"""A step that cannot be written: nothing is half recorded, and a sentence says why."""

import stat
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.closing import RecordBundle
from cptkiosk.domain.commands.irregularity import TakeNote
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import Refused
from cptkiosk.errors import StorageError
from cptkiosk.ledger import opening, sqlite
from cptkiosk.ledger.failures import DiskFull
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.maintenance.verify import verify_ledger
from cptkiosk.ledger.opening import reserve_path
from support.center import LEE, open_desk
from support.clock import HandClock
from support.raw import raw
from support.sessions import a_session

A = "a"
NOTE = TakeNote(session_id=A, text="the window was open")


@pytest.fixture
def path(desk: Desk) -> Path:
    """A file with one sealed session in it."""
    a_session(desk, 2, stage=Stage.SEALED)
    return desk.ledger.path


def full(ledger: Ledger) -> int:
    """Let the file grow no more, and return the limit there was."""
    (pages,) = ledger.rows("PRAGMA page_count")[0]
    (before,) = ledger.rows("PRAGMA max_page_count")[0]
    ledger.rows(f"PRAGMA max_page_count = {pages}")
    return int(before)


def long_notes(desk: Desk) -> None:
    for _ in range(200):
        desk.perform(TakeNote(session_id=A, text="n" * 3000), LEE)


def test_a_full_disk_is_a_sentence_and_leaves_nothing_half_written(desk: Desk) -> None:
    a_session(desk)
    full(desk.ledger)

    with pytest.raises(DiskFull, match="This step was not recorded"):
        long_notes(desk)

    before, head = desk.session(A), desk.ledger.head()
    with pytest.raises(DiskFull):
        long_notes(desk)
    assert desk.ledger.head().seq - head.seq == len(desk.session(A).notes) - len(
        before.notes
    )
    assert not reserve_path(desk.ledger.path).exists()
    desk.ledger.rows("PRAGMA max_page_count = 1000000")
    desk.perform(NOTE, LEE)
    verify_ledger(desk.ledger)


def test_the_reserve_is_given_up_for_the_step_in_hand(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_session(desk)
    room = full(desk.ledger)
    given: list[bool] = []
    give_up = desk.ledger.give_reserve_up

    def make_room() -> None:
        give_up()
        given.append(reserve_path(desk.ledger.path).exists())
        desk.ledger.rows(f"PRAGMA max_page_count = {room}")

    monkeypatch.setattr(desk.ledger, "give_reserve_up", make_room)
    long_notes(desk)

    assert given == [False]
    assert len(desk.session(A).notes) == 200
    entries = desk.ledger.read_stream(f"session/{A}")
    assert [one.version for one in entries] == list(range(1, len(entries) + 1))
    verify_ledger(desk.ledger)


def test_the_reserve_is_filled_again_at_the_next_opening(
    desk: Desk, folder: Path
) -> None:
    reserve_path(desk.ledger.path).unlink()
    desk.ledger.close()

    again = open_desk(folder, desk.clock)

    assert reserve_path(again.ledger.path).stat().st_size == opening.RESERVE_BYTES
    again.ledger.close()


def test_the_reserve_is_made_again_after_the_next_step_that_succeeds(
    desk: Desk,
) -> None:
    a_session(desk)
    desk.ledger.give_reserve_up()

    desk.perform(NOTE, LEE)

    reserve = reserve_path(desk.ledger.path)
    assert reserve.stat().st_size == opening.RESERVE_BYTES
    assert stat.S_IMODE(reserve.stat().st_mode) == 0o600
    assert reserve.read_bytes().count(0) < opening.RESERVE_BYTES // 100


def test_neither_a_draft_nor_a_beat_gives_the_reserve_up(
    desk: Desk, clock: HandClock
) -> None:
    a_session(desk)
    full(desk.ledger)

    with pytest.raises(DiskFull):
        desk.ledger.keep_draft("s2", "note", f'"{"n" * 100_000}"')

    assert reserve_path(desk.ledger.path).exists()


def test_a_file_held_by_another_program_is_a_sentence(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_session(desk)
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.05)
    hurried = open_desk(folder, desk.clock, "t2")
    head = desk.ledger.head()
    with raw(desk.ledger.path) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="Another program is using the ledger"):
            hurried.perform(NOTE, LEE)
        other.execute("ROLLBACK")

    assert desk.ledger.head() == head
    hurried.perform(NOTE, LEE)
    assert desk.ledger.head().seq == head.seq + 1
    hurried.ledger.close()


def test_a_ledger_opened_for_reading_reads_everything_and_writes_nothing(
    desk: Desk, folder: Path, path: Path
) -> None:
    head = desk.ledger.head()
    looking = Ledger(path, "t2", read_only=True)

    assert verify_ledger(looking).entries == head.seq
    with pytest.raises(StorageError, match="is not writable"):
        Desk(looking, desk.clock, desk.definitions).perform(
            RecordBundle(session_id=A, destination="usb", file_name="x", sha256="0"),
            LEE,
        )
    assert looking.head() == head
    looking.close()


def test_a_refusal_inside_a_transaction_leaves_no_trace(desk: Desk, path: Path) -> None:
    personal = desk.ledger.rows("SELECT count(*) FROM personal")
    with pytest.raises(Refused):
        desk.perform(NOTE, LEE)

    assert desk.ledger.rows("SELECT count(*) FROM personal") == personal
    assert not desk.ledger.connection.in_transaction
