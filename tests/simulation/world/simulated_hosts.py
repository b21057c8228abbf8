"""The machines of a simulated day: terminals that go wrong, and clocks that do."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from random import Random

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.modules import Definitions
from cptkiosk.domain.time.timing import GAP_MAX_MS
from cptkiosk.domain.values import HOUR_MS, MINUTE_MS
from simulation.world.clocks import KINDS, TrackedClock, begin_of_day
from simulation.world.faults import Fault, Tears, busy, fault_of
from simulation.world.terminals import Terminal, Terminals
from support.ticks import TICK_MS

MODULES = ("safety", "quality", "production", "maintenance", "green")
FACTORS = (1000, 1000, 1000, 1250, 1500, 2000)
STEPS, STEPS_MAX = 90, 900
CALM = 400
"""The step from which on nothing goes wrong any more, so that the day ends."""


class Machines:
    """What a day runs on, all of it drawn from one seed."""

    def __init__(
        self,
        seed: int,
        folder: Path,
        definitions: Definitions,
    ) -> None:
        """Draw what kind of day it is.

        Args:
            seed: what decides everything.
            folder: holds an empty ledger, and later bundles.
            definitions: what is assessed here.
        """
        self.random = Random(seed)
        self.kind = self.random.choice(tuple(KINDS))
        self.clock = TrackedClock(begin_of_day(self.kind, self.random))
        self.path = folder / "ledger.db"
        self.bundles = folder / "bundles"
        self.terminals = Terminals(self.path, self.clock, definitions, self.random)
        self.names = ["t1", "t2", "t3"][: self.random.choice((2, 2, 3))]
        self.definitions = definitions
        self.steps = 0
        self.trace: list[str] = []
        self.reports: dict[str, tuple[str, bytes]] = {}
        self.sessions_left = self.random.choice((1, 2, 2, 3))
        self.modules = tuple(self.random.sample(MODULES, self.random.choice((2, 3))))
        self.people = {
            f"P{n}": self.random.choice(FACTORS)
            for n in range(1, self.random.randint(3, 8) + 1)
        }

    @property
    def hurry(self) -> bool:
        """Whether the day is to come to its end."""
        return self.steps >= STEPS

    @property
    def _astray(self) -> bool:
        """Whether a line is off after a reboot, until somebody looks at the room clock.

        No second gap is bridged wrongly meanwhile: one look cannot tell two apart.
        """
        return any(one.error_ms for one in self.terminals.papers.values())

    @property
    def _unsure(self) -> bool:
        """Whether a gap was bridged, but wrongly: after another reboot nobody could
        tell which of the two a comparison puts right."""
        papers = self.terminals.papers.values()
        return any(one.error_ms and not one.unbridged for one in papers)

    def _act(
        self,
        terminal: Terminal,
        label: str,
        do: Callable[[Desk], object],
        *,
        command: SessionCommand | None = None,
        fault: Fault | None = None,
        around: AbstractContextManager[None] | None = None,
        several: bool = False,
    ) -> str:
        true_s = self.clock.true_ms / 1000
        begun = f"{self.steps:>4} {true_s:>10.2f}s {terminal.name} {label}"
        self.trace.append(begun)
        outcome = self.terminals.act(
            terminal, do, command=command, fault=fault, around=around, several=several
        )
        struck = f" [{fault.kind}]" if fault is not None and fault.struck else ""
        self.trace[-1] = f"{begun}{struck}: {outcome}"
        if isinstance(fault, Tears) and fault.struck:
            self._restart()
        return outcome

    def _somewhere(self) -> Terminal:
        """Return a terminal that is on."""
        on = [one.name for one in self.terminals.all]
        for name in self.names:
            if name not in on and (not on or self.random.random() < 0.5):
                opened = self.terminals.open(name)
                self._act(
                    opened, "attach", lambda d: d.boots.attach(),
                    fault=self._fault(0.05, power=False), several=True,
                )  # fmt: skip
                on = [one.name for one in self.terminals.all]
        if not self.terminals.all:
            return self._somewhere()
        return self.random.choice(self.terminals.all)

    def _fault(self, chance: float, *, power: bool = True) -> Fault | None:
        if self.steps > CALM or self.random.random() >= chance:
            return None
        fault = fault_of(self.random, self.path)
        may_cut = power and not self._unsure
        return fault if may_cut or not isinstance(fault, Tears) else None

    def _outside(self, terminal: Terminal) -> AbstractContextManager[None] | None:
        """Draw what goes wrong outside the terminal."""
        if self.steps > CALM or self.random.random() >= 0.02:
            return None
        kind = self.random.choice(("busy for long", "busy for a moment"))
        self.terminals.faults[kind] += 1
        self.trace.append(f"{self.steps:>4} {kind}")
        held_s = 0.002 if kind == "busy for a moment" else 0.0
        return busy(self.path, terminal.wire, held_s)

    # What clocks do

    def _clocks(self) -> None:
        if not self.terminals.papers:
            return
        self.random.choices(
            (self._wait, self._set_wall, self._reboot), (14, 3, 2)
        )[0]()  # fmt: skip

    def _wait(self) -> None:
        random = self.random
        longest_ms = random.choice((30_000, 8 * MINUTE_MS, 25 * MINUTE_MS))
        ms = random.randrange(0, longest_ms, TICK_MS)
        lefts = [
            paper.left_ms(one)
            for paper in self.terminals.papers.values()
            for one, sheet in paper.sheets.items()
            if sheet.start is not None and not sheet.outcome
        ]
        if lefts and random.random() < 0.2:
            # To the very instant at which a clock runs out, or a tick beside it.
            ms = random.choice(lefts) + random.choice((-TICK_MS, 0, 0, TICK_MS))
        self._pass(max(0, ms))

    def _pass(self, ms: int) -> None:
        """Let time pass, with a sign of life now and then; none if suspended."""
        hops = self.random.choice((0, 1, 1, 2, 3))
        for hop in range(hops):
            some_ms = ms if hop == hops - 1 else self.random.randrange(0, ms + 1)
            some_ms -= some_ms % TICK_MS
            self._advance(some_ms)
            ms -= some_ms
            if self.terminals.all:
                self._act(
                    self.random.choice(self.terminals.all), "beat",
                    lambda d: d.boots.beat(), fault=self._fault(0.05), several=True,
                )  # fmt: skip
        self._advance(ms)

    def _advance(self, ms: int) -> None:
        self.clock.advance(ms)
        for paper in self.terminals.papers.values():
            paper.now = self.clock.true_ms // TICK_MS

    def _set_wall(self) -> None:
        most_ms = self.random.choice((2_000, HOUR_MS, 3 * HOUR_MS, 10**8))
        step_ms = self.random.choice((-1, 1)) * self.random.randint(1, most_ms)
        if self._astray:
            return
        self.trace.append(f"{self.steps:>4} the wall clock is set by {step_ms} ms")
        self.terminals.faults["wall clock set"] += 1
        self.clock.step_wall(step_ms)

    def _reboot(self) -> None:
        """Switch everything off, and on again with whatever the wall clock shows."""
        if self._unsure:
            return
        for one in list(self.terminals.all):
            self.terminals.off(one)
        self._restart()

    def _restart(self) -> None:
        random = self.random
        gap_ms = random.randrange(0, 20 * MINUTE_MS, TICK_MS)
        off_ms = random.choice((0, 0, 0, -(10**10), -HOUR_MS, GAP_MAX_MS + 1))
        if self._astray:
            off_ms = 0
        self.trace.append(f"{self.steps:>4} reboot: {gap_ms} ms, wall off by {off_ms}")
        self.terminals.faults["reboot"] += 1
        self.clock.switch_off_and_on(gap_ms, off_ms, random.randint(1_000, 10**6))
        self._advance(0)
