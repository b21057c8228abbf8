"""Dates and times of day at the center, as values: arithmetic on what is given.

The one module of the rules that imports `datetime`; it never asks what time it is.
"""

import datetime
from dataclasses import dataclass

from cptkiosk.domain.values import DAY_MS, MINUTE_MS

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class LocalTime:
    """An instant as the center's calendar and clock show it."""

    date: str
    """ISO date."""

    weekday: int
    """Monday is 0."""

    of_day_ms: int
    """Milliseconds since midnight on the clock on the wall."""

    @property
    def text(self) -> str:
        """Hours and minutes: '14:05'."""
        minutes = self.of_day_ms // MINUTE_MS
        return f"{minutes // 60:02}:{minutes % 60:02}"


def utc_time(utc_ms: int) -> LocalTime:
    """Return an instant as date and time in UTC."""
    days, of_day_ms = divmod(utc_ms, DAY_MS)
    day = datetime.date(1970, 1, 1) + datetime.timedelta(days=days)
    return LocalTime(day.isoformat(), day.weekday(), of_day_ms)


def utc_text(utc_ms: int) -> str:
    """Return an instant as ISO-8601 in UTC, to the second, as scripts read it."""
    day = utc_time(utc_ms)
    seconds = day.of_day_ms // 1000
    clock = datetime.time(seconds // 3600, seconds // 60 % 60, seconds % 60)
    return f"{day.date}T{clock.isoformat()}Z"


def utc_words(utc_ms: int) -> str:
    """Return an instant in UTC, to the minute, as people read it."""
    day = utc_time(utc_ms)
    minutes = day.of_day_ms // 60_000
    return f"{format_date(day.date)}, {minutes // 60:02}:{minutes % 60:02} UTC"


def is_date(text: str) -> bool:
    """Return whether `text` is an ISO date that exists."""
    try:
        # Python also reads '20260831' and weeks, which do not sort as days do.
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def write_date(day: datetime.date) -> str:
    """Return a day as people read it: 'Aug 31, 2026'."""
    return f"{MONTHS[day.month - 1][:3]} {day.day}, {day.year}"


def format_date(iso_date: str) -> str:
    """Return 'Aug 31, 2026' for '2026-08-31'; any other text as it is."""
    try:
        return write_date(datetime.date.fromisoformat(iso_date))
    except ValueError:
        return iso_date


def days_between(earlier: str, later: str) -> int:
    """Return how many days one ISO date lies after another."""
    first = datetime.date.fromisoformat(earlier)
    return (datetime.date.fromisoformat(later) - first).days


def days_later(date: str, days: int) -> str:
    """Return the ISO date some days later."""
    day = datetime.date.fromisoformat(date) + datetime.timedelta(days=days)
    return day.isoformat()


def business_days_later(date: str, days: int) -> str:
    """Return the ISO date some business days later: Monday to Friday, holidays too."""
    day = datetime.date.fromisoformat(date)
    while days > 0:
        day += datetime.timedelta(days=1)
        days -= day.weekday() < 5
    return day.isoformat()


def years_later(date: str, years: int) -> str:
    """Return the ISO date some years later; 29 February becomes 1 March if need be."""
    day = datetime.date.fromisoformat(date)
    try:
        return day.replace(year=day.year + years).isoformat()
    except ValueError:
        return datetime.date(day.year + years, 3, 1).isoformat()


def age_in_years(born: str, date: str) -> int:
    """Return a person's age in years on an ISO date."""
    years = int(date[:4]) - int(born[:4])
    return years if years_later(born, years) <= date else years - 1


def school_year(date: str, starts: str) -> str:
    """Return the school year of an ISO date, as '2026-2027'.

    Args:
        date: the date.
        starts: month and day on which a school year begins, as '07-01'.
    """
    first = int(date[:4]) - (date[5:] < starts)
    return f"{first}-{first + 1}"


def is_school_year(text: str) -> bool:
    """Return whether `text` is written like a school year: '2026-2027'."""
    first, _, second = text.partition("-")
    years = len(first) == len(second) == 4 and f"{first}{second}".isdecimal()
    return years and int(second) == int(first) + 1
