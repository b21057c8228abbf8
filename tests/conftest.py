"""Fixtures of every test: a clock to turn, and a center in a real file."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import argon2.profiles
import pytest
from hypothesis import HealthCheck, settings

from cptkiosk.desk import Desk
from support.center import staffed
from support.clock import HandClock
from support.options import profile
from support.samples import Samples

ANY_SPEED = settings(
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
"""Whole histories are examples too, and how fast they are is asked elsewhere."""

LONGEST = "test_whole_day.py"

# Tests press every key, and a machine may have a printer.
os.environ["CUPS_SERVER"] = "/nowhere"

# Pilots build and drop whole screens; looking for garbage as often as Python does by
# itself, in a process that holds every test, takes a quarter of their time.
gc.freeze()
gc.set_threshold(1_000_000, 20, 50)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest test, so that none is left alone with it at the end."""
    items.sort(key=lambda item: item.path.name != LONGEST)


settings.register_profile("check", ANY_SPEED, derandomize=True)
settings.register_profile("soak", ANY_SPEED, derandomize=False)
settings.load_profile(profile())


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


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    """Centers that are built once and copied."""
    return Samples(tmp_path_factory.mktemp("samples"))


@pytest.fixture
def desk(samples: Samples, folder: Path, clock: HandClock) -> Iterator[Desk]:
    """A desk with Dana Ortiz (coordinator) and Lee Wong (proctor) on its staff."""
    made = samples.center("staffed", staffed, folder, clock)
    yield made
    made.ledger.close()
