"""One process at a time makes, upgrades or replaces a ledger; others wait, within limits."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cptkiosk.errors import StorageError
from cptkiosk.ledger.keeping import SAFE
from cptkiosk.settings import open_in_place

PATIENCE_S = 20.0
"""So long is waited for whoever makes, upgrades or replaces the file."""

LOOK_S = 0.02
"""How often it is looked whether they are done."""


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Let one process create, upgrade or replace, while others wait for it.

    Raises:
        StorageError: if it takes them longer than anybody waits.
        OSError: if it cannot be waited for.
    """
    lock = path.with_name("opening.lock")
    handle = open_in_place(lock, os.O_RDWR | os.O_CREAT)
    try:
        _take(handle, path)
        yield
    finally:
        os.close(handle)


def _take(handle: int, path: Path) -> None:
    waited_s = 0.0
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waited_s < PATIENCE_S:
                threading.Event().wait(LOOK_S)
                waited_s += LOOK_S
                continue
            raise _still_busy(handle, path) from None
        return


def _still_busy(handle: int, path: Path) -> StorageError:
    from cptkiosk.ledger.journal import holder

    found = holder(os.fstat(handle).st_ino)
    who = f" (process {found})" if found else ""
    return StorageError(
        f"Another cptkiosk{who} has been making, upgrading or restoring the ledger"
        f" {path} for longer than {PATIENCE_S:.0f} s. {SAFE} Wait until it is done,"
        " then do it again; if it hangs, end it first."
    )
