"""The program on a pseudo-terminal: keys go in, and a screen is read off."""

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

import pyte
import pytest
from pyte.screens import Char

from cptkiosk.ui.enter_guard import AGAIN_S
from cptkiosk.ui.terminal.parser import GAP_S
from support.forked import Account, ForkedProgram

WAIT_S = 120.0
"""Far longer than anything takes on a busy machine; what comes is not waited for."""

QUIET_S = 0.01
"""Nothing has come for so long: what was drawn is taken in."""

ECHO_S = 5.0
"""So long is waited at most until what was typed is shown; some of it never is."""

HIDDEN = "\N{BULLET}"
"""What stands for each character of a PIN."""

CURSOR_SIGN, BACKSPACE = "\u203a", "\x7f"

NEXT_LINE = 2
BEYOND = 40
"""Columns to the right of the terminal, into which nothing may ever be drawn."""

KEYS = {
    "enter": b"\r",
    # With what a terminal says on getting the focus: alone, Esc and the next key may be
    # taken for one.
    "esc": b"\x1b\x1b[I",
    "space": b" ",
    "up": b"\x1b[A",
    "down": b"\x1b[B",
    "right": b"\x1b[C",
    "left": b"\x1b[D",
    "tab": b"\t",
    "home": b"\x1b[H",
    "clear": b"\x15",
    "lock": b"\x0c",
    "redraw": b"\x12",
    "quit": b"\x11",
    "save": b"\x13",
}
# Sequences that pyte would print instead of obeying.
UNKNOWN = re.compile(
    rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b\[\?[0-9;]*u"
    rb"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-9;]*t|\x1b\[[0-9]* q"
)
ENTERED, LEFT = b"\x1b[?1049h", b"\x1b[?1049l"
"""The program takes the terminal, and gives it back; what it says outside is no screen."""

ASKS_FOR_FRAMES, SENDS_FRAMES = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
FRAME_BEGINS, FRAME_ENDS = b"\x1b[?2026h", b"\x1b[?2026l"
"""Textual asks whether frames may be marked; then none is looked at half drawn."""

PROGRAM = (sys.executable, "-m", "cptkiosk")
"""What runs on the terminal, unless a test names something else."""

STOPPED = "T"
RECORDED = re.compile(r"#(\d+): ")


class Terminal:
    """A program of ours on a terminal of its own, and the screen that it has drawn."""

    def __init__(
        self,
        *arguments: object,
        cwd: Path | None = None,
        environ: Mapping[str, str] | None = None,
        size: tuple[int, int] = (80, 24),
        program: Sequence[object] = PROGRAM,
        account: Account | None = None,
    ) -> None:
        self.columns, self.rows = size
        self.raw = b""
        self._fed = 0
        self._open = True
        self._told = False
        self._hung_up = False
        self._pressed = ("", 0.0)
        self._resized = False
        self._screen = pyte.Screen(self.columns + BEYOND, self.rows)
        self._stream = pyte.ByteStream(self._screen)
        kept = {key: value for key, value in os.environ.items() if _harmless(key)}
        kept |= {"TERM": "xterm-256color", "LANG": "C.UTF-8", **(environ or {})}
        self._fd, theirs = os.openpty()
        self._set_size()
        self._line_name = os.ttyname(theirs)
        self._process: ForkedProgram | subprocess.Popen[bytes]
        if program is PROGRAM and environ is None:
            self._process = ForkedProgram(
                [*map(str, arguments)], [Path(self._line_name)] * 3, kept, cwd,
                account=account,
            )  # fmt: skip
        else:
            self._process = subprocess.Popen(
                [*map(str, program), *map(str, arguments)],
                stdin=theirs,
                stdout=theirs,
                stderr=theirs,
                cwd=cwd,
                env=kept,
                start_new_session=True,
                preexec_fn=_take_terminal,  # noqa: PLW1509 - no thread of ours is inside
            )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(WAIT_S)
        if not self._hung_up:
            os.close(self._fd)

    # What goes in

    def press(self, *keys: str) -> None:
        """Press keys by their names in KEYS; anything else is typed as it is."""
        for key in keys:
            self._rest_before(key)
            os.write(self._fd, KEYS.get(key, key.encode()))

    def _rest_before(self, key: str) -> None:
        """Let a finger rest before it presses the same letter again, or Enter."""
        before, pressed_s = self._pressed
        if key == "enter" and before and before not in KEYS:
            self._wait_read(before)
        if len(key) == 1 and key == before:
            time.sleep(max(0.0, pressed_s + AGAIN_S - time.monotonic()))
        self._pressed = (key, time.monotonic())

    def _wait_read(self, typed: str) -> None:
        """Wait until the program shows what was typed: Enter is to be no part of it."""
        theirs = os.open(self._line_name, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        deadline = time.monotonic() + ECHO_S
        try:
            while time.monotonic() < deadline:
                self.settled()
                if self._shows_typed(typed) and not _unread(theirs):
                    break
                self.pump(GAP_S)
        finally:
            os.close(theirs)
        time.sleep(4 * GAP_S)

    def _shows_typed(self, typed: str) -> bool:
        """Tell whether a field shows a text, or as much of it hidden as a PIN."""
        kept = _left_by_backspace(typed)
        dots = f"{HIDDEN}{{{len(kept)}}}(?!{HIDDEN})"
        pin = re.compile(f"{CURSOR_SIGN}[^{HIDDEN}]*{dots}")
        return kept[-4:].strip() in self.text or any(map(pin.search, self.lines))

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size, as its window would."""
        self.columns, self.rows, self._resized = columns, rows, True
        self._screen.resize(rows, columns)
        self._screen.resize(rows, columns + BEYOND)
        self._set_size()

    def _set_size(self) -> None:
        wanted = struct.pack("HHHH", self.rows, self.columns, 0, 0)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, wanted)

    def modes(self) -> list[int]:
        """Return how the line is set: what is echoed, edited, turned into signals."""
        return termios.tcgetattr(self._fd)[:4]

    @property
    def pid(self) -> int:
        """The process that runs on the terminal."""
        return self._process.pid

    @property
    def state(self) -> str:
        """What the system says the process does: R, S, T for stopped ..."""
        stat = Path(f"/proc/{self.pid}/stat").read_text("utf-8")
        return stat.rpartition(")")[2].split()[0]

    @property
    def runs(self) -> bool:
        """Whether the process has neither ended nor been stopped."""
        return not self.ended and self.state != STOPPED

    @property
    def ended(self) -> bool:
        """Whether that process has ended."""
        return self._process.poll() is not None

    def send(self, keys: bytes) -> None:
        """Send bytes as a keyboard would, whatever they mean."""
        os.write(self._fd, keys)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send the program a signal."""
        self._process.send_signal(number)

    def hang_up(self) -> None:
        """Take the line away: the other end of the program's terminal is closed."""
        os.close(self._fd)
        self._open = False
        self._hung_up = True

    def gone_within(self, seconds: float = WAIT_S) -> bool:
        """Tell whether the program ends, without reading what it says meanwhile."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    # What comes out

    @property
    def lines(self) -> list[str]:
        """What the screen shows, line by line."""
        return ["".join(self.cells(y)) for y in range(self.rows)]

    def cells(self, y: int) -> list[str]:
        """Return what each cell of a line shows; the half of a wide one shows nothing."""
        line = self._screen.buffer[y]
        return [line[x].data for x in range(self.columns)]

    def picture(self) -> list[list[Char]]:
        """Return every cell with its colors."""
        return [
            [self._screen.buffer[y][x] for x in range(self.columns)]
            for y in range(self.rows)
        ]

    def wipe(self) -> None:
        """Lose what the screen shows, as a terminal may that was switched off."""
        self._screen.reset()

    def column(self, y: int, text: str) -> int:
        """Return the cell in which a text begins on a line, -1 if it is not there."""
        cells = self.cells(y)
        starts = (x for x in range(self.columns) if "".join(cells[x:]).startswith(text))
        return next((x for x in starts if cells[x]), -1)

    @property
    def text(self) -> str:
        """What the screen shows, blanks at the ends of lines left out."""
        return "\n".join(line.rstrip() for line in self.lines)

    @property
    def said(self) -> str:
        """What was written before or after the screens, in one line."""
        return " ".join(self.raw.decode(errors="replace").split())

    @property
    def next(self) -> str:
        """The Next line."""
        return self.lines[NEXT_LINE].strip()

    @property
    def recorded(self) -> int:
        """The number of the entry that the status line names, 0 if none."""
        found = RECORDED.findall("\n".join(self.lines[-4:]))
        return int(found[-1]) if found else 0

    def row(self, *texts: str) -> str:
        """Return the first line that shows all of `texts`, or nothing."""
        found = (line for line in self.lines if all(text in line for text in texts))
        return next(found, "")

    def pump(self, seconds: float = 0.0) -> bool:
        """Read what there is, waiting for at most `seconds`; tell if there was any."""
        if not self._open:
            return False
        if not select.select([self._fd], [], [], seconds)[0]:
            return False
        try:
            came = os.read(self._fd, 65536)
        except OSError:
            came = b""
        self._open = bool(came)
        self.raw += came
        if not self._told and ASKS_FOR_FRAMES in self.raw:
            self._told = True
            self.send(SENDS_FRAMES)
        # A sequence cut in two by the pipe waits for its other half.
        end = self.raw.rfind(b"\x1b")
        whole = len(self.raw) if end < 0 or len(self.raw) - end > 40 else end
        if whole > self._fed:
            self._feed(whole)
        return bool(came)

    def _feed(self, until: int) -> None:
        self._stream.feed(UNKNOWN.sub(b"", self.raw[self._fed : until]))
        self._fed = until

    def settled(self) -> str:
        """Take in everything that has come, and return the screen."""
        deadline = time.monotonic() + WAIT_S
        while self.pump(QUIET_S) or (self._in_frame and time.monotonic() < deadline):
            pass
        self._feed(len(self.raw))
        # A frame for the old size may still have been on its way.
        if ENTERED in self.raw and LEFT not in self.raw and not self._resized:
            self._check_edge()
        return self.text

    @property
    def _in_frame(self) -> bool:
        """Whether a frame has begun and not ended."""
        return self._open and self.raw.rfind(FRAME_BEGINS) > self.raw.rfind(FRAME_ENDS)

    def _check_edge(self) -> None:
        for y in range(self.rows):
            line = self._screen.buffer[y]
            edge = range(self.columns, self.columns + BEYOND)
            beyond = "".join(line[x].data for x in edge).strip()
            assert not beyond, f"'{beyond}' is beyond the edge:\n{self.text}"

    def wait_until(
        self, holds: Callable[[], object], what: str, seconds: float = WAIT_S
    ) -> str:
        """Wait until something holds of the settled screen, and return the screen."""
        deadline = time.monotonic() + seconds
        while True:
            shown = self.settled()
            if holds():
                return shown
            self.pump(0.05)
            if time.monotonic() > deadline or not self._open:
                pytest.fail(f"waited for {what}, but the screen shows:\n{shown}")

    def wait_for(self, *texts: str, seconds: float = WAIT_S) -> str:
        """Wait until the screen shows all of `texts`, and return it."""
        return self.wait_until(
            lambda: all(text in self.text for text in texts), f"{texts}", seconds
        )

    def wait_row(self, *texts: str, seconds: float = WAIT_S) -> str:
        """Wait until one line shows all of `texts`, and return it."""
        self.wait_until(lambda: self.row(*texts), f"a line with {texts}", seconds)
        return self.row(*texts)

    def wait_gone(self, *texts: str, seconds: float = WAIT_S) -> str:
        """Wait until the screen shows none of `texts`, and return it."""
        return self.wait_until(
            lambda: not any(text in self.text for text in texts),
            f"{texts} to go",
            seconds,
        )

    def record(self, *keys: str, seconds: float = WAIT_S) -> str:
        """Press keys, wait until a newer entry is said to be recorded; return the screen."""
        before = self.recorded
        self.press(*keys)
        return self.wait_recorded(
            before, f"an entry after #{before} by {keys}", seconds
        )

    def wait_recorded(self, before: int, what: str, seconds: float = WAIT_S) -> str:
        """Wait until an entry newer than one is said to be recorded."""
        return self.wait_until(lambda: self.recorded > before, what, seconds)

    def wait_exit(self, seconds: float = WAIT_S) -> int:
        """Wait until the program has left, and return its exit code."""
        deadline = time.monotonic() + seconds
        while (code := self._process.poll()) is None:
            self.pump(0.05)
            if time.monotonic() > deadline:
                pytest.fail(f"it did not leave:\n{self.text}")
        while self.pump():
            pass
        self._feed(len(self.raw))
        return code


def _unread(line: int) -> int:
    """Return how many bytes of a terminal's input are still to be read."""
    return int.from_bytes(fcntl.ioctl(line, termios.FIONREAD, bytes(4)), sys.byteorder)


def _left_by_backspace(typed: str) -> str:
    """Return what a field holds in which a text with corrections was typed."""
    kept: list[str] = []
    for char in typed:
        if char != BACKSPACE:
            kept.append(char)
        elif kept:
            kept.pop()
    return "".join(kept)


def _harmless(name: str) -> bool:
    steering = ("TEXTUAL", "CPTKIOSK", "NO_COLOR", "LC_", "LANG", "LINES", "COLUMNS")
    return not name.startswith(steering)


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
