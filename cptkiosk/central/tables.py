"""The tables of the office, as one transaction reads and writes them."""

from dataclasses import dataclass

from cptkiosk.central.verified import (
    ATTEMPT_COLUMNS,
    Row,
    Verified,
)
from cptkiosk.proof.keys import fingerprint
from cptkiosk.proof.note import RESULTS
from cptkiosk.upload.bundle_check import Trust, read_trusted, write_trusted
from cptkiosk.upload.destinations.base import Parcel
from cptkiosk.upload.postgres import Connection

KEYS = ("site_code", "session_id", "revision")
KEYS_MATCH = " AND ".join(f"{name} = %s" for name in KEYS)
EMPTY = frozenset({"", None})


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a center's record was proved by the last bundle of a kind."""

    origin: str
    size: int
    root: str
    """In base64."""

    @property
    def record(self) -> str:
        """The name of the record that the tree is of."""
        return name_record(self.origin)


def name_record(origin: str) -> str:
    """Return the name of the record that a tree is of."""
    return origin.removesuffix(RESULTS)


def is_waiting(connection: Connection, delivery_key: str) -> bool:
    """Return whether a bundle still waits; no one else settles it until the end."""
    query = "SELECT state FROM inbox WHERE delivery_key = %s FOR UPDATE"
    row = connection.execute(query, (delivery_key,)).fetchone()
    return row is not None and row[0] == "waiting"


def lock_center(connection: Connection, site_code: str) -> Trust | None:
    """Return a center's key; no one else changes what is known of it until the end."""
    query = "SELECT key_file FROM centers WHERE site_code = %s FOR UPDATE"
    row = connection.execute(query, (site_code,)).fetchone()
    return None if row is None else read_trusted(row[0])


def find_checkpoints(connection: Connection, site_code: str) -> dict[str, Checkpoint]:
    """Return the last checkpoint of each of a center's trees."""
    query = "SELECT tree, origin, size, root FROM checkpoints WHERE site_code = %s"
    rows = connection.execute(query, (site_code,)).fetchall()
    return {tree: Checkpoint(*rest) for tree, *rest in rows}


def find_revision(connection: Connection, found: Verified) -> str | None:
    """Return the SHA-256 of the bundle by which a revision was accepted, if it was."""
    query = f"SELECT sha256 FROM revisions WHERE {KEYS_MATCH}"
    row = connection.execute(query, keys_of(found)).fetchone()
    return None if row is None else str(row[0])


def says_the_same(connection: Connection, found: Verified) -> bool:
    """Return whether an accepted revision has the same results.

    The kinds of bundle differ in what they tell: a cell that is empty in one of the two
    is not compared, nor are the codes of irregularities, of which results have fewer.
    """
    query = f"SELECT {', '.join(ATTEMPT_COLUMNS)} FROM attempts WHERE {KEYS_MATCH}"
    stored = connection.execute(query, keys_of(found)).fetchall()
    if len(stored) != len(found.attempts):
        return False
    before, now = (
        sorted(stored, key=_attempt_id),
        sorted(found.attempts, key=_attempt_id),
    )
    return all(
        old == new or old in EMPTY or new in EMPTY
        for one, other in zip(before, now, strict=True)
        for old, new in zip(one[:-1], other[:-1], strict=True)
    )


def _attempt_id(row: Row) -> str:
    return str(row[0])


def keys_of(found: Verified) -> Row:
    """Return center, session and revision."""
    return (found.site_code, found.session_id, found.revision)


RECEIVED = """
UPDATE centers
SET time_zone = %s,
  last_received_at = (SELECT received_at FROM inbox WHERE delivery_key = %s)
WHERE site_code = %s
"""
MOVE = """
INSERT INTO checkpoints (site_code, tree, origin, size, root, delivery_key)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (site_code, tree) DO UPDATE
SET origin = excluded.origin, size = excluded.size, root = excluded.root,
  delivery_key = excluded.delivery_key
WHERE checkpoints.size <= excluded.size
"""


def store_center(
    connection: Connection, one: Parcel, found: Verified, trust: Trust | None
) -> None:
    """Move what is known of a center forward to a bundle that fits.

    A bundle that comes after a later one moves neither key nor checkpoint back.
    """
    key_file = write_trusted(found.key, found.change_notes)
    if trust is None:
        connection.execute(
            "INSERT INTO centers (site_code, key_file, key_source) VALUES (%s, %s, %s)",
            (found.site_code, key_file, "first contact"),
        )
    elif not set(found.changes) <= set(trust.changes):
        connection.execute(
            "UPDATE centers SET key_file = %s WHERE site_code = %s",
            (key_file, found.site_code),
        )
    connection.execute(RECEIVED, (found.time_zone, one.key, found.site_code))
    tree = (found.kind.value, found.origin, found.tree_size, found.tree_root)
    connection.execute(MOVE, (found.site_code, *tree, one.key))


REVISION = """
INSERT INTO revisions
  (site_code, session_id, revision, session_date, kind, key_fingerprint, sha256,
   delivery_key, received_at)
SELECT %s, %s, %s, %s, %s, %s, sha256, delivery_key, received_at
FROM inbox WHERE delivery_key = %s
"""


def store_revision(connection: Connection, one: Parcel, found: Verified) -> None:
    """Put a revision and its attempts into the tables."""
    keys = (*keys_of(found), found.session_date)
    row = (*keys, found.kind.value, fingerprint(found.key), one.key)
    connection.execute(REVISION, row)
    names = ", ".join((*KEYS, "session_date", *ATTEMPT_COLUMNS))
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY attempts ({names}) FROM STDIN") as copy,
    ):
        for attempt in found.attempts:
            copy.write_row((*keys, *attempt))


REJECTED = """
INSERT INTO rejected
  (delivery_key, site_code, session_id, revision, file_name, sha256, reason, received_at)
SELECT delivery_key, %s, %s, %s, file_name, sha256, %s, received_at
FROM inbox WHERE delivery_key = %s
ON CONFLICT (delivery_key) DO UPDATE
SET reason = excluded.reason, rejected_at = now(), accepted_at = NULL
"""


def mark_rejected(
    connection: Connection, delivery_key: str, labels: Row, reason: str
) -> None:
    """Keep a bundle apart, with the reason.

    Args:
        connection: in a transaction.
        delivery_key: the bundle.
        labels: center, session and revision, as it says or was delivered.
        reason: a sentence.
    """
    connection.execute(REJECTED, (*labels, reason, delivery_key))
    _set_state(connection, delivery_key, "rejected")


def mark_accepted(connection: Connection, delivery_key: str) -> None:
    """Note that the tables have what a bundle says."""
    _set_state(connection, delivery_key, "accepted")
    connection.execute(
        "UPDATE rejected SET accepted_at = now() WHERE delivery_key = %s",
        (delivery_key,),
    )


def _set_state(connection: Connection, delivery_key: str, state: str) -> None:
    connection.execute(
        "UPDATE inbox SET state = %s WHERE delivery_key = %s", (state, delivery_key)
    )
