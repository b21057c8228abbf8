"""A damaged file: named or whole, brought out as far as it verifies, never written."""

import json
import random
import shutil
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from cptkiosk.cli.main import main
from cptkiosk.desk import Desk
from cptkiosk.domain import commands as c
from cptkiosk.domain.session import Stage
from cptkiosk.domain.values import FORGOTTEN
from cptkiosk.errors import (
    DestinationError,
    ExitCode,
    KioskError,
    StorageError,
    VerificationError,
)
from cptkiosk.ledger import tables
from cptkiosk.ledger.backup import back_up
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.opening import PAGE_BYTES
from cptkiosk.ledger.restore import restore
from cptkiosk.ledger.salvage import Salvage, look_for
from cptkiosk.ledger.salvaged import rest_path, write
from cptkiosk.ledger.verify import rebuild, verify
from support.center import LEDGER, LEE, open_desk
from support.clock import HandClock
from support.raw import raw, tamper
from support.sessions import a_session

RECORD = ("entry", "personal", "head", *tables.TABLES)
"""What is proven; a sign of life and half-filled forms are not part of the record."""

FLIPS = 300
HEADER_BYTES = 100
NOTE = c.TakeNote(session_id="a", text="the window was open")
STAMP = "20261123-140000Z"


@dataclass
class Whole:
    """A ledger that is closed, and what is in it."""

    path: Path
    data: bytes
    record: dict[str, list[tuple[object, ...]]]

    @property
    def entries(self) -> list[tuple[object, ...]]:
        return self.record["entry"]


