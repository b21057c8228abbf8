"""The inbox of the office: files are put in, and everything that waits there is settled.

Bundles are verified in other processes, one for each processor, because that is where
the time goes; they are accepted one after another.
"""

import hashlib
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID, uuid5

from cptkiosk.central.acceptance import Outcome, settle_bundle
from cptkiosk.central.verified import Unfit, Verified, read_links, verify_data
from cptkiosk.errors import UsageError
from cptkiosk.host.paths import is_folder, show_path
from cptkiosk.upload.bundle_check import ReportCheck
from cptkiosk.upload.destinations.base import Parcel
from cptkiosk.upload.postgres import Connection, put_in_inbox

FILES = UUID("5f1d2a1c-6f5e-4f0b-9d9e-0c3b8a7e4d21")
"""The namespace of the keys of files: a file's key follows from its SHA-256."""

LARGEST_BYTES = 256 * 1024 * 1024
AT_ONCE = 100
"""How many bundles are read from the inbox at once."""

FEW = 8
"""So many are verified sooner than other processes have started."""

Found = Verified | Unfit


Verify = Callable[[Sequence[bytes]], Iterable[Found]]
"""Verifies bundles, and returns what each says in the same order."""


def list_files(paths: Iterable[str]) -> tuple[Path, ...]:
    """Return the bundles that are named, and the zip files in folders that are.

    Raises:
        UsageError: if one is not there.
    """
    found: list[Path] = []
    for path in map(Path, paths):
        if is_folder(path):
            found += sorted(path.rglob("*.zip"))
        elif path.exists():
            found.append(path)
        else:
            raise UsageError(
                f"{show_path(path)} does not exist. Nothing was ingested. Check the"
                " name of the file or folder."
            )
    return tuple(found)


def put_files(connection: Connection, paths: Iterable[Path]) -> int:
    """Put files into the inbox, and have those looked at again that were rejected.

    Returns how many were there already, and accepted.

    Raises:
        UsageError: if one cannot be read; those before it are in the inbox.
    """
    accepted = 0
    for path in paths:
        data = _read_file(path)
        digest = hashlib.sha256(data).hexdigest()
        key = str(uuid5(FILES, digest))
        arrival = put_in_inbox(connection, Parcel(key, path.name, data, digest))
        if arrival.already:
            accepted += 0 if _look_again(connection, key) else 1
    return accepted


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"{show_path(path)} cannot be read ({error.strerror}). Check the file, then"
            " ingest it again."
        ) from error
    if len(data) > LARGEST_BYTES:
        raise UsageError(f"{show_path(path)} is too large for a bundle.")
    return data


def _look_again(connection: Connection, key: str) -> bool:
    """Let a bundle wait again if it was rejected; return whether it waits now."""
    connection.execute(
        "UPDATE inbox SET state = 'waiting' WHERE delivery_key = %s"
        " AND state = 'rejected'",
        (key,),
    )
    row = connection.execute(
        "SELECT state FROM inbox WHERE delivery_key = %s", (key,)
    ).fetchone()
    return row is not None and row[0] == "waiting"


def look_at_rejected(connection: Connection) -> None:
    """Let every rejected bundle wait again."""
    connection.execute("UPDATE inbox SET state = 'waiting' WHERE state = 'rejected'")


def count_waiting(connection: Connection) -> int:
    """Return how many bundles wait in the inbox."""
    query = "SELECT count(*) FROM inbox WHERE state = 'waiting'"
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


@contextmanager
def verifying(report_check: ReportCheck, count: int) -> Iterator[Verify]:
    """Verify here if there are only a few bundles, else on every processor."""
    verify = partial(verify_data, report_check=report_check)
    if count <= FEW:
        yield lambda contents: map(verify, contents)
        return
    pool = ProcessPoolExecutor(
        os.cpu_count(),
        # Not forked: a copy of this process would hold the connection too.
        get_context("spawn"),
        # Ctrl+C goes to all of them, and this process answers it.
        initializer=signal.signal,
        initargs=(signal.SIGINT, signal.SIG_IGN),
    )
    try:
        yield lambda contents: pool.map(verify, contents)
    finally:
        pool.shutdown(cancel_futures=True)


def ingest_waiting(connection: Connection, verify: Verify) -> Iterator[Outcome]:
    """Verify and settle everything that waits in the inbox; yield what became of each.

    Those that come together are settled in the order in which their records grew, so
    that each continues the one before.
    """
    seen: set[str] = set()

    def link_of_last(found: Verified, size: int) -> str | None:
        return _link_of_last(connection, found, size)

    while batch := [one for one in _read_waiting(connection) if one.key not in seen]:
        seen.update(one.key for one in batch)
        found = zip(batch, verify([one.data for one in batch]), strict=True)
        for one, said in sorted(found, key=_tree_size):
            outcome = settle_bundle(connection, one, said, link_of_last)
            if outcome is not None:
                yield outcome


def _tree_size(pair: tuple[Parcel, Found]) -> int:
    found = pair[1]
    return found.tree_size if isinstance(found, Verified) else 0


def _read_waiting(connection: Connection) -> list[Parcel]:
    query = (
        "SELECT delivery_key, file_name, content, sha256, site_code, session_id,"
        " revision FROM inbox WHERE state = 'waiting'"
        " ORDER BY received_at, delivery_key LIMIT %s"
    )
    rows = connection.execute(query, (AT_ONCE,)).fetchall()
    return [Parcel(str(row[0]), *row[1:]) for row in rows]


def _link_of_last(connection: Connection, found: Verified, size: int) -> str | None:
    query = (
        "SELECT i.content FROM checkpoints c JOIN inbox i"
        " ON i.delivery_key = c.delivery_key WHERE c.site_code = %s AND c.tree = %s"
    )
    row = connection.execute(query, (found.site_code, found.kind.value)).fetchone()
    return None if row is None else read_links(bytes(row[0])).get(size)
