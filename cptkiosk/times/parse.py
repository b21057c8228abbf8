"""Dates and times as people type them: 2 pm, 17:49, 9/1/2026, Sep 1, tomorrow noon.

What could mean two things is refused, with both. In the United States the month comes
first, so 5/6 is May 6; elsewhere 5/6 can be either.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from cptkiosk.domain.text import visible
from cptkiosk.domain.time.calendar import MONTHS, format_date
from cptkiosk.times.format import NOON, WEEKDAYS, TimeFormat

SHOWN: Final = 40
"""So many cells of what was typed are shown in a sentence about it."""

YEARS: Final = range(1900, 3000)
AHEAD_YEARS: Final = 20
"""A year of two digits further ahead than this lies in the century before."""

_TIME: Final = re.compile(
    r"(?P<hour>\d{1,2})(?:(?P<colon>:?)(?P<minute>\d\d)(?::(?P<second>\d\d))?)?"
    r"(?: ?(?P<half>[ap])(?:\.?m\.?)?)?",
    re.ASCII,
)
_ISO: Final = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})", re.ASCII)
_NUMBERS: Final = re.compile(r"(\d{1,2})([-/])(\d{1,2})(?:\2(\d{4}|\d\d))?", re.ASCII)
_DAY: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?", re.ASCII)
_YEAR: Final = re.compile(r"(?:19|20)\d\d", re.ASCII)
_NEAR: Final = {"today": 0, "tomorrow": 1, "yesterday": -1}
_JOINING: Final = frozenset({"at", "on"})
DIGITS_24_HOUR: Final = 2
"""An hour of two digits below ten is one of 24: 09:30."""


class UnreadableTime(ValueError):
    """What was typed is no date or time; says what can be typed."""


def read_date(text: str, today: str, times: TimeFormat, *, past: bool = False) -> str:
    """Return a date as in 2026-11-01.

    Args:
        text: what was typed.
        today: the date at the center, as 2026-11-01.
        times: how the center writes times.
        past: whether a date without a year, or a weekday, is the last one that was;
            else it is the next one.

    Raises:
        UnreadableTime: if it is none, or could be two.
    """
    found = _Reader(text, today, times, past=past).find_date(_words(text))
    if found is None:
        raise UnreadableTime(f"{_quote(text)} is not a date. {date_forms(times)}")
    return found.isoformat()


def read_instant(
    text: str, today: str, times: TimeFormat, *, past: bool = False
) -> int:
    """Return the UTC milliseconds of a local time, today or on the date beside it.

    Raises:
        UnreadableTime: if it is none, could be two, or the clocks skip it that day.
    """
    day, clock = _Reader(text, today, times, past=past).find_day_time()
    wanted = datetime.combine(day, time(*clock), tzinfo=times.zone)
    there = wanted.astimezone(UTC)
    back = there.astimezone(times.zone)
    if back.replace(tzinfo=None) != wanted.replace(tzinfo=None):
        skipped = times.write_time(wanted, "{:%M}")
        raise UnreadableTime(
            f"{skipped} does not exist on {format_date(day.isoformat())} in"
            f" {times.zone_name} because clocks go forward then. Choose another time."
        )
    return int(there.timestamp()) * 1000


def date_forms(times: TimeFormat) -> str:
    """Return how a date can be typed, as a sentence."""
    if times.month_first:
        return "Type month, day and year, for example 8/31/2026."
    return "Type it as Aug 31, 2026 or 2026-08-31."


def time_forms(times: TimeFormat) -> str:
    """Return how a time can be typed, as a sentence."""
    example = "11/1/2026 5:49 PM" if times.month_first else "Nov 1, 2026 17:49"
    return f"Type 5:49 PM or 17:49, for another day {example}."


class _Reader:
    """One text that was typed, and what its words can mean."""

    def __init__(self, text: str, today: str, times: TimeFormat, *, past: bool) -> None:
        self._text = text
        self._today = date.fromisoformat(today)
        self._times = times
        self._past = past

    def find_day_time(self) -> tuple[date, tuple[int, int, int]]:
        """Return the day, and hour, minute and second.

        Raises:
            UnreadableTime: if there are none, or could be two.
        """
        # Before digits, or 'T' between a date and a time would be part of a word.
        words = _words(re.sub(r"(?<=\d)T(?=\d)", " ", self._text))
        # 'Sep 1 2026' would else be 8:26 PM on some September 1.
        if self.find_date(words) is None:
            for clock, day_words in _split_words(words):
                match = _TIME.fullmatch(clock)
                day = self.find_date(day_words) if day_words else self._today
                if (match or clock == "noon") and day is not None:
                    iso = bool(day_words) and bool(_ISO.fullmatch(day_words[0]))
                    return day, self._read_time(match, iso=iso)
        raise UnreadableTime(
            f"{_quote(self._text)} is not a time. {time_forms(self._times)}"
        )

    def _read_time(
        self, match: re.Match[str] | None, *, iso: bool
    ) -> tuple[int, int, int]:
        if match is None:
            return NOON, 0, 0
        hour, minute, second = (
            int(match[one] or 0) for one in ("hour", "minute", "second")
        )
        half, digits = match["half"], len(match["hour"])
        plain_24 = digits == DIGITS_24_HOUR and (hour < 10 or match["colon"] == "")
        complete = match["minute"] and (match["colon"] or digits == DIGITS_24_HOUR)
        if half and 1 <= hour <= NOON and minute < 60 and second < 60:
            return hour % NOON + NOON * (half == "p"), minute, second
        if half or not complete or hour > 23 or minute > 59 or second > 59:
            raise UnreadableTime(
                f"{_quote(self._text)} is not a time. {time_forms(self._times)}"
            )
        if self._times.twelve_hour and 1 <= hour <= NOON and not (iso or plain_24):
            raise UnreadableTime(
                f"{_quote(self._text)} can be morning or afternoon. Type"
                f" {match[0]} AM or {match[0]} PM."
            )
        return hour, minute, second

    def find_date(self, words: Sequence[str]) -> date | None:
        """Return the day that these words mean, or `None` if they are no date.

        Raises:
            UnreadableTime: if they can be two, or name another weekday.
        """
        if len(words) == 1 and words[0] in _NEAR:
            return self._today + timedelta(days=_NEAR[words[0]])
        weekday = _find_name(words[0], WEEKDAYS) if words else None
        if weekday is None:
            return self._find_written(words)
        if len(words) == 1:
            ahead = (weekday - self._today.weekday()) % 7
            behind = (self._today.weekday() - weekday) % 7
            days = -behind if self._past else ahead
            return self._today + timedelta(days=days)
        found = self._find_written(words[1:])
        if found is not None and found.weekday() != weekday:
            raise UnreadableTime(
                f"{_quote(self._text)} is not a date: {format_date(found.isoformat())}"
                f" is a {WEEKDAYS[found.weekday()]}. {date_forms(self._times)}"
            )
        return found

    def _find_written(self, words: Sequence[str]) -> date | None:
        if len(words) == 1:
            if match := _ISO.fullmatch(words[0]):
                return _make_date(int(match[1]), int(match[3]), int(match[4]))
            if match := _NUMBERS.fullmatch(words[0]):
                month, of_month = self._order(int(match[1]), int(match[3]))
                return self._in_year(month, of_month, match[4] or "")
        if len(words) in {2, 3}:
            first, second, *year = words
            if _find_name(first, MONTHS) is None:
                first, second = second, first
            name, day = _find_name(first, MONTHS), _DAY.fullmatch(second)
            if name is None or day is None or not all(map(_YEAR.fullmatch, year)):
                return None
            return self._in_year(name + 1, int(day[1]), "".join(year))
        return None

    def _order(self, first: int, second: int) -> tuple[int, int]:
        """Return month and day of two numbers.

        Raises:
            UnreadableTime: if either could be the month, and no custom says which.
        """
        if self._times.month_first or first == second:
            return first, second
        if 1 <= first <= len(MONTHS) and 1 <= second <= len(MONTHS):
            raise UnreadableTime(
                f"{_quote(self._text)} can be {MONTHS[first - 1]} {second} or"
                f" {MONTHS[second - 1]} {first}. {date_forms(self._times)}"
            )
        return (second, first) if first > len(MONTHS) else (first, second)

    def _in_year(self, month: int, of_month: int, year: str) -> date | None:
        if len(year) == len("2026"):
            return _make_date(int(year), month, of_month)
        this = self._today.year
        if year:
            full = this - this % 100 + int(year)
            full -= 100 * (full > this + AHEAD_YEARS)
            return _make_date(full, month, of_month)
        if self._past:
            days = (_make_date(this - back, month, of_month) for back in range(9))
            return next((one for one in days if one and one <= self._today), None)
        days = (_make_date(this + ahead, month, of_month) for ahead in range(9))
        return next((one for one in days if one and one >= self._today), None)


def _words(text: str) -> list[str]:
    words = text.casefold().replace(",", " ").split()
    return [one for one in words if one not in _JOINING]


def _split_words(words: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield what can be a time at the end or at the start, and the words beside it."""
    for count in (1, 2):
        if len(words) >= count:
            yield " ".join(words[-count:]), words[:-count]
    for count in (1, 2):
        if len(words) > count:
            yield " ".join(words[:count]), words[count:]


def _find_name(word: str, names: Sequence[str]) -> int | None:
    """Return the place of a name that is written whole, or as its first letters."""
    plain = word.removesuffix(".")
    for place, name in enumerate(names):
        if len(plain) >= 3 and name.casefold().startswith(plain):
            return place
    return None


def _make_date(year: int, month: int, of_month: int) -> date | None:
    try:
        return date(year, month, of_month) if year in YEARS else None
    except ValueError:
        return None


def _quote(text: str) -> str:
    return f'"{visible(text.strip(), SHOWN)}"'