def record(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(Ledger(path, "", read_only=True)) as ledger:
        return {table: ledger.rows(f"SELECT * FROM {table}") for table in RECORD}


SIGNATURE_LOST = ["", ""]
"""What stands in place of a signature and its key that could not be brought out."""


@pytest.fixture
def whole(desk: Desk) -> Whole:
    """A small ledger with one sealed session."""
    a_session(desk, 3, stage=Stage.SEALED)
    desk.beat()
    desk.ledger.close()
    path = desk.ledger.path
    return Whole(path, path.read_bytes(), record(path))


def brought_out(whole: Whole, target: Path) -> Salvage:
    """Salvage, and see that nothing in the new ledger is other than it was."""
    found = look_for(whole.path, target.parent)
    write(found, target)
    new = record(target)
    assert new["entry"] == whole.entries[: len(new["entry"])]
    assert set(new["personal"]) <= set(whole.record["personal"])
    signed = {(seq, head): rest for seq, head, *rest in whole.record["head"]}
    for seq, head, *rest in new["head"]:
        assert rest in (signed[seq, head], SIGNATURE_LOST)
    if found.complete:
        assert new == whole.record
    return found


def entry_bytes(whole: Whole, seq: int) -> int:
    """Return where in the file the body of an entry is."""
    body = str(whole.entries[seq - 1][9]).encode()
    assert whole.data.count(body) == 1
    return whole.data.index(body)


def damage(whole: Whole, at: int, what: bytes = b"\xff") -> None:
    data = bytearray(whole.data)
    data[at : at + len(what)] = what
    whole.path.write_bytes(data)


# A flipped byte anywhere


def flipped(whole: Whole, at: int, mask: int, target: Path) -> str:
    """Flip bits of one byte; return what verifying and salvaging made of it."""
    data = bytearray(whole.data)
    data[at] ^= mask
    whole.path.write_bytes(data)
    try:
        with closing(Ledger(whole.path, "", read_only=True)) as ledger:
            verify(ledger)
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
    return "everything came out" if found.complete else "what verifies came out"


@pytest.mark.parametrize("part", ["the header", "anywhere"])
def test_a_flipped_byte_is_named_or_did_not_matter_and_what_verifies_comes_out(
    whole: Whole, tmp_path: Path, part: str
) -> None:
    seed = random.SystemRandom().randrange(10**9)
    print(f"seed {seed}")
    chance = random.Random(seed)
    places = range(HEADER_BYTES)
    if part == "anywhere":
        pages = range(0, len(whole.data), PAGE_BYTES)
        # Some in every page, so that no kind of page is left out.
        places = [page + chance.randrange(PAGE_BYTES) for page in pages] + [
            chance.randrange(len(whole.data)) for _ in range(FLIPS - len(pages))
        ]
    out = Counter(
        flipped(whole, at, 1 << chance.randrange(8), tmp_path / "new.db")
        for at in places
    )

    print(out)
    assert out["nothing that counts was hit"] < len(places)
    assert out["everything came out"]
    assert out["nothing came out"] < len(places) // 20


# What comes out


def test_all_of_a_whole_ledger_comes_out(whole: Whole, tmp_path: Path) -> None:
    found = brought_out(whole, tmp_path / "new.db")

    assert found.complete
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

    assert brought_out(whole, tmp_path / "new.db").complete


def test_a_changed_entry_ends_the_chain_and_the_rest_is_beside_it(
    whole: Whole, tmp_path: Path
) -> None:
    damage(whole, entry_bytes(whole, 20) + 2, b"X")
    target = tmp_path / "new.db"

    found = brought_out(whole, target)

    assert (found.head.seq, found.complete) == (19, False)
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
        assert verify(ledger).entries == 19


def test_an_entry_of_which_only_the_hash_is_damaged_comes_out(
    whole: Whole, tmp_path: Path
) -> None:
    stored = str(whole.entries[9][10]).encode()
    damage(whole, whole.data.index(stored), b"zz")

    assert brought_out(whole, tmp_path / "new.db").complete


def test_a_damaged_tree_costs_no_entry(whole: Whole, tmp_path: Path) -> None:
    pages = range(0, len(whole.data), PAGE_BYTES)
    data = bytearray(whole.data)
    for page in pages[1:]:
        data[page] ^= 0x55
    whole.path.write_bytes(data)

    assert brought_out(whole, tmp_path / "new.db").complete


@pytest.mark.parametrize("kept", [0.9, 0.5, 0.1, 0])
def test_what_is_before_a_cut_comes_out(
    whole: Whole, tmp_path: Path, kept: float | int
) -> None:
    whole.path.write_bytes(whole.data[: int(len(whole.data) * kept)])
    with pytest.raises(StorageError, match=r"\.$"):
        Ledger(whole.path, "t1")
    before = whole.path.read_bytes()

    if look_for(whole.path, tmp_path).rows:
        assert not brought_out(whole, tmp_path / "new.db").complete
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

    assert not brought_out(whole, tmp_path / "new.db").complete


def test_a_lost_name_is_counted_and_its_place_says_forgotten(
    whole: Whole, tmp_path: Path
) -> None:
    text = b"FamilyP2"
    data = whole.data.replace(text, b"FamilyX2")
    whole.path.write_bytes(data)
    target = tmp_path / "data2" / LEDGER
    target.parent.mkdir()

    found = look_for(whole.path, tmp_path)
    write(found, target)

    assert found.lost >= 1
    assert not found.complete
    with closing(Ledger(target, "", read_only=True)) as ledger:
        names = [row[0] for row in ledger.rows("SELECT family_name FROM person")]
    assert set(names) == {"FamilyP1", FORGOTTEN, "FamilyP3"}


def test_what_only_the_journal_holds_comes_out(
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

    with pytest.raises(DestinationError, match="was left as it is"):
        write(look_for(whole.path, tmp_path), target)
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
    write(look_for(whole.path, tmp_path), target)

    desk = open_desk(target.parent, clock)
    a_session(desk, 1, session_id="b")

    assert verify(desk.ledger).entries > len(whole.entries)
    desk.ledger.close()


# What verifying sees besides the chain


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DROP TRIGGER entry_is_never_deleted", "'entry_is_never_deleted' is missing"),
        ("CREATE TABLE other (x)", "'other' is not the one this program makes"),
        ("INSERT INTO personal VALUES ('c', 'a', 's', 't')", "no entry up to here"),
    ],
)
def test_what_is_not_of_our_making_is_found(
    whole: Whole, statement: str, said: str
) -> None:
    with raw(whole.path) as connection:
        connection.execute(statement)

    with (
        closing(Ledger(whole.path, "", read_only=True)) as ledger,
        pytest.raises(VerificationError, match=said),
    ):
        verify(ledger)


