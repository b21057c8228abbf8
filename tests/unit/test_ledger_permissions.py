"""Files that may not be read or written, and what the commands say about them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cptkiosk.cli.main import main
from cptkiosk.desk import Desk
from cptkiosk.domain.commands import irregularity as c
from cptkiosk.errors import ExitCode, StorageError
from support.center import LEDGER, LEE
from support.sessions import a_session

A = "a"
NOTE = c.TakeNote(session_id=A, text="the window was open")


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


# Permissions


BOUND = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--")
"""Root without the power to pass over permissions."""

needs_permissions = pytest.mark.skipif(
    not os.geteuid() and shutil.which("setpriv") is None,
    reason="root passes over permissions here",
)


def bound(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a user whom permissions bind."""
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
        (0o400, 0o700, ADD, "is not writable"),
        (0o000, 0o700, ("ledger", "verify"), "permission"),
        (0o600, 0o500, ADD, "is not writable"),
        (0o600, 0o500, ("ledger", "verify"), "is not writable"),
        (0o000, 0o700, ("ledger", "salvage"), "cannot be read"),
    ],
)
def test_missing_file_permissions_are_explained_in_a_sentence(
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

    refused(desk, "is not writable. This step was not recorded")


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


@needs_permissions
@pytest.mark.parametrize("ending", ["", "-wal"])
def test_an_unreadable_file_with_a_journal_is_not_called_damaged(
    path: Path, tmp_path: Path, ending: str
) -> None:
    # As a kill leaves them: the journal beside the file, and nobody has it open.
    place = tmp_path / "killed"
    place.mkdir(mode=0o700)
    for one in ("", "-wal"):
        shutil.copy(f"{path}{one}", place / f"{LEDGER}{one}")
    (place / f"{LEDGER}{ending}").chmod(0)

    done = bound(place, "session", "list")

    assert done.returncode == ExitCode.STORAGE
    assert "permission" in done.stderr
    assert "damaged or of another" not in done.stderr
    assert "salvage" not in done.stderr
