"""Killed at any instant: what was acknowledged is there, whole and once.

A usual run kills 30 times with each journal that the rule chooses. CPTKIOSK_TEST_KILLS
sets that number (500 makes the 1,000 kills of a thorough run), CPTKIOSK_TEST_SEED the
chance.
"""

import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Stage
from support.journals import RULED, Journal
from support.kept import assert_kept
from support.options import chance, option
from support.processes import Child, Nursery, a_nursery
from support.sessions import a_session

WRITERS = 4
KILLS = option("KILLS", 30)
KILLS_OF_ONE_LEDGER = 30
LONGEST_S = 0.25
"""How long the writers go on between two kills; opening takes some of it."""

SIGKILLED = -9

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60 + KILLS)]


@pytest.fixture
def nursery(journal: Journal, tmp_path: Path) -> Iterator[Nursery]:
    with a_nursery(tmp_path / "said", own_sqlite=journal.own_sqlite) as made:
        yield made


@pytest.fixture
def new(desk: Desk, folder: Path) -> Path:
    """Where a ledger is in which a session may be written to."""
    a_session(desk, 1, stage=Stage.CHECK_IN)
    desk.ledger.close()
    return folder


class Killing:
    """Writers on one ledger, killed and replaced at random."""

    def __init__(
        self, nursery: Nursery, folder: Path, journal: Journal, at: random.Random
    ) -> None:
        self._nursery = nursery
        self._folder = folder
        self._journal = journal
        self._random = at
        self._started = 0
        self._writers = [self._another() for _ in range(WRITERS)]
        self.said: list[str] = []

    def _another(self) -> Child:
        self._started += 1
        arguments = (self._folder, "a", f"w{self._started}", self._journal.value)
        return self._nursery.start("write", *arguments)

    def kill_one(self) -> None:
        """Kill one at a random instant, be it still opening, and start another."""
        time.sleep(self._random.uniform(0, LONGEST_S))
        number = self._random.randrange(WRITERS)
        self._kill(self._writers[number])
        self._writers[number] = self._another()

    def kill_all(self) -> None:
        """Kill one after the other."""
        for one in self._writers:
            time.sleep(self._random.uniform(0, LONGEST_S))
            self._kill(one)

    def _kill(self, one: Child) -> None:
        code = one.kill()
        said = one.said()
        assert code == SIGKILLED, f"it died by itself: {said[-1:]}"
        assert not any(line.startswith("failed") for line in said), said[-1]
        self.said += said


@pytest.mark.parametrize("journal", RULED)
def test_acknowledged_entries_survive_every_kill(
    nursery: Nursery, new: Path, journal: Journal, tmp_path: Path
) -> None:
    at = chance()
    killed = kept = 0
    while killed < KILLS:
        folder = tmp_path / f"after-{killed}"
        shutil.copytree(new, folder)
        killing = Killing(nursery, folder, journal, at)
        for _ in range(KILLS_OF_ONE_LEDGER - WRITERS):
            killing.kill_one()
        killing.kill_all()
        killed += KILLS_OF_ONE_LEDGER
        kept += assert_kept(folder, journal, killing.said)
    print(f"{journal}: {killed} kills, {kept} acknowledged steps found once, in order")
    assert kept > killed
