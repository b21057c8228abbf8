"""The ledger: the only reader and writer of the file.

How a commit goes (`Ledger.writing`), in this order, and why:

1. Take a turn among the terminals (`locks.Turns`), then look whether the path still
   names the open file and journal (`FileIdentity`). SQLite would write into a file that
   was deleted or replaced, without a word.
2. `BEGIN IMMEDIATE`. A deferred transaction would read the head of the chain, and find
   out at the first INSERT that another terminal has written since.
3. Inside: the caller catches up, decides on what is true now, and appends. Entry, texts
   about people and projected rows are one transaction. Decided outside of it, two
   terminals would both give the last seat, or the same credit twice.
4. `COMMIT`. It returns once the journal is synced: WAL with FULL, or DELETE with EXTRA;
   with any weaker setting a power cut takes back what a screen has shown as recorded.
5. Look at the path again. What was synced into a file that no one will find is not
   recorded either.
6. Only now does the caller change its state in memory, and a screen say so.

A failure in 1 to 4 rolls back, and nothing is recorded. A cut during 4 leaves the whole
step or none of it, though no one was told that it is there: after a restart it shows.
The reverse never happens: what was said to be recorded is there.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident

from cptkiosk.domain.events.fact import Entry, Fact
from cptkiosk.domain.text import name_words
from cptkiosk.domain.time.instants import Instant
from cptkiosk.errors import StorageError
from cptkiosk.ledger import projections
from cptkiosk.ledger.chain import Head, link_hash
from cptkiosk.ledger.codec import commitment_owners, encode_event
from cptkiosk.ledger.entry_tree import EntryTree
from cptkiosk.ledger.failures import storage_error
from cptkiosk.ledger.file_identity import FileIdentity
from cptkiosk.ledger.locks import Turns
from cptkiosk.ledger.opening import (
    make_reserve,
    open_ledger,
    open_read_only,
    reserve_path,
)
from cptkiosk.ledger.reading import COLUMNS, Reader
from cptkiosk.ledger.sqlite import FAILURES, Connection, connect
from cptkiosk.ledger.utc_offsets import keep_offsets

__all__ = ["COLUMNS", "Ledger", "Transaction"]

HEARTBEAT_MS = 15_000
INSERT = "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


TRACES = (
    "The text was removed from the record, every screen and every report, but"
    " traces of it remain in the ledger files for now"
)
AGAIN = (
    "Close the other terminals, check that the disk has space, and run the same"
    " command again. It then only cleans the files."
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
        self._tree: EntryTree | None = None

    def append(
        self, stream: str, after_version: int, events: Sequence[Fact], at: Instant
    ) -> tuple[Entry, ...]:
        """Write events after a stream's version and return them as entries."""
        return tuple(
            self._append(stream, version, event, at)
            for version, event in enumerate(events, after_version + 1)
        )

    def _append(self, stream: str, version: int, event: Fact, at: Instant) -> Entry:
        kind, body, kept = encode_event(event)
        seq = self.head.seq + 1
        row = (
            seq, stream, version, at.utc_ms, at.boot_ms, at.boot_id,
            self._terminal, self._actor, kind, body,
        )  # fmt: skip
        self.head = Head(seq, link_hash(self.head.hash, row))
        self._connection.execute(INSERT, (*row, self.head.hash))
        self.tree.append(row)
        self._connection.executemany(
            "INSERT INTO personal VALUES (?, ?, ?, ?)",
            [(one.commitment, one.about, one.salt, one.text) for one in kept],
        )
        return Entry(seq, stream, version, at, self._terminal, self._actor, event)

    @property
    def tree(self) -> EntryTree:
        """The tree over the entries, those of this transaction included."""
        self._tree = self._tree or EntryTree(self._connection)
        return self._tree

    def project(self, rows: projections.Rows) -> None:
        """Write projected rows."""
        for table, some in rows.items():
            if some:
                statement = projections.insert_statement(table, len(some[0]))
                self._connection.executemany(statement, some)

    def forget_stream(self, stream: str, *whose: str) -> int:
        """Delete every text of a stream that is someone's; return how many there were.

        Their commitments stay, and the chain verifies as before. Projected rows are
        the caller's; `Ledger.wipe_deleted` makes sure that nothing is left in the file.

        Args:
            stream: where the texts stand.
            whose: kind and ID of those whose they are, as `commitment_owners` says it.
        """
        bodies = self._connection.execute(
            "SELECT body FROM entry WHERE stream = ?", (stream,)
        ).fetchall()
        theirs = [
            (sealed,)
            for (body,) in bodies
            for sealed, owner in commitment_owners(stream, body).items()
            if owner in whose
        ]
        done = self._connection.executemany(
            "DELETE FROM personal WHERE commitment = ?", theirs
        )
        return max(0, done.rowcount)

    def forget_drafts(
        self, participant_id: str, attempt_ids: Iterable[str], name: str
    ) -> None:
        """Delete half-filled forms that are about someone, or hold what names them.

        A form is called by what it is about, and a participant's ID may be a session's
        or a form's name too: there only their attempts tell.

        Args:
            participant_id: whose; in what was typed it stands for them.
            attempt_ids: their attempts, as forms are called by them.
            name: of which what was typed holds every word; nothing if it is empty.
        """
        theirs, wanted = frozenset(attempt_ids), name_words(name)
        own = name_words(participant_id)
        drafts = self._connection.execute("SELECT owner, form, body FROM draft")
        for owner, form, body in drafts.fetchall():
            # As someone reads it: JSON writes 'ñ' as six other characters.
            held = name_words(f"{json.loads(body)}")
            named = any(words and words <= held for words in (own, wanted))
            if named or theirs & set(form.replace(",", " ").split()):
                self._connection.execute(
                    "DELETE FROM draft WHERE owner = ? AND form = ?", (owner, form)
                )

    def sign_head(self, signature: str, public_key: str) -> None:
        """Keep the signature of the chain as it ends now."""
        self._connection.execute(
            "INSERT OR REPLACE INTO head VALUES (?, ?, ?, ?)",
            (self.head.seq, self.head.hash, signature, public_key),
        )

    def keep_checkpoint(self, size: int, note: str) -> None:
        """Keep a signed checkpoint of the tree as it was with so many entries."""
        self._connection.execute(
            "INSERT OR REPLACE INTO checkpoint VALUES (?, ?)", (size, note)
        )


