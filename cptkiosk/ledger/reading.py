"""What can be read of a ledger: entries, the chain's ends, and who wrote them."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cptkiosk.domain.events.fact import Entry
from cptkiosk.domain.time.instants import Instant
from cptkiosk.errors import StorageError
from cptkiosk.ledger.chain import Head, Row
from cptkiosk.ledger.codec import UnknownKind, Unreadable, decode_event
from cptkiosk.ledger.failures import storage_error
from cptkiosk.ledger.file_format import TREE_VERSION
from cptkiosk.ledger.projections import TABLES
from cptkiosk.ledger.sqlite import FAILURES, Connection

COLUMNS = (
    "seq, stream, version, at_utc_ms, at_boot_ms, boot_id, terminal, actor, kind, body"
)
TERMINALS = """
SELECT wrote.terminal, wrote.boot_id, entries, first.seq, last.seq,
    first.at_utc_ms, last.at_utc_ms
FROM (
    SELECT terminal, boot_id, count(*) AS entries, min(seq) AS a, max(seq) AS z
    FROM entry GROUP BY terminal, boot_id
) AS wrote
JOIN entry AS first ON first.seq = wrote.a
JOIN entry AS last ON last.seq = wrote.z
ORDER BY wrote.a
"""
SEALS_KNOWN = 32
SENT = """
SELECT max(seal.seq) FROM entry AS sent
JOIN entry AS seal ON seal.stream = sent.stream AND seal.seq < sent.seq
WHERE sent.kind = 'bundle-written.v1' AND seal.kind = ? AND sent.seq < ?
GROUP BY json_extract(sent.body, '$.destination')
"""
DELIVERED = """
SELECT max(seal.seq) FROM entry AS sent
JOIN entry AS seal ON seal.stream = 'session/' || json_extract(sent.body, '$.session_id')
    AND json_extract(seal.body, '$.revision') = json_extract(sent.body, '$.revision')
