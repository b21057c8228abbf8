"""Real faults of the file: noticed, explained, and nothing called recorded too early."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import irregularity as c
from cptkiosk.errors import StorageError
from cptkiosk.ledger import opening, sqlite
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.maintenance.backup import back_up
from cptkiosk.ledger.maintenance.verify import verify_ledger
from support.center import LEDGER, LEE, open_desk
from support.clock import HandClock
from support.raw import left_by_a_kill
from support.sessions import a_session

A = "a"
NOTE = c.TakeNote(session_id=A, text="the window was open")


@pytest.fixture
def path(desk: Desk) -> Path:
    """The file of a desk with a running session, in use."""
    a_session(desk, 2)
    return desk.ledger.path


def refused(desk: Desk, words: str) -> None:
    """See that a step is not recorded, and why; nor is the one after it."""
    before = desk.session(A)
    for _ in range(2):
        with pytest.raises(StorageError, match=words) as error:
            desk.perform(NOTE, LEE)
        assert str(error.value).endswith(".")
    assert desk.session(A).notes == before.notes


def python(script: str, *arguments: object) -> str:
    """Run a script with this Python's own SQLite, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    return done.stdout


# While it is in use


@pytest.mark.parametrize("what", ["unlinked", "moved", "copied over", "linked over"])
def test_a_file_that_lost_its_name_is_noticed_before_the_next_step(
    desk: Desk, folder: Path, path: Path, what: str
) -> None:
    aside = folder / "aside"
    match what:
        case "unlinked":
            path.unlink()
        case "moved":
            path.rename(aside)
        case "copied over":
            shutil.copy(path, aside)
            aside.replace(path)
        case _:
            aside.touch()
            aside.replace(path)

    refused(desk, r"moved or replaced while in use\. Nothing more is recorded")


@pytest.mark.parametrize("content", ["empty", "foreign", "another ledger", "cut off"])
def test_an_overwritten_file_is_noticed_before_the_next_step(
    desk: Desk, folder: Path, path: Path, content: str, tmp_path: Path
) -> None:
    desk.ledger.rows("PRAGMA wal_checkpoint(FULL)")
    desk.perform(NOTE, LEE)
    other = staffed_elsewhere(tmp_path / "other")
    data = {
        "empty": b"",
        "foreign": b"x" * 50_000,
        "another ledger": other.read_bytes(),
        "cut off": path.read_bytes()[:8192],
    }[content]
    path.write_bytes(data)

    refused(desk, "Another program overwrote the ledger")


def staffed_elsewhere(folder: Path) -> Path:
    desk = open_desk(folder, HandClock())
    desk.center_log.init_center("South", "TN-015", "UTC", "Sue Hall", "482913")
    desk.ledger.close()
    return folder / LEDGER


def test_an_older_copy_written_over_the_file_is_noticed_before_the_next_step(
    desk: Desk, path: Path, tmp_path: Path
) -> None:
    back_up(desk.ledger, tmp_path / "old.db")
    for _ in range(200):
        # More pages than the journal holds after it was written back.
        desk.perform(NOTE, LEE)
    desk.ledger.rows("PRAGMA wal_checkpoint(FULL)")
    desk.perform(NOTE, LEE)
    path.write_bytes((tmp_path / "old.db").read_bytes())

    refused(desk, "Another program overwrote the ledger")


@pytest.mark.parametrize("ending", ["wal", "shm"])
@pytest.mark.parametrize("how", ["deleted", "replaced"])
def test_a_journal_that_lost_its_name_is_noticed_and_closing_keeps_what_was_in_it(
    desk: Desk, folder: Path, path: Path, ending: str, how: str
) -> None:
    head = desk.ledger.head()
    journal = path.with_name(f"{path.name}-{ending}")
    if how == "replaced":
        shutil.copy(journal, folder / "copy")
        (folder / "copy").replace(journal)
    else:
        journal.unlink()

    refused(desk, f"journal .*-{ending} was {how} while in use")
    desk.ledger.close()
    again = open_desk(folder, desk.clock)
    assert again.ledger.head() == head
    verify_ledger(again.ledger)
    again.ledger.close()


