"""Killed in the middle of an exam day: everything that was shown as recorded is there."""

import re
import time
from contextlib import suppress
from pathlib import Path

import pytest

from support import walk
from support.sessions import attempt_id, roll
from support.terminal import Terminal

PASSED = ("photo-id", "name", "eligible", "agreement")
CLOCK = re.compile(r"\b(\d):(\d\d):(\d\d)\b")


def seconds_left(terminal: Terminal, name: str):
    """Return the remaining time of a row, the moment that it changes."""
    before = terminal.wait_row(name, "Safety")
    terminal.wait_until(lambda: terminal.row(name, "Safety") != before, "a tick")
    now = time.time()
    hours, minutes, seconds = CLOCK.search(terminal.row(name, "Safety")).groups()
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds), now


def assert_left(terminal: Terminal, name: str, end_utc_s) -> None:
    """Check a remaining time to the second; a busy machine gets three tries."""
    away = []
    for _ in range(3):
        with suppress(AttributeError):
            left, now = seconds_left(terminal, name)
            away.append(abs(end_utc_s - now - left))
            if away[-1] <= 1:
                return
    pytest.fail(f"{name} is off by {away} seconds:\n{terminal.text}")


@pytest.mark.slow
def test_a_kill_within_a_check_in_loses_no_gate(folder: Path) -> None:
    walk.checking_in(folder, roll(4))
    with walk.open_terminal(folder) as terminal:
        walk.enter_session(terminal, "CHECK-IN", "FamilyP1")
        walk.pass_all_gates(terminal)
        terminal.wait_row("FamilyP1", "seated")
        walk.go_to(terminal, "FamilyP2")
        for _ in PASSED:
            terminal.record("enter")
        terminal.kill()
        assert terminal.wait_exit() == -9

    with walk.open_terminal(folder) as terminal:
        walk.enter_session(terminal, "CHECK-IN", "ID P2")
        terminal.wait_row("FamilyP1", "seated")
        for words in ("photo ID", "name on ID", "eligible", "agreement"):
            assert "[x]" in terminal.row("\u2502", words)
        assert ">[ ]" in terminal.row("\u2502", "phone, watch")
    with walk.desk_of(folder) as desk:
        attempts = desk.session(walk.SESSION).attempts
        assert attempts[attempt_id("P1")].seat == "A1"
        gates = [gate for gate, _ in attempts[attempt_id("P2")].gates]
        assert tuple(gates) == PASSED


@pytest.mark.slow
def test_a_kill_within_the_test_stops_no_clock(folder: Path) -> None:
    walk.running(folder, roll(3), ago_ms=100_000)
    with walk.open_terminal(folder) as terminal:
        walk.enter_session(terminal, "TESTING", "Ends")
        walk.go_to(terminal, "FamilyP1")
        terminal.record("b")
        terminal.wait_row("FamilyP1", "break")
        walk.go_to(terminal, "FamilyP2")
        walk.answer(terminal, "c", "Credit for", "2:00", "screen froze")
        terminal.kill()
        assert terminal.wait_exit() == -9

    with walk.open_terminal(folder) as terminal:
        walk.enter_session(terminal, "TESTING", "Ends")
        terminal.wait_row("FamilyP1", "break")
        terminal.wait_row("FamilyP2", "+2:00")
        with walk.desk_of(folder) as desk:
            start_s = desk.session(walk.SESSION).start_line_ms / 1000
        assert_left(terminal, "FamilyP1", start_s + 90 * 60)
        assert_left(terminal, "FamilyP2", start_s + 92 * 60)


@pytest.mark.slow
def test_a_half_filled_irregularity_is_back_after_a_kill(folder: Path) -> None:
    walk.running(folder, roll(2))
    with walk.open_terminal(folder) as terminal:
        walk.enter_session(terminal, "TESTING", "Ends")
        walk.go_to(terminal, "FamilyP2")
        terminal.press("i")
        terminal.wait_for("Seen or heard")
        terminal.press("noise", "enter", "enter", "enter", "a mower outs")
        with walk.desk_of(folder) as desk:
            kept = "SELECT count(*) FROM draft WHERE body LIKE '%a mower outs%'"
            terminal.wait_until(lambda: desk.ledger.rows(kept)[0][0], "a draft")
        terminal.kill()
        assert terminal.wait_exit() == -9

    with walk.open_terminal(folder) as terminal:
        walk.enter_session(terminal, "TESTING", "Ends")
        walk.go_to(terminal, "FamilyP2")
        terminal.press("i")
        terminal.wait_for("Your half-filled form is back", "a mower outs")
        assert "ENV-NOISE" in terminal.text
        assert "[ ]" in terminal.row("FamilyP1")
        assert "[x]" in terminal.row("FamilyP2")
