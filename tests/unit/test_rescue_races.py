"""Restoring and salvaging while something else happens, or after a kill."""

import errno
import fcntl
import multiprocessing
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import irregularity as c
from cptkiosk.domain.events.center import ClockStepNoticed
from cptkiosk.errors import DestinationError, KioskError, StorageError
from cptkiosk.host.clock import SystemClock
from cptkiosk.ledger import locks, opening, sqlite
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.locks import one_at_a_time
from cptkiosk.ledger.maintenance import restore as restoring
from cptkiosk.ledger.maintenance.backup import back_up
from cptkiosk.ledger.maintenance.restore import restore_backup
from cptkiosk.ledger.maintenance.salvage import look_for
from cptkiosk.ledger.maintenance.verify import verify_ledger
from support.center import LEDGER, LEE, open_desk
from support.clock import HandClock
from support.sessions import a_session

NOTE = c.TakeNote(session_id="a", text="the window was open")
STAMP = "20261123-140000Z"


@pytest.fixture
def backup(desk: Desk, tmp_path: Path) -> Path:
    """A backup of a running session."""
    a_session(desk, 1)
    back_up(desk.ledger, tmp_path / "backup.db")
    return tmp_path / "backup.db"


def test_two_restores_in_the_same_second_keep_both_files(
    desk: Desk, folder: Path, backup: Path, clock: HandClock
) -> None:
    desk.perform(NOTE, LEE)
    first_lost = desk.ledger.head()
    desk.ledger.close()
    first = restore_backup(folder / LEDGER, backup, STAMP)
    again = open_desk(folder, clock)
    again.perform(NOTE, LEE)
    again.perform(NOTE, LEE)
    second_lost = again.ledger.head()
    again.ledger.close()

    second = restore_backup(folder / LEDGER, backup, STAMP)

    for done, lost in ((first, first_lost), (second, second_lost)):
        assert done.kept_as is not None
        with closing(Ledger(done.kept_as, "", read_only=True)) as kept:
            assert kept.head() == lost


