"""Textual's driver of a terminal, as a kiosk needs it: no pastes, and sound after a stop."""

import asyncio
import termios
from contextlib import suppress
from typing import Any

from textual.drivers.linux_driver import LinuxDriver

SCREEN_TAKEN = "\x1b[?1049h\x1b[?25l"
"""The alternate screen, without a cursor."""


class KioskDriver(LinuxDriver):
    """Textual's driver without bracketed paste: an unterminated one kills the keys."""

    _taken: list[Any] | None = None
    """How the line is set while the kiosk has the terminal."""

    def _enable_bracketed_paste(self) -> None:
        """Leave it off."""

    def start_application_mode(self) -> None:
        """Take the terminal, and remember how the line is set from now on."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._loop = asyncio.get_running_loop()
        with suppress(termios.error):
            self._taken = termios.tcgetattr(self.fileno)

    def stop_application_mode(self) -> None:
        """Give the terminal back."""
        self._taken = None
        super().stop_application_mode()

    def _sigcont_application(self, *_: object) -> None:
        """Go on after a stop.

        Textual takes the terminal anew, which is right only where it gave it back
        before, on SIGTSTP. After a SIGSTOP that would start a second thread that reads
        keys, and leave the terminal raw in the end.
        """
        if self._must_signal_resume:
            super()._sigcont_application()
        elif self._auto_restart and self._taken is not None and self.input_tty:
            with suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self._taken)
            self.write(SCREEN_TAKEN)
            asyncio.run_coroutine_threadsafe(
                self._app._post_message(self.SignalResume()), self._loop
            )
