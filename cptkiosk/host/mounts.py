"""What is mounted where, as the system says: for drives, and for folders on a network."""

import os
from dataclasses import dataclass
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
OPEN_FILES = Path("/proc/self/fdinfo")

DRIVES = ("/media", "/run/media", "/mnt")
"""Where systems put what is plugged in."""


@dataclass(frozen=True, slots=True)
class Mount:
    """A file system and where it is."""

    point: str
    kind: str
    """As mountinfo says it: 'ext4', 'nfs4', 'fuse.sshfs'."""

    source: str
    """What is mounted: '/dev/sda1', 'server:/export'."""


def mount_of(folder: Path) -> Mount | None:
    """Return what a folder is on; None where it is not there or the system does not say.

    The folder is asked for the number of its mount, as a path alone does not tell: two
    mounts may lie over each other.
    """
    try:
        handle = os.open(folder, os.O_PATH | os.O_CLOEXEC)
        try:
            lines = (OPEN_FILES / str(handle)).read_text("ascii").splitlines()
        finally:
            os.close(handle)
        number = dict(line.split(":", 1) for line in lines)["mnt_id"].strip()
        for line in MOUNTS.read_text("utf-8", "replace").splitlines():
            before, _, after = line.partition(" - ")
            fields = before.split()
            if fields[0] == number:
                kind, source = after.split()[:2]
                return Mount(fields[4], kind, source)
    except (OSError, AttributeError, LookupError, ValueError):
        # Not Linux, or no /proc: nothing is known, and nothing is refused.
        return None
    return None


def missing_drive(folder: Path) -> str:
    """Return where a drive should be that is not there, or ''.

    An empty folder that is left where a drive was, or is to be, belongs to the
    machine's own disk.

    Args:
        folder: from the root, without links.
    """
    place = next((one for one in DRIVES if folder.is_relative_to(one)), "")
    if not place:
        return ""
    found = mount_of(folder)
    if found is None or Path(found.point).is_relative_to(place):
        return ""
    return place
