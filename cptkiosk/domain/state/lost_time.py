"""The time that a candidate may have lost, at most what ran on their clock."""

from collections.abc import Sequence
from dataclasses import dataclass

from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.session import Irregularity, Session
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import MINUTE_MS

OFFERS_MAX = 4


@dataclass(frozen=True, slots=True)
class Measured:
    """A period that ran on a candidate's clock."""

    words: str
    ms: int
    own: bool = False
    """Whether it was a break, during which the clock keeps running."""

    @property
    def text(self) -> str:
        """Its name and length: 'last break 3:12'."""
        return f"{self.words} {timing.span_text(self.ms)}"


def measure_lost_time(
    session: Session, attempt: Attempt, timeline_ms: int
) -> tuple[Measured, ...]:
    """Return periods that a candidate may have lost, the newest first.

    A break comes last: the clock keeps running during one, so it is rarely given back.
    """
    found: list[Measured] = []
    for one in reversed(session.in_force):
        concerned = one.event.attempt_ids
        if not concerned or attempt.attempt_id in concerned:
            found += lost_by(session, one, (attempt,), timeline_ms)
    if attempt.breaks:
        since_ms, until_ms = attempt.breaks[-1]
        ran_ms = _ran_ms(session, attempt, since_ms, until_ms or timeline_ms)
        found = found[: OFFERS_MAX - 1]
        found.append(Measured("last break", ran_ms, own=True))
    return tuple(one for one in found if one.ms >= 1000)[:OFFERS_MAX]


def lost_by(
    session: Session, found: Irregularity, people: Sequence[Attempt], timeline_ms: int
) -> tuple[Measured, ...]:
    """Return the minutes that an irregularity says were lost, and the time run since."""
    event = found.event
    since_ms = min(
        _ran_ms(session, one, _happened_ms(session, found), timeline_ms)
        for one in people
    )
    since = Measured(f"since irregularity {event.code}", since_ms)
    if not event.minutes_lost:
        return (since,)
    noted_ms = event.minutes_lost * MINUTE_MS
    return (Measured(f"{event.code}, time lost", noted_ms), since)


def _happened_ms(session: Session, found: Irregularity) -> int:
    """Return when it happened on the timeline; the wall clock may have been set since."""
    ago_ms = found.recorded_at.utc_ms - found.event.happened_at_utc_ms
    return session.timeline_ms(found.recorded_at) - max(0, ago_ms)


def _ran_ms(session: Session, attempt: Attempt, from_ms: int, to_ms: int) -> int:
    """Return how long a candidate's clock ran between two instants on the timeline."""
    used_ms = session.elapsed_ms(attempt, max(from_ms, attempt.start_line_ms or 0))
    return session.elapsed_ms(attempt, to_ms) - used_ms
