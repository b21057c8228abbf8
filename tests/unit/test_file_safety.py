"""Whom the files are for: never for others, and never taken from others."""

import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.errors import ExitCode, StorageError
from cptkiosk.host import data_directory
from cptkiosk.host.data_directory import (
    ALONE,
    SHARED,
    Modes,
    make_folder,
    modes_in,
    open_in_place,
)
from cptkiosk.ledger.ledger import Ledger
from support.center import DANA, DANA_PIN, LEDGER, LEE, open_desk
from support.clock import HandClock

PACKAGE = Path(data_directory.__file__).parent
READ, MADE = os.O_RDONLY, os.O_WRONLY | os.O_CREAT


@pytest.fixture
def umask() -> Iterator[Callable[..., Any]]:
    """Return what sets a umask; it is set back."""
    before = os.umask(0o077)
    yield os.umask
    os.umask(before)


@pytest.fixture
def closed(desk: Desk, folder: Path) -> Path:
    """The folder of a closed ledger."""
    desk.ledger.close()
    return folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def shared(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    folder.chmod(0o2770)
    return folder


def refusal(path: Path, **options: bool) -> str:
    """Return why a ledger is not opened; it must stay as it is."""
    before = path.lstat()
    with pytest.raises(StorageError) as raised:
        Ledger(path, "t1", **options)
    after = path.lstat()
    assert (after.st_mode, after.st_size, after.st_ino) == (
        *(before.st_mode, before.st_size, before.st_ino),
    )
    assert raised.value.exit_code == ExitCode.STORAGE
    return str(raised.value)


@pytest.mark.parametrize(
    ("bits", "wanted"),
    [
        (0o700, ALONE),
        (0o770, ALONE),
        (0o2700, ALONE),
        (0o2750, ALONE),
        (0o2770, SHARED),
        (0o2775, SHARED),
    ],
)
def test_a_folder_is_shared_by_its_group_and_its_set_group_id_bit(
    tmp_path: Path, bits: int, wanted: Modes
) -> None:
    tmp_path.chmod(bits)

    assert modes_in(tmp_path) == wanted


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077, 0o777], ids=oct)
@pytest.mark.parametrize("bits", [0o700, 0o2770], ids=oct)
def test_new_files_have_the_folders_mode_under_any_umask(
    tmp_path: Path, umask: Callable[..., Any], mask: int, bits: int
) -> None:
    tmp_path.chmod(bits)
    umask(mask)

    os.close(open_in_place(tmp_path / "file", MADE))
    make_folder(tmp_path / "folder")
    os.close(open_in_place(tmp_path / "folder" / "file", MADE))

    file, folder = (0o660, 0o2770) if bits == 0o2770 else (0o600, 0o700)
    assert mode(tmp_path / "file") == mode(tmp_path / "folder" / "file") == file
    assert mode(tmp_path / "folder") == folder
    assert mode(tmp_path) == bits


def test_a_file_that_was_open_to_others_is_closed_when_it_is_used(
    tmp_path: Path,
) -> None:
    path = tmp_path / "kiosk.log"
    path.touch()
    path.chmod(0o666)

    os.close(open_in_place(path, READ))

    assert mode(path) == 0o600


@pytest.mark.parametrize("flags", [READ, MADE, MADE | os.O_TRUNC], ids=oct)
def test_a_link_is_never_followed(tmp_path: Path, flags: int) -> None:
    target = tmp_path / "precious"
    target.write_text("precious")
    (tmp_path / "kiosk.log").symlink_to(target)

    with pytest.raises(OSError, match="symbolic"):
        open_in_place(tmp_path / "kiosk.log", flags)

    assert target.read_text() == "precious"


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir(mode=0o755)
    (tmp_path / "file").touch()

    make_folder(tmp_path / "own")

    assert mode(tmp_path / "own") == 0o755
    with pytest.raises(FileExistsError):
        make_folder(tmp_path / "file")


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077], ids=oct)
@pytest.mark.parametrize("bits", [0o700, 0o2770], ids=oct)
def test_every_file_of_an_open_ledger_has_the_folders_mode(
    folder: Path, clock: HandClock, umask: Callable[..., Any], mask: int, bits: int
) -> None:
    folder.mkdir()
    folder.chmod(bits)
    umask(mask)

    desk = open_desk(folder, clock)
    desk.center_log.init_center("Northfield", "TN-014", "UTC", "Dana Ortiz", DANA_PIN)

    found = {path.name: mode(path) for path in folder.iterdir()}
    desk.ledger.close()
    beside = {f"{LEDGER}{end}" for end in ("", "-wal", "-shm")}
    assert found.keys() == {*beside, "opening.lock", "turn.lock", "reserve"}
    assert set(found.values()) == {0o660 if bits == 0o2770 else 0o600}
    assert mode(folder) == bits


def test_a_shared_folder_keeps_its_bits_and_shuts_others_out(
    folder: Path, clock: HandClock
) -> None:
    shared(folder).chmod(0o2775)

    open_desk(folder, clock).ledger.close()

    assert mode(folder) == 0o2770