def test_a_journal_cut_off_is_noticed_before_the_next_step(
    desk: Desk, path: Path
) -> None:
    path.with_name(f"{path.name}-wal").write_bytes(b"")

    with pytest.raises(StorageError):
        desk.perform(NOTE, LEE)


def test_a_file_replaced_in_the_middle_of_a_step_is_noticed_before_it_is_recorded(
    desk: Desk, path: Path
) -> None:
    with (
        pytest.raises(StorageError, match="moved or replaced"),
        desk.ledger.writing("s1"),
    ):
        path.unlink()


def test_writing_back_the_journal_is_taken_for_nothing_else(
    desk: Desk, path: Path, clock: HandClock, folder: Path
) -> None:
    other = open_desk(folder, clock, "t2")
    for turn in range(6):
        (desk if turn % 2 else other).ledger.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        desk.perform(NOTE, LEE)
        other.perform(NOTE, LEE)
    other.ledger.close()

    verify_ledger(desk.ledger)


# Another SQLite beside ours

BESIDE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=0.2)
for statement in sys.argv[2:]:
    try:
        print(connection.execute(statement).fetchall())
    except sqlite3.Error as error:
        print("refused:", error)
"""


def test_another_sqlite_cannot_take_the_journal_away_while_we_use_it(
    desk: Desk, path: Path
) -> None:
    said = python(BESIDE, path, "PRAGMA journal_mode = delete")

    assert "locked" in said
    desk.perform(NOTE, LEE)
    verify_ledger(desk.ledger)


def test_our_journal_works_with_another_sqlite(desk: Desk, path: Path) -> None:
    said = python(
        BESIDE,
        path,
        "PRAGMA journal_mode = wal",
        "SELECT max(seq) FROM entry",
        "INSERT INTO draft VALUES ('s1', 'x', '{}')",
        "DELETE FROM entry",
    )

    assert f"[({desk.ledger.head().seq},)]" in said
    assert "append-only" in said
    assert desk.ledger.read_draft("s1", "x") == "{}"
    desk.perform(NOTE, LEE)
    verify_ledger(desk.ledger)


@pytest.mark.parametrize("mode", ["delete", "wal", "truncate", "persist"])
def test_a_journal_that_another_sqlite_chose_is_set_back_at_the_next_opening(
    desk: Desk, folder: Path, path: Path, mode: str
) -> None:
    head = desk.ledger.head()
    desk.ledger.close()
    python(BESIDE, path, f"PRAGMA journal_mode = {mode}")

    again = open_desk(folder, desk.clock)

    assert again.ledger.head() == head
    journal, _ = sqlite.safe_journal(sqlite.library_version())
    assert again.ledger.read_setting("journal_mode") == journal
    again.perform(NOTE, LEE)
    verify_ledger(again.ledger)
    again.ledger.close()


def test_with_an_older_sqlite_a_journal_that_another_chose_is_set_back_or_refused(
    desk: Desk, folder: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ledger.close()
    monkeypatch.setattr(opening, "library_version", lambda: (3, 40, 1))
    old = open_desk(folder, desk.clock)
    assert old.ledger.read_setting("journal_mode") == "delete"

    python(BESIDE, path, "PRAGMA journal_mode = wal")
    old.perform(NOTE, LEE)
    assert old.ledger.read_setting("journal_mode") == "delete"

    with closing(sqlite.dbapi.connect(str(path), isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = wal")
        other.execute("SELECT count(*) FROM entry").fetchone()
        with pytest.raises(
            StorageError, match=r"changed the journal mode of the ledger"
        ):
            old.perform(NOTE, LEE)
    old.perform(NOTE, LEE)
    verify_ledger(old.ledger)
    old.ledger.close()


def test_a_ledger_read_and_written_with_pythons_own_sqlite_is_the_same(
    desk: Desk, folder: Path, path: Path
) -> None:
    desk.ledger.close()
    script = """
