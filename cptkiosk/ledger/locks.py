"""Locks between processes: who may make or replace the file, and whose turn it is to write.

Each is a lock of the system on a file of its own beside the ledger, so it ends with
the process that holds it, however that ends.

SQLite lets whoever looks first after a commit go first, and the longer someone has
waited the less often they look: among 16 busy terminals one waited for over 7 s. With
a lock held for the whole transaction and looked at every few milliseconds by all, the
longest wait was about 1 s.
"""

import fcntl
import os
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import finalize

from cptkiosk.errors import StorageError
from cptkiosk.host.data_directory import open_in_place
from cptkiosk.ledger.file_permissions import SAFE

PATIENCE_S = 20.0
"""So long is waited for the person who makes, upgrades or replaces the file."""

LOOK_S = 0.02
"""How often it is looked whether they are done."""

TURN_PATIENCE_S = 10.0
"""After this SQLite's own lock decides: a stopped terminal must not stop the others."""

TURN_LOOK_S = (0.001, 0.004)
"""How often it is looked whether it is one's turn; at odd times, so that all get one."""

LOCKS = Path("/proc/locks")
"""Where the system lists every lock, with the process and the file's inode."""


def system_locks() -> list[str]:
    """Return the lines of the system's list of locks; none where it won't say."""
    try:
        return LOCKS.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return []


def lock_holder(inode: int) -> str:
    """Return the number of the process that holds a file's lock, if it can be known."""
    for _, kind, _, _, process, where, *_ in map(str.split, system_locks()):
        if kind == "FLOCK" and where.endswith(f":{inode}") and process.isdigit():
            return process
    return ""


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Let one process create, upgrade or replace, while others wait for it.

    Raises:
        StorageError: if it takes them longer than anyone waits.
        OSError: if it cannot be waited for.
    """
    lock = path.with_name("opening.lock")
    handle = open_in_place(lock, os.O_RDWR | os.O_CREAT)
    try:
        _take_lock(handle, path)
        yield
    finally:
        os.close(handle)


def _take_lock(handle: int, path: Path) -> None:
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
    found = lock_holder(os.fstat(handle).st_ino)
    who = f" (process {found})" if found else ""
    return StorageError(
        f"Another cptkiosk{who} has been creating, upgrading or restoring the"
        f" ledger {path} for more than {PATIENCE_S:.0f} seconds. {SAFE} Wait until"
        " it is done, then try again. If it hangs, end it first."
    )


class Turns:
    """A place in the line of those who write one file."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name("turn.lock")
        self._handle = -1
        self._closing: finalize | None = None  # type: ignore[type-arg]

    def close(self) -> None:
        """Give the place up; done by itself where a ledger is just dropped."""
        if self._closing is not None:
            self._closing()
            self._handle = -1

    @contextmanager
    def take_turn(self) -> Iterator[None]:
        """Wait for one's turn, and keep it throughout."""
        taken = self._take_lock()
        try:
            yield
        finally:
            if taken:
                fcntl.flock(self._handle, fcntl.LOCK_UN)

    def _take_lock(self) -> bool:
        try:
            if self._handle < 0:
                flags = os.O_RDWR | os.O_CREAT
                self._handle = open_in_place(self._path, flags)
                self._closing = finalize(self, os.close, self._handle)
        except OSError:
            # Where no file can be made, SQLite says so in its own words.
            return False
        waited_s = 0.0
        while True:
            try:
                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if waited_s > TURN_PATIENCE_S:
                    return False
            else:
                return True
            some_s = random.uniform(*TURN_LOOK_S)  # noqa: S311  # no secret
            threading.Event().wait(some_s)
            waited_s += some_s
