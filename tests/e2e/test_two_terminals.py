"""Two programs on one record: what one records, the other shows at once."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cptkiosk.domain.state.attempt import AttemptProgress
from support import walk
from support.sessions import attempt_id, roll, seated
from support.terminal import Terminal

COUNTDOWN = re.compile(r"starting in (\d+)")
ENDS = re.compile(r"ends (\d+:\d\d:\d\d [AP]M)")


@pytest.fixture
def pair(folder: Path) -> Iterator[tuple[Terminal, Terminal]]:
    """Two programs on one session in its check-in, both signed in and there."""
    walk.checking_in(folder, roll(8))
    with walk.open_terminal(folder) as one, walk.open_terminal(folder) as other:
        for terminal in (one, other):
            walk.enter_session(terminal, "CHECK-IN", "ID P1")
        yield one, other


def both_record(pair: tuple[Terminal, Terminal], key: str) -> None:
    """Press a key in both at the same time, and wait until each has recorded it."""
    before = [terminal.recorded for terminal in pair]
    for terminal in pair:
        terminal.press(key)
    for terminal, seen in zip(pair, before, strict=True):
        terminal.wait_recorded(seen, f"an entry by {key}")


@pytest.mark.slow
def test_a_check_in_appears_in_the_other(pair: tuple[Terminal, Terminal]) -> None:
    one, other = pair
    for words in ("name on ID matches", "eligible", "agreement"):
        if words == "name on ID matches":
            walk.pass_first(one)
        else:
            walk.look()
            one.press("enter")
        other.wait_row(">[ ]", words)
        one.wait_row(">[ ]", words)


@pytest.mark.slow
def test_many_records_at_once_are_drawn_to_the_last(
    pair: tuple[Terminal, Terminal], folder: Path
) -> None:
    with walk.desk_of(folder) as desk:
        for one in desk.session(walk.SESSION).attempts:
            seated(desk, walk.SESSION, one)
    for terminal in pair:
        for n in range(1, 9):
            terminal.wait_row(f"FamilyP{n},", "seated", f"A{n}" if n < 7 else "B")
        terminal.wait_for("start 8 clocks")


@pytest.mark.slow
def test_two_programs_that_check_in_at_the_same_time_lose_nothing(
    pair: tuple[Terminal, Terminal], folder: Path
) -> None:
    one, other = pair
    for n in (1, 2, 3):
        walk.go_to(one, f"FamilyP{n}")
        walk.go_to(other, f"FamilyP{n + 4}")
        for terminal, who in ((one, n), (other, n + 4)):
            terminal.wait_for(f"ID P{who}")
            walk.pass_first(terminal)
        for key in ("enter", "space", "enter"):
            walk.look()
            both_record(pair, key)

    with walk.desk_of(folder) as desk:
        attempts = desk.session(walk.SESSION).attempts
    at_seats = {one.participant_id: one.seat for one in attempts.values() if one.seat}
    assert sorted(at_seats) == ["P1", "P2", "P3", "P5", "P6", "P7"]
    assert len(set(at_seats.values())) == 6
    for person in at_seats:
        assert attempts[attempt_id(person)].standing is AttemptProgress.SEATED
        assert len(attempts[attempt_id(person)].gates) == 9
    for terminal in pair:
        for person in at_seats:
            terminal.wait_row(f"Family{person},", "seated")


@pytest.mark.slow
def test_a_start_counts_both_down_to_one_instant(
    pair: tuple[Terminal, Terminal], folder: Path
) -> None:
    one, other = pair
    walk.pass_all_gates(one)
    walk.look()
    walk.answer(one, "A", "absent", "")
    one.press("s")
    one.wait_for("Read aloud")
    one.press("enter")
    other.wait_for("TESTING")
    walk.take_next(other)
    for terminal in pair:
        terminal.wait_for("Ends")
    with walk.desk_of(folder) as desk:
        start_ms = desk.session(walk.SESSION).start_line_ms
    assert start_ms is not None
    for terminal in pair:
        wait_counts_down(terminal, start_ms / 1000)
    for terminal in pair:
        terminal.wait_gone("starting in", "starts at")
    ends = [ENDS.findall(terminal.wait_for("ends ")) for terminal in pair]
    assert ends[0] == ends[1] != []


def wait_counts_down(terminal: Terminal, start_s: float) -> None:
    """Wait until the seconds to the start are shown as they are, or it is over."""

    def is_right() -> bool:
        found = COUNTDOWN.search(terminal.next)
        left_s = start_s - time.time()
        return left_s < 0 or (found is not None and abs(int(found[1]) - left_s) <= 1.5)

    terminal.wait_until(is_right, "the seconds to the start")
