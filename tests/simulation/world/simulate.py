"""Simulated exam days with faults, from the folder `tests`:

    python -m simulation.world.simulate --days N --seed S

Each day is a seed. A day that fails is reported by its seed, its last steps and what did
not hold, and `--days 1 --seed S` lives through the very same day again.
"""

import hashlib
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import argon2.profiles

from cptkiosk.definitions.load import load_definitions
from cptkiosk.domain.modules import Definitions
from cptkiosk.errors import ExitCode
from cptkiosk.host.clock import SystemClock
from cptkiosk.ledger.ledger import Ledger
from simulation.world.day import SimDay
from simulation.world.faults import copied
from simulation.world.terminals import DayFailed

LAST_STEPS = 30
PROGRESS_DAYS = 100


@dataclass
class Lived:
    """What some simulated days came to."""

    days: int = 0
    entries: int = 0
    steps: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)


class Simulation:
    """A place where days are simulated, one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.definitions: Definitions = load_definitions()
        self.lived = Lived()
        self._template = folder / "empty"
        Ledger(self._template / "ledger.db", "t0").close()

    def day(self, seed: int) -> tuple[str, ...]:
        """Live through one day and return its steps.

        Raises:
            DayFailed: telling how to have the day again, and what did not hold.
        """
        with TemporaryDirectory(dir=self.folder) as name:
            place = Path(name) / "data"
            copied(self._template, place)
            day = SimDay(seed, place, self.definitions)
            try:
                day.run()
            except Exception as error:
                raise DayFailed(_told(seed, day, error)) from error
            finally:
                day.terminals.close()
        self.lived.days += 1
        self.lived.steps += day.steps
        self.lived.entries += len(day.terminals.log)
        self.lived.faults += day.terminals.faults
        self.lived.kinds[day.kind] += 1
        return tuple(day.trace)


def _told(seed: int, day: SimDay, error: Exception) -> str:
    what = f"{type(error).__name__}: {error}"
    return "\n".join(
        (
            f"seed {seed}, a day of the kind '{day.kind}', step {day.steps}",
            *day.trace[-LAST_STEPS:],
            what,
            f"Again, in tests/: python -m simulation.world.simulate --days 1 --seed {seed}",
        )
    )


@contextmanager
def simulation() -> Iterator[Simulation]:
    """Make a place to simulate days in: in memory where there is such a disk."""
    memory = Path("/dev/shm")  # noqa: S108  # only a folder inside is used
    slow = argon2.profiles.RFC_9106_LOW_MEMORY
    # No PIN is guessed here, and hashing should not make a day longer.
    argon2.profiles.RFC_9106_LOW_MEMORY = argon2.profiles.CHEAPEST
    try:
        with TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
            yield Simulation(Path(name))
    finally:
        argon2.profiles.RFC_9106_LOW_MEMORY = slow


def simulate(days: int, seed: int, say: Callable[[str], None]) -> int:
    """Live through `days` days, from `seed` on, and return the exit code."""
    clock = SystemClock()
    begun_ms = clock.now().boot_ms
    digest = hashlib.sha256()
    with simulation() as some:
        for one in range(seed, seed + days):
            try:
                trace = some.day(one)
            except DayFailed as failed:
                say(str(failed))
                return ExitCode.UNVERIFIED
            digest.update("\n".join(trace).encode())
            if some.lived.days % PROGRESS_DAYS == 0:
                say(f"{some.lived.days} days, {some.lived.entries} entries")
        lived = some.lived
    seconds = (clock.now().boot_ms - begun_ms) / 1000
    say(f"days     {lived.days} ({_counted(lived.kinds)})")
    say(f"steps    {lived.steps}")
    say(f"entries  {lived.entries}")
    say(f"faults   {sum(lived.faults.values())} ({_counted(lived.faults)})")
    say(f"trace    {digest.hexdigest()[:16]}")
    say(f"seconds  {seconds:.1f}")
    return ExitCode.DONE


def _counted(some: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(some.items()))


def main(words: Sequence[str] | None = None) -> int:
    """Read the command line and simulate."""
    parser = ArgumentParser("python -m simulation.world.simulate")
    parser.add_argument("--days", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(words)

    def say(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    return simulate(options.days, options.seed, say)


if __name__ == "__main__":
    sys.exit(main())
