"""Putting a backup in a ledger's place, and the commands that save a damaged one."""

import json
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from cptkiosk.cli.main import main
from cptkiosk.desk import Desk
from cptkiosk.domain.commands import irregularity as c
from cptkiosk.errors import ExitCode, KioskError, StorageError
from cptkiosk.ledger.file_format import PAGE_BYTES
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.maintenance.backup import back_up
from cptkiosk.ledger.maintenance.restore import restore_backup
from cptkiosk.ledger.maintenance.verify import verify_ledger
from support.center import LEDGER, LEE, open_desk
from support.clock import HandClock
from support.damage import Whole, damage, entry_bytes, make_whole
from support.raw import tamper
from support.sessions import a_session

NOTE = c.TakeNote(session_id="a", text="the window was open")
STAMP = "20261123-140000Z"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return make_whole(tmp_path_factory.mktemp("whole") / "data")


@pytest.fixture
def whole(made: Whole, folder: Path) -> Whole:
    """A small ledger with one sealed session."""
    return made.copied_to(folder)


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

    done = restore_backup(folder / LEDGER, backup, STAMP)

    assert done.verified.head == head.hash
    assert done.replaced.same_up_to == head.seq
    assert [one.seq for one in done.replaced.after] == [lost.seq]
    assert [one.kind for one in done.replaced.after] == ["note-taken.v1"]
    assert done.kept_as == folder / f"ledger-replaced-{STAMP}.db"
    with closing(Ledger(done.kept_as, "", read_only=True)) as kept:
        assert kept.head() == lost
        verify_ledger(kept)
    assert backup.read_bytes() == saved
    assert (folder / LEDGER).stat().st_mode & 0o777 == 0o600
    again = open_desk(folder, clock)
    again.perform(NOTE, LEE)
    assert verify_ledger(again.ledger).entries == head.seq + 1
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

    done = restore_backup(place, backup, STAMP)

    assert [one.seq for one in done.replaced.after] == [lost.seq]
    assert done.kept_as is not None
    with closing(Ledger(done.kept_as, "", read_only=True)) as kept:
        assert kept.head() == lost
    with closing(Ledger(place, "", read_only=True)) as restored:
        assert restored.head().seq == lost.seq - 1
        verify_ledger(restored)


@pytest.mark.parametrize("content", [b"", b"x" * 9000])
def test_a_file_that_cannot_be_read_is_replaced_and_kept(
    desk: Desk, folder: Path, backup: Path, content: bytes, clock: HandClock
) -> None:
    desk.ledger.close()
    (folder / LEDGER).write_bytes(content)

    done = restore_backup(folder / LEDGER, backup, STAMP)

    assert done.replaced.unreadable
    assert done.kept_as is not None
    assert done.kept_as.read_bytes() == content
    again = open_desk(folder, clock)
    verify_ledger(again.ledger)
    again.ledger.close()


def test_a_lost_file_is_restored(desk: Desk, backup: Path, tmp_path: Path) -> None:
    done = restore_backup(tmp_path / "fresh" / LEDGER, backup, STAMP)

    assert done.kept_as is None
    with closing(Ledger(tmp_path / "fresh" / LEDGER, "", read_only=True)) as ledger:
        assert verify_ledger(ledger) == done.verified


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

    done = restore_backup(folder / LEDGER, other / LEDGER, STAMP)

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
        restore_backup(folder / LEDGER, backup, STAMP)

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
        restore_backup(folder / LEDGER, backup, STAMP)


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
    assert "The replaced file is kept as" in said
    assert "later than the backup are unknown" in said
    assert run(folder, "verify") == ExitCode.DONE


def test_the_command_says_what_it_could_not_bring_out(
    whole: Whole, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(whole, entry_bytes(whole, 20) + 2, b"X")

    code = run(folder, "salvage", "--to", folder / "new.db", "--json")

    said = capsys.readouterr()
    assert code == ExitCode.UNVERIFIED
    assert "Not everything could be recovered" in said.err
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
    assert f"It has 1 entry after #{lost - 1} that the backup does not" in said
    assert f"#{lost} " in said
    assert "session/a note-taken.v1" in said


def test_restoring_the_ledger_itself_is_refused(
    whole: Whole, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, "restore", whole.path) == ExitCode.USAGE
    assert "is the ledger, not a backup" in capsys.readouterr().err
    assert whole.path.read_bytes() == whole.data


def test_a_damaged_backup_is_refused_with_the_command_that_salvages_it(
    desk: Desk, backup: Path, tmp_path: Path, folder: Path
) -> None:
    desk.ledger.close()
    junk = tmp_path / "junk.db"
    junk.write_bytes(b"no ledger at all " * 400)
    changed = tmp_path / "changed.db"
    changed.write_bytes(backup.read_bytes().replace(b"Northfield", b"Southfield"))

    for path in (junk, changed):
        with pytest.raises(KioskError) as refused:
            restore_backup(folder / "ledger.db", path, "now")
        said = str(refused.value)
        assert f'Run "cptkiosk ledger salvage {path}"' in said
        assert "The record was not changed." in said
        assert "or name another backup" in said
        assert "ledger restore" not in said
