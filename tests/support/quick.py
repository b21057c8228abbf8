"""Fixtures for tests of rules: a center that was built once, copied into memory.

What is kept on a disk is not what these tests ask, so none of them waits for one.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from cptkiosk.desk import Desk
from support.center import open_desk, staffed
from support.clock import HandClock

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it


Build = Callable[[Desk], object]


@contextmanager
def in_memory() -> Iterator[Path]:
    """Make a folder in memory, where the system has a place for that."""
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as made:
        yield Path(made)


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder of the test's own."""
    with in_memory() as made:
        yield made


class Centers:
    """Centers brought somewhere once a test run, of which each test opens a copy."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._clocks: dict[str, HandClock] = {}
        self._looked_at: dict[str, Desk] = {}
        self._open: list[Desk] = []
        self._numbers = count()

    def copy(self, name: str, build: Build) -> Desk:
        """Return a desk of a test's own on what `build` leaves, with its own clock."""
        if name not in self._clocks:
            clock = HandClock()
            desk = staffed(open_desk(self.folder / name, clock))
            build(desk)
            desk.ledger.close()
            self._clocks[name] = clock
        folder = self.folder / f"{name} {next(self._numbers)}"
        shutil.copytree(self.folder / name, folder)
        desk = open_desk(folder, deepcopy(self._clocks[name]))
        desk.catch_up()
        self._open.append(desk)
        return desk

    def look(self, name: str, build: Build) -> Desk:
        """Return a desk for tests that see to it that they leave everything as it is."""
        if name not in self._looked_at:
            self._looked_at[name] = self.copy(name, build)
            self._open.pop()
        return self._looked_at[name]

    def close_copies(self) -> None:
        """End what a test has opened for itself."""
        for desk in self._open:
            desk.ledger.close()
            shutil.rmtree(desk.ledger.path.parent)
        self._open.clear()

    def close(self) -> None:
        """End everything."""
        self.close_copies()
        for desk in self._looked_at.values():
            desk.ledger.close()


@pytest.fixture(scope="session")
def all_centers() -> Iterator[Centers]:
    with in_memory() as folder:
        made = Centers(folder)
        yield made
        made.close()


@pytest.fixture
def centers(all_centers: Centers) -> Iterator[Centers]:
    """Centers that need not be built again."""
    yield all_centers
    all_centers.close_copies()


@pytest.fixture(scope="session")
def built() -> Iterator[Path]:
    """The data directory of a center with its staff, closed."""
    with in_memory() as place:
        staffed(open_desk(place / "data", HandClock())).ledger.close()
        yield place / "data"


@pytest.fixture
def desk(built: Path, folder: Path, clock: HandClock) -> Iterator[Desk]:
    """A desk with Dana Ortiz (coordinator) and Lee Wong (proctor) on its staff."""
    shutil.copytree(built, folder)
    made = open_desk(folder, clock)
    made.catch_up()
    yield made
    made.ledger.close()
