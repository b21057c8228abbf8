"""Sends what waits to the destinations of the settings, and records what they prove.

A delivery goes: make the file, hand it over, record the receipt. The queue is worked out
from the record (`services.deliveries`), so a kill before the last step leaves the bundle
in the queue, and the next run hands it over again under the same key. The destination
then says that it has it, and one delivery is recorded.
"""

import hashlib
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from cptkiosk.desk import Desk
from cptkiosk.domain.destinations import DestinationSettings
from cptkiosk.domain.modules import Definitions
from cptkiosk.domain.rules.checks import make_personal
from cptkiosk.domain.rules.closing import may_send
from cptkiosk.domain.rules.receipts import BundleDelivered
from cptkiosk.domain.text import visible
from cptkiosk.domain.values import Actor, BundleKind, NeedsCoordinator, Refused
from cptkiosk.errors import DestinationError, VerificationError
from cptkiosk.host.data_directory import Paths
from cptkiosk.host.work_progress import ProgressCallback, Stopped, ignore_progress
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.services.deliveries import Due, Outbox, list_outboxes
from cptkiosk.upload.bundle import Snapshot, make_bundle, take_snapshot
from cptkiosk.upload.destinations.base import (
    SAFE,
    Conflict,
    Delivered,
    Destination,
    Parcel,
)
from cptkiosk.upload.destinations.kinds import open_destination
from cptkiosk.upload.encryption import SUFFIX, encrypt_once, sweep_folder
from cptkiosk.words import describe_error

NAMESPACE = uuid.UUID("8f2f0d0e-6a53-5c0b-9b57-6b2f3c1a4d90")
"""Of the keys of deliveries; see docs/format.md. It never changes."""

RECEIPT_CELLS = 4000
FAILURES_IN_A_ROW = 2
"""After so many, a destination is taken to be away, and the rest waits for the next run.
One bundle that fails for a reason of its own must not hold up the others."""

STEPS = 1000
"""How finely the delivery of one bundle is told."""

Report = Callable[[Snapshot], str]
"""Makes the text of report.txt."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A bundle that a destination has, and what it said."""

    due: Due
    parcel: Parcel
    delivered: Delivered


@dataclass(frozen=True, slots=True)
class Failed:
    """A bundle that stays in the queue, and why."""

    due: Due
    reason: str
    is_conflict: bool
    """Whether trying again cannot help: a person has to decide."""


@dataclass(frozen=True, slots=True)
class Run:
    """What came of trying to send everything that waits."""

    sent: list[Sent] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)


def delivery_key(
    site_code: str, session_id: str, revision: int, destination: str
) -> str:
    """Return the UUIDv5 under which a revision goes to a destination."""
    name = f"{site_code}/{session_id}/{revision}/{destination}"
    return str(uuid.uuid5(NAMESPACE, name))


def name_destinations(
    definitions: Definitions, name: str = ""
) -> tuple[DestinationSettings, ...]:
    """Return the destination of a name, or all of them if there is none.

    Raises:
        Refused: if the settings have none, or none of that name.
    """
    every = definitions.destinations
    if not every:
        raise Refused("no-destinations")
    found = tuple(one for one in every if name in {"", one.name})
    if not found:
        raise Refused(
            "no-such-destination", name=name, names=[one.name for one in every]
        )
    return found


@contextmanager
def open_beside(desk: Desk) -> Iterator[Desk]:
    """Open the record once more, for a thread that waits for a network.

    The kiosk's own desk goes on meanwhile: a halt must not wait for an upload.
    """
    ledger = Ledger(desk.ledger.path, desk.ledger.terminal)
    try:
        yield Desk(ledger, desk.clock, desk.definitions)
    finally:
        ledger.close()


