"""Opening the file: made when new, refused when foreign, never overwritten."""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cptkiosk.errors import StorageError
from cptkiosk.ledger.sqlite import (
    Connection,
    connect,
    dbapi,
    library_version,
    safe_journal,
)

APPLICATION_ID = 0x4350544B
"""'CPTK' in the file's header, so that no foreign file is taken for a ledger."""

SCHEMA_VERSION = 1
"""How many migrations `schema` has; kept in `user_version`."""

RESERVE_BYTES = 256 * 1024
"""Given up on a full disk, so that what is in hand can still be recorded."""

OWNER_ONLY = 0o700
SAFE = "Nothing was changed."


def open_ledger(path: Path) -> Connection:
    """Open the ledger for writing, creating or upgrading it where needed.

    Raises:
        StorageError: if it cannot be opened, is no ledger, or is of a newer release.
    """
    try:
        _make_folder(path.parent)
        with _one_at_a_time(path):
            connection = _open_or_create(path)
            _set_up(connection)
            make_reserve(path)
    except PermissionError as error:
        raise StorageError(
            f"The data directory {path.parent} cannot be written. {SAFE} Ask the"
            " administrator for write permission, or choose another with --data-dir."
        ) from error
    except OSError as error:
        raise StorageError(
            f"The data directory {path.parent} cannot be used ({error.strerror})."
            f" {SAFE} Choose another with --data-dir."
        ) from error
    except dbapi.Error as error:
        raise explained(error, path) from error
    return connection


def open_read_only(path: Path) -> Connection:
    """Open an existing ledger without the right to write.

    Raises:
        StorageError: if it is missing, no ledger, or of a newer release.
    """
    if not path.is_file():
        raise StorageError(
            f"There is no ledger at {path}. Run 'cptkiosk center init' to make one, or"
            " name another data directory with --data-dir."
        )
    try:
        connection = connect(str(path), read_only=True)
        _check_identity(connection, path)
    except dbapi.Error as error:
        raise explained(error, path) from error
    return connection


class DiskFull(StorageError):
    """The disk is full; the reserve has been given up for what is in hand."""


def explained(error: Exception, path: Path) -> StorageError:
    """Return what a failure of SQLite means to a proctor."""
    text = str(error).lower()
    if "full" in text:
        return DiskFull(
            "The disk is full: this step was not recorded, everything before it is"
            " safe. Free some space, then do it again."
        )
    if "readonly" in text or "read-only" in text:
        said = (
            f"The ledger {path} cannot be written: this step was not recorded,"
            " everything before it is safe. Ask the administrator for write permission."
        )
    elif "locked" in text or "busy" in text:
        said = (
            "Another program has held the ledger for too long: this step was not"
            " recorded, everything before it is safe. Do it again; close other"
            " programs that use the file."
        )
    elif "not a database" in text or "malformed" in text:
        said = (
            f"{path} is damaged or no ledger. It was left as it is. Keep a copy, run"
            " 'cptkiosk ledger verify', and go on from a backup."
        )
    else:
        said = (
            f"The ledger {path} cannot be used ({error}). What was shown as recorded is"
            " safe. Call the administrator."
        )
    return StorageError(said)


def _make_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(folder)
    found = folder.stat()
    if found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) != OWNER_ONLY:
        folder.chmod(OWNER_ONLY)


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    """Let one process create or upgrade, while others wait for it."""
    handle = os.open(path.with_name("opening.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _open_or_create(path: Path) -> Connection:
    new = not path.exists()
    if new:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = connect(str(path))
    if not new and path.stat().st_size == 0:
        # A kill between creating the file and its first commit leaves it empty;
        # an empty file holds nothing that could be lost.
        new = True
    if not new:
        _check_identity(connection, path)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if new or version < SCHEMA_VERSION:
        from cptkiosk.ledger.schema import upgrade

        upgrade(connection)
    return connection


def _check_identity(connection: Connection, path: Path) -> None:
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    # Also one without tables: whose it is, or was, nobody here can know.
    if application_id != APPLICATION_ID:
        raise StorageError(
            f"{path} is not a ledger of this program. It was left as it is. Move it"
            " away, or name another data directory with --data-dir."
        )
    if version > SCHEMA_VERSION:
        raise StorageError(
            f"{path} was written by a newer release (format {version}, this one knows"
            f" {SCHEMA_VERSION}). It was left as it is. Update cptkiosk, then open it"
            " again."
        )


def _set_up(connection: Connection) -> None:
    journal, synchronous = safe_journal(library_version())
    (got,) = connection.execute(f"PRAGMA journal_mode = {journal}").fetchone()
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    connection.execute("PRAGMA foreign_keys = ON")
    (level,) = connection.execute("PRAGMA synchronous").fetchone()
    if got != journal or level != {"FULL": 2, "EXTRA": 3}[synchronous]:
        raise StorageError(
            f"The ledger's file system does not support the journal '{journal}'."
            f" {SAFE} Keep the data directory on a local disk."
        )


def reserve_path(path: Path) -> Path:
    """Return where the reserve for a full disk lies."""
    return path.with_name("reserve")


def make_reserve(path: Path) -> None:
    """Make the reserve if it is not there; a disk without room is no failure."""
    reserve = reserve_path(path)
    if reserve.exists():
        return
    try:
        handle = os.open(reserve, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        return
    try:
        with os.fdopen(handle, "wb") as file:
            # Random, so that no file system stores it in less room.
            file.write(os.urandom(RESERVE_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        # A disk that is full already is no reason to refuse what still works.
        reserve.unlink(missing_ok=True)
