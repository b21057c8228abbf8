"""A damaged file: named or whole, brought out as far as it verifies, never written."""

import json
import random
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.values import FORGOTTEN
from cptkiosk.errors import (
    DestinationError,
    StorageError,
    VerificationError,
)
from cptkiosk.ledger.file_format import PAGE_BYTES
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.maintenance.salvage import Salvage, look_for
from cptkiosk.ledger.maintenance.salvage_writer import rest_path, write_salvaged
from cptkiosk.ledger.maintenance.verify import rebuild_projections, verify_ledger
from support.center import LEDGER, open_desk
from support.clock import HandClock
from support.damage import Whole, damage, entry_bytes, make_whole, record
from support.options import chance
from support.raw import raw, tamper
from support.sessions import a_session

HEADER_BYTES = 100


SIGNATURE_LOST = ["", ""]
"""What stands in place of a signature and its key that could not be brought out."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return make_whole(tmp_path_factory.mktemp("whole") / "data")


@pytest.fixture
def whole(made: Whole, folder: Path) -> Whole:
    """A small ledger with one sealed session."""
    return made.copied_to(folder)


def brought_out(whole: Whole, target: Path) -> Salvage:
    """Salvage, and see that nothing in the new ledger is other than it was."""
    found = look_for(whole.path, target.parent)
    write_salvaged(found, target)
    new = record(target)
    assert new["entry"] == whole.entries[: len(new["entry"])]
    assert set(new["personal"]) <= set(whole.record["personal"])
    signed = {(seq, head): rest for seq, head, *rest in whole.record["head"]}
    for seq, head, *rest in new["head"]:
        assert rest in (signed[seq, head], SIGNATURE_LOST)
    if found.is_complete:
        assert new == whole.record
    return found


# A flipped byte anywhere


def flipped(whole: Whole, at: int, mask: int, target: Path) -> str:
    """Flip bits of one byte; return what verifying and salvaging made of it."""
    data = bytearray(whole.data)
    data[at] ^= mask
    whole.path.write_bytes(data)
    try:
        with closing(Ledger(whole.path, "", read_only=True)) as ledger:
            verify_ledger(ledger)
    except (StorageError, VerificationError):
        pass
    else:
        assert record(whole.path) == whole.record, "it verifies and says other things"
        return "nothing that counts was hit"
    finally:
        assert whole.path.read_bytes() == data
    try:
        found = brought_out(whole, target)
    except VerificationError:
        return "nothing came out"
    finally:
        assert whole.path.read_bytes() == data
        for left in target.parent.glob(f"{target.name}*"):
            left.unlink()
    return "everything came out" if found.is_complete else "what verifies came out"


def in_the_header(chance: random.Random, _whole: Whole, flips: int) -> list[int]:
    return chance.sample(range(HEADER_BYTES), flips)


def anywhere(chance: random.Random, whole: Whole, flips: int) -> list[int]:
    """Return places in every page, so that no kind of page is left out."""
    pages = range(0, len(whole.data), PAGE_BYTES)
    rounds = -(-flips // len(pages))
    return [
        page + chance.randrange(PAGE_BYTES) for _ in range(rounds) for page in pages
    ]


@pytest.mark.parametrize(
    ("find", "flips"),
    [
        (in_the_header, 20),
        (anywhere, 1),
        pytest.param(in_the_header, HEADER_BYTES, marks=pytest.mark.soak),
        pytest.param(anywhere, 300, marks=pytest.mark.soak),
    ],
)
def test_a_flipped_byte_is_named_or_did_not_matter_and_what_verifies_comes_out(
    whole: Whole,
    tmp_path: Path,
    find: Callable[[random.Random, Whole, int], list[int]],
    flips: int,
) -> None:
    at_random = chance()
    places = find(at_random, whole, flips)
    out = Counter(
        flipped(whole, at, 1 << at_random.randrange(8), tmp_path / "new.db")
        for at in places
    )

    print(out)
    assert out["nothing that counts was hit"] < len(places)
    assert out["everything came out"]
    assert out["nothing came out"] < len(places) // 20


# What comes out


def test_all_of_a_whole_ledger_comes_out(whole: Whole, tmp_path: Path) -> None:
    found = brought_out(whole, tmp_path / "new.db")

    assert found.is_complete
    assert not rest_path(tmp_path / "new.db").exists()


@pytest.mark.parametrize(
    "what", [b"\0" * 100, b"not a database at all" * 5, bytes(PAGE_BYTES)]
)
def test_everything_comes_out_of_a_file_whose_beginning_is_gone(
    whole: Whole, tmp_path: Path, what: bytes
) -> None:
    damage(whole, 0, what)
    with pytest.raises(StorageError):
        Ledger(whole.path, "t1")

    assert brought_out(whole, tmp_path / "new.db").is_complete


def test_a_changed_entry_ends_the_chain_and_the_rest_is_beside_it(
    whole: Whole, tmp_path: Path
) -> None:
    damage(whole, entry_bytes(whole, 20) + 2, b"X")
    target = tmp_path / "new.db"

    found = brought_out(whole, target)

    assert (found.head.seq, found.is_complete) == (19, False)
    rest = json.loads(rest_path(target).read_text("utf-8"))
    assert rest_path(target).stat().st_mode & 0o777 == 0o600
    assert rest["chain_ends_at"] == {"seq": 19, "hash": whole.entries[18][10]}
    assert [one["seq"] for one in rest["entries"]] == list(
        range(20, len(whole.entries) + 1)
    )
    assert [one["seq"] for one in rest["entries"] if not one["links"]] == [20]
    assert rest["entries"][-1]["body"] == whole.entries[-1][9]
    assert rest["texts"]
    with closing(Ledger(target, "", read_only=True)) as ledger:
        assert verify_ledger(ledger).entries == 19


def test_an_entry_of_which_only_the_hash_is_damaged_comes_out(
    whole: Whole, tmp_path: Path
) -> None:
    stored = str(whole.entries[9][10]).encode()
    damage(whole, whole.data.index(stored), b"zz")

    assert brought_out(whole, tmp_path / "new.db").is_complete


def test_a_damaged_tree_costs_no_entry(whole: Whole, tmp_path: Path) -> None:
    pages = range(0, len(whole.data), PAGE_BYTES)
    data = bytearray(whole.data)
    for page in pages[1:]:
        data[page] ^= 0x55
    whole.path.write_bytes(data)

    assert brought_out(whole, tmp_path / "new.db").is_complete


@pytest.mark.parametrize("kept", [0.9, 0.5, 0.1, 0])
def test_entries_before_a_cut_are_recovered(
    whole: Whole, tmp_path: Path, kept: float | int
) -> None:
    whole.path.write_bytes(whole.data[: int(len(whole.data) * kept)])
    with pytest.raises(StorageError, match=r"\.$"):
        Ledger(whole.path, "t1")
    before = whole.path.read_bytes()

    if look_for(whole.path, tmp_path).rows:
        assert not brought_out(whole, tmp_path / "new.db").is_complete
    else:
        with pytest.raises(VerificationError, match="no ledger was written"):
            brought_out(whole, tmp_path / "new.db")
        assert not (tmp_path / "new.db").exists()
    assert whole.path.read_bytes() == before


def test_a_last_entry_of_which_nothing_is_left_is_said_to_be_missing(
    whole: Whole, tmp_path: Path
) -> None:
    at = entry_bytes(whole, len(whole.entries))
    body = len(str(whole.entries[-1][9]))
    damage(whole, at - 100, b"\xff" * (100 + body))

    assert not brought_out(whole, tmp_path / "new.db").is_complete


def test_a_lost_name_is_counted_and_its_place_says_forgotten(
    whole: Whole, tmp_path: Path
) -> None:
    text = b"FamilyP2"
    data = whole.data.replace(text, b"FamilyX2")
    whole.path.write_bytes(data)
    target = tmp_path / "data2" / LEDGER
    target.parent.mkdir()

    found = look_for(whole.path, tmp_path)
    write_salvaged(found, target)

    assert found.lost >= 1
    assert not found.is_complete
    with closing(Ledger(target, "", read_only=True)) as ledger:
        names = [row[0] for row in ledger.rows("SELECT family_name FROM person")]
    assert set(names) == {"FamilyP1", FORGOTTEN, "FamilyP3"}


def test_entries_only_in_the_journal_are_recovered(
    desk: Desk, folder: Path, tmp_path: Path
) -> None:
    a_session(desk, 2)
    copy = tmp_path / "copy" / LEDGER
    copy.parent.mkdir()
    for one in ("", "-wal"):
        shutil.copyfile(f"{desk.ledger.path}{one}", f"{copy}{one}")
    copy.write_bytes(b"")

    found = look_for(copy, tmp_path)

    assert found.head == desk.ledger.head()


def test_a_new_ledger_overwrites_nothing(whole: Whole, tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("keep me")

    with pytest.raises(DestinationError, match="It was not changed"):
        write_salvaged(look_for(whole.path, tmp_path), target)
    assert target.read_text() == "keep me"


def test_a_ledger_in_use_is_not_salvaged(desk: Desk) -> None:
    with pytest.raises(StorageError, match="is open in another program"):
        look_for(desk.ledger.path, desk.ledger.path.parent)


def test_a_salvaged_ledger_is_gone_on_with(
    whole: Whole, tmp_path: Path, clock: HandClock
) -> None:
    damage(whole, 0, bytes(PAGE_BYTES))
    target = tmp_path / "data2" / LEDGER
    target.parent.mkdir()
    write_salvaged(look_for(whole.path, tmp_path), target)

    desk = open_desk(target.parent, clock)
    a_session(desk, 1, session_id="b")

    assert verify_ledger(desk.ledger).entries > len(whole.entries)
    desk.ledger.close()


# What verifying sees besides the chain


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("ANALYZE", 'table "sqlite_stat1"'),
        ("CREATE TABLE notes (x)", 'table "notes"'),
        ("CREATE INDEX quick ON attempt (room)", 'index "quick"'),
        ("CREATE VIEW passed AS SELECT * FROM attempt", 'view "passed"'),
    ],
)
def test_additions_of_another_program_are_named_and_recording_continues(
    whole: Whole, clock: HandClock, statement: str, named: str
) -> None:
    with raw(whole.path) as connection:
        connection.execute(statement)

    desk = open_desk(whole.path.parent, clock)
    a_session(desk, 1, session_id="b")
    found = verify_ledger(desk.ledger)
    desk.ledger.close()

    assert named in found.added
    assert any(named in one for one in found.remarks)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DROP TRIGGER entry_is_never_deleted", '"entry_is_never_deleted" is missing'),
        ("ALTER TABLE attempt ADD COLUMN note TEXT", 'changed its table "attempt"'),
        ("ALTER TABLE entry ADD COLUMN note TEXT", 'changed its table "entry"'),
        ("CREATE UNIQUE INDEX one ON entry (hash)", 'added the index "one"'),
        (
            "CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM draft; END",
            'added the trigger "t" to "entry"',
        ),
        ("INSERT INTO personal VALUES ('c', 'a', 's', 't')", "no entry up to here"),
    ],
)
def test_foreign_changes_are_found(whole: Whole, statement: str, said: str) -> None:
    with raw(whole.path) as connection:
        connection.execute(statement)

    with (
        closing(Ledger(whole.path, "", read_only=True)) as ledger,
        pytest.raises(VerificationError, match=said),
    ):
        verify_ledger(ledger)


def test_tables_are_not_folded_from_entries_that_do_not_verify(whole: Whole) -> None:
    tamper(whole.path, "UPDATE entry SET actor = 's9' WHERE seq = 7")
    before = record(whole.path)

    with (
        closing(Ledger(whole.path, "t1")) as ledger,
        pytest.raises(VerificationError, match="Entry #7"),
    ):
        rebuild_projections(ledger, "s1")
    assert record(whole.path) == before