WHERE sent.kind = 'bundle-delivered.v1' AND seal.kind = ? AND sent.seq < ?
GROUP BY json_extract(sent.body, '$.destination')
"""
SEALED, STATED = "session-sealed.v1", "results-stated.v1"


@dataclass(frozen=True, slots=True)
class Signed:
    """A head of the chain with its signature, base64."""

    head: Head
    signature: str
    public_key: str


@dataclass(frozen=True, slots=True)
class Terminal:
    """What one terminal wrote during one boot of its machine."""

    name: str
    boot_id: str
    entries: int
    first_seq: int
    last_seq: int
    first_utc_ms: int
    last_utc_ms: int


class Reader:
    """A file that can be read."""

    path: Path
    connection: Connection

    def read_stream(self, stream: str, after_version: int = 0) -> tuple[Entry, ...]:
        """Return a stream's entries, oldest first."""
        return self._read_entries(
            "stream = ? AND version > ? ORDER BY version", (stream, after_version)
        )

    def read_after(self, seq: int) -> tuple[Entry, ...]:
        """Return every entry after `seq`, oldest first."""
        return self._read_entries("seq > ? ORDER BY seq", (seq,))

    def _read_entries(self, where: str, values: tuple[Any, ...]) -> tuple[Entry, ...]:
        query = f"SELECT {COLUMNS} FROM entry WHERE {where}"
        return tuple(self._decode_entry(row) for row in self.rows(query, values))

    def read_entry(self, seq: int) -> Entry:
        """Return an entry, which must be there."""
        return self._decode_entry(self.read_row(seq))

    def _decode_entry(self, row: Any) -> Entry:
        seq, stream, version, utc_ms, boot_ms, boot_id, terminal, actor, kind, body = (
            row
        )
        try:
            event = decode_event(kind, body, self._personal_text)
        except UnknownKind as error:
            raise StorageError(
                f"Entry #{seq} has a kind that this release does not know"
                f" ({kind}). Nothing was changed. Update cptkiosk, then try again."
            ) from error
        except Unreadable as error:
            raise StorageError(
                f"Entry #{seq} is damaged: it is not a valid {kind}. It was not"
                ' changed. Keep a copy, run "cptkiosk ledger verify", and'
                " continue from a backup."
            ) from error
        at = Instant(utc_ms=utc_ms, boot_ms=boot_ms, boot_id=boot_id)
        return Entry(seq, stream, version, at, terminal, actor, event)

    def _personal_text(self, commitment: str) -> str | None:
        query = "SELECT text FROM personal WHERE commitment = ?"
        rows = self.rows(query, (commitment,))
        return rows[0][0] if rows else None

    def stream_names(self) -> tuple[str, ...]:
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
            return self._read_connection().execute(query, tuple(values)).fetchall()
        except FAILURES as error:
            raise storage_error(error, self.path) from error

    def _read_connection(self) -> Connection:
        """Return what to read on: beside a writing thread, a connection of one's own."""
        return self.connection

    def data_version(self) -> int:
        """Return a number that changes when another process commits."""
        return int(self.rows("PRAGMA data_version")[0][0])

    def hash_of(self, seq: int) -> str:
        """Return the hash of an entry, or an empty string if there is none."""
        rows = self.rows("SELECT hash FROM entry WHERE seq = ?", (seq,))
        return str(rows[0][0]) if rows else ""

    def written_at(self, seq: int) -> tuple[Head, int]:
        """Return the head that an entry made, and its instant in UTC milliseconds.

        Raises:
            StorageError: if there is no such entry.
        """
        query = "SELECT hash, at_utc_ms FROM entry WHERE seq = ?"
        rows = self.rows(query, (seq,))
        if not rows:
            raise StorageError(
                f"There is no entry #{seq} in {self.path}. Nothing was changed."
                ' Run "cptkiosk ledger verify".'
            )
        stored, at_utc_ms = rows[0]
        return Head(seq, stored), at_utc_ms

    @property
    def has_tree(self) -> bool:
        """Whether the file has a tree; one of an older release gets it when written."""
        return int(self.read_setting("user_version")) >= TREE_VERSION

    def tree_secret(self) -> bytes:
        """Return what the salts of the leaves are made of; empty if it is missing."""
        rows = self.rows("SELECT secret FROM tree_secret")
        return bytes(rows[0][0]) if rows else b""

    def tree_hash(self, place: int) -> bytes:
        """Return the hash at a place of the tree; see `proof.tree`."""
        return bytes(self.rows("SELECT hash FROM tree WHERE place = ?", (place,))[0][0])

    def checkpoint_note(self, size: int) -> str:
        """Return the signed checkpoint of so many entries, or an empty string."""
        rows = self.rows("SELECT note FROM checkpoint WHERE size = ?", (size,))
        return str(rows[0][0]) if rows else ""

    def earlier_seals(self, size: int) -> tuple[int, ...]:
        """Return the seals before one that a receiver of it may know.

        The last ones, and for each destination the last that went there; so whoever got
        a bundle before can see that the record goes on from it.
        """
        last = "SELECT seq FROM head WHERE seq < ? ORDER BY seq DESC LIMIT ?"
        found = {seq for (seq,) in self.rows(last, (size, SEALS_KNOWN))}
        return tuple(sorted(found | self._sent_before(SEALED, size)))

    def statements(self, up_to: int) -> tuple[int, ...]:
        """Return the entries that state results, up to an entry, oldest first."""
        query = "SELECT seq FROM entry WHERE kind = ? AND seq <= ? ORDER BY seq"
        return tuple(seq for (seq,) in self.rows(query, (STATED, up_to)))

    def earlier_statements(self, seq: int) -> tuple[int, ...]:
        """Return the statements before one that a receiver may know; see earlier_seals."""
        last = set(self.statements(seq - 1)[-SEALS_KNOWN:])
        return tuple(sorted(last | self._sent_before(STATED, seq)))

    def _sent_before(self, kind: str, seq: int) -> set[int]:
        """Return the entry of a kind that each destination got last."""
        return {
            last
            for query in (SENT, DELIVERED)
            for (last,) in self.rows(query, (kind, seq))
        }

    def signature_at(self, seq: int) -> Signed | None:
        """Return the signature of the chain up to an entry, if it was signed there."""
        query = "SELECT hash, signature, public_key FROM head WHERE seq = ?"
        rows = self.rows(query, (seq,))
        if not rows:
            return None
        stored, signature, public_key = rows[0]
        if not signature:
            # A salvage could not read it any more.
            return None
        return Signed(Head(seq, stored), signature, public_key)

    def stream_rows(self, stream: str, up_to: int) -> tuple[Row, ...]:
        """Return a stream's entries as they are stored.

        Args:
            stream: its name.
            up_to: the last entry that belongs to what is wanted.
        """
        query = f"SELECT {COLUMNS} FROM entry WHERE stream = ? AND seq <= ?"
        return tuple(self.rows(f"{query} ORDER BY seq", (stream, up_to)))

    def read_row(self, seq: int) -> Row:
        """Return the columns of an entry; the first one set the center up."""
        return tuple(self.rows(f"SELECT {COLUMNS} FROM entry WHERE seq = ?", (seq,))[0])

    def count_rows(self, table: str) -> int:
        """Return how many rows a table has."""
        assert table == "entry" or table in TABLES, "names come from here"
        return int(self.rows(f"SELECT count(*) FROM {table}")[0][0])

    def read_setting(self, name: str) -> str:
        """Return what a PRAGMA of the open file says."""
        assert name.isidentifier(), "names come from here"
        return str(self.rows(f"PRAGMA {name}")[0][0])

    def list_terminals(self) -> tuple[Terminal, ...]:
        """Return who wrote what: each terminal and boot, in order of appearance."""
        return tuple(Terminal(*row) for row in self.rows(TERMINALS))

    def knows_boot(self, boot_id: str) -> bool:
        """Return whether a boot is the one of the first entry, or was noticed."""
        query = (
            "SELECT 1 FROM entry WHERE seq = 1 AND boot_id = ? UNION ALL"
            " SELECT 1 FROM entry WHERE stream = 'center' AND boot_id = ?"
            " AND kind = 'boot-noticed.v1' LIMIT 1"
        )
        return bool(self.rows(query, (boot_id, boot_id)))

    def last_heartbeat(self) -> Instant | None:
        """Return the last sign of life of any terminal."""
        rows = self.rows("SELECT utc_ms, boot_ms, boot_id FROM heartbeat")
        if not rows:
            return None
        utc_ms, boot_ms, boot_id = rows[0]
        return Instant(utc_ms=utc_ms, boot_ms=boot_ms, boot_id=boot_id)

    def read_draft(self, owner: str, form: str) -> str:
        """Return a half-filled form, or an empty string."""
        query = "SELECT body FROM draft WHERE owner = ? AND form = ?"
        rows = self.rows(query, (owner, form))
        return rows[0][0] if rows else ""

    def draft_names(self, owner: str, begin: str) -> tuple[str, ...]:
        """Return the names of half-filled forms that begin in a way."""
        query = (
            "SELECT form FROM draft WHERE owner = ? AND substr(form, 1, ?) = ?"
            " ORDER BY form"
        )
        return tuple(form for (form,) in self.rows(query, (owner, len(begin), begin)))
