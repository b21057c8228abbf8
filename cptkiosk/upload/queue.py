"""What waits to be written as a bundle, and what was written where and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cptkiosk import lists
from cptkiosk.desk import Desk
from cptkiosk.domain.session import Stage
from cptkiosk.domain.session_events import BundleWritten
from cptkiosk.lists import SessionLine

STICKS = ("/media", "/run/media", "/mnt")
"""Where systems put what is plugged in."""


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


@dataclass(frozen=True, slots=True)
class Queue:
    """Sealed revisions on their way out."""

    waiting: tuple[SessionLine, ...]
    """Sealed, and no bundle of that revision was written; the oldest first."""

    written: tuple[Written, ...]
    """Every bundle that was; the latest first."""

    @property
    def last_folder(self) -> str:
        """Where the last bundle went, or nothing."""
        return self.written[0].destination if self.written else ""


class Queues:
    """Reads the queue, and of each session only once what was written of it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: dict[tuple[str, int, int], tuple[Written, ...]] = {}

    def read(self) -> Queue:
        """Return the queue as it is now."""
        lines = lists.sessions(self._desk.ledger)
        waiting = (
            one for one in lines if one.stage is Stage.SEALED and not one.bundles
        )
        written = [one for line in lines if line.revision for one in self._of(line)]
        return Queue(
            tuple(sorted(waiting, key=lambda one: one.starts_at_utc_ms)),
            tuple(sorted(written, key=lambda one: -one.seq)),
        )

    def _of(self, line: SessionLine) -> tuple[Written, ...]:
        key = (line.session_id, line.revision, line.bundles)
        if key not in self._known:
            self._known[key] = tuple(self._read(line))
        return self._known[key]

    def _read(self, line: SessionLine) -> Iterator[Written]:
        for entry in self._desk.ledger.read(f"session/{line.session_id}"):
            event = entry.event
            if isinstance(event, BundleWritten):
                yield Written(
                    session_id=line.session_id,
                    title=line.title,
                    revision=event.revision,
                    destination=event.destination,
                    file_name=event.file_name,
                    sha256=event.sha256,
                    at_utc_ms=entry.at.utc_ms,
                    seq=entry.seq,
                )


def sticks() -> tuple[Path, ...]:
    """Return the folders of what is plugged in now."""
    places = [Path(place) for place in STICKS]
    try:
        inside = [one for place in places if place.is_dir() for one in place.iterdir()]
        deeper = [
            two
            for one in inside
            if one.is_dir() and not one.is_mount()
            for two in one.iterdir()
        ]
    except OSError:
        return ()
    return tuple(sorted(one for one in (*inside, *deeper) if one.is_mount()))
