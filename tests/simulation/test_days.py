"""Whole simulated days with faults; a day that fails says how to have it again.

A check lives through a few days, the fewest in which every planted fault is found with
some to spare. CPTKIOSK_TEST_DAYS and CPTKIOSK_TEST_SEED set how many, and the first.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulation.planted import PLANTED, Plant
from simulation.world import simulate
from simulation.world.simulate import Simulation
from simulation.world.terminals import DayFailed
from support.options import USUAL_SEED, option

USUAL_DAYS = 12
DAYS = option("DAYS", USUAL_DAYS)
FIRST = option("SEED", USUAL_SEED)
TOGETHER = 3 if DAYS == USUAL_DAYS else 50
"""How many days one test lives through, so that several can run side by side."""

SEEDS = Path(__file__).with_name("seeds.txt")

pytestmark = pytest.mark.timeout(600)


def listed() -> list[int]:
    """Return the seeds of days that once failed."""
    lines = (line.partition("#")[0].strip() for line in SEEDS.read_text().splitlines())
    return [int(line) for line in lines if line]


@pytest.fixture
def simulation() -> Iterator[Simulation]:
    with simulate.simulation() as made:
        yield made


def live_through(simulation: Simulation, seeds: range) -> None:
    for seed in seeds:
        simulation.day(seed)


@pytest.mark.parametrize("begin", range(FIRST, FIRST + DAYS, TOGETHER))
def test_everything_holds_on_every_day(simulation: Simulation, begin: int) -> None:
    seeds = range(begin, min(begin + TOGETHER, FIRST + DAYS))
    live_through(simulation, seeds)

    lived = simulation.lived
    assert lived.days == len(seeds)
    assert lived.entries > 50 * len(seeds)
    assert sum(lived.faults.values()) > len(seeds)


@pytest.mark.parametrize("seed", listed())
def test_a_day_that_once_failed_holds(simulation: Simulation, seed: int) -> None:
    simulation.day(seed)


def test_a_seed_is_the_same_day_every_time(simulation: Simulation) -> None:
    for seed in (3, 4, 5):
        assert simulation.day(seed) == simulation.day(seed)


def test_a_seed_is_the_same_day_in_every_process() -> None:
    told: set[str] = set()
    for hash_seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-m", "simulation.world.simulate", "--days", "2"],
            cwd=SEEDS.parents[1],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        told |= {line for line in done.stdout.splitlines() if "seconds" not in line}
    assert sum(line.startswith("trace") for line in told) == 1
    assert sum(line.startswith("days") for line in told) == 1


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_found_within_the_days_of_a_check(
    simulation: Simulation, monkeypatch: pytest.MonkeyPatch, plant: Plant
) -> None:
    plant(monkeypatch)
    with pytest.raises(DayFailed) as failed:
        live_through(simulation, range(USUAL_SEED, USUAL_SEED + USUAL_DAYS))

    last = str(failed.value).splitlines()
    assert last[0].startswith("seed ")
    assert "--days 1 --seed" in last[-1]
