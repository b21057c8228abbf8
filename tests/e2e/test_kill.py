"""Killed in the middle of an exam day: everything that was shown as recorded is there."""

from pathlib import Path

import pytest

from support import walk
from support.sessions import attempt_id, roll

PASSED = ("photo-id", "name", "eligible", "agreement")


@pytest.mark.slow
def test_a_kill_within_a_check_in_loses_no_gate(folder: Path) -> None:
    walk.checking_in(folder, roll(4))
    with walk.open_terminal(folder) as terminal:
        walk.enter_session(terminal, "CHECK-IN", "FamilyP1")
        walk.pass_all_gates(terminal)
        terminal.wait_row("FamilyP1", "seated")
        walk.go_to(terminal, "FamilyP2")
        for _ in PASSED:
            walk.pass_first(terminal)
        terminal.kill()
        assert terminal.wait_exit() == -9

    with walk.open_terminal(folder) as terminal:
        walk.enter_session(terminal, "CHECK-IN", "ID P2")
        terminal.wait_row("FamilyP1", "seated")
        for words in ("photo ID", "name on ID matches", "eligible", "agreement"):
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
        walk.wait_left(terminal, "FamilyP1", walk.ends_at_s(folder))
        walk.wait_left(terminal, "FamilyP2", walk.ends_at_s(folder, credit_s=120))


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
        terminal.wait_for("Your unfinished form is back", "a mower outs")
        assert "ENV-NOISE" in terminal.text
        assert "[ ]" in terminal.row("FamilyP1")
        assert "[x]" in terminal.row("FamilyP2")
