"""The session's clock: pure arithmetic on the record, in whole milliseconds.

A session has a *timeline*: milliseconds that run evenly from its start on, whatever the
wall clock does. Each boot of a machine has an offset between its boot clock and the
timeline; within a boot nothing but that offset is needed. It starts at the wall time of
the start, so that an instant on it reads as UTC.

Why restarts are bridged (`bridge_boot`). The boot clock begins again at zero, and of all
clocks only the wall clock has gone on meanwhile. It may be wrong: a drained battery
shows another decade, a technician sets it while the machine is open. So it is trusted
with as little as possible: the old boot counts on its own clock up to its last sign of
life, and only the gap from there is taken from the wall clock, if that gap is neither
negative nor longer than `GAP_MAX_MS`. Any other gap counts as nothing and the clocks
stand until a person has read the room clock. The result is recorded once, as an event,
by the terminal that comes first. Otherwise a step of the wall clock before the crash
would move everyone's end, each terminal would work out a gap of its own, or an exam
would continue with time that is not known.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.values import HOUR_MS, MINUTE_MS

GAP_MAX_MS = 6 * HOUR_MS
"""Longest absence that the wall clock may bridge by itself (a drained clock battery
shows as decades)."""

STEP_MS = 2_000
"""Wall and boot clock so far apart, or more, is a step worth recording."""

Interval = tuple[int, int | None]
"""From and to on the timeline; `None` is still open."""


def timeline_ms(offsets: Mapping[str, int], at: Instant) -> int:
    """Return where `at` lies on the timeline; an unknown boot can only show its wall."""
    offset = offsets.get(at.boot_id)
    return at.utc_ms if offset is None else at.boot_ms + offset


def union_ms(intervals: Iterable[Interval], start_ms: int, end_ms: int) -> int:
    """Return how long at least one interval lasted between `start_ms` and `end_ms`."""
    total, reached = 0, start_ms
    for begin, finish in sorted(intervals, key=lambda interval: interval[0]):
        low = max(begin, reached)
        high = end_ms if finish is None else min(finish, end_ms)
        if high > low:
            total += high - low
            reached = high
    return total


def run_out_ms(intervals: Iterable[Interval], start_ms: int, allowed_ms: int) -> int:
    """Return when a clock that stands in these intervals has run for `allowed_ms`.

    What stops it later, or stops it still, moves that instant no more; the clock must
    have run so long.
    """
    reached, left_ms = start_ms, allowed_ms
    for begin, finish in sorted(intervals, key=lambda interval: interval[0]):
        if begin - reached >= left_ms or finish is None:
            break
        left_ms -= max(0, begin - reached)
        reached = max(reached, finish)
    return reached + left_ms


STANDARD = 1000
"""The factor for the standard time."""

UNTIMED = 0
"""The factor for an untimed candidate."""

FACTOR_MIN, FACTOR_MAX = 1000, 5000
"""What extra time may be, in thousandths of the standard time."""

UNTIMED_MS = 24 * HOUR_MS
"""What untimed comes to: no assessment goes on after a day."""


def allowed_ms(minutes: int, factor_permille: int) -> int:
    """Return the time allowed: 90 minutes at 1250 permille are exactly 1:52:30."""
    if factor_permille == UNTIMED:
        return UNTIMED_MS
    return minutes * MINUTE_MS * factor_permille // 1000


def planned_ms(minutes: int, factor_permille: int) -> int:
    """Return the time to plan for; for an untimed candidate, the module's own time."""
    return allowed_ms(minutes, factor_permille or 1000)


@dataclass(frozen=True, slots=True)
class Bridge:
    """How a timeline goes on after a reboot, or on another machine."""

    offset_ms: int
    away_ms: int
    usable: bool


def bridge_boot(offsets: Mapping[str, int], last: Instant, now: Instant) -> Bridge:
    """Carry the timeline from the last sign of life over to a new boot.

    The old boot is counted up to `last` on its own clock, the gap on the wall clock
    where that can be believed; otherwise the gap counts as nothing and the caller must
    stop the clock until the proctor has said what the room clock shows.
    """
    away_ms = now.utc_ms - last.utc_ms
    usable = 0 <= away_ms <= GAP_MAX_MS
    reached_ms = timeline_ms(offsets, last) + (away_ms if usable else 0)
    return Bridge(reached_ms - now.boot_ms, away_ms, usable)


def step_ms(earlier: Instant, later: Instant) -> int:
    """Return how far the wall clock moved against the boot clock, if worth noting."""
    if earlier.boot_id != later.boot_id:
        return 0
    moved = (later.utc_ms - earlier.utc_ms) - (later.boot_ms - earlier.boot_ms)
    return moved if abs(moved) >= STEP_MS else 0


SPAN = re.compile(
    r"(?P<sign>[+-]?)(?:(?P<hours>\d{1,2}):(?=\d\d:))?(?P<minutes>\d{1,3})"
    r"(?::(?P<seconds>\d\d)|\s*(?P<unit>[ms]))?"
)


def read_span(text: str) -> int | None:
    """Return the milliseconds of '6', '6m', '90s', '6:30', '1:02:03' or '-2'.

    A bare number is minutes. `None` if it is nothing of the kind.
    """
    match = SPAN.fullmatch(text.strip())
    if match is None or int(match["seconds"] or 0) >= 60:
        return None
    if match["hours"] and int(match["minutes"]) >= 60:
        return None
    if match["unit"] == "s":
        ms = int(match["minutes"]) * 1000
    else:
        ms = int(match["minutes"]) * MINUTE_MS + int(match["seconds"] or 0) * 1000
    ms += int(match["hours"] or 0) * HOUR_MS
    return -ms if match["sign"] == "-" else ms


def read_clock(text: str) -> int | None:
    """Return the milliseconds of a remaining time such as '41:20' or '1:12:05'.

    `None` if it is nothing of the kind: a bare number could be minutes or seconds.
    """
    match = SPAN.fullmatch(text.strip())
    if match is None or match["sign"] or match["seconds"] is None:
        return None
    return read_span(text)


def clock_text(ms: int) -> str:
    """Return a remaining time as `H:MM:SS`, rounded up; after zero `+M:SS`, down.

    From an hour after zero on it is `+1:07:23`, so that minutes are not read as hours.
    """
    if ms > 0:
        seconds = -(-ms // 1000)
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    seconds = -ms // 1000
    return f"+{span_text(ms).removeprefix('-')}" if seconds else "0:00:00"


def span_text(ms: int) -> str:
    """Return a duration as `M:SS`, or `H:MM:SS` from an hour on, rounded down."""
    seconds = abs(ms) // 1000
    sign = "-" if ms < 0 else ""
    if seconds >= 3600:
        return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{sign}{seconds // 60}:{seconds % 60:02}"
