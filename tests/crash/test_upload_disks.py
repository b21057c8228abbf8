"""Drives that are full, pulled out or read-only: a sentence, and the bundle stays queued."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Stage
from cptkiosk.host import mounts
from cptkiosk.services.deliveries import list_outboxes
from support import power
from support.destinations import an_uploader, to_folder, with_destinations
from support.sessions import a_session

SMALL = "size=1m"
BALLAST_BYTES = 1020 * 1024


@pytest.fixture(autouse=True)
def disks(tmp_path: Path) -> None:
    probe = tmp_path / "probe"
    probe.mkdir()
    why = power.no_disks(probe)
    if why:
        pytest.skip(why)


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "media" / "usb"
    place.parent.mkdir()
    with power.mounted("tmpfs", place, "-t", "tmpfs", "-o", SMALL) as disk:
        yield disk


@pytest.fixture
def sealed(desk: Desk, drive: Path) -> Desk:
    a_session(desk, 1, Stage.SEALED, "a")
    return with_destinations(desk, to_folder(drive))


def reason_and_queue(desk: Desk) -> tuple[str, int]:
    """Try once; return what was said, and how many still wait."""
    run = an_uploader(desk).send_waiting(["usb"])
    said = run.failed[0].reason if run.failed else ""
    return said, len(list_outboxes(desk)[0].waiting)


def test_a_full_drive_is_said_and_once_there_is_room_it_is_written(
    sealed: Desk, drive: Path
) -> None:
    ballast = drive / "ballast"
    ballast.write_bytes(bytes(BALLAST_BYTES))

    said, left = reason_and_queue(sealed)
    assert "is full. The record is safe. Free some space" in said
    assert left == 1
    assert list(drive.iterdir()) == [ballast]

    ballast.unlink()
    assert reason_and_queue(sealed) == ("", 0)


def test_a_read_only_share_is_said(sealed: Desk, drive: Path) -> None:
    power.run("mount", "-o", "remount,ro", drive)

    said, left = reason_and_queue(sealed)
    assert "is not writable. The record is safe." in said
    assert left == 1

    power.run("mount", "-o", "remount,rw", drive)
    assert reason_and_queue(sealed) == ("", 0)


def test_a_drive_that_was_pulled_out_is_said_and_nothing_is_written_in_its_place(
    sealed: Desk, drive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mounts, "DRIVES", (str(drive.parent),))
    power.run("umount", drive)

    said, left = reason_and_queue(sealed)
    assert "No drive is mounted" in said
    assert left == 1
    assert list(drive.iterdir()) == []

    power.run("mount", "-t", "tmpfs", "-o", SMALL, "tmpfs", drive)
    assert reason_and_queue(sealed) == ("", 0)
