"""Whose turn it is to write, so that many terminals let nobody starve.

SQLite lets whoever looks first after a commit go first, and the longer somebody has
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

from cptkiosk.settings import open_in_place

LOOK_S = (0.001, 0.004)
"""How often it is looked whether it is one's turn; at odd times, so that all get one."""

PATIENCE_S = 10.0
"""After this SQLite's own lock decides: a stopped terminal must not stop the others."""


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
    def mine(self) -> Iterator[None]:
        """Wait for one's turn, and keep it throughout."""
        taken = self._take()
        try:
            yield
        finally:
            if taken:
                fcntl.flock(self._handle, fcntl.LOCK_UN)

    def _take(self) -> bool:
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
                if waited_s > PATIENCE_S:
                    return False
            else:
                return True
            some_s = random.uniform(*LOOK_S)  # noqa: S311  # no secret
            threading.Event().wait(some_s)
            waited_s += some_s
