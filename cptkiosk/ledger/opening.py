"""Opening the file: made when new, refused when foreign, never overwritten."""

import os
from pathlib import Path

from cptkiosk.errors import StorageError
from cptkiosk.host.data_directory import ALONE, open_in_place, sync_to_disk
from cptkiosk.ledger.failures import storage_error
from cptkiosk.ledger.file_format import APPLICATION_ID, PAGE_BYTES, SCHEMA_VERSION
from cptkiosk.ledger.file_permissions import SAFE, check_is_file, keep_file, keep_folder
from cptkiosk.ledger.locks import one_at_a_time
from cptkiosk.ledger.sqlite import (
    FAILURES,
    Connection,
    connect,
    library_version,
    safe_journal,
)
from cptkiosk.ledger.utc_offsets import keep_offsets
from cptkiosk.ledger.wal_checks import check_left_behind

RESERVE_BYTES = 256 * 1024
"""Given up on a full disk, so that what is in hand can still be recorded."""


def open_ledger(path: Path) -> Connection:
    """Open the ledger for writing, creating or upgrading it where needed.

    Raises:
        StorageError: if it cannot be opened, is no ledger, or is of a newer release.
    """
    try:
        make_place(path.parent)
        with one_at_a_time(path):
            keep_file(path)
            connection = _open_or_create(path)
            make_reserve(path)
    except PermissionError as error:
        raise StorageError(
            f"The data directory {path.parent} is not writable. {SAFE} Ask the"
            " administrator for write permission, or choose another with"
            " --data-dir."
        ) from error
    except OSError as error:
        raise StorageError(
            f"The data directory {path.parent} cannot be used ({error.strerror})."
            f" {SAFE} Choose another with --data-dir."
        ) from error
    except FAILURES as error:
        raise storage_error(error, path) from error
    return connection


def open_read_only(path: Path) -> Connection:
    """Open an existing ledger without the right to write.

    Raises:
        StorageError: if it is missing, no ledger, or of a newer release.
    """
    check_is_file(path)
    if not path.is_file():
        raise StorageError(
            f'There is no ledger at {path}. Run "cptkiosk center init" to create'
            " one, or name another data directory with --data-dir."
        )
    try:
        _check_not_empty(path)
        check_left_behind(path)
        connection = connect(str(path), read_only=True)
        try:
            _check_identity(connection, path)
        except BaseException:
            connection.close()
            raise
    except FAILURES as error:
        raise storage_error(error, path) from error
    except OSError as error:
        raise _cannot_read(path, error) from error
    return connection


def make_place(folder: Path) -> None:
    """Make a data directory where there is none, and close one's own to others.

    Raises:
        StorageError: if it is someone else's, or anyone can write into it.
        OSError: if it cannot be made or written.
    """
    made = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True, mode=ALONE.folder)
    for one in made:
        sync_to_disk(one.parent)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(folder)
    keep_folder(folder)


def _open_or_create(path: Path) -> Connection:
    if not path.exists():
        create_ledger(path)
    _check_not_empty(path)
    check_left_behind(path)
    connection = connect(str(path))
    try:
        _check_identity(connection, path)
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version < SCHEMA_VERSION:
            # Start-up time: only a new or older file needs sqlite-utils.
            from cptkiosk.ledger.schema import upgrade_schema

            upgrade_schema(connection)
        _set_up(connection, path)
        keep_offsets(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def create_ledger(path: Path) -> None:
    """Make a new ledger under another name, and give it its own when it is whole.

    So a kill on the way leaves no ledger, and one without bytes was cut off.
    """
    # Start-up time: only a new or older file needs sqlite-utils.
    from cptkiosk.ledger.schema import upgrade_schema

    part = path.with_name(f"{path.name}.new")
    for left in (part, part.with_name(f"{part.name}-journal")):
        left.unlink(missing_ok=True)
    os.close(open_in_place(part, os.O_RDWR | os.O_CREAT | os.O_EXCL))
    connection = connect(str(part))
    try:
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        upgrade_schema(connection)
    except BaseException:
        connection.close()
        part.unlink(missing_ok=True)
        raise
    connection.close()
    part.rename(path)
    sync_to_disk(path.parent)


def _check_not_empty(path: Path) -> None:
    if path.stat().st_size == 0:
        raise _cut_off(path, "empty")


def _cut_off(path: Path, what: str) -> StorageError:
    return StorageError(
        f"The ledger {path} is {what}, so it was damaged. It was not changed. Run"
        ' "cptkiosk ledger restore" to continue from a backup, or "cptkiosk'
        ' ledger salvage" to save what still verifies. To start a new record,'
        ' move the file away and run "cptkiosk center init --new-record".'
    )


def _cannot_read(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"The ledger {path} cannot be read ({error.strerror}). {SAFE} Ask the"
        " administrator for permission to read it."
    )


def _check_identity(connection: Connection, path: Path) -> None:
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    # Also one without tables: whose it is, or was, no one here can know.
    if application_id != APPLICATION_ID:
        raise StorageError(
            f"{path} is not a cptkiosk ledger. It was not changed. Move it away,"
            " or name another data directory with --data-dir."
        )
    wal = path.with_name(f"{path.name}-wal")
    journalled = wal.exists() and wal.stat().st_size
    # A cut while the journal was written back may leave half a page: it has the whole.
    if path.stat().st_size % PAGE_BYTES and not journalled:
        raise _cut_off(path, "cut off")
    if version > SCHEMA_VERSION:
        raise StorageError(
            f"{path} was written by a newer release (format {version}; this"
            f" release reads up to {SCHEMA_VERSION}). It was not changed. Update"
            " cptkiosk, then try again."
        )


def _set_up(connection: Connection, path: Path) -> None:
    journal, synchronous = safe_journal(library_version())
    (got,) = connection.execute(f"PRAGMA journal_mode = {journal}").fetchone()
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    connection.execute("PRAGMA foreign_keys = ON")
    # A text that was forgotten must not stay behind in a free page.
    connection.execute("PRAGMA secure_delete = ON")
    (level,) = connection.execute("PRAGMA synchronous").fetchone()
    (wiped,) = connection.execute("PRAGMA secure_delete").fetchone()
    if got != journal or level != {"FULL": 2, "EXTRA": 3}[synchronous]:
        raise StorageError(
            "The ledger's file system does not support the journal mode"
            f' "{journal}". {SAFE} Put the data directory on a local disk.'
        )
    if wiped != 1:
        raise StorageError(
            f"This version of SQLite does not erase deleted text from {path}."
            f" {SAFE} Install cptkiosk with the SQLite it comes with."
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
        handle = open_in_place(reserve, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
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
