"""Exam days of one center, at two desks, and the paper kept beside them."""

from collections import Counter
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from cptkiosk.desk import Desk, Recorded
from cptkiosk.domain.commands import planning as c
from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.events.halt import HaltUndone
from cptkiosk.domain.events.session import StepUndone
from cptkiosk.domain.state import session
from cptkiosk.domain.state.overtaken import Overtaken
from cptkiosk.domain.state.session_log import LogEntryUndone
from cptkiosk.domain.values import HOUR_MS, MINUTE_MS, Actor, Refused, Role
from cptkiosk.ledger import projections
from cptkiosk.words import explain
from support.center import DANA, open_desk, staffed
from support.clock import HandClock
from support.paper import Paper
from support.ticks import TICK_MS

BEAT_MS = 60_000


class ExamDays:
    """What is done at two desks on one ledger, with clocks that misbehave."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.random = Random(seed)
        self.folder = folder
        self.clock = HandClock()
        self.desks = [staffed(open_desk(self.folder, self.clock, "t1"))]
        self.desks[0].staff.add_staff("Kim Park", Role.PROCTOR, "551177", "", DANA)
        self.desks.append(open_desk(self.folder, self.clock, "t2"))
        self.papers: dict[str, Paper] = {}
        self.box: Counter[tuple[str, str]] = Counter()
        self.supplements: Counter[str] = Counter()
        self.codes = count(1)
        self.turn = 0
        self.counts: Counter[tuple[str, bool]] = Counter()

    def desk(self) -> Desk:
        """Return one desk, then the other."""
        self.turn += 1
        desk = self.desks[self.turn % 2]
        desk.catch_up()
        return desk

    # What clocks do

    def advance(self, ms: int) -> None:
        """Let time pass as a terminal lives through it, beating as it goes."""
        while ms:
            some = min(ms, BEAT_MS)
            self.sleep(some)
            self.desk().boots.beat()
            ms -= some

    def sleep(self, ms: int) -> None:
        self.clock.advance(ms)
        for paper in self.papers.values():
            paper.pass_ms(ms)

    def span_ms(self, longest_ms: int) -> int:
        return self.random.randrange(0, longest_ms, TICK_MS)

    def wait(self) -> None:
        longest_ms = self.random.choice((2_000, 30_000, 8 * MINUTE_MS, HOUR_MS))
        self.advance(self.span_ms(longest_ms))

    def suspend(self) -> None:
        self.sleep(self.span_ms(20 * MINUTE_MS))
        self.desk().boots.beat()

    def set_the_wall_clock(self) -> None:
        self.clock.step_wall(self.random.randint(-(10**8), 10**8))
        self.advance(BEAT_MS)

    def reboot(self) -> None:
        gap_ms = self.span_ms(20 * MINUTE_MS)
        self.clock.reboot(gap_ms, up_ms=self.random.randint(0, 10**6))
        for paper in self.papers.values():
            paper.pass_ms(gap_ms)
        self.terminals_again()

    def lose_the_clock(self) -> None:
        """Reboot with a wall clock that cannot be right."""
        self.advance(BEAT_MS)
        desk = self.desk()
        running = [
            name for name in self.papers if desk.session(name).stage == "running"
        ]
        self.clock.reboot(self.random.choice((-1, -(10**10), 6 * HOUR_MS + 1)))
        self.terminals_again()
        for name in running:
            self.papers[name].halt(0)

    def terminals_again(self) -> None:
        for one in self.desks:
            one.ledger.close()
        self.desks = [open_desk(self.folder, self.clock, f"t{n}") for n in (1, 2)]
        for one in self.desks:
            one.boots.attach()

    # How it is done and seen

    def do(self, command: SessionCommand, actor: Actor) -> bool:
        """Carry out a command or check that a refusal changed nothing; return which."""
        desk, name = self.desk(), command.session_id
        why = explain(desk.preview.refusal(command, actor))
        head, rows, known = desk.ledger.head(), stored(desk), desk.sessions
        before = known.get(name, session.Session())
        recorded, said = None, ""
        try:
            # Without the PINs, which take their time to check.
            recorded = desk._carry_out(command, actor)
        except Overtaken as asked:
            assert not why
            assert desk.ledger.head() == head
            return self.do(asked.again, actor)
        except Refused as refusal:
            said = explain(refusal)
        assert said == why
        if recorded is None or not recorded.entries:
            assert desk.sessions == known
            assert desk.ledger.head() == head
            assert stored(desk) == rows
            assert recorded is not None or said.endswith(".")
            self.counts[type(command).__name__, False] += 1
            return False
        self.take_down(command, recorded, before)
        self.counts[type(command).__name__, True] += 1
        return True

    def take_down(
        self, command: SessionCommand, recorded: Recorded, before: session.Session
    ) -> None:
        name = command.session_id
        if isinstance(command, c.PlanSession):
            self.papers[name] = Paper({})
            return
        paper = self.papers[name]
        for undone in (one.event for one in recorded.entries):
            if isinstance(undone, StepUndone):
                paper.sheets[undone.attempt_id].back()
            elif isinstance(undone, HaltUndone):
                paper.undo_halt(undone.number)
                return
            elif isinstance(undone, LogEntryUndone):
                return
        assigned = getattr(command, "instead", command)
        carried_ms = None
        if isinstance(assigned, c.AssignAttempt) and assigned.continues:
            other, _, attempt_id = assigned.continues.partition("/")
            carried_ms = self.papers[other].left_ms(attempt_id)
        paper.take_in(command, before, carried_ms)
        if other := getattr(command, "swap_with", ""):
            # The person who gets the seat in exchange takes a step too.
            paper.sheets[other].step()


def stored(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of the projected tables."""
    return {
        name: desk.ledger.rows(f"SELECT * FROM {name}") for name in projections.TABLES
    }
