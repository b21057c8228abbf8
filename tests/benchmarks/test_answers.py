"""How soon a key is answered, and a step is seen at another terminal.

See the figures with `pytest -n 0 -rP -m soak tests/benchmarks/test_answers.py`.
"""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from support import walk
from support.sessions import roll
from support.terminal import WAIT_S, Terminal

STEPS = ("name on ID", "eligible", "agreement")

pytestmark = [pytest.mark.slow, pytest.mark.soak]


def seconds_until(terminal: Terminal, holds: Callable[[], object]) -> float:
    """Return how long it takes until something holds of a screen."""
    begun = time.monotonic()
    while not holds():
        terminal.pump(0.002)
        assert time.monotonic() - begun < WAIT_S, terminal.text
    return time.monotonic() - begun


def test_a_step_is_seen_at_both_terminals(folder: Path) -> None:
    walk.checking_in(folder, roll(8))
    with walk.open_terminal(folder) as one, walk.open_terminal(folder) as other:
        for terminal in (one, other):
            walk.enter_session(terminal, "CHECK-IN", "ID P1")
        here, there = [], []
        for words in STEPS:
            walk.look()
            one.press("enter")
            there.append(seconds_until(other, lambda: other.row(">[ ]", words)))  # noqa: B023
            here.append(seconds_until(one, lambda: one.row(">[ ]", words)))  # noqa: B023
    print(
        f"a step at another terminal: {min(there) * 1e3:.0f} to {max(there) * 1e3:.0f} ms"
    )
    print(f"then here: {min(here) * 1e3:.0f} to {max(here) * 1e3:.0f} ms")


def test_an_arrow_key_is_answered(folder: Path) -> None:
    walk.running(folder, roll(8))
    with walk.open_terminal(folder) as terminal:
        walk.enter_session(terminal, "TESTING", "Ends")
        took = []
        for number in range(2, 9):
            terminal.press("down")
            person = f"FamilyP{number},"
            took.append(
                seconds_until(terminal, lambda: terminal.row(walk.CURSOR, person))  # noqa: B023
            )
    print(f"an arrow key: {min(took) * 1e3:.0f} to {max(took) * 1e3:.0f} ms")
