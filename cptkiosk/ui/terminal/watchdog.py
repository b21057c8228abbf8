"""Leaving when told to, even when the terminal is gone or takes nothing more.

A terminal that stops reading freezes Textual's loop, and so would a signal handler that
runs in it. So a thread of its own takes the signals, asks the loop to leave, and ends
the program by itself if the loop does not. Nothing is lost by that: what was shown as
recorded is synced, and a half-filled form is kept while it is typed.
"""

import os
import select
import signal
import termios
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

LEAVING = frozenset({signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT})
FROM_KEYS = frozenset({signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP})
"""Signals that keys send; a locked-down terminal does not take them."""

PATIENCE_S = 3.0
"""How long the loop may take to leave."""

LOOK_S = 0.2
"""How often signals are looked for; a hang-up of the terminal is noticed at once."""

HUNG_UP = 128 + signal.SIGHUP
RESTORE = b"\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[0m\r\n"
"""Normal screen, cursor shown, mouse off, plain style."""

Leave = Callable[[int], object]


def take_signals(*, locked: bool) -> None:
    """Keep the signals that end a program for the watchdog.

    To be called in the main thread before any other is started: threads inherit it.

    Args:
        locked: whether those from the keyboard do nothing at all.
    """
    kept = LEAVING
    if locked:
        for number in FROM_KEYS:
            signal.signal(number, signal.SIG_IGN)
        # Textual puts a handler in that suspends the program; so it never comes to it.
        kept |= FROM_KEYS
    signal.pthread_sigmask(signal.SIG_BLOCK, kept)


class Watchdog(threading.Thread):
    """Waits for a signal or a hang-up, then sees to it that the program ends."""

    def __init__(self, *, locked: bool) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._awaited = LEAVING - FROM_KEYS if locked else LEAVING
        self._leave: Leave | None = None
        self._over = threading.Event()
        self._terminal: list[Any] | None = None
        with suppress(termios.error):
            self._terminal = termios.tcgetattr(0)

    def watch(self, leave: Leave) -> None:
        """Say how to ask the loop to leave, from another thread, with an exit code."""
        self._leave = leave

    def stop(self) -> None:
        """Stop watching: the program has left by itself."""
        self._over.set()

    def run(self) -> None:
        """Wait; ask to leave; end the program if it does not."""
        code = 0
        while not code and not self._over.is_set():
            is_gone = hung_up(0, LOOK_S)
            # Without a time to wait, as CPython 3.11 makes a signal up if the program is
            # stopped while it waits, and continued once that time is over.
            taken = signal.sigtimedwait(self._awaited, 0)
            if taken is not None:
                code = 128 + taken.si_signo
            elif is_gone:
                code = HUNG_UP
        if not code or self._over.is_set():
            return
        if self._leave is not None:
            with suppress(RuntimeError):
                self._leave(code)
        if not self._over.wait(PATIENCE_S):
            self._end(code)

    def _end(self, code: int) -> None:
        # Whatever stands in the queue of a terminal that does not read stays there.
        with suppress(OSError, termios.error):
            os.set_blocking(2, False)
            os.write(2, RESTORE)
        if self._terminal is not None:
            with suppress(OSError, termios.error):
                termios.tcflush(0, termios.TCOFLUSH)
                termios.tcsetattr(0, termios.TCSANOW, self._terminal)
        os._exit(code)


def hung_up(descriptor: int, within_s: float) -> bool:
    """Wait for at most `within_s`; return whether the other end of a terminal is gone."""
    poll = select.poll()
    poll.register(descriptor, 0)
    with suppress(OSError):
        return any(
            event & (select.POLLHUP | select.POLLERR | select.POLLNVAL)
            for _, event in poll.poll(within_s * 1000)
        )
    return True
