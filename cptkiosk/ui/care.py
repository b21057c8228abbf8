"""Care of the ledger beside a kiosk at work: verify it, back it up, both told and stoppable."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cptkiosk.errors import DestinationError, KioskError
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.tables import TABLES
from cptkiosk.ledger.verify import Verified, verify
from cptkiosk.sealing import back_up_after_seal
from cptkiosk.ui.progress import Progress, Stopped

STEPS = 20_000
"""After so many steps of SQLite's own machine it asks whether to go on."""


class WatchedLedger(Ledger):
    """A ledger that is only read, tells how much of it was, and stops between reads."""

    def __init__(self, path: Path, terminal: str, progress: Progress) -> None:
        super().__init__(path, terminal, read_only=True)
        self._progress = progress
        self._read = self._of = 0
        self.connection.set_progress_handler(lambda: progress.stopping, STEPS)
        # Each entry is read for the chain and once more to be folded; so are texts.
        parts = (*("entry", "personal") * 2, *TABLES)
        self._of = sum(
            self.rows(f"SELECT count(*) FROM {part}")[0][0] for part in parts
        )
        self._read = 0

    def rows(self, query: str, values: Iterable[Any] = ()) -> list[Any]:
        """Return all rows of a query, and tell that they were read.

        Raises:
            Stopped: if somebody wants to stop.
            StorageError: if the file cannot be read.
        """
        if self._of:
            self._progress(min(self._read, self._of), self._of)
        found = super().rows(query, values)
        self._read += len(found)
        return found


def verified(path: Path, terminal: str, progress: Progress) -> Verified:
    """Verify a ledger on a connection of its own.

    Raises:
        Stopped: if somebody stopped it; reading changes nothing.
        VerificationError: naming the first thing that does not fit.
    """
    try:
        ledger = WatchedLedger(path, terminal, progress)
        try:
            return verify(ledger)
        finally:
            ledger.close()
    except KioskError as error:
        if progress.stopping:
            # SQLite says of a query that was cut short only that it failed.
            raise Stopped(
                "The check was stopped.", "It says nothing about the record."
            ) from error
        raise


def backed_up(path: Path, terminal: str, target: Path, progress: Progress) -> int:
    """Back a ledger up on a connection of its own; return how many entries there are.

    Raises:
        Stopped: if somebody stopped it; no copy is kept then.
        DestinationError: if it cannot be written there, or the copy is not whole.
    """
    progress(0, 0)
    entries = back_up_after_seal(path, terminal, target)
    if isinstance(entries, str):
        raise DestinationError(entries)
    if progress.stopping:
        target.unlink(missing_ok=True)
        raise Stopped(
            "The backup was stopped and no copy is kept.",
            "The ledger itself is safe. Back it up later: on Today g, then b.",
        )
    return entries
