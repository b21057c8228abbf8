"""Fixtures of every test: a clock to turn, and a center in a real file."""

from collections.abc import Iterator
from pathlib import Path

import argon2.profiles
import pytest

from cptkiosk.desk import Desk
from support.center import open_desk, staffed
from support.clock import HandClock


@pytest.fixture(autouse=True, scope="session")
def cheap_pins() -> Iterator[None]:
    """Hash PINs with argon2's weakest figures; nothing else about them changes."""
    with pytest.MonkeyPatch.context() as patch:
        cheapest = argon2.profiles.CHEAPEST
        patch.setattr(argon2.profiles, "RFC_9106_LOW_MEMORY", cheapest)
        yield


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the data directory of the center under test is."""
    return tmp_path / "data"


@pytest.fixture
def desk(folder: Path, clock: HandClock) -> Iterator[Desk]:
    """A desk with Dana Ortiz (coordinator) and Lee Wong (proctor) on its staff."""
    made = staffed(open_desk(folder, clock))
    yield made
    made.ledger.close()
