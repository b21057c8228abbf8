"""The one door: a command goes in, and what was recorded comes out.

For every command the desk takes the ledger's write lock, catches up with what other
terminals wrote, lets the rules decide, appends, commits, and only then moves on. So
several terminals work on one session without losing or doubling a step.
"""

from collections.abc import Callable

from cptkiosk.desk.record import CENTER, NOBODY, UPLOAD, Recorded
from cptkiosk.desk.sessions import SessionDesk, assigned
from cptkiosk.domain.events import Entry, Fact
from cptkiosk.domain.receipts import BundleNotWritten, Receipt, decide_receipt
from cptkiosk.domain.session_events import SessionSealed
from cptkiosk.domain.text import visible
from cptkiosk.domain.values import Actor
from cptkiosk.ledger.ledger import Transaction

__all__ = ["CENTER", "NOBODY", "Desk", "Recorded", "assigned"]

REASON_CELLS = 400


class Desk(SessionDesk):
    """State of the streams at hand, and the only way to change them.

    What it adds itself is about bundles on their way, not about the sealed session.
    """

    def bundle_not_written(
        self, session_id: str, revision: int, destination: str, reason: str,
        actor: Actor,
    ) -> Recorded:  # fmt: skip
        """Record that a try to write a bundle failed, and why.

        Raises:
            StorageError: if that could not be recorded; the session stays sealed.
        """
        failed = BundleNotWritten(
            session_id=session_id,
            revision=revision,
            destination=visible(destination, REASON_CELLS),
            reason=visible(reason, REASON_CELLS),
        )
        return self._upload(actor, lambda: (failed,))

    def import_receipt(self, receipt: Receipt, actor: Actor) -> Recorded:
        """Record a receipt that fits a bundle; the same again changes nothing.

        Raises:
            Refused: if there is no such session or bundle, or the file was another.
            StorageError: if it could not be recorded.
        """

        def make() -> tuple[Fact, ...]:
            session = self.session(receipt.session_id)
            sealed = self._sealed_utc_ms(receipt.session_id, receipt.revision)
            return decide_receipt(self.uploads, session, receipt, sealed, self.now())

        return self._upload(actor, make)

    def _sealed_utc_ms(self, session_id: str, revision: int) -> int:
        """Return when a revision was sealed; 0 where there is none such."""
        return next(
            (
                one.at.utc_ms
                for one in self.ledger.read(f"session/{session_id}")
                if isinstance(one.event, SessionSealed)
                and one.event.revision == revision
            ),
            0,
        )

    def _upload(self, actor: Actor, make: Callable[[], tuple[Fact, ...]]) -> Recorded:
        def write(transaction: Transaction) -> tuple[Entry, ...]:
            return transaction.append(UPLOAD, self.uploads.version, make(), self.now())

        entries = self._written(actor, write)
        self._keep(entries)
        return Recorded(entries)
