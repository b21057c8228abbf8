"""What lies beside a ledger that no one has open: a journal, or the lack of one.

A kill leaves `-wal` and `-shm`, and SQLite takes up what they hold. It would also take
up the journal of another file, and go on without a journal that was lost.
"""

import os
import struct
from contextlib import closing, suppress
from pathlib import Path

from cptkiosk.errors import StorageError
from cptkiosk.ledger.chain import Broken, Head, follow_chain
from cptkiosk.ledger.file_identity import HASH, head_in
from cptkiosk.ledger.locks import system_locks
from cptkiosk.ledger.reading import COLUMNS
from cptkiosk.ledger.sqlite import FAILURES, connect

FRAMES = struct.Struct("=I")
"""How many pages a journal holds, as `-shm` says (sqlite.org/walformat.html)."""

FRAMES_AT = 16
WRITTEN_BACK_AT = 96
LAST_ENTRIES = 1000
SHARED_BYTE = "128"
"""The byte of `-shm` that every connection holds a lock on while it is open."""


def file_beside(path: Path, ending: str) -> Path:
    """Return the name of a file that SQLite keeps beside a ledger."""
    return path.with_name(f"{path.name}-{ending}")


def remove_database(path: Path) -> None:
    """Remove a file of SQLite and what may be beside it; what cannot go stays."""
    for one in (path, *(file_beside(path, end) for end in ("journal", "wal", "shm"))):
        with suppress(OSError):
            one.unlink(missing_ok=True)


def in_use(path: Path) -> bool:
    """Return whether any process has a ledger open; no where the system won't say."""
    try:
        inode = file_beside(path, "shm").stat().st_ino
    except OSError:
        return False
    # Asked of the system, since opening and closing the file would drop our own locks.
    return any(
        f":{inode} {SHARED_BYTE} " in f"{' '.join(line.split())} "
        for line in system_locks()
    )


def check_left_behind(path: Path) -> None:
    """Check that what a kill may have left beside a ledger belongs to it.

    Raises:
        StorageError: if a journal is missing, or is not this ledger's.
    """
    wal = file_beside(path, "wal")
    if not wal.exists():
        if _frames_lost(path) and not wal.exists():
            raise StorageError(
                f"The ledger's journal {wal} is missing, with entries that are not"
                f" yet in {path.name}. Nothing was changed. If you have the"
                ' journal, put it back. Otherwise run "cptkiosk ledger salvage",'
                ' or "cptkiosk ledger restore" to continue from a backup.'
            )
        return
    for one in (path, wal):
        if not os.access(
            one, os.R_OK, effective_ids=os.access in os.supports_effective_ids
        ):
            raise StorageError(
                f"{one} cannot be read: permission denied. Nothing was changed and"
                " nothing is damaged. Ask the administrator for permission to"
                " read it."
            )
    if wal.stat().st_size and not in_use(path) and not _fit_together(path):
        raise StorageError(
            f"The ledger {path} and its journal {wal.name} do not match. One of"
            " them is damaged or belongs to another ledger. Nothing was changed."
            ' Run "cptkiosk ledger salvage", which reads both and changes'
            " neither."
        )


def _frames_lost(path: Path) -> bool:
    """Return whether an index is left of a journal that held more than the file."""
    try:
        index = file_beside(path, "shm").read_bytes()
    except FileNotFoundError:
        return False
    if len(index) < WRITTEN_BACK_AT + FRAMES.size:
        return False
    (frames,) = FRAMES.unpack_from(index, FRAMES_AT)
    (written_back,) = FRAMES.unpack_from(index, WRITTEN_BACK_AT)
    return bool(frames > written_back)


def _fit_together(path: Path) -> bool:
    """Return whether file and journal make one database, without writing either."""
    try:
        with closing(connect(str(path), read_only=True)) as looking:
            if looking.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                return False
            rows = looking.execute(
                f"SELECT {COLUMNS}, hash FROM entry ORDER BY seq DESC LIMIT ?",
                (LAST_ENTRIES + 1,),
            ).fetchall()[::-1]
            own = _own_head(path)
            if own.seq and looking.execute(HASH, (own.seq,)).fetchone() != (own.hash,):
                return False
    except FAILURES:
        return False
    known = Head()
    if len(rows) > LAST_ENTRIES:
        known = Head(rows[0][0], rows[0][10])
        rows = rows[1:]
    try:
        follow_chain(((row[:10], row[10]) for row in rows), known)
    except Broken:
        return False
    return True


def _own_head(path: Path) -> Head:
    """Return where the chain ends in a file without its journal.

    A kill while the journal was written back leaves a file that says nothing alone.
    """
    try:
        with closing(connect(str(path), immutable=True)) as alone:
            return head_in(alone)
    except FAILURES:
        return Head()
