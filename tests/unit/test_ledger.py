"""The file: append-only, chained, and never made worse by opening it."""

import fcntl
import select
import shutil
import stat
from pathlib import Path

import pytest

from cptkiosk import lists
from cptkiosk.desk import Desk
from cptkiosk.domain import commands as c
from cptkiosk.domain.session import Stage
from cptkiosk.domain.values import FORGOTTEN, Refused
from cptkiosk.errors import DestinationError, StorageError, VerificationError
from cptkiosk.ledger import ledger as ledger_
from cptkiosk.ledger import opening, schema, sqlite, tables
from cptkiosk.ledger import verify as verify_
from cptkiosk.ledger.backup import back_up
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.opening import DiskFull, reserve_path
from cptkiosk.ledger.signing import Signer
from cptkiosk.ledger.verify import rebuild, verify
from support.center import LEDGER, LEE, LEE_PIN, open_desk
from support.clock import HandClock
from support.processes import reaped, worker
from support.raw import raw, tamper
from support.sessions import a_session, line

A = "a"
NOTE = c.TakeNote(session_id=A, text="the window was open")


@pytest.fixture
def path(desk: Desk) -> Path:
    """A file with one sealed session in it."""
    a_session(desk, 2, stage=Stage.SEALED)
    return desk.ledger.path


def entry(desk: Desk, kind: str) -> int:
    """Return the number of the first entry of a kind."""
    rows = desk.ledger.rows(
        "SELECT min(seq) FROM entry WHERE kind LIKE ?", (f"{kind}.v%",)
    )
    return int(rows[0][0])


def broken(desk: Desk) -> str:
    with pytest.raises(VerificationError) as error:
        verify(desk.ledger)
    return str(error.value)


def dump(path: Path) -> str:
    with raw(path) as connection:
        rows = [
            (table, connection.execute(f"SELECT * FROM {table}").fetchall())
            for table in tables.TABLES
        ]
    return "\n".join(f"{table}: {row!r}" for table, some in rows for row in some)


# The chain


def test_a_whole_ledger_verifies(desk: Desk, path: Path) -> None:
    found = verify(desk.ledger)

    assert found.entries == desk.ledger.head().seq > 20
    assert found.head == desk.ledger.head().hash
    assert (found.signed_heads, found.forgotten) == (1, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET actor = 's9' WHERE seq = 3",
        "DELETE FROM entry WHERE seq = 3",
        "DELETE FROM entry",
        "INSERT OR REPLACE INTO entry SELECT * FROM entry WHERE seq = 3",
    ],
)
def test_an_entry_cannot_be_changed_or_deleted(
    desk: Desk, path: Path, statement: str
) -> None:
    rows = desk.ledger.rows("SELECT * FROM entry")
    with raw(path) as connection, pytest.raises(sqlite.dbapi.IntegrityError):
        connection.execute(statement)

    assert desk.ledger.rows("SELECT * FROM entry") == rows


COLUMNS = {
    "stream": "'candidate/P2x'",
    "version": "99",
    "at_utc_ms": "at_utc_ms + 1",
    "at_boot_ms": "at_boot_ms - 1",
    "boot_id": "'boot-9'",
    "terminal": "'t9'",
    "actor": "'s9'",
    "kind": "'note-taken.v1'",
    "body": "replace(body, 'a', 'b')",
    "hash": "replace(hash, substr(hash, 1, 1), 'z')",
}


@pytest.mark.parametrize("column", list(COLUMNS))
def test_a_changed_entry_is_found_whatever_was_changed(
    desk: Desk, path: Path, column: str
) -> None:
    seq = entry(desk, "score-keyed")
    tamper(path, f"UPDATE entry SET {column} = {COLUMNS[column]} WHERE seq = {seq}")

    assert f"Entry #{seq}: was changed" in broken(desk)


@pytest.mark.parametrize("seq", [1, 7])
def test_a_deleted_entry_is_found(desk: Desk, path: Path, seq: int) -> None:
    tamper(path, f"DELETE FROM entry WHERE seq = {seq}")

    assert f"Entry #{seq}: is missing" in broken(desk)


