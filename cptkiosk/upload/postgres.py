"""PostgreSQL, as the kiosk and the office both use it: connecting, retrying, the inbox.

Only what CockroachDB, YugabyteDB and Citus also have is used: no LISTEN/NOTIFY, no
advisory locks, and a transaction that the server could not order is run again.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from threading import Event
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from uuid import uuid4

from cptkiosk.domain.text import visible
from cptkiosk.errors import DestinationError
from cptkiosk.upload.destinations.base import Parcel
from cptkiosk.upload.failures import explain_failure

if TYPE_CHECKING:
    import psycopg

    Connection: TypeAlias = psycopg.Connection[Any]
else:
    # Start-up time, and psycopg may not be installed.
    Connection = Any

INBOX_VERSION = 1
"""The form of the table `inbox` that this release writes."""

LONGEST = 200
SERVER = "database server"
NO_REASON = "no reason given"
HERE = frozenset({"", "localhost", "127.0.0.1", "::1"})
TRIES = 12
FIRST_PAUSE_S = 0.01
CONNECT_S = 10
AGAIN = frozenset({"40001", "40P01", "23505"})
"""What is no fault of the transaction: it ran beside another (23505: both were first)."""

Result = TypeVar("Result")


def import_driver(safe: str = "Nothing was done.") -> Any:
    """Return the module `psycopg`.

    Raises:
        DestinationError: if it is not installed.
    """
    try:
        # Start-up time: nearly every command does without it.
        import psycopg
        import psycopg.conninfo
    except ImportError as error:
        raise DestinationError(
            f"PostgreSQL needs a library that is not installed. {safe} Ask the"
            " administrator to run: pip install 'cptkiosk[postgres]'."
        ) from error
    return psycopg


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL database, and what is safe whenever something fails there."""

    conninfo: str
    """A URI or `key=value` words, as libpq reads them; several hosts may be named."""

    safe: str
    """A sentence, for example that the bundle stays in the queue."""

    password: str = ""
    """Empty: libpq looks it up in PGPASSFILE, the service file or the environment."""

    more: Mapping[str, str] = field(default_factory=dict)
    """Words of libpq that hold unless the connection string says otherwise."""

    @contextmanager
    def connected(self, *, writes: bool = True) -> Iterator[Connection]:
        """Connect, and close the connection at the end.

        Args:
            writes: whether a standby, which only reads, is not enough.

        Raises:
            DestinationError: if the server cannot be reached or refuses something, then
                or while the connection is used.
        """
        psycopg = import_driver(self.safe)
        words = self.read_words()
        if writes:
            words.setdefault("target_session_attrs", "read-write")
        try:
            connection = psycopg.connect(**words)
        except psycopg.Error as error:
            raise self._explain(error, words) from error
        try:
            with connection:
                connection.autocommit = True
                yield connection
        except psycopg.Error as error:
            # Without a code it was not the server that spoke.
            code = getattr(error, "sqlstate", None) or "none"
            raise self._explain(error, words, code) from error

    def _explain(
        self, error: Exception, words: Mapping[str, object], code: str = ""
    ) -> DestinationError:
        """Return what went wrong in a sentence for a proctor.

        While connecting there is no code, only text of the client library or of the
        server, in English unless its administrator chose otherwise.
        """
        host = words.get("host") or words.get("hostaddr") or words.get("service")
        user = words.get("user")
        named = host and not str(host).startswith("/")
        server = f"database server {visible(str(host), LONGEST)}" if named else SERVER
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        reason = lines[0].rpartition("FATAL:")[2].strip() if lines else NO_REASON
        said = explain_failure(
            "postgres",
            "" if code else str(error).lower(),
            code=code,
            where=f"The {server}",
            server=f"the {server}",
            user=visible(str(user), LONGEST) if user else "this user",
            detail=visible(reason, LONGEST),
            safe=self.safe,
        )
        return DestinationError(said)

    def read_words(self) -> dict[str, Any]:
        """Return what the connection string says, as psycopg takes it.

        Raises:
            DestinationError: if it is not a connection string.
        """
        psycopg = import_driver(self.safe)
        try:
            words = dict(psycopg.conninfo.conninfo_to_dict(self.conninfo))
        except psycopg.Error as error:
            raise DestinationError(
                "The address of the database is not a PostgreSQL connection string."
                f" {self.safe} Write it as postgresql://user@host/database."
            ) from error
        words = {**self.more, **words}
        words.setdefault("application_name", "cptkiosk")
        if _is_remote(words) and "PGSSLMODE" not in os.environ:
            # libpq alone would also send results to a stranger, in the clear.
            words.setdefault("sslmode", "verify-full")
        if "PGCONNECT_TIMEOUT" not in os.environ:
            words.setdefault("connect_timeout", CONNECT_S)
        if self.password:
            words["password"] = self.password
        return words


