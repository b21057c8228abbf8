"""What waits for a destination or a folder, what went where, and what proves it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.domain.events.closing import BundleWritten
from cptkiosk.domain.rules.receipts import Failure, ReceiptImported
from cptkiosk.domain.state.session import Stage
from cptkiosk.host import mounts
from cptkiosk.ledger import queries
from cptkiosk.ledger.queries import SessionLine
from cptkiosk.services.deliveries import (
    Arrived,
    Due,
    Outbox,
    list_outboxes,
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sealed revision that no destination has yet."""

    session_id: str
    title: str
    revision: int
    failures: tuple[Failure, ...]
    """Every try so far; the latest last."""


@dataclass(frozen=True, slots=True)
class Written:
    """A bundle that was written and read back."""

    session_id: str
    title: str
    revision: int
    destination: str
    file_name: str
    sha256: str
    at_utc_ms: int
    seq: int
    replaced: bool
    """Whether the session was amended since: a later revision is what counts."""

    tries: int
    """How often this revision was written to a destination, or failed to be."""

    receipt: ReceiptImported | None
    """The latest proof that it arrived."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Sealed revisions on their way out."""

    waiting: tuple[Waiting, ...]
    """Sealed, no bundle of that revision was written, and no destination of the
    settings takes it; the oldest first."""

    written: tuple[Written, ...]
    """Every bundle that was: without a receipt first, then the latest first. Records are
    not among them: they are for the archive, and no one confirms them."""

    outboxes: tuple[Outbox, ...] = ()
    """What waits for the destinations of the settings, and what they have."""

    @property
    def due(self) -> tuple[Due, ...]:
        """Return what waits for destinations, one after the other."""
        return tuple(due for one in self.outboxes for due in one.waiting)

    @property
    def arrived(self) -> tuple[Arrived, ...]:
        """Return what destinations have, the latest first."""
        found = (there for one in self.outboxes for there in one.delivered)
        return tuple(sorted(found, key=lambda one: -one.at_utc_ms))

    @property
    def unproved_bundles(self) -> tuple[Written, ...]:
        """The bundles that no receipt has come for."""
        return tuple(
            one for one in self.written if one.receipt is None and not one.replaced
        )

    @property
    def last_folder(self) -> str:
        """Where the last bundle went, or an empty string."""
        latest = max(self.written, key=lambda one: one.seq, default=None)
        return latest.destination if latest else ""


class Queues:
    """Reads the queue, and of each session only once what was written of it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: dict[
            tuple[str, int, int], tuple[tuple[BundleWritten, int, int], ...]
        ] = {}

    def read_queue(self) -> Queue:
        """Return the queue as it is now."""
        lines = queries.list_sessions(self._desk.ledger)
        waiting = sorted(
            (
                one
                for one in lines
                if one.stage is Stage.SEALED
                and not one.bundles
                and not self._desk.needs.find_destinations(one.starts_at_utc_ms)
            ),
            key=lambda one: one.starts_at_utc_ms,
        )
        written = [
            one for line in lines if line.revision for one in self._written_for(line)
        ]
        return Queue(
            tuple(map(self._waiting_for, waiting)),
            tuple(
                sorted(
                    written,
                    key=lambda one: (
                        one.replaced or one.receipt is not None,
                        -one.seq,
                    ),
                )
            ),
            list_outboxes(self._desk),
        )

    def _waiting_for(self, line: SessionLine) -> Waiting:
        about = (line.session_id, line.revision)
        failures = self._desk.uploads.failures.get(about, ())
        return Waiting(line.session_id, line.title, line.revision, failures)

    def _written_for(self, line: SessionLine) -> Iterator[Written]:
        key = (line.session_id, line.revision, line.bundles)
        if key not in self._known:
            self._known[key] = tuple(self._read_bundles(line))
        uploads, known = self._desk.uploads, self._known[key]
        for event, at_utc_ms, seq in known:
            about = (line.session_id, event.revision)
            again = sum(one.revision == event.revision for one, _, _ in known)
            receipts = [
                one
                for one in uploads.receipts.get(about, ())
                if one.sha256 == event.sha256
            ]
            yield Written(
                session_id=line.session_id,
                title=line.title,
                revision=event.revision,
                destination=event.destination,
                file_name=event.file_name,
                sha256=event.sha256,
                at_utc_ms=at_utc_ms,
                seq=seq,
                replaced=event.revision != line.revision,
                tries=again + len(uploads.failures.get(about, ())),
                receipt=receipts[-1] if receipts else None,
            )

    def _read_bundles(
        self, line: SessionLine
    ) -> Iterator[tuple[BundleWritten, int, int]]:
        for entry in self._desk.ledger.read_stream(f"session/{line.session_id}"):
            if isinstance(entry.event, BundleWritten) and entry.event.has_left:
                yield entry.event, entry.at.utc_ms, entry.seq


def list_drives() -> tuple[Path, ...]:
    """Return the folders of what is plugged in now."""
    inside = [one for place in mounts.DRIVES for one in _list_folder(Path(place))]
    deeper = [
        two for one in inside if not _is_mounted(one) for two in _list_folder(one)
    ]
    return tuple(sorted(one for one in (*inside, *deeper) if _is_mounted(one)))


def _list_folder(folder: Path) -> list[Path]:
    """Return what is in a folder; nothing of one that is someone else's."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _is_mounted(folder: Path) -> bool:
    try:
        return folder.is_mount()
    except OSError:
        # A drive that was pulled out still has its name for a while.
        return False
