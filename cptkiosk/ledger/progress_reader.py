"""A ledger that is read for long beside work that goes on: it tells how far it is."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cptkiosk.errors import KioskError
from cptkiosk.host.work_progress import ProgressCallback
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.projections import TABLES

STEPS = 20_000
"""After so many steps of SQLite's own machine it asks whether to go on."""


class WatchedLedger(Ledger):
    """A ledger that is only read, tells how much of it was, and stops where that raises."""

    def __init__(self, path: Path, terminal: str, told: ProgressCallback) -> None:
        super().__init__(path, terminal, read_only=True)
        self._told = told
        self._read = self._of = 0
        # SQLite ends a query in whose middle this raises.
        self.connection.set_progress_handler(self._tell_progress, STEPS)
        # Each entry is read for the chain and once more to be folded; so are texts.
        parts = (*("entry", "personal") * 2, *TABLES)
        self._of = sum(
            self.rows(f"SELECT count(*) FROM {part}")[0][0] for part in parts
        )
        self._read = 0

    def _tell_progress(self) -> None:
        self._told(min(self._read, self._of), self._of)

    def rows(self, query: str, values: Iterable[Any] = ()) -> list[Any]:
        """Return all rows of a query, and tell that they were read.

        Raises:
            StorageError: if the file cannot be read.
            Exception: whatever telling raises.
        """
        self._tell_progress()
        try:
            found = super().rows(query, values)
        except KioskError:
            # SQLite says of a query that was cut short only that it failed.
            self._tell_progress()
            raise
        self._read += len(found)
        return found