def test_two_entries_that_changed_places_are_found(desk: Desk, path: Path) -> None:
    tamper(
        path,
        "UPDATE entry SET seq = 1007 WHERE seq = 7",
        "UPDATE entry SET seq = 7 WHERE seq = 8",
        "UPDATE entry SET seq = 8 WHERE seq = 1007",
    )

    assert "Entry #7: was changed" in broken(desk)


def test_an_end_cut_off_is_found_by_the_signed_head(desk: Desk, path: Path) -> None:
    last = desk.ledger.head().seq
    tamper(path, f"DELETE FROM entry WHERE seq = {last}")

    assert f"Entry #{last}: is not what was signed" in broken(desk)


def test_a_past_chained_anew_is_found_by_the_signed_head(
    desk: Desk, path: Path
) -> None:
    from cptkiosk.ledger.chain import GENESIS, link

    rows = desk.ledger.rows(f"SELECT {ledger_.COLUMNS} FROM entry ORDER BY seq")
    changes, previous = [], GENESIS
    for row in rows:
        new = (*row[:7], "s9", *row[8:]) if row[0] == 5 else tuple(row)
        previous = link(previous, new)
        changes.append(
            f"UPDATE entry SET actor = '{new[7]}', hash = '{previous}'"
            f" WHERE seq = {new[0]}"
        )
    tamper(path, *changes)

    assert "is not what was signed" in broken(desk)


@pytest.mark.parametrize(
    "change",
    [
        "signature = 'AAAA' || substr(signature, 5)",
        "signature = ''",
        "public_key = 'no key'",
        "hash = substr(hash, 2) || 'f'",
    ],
)
def test_a_changed_signature_is_found(desk: Desk, path: Path, change: str) -> None:
    tamper(path, f"UPDATE head SET {change}")

    assert f"Entry #{desk.ledger.head().seq}" in broken(desk)


def test_a_key_is_made_once_and_for_its_owner_only(folder: Path, path: Path) -> None:
    key = folder / "installation.key"
    made = key.read_bytes()

    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert Signer(key).public_key == Signer(key).public_key
    assert key.read_bytes() == made
    assert sorted(one.name for one in folder.glob("installation.key*")) == [key.name]


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_key_that_cannot_be_read_is_a_sentence_and_seals_nothing(
    desk: Desk, folder: Path, content: bytes
) -> None:
    a_session(desk, 1, stage=Stage.ENDED)
    (folder / "installation.key").write_bytes(content)
    head = desk.ledger.head()

    with pytest.raises(StorageError, match=r"cannot be used\. Nothing was sealed\."):
        desk.seal(A, LEE, LEE_PIN)

    assert desk.ledger.head() == head
    assert desk.session(A).stage is Stage.ENDED


def test_a_key_is_made_in_a_folder_with_what_a_kill_left(
    desk: Desk, folder: Path
) -> None:
    (folder / "installation.key.4711").write_bytes(b"half")
    a_session(desk, 1, stage=Stage.SEALED)

    names = sorted(one.name for one in folder.glob("installation.key*"))
    assert names == ["installation.key", "installation.key.4711"]
    verify(desk.ledger)


# People


@pytest.mark.parametrize("column", ["text", "salt", "about"])
def test_a_changed_text_about_a_person_is_found(
    desk: Desk, path: Path, column: str
) -> None:
    seq = entry(desk, "person-registered")
    tamper(
        path,
        f"UPDATE personal SET {column} = {column} || 'x'"
        " WHERE text = 'FamilyP1' AND about = 'P1'",
    )

    text = broken(desk)
    assert f"Entry #{seq}:" in text
    assert "text kept for it was changed" in text


def test_names_are_outside_the_chain(desk: Desk, path: Path) -> None:
    rows = desk.ledger.rows("SELECT body FROM entry WHERE body GLOB '*Family*'")

    assert rows == []