def test_tables_are_not_folded_from_entries_that_do_not_verify(whole: Whole) -> None:
    tamper(whole.path, "UPDATE entry SET actor = 's9' WHERE seq = 7")
    before = record(whole.path)

    with (
        closing(Ledger(whole.path, "t1")) as ledger,
        pytest.raises(VerificationError, match="Entry #7"),
    ):
        rebuild(ledger, "s1")
    assert record(whole.path) == before


# Restoring


@pytest.fixture
def backup(desk: Desk, tmp_path: Path) -> Path:
    """A backup of a running session."""
    a_session(desk, 2)
    back_up(desk.ledger, tmp_path / "backup.db")
    return tmp_path / "backup.db"


def test_a_backup_is_restored_and_what_it_lacks_is_said(
    desk: Desk, folder: Path, backup: Path, clock: HandClock
) -> None:
    head = desk.ledger.head()
    desk.perform(NOTE, LEE)
    lost = desk.ledger.head()
    desk.ledger.close()
    saved = backup.read_bytes()

    done = restore(folder / LEDGER, backup, STAMP)

    assert done.verified.head == head.hash
    assert done.replaced.same_up_to == head.seq
    assert [one.seq for one in done.replaced.after] == [lost.seq]
    assert done.replaced.kinds == {"note-taken.v1": 1}
    assert done.kept_as == folder / f"ledger-replaced-{STAMP}.db"
    with closing(Ledger(done.kept_as, "", read_only=True)) as kept:
        assert kept.head() == lost
        verify(kept)
    assert backup.read_bytes() == saved
    assert (folder / LEDGER).stat().st_mode & 0o777 == 0o600
    again = open_desk(folder, clock)
    again.perform(NOTE, LEE)
    assert verify(again.ledger).entries == head.seq + 1
    again.ledger.close()


def test_a_journal_of_the_replaced_file_goes_with_it(
    desk: Desk, folder: Path, backup: Path, tmp_path: Path
) -> None:
    desk.perform(NOTE, LEE)
    lost = desk.ledger.head()
    place = tmp_path / "killed" / LEDGER
    place.parent.mkdir()
    for one in ("", "-wal", "-shm"):
        shutil.copyfile(f"{folder / LEDGER}{one}", f"{place}{one}")

    done = restore(place, backup, STAMP)

    assert [one.seq for one in done.replaced.after] == [lost.seq]
    with closing(Ledger(done.kept_as, "", read_only=True)) as kept:
        assert kept.head() == lost
    with closing(Ledger(place, "", read_only=True)) as restored:
        assert restored.head().seq == lost.seq - 1
        verify(restored)


@pytest.mark.parametrize("content", [b"", b"x" * 9000])
def test_a_file_that_cannot_be_read_is_replaced_and_kept(
    desk: Desk, folder: Path, backup: Path, content: bytes, clock: HandClock
) -> None:
    desk.ledger.close()
    (folder / LEDGER).write_bytes(content)

    done = restore(folder / LEDGER, backup, STAMP)

    assert done.replaced.unreadable
    assert done.kept_as is not None
    assert done.kept_as.read_bytes() == content
    again = open_desk(folder, clock)
    verify(again.ledger)
    again.ledger.close()


def test_a_lost_file_is_restored(desk: Desk, backup: Path, tmp_path: Path) -> None:
    done = restore(tmp_path / "fresh" / LEDGER, backup, STAMP)

    assert done.kept_as is None
    with closing(Ledger(tmp_path / "fresh" / LEDGER, "", read_only=True)) as ledger:
        assert verify(ledger) == done.verified