def test_a_ledger_that_was_open_to_read_is_closed(
    closed: Path, clock: HandClock
) -> None:
    (closed / LEDGER).chmod(0o644)

    open_desk(closed, clock).ledger.close()

    assert mode(closed / LEDGER) == 0o600


def test_a_ledger_made_alone_is_shared_once_its_folder_is(
    closed: Path, clock: HandClock
) -> None:
    shared(closed)

    open_desk(closed, clock).ledger.close()

    assert mode(closed / LEDGER) == 0o660


@pytest.mark.parametrize("bits", [0o777, 0o703, 0o2777, 0o1777], ids=oct)
def test_a_world_writable_folder_is_refused_and_left(closed: Path, bits: int) -> None:
    closed.chmod(bits)

    said = refusal(closed / LEDGER)

    assert "Anyone on this machine can write to the data directory" in said
    assert f"chmod o-rwx {closed}" in said
    assert mode(closed) == bits


def test_a_world_writable_folder_gets_no_new_ledger(
    folder: Path, clock: HandClock
) -> None:
    folder.mkdir()
    folder.chmod(0o777)

    with pytest.raises(StorageError, match="Anyone"):
        open_desk(folder, clock)

    assert [*folder.iterdir()] == []


@pytest.mark.parametrize("bits", [0o666, 0o602], ids=oct)
def test_a_world_writable_ledger_is_refused_and_left(closed: Path, bits: int) -> None:
    (closed / LEDGER).chmod(bits)

    said = refusal(closed / LEDGER)

    assert "Anyone on this machine can write to the ledger" in said
    assert "ledger verify" in said


@pytest.mark.parametrize("read_only", [True, False])
@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_no_ledger(
    closed: Path, tmp_path: Path, there: bool, read_only: bool
) -> None:
    elsewhere = tmp_path / "elsewhere.db"
    (closed / LEDGER).rename(elsewhere if there else tmp_path / "other.db")
    (closed / LEDGER).symlink_to(elsewhere)

    said = refusal(closed / LEDGER, read_only=read_only)

    assert f"is a link to {elsewhere}" in said
    assert elsewhere.exists() == there


@pytest.mark.parametrize("read_only", [True, False])
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_a_path_that_is_no_file_is_no_ledger(
    closed: Path, make: Callable[..., Any], read_only: bool
) -> None:
    (closed / LEDGER).unlink()
    make(closed / LEDGER)

    assert "is not a file" in refusal(closed / LEDGER, read_only=read_only)


@pytest.mark.parametrize("name", ["turn.lock", "opening.lock", "reserve"])
def test_a_link_beside_the_ledger_is_never_written_through(
    closed: Path, clock: HandClock, name: str, tmp_path: Path
) -> None:
    precious = tmp_path / "precious"
    precious.write_text("precious")
    (closed / name).unlink(missing_ok=True)
    (closed / name).symlink_to(precious)

    with suppress(StorageError):
        desk = open_desk(closed, clock)
        desk.pins.sign_out(DANA)
        desk.ledger.close()

    assert precious.read_text() == "precious"
    assert mode(precious) == 0o644


@pytest.mark.parametrize("uid", [12345, 1])
def test_another_owners_ledger_is_refused_with_its_owner(
    closed: Path, uid: int
) -> None:
    if os.geteuid():
        pytest.skip("only root can give a file away")
    os.chown(closed / LEDGER, uid, -1)

    said = refusal(closed / LEDGER)

    assert "belongs to the account" in said
    assert ("number 12345" if uid == 12345 else '"') in said
    assert Ledger(closed / LEDGER, "t1", read_only=True).head().seq > 0


def test_another_owners_folder_is_refused_with_its_owner(closed: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can give a folder away")
    os.chown(closed, 12345, -1)

    assert "data directory" in refusal(closed / LEDGER)
    os.chown(closed, 0, -1)


def test_a_group_file_in_a_shared_folder_is_open_to_the_group(
    closed: Path, clock: HandClock
) -> None:
    if os.geteuid():
        pytest.skip("only root can give a file away")
    shared(closed)
    os.chown(closed, 12345, 54321)
    os.chown(closed / LEDGER, 23456, 54321)
    (closed / LEDGER).chmod(0o660)

    desk = open_desk(closed, clock)
    desk.pins.sign_out(LEE)
    desk.ledger.close()

    assert (closed / LEDGER).stat().st_uid == 23456
    os.chown(closed / LEDGER, 23456, 1)
    assert "belongs to" in refusal(closed / LEDGER)
    os.chown(closed, 0, 0)


@pytest.mark.parametrize(
    "path",
    [
        one
        for one in sorted(PACKAGE.rglob("*.py"))
        if one.name != "host/data_directory.py" and one.parent.name != "drill"
    ],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_nothing_chooses_a_mode_past_the_one_rule(path: Path) -> None:
    text = path.read_text("utf-8")

    assert not re.findall(r"os\.open\([^)]*0o\d+|mkdir\([^)]*0o\d+", text)
