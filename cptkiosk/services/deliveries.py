"""What waits for the destinations of the settings.

Nothing stores the queue: it is worked out from the record and the settings. So a seal
puts its revision in the queue in the very transaction that records it, an amendment
takes it out, and only a recorded delivery does so as well.
"""

from dataclasses import dataclass

from cptkiosk.desk import Desk
from cptkiosk.domain.destinations import DestinationSettings
from cptkiosk.domain.rules.receipts import BundleDelivered, Failure
from cptkiosk.domain.state.session import Stage
from cptkiosk.ledger import queries


@dataclass(frozen=True, slots=True)
class Due:
    """A sealed revision that a destination does not have yet."""

    session_id: str
    title: str
    revision: int
    destination: DestinationSettings
    failure: Failure | None
    """Why the last try failed, if it did."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A revision that a destination has."""

    title: str
    event: BundleDelivered
    at_utc_ms: int


@dataclass(frozen=True, slots=True)
class Outbox:
    """One destination: what waits for it, and what it has."""

    destination: DestinationSettings
    waiting: tuple[Due, ...]
    """The earliest session first."""

    delivered: tuple[Arrived, ...]
    """The latest revision of each session that it has."""


def list_outboxes(desk: Desk) -> tuple[Outbox, ...]:
    """Return the queue of each destination, in the order of the settings."""
    waiting: dict[str, list[Due]] = {}
    delivered: dict[str, list[Arrived]] = {}
    for line in reversed(queries.list_sessions(desk.ledger)):
        if line.stage is not Stage.SEALED:
            continue
        about = (line.session_id, line.revision)
        arrived = desk.uploads.deliveries.get(about, {})
        failures = desk.uploads.failures.get(about, ())
        for one in desk.needs.find_destinations(line.starts_at_utc_ms):
            if one.name in arrived:
                known = arrived[one.name]
                there = Arrived(line.title, known.event, known.at_utc_ms)
                delivered.setdefault(one.name, []).append(there)
                continue
            last = _find_last(failures, one.name)
            due = Due(line.session_id, line.title, line.revision, one, last)
            waiting.setdefault(one.name, []).append(due)
    return tuple(
        Outbox(
            one,
            tuple(waiting.get(one.name, ())),
            tuple(delivered.get(one.name, ())),
        )
        for one in desk.needs.list_destinations()
    )


def _find_last(failures: tuple[Failure, ...], destination: str) -> Failure | None:
    return next(
        (one for one in reversed(failures) if one.destination == destination), None
    )
