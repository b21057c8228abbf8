"""The tree over the entries grows with each of them, and a change to it is found."""

import secrets
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Stage
from cptkiosk.errors import StorageError, VerificationError
from cptkiosk.ledger.entry_tree import EntryTree, checkpoint_at
from cptkiosk.ledger.ledger import COLUMNS, Ledger
from cptkiosk.ledger.maintenance.salvage import look_for
from cptkiosk.ledger.maintenance.salvage_writer import write_salvaged
from cptkiosk.ledger.maintenance.verify import rebuild_projections, verify_ledger
from cptkiosk.ledger.signing import Signer, checkpoint_fits
from cptkiosk.proof import tree
from cptkiosk.proof.fields import Shown, entry_leaf, leaf_data, split_entry
from cptkiosk.proof.note import parse_checkpoint, split_note
from support.center import LEDGER, open_desk
from support.clock import HandClock
from support.raw import raw, tamper
from support.sessions import a_session, planned

SAMPLE = Path(__file__).parents[1] / "data" / "ledgers" / "0.1.0.db"


@pytest.fixture
def path(desk: Desk) -> Path:
    """A file with one sealed session in it."""
    a_session(desk, 3, stage=Stage.SEALED)
    return desk.ledger.path


def roots(ledger: Ledger) -> list[bytes]:
    """Return the root after each entry."""
    many = range(1, ledger.head().seq + 1)
    return [tree.root_hash(size, ledger.tree_hash) for size in many]


def fault(ledger: Ledger) -> str:
    with pytest.raises(VerificationError) as error:
        verify_ledger(ledger)
    return str(error.value)


def test_each_entry_is_a_leaf(desk: Desk, path: Path) -> None:
    secret = desk.ledger.tree_secret()
    rows = desk.ledger.rows(f"SELECT {COLUMNS} FROM entry ORDER BY seq")

    for row in rows:
        leaf = tree.leaf_hash(entry_leaf(row, secret))
        assert desk.ledger.tree_hash(tree.place_of(0, row[0] - 1)) == leaf
    (many,) = desk.ledger.rows("SELECT count(*) FROM tree")[0]
    assert many == tree.count_hashes(len(rows))


def test_a_field_can_be_shown_without_the_others(desk: Desk, path: Path) -> None:
    (row,) = desk.ledger.rows(
        f"SELECT {COLUMNS} FROM entry WHERE kind = 'attempt-assigned.v1' LIMIT 1"
    )
    fields = split_entry(row, desk.ledger.tree_secret())
    by_name = {one.name: one for one in fields}
    lines = [(one.name, one.commitment) for one in fields]

    assert leaf_data(lines) == entry_leaf(row, desk.ledger.tree_secret())
    assert by_name["body.factor_permille"].text == "1000"
    assert len({one.salt for one in fields}) == len(fields)
    guess = Shown("body.factor_permille", "0" * 32, "1000")
    assert guess.commitment not in {sealed for _, sealed in lines}


def test_the_seal_makes_a_signed_checkpoint(
    desk: Desk, path: Path, folder: Path
) -> None:
    size = desk.ledger.head().seq
    note = desk.ledger.checkpoint_note(size)
    expected = checkpoint_at(size, desk.ledger.tree_hash)
    key = Signer(folder / "installation.key").public_key

    assert parse_checkpoint(split_note(note)[0]) == expected
    assert checkpoint_fits(note, expected, key)
    other = Signer(folder / "other.key").public_key
    assert not checkpoint_fits(note, expected, other)
    assert not checkpoint_fits(note.replace("4", "5"), expected, key)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE tree SET hash = zeroblob(32) WHERE place = 9", "between entries #1"),
        ("DELETE FROM tree WHERE place = 9", "between entries #1"),
        ("DELETE FROM tree WHERE place = (SELECT max(place) FROM tree)", "between"),
        ("INSERT INTO tree SELECT max(place) + 1, hash FROM tree", "after the last"),
        ("UPDATE tree_secret SET secret = zeroblob(32)", "between entries #1"),
        ("DELETE FROM tree_secret", "secret is missing"),
    ],
)
def test_a_tree_that_does_not_follow_is_found(
    desk: Desk, path: Path, change: str, said: str
) -> None:
    tamper(path, change)

    assert said in fault(desk.ledger)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE checkpoint SET size = size - 1",
        "UPDATE checkpoint SET size = size + 1",
        "UPDATE checkpoint SET note = substr(note, 2)",
        "UPDATE checkpoint SET note = replace(note, char(8212) || ' ', '')",
    ],
)
def test_a_checkpoint_that_does_not_fit_is_found(
    desk: Desk, path: Path, change: str
) -> None:
    tamper(path, change)

    assert "the signed checkpoint" in fault(desk.ledger)


