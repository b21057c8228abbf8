"""Guessing a PIN at two terminals, over restarts, with the clock set: all on record."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.events.center import SignInFailed
from cptkiosk.domain.state.center import FREE_TRIES, LOCK_TRIES, WAIT_FIRST_MS
from cptkiosk.domain.values import HOUR_MS, Refused
from cptkiosk.words import explain
from support.center import LEE_PIN, open_desk
from support.clock import HandClock

GUESSES = [f"{number:06}" for number in range(1, 40)]


class Guesser:
    """An attacker who has two terminals, and can end and open the program on both."""

    def __init__(self, folder: Path, clock: HandClock) -> None:
        self.folder, self.clock = folder, clock
        self.desks = [open_desk(folder, clock, name) for name in ("t1", "t2")]
        self.tried = 0

    def restart(self) -> None:
        """End the program at both terminals, and open it again."""
        self.close()
        self.desks = [open_desk(self.folder, self.clock, name) for name in ("t1", "t2")]

    def close(self) -> None:
        for desk in self.desks:
            desk.ledger.close()

    def guess(self, pin: str = "") -> str:
        """Try a PIN, at one terminal after the other; return why it was refused."""
        desk = self.desks[self.tried % 2]
        with pytest.raises(Refused) as refused:
            desk.pins.sign_in("s2", pin or GUESSES[self.tried])
        if "not correct" in explain(refused.value):
            self.tried += 1
        return explain(refused.value)

    def on_record(self) -> list[str]:
        """Return how many failures everybody finds, each with its terminal."""
        found = [
            entry
            for entry in self.desks[0].ledger.read_stream("center")
            if isinstance(entry.event, SignInFailed)
        ]
        return [entry.terminal for entry in found]


@pytest.fixture
def guesser(desk: Desk, folder: Path, clock: HandClock) -> Iterator[Guesser]:
    desk.ledger.close()
    made = Guesser(folder, clock)
    yield made
    made.close()


def wait_of(said: str) -> int:
    """Return the wait that is announced, in seconds."""
    assert "Too many wrong PINs" in said, said
    return int("".join(char for char in said if char.isdigit()))


@pytest.mark.parametrize("trick", ["nothing", "restart", "ahead", "back", "both"])
def test_from_the_fifth_on_every_guess_waits_and_the_tenth_locks(
    guesser: Guesser, trick: str
) -> None:
    def play() -> None:
        if trick in {"restart", "both"}:
            guesser.restart()
        if trick in {"ahead", "both"}:
            guesser.clock.step_wall(24 * HOUR_MS)
        if trick == "back":
            guesser.clock.step_wall(-24 * HOUR_MS)

    for _ in range(FREE_TRIES):
        play()
        assert "not correct" in guesser.guess()
    for count in range(FREE_TRIES, LOCK_TRIES):
        waits_ms = 0 if count == FREE_TRIES else WAIT_FIRST_MS * 2 ** (count - 5)
        for _ in range(2 if waits_ms else 0):
            play()
            # Nor does the right PIN come in before the wait is over.
            assert wait_of(guesser.guess(LEE_PIN)) == waits_ms // 1000
            guesser.desks.reverse()
        guesser.clock.advance(waits_ms)
        assert "not correct" in guesser.guess()
        assert len(guesser.on_record()) == count + 1
    guesser.clock.advance(1000 * HOUR_MS)
    play()

    assert "locked after 10 wrong PINs" in guesser.guess(LEE_PIN)
    assert len(guesser.on_record()) == LOCK_TRIES
    assert set(guesser.on_record()) == {"t1", "t2"}


def test_a_reboot_does_not_shorten_a_wait(guesser: Guesser) -> None:
    for _ in range(FREE_TRIES + 1):
        guesser.guess()
    guesser.clock.advance(10_000)
    guesser.clock.reboot(5_000)
    guesser.restart()

    assert wait_of(guesser.guess(LEE_PIN)) == 15


def test_waiting_counts_only_for_the_person_who_waits(guesser: Guesser) -> None:
    for _ in range(FREE_TRIES + 1):
        guesser.guess()

    assert guesser.desks[0].pins.sign_in("s1", "482913").staff_id == "s1"
    assert wait_of(guesser.guess(LEE_PIN)) == 30
