"""The tables of the office, as one transaction reads and writes them."""

from collections.abc import Iterable
from dataclasses import dataclass

from cptkiosk.central.verified import (
    ATTEMPT_COLUMNS,
    IRREGULARITY_COLUMNS,
    Row,
    Verified,
)
from cptkiosk.proof.keys import fingerprint
from cptkiosk.upload.bundle_check import Trust, read_trusted, write_trusted
from cptkiosk.upload.postgres import Connection

KEYS = ("site_code", "session_id", "revision")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A bundle in the inbox."""

    delivery_key: str
    site_code: str
    session_id: str
    revision: int
    file_name: str
    sha256: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Center:
    """What is known of a center."""

    trust: Trust
    origin: str
    tree_size: int
    tree_root: str


def is_waiting(connection: Connection, delivery_key: str) -> bool:
    """Return whether a bundle still waits; nobody else settles it until the end."""
    query = "SELECT state FROM inbox WHERE delivery_key = %s FOR UPDATE"
    row = connection.execute(query, (delivery_key,)).fetchone()
    return row is not None and row[0] == "waiting"


def lock_center(connection: Connection, site_code: str) -> Center | None:
    """Return what is known of a center; nobody else changes it until the end."""
    query = (
        "SELECT key_file, tree_origin, tree_size, tree_root FROM centers"
        " WHERE site_code = %s FOR UPDATE"
    )
    row = connection.execute(query, (site_code,)).fetchone()
    return None if row is None else Center(read_trusted(row[0]), *row[1:])


def find_revision(connection: Connection, found: Verified) -> str | None:
    """Return the SHA-256 of the bundle by which a revision was accepted, if it was."""
    query = f"SELECT sha256 FROM revisions WHERE {_keys_match()}"
    row = connection.execute(query, keys_of(found)).fetchone()
    return None if row is None else str(row[0])


def says_the_same(connection: Connection, found: Verified) -> bool:
    """Return whether an accepted revision has the same rows: the other kind of bundle.

    A cell that one of the two kinds does not have is not compared.
    """
    query = (
        f"SELECT tree_origin, tree_size, tree_root FROM revisions WHERE {_keys_match()}"
    )
    tree = connection.execute(query, keys_of(found)).fetchone()
    if tree != (found.origin, found.tree_size, found.tree_root):
        return False
    return all(
        _rows_agree(_read_rows(connection, table, columns, found), rows)
        for table, columns, rows in _tables_of(found)
    )


def _rows_agree(stored: list[Row], found: tuple[Row, ...]) -> bool:
    pairs = list(zip(stored, sorted(found, key=lambda row: str(row[0])), strict=False))
    return len(stored) == len(found) and all(
        old == new or old in {"", None} or new in {"", None}
        for one, other in pairs
        for old, new in zip(one, other, strict=True)
    )


def _read_rows(
    connection: Connection,
    table: str,
    columns: tuple[str, ...],
    found: Verified,
) -> list[Row]:
    query = f"SELECT {', '.join(columns)} FROM {table} WHERE {_keys_match()}"
    rows = connection.execute(query, keys_of(found)).fetchall()
    return sorted(rows, key=lambda row: str(row[0]))


def _tables_of(
    found: Verified,
) -> tuple[tuple[str, tuple[str, ...], tuple[Row, ...]], ...]:
    return (
        ("attempts", ATTEMPT_COLUMNS, found.attempts),
        ("irregularities", IRREGULARITY_COLUMNS, found.irregularities),
    )


def _keys_match() -> str:
    return " AND ".join(f"{name} = %s" for name in KEYS)


def keys_of(found: Verified) -> Row:
    """Return center, session and revision."""
    return (found.site_code, found.session_id, found.revision)


def store_center(
    connection: Connection,
    one: Waiting,
    found: Verified,
    center: Center | None,
) -> None:
    """Move what is known of a center forward to a bundle that fits."""
    key_file = write_trusted(found.key, found.change_notes)
    if center is None:
        connection.execute(
            "INSERT INTO centers (site_code, key_file, key_source) VALUES (%s, %s, %s)",
            (found.site_code, key_file, "first contact"),
        )
    received = (
        "last_received_at = (SELECT received_at FROM inbox WHERE delivery_key = %s)"
    )
    # A bundle that comes after a later one moves neither key nor checkpoint back.
    if center is None or not center.origin or found.tree_size >= center.tree_size:
        connection.execute(
            "UPDATE centers SET key_file = %s, time_zone = %s, tree_origin = %s,"
            " tree_size = %s, tree_root = %s, last_delivery_key = %s,"
            f" {received} WHERE site_code = %s",
            (
                *(key_file, found.time_zone, found.origin, found.tree_size),
                *(found.tree_root, one.delivery_key, one.delivery_key),
                found.site_code,
            ),
        )
    else:
        connection.execute(
            f"UPDATE centers SET {received} WHERE site_code = %s",
            (one.delivery_key, found.site_code),
        )


REVISION = """
INSERT INTO revisions
  (site_code, session_id, revision, session_date, kind, sha256, delivery_key, sealed_at,
   received_at, signed_by, public_key, tree_origin, tree_size, tree_root)
SELECT %s, %s, %s, %s, %s, sha256, delivery_key, %s, received_at, %s, %s, %s, %s, %s
FROM inbox WHERE delivery_key = %s
"""


def store_revision(connection: Connection, one: Waiting, found: Verified) -> None:
    """Put a revision and its rows into the tables."""
    connection.execute(
        REVISION,
        (
            *keys_of(found),
            *(found.session_date, found.kind, found.sealed_at, found.signed_by),
            *(fingerprint(found.key), found.origin, found.tree_size, found.tree_root),
            one.delivery_key,
        ),
    )
    for table, columns, rows in _tables_of(found):
        copy_rows(connection, table, columns, ((*keys_of(found), *row) for row in rows))


def copy_rows(
    connection: Connection,
    table: str,
    columns: tuple[str, ...],
    rows: Iterable[Row],
) -> None:
    """Add rows to a table by COPY; each begins with center, session and revision."""
    names = ", ".join((*KEYS, *columns))
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


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