def test_a_rebuild_makes_the_same_tree_again(desk: Desk, path: Path) -> None:
    before = roots(desk.ledger)
    tamper(path, "DELETE FROM tree WHERE place > 5")

    rebuild_projections(desk.ledger, "s1")

    assert roots(desk.ledger) == before
    verify_ledger(desk.ledger)


ALL_BUT_THE_LAST = "tree WHERE place < (SELECT max(place) FROM tree)"


@pytest.mark.parametrize("table", ["tree_secret", ALL_BUT_THE_LAST])
def test_nothing_is_recorded_on_a_damaged_tree(
    desk: Desk, path: Path, table: str
) -> None:
    tamper(path, f"DELETE FROM {table}")
    acknowledged = [desk.ledger.head()]

    def record_more() -> None:
        # Before the tree is twice as large, it needs a hash that is gone.
        for number in range(acknowledged[0].seq):
            planned(desk, (), f"b{number}", "safety")
            acknowledged.append(desk.ledger.head())

    with pytest.raises(StorageError, match="Nothing was recorded"):
        record_more()
    assert desk.ledger.head() == acknowledged[-1]


def test_an_older_ledger_is_verified_as_it_is_and_gets_its_tree_when_written(
    tmp_path: Path, clock: HandClock
) -> None:
    shutil.copyfile(SAMPLE, tmp_path / LEDGER)
    (tmp_path / LEDGER).chmod(0o600)
    with closing(Ledger(tmp_path / LEDGER, "", read_only=True)) as ledger:
        assert not ledger.has_tree
        before = verify_ledger(ledger)

    desk = open_desk(tmp_path, clock, "later")
    assert desk.ledger.has_tree
    assert len(roots(desk.ledger)) == before.entries
    assert verify_ledger(desk.ledger).head == before.head
    desk.ledger.close()


def test_entries_of_a_program_without_a_tree_are_added_with_the_next(
    desk: Desk, path: Path
) -> None:
    whole = roots(desk.ledger)
    tamper(path, f"DELETE FROM tree WHERE place >= {tree.count_hashes(12)}")

    with desk.ledger.writing("s1") as transaction:
        transaction.tree.catch_up(transaction.head.seq)

    assert roots(desk.ledger) == whole


def test_a_salvage_keeps_tree_and_checkpoints(
    desk: Desk, path: Path, tmp_path: Path
) -> None:
    before = roots(desk.ledger)
    note = desk.ledger.checkpoint_note(len(before))
    desk.ledger.close()

    write_salvaged(look_for(path, tmp_path), tmp_path / "new.db")

    with closing(Ledger(tmp_path / "new.db", "", read_only=True)) as ledger:
        assert roots(ledger) == before
        assert ledger.checkpoint_note(len(before)) == note


def test_a_salvage_without_the_secret_makes_another_tree(
    desk: Desk, path: Path, tmp_path: Path
) -> None:
    before = roots(desk.ledger)
    desk.ledger.close()
    tamper(path, "DROP TABLE tree_secret")

    write_salvaged(look_for(path, tmp_path), tmp_path / "new.db")

    with closing(Ledger(tmp_path / "new.db", "", read_only=True)) as ledger:
        assert len(roots(ledger)) == len(before)
        assert ledger.rows("SELECT * FROM checkpoint") == []


def test_a_damaged_body_still_has_a_leaf(desk: Desk, path: Path) -> None:
    for body in ("[]", b"\xff", None):
        row = (1, "center", 1, 0, 0, "b", "t", "s", "x.v1", body)
        assert entry_leaf(row, secrets.token_bytes(32))


def test_a_tree_of_another_ledger_has_another_name(
    desk: Desk, path: Path, tmp_path: Path
) -> None:
    with raw(path) as connection:
        name = EntryTree(connection).checkpoint(1).origin
        connection.execute("UPDATE tree_secret SET secret = randomblob(32)")
        connection.execute("DELETE FROM tree")
        made = EntryTree(connection)
        made.catch_up(desk.ledger.head().seq)

        assert made.checkpoint(1).origin != name
