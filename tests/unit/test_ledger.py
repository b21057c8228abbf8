"""The file: append-only, chained, and never made worse by opening it."""

import fcntl
import select
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.closing import RecordBundle
from cptkiosk.domain.commands.irregularity import TakeNote
from cptkiosk.domain.commands.testing import BeginBreak, EndBreak
from cptkiosk.domain.state.session import Stage
from cptkiosk.errors import DestinationError, StorageError, VerificationError
from cptkiosk.ledger import file_format, opening, queries, schema, sqlite
from cptkiosk.ledger.file_format import SCHEMA_VERSION
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.maintenance.backup import back_up
from cptkiosk.ledger.maintenance.verify import verify_ledger
from support.center import LEDGER, LEE, open_desk
from support.clock import HandClock
from support.processes import reaped, worker
from support.raw import raw
from support.sessions import a_session, line
from support.verdicts import refuses

A = "a"
NOTE = TakeNote(session_id=A, text="the window was open")


@pytest.fixture
def path(desk: Desk) -> Path:
    """A file with one sealed session in it."""
    a_session(desk, 2, stage=Stage.SEALED)
    return desk.ledger.path


# The journal


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 6, 23), "wal"),
        ((3, 7, 0), "delete"),
        ((3, 34, 1), "delete"),
        ((3, 40, 1), "delete"),
        ((3, 44, 5), "delete"),
        ((3, 44, 6), "wal"),
        ((3, 45, 1), "delete"),
        ((3, 46, 9), "delete"),
        ((3, 50, 6), "delete"),
        ((3, 50, 7), "wal"),
        ((3, 51, 0), "delete"),
        ((3, 51, 2), "delete"),
        ((3, 51, 3), "wal"),
        ((3, 52, 0), "wal"),
        ((3, 53, 4), "wal"),
        ((4, 0, 0), "wal"),
    ],
)
def test_the_journal_is_the_one_that_is_safe_with_this_sqlite(
    version: tuple[int, int, int], mode: str
) -> None:
    expected = {"wal": ("wal", "FULL"), "delete": ("delete", "EXTRA")}

    assert sqlite.safe_journal(version) == expected[mode]


@pytest.mark.parametrize("version", [sqlite.library_version(), (3, 51, 2)])
def test_the_settings_are_the_ones_asked_for(
    desk: Desk,
    folder: Path,
    version: tuple[int, int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk.ledger.close()
    monkeypatch.setattr(opening, "library_version", lambda: version)
    journal, synchronous = sqlite.safe_journal(version)
    again = Ledger(folder / LEDGER, "t1")

    def pragma(name: str) -> Any:
        return again.rows(f"PRAGMA {name}")[0][0]

    assert pragma("journal_mode") == journal
    assert pragma("synchronous") == {"FULL": 2, "EXTRA": 3}[synchronous]
    assert pragma("foreign_keys") == 1
    assert pragma("busy_timeout") >= 10_000
    assert pragma("application_id") == int.from_bytes(b"CPTK")
    assert pragma("user_version") == file_format.SCHEMA_VERSION
    again.close()


def test_only_its_owner_may_read_the_file_and_the_folder(
    desk: Desk, folder: Path
) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / LEDGER).stat().st_mode) == 0o600


def test_an_open_folder_is_closed_to_others(tmp_path: Path, clock: HandClock) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o755)

    made = open_desk(folder, clock)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    made.ledger.close()


def test_tables_are_strict(desk: Desk) -> None:
    rows = desk.ledger.rows(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict"
        " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_sqlite%'"
    )

    assert rows == []


# Files that are not a ledger


def refused(path: Path, *, read_only: bool = False) -> str:
    """Return why a file is not opened, having seen that it was left as it is."""
    before = path.read_bytes()
    with pytest.raises(StorageError) as error:
        Ledger(path, "t1", read_only=read_only)
    assert path.read_bytes() == before
    text = str(error.value)
    assert text[0].isupper() or text.startswith("/")
    assert text.endswith(".")
    return text


