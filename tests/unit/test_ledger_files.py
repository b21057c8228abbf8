"""Real faults of the file: noticed, explained, and nothing called recorded too early."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cptkiosk.cli.main import main
from cptkiosk.desk import Desk
from cptkiosk.domain import commands as c
from cptkiosk.domain.center_events import BackupWritten, BootNoticed
from cptkiosk.domain.session import Stage
from cptkiosk.errors import ExitCode, StorageError
from cptkiosk.ledger import ledger as ledger_
from cptkiosk.ledger import opening, sqlite
from cptkiosk.ledger.backup import back_up
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.restore import restore
from cptkiosk.ledger.signing import signature_fits
from cptkiosk.ledger.verify import rebuild, verify
from support.center import DANA, LEDGER, LEE, LEE_PIN, open_desk
from support.clock import HandClock
from support.raw import raw
from support.sessions import a_session, advance, ended, left_ms, scored

A = "a"
NOTE = c.TakeNote(session_id=A, text="the window was open")
CHECK_US = 100
"""More than a check of the files may cost on any machine; it takes about 9 here."""


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
def test_what_is_written_over_the_file_is_noticed_before_the_next_step(
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

    refused(desk, "Another program wrote over the ledger")


def staffed_elsewhere(folder: Path) -> Path:
    desk = open_desk(folder, HandClock())
    desk.init_center("South", "TN-015", "UTC", "Sue Hall", "482913")
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

    refused(desk, "Another program wrote over the ledger")


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
    verify(again.ledger)
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

    verify(desk.ledger)


def test_looking_at_the_files_costs_a_few_microseconds(desk: Desk, path: Path) -> None:
    place = desk.ledger._place
    assert place is not None
    best = float("inf")
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(1000):
            place.check()
        best = min(best, (time.perf_counter() - began) * 1000)

    print(f"{best:.1f} us")
    assert best < CHECK_US


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
    verify(desk.ledger)


def test_what_another_sqlite_reads_and_writes_in_our_journal_is_there(
    desk: Desk, path: Path
) -> None:
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
    assert desk.ledger.draft("s1", "x") == "{}"
    desk.perform(NOTE, LEE)
    verify(desk.ledger)


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
    assert again.ledger.setting("journal_mode") == journal
    again.perform(NOTE, LEE)
    verify(again.ledger)
    again.ledger.close()


def test_with_an_older_sqlite_a_journal_that_another_chose_is_set_back_or_refused(
    desk: Desk, folder: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ledger.close()
    monkeypatch.setattr(opening, "library_version", lambda: (3, 40, 1))
    old = open_desk(folder, desk.clock)
    assert old.ledger.setting("journal_mode") == "delete"

    python(BESIDE, path, "PRAGMA journal_mode = wal")
    old.perform(NOTE, LEE)
    assert old.ledger.setting("journal_mode") == "delete"

    with closing(sqlite.dbapi.connect(str(path), isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = wal")
        other.execute("SELECT count(*) FROM entry").fetchone()
        with pytest.raises(StorageError, match=r"changed how the ledger .* is written"):
            old.perform(NOTE, LEE)
    old.perform(NOTE, LEE)
    verify(old.ledger)
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
from cptkiosk.domain import commands as c
from cptkiosk.ledger import sqlite
from cptkiosk.ledger.verify import verify
from support.center import LEE, open_desk
from support.clock import HandClock
desk = open_desk(Path(sys.argv[1]), HandClock())
desk.perform(c.TakeNote(session_id="a", text="from the other"), LEE)
print(sqlite.dbapi.sqlite_version, verify(desk.ledger).entries)
desk.ledger.close()
"""
    tests = Path(__file__).resolve().parents[1]
    version, entries = python(script, folder, tests).split()

    assert version == sqlite3.sqlite_version
    again = open_desk(folder, desk.clock)
    assert verify(again.ledger).entries == int(entries)
    again.ledger.close()


# What a kill left, or somebody took


