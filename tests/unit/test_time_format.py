"""Times are written as people at the center read them, and read again as they are written."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cptkiosk.domain.time.calendar import format_date
from cptkiosk.times.format import TimeFormat, choose_format, file_name_time
from cptkiosk.times.parse import read_date, read_instant

CHICAGO = choose_format("America/Chicago", "auto")
BERLIN = choose_format("Europe/Berlin", "auto")
MONDAY_MS = int(datetime(2026, 8, 31, 20, 11, 17, tzinfo=UTC).timestamp()) * 1000
"""3:11:17 PM in Chicago, 22:11:17 in Berlin."""

ZONES = st.sampled_from(["America/Chicago", "America/Phoenix", "Europe/Berlin", "UTC"])
CLOCKS = st.sampled_from(["auto", "12", "24"])
MINUTES = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001 - a zone is put to it
    datetime(2059, 12, 31),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
).map(lambda one: int(one.timestamp()) // 60 * 60_000)


@pytest.mark.parametrize(
    ("zone", "clock", "time"),
    [
        ("America/Chicago", "auto", "3:11 PM"),
        ("America/Chicago", "24", "15:11"),
        ("Europe/Berlin", "auto", "22:11"),
        ("Europe/Berlin", "12", "10:11 PM"),
        ("UTC", "auto", "20:11"),
        ("", "auto", "20:11"),
    ],
)
def test_the_clock_is_the_policy_or_the_custom_of_the_zone(
    zone: str, clock: str, time: str
) -> None:
    assert choose_format(zone, clock).format_time(MONDAY_MS) == time


def test_each_form_is_written_on_either_clock() -> None:
    assert [
        CHICAGO.format_seconds(MONDAY_MS),
        CHICAGO.format_clock(MONDAY_MS),
        CHICAGO.format_day_time(MONDAY_MS),
        CHICAGO.format_whole(MONDAY_MS),
        CHICAGO.format_record(MONDAY_MS),
    ] == [
        "3:11:17 PM",
        "3:11:17 PM CDT",
        "Aug 31, 2026, 3:11 PM",
        "Monday, Aug 31, 2026, 3:11 PM CDT",
        "Aug 31, 2026, 3:11:17 PM CDT (20:11:17 UTC)",
    ]
    assert BERLIN.format_record(MONDAY_MS) == (
        "Aug 31, 2026, 22:11:17 CEST (20:11:17 UTC)"
    )
    assert file_name_time(MONDAY_MS) == "20260831-201117Z"


@pytest.mark.parametrize(
    ("hour", "time"),
    [(0, "12:05 AM"), (1, "1:05 AM"), (12, "12:05 PM"), (13, "1:05 PM")],
)
def test_midnight_and_noon_are_twelve(hour: int, time: str) -> None:
    there = datetime(2026, 8, 31, hour, 5, tzinfo=CHICAGO.zone)
    assert CHICAGO.format_time(int(there.timestamp()) * 1000) == time


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, "3:11 PM"),
        (1, "Sun 3:11 PM"),
        (-6, "Sun 3:11 PM"),
        (7, "Aug 24, 2026"),
        (400, "Jul 27, 2025"),
    ],
)
def test_what_is_near_is_told_by_its_weekday_else_by_its_date(
    days: int, text: str
) -> None:
    then_ms = MONDAY_MS - days * 86_400_000
    assert CHICAGO.format_near(then_ms, MONDAY_MS) == text


def test_a_date_is_written_with_the_name_of_its_month() -> None:
    assert format_date("2026-08-31") == "Aug 31, 2026"
    assert format_date("") == ""
    assert format_date("soon") == "soon"


@given(zone=ZONES, clock=CLOCKS, at_ms=MINUTES)
def test_a_time_that_is_written_is_read_again(
    zone: str, clock: str, at_ms: int
) -> None:
    times = choose_format(zone, clock)
    if times.find_local(at_ms).fold:
        return  # The second of two such hours has no words of its own.
    today = times.find_date(at_ms)
    written = times.format_day_time(at_ms)
    assert read_instant(written, "2026-11-23", times) == at_ms
    assert read_instant(times.format_time(at_ms), today, times) == at_ms
    whole, _ = times.format_whole(at_ms).rsplit(" ", 1)
    assert read_instant(whole, today, times) == at_ms
    seconds = times.format_seconds(at_ms + 59_000)
    assert read_instant(seconds, today, times) == at_ms + 59_000


@given(
    zone=ZONES, day=st.dates(date(1900, 1, 1), date(2099, 12, 31)), past=st.booleans()
)
def test_a_date_that_is_written_is_read_again(zone: str, day: date, past: bool) -> None:
    times, iso = choose_format(zone, "auto"), day.isoformat()
    assert read_date(format_date(iso), "2026-11-23", times, past=past) == iso


def test_an_hour_of_a_foreign_offset_is_that_of_its_zone() -> None:
    times = TimeFormat(ZoneInfo("Asia/Kathmandu"), twelve_hour=False, month_first=False)
    assert times.format_time(MONDAY_MS) == "01:56"
    there = times.find_local(MONDAY_MS)
    assert there.utcoffset() == timedelta(hours=5, minutes=45)