import sys
sys.modules["pysqlite3"] = None
sys.path[:0] = [sys.argv[2]]
from pathlib import Path
from cptkiosk.domain.commands import irregularity as c
from cptkiosk.ledger import sqlite
from cptkiosk.ledger.maintenance.verify import verify_ledger
from support.center import LEE, open_desk
from support.clock import HandClock
desk = open_desk(Path(sys.argv[1]), HandClock())
desk.perform(c.TakeNote(session_id="a", text="from the other"), LEE)
print(sqlite.dbapi.sqlite_version, verify_ledger(desk.ledger).entries)
desk.ledger.close()
"""
    tests = Path(__file__).resolve().parents[1]
    version, entries = python(script, folder, tests).split()

    assert version == sqlite3.sqlite_version
    again = open_desk(folder, desk.clock)
    assert verify_ledger(again.ledger).entries == int(entries)
    again.ledger.close()


# What a kill left, or somebody took


def unchanged(path: Path, words: str) -> None:
    """See that a ledger is not opened, and that no file of it is touched."""
    files = {one: one.read_bytes() for one in path.parent.glob(f"{path.name}*")}
    for read_only in (False, True):
        with pytest.raises(StorageError, match=words) as error:
            Ledger(path, "t1", read_only=read_only)
        assert str(error.value).endswith(".")
    kept = {one: one.read_bytes() for one in files if not one.name.endswith("-shm")}
    assert kept == {one: files[one] for one in kept}


def test_work_continues_from_the_state_a_kill_left(
    desk: Desk, path: Path, tmp_path: Path
) -> None:
    killed = left_by_a_kill(path, tmp_path / "k", "-wal", "-shm")

    again = open_desk(killed.parent, desk.clock)

    assert again.ledger.head() == desk.ledger.head()
    again.ledger.close()


def test_a_journal_without_its_index_is_gone_on_with(
    desk: Desk, path: Path, tmp_path: Path
) -> None:
    killed = left_by_a_kill(path, tmp_path / "k", "-wal")

    again = open_desk(killed.parent, desk.clock)

    assert again.ledger.head() == desk.ledger.head()
    again.ledger.close()


def test_a_missing_journal_is_explained_and_nothing_is_written(
    desk: Desk, path: Path, tmp_path: Path
) -> None:
    killed = left_by_a_kill(path, tmp_path / "k", "-shm")

    unchanged(killed, "journal .*-wal is missing, with entries that are not yet in")


def test_an_index_left_without_a_journal_that_held_nothing_is_no_matter(
    desk: Desk, path: Path, tmp_path: Path
) -> None:
    desk.ledger.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    killed = left_by_a_kill(path, tmp_path / "k", "-shm")

    again = open_desk(killed.parent, desk.clock)

    assert again.ledger.head() == desk.ledger.head()
    again.ledger.close()


def test_the_journal_of_another_ledger_is_explained_and_not_written_in(
    desk: Desk, path: Path, tmp_path: Path
) -> None:
    killed = left_by_a_kill(path, tmp_path / "k", "-wal")
    other = staffed_elsewhere(tmp_path / "other")
    killed.write_bytes(other.read_bytes())

    unchanged(killed, "do not match")


def test_the_journal_left_beside_an_older_copy_is_explained(
    desk: Desk, path: Path, tmp_path: Path
) -> None:
    back_up(desk.ledger, tmp_path / "old.db")
    for _ in range(60):
        desk.perform(NOTE, LEE)
    desk.ledger.rows("PRAGMA wal_checkpoint(FULL)")
    for _ in range(3):
        desk.perform(NOTE, LEE)
    killed = left_by_a_kill(path, tmp_path / "k", "-wal")
    killed.write_bytes((tmp_path / "old.db").read_bytes())

    unchanged(killed, "do not match|damaged")
