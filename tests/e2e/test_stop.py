"""A kiosk that is stopped and continued, as by job control: it is there, and right."""

import signal
import sys
import time
from pathlib import Path

import pytest

from cptkiosk.ui.terminal.watchdog import LOOK_S
from support import walk
from support.sessions import roll
from support.terminal import STOPPED, Terminal

pytestmark = pytest.mark.slow

STOPPED_S = 3 * LOOK_S

CONTINUED_IN_A_WRITE = """
import os, signal, sys
from textual.drivers._writer_thread import WriterThread

write, waiting = WriterThread.write, [signal.SIGCONT]

def write_as_it_continues(self, text):
    if "PIN again" in text and waiting:
        with self._queue.mutex:
            os.kill(os.getpid(), waiting.pop())
    write(self, text)

WriterThread.write = write_as_it_continues
from cptkiosk.cli.main import main
sys.exit(main())
"""
"""A kiosk that is continued just while it hands a frame to the thread that writes."""


def stop_and_continue(terminal: Terminal, number: int) -> None:
    """Stop the program for longer than it waits for signals, and continue it."""
    terminal.kill(number)
    terminal.wait_until(lambda: terminal.state == STOPPED, "it to be stopped")
    drawn = terminal.raw.count(walk.DRAWN_AFRESH)
    # That time passes while it is stopped is what this is about.
    time.sleep(STOPPED_S)
    terminal.kill(signal.SIGCONT)
    terminal.wait_until(
        lambda: terminal.raw.count(walk.DRAWN_AFRESH) > drawn, "the screen drawn again"
    )


def threads_of(terminal: Terminal) -> int:
    return len([*Path(f"/proc/{terminal.pid}/task").iterdir()])


@pytest.mark.parametrize("name", ["SIGSTOP", "SIGTSTP"])
def test_a_stopped_kiosk_is_back_with_the_right_time(folder: Path, name: str) -> None:
    walk.running(folder, roll(3))
    with walk.open_terminal(folder) as terminal:
        fresh = terminal.modes()
        walk.enter_session(terminal, "TESTING", "Ends")
        taken, threads = terminal.modes(), threads_of(terminal)
        for _ in range(3):
            stop_and_continue(terminal, signal.Signals[name])
        terminal.wait_until(lambda: terminal.modes() == taken, "a raw line")
        assert threads_of(terminal) == threads, "one thread reads the keys"
        walk.wait_left(terminal, "FamilyP1", walk.ends_at_s(folder))
        terminal.record("b")
        terminal.wait_row("FamilyP1", "break")
        terminal.kill(signal.SIGTERM)

        assert terminal.wait_exit() == 128 + signal.SIGTERM
        assert terminal.modes() == fresh


def test_a_kiosk_continued_without_a_stop_goes_on(folder: Path) -> None:
    with walk.open_terminal(folder) as terminal:
        fresh = terminal.modes()
        terminal.wait_for("PIN again")
        terminal.kill(signal.SIGCONT)
        walk.first_run(terminal)
        terminal.kill(signal.SIGTERM)

        assert terminal.wait_exit() == 128 + signal.SIGTERM
        assert terminal.modes() == fresh


def test_a_stop_in_the_middle_of_a_write_does_not_freeze_it(folder: Path) -> None:
    program = (sys.executable, "-c", CONTINUED_IN_A_WRITE)
    with walk.open_terminal(folder, program=program) as terminal:
        terminal.wait_for("PIN again")
        terminal.kill(signal.SIGTERM)

        assert terminal.wait_exit() == 128 + signal.SIGTERM


def test_a_signal_that_came_while_it_was_stopped_ends_it(folder: Path) -> None:
    with walk.open_terminal(folder) as terminal:
        fresh = terminal.modes()
        terminal.wait_for("PIN again")
        terminal.kill(signal.SIGSTOP)
        terminal.kill(signal.SIGTERM)
        terminal.kill(signal.SIGCONT)

        assert terminal.wait_exit() == 128 + signal.SIGTERM
        assert terminal.modes() == fresh
