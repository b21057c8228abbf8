"""Which SQLite is in use, and the journal that is safe with it."""

import importlib
import os
import sqlite3
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    dbapi = sqlite3
else:
    try:
        dbapi = importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        dbapi = sqlite3

BUSY_TIMEOUT_S = 10.0

Connection = sqlite3.Connection

FAILURES = (dbapi.Error, UnicodeDecodeError)
"""What a damaged file may raise: what SQLite says of it may not even be text."""


def has_wal_reset_bug(version: tuple[int, int, int]) -> bool:
    """Return whether two writers may corrupt a WAL with this SQLite.

    Affected are 3.7.0 to 3.51.2 but for the backports in 3.44.6 and 3.50.7
    (sqlite.org/wal.html, 'the WAL-reset bug').
    """
    if version >= (3, 51, 3) or version < (3, 7, 0):
        return False
    major_minor = version[:2]
    fixed_patch = {(3, 44): 6, (3, 50): 7}.get(major_minor)
    return fixed_patch is None or version[2] < fixed_patch


def safe_journal(version: tuple[int, int, int]) -> tuple[str, str]:
    """Return journal mode and synchronous setting that lose nothing acknowledged.

    DELETE needs EXTRA: with FULL a power cut may lose the last commit.
    """
    return ("delete", "EXTRA") if has_wal_reset_bug(version) else ("wal", "FULL")


def connect(
    path: str, *, read_only: bool = False, immutable: bool = False
) -> Connection:
    """Open a file with explicit transactions and no implicit commits.

    Args:
        path: the file, which must be there.
        read_only: without the right to write.
        immutable: the file alone, without journal or lock; only to look into it.
    """
    uri = f"file:{_quote_path(path)}?mode={'ro' if read_only or immutable else 'rw'}"
    if immutable:
        uri += "&immutable=1"
    connection: Connection = dbapi.connect(
        uri,
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
    )
    return connection


def _quote_path(path: str) -> str:
    return quote(os.fsencode(path))


def library_version() -> tuple[int, int, int]:
    """Return the version of the SQLite in use."""
    major, minor, patch = (int(part) for part in dbapi.sqlite_version.split("."))
    return major, minor, patch
