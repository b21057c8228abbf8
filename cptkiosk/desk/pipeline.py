"""The one way to the record: how a step is decided, written and taken in.

`Pipeline.perform` does everything that is the same for every step, in this order:

1. Open the transaction. No other terminal writes until it ends.
2. Catch up with what others wrote. Decided on anything older, two terminals would both
   give the last seat, or the same credit twice.
3. Check that the actor may still act: they may have been deactivated a moment ago.
4. Ask the rules. They refuse by `Refused`, and nothing is written.
5. Append what they made happen, with who approved it ahead; then project it.
6. Commit. Everything that was appended is on the disk now, or none of it is.
7. Take it into memory, and only then return: no screen shows what is not recorded.

The caller supplies what differs: it names the stream (see `streams`) and the rule, and
asks by way of the `UnitOfWork` that it is given.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, cast

from cptkiosk.desk.record import Record
from cptkiosk.domain.events.fact import Entry, Fact
from cptkiosk.domain.events.session import StepAuthorized, StepsGrouped
from cptkiosk.domain.state import center as centers
from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.values import Actor, Role
from cptkiosk.ledger.failures import DiskFull
from cptkiosk.ledger.ledger import Transaction
from cptkiosk.ledger.streams import S, Stream

Events = tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a command became; committed and synced."""

    entries: tuple[Entry, ...]

    @property
    def seq(self) -> int:
        """Number of the last entry, 0 if nothing new had to be recorded."""
        return self.entries[-1].seq if self.entries else 0


def with_approval(events: Events, actor: Actor) -> Events:
    """Prepend who approved the step, if it was asked for by someone else."""
    if not events or not actor.asked_by:
        return events
    asked = [one for one in events if not _follows_from_others(one)] or events
    approved = StepAuthorized(
        by=actor.staff_id, asked_by=actor.asked_by, step=asked[-1].kind
    )
    return (approved, *events)


def _follows_from_others(event: Fact) -> bool:
    """Return whether no person asked for this: a draft, or that steps belong together."""
    return isinstance(event, StepsGrouped) or getattr(event, "drafted", False)


class UnitOfWork:
    """What one transaction adds to the record, all of it or none."""

    def __init__(self, record: Record, transaction: Transaction, actor: Actor) -> None:
        self.transaction = transaction
        self.actor = actor
        self.entries: list[Entry] = []
        self._record = record
        self._states: dict[str, Any] = {}

    def state(self, stream: Stream[S]) -> S:
        """Return the state of a stream, with what was appended here."""
        if stream.name not in self._states:
            self._states[stream.name] = self._record.state(stream)
        return cast(S, self._states[stream.name])

    def ask(
        self,
        stream: Stream[S],
        rule: Callable[[S], Events],
        at: Instant | None = None,
    ) -> None:
        """Ask a rule about a stream; append what it makes happen, and who approved.

        Args:
            stream: which one.
            rule: returns what happens, given the state of the stream.
            at: the instant it happens; now if not given.

        Raises:
            Refused: if the rule does.
        """
        self.append(stream, with_approval(rule(self.state(stream)), self.actor), at)

    def append(
        self, stream: Stream[S], events: Sequence[Fact], at: Instant | None = None
    ) -> tuple[Entry, ...]:
        """Append events to a stream, and project the state that they lead to."""
        if not events:
            return ()
        before, at = self.state(stream), at or self._record.now()
        entries = self.transaction.append(stream.name, before.version, events, at)
        after = reduce(stream.evolve, entries, before)
        self.transaction.project(stream.project(after, before))
        self._states[stream.name] = after
        self.entries += entries
        return entries

    def project_again(self, stream: Stream[S]) -> None:
        """Read a stream again and write all of its rows: texts were taken out of it."""
        state = stream.replay(self._record.ledger.read_stream(stream.name))
        self.transaction.project(stream.project(state, None))
        self._states[stream.name] = state


Work = Callable[[UnitOfWork], None]


class Pipeline:
    """Opens every transaction that records something.

    A sign of life and a half-filled form (`Ledger.beat`, `Ledger.keep_draft`) record
    nothing, and go to the ledger directly. On a full disk they fail, though the reserve
    may have room: that is kept for the next step, such as a halt.
    """

    def __init__(self, record: Record) -> None:
        self._record = record

    def perform(self, actor: Actor, work: Work) -> Recorded:
        """Do some work in one transaction; once more if the reserve made room for it.

        Args:
            actor: who acts.
            work: asks the rules and appends. It is called again if the disk was
                full, so it must not build on a first call.

        Raises:
            Refused: if a rule refuses, the actor was deactivated since signing in or
                lost the role, or the person whose step the actor approved was
                deactivated; nothing is written.
            StorageError: if it could not be written; nothing is recorded.
        """
        ledger = self._record.ledger
        try:
            entries = self._commit(actor, work)
        except DiskFull:
            ledger.give_reserve_up()
            entries = self._commit(actor, work)
        else:
            ledger.keep_reserve()
        self._record.keep(entries)
        return Recorded(entries)

    def ask(
        self, actor: Actor, stream: Stream[S], rule: Callable[[S], Events]
    ) -> Recorded:
        """Do what one rule makes of one stream; see `perform`."""
        return self.perform(actor, lambda unit: unit.ask(stream, rule))

    def _commit(self, actor: Actor, work: Work) -> tuple[Entry, ...]:
        record = self._record
        with record.ledger.writing(actor.staff_id) as transaction:
            record.catch_up()
            centers.may_act(record.center, actor.staff_id, actor.role)
            centers.may_act(record.center, actor.asker, Role.PROCTOR)
            unit = UnitOfWork(record, transaction, actor)
            work(unit)
        return tuple(unit.entries)