def test_a_file_system_without_links_overwrites_nothing(
    desk: Desk, folder: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = folder / f"ledger-replaced-{STAMP}.db"
    taken.write_bytes(b"of an earlier restore")
    head = desk.ledger.head()
    desk.ledger.close()

    def no_links(_path: Path, _target: Path) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    done = restore_backup(folder / LEDGER, backup, STAMP)

    assert taken.read_bytes() == b"of an earlier restore"
    assert done.kept_as is not None
    with closing(Ledger(done.kept_as, "", read_only=True)) as kept:
        assert kept.head() == head


def test_a_failure_to_keep_the_file_replaces_nothing(
    desk: Desk, folder: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.perform(NOTE, LEE)
    head = desk.ledger.head()
    desk.ledger.close()

    def full(_path: Path, _target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "hardlink_to", full)
    with pytest.raises(DestinationError, match="No space left"):
        restore_backup(folder / LEDGER, backup, STAMP)

    with closing(Ledger(folder / LEDGER, "", read_only=True)) as ledger:
        assert ledger.head() == head
    assert not list(folder.glob("*.part"))


def test_a_ledger_of_another_account_is_not_replaced(
    desk: Desk, folder: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ledger.close()
    before = (folder / LEDGER).read_bytes()
    somebody = os.geteuid() + 1

    monkeypatch.setattr(os, "geteuid", lambda: somebody)
    with pytest.raises(StorageError, match="belongs to the account"):
        restore_backup(folder / LEDGER, backup, STAMP)

    assert (folder / LEDGER).read_bytes() == before
    assert not list(folder.glob("*replaced*"))


def test_a_kiosk_that_opens_before_the_lock_is_held_keeps_what_it_records(
    desk: Desk,
    folder: Path,
    backup: Path,
    clock: HandClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if desk.ledger.read_setting("journal_mode") != "wal":
        pytest.skip("only an index says who has the file open")
    desk.ledger.close()
    kiosks = []
    lock = one_at_a_time

    @contextmanager
    def late(path: Path) -> Iterator[None]:
        kiosk = open_desk(folder, clock)
        kiosk.perform(NOTE, LEE)
        kiosks.append(kiosk)
        with lock(path):
            yield

    monkeypatch.setattr(restoring, "one_at_a_time", late)
    with pytest.raises(StorageError, match="is open in another program"):
        restore_backup(folder / LEDGER, backup, STAMP)

    (kiosk,) = kiosks
    kiosk.perform(NOTE, LEE)
    assert verify_ledger(kiosk.ledger).entries == kiosk.ledger.head().seq
    kiosk.ledger.close()


def test_no_program_opens_while_a_restore_compares_and_copies(
    desk: Desk, folder: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ledger.close()
    monkeypatch.setattr(locks, "PATIENCE_S", 0.1)
    refused = []
    compared = restoring._compare_entries

    def slow(path: Path, copy: Path) -> Any:
        with pytest.raises(StorageError) as error:
            Ledger(path, "t")
        refused.append(str(error.value))
        return compared(path, copy)

    monkeypatch.setattr(restoring, "_compare_entries", slow)
    restore_backup(folder / LEDGER, backup, STAMP)

    (said,) = refused
    assert f"(process {os.getpid()})" in said
    assert "Wait until it is done" in said


def test_opening_does_not_wait_for_ever(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ledger.close()
    monkeypatch.setattr(locks, "PATIENCE_S", 0.1)
    with (folder / "opening.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(StorageError, match="creating, upgrading or restoring"):
            Ledger(folder / LEDGER, "t")

    Ledger(folder / LEDGER, "t").close()


def add(ledger: Ledger, count: int, after: int) -> None:
    with ledger.writing("s1") as transaction:
        events = [ClockStepNoticed(step_ms=5000 + one) for one in range(count)]
        transaction.append("center", after, events, SystemClock().now())


def _killed(path: Path) -> None:
    for module in (sqlite, opening):
        setattr(module, "safe_journal", lambda _: ("delete", "EXTRA"))  # noqa: B010  # a child of its own
    ledger = Ledger(path, "t")
    # So that pages go to the file before the commit, as with a long transaction.
    ledger.connection.execute("PRAGMA cache_size = 2")
    with ledger.writing("s1") as transaction:
        events = [ClockStepNoticed(step_ms=one) for one in range(3000)]
        transaction.append("center", 30, events, SystemClock().now())
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ledger of 30 entries whose writer was killed in the middle of 3,000 more."""
    monkeypatch.setattr(opening, "safe_journal", lambda _: ("delete", "EXTRA"))
    path = tmp_path / "begun" / LEDGER
    with closing(Ledger(path, "t")) as ledger:
        add(ledger, 20, 0)
        back_up(ledger, tmp_path / "twenty.db")
        add(ledger, 10, 20)
    killed = multiprocessing.get_context("fork").Process(target=_killed, args=(path,))
    killed.start()
    killed.join()
    assert path.with_name(f"{LEDGER}-journal").stat().st_size > 0
    return path


def test_a_restore_keeps_the_rollback_journal_with_the_file(
    begun: Path, tmp_path: Path
) -> None:
    file = begun.read_bytes()
    journal = begun.with_name(f"{LEDGER}-journal").read_bytes()

    done = restore_backup(begun, tmp_path / "twenty.db", STAMP)

    assert [one.seq for one in done.replaced.after] == list(range(21, 31))
    assert done.kept_as is not None
    assert done.kept_as.read_bytes() == file
    assert (
        done.kept_as.with_name(f"{done.kept_as.name}-journal").read_bytes() == journal
    )
    with closing(Ledger(done.kept_as, "t")) as kept:
        assert verify_ledger(kept).entries == 30
    with closing(Ledger(begun, "t")) as restored:
        assert verify_ledger(restored).entries == 20


def test_a_ledger_that_is_being_written_is_not_replaced(
    begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.1)
    Ledger(begun, "t").close()
    with closing(sqlite.connect(str(begun))) as other:
        other.execute("PRAGMA cache_size = 2")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("DELETE FROM draft")
        other.execute("CREATE TABLE more AS SELECT * FROM entry")
        with pytest.raises(StorageError, match="Another program is writing to"):
            restore_backup(begun, tmp_path / "twenty.db", STAMP)
        other.execute("ROLLBACK")

    assert not list(begun.parent.glob("*replaced*"))
    with closing(Ledger(begun, "t")) as ledger:
        assert verify_ledger(ledger).entries == 30


@pytest.mark.parametrize("cut", ["keep_replaced", "_compare_entries", "_put_in_place"])
def test_a_restore_cut_off_leaves_all_that_was_committed(
    begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    class Killed(BaseException):
        pass

    def kill(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(restoring, cut, kill)
    with pytest.raises(Killed):
        restore_backup(begun, tmp_path / "twenty.db", STAMP)

    with closing(Ledger(begun, "t")) as ledger:
        assert verify_ledger(ledger).entries == 30


def test_a_salvage_brings_out_nothing_that_was_never_committed(
    begun: Path, tmp_path: Path
) -> None:
    found = look_for(begun, tmp_path)

    assert len(found.rows) == 30
    assert not found.loose
    assert found.is_complete
    with closing(Ledger(begun, "t")) as ledger:
        assert verify_ledger(ledger).entries == 30


def test_a_salvage_without_room_blames_the_place_and_not_the_ledger(
    desk: Desk, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ledger.close()

    def full(_path: Path, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(KioskError) as error:
        look_for(folder / LEDGER, tmp_path)

    assert isinstance(error.value, DestinationError)
    assert str(tmp_path) in str(error.value)
    assert "--to" in str(error.value)


def test_a_mistyped_backup_is_named_and_nothing_is_made(
    desk: Desk, folder: Path, tmp_path: Path
) -> None:
    desk.ledger.close()
    shutil.rmtree(folder)

    with pytest.raises(StorageError) as error:
        restore_backup(folder / LEDGER, tmp_path / "mistyped.db", STAMP)

    assert "mistyped.db" in str(error.value)
    assert "center init" not in str(error.value)
    assert not folder.exists()
