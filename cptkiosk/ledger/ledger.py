"""The ledger: the only reader and writer of the file."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cptkiosk.domain.events import Entry, Fact
from cptkiosk.domain.instants import Instant
from cptkiosk.errors import StorageError
from cptkiosk.ledger import tables
from cptkiosk.ledger.chain import Head, link
from cptkiosk.ledger.codec import UnknownKind, Unreadable, decode, encode
from cptkiosk.ledger.opening import (
    explained,
    make_reserve,
    open_ledger,
    open_read_only,
    reserve_path,
)
from cptkiosk.ledger.sqlite import Connection, dbapi

HEARTBEAT_MS = 15_000
INSERT = "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
COLUMNS = (
    "seq, stream, version, at_utc_ms, at_boot_ms, boot_id, terminal, actor, kind, body"
)


class Transaction:
    """One `BEGIN IMMEDIATE` ... `COMMIT`: read, decide and append without a rival."""

    def __init__(self, connection: Connection, terminal: str, actor: str) -> None:
        self._connection = connection
        self._terminal = terminal
        self._actor = actor
        row = connection.execute(
            "SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        self.head = Head(*row) if row else Head()

    def append(
        self, stream: str, after_version: int, events: Sequence[Fact], at: Instant
    ) -> tuple[Entry, ...]:
        """Write events after a stream's version and return them as entries."""
        return tuple(
            self._append(stream, version, event, at)
            for version, event in enumerate(events, after_version + 1)
        )

    def _append(self, stream: str, version: int, event: Fact, at: Instant) -> Entry:
        kind, body, kept = encode(event)
        seq = self.head.seq + 1
        row = (
            seq, stream, version, at.utc_ms, at.boot_ms, at.boot_id,
            self._terminal, self._actor, kind, body,
        )  # fmt: skip
        self.head = Head(seq, link(self.head.hash, row))
        self._connection.execute(INSERT, (*row, self.head.hash))
        self._connection.executemany(
            "INSERT INTO personal VALUES (?, ?, ?, ?)",
            [(one.commitment, one.about, one.salt, one.text) for one in kept],
        )
        return Entry(seq, stream, version, at, self._terminal, self._actor, event)

    def project(self, rows: tables.Rows) -> None:
        """Write projected rows."""
        for table, some in rows.items():
            if some:
                statement = tables.statement(table, len(some[0]))
                self._connection.executemany(statement, some)

    def sign_head(self, signature: str, public_key: str) -> None:
        """Keep the signature of the chain as it ends now."""
        self._connection.execute(
            "INSERT OR REPLACE INTO head VALUES (?, ?, ?, ?)",
            (self.head.seq, self.head.hash, signature, public_key),
        )


