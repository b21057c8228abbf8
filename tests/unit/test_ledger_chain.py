"""What no change to the record escapes: its chain, people's texts, and the tables."""

import stat
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import irregularity as c
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import FORGOTTEN
from cptkiosk.errors import StorageError, VerificationError
from cptkiosk.ledger import ledger as ledger_
from cptkiosk.ledger import projections, queries, sqlite
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.maintenance import verify as verify_
from cptkiosk.ledger.maintenance.verify import rebuild_projections, verify_ledger
from cptkiosk.ledger.signing import Signer
from support.center import LEDGER, LEE, LEE_PIN, open_desk
from support.raw import raw, tamper
from support.sessions import a_session

A = "a"


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
        verify_ledger(desk.ledger)
    return str(error.value)


def dump(path: Path) -> str:
    with raw(path) as connection:
        rows = [
            (table, connection.execute(f"SELECT * FROM {table}").fetchall())
            for table in projections.TABLES
        ]
    return "\n".join(f"{table}: {row!r}" for table, some in rows for row in some)


# The chain


def test_a_whole_ledger_verifies(desk: Desk, path: Path) -> None:
    found = verify_ledger(desk.ledger)

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
    "body": "replace(body, 'safety', 'sbfety')",
    "hash": "replace(hash, substr(hash, 1, 1), 'z')",
}


@pytest.mark.parametrize("column", list(COLUMNS))
def test_a_changed_entry_is_found_whatever_was_changed(
    desk: Desk, path: Path, column: str
) -> None:
    seq = entry(desk, "score-keyed")
    tamper(path, f"UPDATE entry SET {column} = {COLUMNS[column]} WHERE seq = {seq}")

    assert f"Entry #{seq}: it was changed" in broken(desk)


@pytest.mark.parametrize("seq", [1, 7])
def test_a_deleted_entry_is_found(desk: Desk, path: Path, seq: int) -> None:
    tamper(path, f"DELETE FROM entry WHERE seq = {seq}")

    assert f"Entry #{seq}: it is missing" in broken(desk)


def test_two_entries_that_changed_places_are_found(desk: Desk, path: Path) -> None:
    tamper(
        path,
        "UPDATE entry SET seq = 1007 WHERE seq = 7",
        "UPDATE entry SET seq = 7 WHERE seq = 8",
        "UPDATE entry SET seq = 8 WHERE seq = 1007",
    )

    assert "Entry #7: it was changed" in broken(desk)


def test_an_end_cut_off_is_found_by_the_signed_head(desk: Desk, path: Path) -> None:
    last = desk.ledger.head().seq
    tamper(path, f"DELETE FROM entry WHERE seq = {last}")

    assert f"Entry #{last}: it is not what was signed" in broken(desk)


def test_the_signed_head_exposes_a_rechained_past(desk: Desk, path: Path) -> None:
    from cptkiosk.ledger.chain import GENESIS, link_hash

    rows = desk.ledger.rows(f"SELECT {ledger_.COLUMNS} FROM entry ORDER BY seq")
    changes, previous = [], GENESIS
    for row in rows:
        new = (*row[:7], "s9", *row[8:]) if row[0] == 5 else tuple(row)
        previous = link_hash(previous, new)
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
    verify_ledger(desk.ledger)


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
    assert "its stored text was changed" in text


def test_names_are_outside_the_chain(desk: Desk, path: Path) -> None:
    rows = desk.ledger.rows("SELECT body FROM entry WHERE body GLOB '*Family*'")

    assert rows == []


def test_a_forgotten_person_leaves_a_chain_that_verifies(
    desk: Desk, folder: Path, path: Path
) -> None:
    tamper(path, "DELETE FROM personal WHERE about = 'P1'")
    assert '"person"' in broken(desk)

    rebuild_projections(desk.ledger, "s1")

    found = verify_ledger(desk.ledger)
    assert found.forgotten >= 3
    again = open_desk(folder, desk.clock)
    assert again.candidate("P1").family_name.text == FORGOTTEN
    assert again.session(A).attempts["P1-safety"].person.text == FORGOTTEN
    assert again.session(A).attempts["P2-safety"].person.text != FORGOTTEN
    assert "FamilyP1" not in dump(path)
    assert [one.family_name for one in queries.list_people(again.ledger)] == [
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
def test_a_table_that_does_not_match_is_named_and_repaired(
    desk: Desk, path: Path, table: str, statement: str
) -> None:
    whole = dump(path)
    with raw(path) as connection:
        connection.execute(statement)
    assert f'"{table}"' in broken(desk)

    rebuild_projections(desk.ledger, "s1")

    verify_ledger(desk.ledger)
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

    rows = rebuild_projections(desk.ledger, "s1")

    assert dump(path) == whole
    assert rows == len(whole.splitlines())
    assert desk.ledger.head() == head


def test_concurrent_commits_do_not_make_a_ledger_look_wrong(
    desk: Desk, folder: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = open_desk(folder, desk.clock, "t2")
    folded = verify_.fold_tables

    def slow(ledger: Ledger) -> projections.Rows:
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
        patch.setattr(verify_, "fold_tables", slow)
        verify_ledger(desk.ledger)
    assert verify_ledger(desk.ledger).entries == other.ledger.head().seq
    other.ledger.close()


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

    with pytest.raises(StorageError, match=f"Entry #{last} is damaged"):
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

    with pytest.raises(StorageError, match=f"Entry #{seq} is damaged"):
        open_desk(folder, desk.clock)
