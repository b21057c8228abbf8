"""Bundles on their way: tries that failed, and what proves arrival (stream `upload`).

A stream of its own: what happens to a bundle never touches the sealed session.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import reduce
from types import MappingProxyType

from cptkiosk.domain.events.fact import Entry, Fact, fact
from cptkiosk.domain.rules.checks import make_personal
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.values import MINUTE_MS, Personal, Refused

Revision = tuple[str, int]
"""Session id and revision."""

SHORT_DIGEST = 12
CLOCKS_APART_MS = 10 * MINUTE_MS
"""A receiver's clock may be that far behind this machine's."""

DAY_MS = 24 * 60 * MINUTE_MS


@fact("bundle-not-written.v1")
class BundleNotWritten(Fact):
    """A sealed revision could not be written to a destination."""

    session_id: str
    revision: int
    destination: str
    reason: str


@fact("receipt-imported.v1")
class ReceiptImported(Fact):
    """A destination proved that the bundle of a revision arrived."""

    session_id: str
    revision: int
    sha256: str
    received_utc_ms: int
    received_by: Personal


@fact("bundle-delivered.v1")
class BundleDelivered(Fact):
    """A destination of the settings has the bundle of a revision, and proved it."""

    session_id: str
    revision: int
    destination: str
    """The name in the settings."""

    key: str
    """The UUID that it was sent under."""

    bundle: str
    """'results' or 'record'."""

    file_name: str
    sha256: str
    """The digest of what arrived; of the encrypted file if it was encrypted."""

    receipt: Personal


class Upload(StrEnum):
    """How far the bundle of a session's latest revision is."""

    NONE = "-"
    WAITING = "waiting"
    QUEUED = "queued"
    WRITTEN = "no receipt"
    RECEIVED = "receipt"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What proves that a bundle arrived, as a receipt file says it."""

    session_id: str
    revision: int
    sha256: str
    received_utc_ms: int
    received_by: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A try that failed, and when that was."""

    destination: str
    reason: str
    at_utc_ms: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """What arrived at a destination, and when that was recorded."""

    event: BundleDelivered
    at_utc_ms: int