class Ledger(Reader):
    """One open file: one thread writes, and another may read beside it."""

    def __init__(self, path: Path, terminal: str, *, read_only: bool = False) -> None:
        self.path = path
        self.terminal = terminal
        self._turns = Turns(path)
        self._writer = get_ident()
        self._beside: Connection | None = None
        opened = open_read_only(path) if read_only else open_ledger(path)
        self.connection = opened
        try:
            self._identity = None if read_only else FileIdentity(path, opened)
        except FAILURES as error:
            opened.close()
            raise storage_error(error, path) from error
        except StorageError:
            opened.close()
            raise

    def close(self) -> None:
        """Close the file."""
        if self._beside is not None:
            self._beside.close()
        self.connection.close()
        self._turns.close()

    def _read_connection(self) -> Connection:
        # Only who writes sees what may yet be rolled back. A screen that asks while its
        # desk waits for the disk reads the last commit, and waits for nothing.
        if self._identity is None or self._writer == get_ident():
            return self.connection
        if self._beside is None:
            self._beside = connect(str(self.path), read_only=True)
        return self._beside

    @contextmanager
    def writing(self, actor: str) -> Iterator[Transaction]:
        """Hold the write lock; on leaving, what was appended is committed and synced.

        Raises:
            StorageError: if the file cannot be written; then nothing was recorded.
        """
        place = self._identity
        self._writer = get_ident()
        try:
            with self._turns.take_turn():
                if place is not None:
                    place.check_file()
                self.connection.execute("BEGIN IMMEDIATE")
                try:
                    transaction = Transaction(self.connection, self.terminal, actor)
                    yield transaction
                    self.connection.execute("COMMIT")
                    if place is not None:
                        # Nothing is called recorded that no one will find.
                        place.last = transaction.head
                        place.check_file()
                finally:
                    if self.connection.in_transaction:
                        self.connection.execute("ROLLBACK")
        except FAILURES as error:
            raise storage_error(error, self.path) from error

    def wipe_deleted(self) -> None:
        """Rewrite the file, so that no page of it or its journal keeps deleted text.

        Raises:
            StorageError: if it cannot be done now; what is recorded stands.
        """
        try:
            self.connection.execute("VACUUM")
            blocked = (
                self.read_setting("journal_mode") == "wal"
                and (
                    self.connection.execute(
                        "PRAGMA wal_checkpoint(TRUNCATE)"
                    ).fetchone()[0]
                )
            )
        except FAILURES as error:
            raise StorageError(f"{TRACES} ({error}). {AGAIN}") from error
        if blocked:
            raise StorageError(f"{TRACES}. {AGAIN}")

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
        reader = self._read_connection()
        self.rows("BEGIN")
        try:
            yield
        finally:
            if reader.in_transaction:
                reader.execute("ROLLBACK")

    def leave_heartbeat(self, now: Instant) -> Instant | None:
        """Leave a sign of life if the last is old; return the one before it then."""
        if _is_fresh(self.last_heartbeat(), now):
            return None
        with self.writing("") as transaction:
            # Another terminal may have been quicker; a step is noticed once.
            last = self.last_heartbeat()
            if _is_fresh(last, now):
                return None
            transaction._connection.execute(
                "INSERT OR REPLACE INTO heartbeat VALUES (1, ?, ?, ?)",
                (now.utc_ms, now.boot_ms, now.boot_id),
            )
        return last

    def keep_utc_offsets(self) -> None:
        """Store how far the center's clock is from UTC, for the views.

        Raises:
            StorageError: if the file cannot be written.
        """
        try:
            keep_offsets(self.connection)
        except FAILURES as error:
            raise storage_error(error, self.path) from error

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


def _is_fresh(last: Instant | None, now: Instant) -> bool:
    return (
        last is not None
        and last.boot_id == now.boot_id
        and 0 <= now.boot_ms - last.boot_ms < HEARTBEAT_MS
    )
