"""The economical app on a real terminal: same picture, fewer and harmless bytes."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from pathlib import Path

import pyte
import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from textual._compositor import ChopsUpdate
from textual.strip import Strip

from cptkiosk.ui.economy import _put_spans
from cptkiosk.ui.shadow import Shadow, cells_of, harmless

DEMO = Path(__file__).with_name("economy_demo.py")
ROOT = DEMO.parents[2]
# Sequences that pyte would print instead of obeying.
UNKNOWN = re.compile(
    rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b\[\?[0-9;]*u|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    rb"|\x1b\[[0-9;]*t|\x1b\[[0-9]* q"
)


class Terminal:
    """A program on a pseudo-terminal, and the screen that it has drawn."""

    def __init__(self, *arguments):
        self.screen = pyte.Screen(80, 24)
        self.stream = pyte.ByteStream(self.screen)
        self.seen, self.fed = b"", 0
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            self.run(arguments)
        self.resize(80, 24)

    @staticmethod
    def run(arguments):
        """Become the program."""
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        steering = {"LINES", "COLUMNS"}  # they outrule the size of the terminal
        kept = {
            key: value
            for key, value in os.environ.items()
            if "TEXTUAL" not in key and key not in steering
        }
        kept.pop("NO_COLOR", None)
        kept |= {"TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
        try:
            os.execve(sys.executable, [sys.executable, str(DEMO), *arguments], kept)  # noqa: S606
        finally:
            os._exit(127)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)

    def resize(self, columns, rows):
        """Give the terminal another size, as its window would."""
        self.screen.resize(rows, columns)
        fcntl.ioctl(
            self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0)
        )

    def press(self, keys):
        os.write(self.fd, keys)

    def read(self, seconds):
        """Read what there is, waiting for at most `seconds`; tell if there was any."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            self.seen += os.read(self.fd, 65536)
        except OSError:
            return False
        # A sequence cut in two by the pipe waits for its other half.
        end = self.seen.rfind(b"\x1b")
        whole = len(self.seen) if end < 0 or len(self.seen) - end > 40 else end
        if whole > self.fed:
            self.stream.feed(UNKNOWN.sub(b"", self.seen[self.fed : whole]))
            self.fed = whole
        return True

    def settle(self, *texts):
        """Wait until the screen shows `texts`, and then until nothing more comes."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            came = self.read(0.3)
            shown = "\n".join(self.screen.display)
            if not came and all(text in shown for text in texts):
                self.stream.feed(UNKNOWN.sub(b"", self.seen[self.fed :]))
                self.fed = len(self.seen)
                return self.picture()
        pytest.fail(f"{texts} not on the screen:\n{shown}")

    def picture(self):
        """Return the text and the colours of every cell."""
        rows = range(self.screen.lines)
        columns = range(self.screen.columns)
        return [[self.screen.buffer[y][x] for x in columns] for y in rows]


def text_of(picture):
    return ["".join(cell.data for cell in row).rstrip() for row in picture]


def walk(terminal):
    """Scroll, open and close a dialogue, resize; return a picture of each moment."""
    yield "start", terminal.settle("row 0", "A18")
    terminal.press(b"\x1b[6~" * 3)
    yield "scrolled", terminal.settle("row 57")
    terminal.press(b"d")
    yield "dialogue", terminal.settle("a dialogue over the list")
    terminal.press(b"x")
    yield "closed", terminal.settle("row 57")
    terminal.resize(100, 30)
    yield "larger", terminal.settle("row 57", "A62")
    terminal.resize(80, 24)
    yield "smaller", terminal.settle("row 57")
    terminal.press(b"/mar")
    yield "filtered", terminal.settle("/mar_")


@pytest.mark.slow
def test_the_terminal_shows_the_same_with_and_without_economy():
    with Terminal() as economical, Terminal("stock") as stock:
        pairs = zip(walk(economical), walk(stock), strict=True)
        for (moment, ours), (_, theirs) in pairs:
            assert text_of(ours) == text_of(theirs), moment
            assert ours == theirs, f"{moment}: same text in other colours"
        assert len(economical.seen) * 2 < len(stock.seen)


@pytest.mark.slow
def test_a_redraw_mends_whatever_the_terminal_shows():
    with Terminal() as terminal:
        before = terminal.settle("row 0", "A18")
        terminal.screen.reset()
        terminal.press(b"\x1b[B\x1b[A")
        terminal.read(1)
        terminal.press(b"r")
        assert text_of(terminal.settle("row 0", "A18")) == text_of(before)


@pytest.mark.slow
def test_no_name_can_steer_the_terminal():
    with Terminal() as terminal:
        terminal.settle("row 0", "A18")
        before = len(terminal.seen)
        terminal.press(b"h")
        terminal.settle("hostile", "[red]x[/foo]", "raw ?]52;c;x", "?]52;c;x?")
        sent = terminal.seen[before:].decode()
        plain = re.sub(r"\x1b\[[0-9;]*[Hm]", "", sent)
        assert plain == harmless(plain)
        assert "]52;c;x" in plain


@pytest.mark.slow
def test_the_same_names_do_reach_the_terminal_without_economy():
    with Terminal("stock") as terminal:
        terminal.settle("row 0", "A18")
        terminal.press(b"h")
        terminal.settle("hostile")
        assert "\x9b2J".encode() in terminal.seen or b"\x1b]52" in terminal.seen


def put(shadow, x, text):
    shadow.put(x, 0, cells_of(Strip([Segment(text)]), ColorSystem.TRUECOLOR))
    return shadow.take()


def test_only_the_cells_that_differ_are_sent():
    shadow = Shadow(40, 1)
    assert "0:42:41" in put(shadow, 0, "Left 0:42:41 of an hour")
    assert put(shadow, 0, "Left 0:42:41 of an hour") == ""
    assert put(shadow, 0, "Left 0:42:40 of an hour") == "\x1b[1;12H\x1b[0m0\x1b[0m"


def test_of_a_line_changed_in_part_only_that_part_is_sent():
    shadow, strip = Shadow(6, 1), Strip([Segment("abcdef")])
    update = ChopsUpdate([{0: strip}], [(0, 2, 4)], [[6]])
    _put_spans(shadow, update, lambda part: cells_of(part, ColorSystem.TRUECOLOR))
    assert shadow.take() == "\x1b[1;3H\x1b[0mcd\x1b[0m"


@pytest.mark.parametrize("at", range(6))
def test_covering_half_of_a_wide_character_leaves_no_ghost(at):
    screen = pyte.Screen(12, 1)
    stream, shadow = pyte.Stream(screen), Shadow(12, 1)
    for x, text in [(0, "a陽子b陽c"), (at, "xy"), (0, "a陽子b陽c")]:
        stream.feed(put(shadow, x, text))
    assert screen.display[0].rstrip() == "a陽子b陽c"


def test_a_wide_character_does_not_wrap_at_the_edge():
    assert "陽" not in put(Shadow(3, 1), 2, "陽")
