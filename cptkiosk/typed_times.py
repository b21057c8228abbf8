"""Dates and times as people type them: 5:49 PM, 17:49, 11/1/2026, 2026-11-01 17:49.

A date with slashes is American: its month comes first.
"""

import re
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from cptkiosk.domain.text import visible

_TIME: Final = re.compile(
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d\d)(?::(?P<second>\d\d))?)?"
    r"(?: ?(?P<half>[ap])\.?m\.?)?",
    re.ASCII | re.IGNORECASE,
)
_ISO: Final = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.A)
_SLASHED: Final = re.compile(
    r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})", re.A
)
NOON: Final = 12
SHOWN: Final = 40
"""So many cells of what was typed are shown in a sentence about it."""


class UnreadableTime(ValueError):
    """What was typed is no date or time; says what can be typed."""


def date_typed(text: str) -> str:
    """Return a date as in 2026-11-01.

    Raises:
        UnreadableTime: if it is none.
    """
    text = text.strip()
    match = _ISO.fullmatch(text) or _SLASHED.fullmatch(text)
    try:
        if match is not None:
            parts = (int(match[name]) for name in ("year", "month", "day"))
            return date(*parts).isoformat()
    except ValueError:
        pass
    raise UnreadableTime(
        f'"{visible(text.strip(), SHOWN)}" is not a date. Type month, day and year, for example 8/31/2026.'
    )


def instant_typed(text: str, today: str, zone: ZoneInfo) -> int:
    """Return the UTC milliseconds of a local time, today or on the date before it.

    Args:
        text: what was typed.
        today: the date at the center, as 2026-11-01.
        zone: the center's time zone.

    Raises:
        UnreadableTime: if it is none, or the clocks skip it that day.
    """
    words = " ".join(text.replace(",", " ").split())
    first, _, rest = re.sub(r"(?<=\d)T(?=\d)", " ", words).partition(" ")
    dated = "/" in first or "-" in first
    try:
        day = date_typed(first) if dated else today
        hour, minute, second = _time_of_day(rest if dated else words)
        year, month, of_month = map(int, day.split("-"))
        wanted = datetime(year, month, of_month, hour, minute, second, tzinfo=zone)
        there = wanted.astimezone(UTC)
    except (ValueError, OverflowError):
        raise UnreadableTime(
            f'"{visible(text.strip(), SHOWN)}" is not a time. Type 5:49 PM or 17:49, for another day'
            " 11/1/2026 5:49 PM."
        ) from None
    if there.astimezone(zone).replace(tzinfo=None) != wanted.replace(tzinfo=None):
        raise UnreadableTime(
            f"{wanted:%H:%M} does not exist on {day} in {zone} because clocks go"
            " forward then. Choose another time."
        )
    return int(there.timestamp()) * 1000


def _time_of_day(text: str) -> tuple[int, int, int]:
    """Return hour, minute and second.

    Raises:
        ValueError: if it is no time of day; a bare hour needs its AM or PM.
    """
    match = _TIME.fullmatch(text)
    if match is None or not (match["minute"] or match["half"]):
        raise ValueError(text)
    hour = int(match["hour"])
    if match["half"]:
        if not 1 <= hour <= NOON:
            raise ValueError(text)
        hour = hour % NOON + NOON * (match["half"].lower() == "p")
    return hour, int(match["minute"] or 0), int(match["second"] or 0)