def foreign(path: Path, *statements: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with raw(path) as connection:
        for statement in statements:
            connection.execute(statement)
    return path


FOREIGN = {
    "another program's": ("CREATE TABLE t (x)",),
    "another program's, marked": ("PRAGMA application_id = 7", "CREATE TABLE t (x)"),
    "marked, without a table": ("PRAGMA application_id = 7",),
    "without a table": ("CREATE TABLE t (x)", "DROP TABLE t"),
}


@pytest.mark.parametrize("what", list(FOREIGN))
@pytest.mark.parametrize("read_only", [False, True])
def test_a_file_of_another_program_is_left_as_it_is(
    tmp_path: Path, what: str, read_only: bool
) -> None:
    path = foreign(tmp_path / LEDGER, *FOREIGN[what])

    assert "is not a cptkiosk ledger" in refused(path, read_only=read_only)


@pytest.mark.parametrize("read_only", [False, True])
def test_a_ledger_of_a_newer_release_is_left_as_it_is(
    folder: Path, desk: Desk, read_only: bool
) -> None:
    desk.ledger.close()
    with raw(folder / LEDGER) as connection:
        connection.execute("PRAGMA user_version = 99")

    assert "newer release" in refused(folder / LEDGER, read_only=read_only)


@pytest.mark.parametrize(
    "content", [b"x" * 10_000, b"PK\3\4 a spreadsheet", b"\0" * 5000]
)
def test_a_file_that_is_no_database_is_left_as_it_is(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / LEDGER
    path.write_bytes(content)

    assert "is damaged or not a ledger" in refused(path)


def test_a_damaged_page_is_a_sentence(desk: Desk, folder: Path, path: Path) -> None:
    desk.ledger.close()
    content = bytearray(path.read_bytes())
    content[4096 : 2 * len(content) // 3] = b"\xff" * (2 * len(content) // 3 - 4096)
    path.write_bytes(content)

    with pytest.raises((StorageError, VerificationError), match=r"\.$"):
        verify_ledger(open_desk(folder, desk.clock).ledger)


def test_no_ledger_is_a_sentence_and_none_is_made_by_looking(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="There is no ledger"):
        Ledger(tmp_path / LEDGER, "t1", read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_was_cut_off_and_is_left_as_it_is(folder: Path) -> None:
    folder.mkdir()
    (folder / LEDGER).touch()

    assert "is empty" in refused(folder / LEDGER)
    assert "is empty" in refused(folder / LEDGER, read_only=True)


def test_a_kill_at_any_moment_of_the_creation_leaves_what_can_be_opened(
    tmp_path: Path, clock: HandClock
) -> None:
    said = reaped(worker("die_creating", tmp_path)).split("\n")[:-1]
    killed = [one.split()[0] for one in said if one.endswith(" 9")]
    assert len(killed) > 20
    assert said[-1].endswith(" 0")

    for one in killed:
        desk = open_desk(tmp_path / one, clock)
        assert desk.ledger.rows("PRAGMA user_version") == [(SCHEMA_VERSION,)]
        verify_ledger(desk.ledger)
        desk.ledger.close()


@pytest.mark.parametrize("how", ["deleted", "moved", "replaced"])
def test_nothing_is_written_into_a_file_that_lost_its_name(
    desk: Desk, folder: Path, path: Path, how: str
) -> None:
    kept = folder / "kept"
    head = desk.ledger.head()
    if how == "replaced":
        shutil.copy(path, kept)
        kept.replace(path)
    elif how == "moved":
        path.rename(kept)
    else:
        path.unlink()

    with pytest.raises(StorageError, match=r"moved or replaced while in use\. Nothing"):
        desk.perform(NOTE, LEE)
    assert desk.ledger.head() == head


# Opening


def test_opening_again_changes_nothing(desk: Desk, folder: Path, path: Path) -> None:
    desk.ledger.close()
    before = path.read_bytes()
    with raw(path) as connection:
        master = connection.execute("SELECT * FROM sqlite_master").fetchall()

    for _ in range(3):
        open_desk(folder, desk.clock).ledger.close()
    with raw(path) as connection:
        schema.upgrade_schema(connection)
        schema.upgrade_schema(connection)
        assert connection.execute("SELECT * FROM sqlite_master").fetchall() == master

    assert path.read_bytes()[100:] == before[100:]


def test_several_processes_creating_at_once_make_one_center(
    tmp_path: Path, clock: HandClock
) -> None:
    folder = tmp_path / "data"
    makers = [worker("create", folder) for _ in range(4)]
    for one in makers:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in makers:
        assert one.stdin is not None
        one.stdin.write("now\n")
        one.stdin.flush()
    said = [reaped(one).strip() for one in makers]

    assert sorted(one.split()[0] for one in said) == ["made", *["refused"] * 3]
    desk = open_desk(folder, clock)
    assert desk.center.site_code == "TN-1"
    assert len(desk.center.staff) == 1
    assert verify_ledger(desk.ledger).entries == 3
    desk.ledger.close()


def test_the_creator_keeps_others_waiting_until_it_is_done(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    maker = worker("create", folder)
    assert maker.stdout is not None
    assert maker.stdin is not None
    with (folder / "opening.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert maker.stdout.readline() == "ready\n"
        maker.stdin.write("now\n")
        maker.stdin.flush()
        assert select.select([maker.stdout], [], [], 0.3)[0] == []
        assert not (folder / LEDGER).exists()

    assert reaped(maker).strip() == "made"


# Copies


def test_a_backup_is_a_whole_ledger_in_one_file(
    desk: Desk, path: Path, tmp_path: Path
) -> None:
    target = tmp_path / "copies" / "one.db"
    target.parent.mkdir()

    found = back_up(desk.ledger, target)

    assert found.head == desk.ledger.head().hash
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [one.name for one in target.parent.iterdir()] == ["one.db"]


def test_a_backup_overwrites_nothing(desk: Desk, path: Path, tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("keep me")

    with pytest.raises(DestinationError, match="It was not changed"):
        back_up(desk.ledger, target)
    assert target.read_text() == "keep me"


def test_a_backup_that_cannot_be_written_is_a_sentence(
    desk: Desk, path: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(DestinationError, match="There is no folder"):
        back_up(desk.ledger, tmp_path / "file" / "one.db")


def test_a_backup_never_makes_the_folder_where_a_drive_should_be(
    desk: Desk, path: Path, tmp_path: Path
) -> None:
    with pytest.raises(DestinationError, match="Plug in the USB drive"):
        back_up(desk.ledger, tmp_path / "media" / "stick" / "ledger.db")

    assert not (tmp_path / "media").exists()


# Drafts and beats


def test_a_draft_is_kept_replaced_and_forgotten(desk: Desk, folder: Path) -> None:
    desk.ledger.keep_draft("s2", "irregularity", '{"x": 1}')
    desk.ledger.keep_draft("s2", "irregularity", '{"x": 2}')
    other = open_desk(folder, desk.clock)
    assert other.ledger.read_draft("s2", "irregularity") == '{"x": 2}'
    other.ledger.keep_draft("s2", "irregularity", "")

    assert desk.ledger.read_draft("s2", "irregularity") == ""
    other.ledger.close()


def test_a_beat_is_left_every_fifteen_seconds_only(
    desk: Desk, clock: HandClock
) -> None:
    desk.boots.beat()
    first = desk.ledger.last_heartbeat()
    clock.advance(14_999)
    desk.boots.beat()
    assert desk.ledger.last_heartbeat() == first
    clock.advance(1)
    desk.boots.beat()

    assert desk.ledger.last_heartbeat() == clock.now()
    assert desk.ledger.head().seq == 5


# Lists


def test_lists_show_what_is_open_and_what_is_not(desk: Desk, path: Path) -> None:
    a_session(desk, 2, stage=Stage.ENDED, session_id="b")
    a_session(desk, 1, stage=Stage.CANCELLED, session_id="c")
    later = desk.now().utc_ms + 1

    assert {one.session_id for one in queries.list_sessions(desk.ledger)} == {
        "a",
        "b",
        "c",
    }
    found = {one.session_id: one for one in queries.open_sessions(desk.ledger, later)}
    assert set(found) == {"a", "b"}
    assert (found["b"].people, found["b"].scores_open) == (2, 0)
    desk.perform(
        RecordBundle(session_id=A, destination="usb", file_name="x", sha256="0"), LEE
    )
    found_now = queries.open_sessions(desk.ledger, later)
    assert [one.session_id for one in found_now] == ["b"]
    assert len(queries.past_attempts(desk.ledger, "P1")) == 1
    assert queries.list_registered(desk.ledger, ()) == ()
    assert line(desk) > 0


# Several terminals


def test_a_writer_holds_the_file_from_the_beginning(desk: Desk, path: Path) -> None:
    with desk.ledger.writing("s1"), raw(path) as other:
        other.execute("PRAGMA busy_timeout = 0")
        with pytest.raises(Exception, match="locked"):
            other.execute("BEGIN IMMEDIATE")


def test_a_command_is_decided_by_what_other_terminals_have_written(
    desk: Desk, folder: Path, clock: HandClock
) -> None:
    a_session(desk, 2)
    other = open_desk(folder, clock, "t2")
    other.session("a")
    key = {"session_id": "a", "attempt_id": "P1-safety"}
    desk.perform(BeginBreak(**key), LEE)

    with refuses("already on a break"):
        other.perform(BeginBreak(**key), LEE)
    other.perform(EndBreak(**key), LEE)
    assert not other.session("a").attempts["P1-safety"].on_break
    other.ledger.close()
