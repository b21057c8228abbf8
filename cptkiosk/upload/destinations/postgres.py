"""PostgreSQL: the inbox of a district or state office; see docs/central.md.

A delivery is one transaction: the whole bundle is in the inbox under its key, or nothing.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC

from cptkiosk.domain.destinations import DestinationSettings
from cptkiosk.host.paths import expand_home
from cptkiosk.host.work_progress import ProgressCallback
from cptkiosk.upload.destinations.base import (
    SAFE,
    Conflict,
    Delivered,
    Destination,
    Parcel,
)
from cptkiosk.upload.postgres import (
    Connection,
    Server,
    check_inbox,
    put_in_inbox,
    try_inbox,
)


class Postgres:
    """The table `inbox` of a database."""

    def __init__(self, server: Server, timeout_s: int) -> None:
        self._server, self._timeout_s = server, timeout_s

    def deliver(self, parcel: Parcel, told: ProgressCallback) -> Delivered:
        """Insert the file unless its key is there; see `Destination`."""
        size = len(parcel.data)
        told(0, size)
        with self._connected() as connection:
            check_inbox(connection, SAFE)
            arrival = put_in_inbox(connection, parcel)
        if arrival.sha256 != parcel.sha256:
            raise Conflict(
                f"The office already has another file for r{parcel.revision} of session"
                f" {parcel.session_id}. It was not changed. {SAFE} Ask the office which"
                " file it has."
            )
        told(size, size)
        receipt = {
            "delivery_key": parcel.key,
            "sha256": arrival.sha256,
            "received_at": arrival.received_at.astimezone(UTC).isoformat(),
        }
        return Delivered(json.dumps(receipt), arrival.already)

    def test(self) -> str:
        """Insert a row and take it back; see `Destination`."""
        with self._connected() as connection:
            check_inbox(connection, SAFE)
            try_inbox(connection)
            words = connection.info
            encrypted = "encrypted" if words.pgconn.ssl_in_use else "not encrypted"
            return (
                f"The inbox of database {words.dbname} accepts bundles from"
                f" {words.user}. The connection is {encrypted}."
            )

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """Connect, and have the server give up a statement that takes too long.

        Nobody can stop a wait for a lock from here: the office may hold one for hours.
        """
        with self._server.connected() as connection:
            connection.execute(
                "SELECT set_config('statement_timeout', %s, false)",
                (f"{self._timeout_s * 1000}",),
            )
            yield connection


def open_destination(settings: DestinationSettings, password: str) -> Destination:
    """Return the inbox that the settings describe.

    Raises:
        DestinationError: if psycopg is not installed, or the address is not one.
    """
    more = {
        "connect_timeout": str(settings.timeout_s),
        # Milliseconds: a server that is gone answers nothing, not even that.
        "tcp_user_timeout": str(settings.timeout_s * 1000),
        # Nor is that counted while nothing is sent: two hours, if no one asks earlier.
        "keepalives_idle": str(settings.timeout_s),
    }
    if settings.ca_file:
        more["sslrootcert"] = str(expand_home(settings.ca_file))
    server = Server(settings.where, SAFE, password, more)
    server.read_words()
    return Postgres(server, settings.timeout_s)
