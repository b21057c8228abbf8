"""The line drops, the terminal stalls, a signal comes: the record is whole."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from signal import Signals

import pytest

from cptkiosk.domain.commands import testing as c
from cptkiosk.ledger.maintenance.verify import verify_ledger
from support import walk
from support.center import DANA
from support.sessions import roll
from support.terminal import FRAME_ENDS, LEFT, WAIT_S, Terminal

ENDS = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT)


@pytest.fixture
def at_work(folder: Path) -> Iterator[Terminal]:
    """The program in the middle of a session, with a form half filled."""
    walk.running(folder, roll(3))
    with walk.open_terminal(folder) as terminal:
        walk.enter_session(terminal, "TESTING", "Ends")
        yield terminal


def is_whole(folder: Path) -> None:
    with walk.desk_of(folder) as desk:
        assert verify_ledger(desk.ledger).entries == desk.ledger.head().seq


def redraw_unread(terminal: Terminal) -> None:
    """Have the whole screen drawn far more often than fits into a terminal's buffer."""
    for _ in range(100):
        terminal.press("redraw")
        time.sleep(0.01)  # a line brings keys one by one, not all in one read


@pytest.mark.slow
@pytest.mark.parametrize("number", ENDS)
def test_a_signal_ends_it_and_gives_the_terminal_back(
    folder: Path, number: Signals
) -> None:
    with Terminal("--data-dir", folder) as terminal:
        fresh = terminal.modes()
        terminal.wait_for("PIN again")
        assert terminal.modes() != fresh
        terminal.kill(number)

        assert terminal.wait_exit() == 128 + number
        assert terminal.raw.rstrip().endswith(LEFT) or LEFT in terminal.raw[-200:]
        assert terminal.modes() == fresh


@pytest.mark.slow
@pytest.mark.parametrize("ignored", [False, True], ids=["heard", "SIGHUP ignored"])
def test_a_terminal_that_goes_away_ends_it(folder: Path, ignored: bool) -> None:
    if ignored:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        walk.running(folder, roll(3))
        terminal = walk.open_terminal(folder)
    finally:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    walk.enter_session(terminal, "TESTING", "Ends")
    terminal.record("b")
    terminal.hang_up()

    assert terminal.gone_within()
    is_whole(folder)


@pytest.mark.slow
def test_a_terminal_that_stops_reading_keeps_neither_record_nor_exit_waiting(
    at_work: Terminal, folder: Path
) -> None:
    with walk.desk_of(folder) as desk:
        redraw_unread(at_work)
        began = desk.ledger.head().seq
        at_work.press("b")
        deadline = time.monotonic() + WAIT_S
        while desk.ledger.head().seq == began and time.monotonic() < deadline:
            time.sleep(0.01)
        assert desk.ledger.head().seq > began, "the break was recorded all the same"
    at_work.kill(signal.SIGTERM)

    assert at_work.gone_within()
    is_whole(folder)


@pytest.mark.slow
def test_a_terminal_that_reads_again_shows_the_present(
    at_work: Terminal, folder: Path
) -> None:
    redraw_unread(at_work)
    with walk.desk_of(folder) as desk:
        first = next(iter(desk.session(walk.SESSION).attempts))
        desk.perform(c.BeginBreak(session_id=walk.SESSION, attempt_id=first), DANA)

    at_work.wait_row("FamilyP1", "break")


@pytest.mark.slow
def test_a_terminal_made_tiny_and_large_again_goes_on(at_work: Terminal) -> None:
    before = len(at_work.raw)
    at_work.resize(20, 5)
    at_work.wait_until(
        lambda: FRAME_ENDS in at_work.raw[before:] and at_work.text.strip(),
        "it to say something",
    )
    at_work.resize(80, 24)

    at_work.wait_row("FamilyP1", "testing")
    at_work.record("b")
    at_work.wait_row("FamilyP1", "break")