@dataclass(frozen=True, slots=True)
class Uploads:
    """What the entries of the stream add up to."""

    failures: Mapping[Revision, tuple[Failure, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """Every try that failed; the latest last."""

    receipts: Mapping[Revision, tuple[ReceiptImported, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """Every receipt; the latest last."""

    deliveries: Mapping[Revision, Mapping[str, Delivery]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """What arrived by the name of the destination."""

    version: int = 0

    def upload_of(
        self,
        stage: Stage,
        revision: Revision,
        bundles: int,
        destinations: Iterable[str] = (),
    ) -> Upload:
        """Return how far a bundle is.

        Args:
            stage: the session's stage; only a sealed one has a bundle.
            revision: session id and latest revision.
            bundles: how often that revision was written to a folder by hand.
            destinations: the names of those it goes to by itself.
        """
        if stage is not Stage.SEALED:
            return Upload.NONE
        if names := set(destinations):
            arrived = self.deliveries.get(revision, {}).keys()
            return Upload.QUEUED if names - arrived else Upload.RECEIVED
        if bundles and revision in self.receipts:
            return Upload.RECEIVED
        return Upload.WRITTEN if bundles else Upload.WAITING


def evolve(uploads: Uploads, entry: Entry) -> Uploads:
    """Return `uploads` after an entry; total, and unable to refuse."""
    uploads = replace(uploads, version=entry.version)
    match entry.event:
        case BundleNotWritten(
            session_id=about, revision=number, destination=where, reason=why
        ):
            tried = Failure(where, why, entry.at.utc_ms)
            known = uploads.failures.get((about, number), ())
            failures = {**uploads.failures, (about, number): (*known, tried)}
            return replace(uploads, failures=MappingProxyType(failures))
        case ReceiptImported(session_id=about, revision=number) as receipt:
            before = uploads.receipts.get((about, number), ())
            receipts = {**uploads.receipts, (about, number): (*before, receipt)}
            return replace(uploads, receipts=MappingProxyType(receipts))
        case BundleDelivered(session_id=about, revision=number) as delivered:
            arrived = uploads.deliveries.get((about, number), {})
            here = Delivery(delivered, entry.at.utc_ms)
            arrived = {**arrived, delivered.destination: here}
            deliveries = {**uploads.deliveries, (about, number): arrived}
            return replace(uploads, deliveries=MappingProxyType(deliveries))
    return uploads


def replay(entries: Iterable[Entry]) -> Uploads:
    """Fold the whole stream."""
    return reduce(evolve, entries, Uploads())


def list_receipts(uploads: Uploads) -> tuple[Receipt, ...]:
    """Return all that proves an arrival, the earliest first.

    A destination of the settings proves it when it takes a bundle; its name then stands
    for who received it.
    """
    imported = [
        Receipt(
            session_id=one.session_id,
            revision=one.revision,
            sha256=one.sha256,
            received_utc_ms=one.received_utc_ms,
            received_by=one.received_by.text,
        )
        for some in uploads.receipts.values()
        for one in some
    ]
    delivered = [
        Receipt(
            session_id=one.event.session_id,
            revision=one.event.revision,
            sha256=one.event.sha256,
            received_utc_ms=one.at_utc_ms,
            received_by=one.event.destination,
        )
        for some in uploads.deliveries.values()
        for one in some.values()
    ]
    return tuple(sorted(imported + delivered, key=lambda one: one.received_utc_ms))


def decide_delivery(uploads: Uploads, delivered: BundleDelivered) -> tuple[Fact, ...]:
    """Return what a delivery makes happen: nothing if it is known already.

    Raises:
        Refused: if another file is on record as delivered there.
    """
    about, where = (delivered.session_id, delivered.revision), delivered.destination
    known = uploads.deliveries.get(about, {}).get(where)
    if known is None:
        return (delivered,)
    if known.event.sha256 != delivered.sha256:
        raise Refused(
            "delivery-differs",
            destination=where,
            revision=delivered.revision,
            session_id=delivered.session_id,
            sha256=known.event.sha256[:SHORT_DIGEST],
        )
    return ()


def decide_failure(uploads: Uploads, failed: BundleNotWritten) -> tuple[Fact, ...]:
    """Return what a failed delivery makes happen: nothing if it failed so before.

    A destination that is away is tried again and again, and the record must not grow by
    an entry each time.
    """
    tried = uploads.failures.get((failed.session_id, failed.revision), ())
    last = [one for one in tried if one.destination == failed.destination][-1:]
    return () if last and last[0].reason == failed.reason else (failed,)


def decide_receipt(
    uploads: Uploads,
    session: Session,
    receipt: Receipt,
    sealed_utc_ms: int,
    now: Instant,
) -> tuple[Fact, ...]:
    """Return what a receipt makes happen: nothing if it is known already.

    Args:
        uploads: what came back so far.
        session: the one that the receipt names, as it is recorded.
        receipt: what the file says.
        sealed_utc_ms: when its revision was sealed.
        now: this moment.

    Raises:
        Refused: if it does not fit a bundle that was written, if its date cannot be,
            or if every destination's receipt is on record already.
    """
    about, number = receipt.session_id, receipt.revision
    written = [one for one in session.bundles if one.revision == number]
    if not written:
        raise Refused("no-such-bundle", number=number, about=about)
    if receipt.sha256 not in {one.sha256 for one in written}:
        raise Refused(
            "receipt-other-file",
            sha256=receipt.sha256[:SHORT_DIGEST],
            written=written[-1].sha256[:SHORT_DIGEST],
        )
    made = ReceiptImported(
        session_id=about,
        revision=number,
        sha256=receipt.sha256,
        received_utc_ms=receipt.received_utc_ms,
        received_by=make_personal(receipt.received_by, about),
    )
    known = uploads.receipts.get((about, number), ())
    if made in known:
        return ()
    _check_date(receipt, sealed_utc_ms, now)
    if len(known) >= len({(one.destination, one.sha256) for one in written}):
        first = known[-1]
        raise Refused(
            "receipt-differs",
            received_by=first.received_by,
            received_utc_ms=first.received_utc_ms,
        )
    return (made,)


def _check_date(receipt: Receipt, sealed_utc_ms: int, now: Instant) -> None:
    """Check that a receipt was made after the seal, and not in days to come.

    Raises:
        Refused: if it was not, give or take what two clocks may differ by.
    """
    received_utc_ms = receipt.received_utc_ms
    if received_utc_ms < sealed_utc_ms - CLOCKS_APART_MS:
        raise Refused(
            "receipt-before-seal",
            received_utc_ms=received_utc_ms,
            sealed_utc_ms=sealed_utc_ms,
        )
    if received_utc_ms > now.utc_ms + DAY_MS:
        raise Refused("receipt-in-future", received_utc_ms=received_utc_ms)
