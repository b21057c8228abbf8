"""The journals that the ledger's rule chooses, and two that lose what they promise."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from unittest import mock

from cptkiosk.ledger import opening
from cptkiosk.ledger.sqlite import Connection


class Journal(StrEnum):
    """How commits reach the disk."""

    WAL = "wal"
    DELETE = "delete"
    WEAK_WAL = "weak wal"
    WEAK_DELETE = "weak delete"

    @property
    def sqlite(self) -> tuple[int, int, int]:
        """Version of SQLite for which the rule chooses it, sound or weakened."""
        return (3, 51, 3) if self in {Journal.WAL, Journal.WEAK_WAL} else (3, 40, 1)

    @property
    def own_sqlite(self) -> bool:
        """Whether it is what Python's own SQLite gets, where that is an older one."""
        return self in {Journal.DELETE, Journal.WEAK_DELETE}


RULED = (Journal.WAL, Journal.DELETE)
WEAK = (Journal.WEAK_WAL, Journal.WEAK_DELETE)
LEVEL = {Journal.WEAK_WAL: "NORMAL", Journal.WEAK_DELETE: "FULL"}


@contextmanager
def chosen(journal: Journal) -> Iterator[Callable[[Connection], None]]:
    """Have the rule choose a journal; return what weakens it, if it is a weak one."""

    def weaken(connection: Connection) -> None:
        if journal in LEVEL:
            connection.execute(f"PRAGMA synchronous = {LEVEL[journal]}")

    with mock.patch.object(opening, "library_version", return_value=journal.sqlite):
        yield weaken
