"""Textual's driver of a terminal, but for what is read from it, and sound after a stop."""

import asyncio
import codecs
import os
import select
import signal
import termios
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from textual._parser import ParseError
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from cptkiosk.ui.terminal.glyphs import encoding_for
from cptkiosk.ui.terminal.parser import GAP_S, TerminalParser, mark_bursts

SCREEN_TAKEN = "\x1b[?1049h\x1b[?25l\x1b[?2004h"
"""The alternate screen, without a cursor, pastes marked as such."""

LOOK_S = 0.1
"""How often a thread that waits for keys looks whether it is to end."""

READS_MAX = 10
"""So many times more is waited for at most: a key held down goes on and on."""

READ_BYTES = 65536


class KioskDriver(LinuxDriver):
    """Reads whole sequences in the terminal's own encoding, and knows a burst by its pace."""

    _taken: list[Any] | None = None
    """How the line is set while the kiosk has the terminal."""

    def run_input_thread(self) -> None:
        """Read until the program leaves; a byte that is no text is a strange character."""
        parser = TerminalParser()
        decoder = codecs.getincrementaldecoder(encoding_for(os.environ))("replace")
        while not self.exit_event.is_set():
            if self._comes_within(LOOK_S):
                came = self._read_burst()
                if not came:
                    self.exit_event.wait(LOOK_S)  # the line is gone; a signal follows
                text = decoder.decode(came)
                self._tell(parser.feed(text) if text else ())
            self._tell(parser.tick())
        with suppress(ParseError):
            self._tell(parser.feed(""))

    def _comes_within(self, seconds: float) -> bool:
        return bool(select.select([self.fileno], [], [], seconds)[0])

    def _read_burst(self) -> bytes:
        """Return what comes at once: with gaps shorter than those of a hand."""
        came = os.read(self.fileno, READ_BYTES)
        for _ in range(READS_MAX):
            # An arrow, or Enter alone, is no beginning of a text.
            if not came or came[-1:] < b" " or not self._comes_within(GAP_S):
                break
            more = os.read(self.fileno, READ_BYTES)
            if not more:
                break
            came += more
        return came

    def _tell(self, messages: Iterable[Message]) -> None:
        for message in mark_bursts(messages):
            self.process_message(message)

    def start_application_mode(self) -> None:
        """Take the terminal, and remember how the line is set from now on."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        loop = asyncio.get_running_loop()
        # Textual's handlers write to the terminal, and run between any two steps of the
        # main thread: in the middle of a write too, whose lock they would wait for
        # forever. From the loop they come between two callbacks.
        loop.add_signal_handler(signal.SIGTSTP, self._sigtstp_application)
        loop.add_signal_handler(signal.SIGCONT, self._sigcont_application)
        with suppress(termios.error):
            self._taken = termios.tcgetattr(self.fileno)

    def stop_application_mode(self) -> None:
        """Give the terminal back."""
        self._taken = None
        super().stop_application_mode()

    def _sigcont_application(self, *_: object) -> None:
        """Go on after a stop.

        Textual takes the terminal again, which is right only where it gave it back
        before, on SIGTSTP. After a SIGSTOP that would start a second thread that reads
        keys, and leave the terminal raw in the end.
        """
        if self._must_signal_resume:
            super()._sigcont_application()
        elif self._auto_restart and self._taken is not None and self.input_tty:
            with suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self._taken)
            self.write(SCREEN_TAKEN)
            self._app.post_message(self.SignalResume())
