"""A disk in a file, whose power is cut."""

import fcntl
import os
import shutil
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

MEGABYTE = 2**20
DISK_BYTES = 24 * MEGABYTE
SHUT_DOWN = 0x8004587D
"""EXT4_IOC_SHUTDOWN: at once, nothing more reaches the disk."""

NO_LOG_FLUSH = 2
"""... and nothing that waits in memory either: as when the power goes."""

PATIENT_TRIES = 40
TOOLS = ("mkfs.ext4", "mount", "umount")


def run(*arguments: object) -> None:
    """Run a program to its end."""
    done = subprocess.run(
        [str(one) for one in arguments], capture_output=True, text=True, check=False
    )
    assert not done.returncode, f"{arguments}: {done.stderr}"


@contextmanager
def mounted(what: object, at: Path, *options: object) -> Iterator[Path]:
    """Mount something, and leave it unmounted."""
    at.mkdir(exist_ok=True)
    run("mount", *options, what, at)
    try:
        yield at
    finally:
        unmount(at)


def unmount(at: Path) -> None:
    """Unmount; a killed process may take a moment to let go."""
    for _ in range(PATIENT_TRIES):
        subprocess.run(["umount", str(at)], capture_output=True, check=False)
        if not at.is_mount():
            return
        time.sleep(0.05)
    run("umount", "--lazy", at)


@contextmanager
def disk(image: Path, at: Path) -> Iterator[Path]:
    """Mount the disk that is in a file; at an error it can only be read any more."""
    with mounted(image, at, "-o", "loop,errors=remount-ro"):
        yield at


def new_disk(image: Path) -> None:
    """Make an empty disk in a file."""
    with image.open("wb") as file:
        file.truncate(DISK_BYTES)
    run("mkfs.ext4", "-q", "-F", image)


def copy_disk(image: Path, to: Path) -> None:
    """Copy the file that a disk is in."""
    run("cp", "--sparse=always", image, to)


def cut_power(at: Path) -> None:
    """Cut the power of a mounted disk: what it has not written by now is gone."""
    handle = os.open(at, os.O_RDONLY)
    try:
        fcntl.ioctl(handle, SHUT_DOWN, struct.pack("I", NO_LOG_FLUSH))
    finally:
        os.close(handle)


def break_disk(at: Path) -> None:
    """Have a mounted disk find an error in itself, which makes it read-only."""
    (device,) = (
        Path(line.split()[0]).name
        for line in Path("/proc/mounts").read_text("utf-8").splitlines()
        if line.split()[1] == str(at)
    )
    Path(f"/sys/fs/ext4/{device}/trigger_fs_error").write_text("1", "utf-8")


@cache
def no_disks(scratch: Path) -> str:
    """Return why disks in files cannot be had here, or nothing."""
    missing = [one for one in TOOLS if shutil.which(one) is None]
    if missing:
        return f"there is no {missing[0]} here"
    if os.geteuid():
        return "only root may mount"
    try:
        new_disk(scratch / "probe.img")
        with disk(scratch / "probe.img", scratch / "probe") as place:
            cut_power(place)
    except (AssertionError, OSError) as error:
        return f"a disk in a file cannot be had here: {error}"
    return ""
