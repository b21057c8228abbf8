"""What the system is made to say about the file system that a folder is on."""

import os
from pathlib import Path

import pytest

from cptkiosk.host import mounts


def mount_id(folder: Path) -> str:
    handle = os.open(folder, os.O_PATH)
    try:
        lines = Path(f"/proc/self/fdinfo/{handle}").read_text().splitlines()
    finally:
        os.close(handle)
    return next(one.split()[1] for one in lines if one.startswith("mnt_id"))


def mounted_as(
    kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch, point: str = "/srv"
) -> None:
    """Let the system say that `folder` is on a file system of a kind."""
    told = folder.parent / "mountinfo"
    told.write_text(
        f"1 0 254:0 / / rw - ext4 /dev/sda rw\n"
        f"{mount_id(folder)} 1 0:48 / {point} rw shared:1 - {kind} server:/lab rw\n"
    )
    monkeypatch.setattr(mounts, "MOUNTS", told)
