"""What the testing screen shows: the clock, what it means, and the roll."""

from collections import Counter
from zoneinfo import ZoneInfo

from cptkiosk.domain import timing
from cptkiosk.domain.attempt import Attempt, Progress
from cptkiosk.domain.session import Session, Stage
from cptkiosk.domain.values import plural
from cptkiosk.ui import rolls, times
from cptkiosk.ui.glyphs import Glyphs
from cptkiosk.ui.widgets.roll import Column, Row

COLUMNS = (
    Column("Seat", 4),
    Column("Person", 16, grow=True),
    Column("Module", 8),
    Column("State", 13),
    Column("Left", 7, right=True),
    Column("Ends", 8, right=True),
    Column("", 12),
)
NO_CLOCK = "-:--:--"


def face(session: Session, line_ms: int) -> str:
    """Return what the big clock shows: the least time somebody has left."""
    start_ms = session.start_line_ms
    if start_ms is not None and line_ms < start_ms:
        return f"0:00:{-(-(start_ms - line_ms) // 1000):02}"
    lefts = [
        session.left_ms(one, line_ms)
        for one in session.live(line_ms)
        if not one.untimed
    ]
    positive = [left for left in lefts if left > 0]
    if positive:
        return timing.clock_text(min(positive))
    return timing.clock_text(max(lefts)) if lefts else NO_CLOCK


def facts(session: Session, line_ms: int, zone: ZoneInfo) -> list[str]:
    """Return what stands beside the clock: who ends when, and how many do what."""
    start_ms = session.start_line_ms
    if start_ms is not None and line_ms < start_ms:
        return [f"begins at {times.time_text(start_ms, zone)}"]
    counts = Counter(
        "break"
        if one.on_break and session.progress(one, line_ms) is Progress.TESTING
        else session.progress(one, line_ms).value
        for one in session.attempts.values()
    )
    words = "  ".join(f"{count} {what}" for what, count in counts.most_common(4))
    if session.stage is Stage.HALTED:
        since = session.halts[-1][0]
        ago = timing.span_text(line_ms - since)
        return [f"HALTED since {times.time_text(since, zone)}, {ago} ago", words]
    return [*_ends(session, line_ms, zone), words]


def _ends(session: Session, line_ms: int, zone: ZoneInfo) -> list[str]:
    live = session.live(line_ms)
    ends = Counter(
        end
        for one in live
        if not one.untimed and (end := session.end_ms(one, line_ms)) is not None
    )
    lines = [
        f"ends {times.time_text(end, zone)}  {plural(count, 'person', 'people')}"
        for end, count in sorted(ends.items())[:2]
    ]
    if len(ends) > 2:
        lines.append(f"last {times.time_text(max(ends), zone)}")
    if untimed := sum(one.untimed for one in live):
        lines.append(f"untimed  {plural(untimed, 'person', 'people')}")
    return lines


def rows(session: Session, line_ms: int, zone: ZoneInfo, glyphs: Glyphs) -> list[Row]:
    """Return the roll, by seats."""
    shown = rolls.names(session)
    found = []
    for one in sorted(session.attempts.values(), key=_place):
        progress = session.progress(one, line_ms)
        cells = (
            one.seat,
            shown[one.attempt_id],
            one.module.short,
            rolls.state_words(one, progress, glyphs),
            rolls.left_text(session, one, line_ms, glyphs.dash),
            rolls.ends_text(session, one, line_ms, zone, glyphs.dash),
            rolls.badges(session, one, line_ms, glyphs),
        )
        found.append(Row(one.attempt_id, cells, rolls.tone(one, progress)))
    return found


def _place(one: Attempt) -> tuple[bool, str, str, int, str]:
    number = int(one.seat[1:] or 0)
    return (one.seat == "", one.room, one.seat[:1], number, one.person.text)