def test_a_forgotten_person_leaves_a_chain_that_verifies(
    desk: Desk, folder: Path, path: Path
) -> None:
    tamper(path, "DELETE FROM personal WHERE about = 'P1'")
    assert "'person'" in broken(desk)

    rebuild(desk.ledger, "s1")

    found = verify(desk.ledger)
    assert found.forgotten >= 3
    again = open_desk(folder, desk.clock)
    assert again.candidate("P1").family_name.text == FORGOTTEN
    assert again.session(A).attempts["P1-safety"].person.text == FORGOTTEN
    assert again.session(A).attempts["P2-safety"].person.text != FORGOTTEN
    assert "FamilyP1" not in dump(path)
    assert [one.family_name for one in lists.people(again.ledger)] == [
        FORGOTTEN, "FamilyP2",
    ]  # fmt: skip
    again.ledger.close()


# Projections


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("staff", "UPDATE staff SET role = 'coordinator'"),
        ("person", "DELETE FROM person WHERE participant_id = 'P2'"),
        ("registration", "UPDATE registration SET user_code = 'other'"),
        ("session", "UPDATE session SET revision = 9"),
        ("attempt", "UPDATE attempt SET passed = 0, counts = 0"),
        ("attempt", "UPDATE attempt SET end_utc_ms = end_utc_ms + 1"),
        (
            "irregularity",
            "INSERT INTO irregularity"
            " VALUES ('i', 'a', 'X', 1, 'room', '', 0, 0, 'none', '', '', '', '')",
        ),
    ],
)
def test_a_table_that_does_not_follow_is_named_and_mended(
    desk: Desk, path: Path, table: str, statement: str
) -> None:
    whole = dump(path)
    with raw(path) as connection:
        connection.execute(statement)
    assert f"'{table}'" in broken(desk)

    rebuild(desk.ledger, "s1")

    verify(desk.ledger)
    assert dump(path) == whole


def test_a_rebuild_gives_the_same_byte_for_byte(desk: Desk, path: Path) -> None:
    desk.perform(
        c.RecordIrregularity(
            session_id=A, code="ENV-NOISE", severity=1, scope="session",
            validity="flag", attempt_ids=("P1-safety", "P2-safety"),
            observed="A lawn mower.", action_taken="Closed the window.",
        ),
        LEE,
    )  # fmt: skip
    whole, head = dump(path), desk.ledger.head()

    rows = rebuild(desk.ledger, "s1")

    assert dump(path) == whole
    assert rows == len(whole.splitlines())
    assert desk.ledger.head() == head


def test_what_others_commit_meanwhile_does_not_make_a_ledger_look_wrong(
    desk: Desk, folder: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = open_desk(folder, desk.clock, "t2")
    folded = verify_.folded

    def slow(ledger: Ledger) -> tables.Rows:
        rows = folded(ledger)
        other.perform(
            c.RecordIrregularity(
                session_id=A, code="ENV-NOISE", severity=1, scope="session",
                validity="none", attempt_ids=(), observed="A lawn mower.",
                action_taken="",
            ),
            LEE,
        )  # fmt: skip
        return rows

    with monkeypatch.context() as patch:
        patch.setattr(verify_, "folded", slow)
        verify(desk.ledger)
    assert verify(desk.ledger).entries == other.ledger.head().seq
    other.ledger.close()


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
    version: tuple[int, ...], mode: str
) -> None:
    expected = {"wal": ("wal", "FULL"), "delete": ("delete", "EXTRA")}

    assert sqlite.safe_journal(version) == expected[mode]


