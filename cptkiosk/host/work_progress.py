"""How far long work is, and a way to stop it: between the worker and who waits."""

from collections.abc import Callable
from threading import Event

from cptkiosk.domain.values import Refused

ProgressCallback = Callable[[int, int], None]
"""What long work calls between its steps: so many done, of so many.

What it raises ends the work there, and nothing half-done is kept.
"""


def ignore_progress(done: int, of: int) -> None:
    """Tell no one."""


class Stopped(Refused):
    """Someone stopped the work between two steps."""


class WorkProgress:
    """Handed into the work, which calls it between steps; read from another thread.

    Work that must not be stopped any more does not call it any more.
    """

    def __init__(self) -> None:
        self._told = (0, 0)
        self._stop = Event()

    def __call__(self, done: int, of: int) -> None:
        """Take note of how far the work is.

        Raises:
            Stopped: if someone wants it stopped.
        """
        self._told = (done, of)
        if self._stop.is_set():
            raise Stopped("stopped")

    @property
    def steps_done(self) -> tuple[int, int]:
        """How many steps are done, and of how many; none if no one knows."""
        return self._told

    @property
    def is_stopping(self) -> bool:
        """Whether the work is to stop at its next step."""
        return self._stop.is_set()

    def request_stop(self) -> None:
        """Let the work stop at its next step."""
        self._stop.set()
