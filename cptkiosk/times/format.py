"""Dates and times as people at a center read them.

One way for screens, the command line's answers, reports, slips and the rehearsal. What
programs read, such as JSON, CSV and names of files, keeps ISO dates and UTC.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from cptkiosk.domain.time.calendar import write_date
from cptkiosk.domain.values import DAY_MS
from cptkiosk.times.zones import is_us_zone, name_zone

NOON: Final = 12
WEEKDAYS: Final = (
    *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
)


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """How a center writes times: in which zone, and on which clock.

    Instants are milliseconds UTC.
    """

    zone: ZoneInfo
    twelve_hour: bool
    """Whether the center writes 3:11 PM; else it writes 15:11."""

    month_first: bool
    """Whether 5/6 is May 6 here, as it is in the United States."""

    def find_local(self, utc_ms: int) -> datetime:
        """Return an instant as local time, whole seconds."""
        return datetime.fromtimestamp(utc_ms // 1000, self.zone)

    def find_date(self, utc_ms: int) -> str:
        """Return the ISO date at the center."""
        return self.find_local(utc_ms).date().isoformat()

    def format_time(self, utc_ms: int) -> str:
        """Return '3:11 PM' or '15:11'."""
        # Drawn for every row: no call more.
        moment = datetime.fromtimestamp(utc_ms // 1000, self.zone)
        return self.write_time(moment, "{:%M}")

    def format_seconds(self, utc_ms: int) -> str:
        """Return '3:11:17 PM' or '15:11:17'."""
        moment = datetime.fromtimestamp(utc_ms // 1000, self.zone)
        return self.write_time(moment, "{:%M:%S}")

    def format_clock(self, utc_ms: int) -> str:
        """Return the clock on the wall with its zone: '3:11:17 PM CST'."""
        moment = self.find_local(utc_ms)
        return f"{self.write_time(moment, '{:%M:%S}')} {moment:%Z}"

    def format_day_time(self, utc_ms: int) -> str:
        """Return 'Aug 31, 2026, 3:11 PM'."""
        moment = self.find_local(utc_ms)
        return f"{write_date(moment)}, {self.write_time(moment, '{:%M}')}"

    def format_in_zone(self, utc_ms: int) -> str:
        """Return 'Aug 31, 2026, 3:11 PM CDT'."""
        return f"{self.format_day_time(utc_ms)} {self.find_local(utc_ms):%Z}"

    def format_whole(self, utc_ms: int) -> str:
        """Return 'Monday, Aug 31, 2026, 3:11 PM CDT', to read back what was typed."""
        day = WEEKDAYS[self.find_local(utc_ms).weekday()]
        return f"{day}, {self.format_in_zone(utc_ms)}"

    def format_record(self, utc_ms: int) -> str:
        """Return 'Aug 31, 2026, 3:11:17 PM CDT (20:11:17 UTC)', to stand in a report."""
        moment = self.find_local(utc_ms)
        utc = datetime.fromtimestamp(utc_ms // 1000, UTC)
        time = self.write_time(moment, "{:%M:%S}")
        said = f"{write_date(moment)}, {time} {moment:%Z}"
        return said if f"{moment:%Z}" == "UTC" else f"{said} ({utc:%H:%M:%S} UTC)"

    def format_near(self, utc_ms: int, now_utc_ms: int) -> str:
        """Return the time of today; within a week 'Fri 3:11 PM'; else the date."""
        moment, now = self.find_local(utc_ms), self.find_local(now_utc_ms)
        if moment.date() == now.date():
            return self.write_time(moment, "{:%M}")
        if abs(utc_ms - now_utc_ms) < 7 * DAY_MS:
            day = WEEKDAYS[moment.weekday()][:3]
            return f"{day} {self.write_time(moment, '{:%M}')}"
        return write_date(moment)

    @property
    def zone_name(self) -> str:
        """What the zone is called here: 'Central time', else 'Europe/Berlin'."""
        return name_zone(self.zone.key)

    def write_time(self, moment: datetime, rest: str) -> str:
        """Return a local time of day; `rest` is the format of what follows the hour."""
        after = rest.format(moment)
        if not self.twelve_hour:
            return f"{moment.hour:02}:{after}"
        half = "AM" if moment.hour < NOON else "PM"
        return f"{moment.hour % NOON or NOON}:{after} {half}"


def file_name_time(utc_ms: int) -> str:
    """Return an instant for the middle of a file's name: '20261123-200210Z'."""
    return f"{datetime.fromtimestamp(utc_ms // 1000, UTC):%Y%m%d-%H%M%SZ}"


@cache
def choose_format(zone_name: str, clock: str) -> TimeFormat:
    """Return how times are written in a zone.

    Args:
        zone_name: such as 'America/Chicago'; empty for UTC.
        clock: the center's policy: '12', '24', or 'auto' for 12 in the United States.
    """
    in_us = is_us_zone(zone_name)
    twelve_hour = in_us if clock == "auto" else clock == "12"
    return TimeFormat(ZoneInfo(zone_name or "UTC"), twelve_hour, in_us)
