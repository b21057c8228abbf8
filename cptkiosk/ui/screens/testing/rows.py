"""What the testing screen shows: the clock, what it means, and the roll."""

from collections import Counter
from dataclasses import replace

from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.terms import display_term
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import plural
from cptkiosk.ui import attempt_rows
from cptkiosk.ui.terminal.glyphs import Glyphs
from cptkiosk.ui.view import SessionView
from cptkiosk.ui.widgets.filterable_table import Column, Row

BADGES_WIDTH = 12
"""The cells that are left for signs on the smallest screen."""

COLUMNS = (
    Column("Seat", 4),
    Column("Person", 16, grow=True, keeps=attempt_rows.NAMESAKE),
    Column("Module", 8),
    Column("State", 13),
    Column("Left", 7, right=True),
    Column("Ends", 8, right=True),
    Column("Notes", BADGES_WIDTH),
)
LATE_COLUMNS = tuple(
    replace(one, width=14) if one.title == "State" else one for one in COLUMNS
)
"""With room for 'running late', which no other state is as long as."""

GROUPS = (
    "testing", attempt_rows.BREAK, attempt_rows.ARRIVED_LATE,
    *map(display_term, AttemptProgress),
)  # fmt: skip
"""What people are counted by: who is testing first, then the states in their order."""

FACTS_WIDTH = 34
"""The cells beside the clock on the smallest screen."""


def columns(session: Session) -> tuple[Column, ...]:
    """Return the columns of the roll: a state is never cut, where it can be a name is."""
    people = session.attempts.values()
    late = any(one.standing is AttemptProgress.LATE_EXPECTED for one in people)
    return LATE_COLUMNS if late else COLUMNS


def facts(view: SessionView) -> list[str]:
    """Return what stands beside the clock: who ends when, and how many do what."""
    times, start_ms = view.times, view.session.start_line_ms
    if start_ms is not None and view.line_ms < start_ms:
        return [f"starts at {times.format_seconds(start_ms)}"]
    if view.session.stage is Stage.HALTED:
        since = times.format_seconds(view.line_ms - view.halted_ms)
        ago = timing.span_text(view.halted_ms)
        return [f"HALTED since {since}, {ago} ago", *_count_groups(view)]
    return [*_ends(view), *_count_groups(view)]


def _count_groups(view: SessionView) -> list[str]:
    """Return how many do what, the largest group first; a line holds a few.

    Groups as large as each other are in the order of `GROUPS`: names would let them
    swap places from one frame to the next.
    """
    counts = Counter(
        attempt_rows.state_name(one, view.progress(one)) for one in view.by_name
    )
    lines = [""]
    for what in sorted(counts, key=lambda one: (-counts[one], GROUPS.index(one))):
        count = counts[what]
        longer = f"{lines[-1]}  {count} {what}".strip()
        if len(longer) <= FACTS_WIDTH:
            lines[-1] = longer
        else:
            lines.append(f"{count} {what}")
    return lines


def _ends(view: SessionView) -> list[str]:
    ends, times = view.ends, view.times
    lines = [
        f"ends {times.format_seconds(end)}  {plural(count, 'person', 'people')}"
        for end, count in list(ends.items())[:2]
    ]
    if len(ends) > 2:
        lines.append(f"last {times.format_seconds(max(ends))}")
    if untimed := len(view.session.live_attempts) - len(view.session.timed_attempts):
        lines.append(f"untimed  {plural(untimed, 'person', 'people')}")
    return lines


def row(view: SessionView, glyphs: Glyphs, key: str) -> Row:
    """Return what the row of an attempt shows."""
    session, line_ms, one = view.session, view.line_ms, view.session.attempts[key]
    progress = view.progress(one)
    cells = (
        one.seat,
        view.names[key],
        one.module.short,
        attempt_rows.state_words(one, progress, glyphs),
        attempt_rows.left_text(session, one, line_ms, glyphs.dash),
        attempt_rows.ends_text(session, one, line_ms, view.times, glyphs.dash),
        attempt_rows.badges_in(BADGES_WIDTH, one, line_ms, glyphs),
    )
    return Row(key, cells, attempt_rows.tone(one, progress), one.participant_id)
