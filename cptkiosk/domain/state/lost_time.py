"""Which time somebody may have lost: what ran on their own clock, and no more."""

from collections.abc import Sequence
from dataclasses import dataclass

from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.session import Irregularity, Session
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import MINUTE_MS

OFFERS_MAX = 4


@dataclass(frozen=True, slots=True)
class Measured:
    """A stretch of time that ran on somebody's clock."""

    words: str
    ms: int
    own: bool = False
    """Whether it was their own, during which the clock runs: a break."""

    @property
    def text(self) -> str:
        """What it is and how long it lasted: 'last break 3:12'."""
        return f"{self.words} {timing.span_text(self.ms)}"


def measure_lost_time(
    session: Session, attempt: Attempt, timeline_ms: int
) -> tuple[Measured, ...]:
    """Return the stretches that may have been lost to somebody, the newest first.

    A break comes last: the clock runs during one, so it is given back only on purpose.
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
    """Return what an irregularity says was lost, and what has run since on each clock."""
    event = found.event
    since_ms = min(
        _ran_ms(session, one, _happened_ms(session, found), timeline_ms)
        for one in people
    )
    since = Measured(f"since the irregularity {event.code}", since_ms)
    if not event.minutes_lost:
        return (since,)
    noted_ms = event.minutes_lost * MINUTE_MS
    return (Measured(f"{event.code}, minutes lost", noted_ms), since)


def _happened_ms(session: Session, found: Irregularity) -> int:
    """Return when it happened, on the timeline: its wall clock may have been set since."""
    ago_ms = found.recorded_at.utc_ms - found.event.happened_at_utc_ms
    return session.timeline_ms(found.recorded_at) - max(0, ago_ms)


def _ran_ms(session: Session, attempt: Attempt, from_ms: int, to_ms: int) -> int:
    """Return how long somebody's clock ran between two instants on the timeline."""
    used_ms = session.elapsed_ms(attempt, max(from_ms, attempt.start_line_ms or 0))
    return session.elapsed_ms(attempt, to_ms) - used_ms
