"""Faults to put into the running program, each of which a simulated day must find."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from types import TracebackType
from typing import Any

import pytest

from cptkiosk.desk import Desk, Recorded
from cptkiosk.desk.record import Record
from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.events.checkin import LateArrived
from cptkiosk.domain.events.fact import Entry, Fact
from cptkiosk.domain.guidance import next_step
from cptkiosk.domain.modules import Definitions
from cptkiosk.domain.state import session_changes
from cptkiosk.domain.state.attempt import Attempt, AttemptProgress
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.time import timing
from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.values import Actor
from cptkiosk.ledger import ledger as ledgers
from cptkiosk.ledger import projections
from cptkiosk.ledger.ledger import Ledger, Transaction
from cptkiosk.reports.sealed import Sealed, sealed_report
from simulation.world import checks

Plant = Callable[[pytest.MonkeyPatch], None]


def stops_counted_twice(patch: pytest.MonkeyPatch) -> None:
    """Overlapping stops are added up."""

    def added(intervals: Iterable[timing.Interval], start_ms: int, end_ms: int) -> int:
        lengths = (
            min(end_ms if finish is None else finish, end_ms) - max(begin, start_ms)
            for begin, finish in intervals
        )
        return sum(length for length in lengths if length > 0)

    patch.setattr(timing, "union_ms", added)


def an_entry_lost(patch: pytest.MonkeyPatch) -> None:
    """An entry is acknowledged, and not written now and then."""
    made = Transaction._append

    def append(
        self: Transaction, stream: str, version: int, event: Fact, at: Instant
    ) -> Entry:
        if event.kind != "break-began.v1":
            return made(self, stream, version, event, at)
        with pytest.MonkeyPatch.context() as unwritten:
            unwritten.setattr(self, "_connection", _Nothing())
            return made(self, stream, version, event, at)

    patch.setattr(Transaction, "_append", append)


class _Nothing:
    """A connection that writes nothing."""

    def execute(self, *_: object) -> None:
        return None

    def executemany(self, *_: object) -> None:
        return None


def an_entry_doubled(patch: pytest.MonkeyPatch) -> None:
    """Something is recorded twice."""
    made = Transaction.append

    def append(
        self: Transaction,
        stream: str,
        after_version: int,
        events: Sequence[Fact],
        at: Instant,
    ) -> tuple[Entry, ...]:
        if events and events[0].kind == "credit-given.v1":
            events = (*events, *events)
        return made(self, stream, after_version, events, at)[:1] if events else ()

    patch.setattr(Transaction, "append", append)


def time_up_a_millisecond_late(patch: pytest.MonkeyPatch) -> None:
    """Time is up once there is less than nothing left."""
    made = Session.progress

    def progress(self: Session, attempt: Attempt, line_ms: int) -> AttemptProgress:
        if self.left_ms(attempt, line_ms) == 0:
            attempt = replace(attempt, credit_ms=attempt.credit_ms + 1)
        return made(self, attempt, line_ms)

    patch.setattr(Session, "progress", progress)


def not_committed(patch: pytest.MonkeyPatch) -> None:
    """What is said to be recorded is taken back at times."""
    made = Desk._carry_out

    def carry_out(self: Desk, command: SessionCommand, actor: Actor) -> Recorded:
        recorded = made(self, command, actor)
        if type(command).__name__ == "TakeSeat":
            return Recorded(recorded.entries[:-1])
        return recorded

    patch.setattr(Desk, "_carry_out", carry_out)


def a_reboot_forgotten(patch: pytest.MonkeyPatch) -> None:
    """The gap of a reboot counts as nothing."""
    made = timing.bridge_boot

    def bridge(
        offsets: Mapping[str, int], last: Instant, now: Instant
    ) -> timing.Bridge:
        carried = made(offsets, last, now)
        if not carried.usable:
            return carried
        return replace(carried, offset_ms=carried.offset_ms - carried.away_ms)

    patch.setattr(timing, "bridge_boot", bridge)


def the_wall_clock_believed(patch: pytest.MonkeyPatch) -> None:
    """The line is read off the wall clock."""
    patch.setattr(timing, "timeline_ms", lambda offsets, at: at.utc_ms)


def a_stale_table(patch: pytest.MonkeyPatch) -> None:
    """A projected row is left as it was."""
    made = projections.session_rows

    def session_rows(
        session: Session, before: Session | None = None
    ) -> projections.Rows:
        rows = made(session, before)
        if before is not None:
            rows["attempt"] = [row for row in rows["attempt"] if row[12] != "finished"]
        return rows

    patch.setattr(projections, "session_rows", session_rows)


def deaf_to_others(patch: pytest.MonkeyPatch) -> None:
    """A terminal does not take in what others wrote about breaks and pauses."""
    made = Record.take_in

    def take_in(self: Record, entry: Entry) -> None:
        if entry.terminal != self.ledger.terminal and entry.event.kind in {
            "pause-began.v1",
            "credit-given.v1",
        }:
            known = self.sessions[entry.stream.partition("/")[2]]
            deaf = replace(known, version=entry.version)
            self.sessions = {**self.sessions, known.session_id: deaf}
            return
        made(self, entry)

    patch.setattr(Record, "take_in", take_in)


def two_outcomes(patch: pytest.MonkeyPatch) -> None:
    """A late arrival stays absent."""
    made = session_changes.evolve

    def evolve(session: Session, entry: Entry) -> Session:
        after = made(session, entry)
        if not isinstance(entry.event, LateArrived):
            return after
        one = after.attempts[entry.event.attempt_id]
        return after.with_attempt(replace(one, standing=AttemptProgress.ABSENT))

    patch.setattr(session_changes, "evolve", evolve)


def killed_and_kept(patch: pytest.MonkeyPatch) -> None:
    """What failed before the commit is committed all the same."""
    made = Ledger.writing

    def writing(self: Ledger, actor: str) -> "_Committing":
        return _Committing(self, made(self, actor))

    patch.setattr(ledgers.Ledger, "writing", writing)


class _Committing(AbstractContextManager[Transaction]):
    """A transaction that commits, whatever happens inside it."""

    def __init__(
        self, ledger: Ledger, held: AbstractContextManager[Transaction]
    ) -> None:
        self.ledger = ledger
        self.held = held

    def __enter__(self) -> Transaction:
        return self.held.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        connection = self.ledger.connection
        try:
            if kind is not None and connection.in_transaction:
                connection.execute("COMMIT")
        finally:
            swallowed = self.held.__exit__(kind, error, trace)
        return swallowed


def another_report(patch: pytest.MonkeyPatch) -> None:
    """A sealed report depends on when it is asked for."""
    asked: list[Any] = []

    def changing(definitions: Definitions) -> Callable[[Sealed], str]:
        asked.append(definitions)
        return lambda sealed: f"{sealed_report(definitions)(sealed)}{len(asked)}"

    patch.setattr(checks, "sealed_report", changing)


def next_leads_to_a_closed_door(patch: pytest.MonkeyPatch) -> None:
    """The Next line does not ask whether the rules keep a candidate out."""
    patch.setattr(next_step, "_unless_barred", lambda *_: None)


def a_pause_goes_on(patch: pytest.MonkeyPatch) -> None:
    """The Next line waits for the time of a stopped clock."""
    patch.setattr(next_step, "_paused_step", lambda *_: None)


PLANTED: tuple[Plant, ...] = (
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
    next_leads_to_a_closed_door,
    a_pause_goes_on,
)
