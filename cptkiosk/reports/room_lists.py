"""Lists on paper for a room: who signs in, and whom to look for in an evacuation."""

from collections.abc import Iterable, Iterator
from typing import Final

from cptkiosk.domain.state.attempt import Attempt, AttemptProgress
from cptkiosk.domain.state.center import Center
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.terms import display_term
from cptkiosk.domain.text import fold_text
from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.values import plural
from cptkiosk.reports.decisions import member_text
from cptkiosk.reports.document import (
    Block,
    Column,
    Document,
    Fact,
    Gap,
    Heading,
    Paragraph,
    Row,
    Signature,
    Table,
)
from cptkiosk.times.format import TimeFormat

HERE: Final = frozenset(
    {
        AttemptProgress.CHECKED_IN,
        AttemptProgress.SEATED,
        AttemptProgress.TESTING,
        AttemptProgress.PAUSED,
        AttemptProgress.HALTED,
        AttemptProgress.TIME_UP,
    }
)
"""Who is in the building as far as the record knows."""

COMING: Final = frozenset({AttemptProgress.EXPECTED, AttemptProgress.LATE_EXPECTED})

WALK_IN_ROWS: Final = 4
"""Empty rows on a sign-in sheet."""


def sign_in_sheet(session: Session, center: Center, times: TimeFormat) -> Document:
    """Return the sheet on which everyone on the attendance list signs."""
    gone = {AttemptProgress.CANCELLED, AttemptProgress.DENIED}
    expected = [one for one in session.attempts.values() if one.standing not in gone]
    rows = [
        Row((one.person.text, one.module.short, _seat_text(one), "", ""))
        for one in _sort_by_name(expected)
    ]
    rows += [Row(("", "", "", "", ""))] * WALK_IN_ROWS
    columns = (
        Column("Name", 26, write_in=True),
        Column("Module", 10, write_in=True),
        Column("Seat", 8, write_in=True),
        Column("Signature", 22, write_in=True),
        Column("Time", 10, write_in=True),
    )
    return Document(
        f"Sign-in sheet {session.session_id}",
        f"SIGN-IN SHEET  {session.session_id}",
        times.find_date(session.starts_at_utc_ms),
        (
            *_fact_blocks(session, center, times),
            Gap(),
            Table("Sign-in sheet", columns, tuple(rows)),
            Signature("Proctor"),
        ),
    )


def evacuation_list(
    session: Session, center: Center, times: TimeFormat, now: Instant
) -> Document:
    """Return who is in the building now, to be checked off outside by hand.

    Args:
        session: whose attendance list it is.
        center: where it is.
        times: how the center writes times.
        now: the moment that it shows.
    """
    line_ms = session.timeline_ms(now)
    found: dict[AttemptProgress, list[Attempt]] = {}
    for one in _sort_by_name(session.attempts.values()):
        found.setdefault(session.progress(one, line_ms), []).append(one)
    here = [(one, where) for where in found for one in found[where] if where in HERE]
    here.sort(
        key=lambda pair: (pair[0].room, pair[0].seat, fold_text(f"{pair[0].person}"))
    )
    coming = [one for where in found for one in found[where] if where in COMING]
    return Document(
        f"Evacuation list {session.session_id}",
        f"EVACUATION LIST  {session.session_id}",
        times.find_date(now.utc_ms),
        (
            *_fact_blocks(session, center, times),
            Fact("As of", times.format_record(now.utc_ms)),
            Gap(),
            *_here_blocks(here),
            *_coming_blocks(coming),
            Signature("Proctor"),
        ),
    )


def _fact_blocks(
    session: Session, center: Center, times: TimeFormat
) -> Iterator[Block]:
    if center.rehearsal:
        yield Paragraph("REHEARSAL: these people are invented.")
    yield Fact("Center", f"{center.name} ({center.site_code})")
    if session.title:
        yield Fact("Title", session.title)
    yield Fact("Rooms", ", ".join(room.name for room in session.rooms))
    yield Fact("Planned", times.format_record(session.starts_at_utc_ms))
    if session.lead:
        yield Fact("Lead proctor", member_text(center, session.lead))


def _here_blocks(here: list[tuple[Attempt, AttemptProgress]]) -> Iterator[Block]:
    yield Heading(f"In the building: {plural(len(here), 'person', 'people')}")
    if not here:
        yield Paragraph("No one has checked in, or everyone has left.")
        return
    columns = (
        Column("Seat", 8),
        Column("Name", 34),
        Column("Module", 10),
        Column("Where", 12),
        Column("Outside", 12, write_in=True),
    )
    rows = (
        Row(
            (_seat_text(one), one.person.text, one.module.short, _where(one, where), "")
        )
        for one, where in here
    )
    yield Table("In the building", columns, tuple(rows))


def _where(one: Attempt, where: AttemptProgress) -> str:
    return "on a break" if one.on_break else display_term(where)


def _coming_blocks(coming: list[Attempt]) -> Iterator[Block]:
    if coming:
        yield Gap()
        many = plural(len(coming), "person", "people")
        yield Heading(f"Not checked in: {many}")
        yield Paragraph("; ".join(one.person.text for one in coming))


def _sort_by_name(some: Iterable[Attempt]) -> list[Attempt]:
    return sorted(some, key=lambda one: (fold_text(one.person.text), one.attempt_id))


def _seat_text(one: Attempt) -> str:
    return f"{one.room} {one.seat}".strip() or "-"