def left_by_a_kill(path: Path, to: Path, *endings: str) -> Path:
    """Return a copy of what a kill would leave now, with these of its files."""
    to.mkdir()
    for one in ("", *endings):
        shutil.copyfile(f"{path}{one}", f"{to / LEDGER}{one}")
    return to / LEDGER


def unchanged(path: Path, words: str) -> None:
    """See that a ledger is not opened, and that no file of it is touched."""
    files = {one: one.read_bytes() for one in path.parent.glob(f"{path.name}*")}
    for read_only in (False, True):
        with pytest.raises(StorageError, match=words) as error:
            Ledger(path, "t1", read_only=read_only)
        assert str(error.value).endswith(".")
    kept = {one: one.read_bytes() for one in files if not one.name.endswith("-shm")}
    assert kept == {one: files[one] for one in kept}


def test_what_a_kill_left_is_gone_on_with(
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

    unchanged(killed, "journal .*-wal is missing: entries were in it")


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

    unchanged(killed, "do not fit together")


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

    unchanged(killed, "do not fit together|damaged")


# Permissions


BOUND = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--")
"""Root without the power to pass over permissions."""

needs_permissions = pytest.mark.skipif(
    not os.geteuid() and shutil.which("setpriv") is None,
    reason="root passes over permissions here",
)


def bound(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program as somebody whom permissions bind."""
    program = (sys.executable, "-m", "cptkiosk", "--data-dir", str(folder))
    return subprocess.run(
        [*(() if os.geteuid() else BOUND), *program, *arguments],
        capture_output=True,
        encoding="utf-8",
        input="739154\n",
        timeout=60,
        check=False,
    )


@pytest.fixture
def owned(desk: Desk, folder: Path, path: Path) -> Iterator[Path]:
    """The folder of a closed ledger; its permissions are given back."""
    desk.ledger.close()
    yield folder
    folder.chmod(0o700)


ADD = ("staff", "add", "--name", "Sam Lee", "--role", "proctor", "--pin-stdin")


@needs_permissions
@pytest.mark.parametrize(
    ("mode", "folder_mode", "command", "said"),
    [
        (0o400, 0o700, ADD, "cannot be written"),
        (0o000, 0o700, ("ledger", "verify"), "permission"),
        (0o600, 0o500, ADD, "cannot be written"),
        (0o600, 0o500, ("ledger", "verify"), "cannot be written"),
        (0o000, 0o700, ("ledger", "salvage"), "cannot be read"),
    ],
)
def test_what_may_not_be_read_or_written_is_a_sentence(
    owned: Path,
    mode: int,
    folder_mode: int,
    command: tuple[str, ...] | tuple[str, str],
    said: str,
) -> None:
    before = (owned / LEDGER).read_bytes()
    (owned / LEDGER).chmod(mode)
    owned.chmod(folder_mode)

    done = bound(owned, *command)

    assert done.returncode == ExitCode.STORAGE, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    owned.chmod(0o700)
    (owned / LEDGER).chmod(0o600)
    assert (owned / LEDGER).read_bytes() == before


def test_with_permission_the_same_works(owned: Path) -> None:
    assert bound(owned, *ADD).returncode == ExitCode.DONE


def test_a_read_only_file_is_a_sentence_for_a_step_in_hand(
    desk: Desk, path: Path
) -> None:
    desk.ledger.rows("PRAGMA query_only = ON")

    refused(desk, "cannot be written: this step was not recorded")


# The commands


def run(folder: Path, *arguments: object) -> int:
    return main(["--data-dir", str(folder), *map(str, arguments)])


@pytest.mark.parametrize(
    "command", [("ledger", "verify"), ("ledger", "info"), ADD, ("session", "list")]
)
def test_every_command_explains_an_empty_file_and_leaves_it(
    tmp_path: Path,
    command: tuple[str, ...] | tuple[str, str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    (tmp_path / LEDGER).touch()

    assert run(tmp_path, *command) in {ExitCode.STORAGE, ExitCode.USAGE}
    assert (tmp_path / LEDGER).stat().st_size == 0
    assert "Traceback" not in capsys.readouterr().err


# Handed over


class OtherMachine(HandClock):
    """A machine that booted by itself, its wall clock a little off."""

    def __init__(self, utc_ms: int) -> None:
        super().__init__(utc_ms, boot_ms=55_000)
        self._boots = 77


@pytest.mark.parametrize("how", ["backup", "with its journal"])
def test_a_session_goes_on_on_another_machine_and_both_keys_verify(
    desk: Desk, folder: Path, path: Path, tmp_path: Path, how: str
) -> None:
    desk.beat()
    a_session(desk, 1, stage=Stage.SEALED, session_id="before")
    before, beat = left_ms(desk, "P1"), desk.ledger.heartbeat()
    assert beat is not None
    gap_ms = 90_000
    elsewhere = tmp_path / "elsewhere"
    if how == "backup":
        elsewhere.mkdir()
        back_up(desk.ledger, elsewhere / LEDGER)
    else:
        left_by_a_kill(path, elsewhere, "-wal")

    other = open_desk(elsewhere, OtherMachine(desk.now().utc_ms + gap_ms), "m2:tty1")
    other.beat()

    assert left_ms(other, "P1") == before - gap_ms
    assert [one.event for one in other.ledger.read("center")][-1] == BootNoticed(
        boot_id="boot-77", away_ms=desk.now().utc_ms + gap_ms - beat.utc_ms
    )
    other.perform(NOTE, LEE)
    advance(other, 95 * 60_000)
    ended(other, A)
    scored(other, A)
    other.perform(c.ConfirmRoomClock(session_id=A), LEE)
    other.seal(A, LEE, LEE_PIN)
    assert verify(other.ledger).signed_heads == 2
    rows = other.ledger.rows("SELECT seq, public_key FROM head ORDER BY seq")
    assert len({key for _, key in rows}) == 2
    for seq, _ in rows:
        signed = other.ledger.signed(seq)
        assert signed is not None
        assert signature_fits(signed.head, signed.signature, signed.public_key)
    other.ledger.close()


def test_the_ledger_knows_its_terminals_and_their_boots(
    desk: Desk, folder: Path, path: Path, clock: HandClock
) -> None:
    first = desk.ledger.head().seq
    other = open_desk(folder, clock, "t2")
    other.perform(NOTE, LEE)
    clock.advance(5_000)
    clock.reboot(60_000)
    desk.beat()
    other.beat()

    found = {(one.name, one.boot_id): one for one in desk.ledger.terminals()}
    assert list(found) == [("t1", "boot-1"), ("t2", "boot-1"), ("t1", "boot-2")]
    assert (found["t1", "boot-1"].first_seq, found["t1", "boot-1"].last_seq) == (
        1,
        first,
    )
    assert found["t2", "boot-1"].entries == 1
    noticed = [
        one for one in desk.ledger.read("center") if isinstance(one.event, BootNoticed)
    ]
    assert [one.event.boot_id for one in noticed] == ["boot-2"]
    other.ledger.close()


def test_a_boot_is_noticed_once_however_often_it_is_looked_at(
    desk: Desk, folder: Path, clock: HandClock
) -> None:
    desk.beat()
    clock.reboot(60_000)
    for _ in range(3):
        again = open_desk(folder, clock)
        again.beat()
        clock.advance(20_000)
        again.beat()
        again.ledger.close()

    kinds = [type(one.event) for one in desk.ledger.read("center")]
    assert kinds.count(BootNoticed) == 1


def test_info_lists_the_terminals(
    desk: Desk, folder: Path, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.ledger.close()

    assert run(folder, "ledger", "info") == ExitCode.DONE

    said = capsys.readouterr().out
    assert "terminal" in said
    assert "boot-1" in said
    assert "2026-09-21T14:13:20Z" in said


def test_a_backup_is_recorded_with_its_name_and_size(
    desk: Desk, folder: Path, path: Path, tmp_path: Path
) -> None:
    entries = desk.ledger.head().seq
    desk.ledger.close()

    assert run(folder, "ledger", "backup", "--to", tmp_path / "b.db") == ExitCode.DONE

    again = open_desk(folder, desk.clock)
    last = again.ledger.read("center")[-1]
    assert last.event == BackupWritten(name="b.db", entries=entries)
    assert last.actor.startswith("cli-")
    again.ledger.close()


def test_a_backup_of_a_restored_ledger_goes_on(
    desk: Desk, folder: Path, path: Path, tmp_path: Path, clock: HandClock
) -> None:
    back_up(desk.ledger, tmp_path / "b.db")
    desk.ledger.close()
    restore(folder / LEDGER, tmp_path / "b.db", "20261123-140000Z")

    again = open_desk(folder, clock)
    again.backed_up("b.db", 1, DANA)
    verify(again.ledger)
    again.ledger.close()


# Forgotten texts


def test_what_is_deleted_is_wiped_from_the_file(desk: Desk, folder: Path) -> None:
    desk.ledger.keep_draft("s2", "note", '"Xylophone Quartz"')
    desk.ledger.keep_draft("s2", "note", "")
    assert desk.ledger.setting("secure_delete") == "1"
    desk.ledger.close()

    assert b"Xylophone" not in (folder / LEDGER).read_bytes()


def test_a_forgotten_name_is_in_no_page_of_the_file_or_of_its_journal(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 30, stage=Stage.ENDED)
    names = [f"FamilyP{number}" for number in range(10, 31)]
    with desk.ledger.writing("s1") as transaction:
        assert transaction.forget("P17") > 2
    rebuild(desk.ledger, "s1")
    desk.ledger.wipe()

    files = [one.read_bytes() for one in folder.glob(f"{LEDGER}*")]
    left = [name for name in names if any(name.encode() in data for data in files)]
    assert left == [name for name in names if name != "FamilyP17"]
    assert verify(desk.ledger).forgotten > 2
    desk.ledger.close()


# Reading methods


def test_what_reports_and_bundles_need_is_asked_of_the_ledger(
    desk: Desk, folder: Path, path: Path
) -> None:
    a_session(desk, 1, stage=Stage.SEALED, session_id="b")
    seq = desk.session("b").sealed_seq
    head, at_utc_ms = desk.ledger.written_at(seq)

    signed = desk.ledger.signed(seq)
    assert signed is not None
    assert signed.head == head
    assert at_utc_ms == desk.session("b").last_at.utc_ms
    assert desk.ledger.signed(1) is None
    rows = desk.ledger.stream_rows("session/b", seq)
    assert [row[0] for row in rows] == [
        one.seq for one in desk.ledger.read("session/b") if one.seq <= seq
    ]
    assert {len(row) for row in rows} == {12}
    assert rows[0][11] == desk.ledger.hash_of(rows[0][0] - 1)
    assert desk.ledger.count("entry") == desk.ledger.head().seq
    with pytest.raises(StorageError, match="no entry #9999"):
        desk.ledger.written_at(9999)


def test_the_columns_are_still_where_others_look_for_them() -> None:
    assert ledger_.COLUMNS.startswith("seq, stream")


def test_a_file_that_ends_in_the_middle_is_explained(
    desk: Desk, folder: Path, path: Path
) -> None:
    desk.ledger.close()
    whole = path.read_bytes()
    for kept in (1, 50, 99, 512, 4096, 4097, 5000, len(whole) - 4096, len(whole) - 1):
        path.write_bytes(whole[:kept])
        with pytest.raises(StorageError, match=r"It was left as it is"):
            open_desk(folder, desk.clock)
        assert path.read_bytes() == whole[:kept]


def test_another_program_holding_the_lock_is_explained_at_the_opening(
    desk: Desk, folder: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.05)
    desk.ledger.close()
    with raw(path) as other:
        other.execute("PRAGMA locking_mode = exclusive")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageError, match="Another program has held the ledger"):
            open_desk(folder, desk.clock)
        other.execute("ROLLBACK")
