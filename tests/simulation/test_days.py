"""Whole simulated days with faults; a day that fails says how to have it again."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cptkiosk.desk import Desk, Recorded
from cptkiosk.domain import session as sessions
from cptkiosk.domain import timing
from cptkiosk.domain.attempt import Progress
from cptkiosk.domain.session import Session
from cptkiosk.domain.values import Actor
from cptkiosk.drill import sim_checks, simulate
from cptkiosk.drill.sim_terminals import DayFailed
from cptkiosk.drill.simulate import Simulation
from cptkiosk.ledger import ledger as ledgers
from cptkiosk.ledger import tables
from cptkiosk.ledger.ledger import Transaction
from support.sitting import Sitting

FIRST, CHUNKS, DAYS = 1, 25, 8
PLANTED_DAYS = 40
SEEDS = Path(__file__).with_name("seeds.txt")


def listed() -> list[int]:
    """Return the seeds of days that once failed."""
    lines = (line.partition("#")[0].strip() for line in SEEDS.read_text().splitlines())
    return [int(line) for line in lines if line]


def live_through(simulation: simulate.Simulation, days: int) -> None:
    for seed in range(FIRST, FIRST + days):
        simulation.day(seed)


@pytest.fixture
def simulation() -> Iterator[Simulation]:
    with simulate.simulation() as made:
        yield made


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_everything_holds_on_every_day(simulation: Simulation, chunk: int) -> None:
    begin = FIRST + chunk * DAYS
    for seed in range(begin, begin + DAYS):
        simulation.day(seed)

    lived = simulation.lived
    assert lived.days == DAYS
    assert lived.entries > 50 * DAYS
    assert sum(lived.faults.values()) > DAYS


@pytest.mark.parametrize("seed", listed())
def test_a_day_that_once_failed_holds(simulation: Simulation, seed: int) -> None:
    simulation.day(seed)


def test_a_seed_is_the_same_day_every_time(simulation: Simulation) -> None:
    for seed in (3, 4, 5):
        assert simulation.day(seed) == simulation.day(seed)


def test_a_seed_is_the_same_day_in_every_process() -> None:
    told = set()
    for hash_seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-m", "cptkiosk.drill.simulate", "--days", "2"],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        told |= {line for line in done.stdout.splitlines() if "seconds" not in line}
    assert sum(line.startswith("trace") for line in told) == 1
    assert sum(line.startswith("days") for line in told) == 1


# The simulator finds what is wrong


def stops_counted_twice(patch: pytest.MonkeyPatch) -> None:
    """Overlapping stops are added up."""

    def added(intervals, start_ms, end_ms):
        lengths = (
            min(end_ms if finish is None else finish, end_ms) - max(begin, start_ms)
            for begin, finish in intervals
        )
        return sum(length for length in lengths if length > 0)

    patch.setattr(timing, "union_ms", added)


def an_entry_lost(patch: pytest.MonkeyPatch) -> None:
    """An entry is acknowledged, and not written now and then."""
    made = Transaction._append

    def append(self, stream, version, event, at: Sitting):
        if event.kind != "break-began.v1":
            return made(self, stream, version, event, at)
        held = self._connection
        self._connection = _Nothing()
        try:
            return made(self, stream, version, event, at)
        finally:
            self._connection = held

    patch.setattr(Transaction, "_append", append)


class _Nothing:
    def execute(self, *_):
        return None

    def executemany(self, *_):
        return None


def an_entry_doubled(patch: pytest.MonkeyPatch) -> None:
    """Something is recorded twice."""
    made = Transaction.append

    def append(self, stream, after_version, events, at: Sitting):
        if events and events[0].kind == "credit-given.v1":
            events = (*events, *events)
        return made(self, stream, after_version, events, at)[:1] if events else ()

    patch.setattr(Transaction, "append", append)


def time_up_a_millisecond_late(patch: pytest.MonkeyPatch) -> None:
    """Time is up once there is less than nothing left."""
    made = Session.progress

    def progress(self, attempt, line_ms):
        if self.left_ms(attempt, line_ms) == 0:
            attempt = replace(attempt, credit_ms=attempt.credit_ms + 1)
        return made(self, attempt, line_ms)

    patch.setattr(Session, "progress", progress)


def not_committed(patch: pytest.MonkeyPatch) -> None:
    """What is said to be recorded is taken back at times."""
    made = Desk._carry_out

    def carry_out(self, command, actor: Actor):
        recorded = made(self, command, actor)
        if type(command).__name__ == "TakeSeat":
            return Recorded(recorded.entries[:-1])
        return recorded

    patch.setattr(Desk, "_carry_out", carry_out)


def a_reboot_forgotten(patch: pytest.MonkeyPatch) -> None:
    """The gap of a reboot counts as nothing."""
    made = timing.bridge

    def bridge(offsets, last, now):
        carried = made(offsets, last, now)
        if not carried.usable:
            return carried
        return replace(carried, offset_ms=carried.offset_ms - carried.away_ms)

    patch.setattr(timing, "bridge", bridge)


def the_wall_clock_believed(patch: pytest.MonkeyPatch) -> None:
    """The line is read off the wall clock."""
    patch.setattr(timing, "line_ms", lambda offsets, at: at.utc_ms)


def a_stale_table(patch: pytest.MonkeyPatch) -> None:
    """A projected row is left as it was."""
    made = tables.session_rows

    def session_rows(session: Session, before=None):
        rows = made(session, before)
        if before is not None:
            rows["attempt"] = [row for row in rows["attempt"] if row[12] != "finished"]
        return rows

    patch.setattr(tables, "session_rows", session_rows)


def deaf_to_others(patch: pytest.MonkeyPatch) -> None:
    """A terminal does not take in what others wrote about breaks and pauses."""
    made = Desk._take_in

    def take_in(self, entry) -> None:
        if entry.terminal != self.ledger.terminal and entry.event.kind in {
            "pause-began.v1",
            "credit-given.v1",
        }:
            known = self.sessions[entry.stream.partition("/")[2]]
            self._know(known.session_id, replace(known, version=entry.version))
            return
        made(self, entry)

    patch.setattr(Desk, "_take_in", take_in)


def two_outcomes(patch: pytest.MonkeyPatch) -> None:
    """Whoever comes late stays absent."""
    made = sessions.evolve

    def evolve(session: Session, entry):
        after = made(session, entry)
        if entry.event.kind != "late-arrival.v1":
            return after
        one = after.attempts[entry.event.attempt_id]
        return after.with_attempt(replace(one, standing=Progress.ABSENT))

    patch.setattr(sessions, "evolve", evolve)


def killed_and_kept(patch: pytest.MonkeyPatch) -> None:
    """What failed before the commit is committed all the same."""
    made = ledgers.Ledger.writing

    def writing(self, actor: Actor):
        held = made(self, actor)
        return _Committing(self, held)

    patch.setattr(ledgers.Ledger, "writing", writing)


class _Committing:
    def __init__(self, ledger, held) -> None:
        self.ledger = ledger
        self.held = held

    def __enter__(self):
        return self.held.__enter__()

    def __exit__(self, *what):
        connection = self.ledger.connection
        try:
            if what[0] is not None and connection.in_transaction:
                connection.execute("COMMIT")
        finally:
            swallowed = self.held.__exit__(*what)
        return swallowed


def another_report(patch: pytest.MonkeyPatch) -> None:
    """A sealed report depends on when it is asked for."""
    asked = []
    made = sim_checks.sealed_report

    def sealed_report(definitions):
        asked.append(definitions)
        return lambda sealed: f"{made(definitions)(sealed)}{len(asked)}"

    patch.setattr(sim_checks, "sealed_report", sealed_report)


PLANTED = [
    stops_counted_twice,
    an_entry_lost,
    an_entry_doubled,
    time_up_a_millisecond_late,
    not_committed,
    a_reboot_forgotten,
    the_wall_clock_believed,
    a_stale_table,
    deaf_to_others,
    two_outcomes,
    killed_and_kept,
    another_report,
]


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(
    simulation: Simulation, monkeypatch: pytest.MonkeyPatch, plant: Callable[..., Any]
) -> None:
    plant(monkeypatch)
    with pytest.raises(DayFailed) as failed:
        live_through(simulation, PLANTED_DAYS)

    last = str(failed.value).splitlines()
    assert last[0].startswith("seed ")
    assert "--days 1 --seed" in last[-1]
