"""How far a command is, for someone who sits in front of it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from cptkiosk.host.clock import SystemClock
from cptkiosk.host.work_progress import ProgressCallback, ignore_progress

SHOWN_AFTER_MS = 500
"""Work that is done sooner says nothing."""

DRAWN_EACH_MS = 200


@contextmanager
def progress_line(words: str) -> Iterator[ProgressCallback]:
    """Say how far work is, in place, if a terminal is there to read it.

    It goes where complaints go and is gone in the end: an answer that is piped or kept
    in a file is the same with it and without.
    """
    if not sys.stderr.isatty():
        yield ignore_progress
        return
    line = _Line(words)
    try:
        yield line
    finally:
        line.clear()


class _Line:
    def __init__(self, words: str) -> None:
        self._words, self._shown = words, ""
        self._clock = SystemClock()
        self._due_ms = self._clock.now().boot_ms + SHOWN_AFTER_MS

    def __call__(self, done: int, of: int) -> None:
        now_ms = self._clock.now().boot_ms
        if now_ms < self._due_ms or not of:
            return
        self._due_ms = now_ms + DRAWN_EACH_MS
        self._draw_line(f"{self._words} ... {done * 100 // of:>3}%")

    def clear(self) -> None:
        """Leave nothing behind."""
        if self._shown:
            self._draw_line(" " * len(self._shown))
            self._draw_line("")

    def _draw_line(self, text: str) -> None:
        # No control sequence but the oldest: any terminal goes back to the line's start.
        print(f"\r{text}", end="", file=sys.stderr, flush=True)
        self._shown = text
