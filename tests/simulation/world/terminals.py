"""The terminals of a simulated day: what they were told is recorded, and what is."""

import json
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, cast

from cptkiosk.desk import Desk, Recorded
from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.modules import Definitions
from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.time.timing import GAP_MAX_MS
from cptkiosk.domain.values import Refused
from cptkiosk.errors import StorageError, VerificationError
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.sqlite import Connection, connect
from simulation.world.clocks import TrackedClock
from simulation.world.faults import Fault, Killed, Tears, Wire
from simulation.world.reference_model import Paper
from support.ticks import TICK_MS

ROWS = """
SELECT seq, stream, version, kind, terminal, at_utc_ms, at_boot_ms, boot_id, body
FROM entry WHERE seq > ? ORDER BY seq
"""
DONE, REFUSED, FAILED, DEAD = "done", "refused", "failed", "killed"


class DayFailed(VerificationError):
    """Something did not hold on a simulated day; the message says what."""


def must(holds: object, what: str) -> None:
    """See that an invariant holds.

    Raises:
        DayFailed: if it does not.
    """
    if not holds:
        raise DayFailed(what)


@dataclass
class Terminal:
    """One terminal: a desk, and the wire to its ledger."""

    name: str
    desk: Desk
    wire: Wire


class Terminals:
    """Several terminals on one ledger, and everything that was acknowledged."""

    def __init__(
        self, path: Path, clock: TrackedClock, definitions: Definitions, random: Random
    ) -> None:
        self.path = path
        self.clock = clock
        self.definitions = definitions
        self.random = random
        self.papers: dict[str, Paper] = {}
        self.log: list[tuple[int, str, int, str, str]] = []
        """Everything acknowledged: number, stream, version, kind and terminal."""

        self.faults: Counter[str] = Counter()
        self.all: list[Terminal] = []
        self.boots: dict[str, set[str]] = {}
        self._last: dict[str, Instant] = {}
        self._beat: Instant | None = None
        self._eye = self._look()

    def _look(self) -> Connection:
        return connect(str(self.path))

    def open(self, name: str) -> Terminal:
        """Switch a terminal on."""
        ledger = Ledger(self.path, name)
        wire = Wire(ledger.connection)
        ledger.connection = cast(Connection, wire)
        terminal = Terminal(name, Desk(ledger, self.clock, self.definitions), wire)
        self.all.append(terminal)
        self.all.sort(key=lambda one: one.name)
        return terminal

    def off(self, terminal: Terminal) -> None:
        """Switch a terminal off, or clear away what a kill has left of it."""
        self.all.remove(terminal)
        terminal.wire.real.close()

    def act(
        self,
        terminal: Terminal,
        do: Callable[[Desk], object],
        *,
        command: SessionCommand | None = None,
        fault: Fault | None = None,
        around: AbstractContextManager[None] | None = None,
        several: bool = False,
    ) -> str:
        """Do something at a terminal and check the outcome.

        Args:
            terminal: where.
            do: what.
            command: what the reference model is to follow, if anything.
            fault: what goes wrong at the wire meanwhile.
            around: what goes wrong outside.
            several: whether it takes more than one transaction.

        Raises:
            DayFailed: if the record is not what the terminal was told.
        """
        self._beat = self._heartbeat()
        terminal.wire.fault = fault
        result: object = None
        outcome = DONE
        try:
            with around or nullcontext():
                result = do(terminal.desk)
        except Refused as refused:
            outcome = f"{REFUSED}: {refused.code}"
        except StorageError:
            outcome = FAILED
        except Killed:
            outcome = DEAD
            self.off(terminal)
        terminal.wire.fault = None
        if fault is not None and fault.struck:
            self.faults[fault.kind] += 1
            if isinstance(fault, Tears):
                self._power_cut(fault)
        rows = self._new_rows()
        if isinstance(result, Recorded):
            told = [(e.seq, e.stream, e.version, e.event.kind) for e in result.entries]
            must(
                told == [row[:4] for row in rows],
                f"the terminal was told {told} and the ledger has {rows}",
            )
        elif outcome.startswith((REFUSED, FAILED)) and not several:
            must(not rows, f"{outcome}, and yet there is {rows}")
        must(
            all(row[4] == terminal.name for row in rows), f"who else has written {rows}"
        )
        for row in rows:
            self._take_in(row, command)
        return " ".join((outcome, *(row[3] for row in rows)))

    def _heartbeat(self) -> Instant | None:
        query = "SELECT utc_ms, boot_ms, boot_id FROM heartbeat"
        row = self._eye.execute(query).fetchone()
        if row is None:
            return None
        return Instant(utc_ms=row[0], boot_ms=row[1], boot_id=row[2])

    def _new_rows(self) -> list[Any]:
        rows = self._eye.execute(ROWS, (len(self.log),)).fetchall()
        must(
            [row[0] for row in rows]
            == list(range(len(self.log) + 1, len(self.log) + len(rows) + 1)),
            f"after #{len(self.log)} come {[row[0] for row in rows]}",
        )
        return rows

    def _take_in(self, row: Any, command: SessionCommand | None) -> None:
        """Acknowledge an entry, and write it down on paper."""
        seq, stream, version, kind, terminal, utc_ms, boot_ms, boot_id, body = row
        self.log.append((seq, stream, version, kind, terminal))
        at = Instant(utc_ms=utc_ms, boot_ms=boot_ms, boot_id=boot_id)
        what, _, session_id = stream.partition("/")
        if what != "session":
            return
        paper = self.papers[session_id]
        paper.now = self.clock.true_ms // TICK_MS
        boots = self.boots.setdefault(session_id, set())
        if kind == "session-started.v1":
            boots |= {boot_id}
        elif kind == "start-undone.v1":
            boots.clear()
        elif kind == "boot-bridged.v1":
            self._bridged(paper, boots, at)
        if at.boot_id in boots:
            self._last[session_id] = at
        paper.take_in(kind, json.loads(body), command)

    def _bridged(self, paper: Paper, boots: set[str], now: Instant) -> None:
        """Know by how much a reboot left the kiosk's line behind true time."""
        signs = [self._last[paper.session_id]]
        if self._beat is not None and self._beat.boot_id in boots:
            signs.append(self._beat)
        last = max(signs, key=self.clock.true_of)
        away_ms = now.utc_ms - last.utc_ms
        bridged_ms = away_ms if 0 <= away_ms <= GAP_MAX_MS else 0
        truly_ms = self.clock.true_of(now) - self.clock.true_of(last)
        paper.error_ms += truly_ms - bridged_ms
        paper.unbridged |= not 0 <= away_ms <= GAP_MAX_MS
        boots |= {now.boot_id}
        self.faults["reboot bridged" if bridged_ms else "reboot not bridged"] += 1

    def _power_cut(self, fault: Tears) -> None:
        """Switch everything off, with what was being written half on the disk.

        Raises:
            DayFailed: if something acknowledged before is not there any more.
        """
        for one in list(self.all):
            self.off(one)
        self._eye.close()
        fault.put_back()
        # The first to open it is the program itself, as after any power cut.
        Ledger(self.path, "t0").close()
        self._eye = self._look()
        self.compare()

    def compare(self, *, whole: bool = False) -> None:
        """See that everything acknowledged is there, once and in order.

        Raises:
            DayFailed: naming the first that is not.
        """
        query = "SELECT seq, stream, version, kind, terminal FROM entry ORDER BY seq"
        kept = self._eye.execute(query).fetchall()
        for told, found in zip(self.log, kept, strict=False):
            must(told == found, f"acknowledged was {told}, and {found} is there")
        must(len(kept) >= len(self.log), f"#{len(kept)} is the last of {len(self.log)}")
        if whole:
            must(len(kept) == len(self.log), f"nobody was told of {kept[-1]}")

    def close(self) -> None:
        """Switch everything off."""
        for one in list(self.all):
            self.off(one)
        self._eye.close()
