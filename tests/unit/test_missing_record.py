"""A record that was there and is not is a loss to explain, never a first run."""

import io
import json
from pathlib import Path

import pytest

from cptkiosk.cli.main import main
from cptkiosk.cli.open_record import kiosk_desk
from cptkiosk.desk import Desk
from cptkiosk.domain.events.center import RecordBegunAnew
from cptkiosk.domain.state.session import Stage
from cptkiosk.errors import ExitCode, StorageError
from cptkiosk.host.data_directory import Paths
from cptkiosk.ledger.maintenance.backup import back_up
from support.sessions import a_session

INIT = (
    *("center", "init", "--name", "Northfield", "--site-code", "TN-014"),
    *("--tz", "America/Chicago", "--coordinator", "Ana Ruiz", "--pin-stdin"),
)


@pytest.fixture
def lost(desk: Desk, folder: Path) -> Paths:
    """A data directory with key and backup whose ledger.db is gone."""
    a_session(desk, 1, Stage.SEALED, "a")
    paths = Paths(folder)
    back_up(desk.ledger, paths.backups / "ledger-00000068.db")
    desk.ledger.close()
    for one in folder.glob("ledger.db*"):
        one.unlink()
    return paths


def test_the_kiosk_does_not_start_over_where_a_record_was(lost: Paths) -> None:
    with pytest.raises(StorageError) as said, kiosk_desk(lost):
        pass

    for word in ("is missing", "installation.key", "backups/", "ledger restore"):
        assert word in str(said.value)
    assert "ledger-00000068.db, made 20" in str(said.value)
    assert not lost.ledger.exists()


@pytest.mark.parametrize(
    "command", [("session", "list"), ("ledger", "verify"), INIT], ids=" ".join
)
def test_no_command_takes_a_loss_for_a_first_run(
    lost: Paths,
    command: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("482913\n"))

    assert main(["--data-dir", str(lost.root), *command]) == ExitCode.STORAGE
    said = capsys.readouterr().err
    assert "but there was one" in said
    assert "center init --new-record" in said
    assert not lost.ledger.exists()


@pytest.mark.parametrize(
    "left", ["installation.key", "backups/one.db", "reports/a.txt", "ledger.db-wal"]
)
def test_each_thing_that_a_record_leaves_tells_of_it(tmp_path: Path, left: str) -> None:
    (tmp_path / left).parent.mkdir(exist_ok=True)
    (tmp_path / left).write_text("left")

    with (
        pytest.raises(StorageError, match="but there was one"),
        kiosk_desk(Paths(tmp_path)),
    ):
        pass


def test_a_first_run_with_definitions_and_a_log_is_one(tmp_path: Path) -> None:
    (tmp_path / "definitions").mkdir()
    (tmp_path / "kiosk.log").write_text("a line")

    with kiosk_desk(Paths(tmp_path)) as desk:
        assert not desk.center.is_set_up


def test_a_new_record_is_begun_by_command_and_that_is_recorded(
    lost: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("482913\n"))
    data = ["--data-dir", str(lost.root)]

    assert main([*data, *INIT, "--new-record"]) == ExitCode.DONE

    with kiosk_desk(lost) as desk:
        facts = [one.event for one in desk.ledger.read_stream("center")]
    assert any(
        isinstance(one, RecordBegunAnew) and "installation.key" in one.found
        for one in facts
    )


def test_the_backup_named_brings_the_record_back(lost: Paths) -> None:
    backup = lost.backups / "ledger-00000068.db"

    assert main(["--data-dir", str(lost.root), "ledger", "restore", str(backup)]) == 0
    assert main(["--data-dir", str(lost.root), "ledger", "verify"]) == ExitCode.DONE


def test_any_file_is_salvaged_and_a_fuller_backup_is_named(
    desk: Desk, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = Paths(folder)
    old = tmp_path / "damaged.db"
    back_up(desk.ledger, old)
    a_session(desk, 1, Stage.SEALED, "a")
    back_up(desk.ledger, paths.backups / "full.db")
    desk.ledger.close()
    salvage = ["--data-dir", str(folder), "ledger", "salvage", str(old)]

    assert main([*salvage, "--to", str(tmp_path / "out.db")]) == ExitCode.DONE
    said = capsys.readouterr().out
    assert "full.db has more entries" in said
    assert (tmp_path / "out.db").exists()

    assert main([*salvage, "--json"]) == ExitCode.DONE
    answer = json.loads(capsys.readouterr().out)
    assert answer["fuller_backup"] == str(paths.backups / "full.db")


def test_a_salvage_never_makes_the_folder_where_a_drive_should_be(
    desk: Desk, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.ledger.close()
    to = tmp_path / "media" / "stick" / "out.db"
    command = ["--data-dir", str(folder), "ledger", "salvage", "--to", str(to)]

    assert main(command) == ExitCode.DESTINATION
    assert "Plug in the USB drive" in capsys.readouterr().err
    assert not (tmp_path / "media").exists()


@pytest.mark.parametrize("anew", [True, False])
def test_a_journal_left_without_its_ledger_is_kept_and_never_taken_up(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch, anew: bool
) -> None:
    paths = Paths(folder)
    backup = paths.backups / "one.db"
    back_up(desk.ledger, backup)
    journal = Path(f"{desk.ledger.path}-wal").read_bytes()
    desk.ledger.close()
    for one in folder.glob("ledger.db*"):
        one.unlink()
    Path(f"{paths.ledger}-wal").write_bytes(journal)
    monkeypatch.setattr("sys.stdin", io.StringIO("482913\n"))
    data = ["--data-dir", str(folder)]

    command = [*INIT, "--new-record"] if anew else ["ledger", "restore", str(backup)]
    assert main([*data, *command]) == ExitCode.DONE
    assert main([*data, "ledger", "verify"]) == ExitCode.DONE
    assert (folder / "ledger-lost-1.db-wal").read_bytes() == journal