class Ledger:
    """One open file. Not for use by two threads at once."""

    def __init__(self, path: Path, terminal: str, *, read_only: bool = False) -> None:
        self.path = path
        self.terminal = terminal
        opened = open_read_only(path) if read_only else open_ledger(path)
        self.connection = opened
        self._inode = path.stat().st_ino

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    @contextmanager
    def writing(self, actor: str) -> Iterator[Transaction]:
        """Hold the write lock; on leaving, what was appended is committed and synced.

        Raises:
            StorageError: if the file cannot be written; then nothing was recorded.
        """
        self._check_same_file()
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield Transaction(self.connection, self.terminal, actor)
                self.connection.execute("COMMIT")
            finally:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
        except dbapi.Error as error:
            raise explained(error, self.path) from error

    def give_reserve_up(self) -> None:
        """Make room on a full disk for the step in hand."""
        reserve_path(self.path).unlink(missing_ok=True)

    def keep_reserve(self) -> None:
        """Make the reserve again if it was given up and there is room."""
        make_reserve(self.path)

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Read one state of the file throughout, whatever others commit meanwhile.

        Raises:
            StorageError: if the file cannot be read.
        """
        self.rows("BEGIN")
        try:
            yield
        finally:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")

    def _check_same_file(self) -> None:
        """Refuse to write into a file that no longer has its name.

        SQLite commits into a deleted file without a word.
        """
        try:
            same = self.path.stat().st_ino == self._inode
        except FileNotFoundError:
            same = False
        if not same:
            raise StorageError(
                f"The ledger {self.path} was moved or replaced while in use. Nothing"
                " more is recorded. Close the kiosk, put the file back, open it again."
            )

    def read(self, stream: str, after_version: int = 0) -> tuple[Entry, ...]:
        """Return a stream's entries, oldest first."""
        return self._entries(
            "stream = ? AND version > ? ORDER BY version", (stream, after_version)
        )

    def read_after(self, seq: int) -> tuple[Entry, ...]:
        """Return every entry after `seq`, oldest first."""
        return self._entries("seq > ? ORDER BY seq", (seq,))

    def _entries(self, where: str, values: tuple[Any, ...]) -> tuple[Entry, ...]:
        query = f"SELECT {COLUMNS} FROM entry WHERE {where}"
        return tuple(self._entry(row) for row in self.rows(query, values))

    def _entry(self, row: Any) -> Entry:
        seq, stream, version, utc_ms, boot_ms, boot_id, terminal, actor, kind, body = (
            row
        )
        try:
            event = decode(kind, body, self._personal)
        except UnknownKind as error:
            raise StorageError(
                f"Entry #{seq} is of a kind this release does not know ({kind})."
                " Nothing was changed. Update cptkiosk, then open the ledger again."
            ) from error
        except Unreadable as error:
            raise StorageError(
                f"Entry #{seq} cannot be read as what it says it is ({kind}). It was"
                " left as it is. Keep a copy, run 'cptkiosk ledger verify', and go on"
                " from a backup."
            ) from error
        at = Instant(utc_ms=utc_ms, boot_ms=boot_ms, boot_id=boot_id)
        return Entry(seq, stream, version, at, terminal, actor, event)

    def _personal(self, commitment: str) -> str | None:
        query = "SELECT text FROM personal WHERE commitment = ?"
        rows = self.rows(query, (commitment,))
        return rows[0][0] if rows else None

    def streams(self) -> tuple[str, ...]:
        """Return the name of every stream."""
        rows = self.rows("SELECT DISTINCT stream FROM entry ORDER BY stream")
        return tuple(row[0] for row in rows)

    def head(self) -> Head:
        """Return where the chain ends now."""
        rows = self.rows("SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1")
        return Head(*rows[0]) if rows else Head()

    def rows(self, query: str, values: Iterable[Any] = ()) -> list[Any]:
        """Return all rows of a query; fetched whole, so that no snapshot is pinned.

        Raises:
            StorageError: if the file cannot be read.
        """
        try:
            return self.connection.execute(query, tuple(values)).fetchall()
        except dbapi.Error as error:
            raise explained(error, self.path) from error

    def data_version(self) -> int:
        """Return a number that changes when another process commits."""
        return int(self.rows("PRAGMA data_version")[0][0])

    def heartbeat(self) -> Instant | None:
        """Return the last sign of life of any terminal."""
        rows = self.rows("SELECT utc_ms, boot_ms, boot_id FROM heartbeat")
        if not rows:
            return None
        utc_ms, boot_ms, boot_id = rows[0]
        return Instant(utc_ms=utc_ms, boot_ms=boot_ms, boot_id=boot_id)

    def beat(self, now: Instant) -> Instant | None:
        """Leave a sign of life if the last is old; return the one before it then."""
        if _fresh(self.heartbeat(), now):
            return None
        with self.writing("") as transaction:
            # Another terminal may have been quicker; a step is noticed once.
            last = self.heartbeat()
            if _fresh(last, now):
                return None
            transaction._connection.execute(
                "INSERT OR REPLACE INTO heartbeat VALUES (1, ?, ?, ?)",
                (now.utc_ms, now.boot_ms, now.boot_id),
            )
        return last

    def keep_draft(self, owner: str, form: str, body: str) -> None:
        """Keep a half-filled form; an empty body forgets it."""
        with self.writing(owner) as transaction:
            if body:
                transaction._connection.execute(
                    "INSERT OR REPLACE INTO draft VALUES (?, ?, ?)", (owner, form, body)
                )
            else:
                transaction._connection.execute(
                    "DELETE FROM draft WHERE owner = ? AND form = ?", (owner, form)
                )

    def draft(self, owner: str, form: str) -> str:
        """Return a half-filled form, or nothing."""
        query = "SELECT body FROM draft WHERE owner = ? AND form = ?"
        rows = self.rows(query, (owner, form))
        return rows[0][0] if rows else ""


def _fresh(last: Instant | None, now: Instant) -> bool:
    return (
        last is not None
        and last.boot_id == now.boot_id
        and 0 <= now.boot_ms - last.boot_ms < HEARTBEAT_MS
    )
