"""Restarts that are not compared with the room clock yet, and what one number says.

The wall clock carries a session's timeline over a restart, and may be wrong. One
number then says by how much the timeline is off in all. For a clock that ran throughout it
is the same to which restart it belongs; for one that began, paused or was halted between
two of them it is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cptkiosk.domain.events.restart import BootBridged
from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.time.timing import GAP_MAX_MS, STEP_MS


@dataclass(frozen=True, slots=True)
class Gap:
    """A restart, and how the session's timeline was carried over it."""

    at: Instant
    """When the new boot was taken up."""

    event: BootBridged
    stops: bool
    """Whether the clocks stand still since, as nothing could carry them over."""

    @property
    def counted_ms(self) -> int:
        """How long it counts as, from 0 on."""
        return max(0, self.event.away_ms) if self.event.usable else 0


def least_ms(gaps: Sequence[Gap]) -> int:
    """Return the least a figure can be: no more is taken back than was counted."""
    return -sum(gap.counted_ms for gap in gaps)


def shares_ms(gaps: Sequence[Gap], figure_ms: int, now: Instant) -> tuple[int, ...]:
    """Return what of a figure belongs to each gap; together they are the figure.

    Where the wall clock was set after a restart, that tells how long the gap truly was,
    if it goes with the figure. What no clock tells is time used, by the first gap that
    could not be told, else by the last. A figure that is too long for that gap goes with
    what the wall clock says of later ones, in which the clocks stood, however long.

    Args:
        gaps: the restarts, oldest first; at least one.
        figure_ms: how much later the room clock is, not less than `least_ms`.
        now: when it was compared.
    """
    told = [_told_ms(gaps, number, now) for number in range(len(gaps))]
    stop = next((number for number, gap in enumerate(gaps) if gap.stops), len(gaps))
    unknown = [number for number, ms in enumerate(told) if ms is None]
    pivot = min([stop, *unknown], default=stop)
    if pivot == len(gaps):
        pivot = len(gaps) - 1
    shares = [ms or 0 for ms in told[:stop]] + [0] * (len(gaps) - stop)
    shares[pivot] = 0
    rest_ms = figure_ms - sum(shares)
    known_ms = None if stop < len(gaps) else told[pivot]

    def fits(rest_ms: int) -> bool:
        if known_ms is None:
            return 0 <= rest_ms + gaps[pivot].counted_ms <= GAP_MAX_MS
        return abs(rest_ms - known_ms) <= STEP_MS

    stood = {n: _uncounted_ms(gaps[n]) for n in range(stop + 1, len(gaps))}
    stood_ms = sum(stood.values())
    if not figure_ms or not (fits(rest_ms) or fits(rest_ms - stood_ms)):
        shares, rest_ms = [0] * len(gaps), figure_ms
    elif not fits(rest_ms):
        rest_ms -= stood_ms
        for number, ms in stood.items():
            shares[number] = ms
    return _spread_rest(gaps, shares, pivot, rest_ms)


def _uncounted_ms(gap: Gap) -> int:
    """Return what the wall clock says of a gap that was too long for it to bridge."""
    return max(0, gap.event.away_ms) - gap.counted_ms


def _spread_rest(
    gaps: Sequence[Gap], shares: list[int], pivot: int, rest_ms: int
) -> tuple[int, ...]:
    """Give the rest to one gap, and what it cannot give back to the latest others.

    Those after it come last: if the clocks stood by then, they have nothing to give.
    """
    shares[pivot] = max(rest_ms, -gaps[pivot].counted_ms)
    over_ms = rest_ms - shares[pivot]
    for number in (*reversed(range(pivot)), *range(pivot + 1, len(gaps))):
        taken_ms = max(over_ms, -gaps[number].counted_ms - shares[number])
        shares[number] += taken_ms
        over_ms -= taken_ms
    return tuple(shares)


def _told_ms(gaps: Sequence[Gap], number: int, now: Instant) -> int | None:
    """Return by how much longer a gap was than counted, as the wall clock told since.

    `None` if it told nothing that can be.
    """
    gap = gaps[number]
    last_utc_ms, last_boot_ms = now.utc_ms, now.boot_ms
    if number + 1 < len(gaps):
        later = gaps[number + 1]
        last_utc_ms = later.at.utc_ms - later.event.away_ms
        reached_ms = later.event.offset_ms + later.at.boot_ms - later.counted_ms
        last_boot_ms = reached_ms - gap.event.offset_ms
    passed_ms = last_boot_ms - gap.at.boot_ms
    set_ms = last_utc_ms - gap.at.utc_ms - passed_ms
    truly_ms = gap.event.away_ms + set_ms
    if not 0 <= truly_ms <= GAP_MAX_MS:
        return None
    if not gap.event.usable and not set_ms:
        return None
    return truly_ms - gap.counted_ms
