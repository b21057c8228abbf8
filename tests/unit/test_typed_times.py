"""Dates and times are taken as Americans type them, on screens and command lines."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from cptkiosk.typed_times import UnreadableTime, date_typed, instant_typed

ZONE = ZoneInfo("America/Chicago")
TODAY = "2026-11-23"


def local(text: str, zone: ZoneInfo = ZONE) -> str:
    ms = instant_typed(text, TODAY, zone)
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone).isoformat(" ")[:19]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("17:49", "2026-11-23 17:49:00"),
        ("5:49pm", "2026-11-23 17:49:00"),
        ("5:49 PM", "2026-11-23 17:49:00"),
        (" 5:49 p.m. ", "2026-11-23 17:49:00"),
        ("5pm", "2026-11-23 17:00:00"),
        ("12:05 am", "2026-11-23 00:05:00"),
        ("12:05 PM", "2026-11-23 12:05:00"),
        ("3:11:17 PM", "2026-11-23 15:11:17"),
        ("11/1/2026 5:49pm", "2026-11-01 17:49:00"),
        ("11/01/2026, 17:49", "2026-11-01 17:49:00"),
        ("2026-11-01 5:49 PM", "2026-11-01 17:49:00"),
        ("2026-11-01T17:49", "2026-11-01 17:49:00"),
    ],
)
def test_a_time_is_taken_as_it_is_typed(typed: str, meant: str) -> None:
    assert local(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        *("", "5", "17", "25:00", "17:60", "13:00 pm", "0:30 am", "noonish"),
        *("11/1/2026", "25/12/2026 9:00", "2026-02-30 9:00", "11/1/26 9:00"),
        *("9999-12-31 23:59", "\u0661:30", "5:49 PM tomorrow"),
    ],
)
def test_what_is_no_time_is_answered_with_what_to_type(typed: str) -> None:
    with pytest.raises(UnreadableTime, match="Type 5:49 PM or 17:49"):
        instant_typed(typed, TODAY, ZONE)


def test_a_time_that_the_clocks_skip_is_no_time() -> None:
    with pytest.raises(UnreadableTime, match="because clocks go forward"):
        instant_typed("3/8/2026 2:30 AM", TODAY, ZONE)


@pytest.mark.parametrize(
    "typed", ["8/31/2026", "08/31/2026", "2026-08-31", " 2026-8-31"]
)
def test_a_date_is_taken_month_first_or_year_first(typed: str) -> None:
    assert date_typed(typed) == "2026-08-31"


@pytest.mark.parametrize(
    "typed", ["31/8/2026", "2026-02-30", "8/31/26", "May", "20260831"]
)
def test_what_is_no_date_is_answered_with_what_to_type(typed: str) -> None:
    with pytest.raises(UnreadableTime, match="for example 8/31/2026"):
        date_typed(typed)
