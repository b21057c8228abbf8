"""How far the center's clock was from UTC and when that changed, for the views."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cptkiosk.ledger.sqlite import FAILURES, Connection

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
FIRST: Final = datetime(2020, 1, 1, tzinfo=UTC)
LAST: Final = datetime(2050, 1, 1, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)
STEP_MINUTES: Final = 1 << 14
"""About 11 days: no zone changes its clock twice in so short a time."""

Row = tuple[int, int]


def keep_offsets(connection: Connection) -> None:
    """Fill the table `utc_offset` if it is not what the rules of the zone say now.

    These rules are not in the record, and a later edition of them may be another. If
    this system does not know the zone, local times are empty in the views: nothing
    that only they show keeps a record from being opened.
    """
    zone = connection.execute(
        "SELECT json_extract(body, '$.time_zone') FROM entry"
        " WHERE stream = 'center' AND version = 1"
    ).fetchone()
    if zone is None or zone[0] is None:
        return
    try:
        wanted = list_offsets(str(zone[0]))
    except (ZoneInfoNotFoundError, ValueError):
        wanted = ()
    found = connection.execute("SELECT * FROM utc_offset ORDER BY from_utc_ms")
    if tuple(found) == wanted:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("DELETE FROM utc_offset")
        connection.executemany("INSERT INTO utc_offset VALUES (?, ?)", wanted)
        connection.execute("COMMIT")
    except FAILURES:
        # SQLite ends some failed transactions by itself, and not others.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@cache
def list_offsets(zone: str) -> tuple[Row, ...]:
    """Return since when a zone is how many seconds ahead of UTC, from 2020 to 2049."""
    places = ZoneInfo(zone)
    before = _offset_s(FIRST, places)
    rows = [(0, before)]
    at = FIRST
    while at < LAST:
        later = at + STEP_MINUTES * MINUTE
        offset_s = _offset_s(later, places)
        if offset_s != before:
            change = _find_change(at, places)
            rows.append(((change - EPOCH) // MINUTE * 60_000, offset_s))
            before = offset_s
        at = later
    return tuple(rows)


def _find_change(low: datetime, zone: ZoneInfo) -> datetime:
    """Return the minute after `low`, within a step, from which the clock is another."""
    before, width = _offset_s(low, zone), STEP_MINUTES
    while width > 1:
        width //= 2
        if _offset_s(low + width * MINUTE, zone) == before:
            low += width * MINUTE
    return low + MINUTE


def _offset_s(at: datetime, zone: ZoneInfo) -> int:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None, "a zone knows its offset at every instant"
    return int(offset.total_seconds())