def test_a_record_that_went_another_way_is_compared_from_where_they_parted(
    desk: Desk, folder: Path, backup: Path, tmp_path: Path, clock: HandClock
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    shutil.copyfile(backup, other / LEDGER)
    elsewhere = open_desk(other, clock, "t9")
    for _ in range(3):
        elsewhere.perform(NOTE, LEE)
    elsewhere.ledger.close()
    head = desk.ledger.head().seq
    desk.perform(NOTE, LEE)
    desk.ledger.close()

    done = restore(folder / LEDGER, other / LEDGER, STAMP)

    assert done.replaced.same_up_to == head
    assert [one.seq for one in done.replaced.after] == [head + 1]


@pytest.mark.parametrize("what", ["damaged", "foreign", "absent", "empty"])
def test_a_backup_that_is_not_whole_changes_nothing(
    desk: Desk, folder: Path, backup: Path, tmp_path: Path, what: str
) -> None:
    desk.ledger.close()
    before = (folder / LEDGER).read_bytes()
    if what == "damaged":
        tamper(backup, "UPDATE entry SET actor = 's9' WHERE seq = 7")
    elif what == "foreign":
        backup.write_bytes(b"x" * 9000)
    elif what == "empty":
        backup.write_bytes(b"")
    else:
        backup.unlink()

    with pytest.raises(KioskError) as error:
        restore(folder / LEDGER, backup, STAMP)

    unverified = what == "damaged"
    assert error.value.exit_code == (
        ExitCode.UNVERIFIED if unverified else ExitCode.STORAGE
    )
    assert (folder / LEDGER).read_bytes() == before
    assert not list(folder.glob("*replaced*"))
    assert not list(folder.glob("*.part"))


def test_a_ledger_in_use_is_not_replaced(
    desk: Desk, folder: Path, backup: Path
) -> None:
    with pytest.raises(StorageError, match="is open in another program"):
        restore(folder / LEDGER, backup, STAMP)


# As commands


def run(folder: Path, *arguments: object) -> int:
    return main(["--data-dir", str(folder), "ledger", *map(str, arguments)])


def test_the_commands_salvage_and_restore_what_was_damaged(
    whole: Whole, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(whole, 0, bytes(PAGE_BYTES))
    assert run(folder, "verify") == ExitCode.STORAGE
    assert "ledger salvage" in capsys.readouterr().err

    assert run(folder, "salvage", "--to", folder / "new.db") == ExitCode.DONE
    assert "ledger restore" in capsys.readouterr().out
    assert run(folder, "restore", folder / "new.db") == ExitCode.DONE
    said = capsys.readouterr().out
    assert "The file before is kept as" in said
    assert "cannot be said" in said
    assert run(folder, "verify") == ExitCode.DONE


def test_the_command_says_what_it_could_not_bring_out(
    whole: Whole, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(whole, entry_bytes(whole, 20) + 2, b"X")

    code = run(folder, "salvage", "--to", folder / "new.db", "--json")

    said = capsys.readouterr()
    assert code == ExitCode.UNVERIFIED
    assert "Not everything could be brought out" in said.err
    facts = json.loads(said.out)
    assert (facts["entries"], facts["complete"]) == (19, False)
    assert facts["entries_left_out"] == len(whole.entries) - 19
    assert Path(facts["rest"]).is_file()


def test_the_command_says_what_a_restore_loses(
    desk: Desk, folder: Path, backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.perform(NOTE, LEE)
    lost = desk.ledger.head().seq
    desk.ledger.close()

    assert run(folder, "restore", backup) == ExitCode.DONE

    said = capsys.readouterr().out
    assert f"It held 1 entry after #{lost - 1} that the backup does not" in said
    assert f"#{lost} " in said
    assert "session/a note-taken.v1" in said


def test_restoring_the_ledger_itself_is_refused(
    whole: Whole, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, "restore", whole.path) == ExitCode.USAGE
    assert "is the ledger itself" in capsys.readouterr().err
    assert whole.path.read_bytes() == whole.data
