"""Whether a data directory lies on a network file system, and who holds it there.

SQLite's locks and its shared memory do not hold between machines: two kiosks on one
network folder lose entries that both called recorded, and damage the file
(sqlite.org/wal.html, 'all processes using a database must be on the same host').
"""

import hashlib
import json
import os
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cptkiosk.domain.text import visible
from cptkiosk.errors import StorageError
from cptkiosk.host.data_directory import sync_to_disk, write_synced
from cptkiosk.host.mounts import mount_of
from cptkiosk.host.paths import is_folder
from cptkiosk.ledger.locks import one_at_a_time

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
MACHINE_ID = Path("/etc/machine-id")

NETWORK = frozenset(
    {
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "coda", "ceph"),
        *("glusterfs", "lustre", "gpfs", "beegfs", "pvfs2", "orangefs", "davfs"),
        *("ocfs2", "gfs2", "acfs", "vboxsf", "vmhgfs", "prl_fs", "fuse"),
    }
)
"""Types in mountinfo that other machines may write at the same time."""

HOST_SHARES = frozenset({"9p", "virtiofs"})
"""A host's folder in a virtual machine; as the root it is the machine's own disk."""

HOLDER = "open-on-network.json"
UNREADABLE = (
    *(OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError),
    RecursionError,
)
"""What a holder's file brings about that is damaged, or someone else's."""


@dataclass(frozen=True, slots=True)
class NetworkFolder:
    """A folder on a network file system."""

    kind: str
    """As mountinfo says it: 'nfs4', 'fuse.sshfs'."""

    source: str
    """What is mounted: 'server:/export'."""


def network_folder(folder: Path) -> NetworkFolder | None:
    """Return the network file system that a folder is on, None for a local disk.

    Args:
        folder: it need not be there; its nearest parent that is counts.
    """
    mount = mount_of(_nearest_folder(folder))
    if mount is None:
        return None
    shared = mount.kind in HOST_SHARES and mount.point != "/"
    if shared or mount.kind in NETWORK or mount.kind.startswith("fuse."):
        return NetworkFolder(mount.kind, mount.source)
    return None


def _nearest_folder(folder: Path) -> Path:
    return next((one for one in (folder, *folder.parents) if is_folder(one)), folder)


def check_local(folder: Path) -> None:
    """Check that a data directory is on a disk of this machine.

    Raises:
        StorageError: if it is on a network file system.
    """
    found = network_folder(folder)
    if found is not None:
        raise StorageError(
            f"The data directory {folder} is on a network file system"
            f" ({found.kind}, {found.source}). Two machines writing there would"
            " lose entries and damage the record. Nothing was changed. Use"
            " --data-dir to name a folder on a local disk. If only this machine"
            " ever opens the record, add --network-folder-is-safe (noted in the"
            " record)."
        )


@contextmanager
def held_alone(folder: Path, make: Callable[[Path], None]) -> Iterator[None]:
    """Hold a network folder for one program on one machine while it is open.

    A file made once and never replaced is the one lock that such folders keep.

    Args:
        folder: the data directory.
        make: makes it if it is not there.

    Raises:
        StorageError: if another program holds it, or it cannot be held.
    """
    path = folder / HOLDER
    try:
        make(folder)
        _hold_lock(path)
    except OSError as error:
        raise StorageError(
            f"The network folder {folder} cannot be locked for this machine"
            f" ({error.strerror}). Nothing was changed. Use --data-dir to name a"
            " folder on a local disk."
        ) from error
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()


def _hold_lock(path: Path) -> None:
    me = {
        "host": platform.node(),
        "machine": _machine_digest(),
        "boot": _read_text(BOOT_ID),
        "process": os.getpid(),
    }
    for _ in range(2):
        try:
            write_synced(path, json.dumps(me).encode())
        except FileExistsError:
            _give_way(path, me)
            continue
        sync_to_disk(path.parent)
        return
    raise _in_use_error(path, "another program")


def _give_way(path: Path, me: dict[str, object]) -> None:
    """Remove what a program of this machine left that runs no more.

    One program at a time, so that none removes what another has just put there.

    Raises:
        StorageError: if it still runs, or is on another machine.
        OSError: if the others cannot be waited for.
    """
    with one_at_a_time(path):
        try:
            other = json.loads(path.read_text("utf-8"))
            host, boot, process = other["host"], other["boot"], int(other["process"])
            machine = other.get("machine", me["machine"])
        except FileNotFoundError:
            return
        except UNREADABLE:
            raise _in_use_error(path, "another program") from None
        # Machines copied from one image often have one name.
        if (host, machine) != (me["host"], me["machine"]):
            raise _in_use_error(path, f'the machine "{visible(str(host), 100)}"')
        if boot == me["boot"] and _is_running(process):
            raise _in_use_error(path, f"process {process} on this machine")
        path.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _in_use_error(path: Path, whose: str) -> StorageError:
    return StorageError(
        f"The record in the network folder {path.parent} is in use by {whose}."
        " Nothing was changed. Close it there first. If that machine is"
        f" permanently off, delete {path.name} and try again."
    )


def _machine_digest() -> str:
    """Return what tells this machine from others; not the ID itself, which is its own."""
    return hashlib.sha256(_read_text(MACHINE_ID).encode()).hexdigest()


def _read_text(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""
