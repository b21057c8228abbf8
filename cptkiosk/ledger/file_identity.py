"""Whether the file in use is still the one that has the ledger's name.

SQLite commits into a deleted file, and beside a deleted journal, without a word. So
names are compared with what was opened: three calls of `stat`, a few microseconds.
What any program writes into the file itself changes its `ctime`; only then the file
is looked into. It is never opened by other means than SQLite: closing such a handle
would drop the locks that SQLite holds on it.
"""

import threading
from contextlib import closing
from pathlib import Path

from cptkiosk.errors import StorageError
from cptkiosk.ledger.chain import Head, link_hash
from cptkiosk.ledger.file_format import APPLICATION_ID
from cptkiosk.ledger.sqlite import FAILURES, Connection, connect

LOOKS = 20
"""How often a file is looked into while another terminal writes it back."""

BETWEEN_LOOKS_S = 0.01
LAST = "SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1"
ENTRIES = "SELECT * FROM entry ORDER BY seq"
HASH = "SELECT hash FROM entry WHERE seq = ?"


class FileIdentity:
    """What was opened, and where."""

    def __init__(self, path: Path, connection: Connection) -> None:
        """Remember the files of a connection that has just been opened."""
        self._path = path
        self._connection = connection
        (self._journal,) = connection.execute("PRAGMA journal_mode").fetchone()
        # Reading opens the journal, which a connection keeps until it closes.
        self.last = head_in(connection)
        self._stat = path.stat()
        self._wal = path.with_name(f"{path.name}-wal")
        self._shm = path.with_name(f"{path.name}-shm")
        if self._journal == "wal":
            self._wal_stat, self._shm_stat = self._wal.stat(), self._shm.stat()
        self._written_back = Head()
        self._written_back = self._read_head()

    def check_file(self) -> None:
        """Check that what is in use is what everyone finds under its name.

        Raises:
            StorageError: if something was moved, deleted or written over.
        """
        try:
            now = self._path.stat()
        except FileNotFoundError:
            raise self._missing_error(self._path, "moved or replaced") from None
        if (now.st_ino, now.st_dev) != (self._stat.st_ino, self._stat.st_dev):
            raise self._missing_error(self._path, "moved or replaced")
        if self._journal == "wal":
            self._check_journal()
        if now.st_ctime_ns != self._stat.st_ctime_ns:
            self._written_back = self._read_head()
            self._stat = now

    def _check_journal(self) -> None:
        try:
            wal, shm = self._wal.stat(), self._shm.stat()
        except FileNotFoundError as error:
            raise self._missing_error(Path(error.filename), "deleted") from None
        if wal.st_ino != self._wal_stat.st_ino:
            raise self._missing_error(self._wal, "replaced")
        if shm.st_ino != self._shm_stat.st_ino:
            raise self._missing_error(self._shm, "replaced")
        if wal.st_size < self._wal_stat.st_size:
            self._look_at_last()
        self._wal_stat = wal

    def _missing_error(self, what: Path, how: str) -> StorageError:
        if what == self._path:
            return StorageError(
                f"The ledger {what} was {how} while in use. Nothing more is"
                " recorded. Close the kiosk, put the file back, then open the"
                " kiosk again."
            )
        return StorageError(
            f"The ledger's journal {what} was {how} while in use. Nothing more is"
            " recorded. Close the kiosk on every terminal, which saves what was"
            " recorded, then open it again."
        )

    def _look_at_last(self) -> None:
        """Check, past everything remembered, that the last entry is still there."""
        try:
            with closing(connect(str(self._path), read_only=True)) as fresh:
                found = fresh.execute(HASH, (self.last.seq,)).fetchone()
        except FAILURES as error:
            raise self._overwritten_error() from error
        if self.last.seq and found != (self.last.hash,):
            raise self._overwritten_error()

    def _read_head(self) -> Head:
        """Return the last entry that is in the file itself, not in its journal."""
        self._keep_journal()
        for _ in range(LOOKS):
            before = self._path.stat().st_ctime_ns
            found = self._read_file()
            if found is not None:
                return found
            # Another terminal may just be writing its journal back.
            threading.Event().wait(BETWEEN_LOOKS_S)
            if self._path.stat().st_ctime_ns == before:
                break
        found = self._read_file()
        if found is None and self._is_whole():
            # A kill or a cut in the middle of writing the journal back leaves the file
            # alone in pieces; with its journal it is all there.
            return Head()
        if found is None:
            raise self._overwritten_error()
        return found

    def _is_whole(self) -> bool:
        """Whether file and journal together hold every entry that is known."""
        if self._path.stat().st_size < self._stat.st_size:
            # Nothing that writes a journal back makes the file shorter, and SQLite
            # would delete the journal of an empty one.
            return False
        try:
            with closing(connect(str(self._path), read_only=True)) as fresh:
                if fresh.execute("PRAGMA quick_check").fetchone() != ("ok",):
                    return False
                reached = Head()
                known = {one.seq: one.hash for one in (self.last, self._written_back)}
                for *row, found in fresh.execute(ENTRIES):
                    reached = Head(reached.seq + 1, link_hash(reached.hash, tuple(row)))
                    if (row[0], found) != (reached.seq, reached.hash):
                        return False
                    if known.pop(reached.seq, found) != found:
                        return False
                return not any(known)
        except FAILURES:
            return False

    def _read_file(self) -> Head | None:
        """Return the file's own last entry, or `None` if it is not our file."""
        try:
            with closing(connect(str(self._path), immutable=True)) as alone:
                if alone.execute("PRAGMA application_id").fetchone() != (
                    APPLICATION_ID,
                ):
                    return None
                known = self._written_back
                if known.seq and alone.execute(HASH, (known.seq,)).fetchone() != (
                    known.hash,
                ):
                    return None
                return head_in(alone)
        except FAILURES:
            return None

    def _keep_journal(self) -> None:
        """Set the journal back if another program chose one that may lose entries."""
        # Only reading makes a connection notice that the journal is another one.
        head_in(self._connection)
        (found,) = self._connection.execute("PRAGMA journal_mode").fetchone()
        if found == self._journal:
            return
        wanted = f"PRAGMA journal_mode = {self._journal}"
        try:
            (found,) = self._connection.execute(wanted).fetchone()
        except FAILURES:
            found = ""
        if found != self._journal:
            raise StorageError(
                "Another program changed the journal mode of the ledger"
                f" {self._path} and still has it open. Nothing more is recorded."
                " Close that program, then try again."
            )

    def _overwritten_error(self) -> StorageError:
        return StorageError(
            f"Another program overwrote the ledger {self._path} while it was in"
            " use. Nothing more is recorded. Leave the kiosk open, copy the whole"
            ' data directory, then call the coordinator. "cptkiosk ledger'
            ' salvage" and "cptkiosk ledger restore" recover what was recorded.'
        )


def head_in(connection: Connection) -> Head:
    """Return where the chain ends, as one connection sees it."""
    row = connection.execute(LAST).fetchone()
    return Head(*row) if row else Head()
