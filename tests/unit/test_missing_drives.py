"""A folder where a drive should be is not written to while the drive is not there."""

from pathlib import Path

import pytest

from cptkiosk.cli.main import main
from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Stage
from cptkiosk.errors import ExitCode
from cptkiosk.host import mounts
from cptkiosk.host.mounts import missing_drive
from support.mounts import mounted_as
from support.sessions import a_session

WRITTEN = {
    "bundle": ("bundle", "a", "--to", "DRIVE"),
    "backup": ("ledger", "backup", "--to", "DRIVE/ledger.db"),
    "salvage": ("ledger", "salvage", "--to", "DRIVE/salvaged.db"),
}


@pytest.fixture
def drive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder where a drive of sam's is mounted at other times."""
    made = tmp_path / "media" / "sam" / "stick"
    made.mkdir(parents=True)
    monkeypatch.setattr(mounts, "DRIVES", (str(tmp_path / "media"),))
    return made


@pytest.fixture
def data(desk: Desk, folder: Path) -> list[str]:
    """A center with a sealed session."""
    a_session(desk, 1, Stage.SEALED, "a")
    desk.ledger.close()
    return ["--data-dir", str(folder)]


def words(named: str, drive: Path) -> list[str]:
    return [one.replace("DRIVE", str(drive)) for one in WRITTEN[named]]


@pytest.mark.parametrize("named", WRITTEN)
def test_nothing_is_written_where_a_drive_is_missing(
    named: str, drive: Path, data: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*data, *words(named, drive)]) == ExitCode.DESTINATION

    said = capsys.readouterr().err
    assert f"No drive is mounted at {drive}" in said
    assert "Nothing was written" in said
    assert not list(drive.iterdir())


def test_no_rehearsal_is_kept_where_a_drive_is_missing(
    drive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = ("--unattended", "--until", "planned", "--keep", str(drive / "day"))
    assert main(["drill", *kept]) == ExitCode.DESTINATION

    assert "No drive is mounted at" in capsys.readouterr().err
    assert not list(drive.iterdir())


@pytest.mark.parametrize("named", WRITTEN)
def test_a_link_to_such_a_folder_leads_nowhere_else(
    named: str, drive: Path, data: list[str], tmp_path: Path
) -> None:
    link = tmp_path / "stick"
    link.symlink_to(drive)

    assert main([*data, *words(named, link)]) == ExitCode.DESTINATION

    assert not list(drive.iterdir())


@pytest.mark.parametrize("named", WRITTEN)
def test_a_drive_that_is_mounted_is_written_to(
    named: str, drive: Path, data: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mounted_as("vfat", drive, monkeypatch, point=str(drive))

    assert main([*data, *words(named, drive)]) == ExitCode.DONE

    assert list(drive.iterdir())


def test_a_folder_on_a_drive_counts_as_the_drive(
    drive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = drive / "exams" / "2026"
    inside.mkdir(parents=True)
    assert missing_drive(inside) == str(drive.parents[1])

    mounted_as("exfat", inside, monkeypatch, point=str(drive))

    assert missing_drive(inside) == ""


def test_a_folder_elsewhere_needs_no_drive(drive: Path, tmp_path: Path) -> None:
    assert missing_drive(tmp_path) == ""
    assert missing_drive(tmp_path / "media-of-ours") == ""


def test_nothing_is_refused_if_the_system_gives_no_answer(
    drive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mounts, "MOUNTS", tmp_path / "none")
    assert missing_drive(drive) == ""
