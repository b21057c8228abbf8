"""What goes wrong at the door: a sentence, an exit code, and nothing lost."""

import os
import pty
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from signal import Signals

import pytest

from support import walk
from support.center import LEDGER
from support.raw import raw
from support.sessions import roll
from support.terminal import WAIT_S, Terminal

WRONG = "111111"
RUN = (sys.executable, "-m", "cptkiosk", "--data-dir")


@pytest.fixture
def center(folder: Path) -> Path:
    """A center with nothing planned."""
    with walk.desk_of(folder) as desk:
        walk.center(desk)
    return folder


def entries(folder: Path) -> list[str]:
    with walk.desk_of(folder) as desk:
        return [row[0] for row in desk.ledger.rows("SELECT kind FROM entry")]


def wrong_pins(folder: Path) -> int:
    with walk.desk_of(folder) as desk:
        return desk.center.staff["s1"].failed


def wait_wrong_pins(terminal: Terminal, folder: Path, count: int) -> None:
    terminal.wait_until(
        lambda: wrong_pins(folder) == count, f"wrong PIN {count} on record"
    )


@pytest.mark.slow
def test_a_wrong_pin_is_said_and_the_fifth_has_to_wait(center: Path) -> None:
    with walk.open_terminal(center) as terminal:
        terminal.wait_for(walk.COORDINATOR, "PIN")
        terminal.press("enter")
        for count in range(1, 6):
            terminal.press(WRONG, "enter")
            wait_wrong_pins(terminal, center, count)
            terminal.wait_for("That PIN is not correct. Try again.")
        terminal.press(walk.PIN, "enter")
        terminal.wait_for("Too many wrong PINs. Try again in", "seconds")
        assert walk.TODAY not in terminal.text


@pytest.mark.slow
def test_a_wrong_pin_at_the_lock_loses_nothing(folder: Path) -> None:
    walk.running(folder, roll(2))
    with walk.open_terminal(folder) as terminal:
        walk.enter_session(terminal, "TESTING", "Ends")
        walk.go_to(terminal, "FamilyP2")
        terminal.press("n")
        terminal.wait_for("Note about")
        walk.leave_question(terminal)
        terminal.press("lock")
        terminal.wait_for("PIN", "Morning", "left")
        terminal.press("enter", WRONG, "enter")
        terminal.wait_for("That PIN is not correct")
        terminal.press(walk.PIN, "enter")
        terminal.wait_for("TESTING", "Ends")
        terminal.wait_row(f"{walk.CURSOR}", "FamilyP2")


@pytest.mark.slow
def test_corrections_typed_in_a_burst_are_made_where_they_were_typed(
    center: Path,
) -> None:
    """A slow line brings many keys at once."""
    with walk.open_terminal(center) as terminal:
        terminal.wait_for(walk.COORDINATOR, "PIN")
        wrong, right = walk.PIN[:2] + "00", walk.PIN[2:]
        terminal.press("enter", f"{wrong}\x7f\x7f{right}", "enter")
        terminal.wait_for(walk.TODAY)


@pytest.mark.slow
def test_a_form_filled_in_quickly_still_shows_its_errors(
    folder: Path,
) -> None:
    with walk.open_terminal(folder) as terminal:
        terminal.wait_for("Coordinator", "PIN again")
        walk.fill(terminal, "North", "T", "Mars", "Dana", "1", "2")
        terminal.wait_for(
            "not a time zone", "6 to 12 digits", "the two PINs do not match"
        )
        walk.fill(terminal, "UTC", "Dana Ortiz", walk.PIN, walk.PIN)
        terminal.wait_for(walk.TODAY)


@pytest.mark.slow
def test_an_empty_roster_is_refused_in_a_sentence(center: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    with walk.open_terminal(center, cwd=tmp_path) as terminal:
        walk.sign_in(terminal)
        before = entries(center)
        terminal.press("r")
        terminal.wait_for("a.csv")
        terminal.press("enter")
        terminal.wait_until(
            lambda: "empty" in terminal.text.lower(), "a sentence about an empty file"
        )
        walk.back_to_today(terminal)
    assert entries(center) == before


def test_a_data_directory_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("a file\n")
    with Terminal("--data-dir", file / "data") as terminal:
        assert terminal.wait_exit() == 3
        said = terminal.said
    assert "cannot be used" in said
    assert "Nothing was changed" in said
    assert "Traceback" not in said
    assert b"\x1b[?1049h" not in terminal.raw


def test_a_ledger_of_a_newer_release_is_left_as_it_is(center: Path) -> None:
    path = center / LEDGER
    with raw(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    before = path.read_bytes()
    with Terminal("--data-dir", center) as terminal:
        assert terminal.wait_exit() == 3
        said = terminal.said
    assert "newer" in said
    assert "Traceback" not in said
    assert path.read_bytes() == before


@pytest.mark.parametrize("no_terminal", ["stdin", "all"])
def test_without_a_terminal_it_says_so_and_leaves(
    center: Path, no_terminal: str
) -> None:
    ours, theirs = pty.openpty()
    stderr = subprocess.PIPE if no_terminal == "all" else theirs
    try:
        done = subprocess.run(
            [*RUN, center],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if no_terminal == "all" else theirs,
            stderr=stderr,
            timeout=WAIT_S,
            check=False,
        )
        said = done.stderr if no_terminal == "all" else os.read(ours, 65536)
    finally:
        os.close(theirs)
        os.close(ours)
    assert done.returncode == 2
    assert b"needs an interactive terminal" in said
    assert b"Traceback" not in said


def test_a_dumb_terminal_is_refused_in_a_sentence(center: Path) -> None:
    with Terminal("--data-dir", center, environ={"TERM": "dumb"}) as terminal:
        assert terminal.wait_exit() == 2
        said = terminal.said
    assert "TERM='dumb' cannot show the kiosk" in said
    assert b"\x1b[" not in terminal.raw


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_leaves_the_terminal_as_it_was(
    folder: Path, number: Signals, code: int
) -> None:
    walk.running(folder, roll(2))
    with walk.open_terminal(folder) as terminal:
        before = terminal.modes()
        walk.enter_session(terminal, "TESTING", "Ends")
        assert terminal.modes() != before
        terminal.kill(number)
        assert terminal.wait_exit() == code
        assert terminal.modes() == before
    last = {
        mode: terminal.raw.rfind(b"\x1b[?%dh" % mode)
        - terminal.raw.rfind(b"\x1b[?%dl" % mode)
        for mode in (1049, 25)
    }
    assert last[1049] < 0, "the alternate screen was not left"
    assert last[25] > 0, "the cursor was not shown"
    with walk.desk_of(folder) as desk:
        assert desk.session(walk.SESSION).running


@pytest.mark.slow
def test_too_small_a_terminal_asks_for_room_and_still_shows_the_clock(
    folder: Path,
) -> None:
    walk.running(folder, roll(2))
    with walk.open_terminal(folder) as terminal:
        walk.enter_session(terminal, "TESTING", "Ends")
        terminal.resize(60, 18)
        first = terminal.wait_for("80", "24", "1:2")
        terminal.wait_until(lambda: terminal.text != first, "a tick")
        terminal.resize(80, 24)
        terminal.wait_for("TESTING", "Ends", "FamilyP1")
