"""Commands about a session, with its clocks carried over a restart first."""

from dataclasses import replace

from cptkiosk.desk.key_ring import KeyRing
from cptkiosk.desk.lookups import Lookups
from cptkiosk.desk.pipeline import Events, UnitOfWork
from cptkiosk.desk.record import Record
from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.commands.closing import SealSession
from cptkiosk.domain.commands.planning import PlanSession
from cptkiosk.domain.commands.restart import BridgeBoot
from cptkiosk.domain.events.fact import Entry
from cptkiosk.domain.rules.decide import decide
from cptkiosk.domain.rules.rule import Context
from cptkiosk.domain.state import session_changes
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.time.instants import Instant
from cptkiosk.ledger.ledger import Transaction
from cptkiosk.ledger.streams import session_stream


class SessionCommands:
    """Asks the rules about one session, with its clocks carried over to this boot."""

    def __init__(self, record: Record, lookups: Lookups, key_ring: KeyRing) -> None:
        self._record = record
        self._lookups = lookups
        self._key_ring = key_ring

    def carry_out(self, unit: UnitOfWork, command: SessionCommand) -> None:
        """Append what a command makes happen; a plan without an ID gets the next one.

        A seal is signed in the same transaction.

        Raises:
            Refused: if the rules do not allow it now.
        """
        if isinstance(command, PlanSession) and not command.session_id:
            free = self._lookups.next_session_id(command.starts_at_utc_ms)
            command = replace(command, session_id=free)
        stream = session_stream(command.session_id)
        # Clocks go on in another boot before anything is decided in it.
        before = unit.state(stream)
        context = self._lookups.session_context(unit.actor, command.session_id)
        unit.append(stream, self.decide_bridge(before, command, context), context.now)
        unit.ask(stream, lambda here: decide(here, command, context), context.now)
        if isinstance(command, SealSession):
            self._sign(unit.transaction)

    def decide_bridge(
        self, session: Session, command: SessionCommand, context: Context
    ) -> Events:
        """Return what carries running clocks over to a boot not seen before."""
        known = context.now.boot_id in session.offsets
        if known or not session.running or isinstance(command, BridgeBoot):
            return ()
        return decide(session, self.bridge_command(session), context)

    def bridge_session(
        self, session: Session, command: SessionCommand, context: Context
    ) -> Session:
        """Return a session as it is once its clocks are carried over to this boot."""
        stream = f"session/{session.session_id}"
        for event in self.decide_bridge(session, command, context):
            session = session_changes.evolve(
                session,
                Entry(
                    session.last_seq, stream, session.version + 1, context.now, "", "",
                    event,
                ),
            )  # fmt: skip
        return session

    def bridge_command(self, session: Session) -> BridgeBoot:
        """Return the command that carries a running session over to this boot."""
        last = self._last_sign_of_life(session)
        return BridgeBoot(session_id=session.session_id, last=last)

    def _last_sign_of_life(self, session: Session) -> Instant:
        beat, last = self._record.ledger.last_heartbeat(), session.last_on_line
        assert last is not None, "a running session has entries"
        if beat is None or beat.boot_id not in session.offsets:
            return last
        # On a tie, the entry: it may be of a boot that the beat does not know yet.
        return max(last, beat, key=session.timeline_ms)

    def _sign(self, transaction: Transaction) -> None:
        signer = self._key_ring.signer()
        transaction.sign_head(signer.sign_head(transaction.head), signer.public_key)
        size = transaction.head.seq
        note = signer.sign_checkpoint(transaction.tree.checkpoint(size))
        transaction.keep_checkpoint(size, note)
