"""Bundles on their way. What happens to one never touches the sealed session."""

from cptkiosk.desk.pipeline import Pipeline, Recorded, UnitOfWork
from cptkiosk.desk.record import NOBODY, Record
from cptkiosk.domain.events.closing import SessionSealed
from cptkiosk.domain.events.results import ResultsStated
from cptkiosk.domain.rules.receipts import (
    BundleDelivered,
    BundleNotWritten,
    Receipt,
    Revision,
    decide_delivery,
    decide_failure,
    decide_receipt,
)
from cptkiosk.domain.rules.results import state_results
from cptkiosk.domain.state import session_changes
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.text import visible
from cptkiosk.domain.values import Actor
from cptkiosk.ledger.streams import session_stream, upload_stream

REASON_CELLS = 400


def _failure(
    session_id: str, revision: int, destination: str, reason: str
) -> BundleNotWritten:
    return BundleNotWritten(
        session_id=session_id,
        revision=revision,
        destination=visible(destination, REASON_CELLS),
        reason=visible(reason, REASON_CELLS),
    )


class Bundles:
    """Records tries that failed, deliveries, and receipts that came back."""

    def __init__(self, record: Record, pipeline: Pipeline) -> None:
        self._record = record
        self._pipeline = pipeline

    def record_failure(
        self, session_id: str, revision: int, destination: str, reason: str,
        actor: Actor,
    ) -> Recorded:  # fmt: skip
        """Record that a try to write a bundle failed, and why.

        Raises:
            StorageError: if that could not be recorded; the session stays sealed.
        """
        failed = _failure(session_id, revision, destination, reason)

        def work(unit: UnitOfWork) -> None:
            unit.append(upload_stream(), (failed,))

        return self._pipeline.perform(actor, work)

    def record_delivery(self, delivered: BundleDelivered, actor: Actor) -> Recorded:
        """Record what a destination proved; the same again changes nothing.

        Raises:
            Refused: if another file is on record as delivered there.
            StorageError: if it could not be recorded; then it is delivered again.
        """
        return self._pipeline.ask(
            actor, upload_stream(), lambda uploads: decide_delivery(uploads, delivered)
        )

    def record_failed_delivery(
        self, about: Revision, destination: str, reason: str, actor: Actor
    ) -> Recorded:
        """Record why a delivery failed, unless it failed last for the same reason.

        Raises:
            StorageError: if that could not be recorded; the bundle stays in the queue.
        """
        failed = _failure(*about, destination, reason)
        return self._pipeline.ask(
            actor, upload_stream(), lambda uploads: decide_failure(uploads, failed)
        )

    def state_results(self, session_id: str) -> int:
        """Return the entry that states the results of the latest revision.

        A seal of this release has written it. For one of an older release it is
        recorded now, from the session as it was sealed.

        Raises:
            Refused: if there is no such session.
            StorageError: if it could not be recorded.
        """
        record, stream = self._record, session_stream(session_id)
        if known := self._find_results(record.session(session_id)):
            return known

        def work(unit: UnitOfWork) -> None:
            # Another terminal may have been quicker, or have sealed it again.
            live = unit.state(stream)
            if self._find_results(live):
                return
            sealed = session_changes.replay(
                entry
                for entry in record.ledger.read_stream(stream.name)
                if entry.seq <= live.sealed_seq
            )
            date = record.local_date(sealed.starts_at_utc_ms)
            codes = record.definitions.irregularities
            unit.append(stream, (state_results(sealed, live.revision, date, codes),))

        self._pipeline.perform(NOBODY, work)
        return self._find_results(record.session(session_id))

    def _find_results(self, session: Session) -> int:
        """Return the entry that states the results of its latest revision, or 0."""
        entries = self._record.ledger.read_stream(f"session/{session.session_id}")
        return max(
            (
                one.seq
                for one in entries
                if isinstance(one.event, ResultsStated)
                and one.event.revision == session.revision
            ),
            default=0,
        )

    def import_receipt(self, receipt: Receipt, actor: Actor) -> Recorded:
        """Record a receipt that fits a bundle; the same again changes nothing.

        Raises:
            Refused: if the session or bundle is unknown, or the file differs.
            StorageError: if it could not be recorded.
        """

        def work(unit: UnitOfWork) -> None:
            session = self._record.session(receipt.session_id)
            sealed_utc_ms = self._find_seal(receipt.session_id, receipt.revision)
            uploads, now = unit.state(upload_stream()), self._record.now()
            events = decide_receipt(uploads, session, receipt, sealed_utc_ms, now)
            unit.append(upload_stream(), events)

        return self._pipeline.perform(actor, work)

    def _find_seal(self, session_id: str, revision: int) -> int:
        """Return when a revision was sealed (UTC, milliseconds); 0 if it was not."""
        return next(
            (
                one.at.utc_ms
                for one in self._record.ledger.read_stream(f"session/{session_id}")
                if isinstance(one.event, SessionSealed)
                and one.event.revision == revision
            ),
            0,
        )
