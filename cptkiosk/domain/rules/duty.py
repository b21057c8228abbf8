"""One duty: what the center wants done in the room now and then while the clocks run.

A duty changes nothing for a candidate. The rule for logging it, when it is due and what
the record says of it stand in a file of its own; `duties` puts them in one table, from
which the rules, the Next line, the report and the JSON of a session take them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cptkiosk.domain.rules.rule import Rule
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.values import Reason


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a session, between two instants on its timeline."""

    from_line_ms: int
    to_line_ms: int
    ran_ms: int
    """How long the session's clock ran in it, halts left out."""


@dataclass(frozen=True, slots=True)
class DutyRecord:
    """How often a duty was done in a session, and when it was not."""

    every_minutes: int
    count: int
    longest: Stretch
    missed: tuple[Stretch, ...]
    """The periods in which it was due and not done in time, oldest first."""


@dataclass(frozen=True, slots=True)
class Duty:
    """What `duties` has to know of a duty."""

    name: str
    """Its name in JSON: 'room_walks'."""

    title: str
    """Its title in a report: 'Room walks'."""

    action: str
    """The ID of the action that logs it."""

    verb: str
    """The word that logs it on the action line."""

    rule: Rule

    find_due: Callable[[Session, int], Reason | None]
    """Says what is due at an instant of the timeline; `None` if nothing is."""

    find_record: Callable[[Session, int], DutyRecord | None]
    """Says how it was done up to an instant of the timeline; `None` if not asked for."""
