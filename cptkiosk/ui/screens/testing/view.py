"""What the testing screen shows: the clock, what it means, and the roll."""

from collections import Counter
from dataclasses import replace
from zoneinfo import ZoneInfo

from cptkiosk.domain import timing
from cptkiosk.domain.attempt import AttemptProgress
from cptkiosk.domain.session import Session, Stage
from cptkiosk.domain.values import plural
from cptkiosk.ui import attempt_rows, local_time
from cptkiosk.ui.terminal.glyphs import Glyphs
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
    replace(one, width=15) if one.title == "State" else one for one in COLUMNS
)
"""With room for 'late-expected', which no other state is as long as."""

FACTS_WIDTH = 34
"""The cells beside the clock on the smallest screen."""


def columns(session: Session) -> tuple[Column, ...]:
    """Return the columns of the roll: a state is never cut, where it can be a name is."""
    people = session.attempts.values()
    late = any(one.standing is AttemptProgress.LATE_EXPECTED for one in people)
    return LATE_COLUMNS if late else COLUMNS


def facts(session: Session, line_ms: int, zone: ZoneInfo) -> list[str]:
    """Return what stands beside the clock: who ends when, and how many do what."""
    start_ms = session.start_line_ms
    if start_ms is not None and line_ms < start_ms:
        return [f"begins at {local_time.time_text(start_ms, zone)}"]
    words = _counted(session, line_ms)
    if session.stage is Stage.HALTED:
        since = session.halts[-1][0]
        ago = timing.span_text(line_ms - since)
        return [f"HALTED since {local_time.time_text(since, zone)}, {ago} ago", *words]
    return [*_ends(session, line_ms, zone), *words]


def _counted(session: Session, line_ms: int) -> list[str]:
    """Return how many do what, every group of them; a line holds a few."""
    counts = Counter(
        "break"
        if one.on_break and session.progress(one, line_ms) is AttemptProgress.TESTING
        else session.progress(one, line_ms).value
        for one in session.attempts.values()
    )
    lines = [""]
    for what, count in counts.most_common():
        longer = f"{lines[-1]}  {count} {what}".strip()
        if len(longer) <= FACTS_WIDTH:
            lines[-1] = longer
        else:
            lines.append(f"{count} {what}")
    return lines


def _ends(session: Session, line_ms: int, zone: ZoneInfo) -> list[str]:
    timed = session.timed
    ends = Counter(
        end for one in timed if (end := session.end_ms(one, line_ms)) is not None
    )
    lines = [
        f"ends {local_time.time_text(end, zone)}  {plural(count, 'person', 'people')}"
        for end, count in sorted(ends.items())[:2]
    ]
    if len(ends) > 2:
        lines.append(f"last {local_time.time_text(max(ends), zone)}")
    if untimed := len(session.live) - len(timed):
        lines.append(f"untimed  {plural(untimed, 'person', 'people')}")
    return lines


class Listing:
    """The roll of one state of a session; its rows are made when they are drawn."""

    def __init__(self, session: Session, zone: ZoneInfo, glyphs: Glyphs) -> None:
        self.session, self._zone, self._glyphs = session, zone, glyphs
        self._names = attempt_rows.names(session)
        self.keys = tuple(one.attempt_id for one in attempt_rows.sorted_roll(session))

    def row(self, line_ms: int, key: str) -> Row:
        """Return what a row shows at an instant."""
        session, glyphs, one = self.session, self._glyphs, self.session.attempts[key]
        progress = session.progress(one, line_ms)
        cells = (
            one.seat,
            self._names[key],
            one.module.short,
            attempt_rows.state_words(one, progress, glyphs),
            attempt_rows.left_text(session, one, line_ms, glyphs.dash),
            attempt_rows.ends_text(session, one, line_ms, self._zone, glyphs.dash),
            attempt_rows.badges_in(BADGES_WIDTH, one, line_ms, glyphs),
        )
        return Row(key, cells, attempt_rows.tone(one, progress), one.participant_id)