def run_transaction(
    connection: Connection,
    work: Callable[[Connection], Result],
) -> Result:
    """Do work in one transaction, again and again if the server could not order it.

    Args:
        connection: in autocommit mode.
        work: may be done more than once; of a try that failed nothing remains.
    """
    psycopg = import_driver()
    for retry in range(TRIES):
        try:
            with connection.transaction():
                return work(connection)
        except psycopg.Error as error:
            if error.sqlstate not in AGAIN or retry == TRIES - 1:
                raise
        Event().wait(FIRST_PAUSE_S * 2**retry)
    raise AssertionError("the last try returns or raises")


def _is_remote(words: Mapping[str, Any]) -> bool:
    """Return whether a connection string names a host that is not this computer.

    What a service file says is its own affair.
    """
    hosts = str(words.get("host") or words.get("hostaddr") or "").split(",")
    return any(one not in HERE and not one.startswith(("/", "@")) for one in hosts)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the inbox holds under a key."""

    sha256: str
    received_at: datetime
    """By the server's clock."""

    already: bool
    """Whether it was there before."""


INSERT = """
INSERT INTO inbox
  (delivery_key, site_code, session_id, revision, file_name, sha256, content)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (delivery_key) DO NOTHING
RETURNING sha256, received_at
"""


def put_in_inbox(connection: Connection, one: Parcel) -> Arrival:
    """Store a bundle unless its key is there; return what the inbox now has under it."""
    row = (
        *(one.key, one.site_code, one.session_id, one.revision),
        *(one.name, one.sha256, one.data),
    )
    stored = "SELECT sha256, received_at FROM inbox WHERE delivery_key = %s"

    def insert(connection: Connection) -> Arrival:
        found = connection.execute(INSERT, row).fetchone()
        if found is not None:
            return Arrival(found[0], found[1], already=False)
        kept = connection.execute(stored, (one.key,)).fetchone()
        assert kept is not None, "a key that conflicts is there"
        return Arrival(kept[0], kept[1], already=True)

    return run_transaction(connection, insert)


def try_inbox(connection: Connection) -> None:
    """Insert a row, and take it back.

    Raises:
        psycopg.Error: if a delivery would fail.
    """
    psycopg = import_driver()
    data = b"test"
    digest = sha256(data).hexdigest()
    row = (str(uuid4()), "", "", 0, "test", digest, data)
    with connection.transaction():
        connection.execute(INSERT, row)
        raise psycopg.Rollback


def check_inbox(connection: Connection, safe: str) -> None:
    """Check that the inbox has the form that this release writes.

    Raises:
        DestinationError: if the database was set up by another release.
        psycopg.Error: if it has no tables of cptkiosk.
    """
    query = "SELECT max(inbox_version) FROM schema_version"
    row = connection.execute(query).fetchone()
    found = row[0] if row else None
    if found != INBOX_VERSION:
        age = "newer" if (found or 0) > INBOX_VERSION else "older"
        do = (
            "Update cptkiosk on this computer."
            if age == "newer"
            else 'The office runs "cptkiosk central init" with this release.'
        )
        raise DestinationError(
            f"The database was set up by {'a newer' if age == 'newer' else 'an older'}"
            f" release of cptkiosk. {safe} {do}"
        )