class Uploader:
    """Sends what waits, one bundle after the other."""

    def __init__(self, desk: Desk, actor: Actor, report: Report) -> None:
        self._desk, self._actor, self._report = desk, actor, report

    def send_waiting(
        self, names: Sequence[str], told: ProgressCallback = ignore_progress
    ) -> Run:
        """Try once to send what waits; a destination that is away is tried twice.

        Args:
            names: the destinations.
            told: is told how much is done. What it raises ends the run; what was
                delivered by then is recorded, and the rest stays in the queue.

        Raises:
            StorageError: if the record cannot be read or written.
            Stopped: if `told` stops it.
        """
        self._desk.catch_up()
        outboxes = list_outboxes(self._desk)
        self._sweep(outboxes)
        chosen = [one for one in outboxes if one.destination.name in names]
        count = sum(len(one.waiting) for one in chosen)
        run, before = Run(), 0
        for outbox in chosen:

            def tell(number: int, done: int, of: int, before: int = before) -> None:
                part = STEPS * done // of if of else 0
                told((before + number) * STEPS + part, count * STEPS)

            try:
                self._empty_outbox(outbox, run, tell)
            except Stopped as stopped:
                raise Stopped(
                    "uploads-stopped", sent=len(run.sent), count=count
                ) from stopped
            before += len(outbox.waiting)
        return run

    def _empty_outbox(
        self, outbox: Outbox, run: Run, tell: Callable[[int, int, int], None]
    ) -> None:
        if not outbox.waiting:
            return
        try:
            may_send(outbox.destination.bundle, self._actor)
        except NeedsCoordinator as refusal:
            # Nothing was tried, so no failure is recorded; other destinations go on.
            run.failed.append(Failed(outbox.waiting[0], describe_error(refusal), False))
            return
        opened: Destination | None = None
        in_a_row = 0
        for number, due in enumerate(outbox.waiting):
            tell(number, 0, 1)
            try:
                opened = opened or open_destination(outbox.destination)
                parcel = self._pack(due)
                delivered = opened.deliver(parcel, partial(tell, number))
                self._record(due, parcel, delivered)
            except Stopped:
                raise
            except (Conflict, Refused, VerificationError) as error:
                self._note_failure(due, error, run)
            except DestinationError as error:
                self._note_failure(due, error, run)
                in_a_row += 1
                if in_a_row == FAILURES_IN_A_ROW:
                    return
            except OSError as error:
                self._note_failure(due, _cannot_prepare(error), run)
                return
            else:
                in_a_row = 0
                run.sent.append(Sent(due, parcel, delivered))

    def _pack(self, due: Due) -> Parcel:
        """Make the file of a revision, encrypted if the settings say so.

        Raises:
            Refused: if it is not the session's latest revision any more.
        """
        desk, settings = self._desk, due.destination
        sealed = take_snapshot(desk, due.session_id, settings.bundle)
        if sealed.session.revision != due.revision:
            raise Refused("bundle-superseded", session_id=due.session_id)
        report = self._report(sealed) if settings.bundle is BundleKind.RECORD else ""
        data, name = make_bundle(desk, sealed, report), sealed.file_name
        key = self._key(due)
        if settings.age_recipient:
            folder = Paths(desk.ledger.path.parent).outbox
            data = encrypt_once(folder, key, data, settings.age_recipient)
            name += SUFFIX
        return Parcel(
            key=key,
            name=name,
            data=data,
            sha256=hashlib.sha256(data).hexdigest(),
            site_code=desk.center.site_code,
            session_id=due.session_id,
            revision=due.revision,
            bundle=settings.bundle,
        )

    def _key(self, due: Due) -> str:
        return delivery_key(
            self._desk.center.site_code,
            due.session_id,
            due.revision,
            due.destination.name,
        )

    def _record(self, due: Due, parcel: Parcel, delivered: Delivered) -> None:
        receipt = visible(delivered.receipt, RECEIPT_CELLS)
        self._desk.bundles.record_delivery(
            BundleDelivered(
                session_id=due.session_id,
                revision=due.revision,
                destination=due.destination.name,
                key=parcel.key,
                bundle=parcel.bundle.value,
                file_name=parcel.name,
                sha256=parcel.sha256,
                receipt=make_personal(receipt, due.session_id),
            ),
            self._actor,
        )

    def _note_failure(self, due: Due, error: Exception, run: Run) -> None:
        reason = describe_error(error)
        self._desk.bundles.record_failed_delivery(
            (due.session_id, due.revision), due.destination.name, reason, self._actor
        )
        run.failed.append(Failed(due, reason, isinstance(error, Conflict)))

    def _sweep(self, outboxes: Sequence[Outbox]) -> None:
        waiting = {self._key(due) for one in outboxes for due in one.waiting}
        sweep_folder(Paths(self._desk.ledger.path.parent).outbox, waiting)


def _cannot_prepare(error: OSError) -> DestinationError:
    """Return what is said if this machine has no room for a copy, or no programs."""
    reason = error.strerror or type(error).__name__
    return DestinationError(
        f"This computer could not send the bundle ({reason}). {SAFE} Ask the"
        " administrator to check the disk that holds temporary files."
    )
