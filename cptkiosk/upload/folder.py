"""A folder as a destination: whole or not at all, read back, never overwritten."""

import errno
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.closing import RecordBundle
from cptkiosk.domain.rules.closing import may_send, need_same_bundle
from cptkiosk.domain.values import Actor, BundleKind
from cptkiosk.errors import DestinationError
from cptkiosk.host.data_directory import name_part, open_in_place, sync_to_disk
from cptkiosk.host.paths import (
    is_file,
    make_absolute,
    need_folder,
    resolve_links,
    show_path,
)
from cptkiosk.host.work_progress import ProgressCallback, ignore_progress
from cptkiosk.upload.bundle import Snapshot, make_bundle, take_snapshot
from cptkiosk.upload.destinations.base import Conflict

SAFE = "The record is safe."
STEPS = 4
"""To read the record, to write the report, to pack, to deliver."""

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def write_bundle(
    desk: Desk,
    session_id: str,
    folder: Path,
    actor: Actor,
    *,
    kind: BundleKind = BundleKind.RESULTS,
    report: Callable[[Snapshot], str],
    told: ProgressCallback = ignore_progress,
) -> tuple[Path, str, bool]:
    """Write a sealed session into a folder, read it back, and record that.

    Args:
        desk: the record.
        session_id: the session; only a sealed one goes out.
        folder: where to; it must be there.
        actor: who asks.
        kind: what the bundle tells; a record takes a coordinator.
        report: makes the text of report.txt, which only a record has.
        told: is told the steps; what it raises ends the work, and nothing is written.

    Returns:
        The file, its SHA-256, and whether the very same file was there already. Once
        recorded for a revision and a folder, it is not recorded again.

    Raises:
        Refused: if the session is not sealed, naming what is open; if the revision
            went out before as another file; or if the actor may not send that kind.
        DestinationError: if the folder does not take it, or holds another file of
            that name, which stays as it is; that it failed is recorded, and why.
        StorageError: if it was written but could not be recorded.
    """
    told(0, STEPS)
    may_send(kind, actor)
    sealed = take_snapshot(desk, session_id, kind)
    told(1, STEPS)
    text = report(sealed) if kind is BundleKind.RECORD else ""
    told(2, STEPS)
    data = make_bundle(desk, sealed, text)
    sha256 = hashlib.sha256(data).hexdigest()
    need_same_bundle(desk.session(session_id), sealed.file_name, sha256)
    told(3, STEPS)
    # From here on it is not told: what is written is also recorded.
    revision = sealed.session.revision
    try:
        target, digest, already = deliver_file(folder, sealed.file_name, data)
    except DestinationError as error:
        tried = str(make_absolute(folder))
        desk.bundles.record_failure(session_id, revision, tried, str(error), actor)
        raise
    destination = str(target.parent)
    known = any(
        (one.revision, one.destination, one.sha256) == (revision, destination, sha256)
        for one in desk.session(session_id).bundles
    )
    if not known:
        written = RecordBundle(
            session_id=session_id,
            destination=destination,
            file_name=target.name,
            sha256=digest,
            kind=kind,
        )
        desk.perform(written, actor)
    return target, digest, already


def deliver_file(folder: Path, name: str, data: bytes) -> tuple[Path, str, bool]:
    """Write a file into a folder that is there; see `write_new_file`.

    Returns:
        The file, its SHA-256, and whether the very same file was there already.

    Raises:
        Conflict: if another file has that name.
        DestinationError: if the folder does not take it.
    """
    try:
        need_folder(folder)
        target = resolve_links(folder) / name
        return target, *write_new_file(target, data)
    except OSError as error:
        raise DestinationError(_failure_text(error, folder)) from error


def _failure_text(error: OSError, folder: Path) -> str:
    where = show_path(folder)
    if error.errno in FULL:
        return f"{where} is full. {SAFE} Free some space, or name another folder."
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return (
            f"{where} is not writable. {SAFE} Ask for write permission, or name"
            " another folder."
        )
    reason = error.strerror or type(error).__name__
    return (
        f"The bundle could not be written to {where} ({reason}). {SAFE} Try again, or"
        " name another folder."
    )


def write_new_file(target: Path, data: bytes) -> tuple[str, bool]:
    """Write a file that must not replace another; return its SHA-256, and if it was there.

    Raises:
        Conflict: if another file has that name.
        DestinationError: if what was read back differs.
        OSError: if it cannot be written.
    """
    digest = hashlib.sha256(data).hexdigest()
    if _is_there(target, digest):
        return digest, True
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    try:
        _write_part(part, data)
        if _file_digest(part) != digest:
            raise DestinationError(
                f"The bundle read back from {show_path(target.parent)} differs"
                f" from what was written. {SAFE} Use another USB drive or folder."
            )
        try:
            name_part(part, target)
        except FileExistsError:
            return digest, _is_there(target, digest)
        sync_to_disk(target.parent)
    finally:
        part.unlink(missing_ok=True)
    return digest, False


def _is_there(target: Path, digest: str) -> bool:
    """Return whether the file is there; an empty one is the rest of a broken try.

    Raises:
        Conflict: if another file has that name.
        OSError: if it cannot be synced.
    """
    if not target.exists() or target.stat().st_size == 0:
        return False
    if not is_file(target) or _file_digest(target) != digest:
        raise Conflict(
            f"{show_path(target)} already exists and is not this bundle. It was"
            f" not changed. {SAFE} Name another folder, and find out where that"
            " file came from."
        )
    # The try that wrote it may have ended before it was on the disk.
    sync_to_disk(target)
    sync_to_disk(target.parent)
    return True


def _write_part(part: Path, data: bytes) -> None:
    handle = open_in_place(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(handle)
        if hasattr(os, "posix_fadvise"):
            # Or the reading back would come from memory, not from the drive.
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