@pytest.mark.parametrize("version", [sqlite.library_version(), (3, 51, 2)])
def test_the_settings_are_the_ones_asked_for(
    desk: Desk, folder: Path, version: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ledger.close()
    monkeypatch.setattr(opening, "library_version", lambda: version)
    journal, synchronous = sqlite.safe_journal(version)
    again = Ledger(folder / LEDGER, "t1")

    def pragma(name: str) -> object:
        return again.rows(f"PRAGMA {name}")[0][0]

    assert pragma("journal_mode") == journal
    assert pragma("synchronous") == {"FULL": 2, "EXTRA": 3}[synchronous]
    assert pragma("foreign_keys") == 1
    assert pragma("busy_timeout") >= 10_000
    assert pragma("application_id") == int.from_bytes(b"CPTK")
    assert pragma("user_version") == opening.SCHEMA_VERSION
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
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND NOT strict"
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

    assert "is not a ledger" in refused(path, read_only=read_only)


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

    assert "is damaged or no ledger" in refused(path)


def test_a_damaged_page_is_a_sentence(desk: Desk, folder: Path, path: Path) -> None:
    desk.ledger.close()
    content = bytearray(path.read_bytes())
    content[4096 : 2 * len(content) // 3] = b"\xff" * (2 * len(content) // 3 - 4096)
    path.write_bytes(content)

    with pytest.raises((StorageError, VerificationError), match=r"\.$"):
        verify(open_desk(folder, desk.clock).ledger)


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
        assert desk.ledger.rows("PRAGMA user_version") == [(1,)]
        verify(desk.ledger)
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


# When writing fails


def full(ledger: Ledger) -> int:
    """Let the file grow no more, and return the limit there was."""
    (pages,) = ledger.rows("PRAGMA page_count")[0]
    (before,) = ledger.rows("PRAGMA max_page_count")[0]
    ledger.rows(f"PRAGMA max_page_count = {pages}")
    return int(before)


def long_notes(desk: Desk) -> None:
    for _ in range(200):
        desk.perform(c.TakeNote(session_id=A, text="n" * 3000), LEE)


def test_a_full_disk_is_a_sentence_and_leaves_nothing_half_written(desk: Desk) -> None:
    a_session(desk)
    full(desk.ledger)

    with pytest.raises(DiskFull, match="The disk is full: this step was not recorded"):
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
    verify(desk.ledger)


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
    entries = desk.ledger.read(f"session/{A}")
    assert [one.version for one in entries] == list(range(1, len(entries) + 1))
    verify(desk.ledger)


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
        with pytest.raises(StorageError, match="Another program has held the ledger"):
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

    assert verify(looking).entries == head.seq
    with pytest.raises(StorageError, match="cannot be written"):
        Desk(looking, desk.clock, desk.definitions).perform(
            c.RecordBundle(session_id=A, destination="usb", file_name="x", sha256="0"),
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


# What a newer or a broken program wrote


def test_an_event_of_an_unknown_kind_is_a_sentence(
    desk: Desk, folder: Path, path: Path
) -> None:
    last = desk.ledger.head().seq
    tamper(path, f"UPDATE entry SET kind = 'hologram-shown.v3' WHERE seq = {last}")

    with pytest.raises(StorageError, match=rf"Entry #{last} .*hologram-shown.v3"):
        open_desk(folder, desk.clock).session(A)


@pytest.mark.parametrize("body", ["{}", "[]", '{"revision": "one", "signed_by": 1}'])
def test_a_body_that_does_not_fit_its_kind_is_a_sentence(
    desk: Desk, folder: Path, path: Path, body: str
) -> None:
    last = desk.ledger.head().seq
    tamper(path, f"UPDATE entry SET body = '{body}' WHERE seq = {last}")

    with pytest.raises(StorageError, match=f"Entry #{last} cannot be read"):
        open_desk(folder, desk.clock).session(A)


def test_a_commitment_that_is_none_is_a_sentence(desk: Desk, folder: Path) -> None:
    seq = entry(desk, "staff-added")
    desk.ledger.close()
    tamper(
        folder / LEDGER,
        """UPDATE entry SET body = json_set(body, '$.name', json('{"x": 1}'))
        WHERE seq = """
        + str(seq),
    )

    with pytest.raises(StorageError, match=f"Entry #{seq} cannot be read"):
        open_desk(folder, desk.clock)


# Opening


def test_opening_again_changes_nothing(desk: Desk, folder: Path, path: Path) -> None:
    desk.ledger.close()
    before = path.read_bytes()
    with raw(path) as connection:
        master = connection.execute("SELECT * FROM sqlite_master").fetchall()

    for _ in range(3):
        open_desk(folder, desk.clock).ledger.close()
    with raw(path) as connection:
        schema.upgrade(connection)
        schema.upgrade(connection)
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
    assert verify(desk.ledger).entries == 3
    desk.ledger.close()


def test_who_creates_keeps_others_waiting_until_it_is_done(tmp_path: Path) -> None:
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

    found = back_up(desk.ledger, target)

    assert found.head == desk.ledger.head().hash
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [one.name for one in target.parent.iterdir()] == ["one.db"]


def test_a_backup_overwrites_nothing(desk: Desk, path: Path, tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("keep me")

    with pytest.raises(DestinationError, match="was left as it is"):
        back_up(desk.ledger, target)
    assert target.read_text() == "keep me"


def test_a_backup_that_cannot_be_written_is_a_sentence(
    desk: Desk, path: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(DestinationError, match="ledger itself is safe"):
        back_up(desk.ledger, tmp_path / "file" / "one.db")


# Drafts and beats


def test_a_draft_is_kept_replaced_and_forgotten(desk: Desk, folder: Path) -> None:
    desk.ledger.keep_draft("s2", "irregularity", '{"x": 1}')
    desk.ledger.keep_draft("s2", "irregularity", '{"x": 2}')
    other = open_desk(folder, desk.clock)
    assert other.ledger.draft("s2", "irregularity") == '{"x": 2}'
    other.ledger.keep_draft("s2", "irregularity", "")

    assert desk.ledger.draft("s2", "irregularity") == ""
    other.ledger.close()


def test_a_beat_is_left_every_fifteen_seconds_only(
    desk: Desk, clock: HandClock
) -> None:
    desk.beat()
    first = desk.ledger.heartbeat()
    clock.advance(14_999)
    desk.beat()
    assert desk.ledger.heartbeat() == first
    clock.advance(1)
    desk.beat()

    assert desk.ledger.heartbeat() == clock.now()
    assert desk.ledger.head().seq == 5


# Lists


def test_lists_show_what_is_open_and_what_is_not(desk: Desk, path: Path) -> None:
    a_session(desk, 2, stage=Stage.ENDED, session_id="b")
    a_session(desk, 1, stage=Stage.CANCELLED, session_id="c")
    later = desk.now().utc_ms + 1

    assert {one.session_id for one in lists.sessions(desk.ledger)} == {"a", "b", "c"}
    found = {one.session_id: one for one in lists.open_sessions(desk.ledger, later)}
    assert set(found) == {"a", "b"}
    assert (found["b"].people, found["b"].scores_open) == (2, 0)
    desk.perform(
        c.RecordBundle(session_id=A, destination="usb", file_name="x", sha256="0"), LEE
    )
    found_now = lists.open_sessions(desk.ledger, later)
    assert [one.session_id for one in found_now] == ["b"]
    assert len(lists.history(desk.ledger, "P1")) == 1
    assert lists.registered(desk.ledger, ()) == ()
    assert line(desk) > 0


# Several terminals


def test_whoever_writes_holds_the_file_from_the_beginning(
    desk: Desk, path: Path
) -> None:
    with desk.ledger.writing("s1"), raw(path) as other:
        other.execute("PRAGMA busy_timeout = 0")
        with pytest.raises(Exception, match="locked"):
            other.execute("BEGIN IMMEDIATE")


def test_a_wish_is_decided_by_what_other_terminals_have_written(
    desk: Desk, folder: Path, clock: HandClock
) -> None:
    a_session(desk, 2)
    other = open_desk(folder, clock, "t2")
    other.session("a")
    key = {"session_id": "a", "attempt_id": "P1-safety"}
    desk.perform(c.BeginBreak(**key), LEE)

    with pytest.raises(Refused, match="on a break already"):
        other.perform(c.BeginBreak(**key), LEE)
    other.perform(c.EndBreak(**key), LEE)
    assert not other.session("a").attempts["P1-safety"].on_break
    other.ledger.close()
