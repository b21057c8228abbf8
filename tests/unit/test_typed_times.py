"""Dates and times are taken as people type them, on screens and command lines."""

from datetime import UTC, datetime

import pytest

from cptkiosk.times.format import TimeFormat, choose_format
from cptkiosk.times.parse import UnreadableTime, read_date, read_instant

HERE = choose_format("America/Chicago", "auto")
BERLIN = choose_format("Europe/Berlin", "auto")
TODAY = "2026-11-23"
"""A Monday."""


def local(text: str, times: TimeFormat = HERE, *, past: bool = False) -> str:
    ms = read_instant(text, TODAY, times, past=past)
    there = datetime.fromtimestamp(ms / 1000, UTC).astimezone(times.zone)
    return there.isoformat(" ")[:19]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("17:49", "2026-11-23 17:49:00"),
        ("5:49pm", "2026-11-23 17:49:00"),
        ("5:49 PM", "2026-11-23 17:49:00"),
        (" 5:49 p.m. ", "2026-11-23 17:49:00"),
        ("5pm", "2026-11-23 17:00:00"),
        ("2 pm", "2026-11-23 14:00:00"),
        ("2p", "2026-11-23 14:00:00"),
        ("2:30p", "2026-11-23 14:30:00"),
        ("230p", "2026-11-23 14:30:00"),
        ("1430", "2026-11-23 14:30:00"),
        ("0930", "2026-11-23 09:30:00"),
        ("09:30", "2026-11-23 09:30:00"),
        ("9:30a", "2026-11-23 09:30:00"),
        ("noon", "2026-11-23 12:00:00"),
        ("12:05 am", "2026-11-23 00:05:00"),
        ("12:05 PM", "2026-11-23 12:05:00"),
        ("3:11:17 PM", "2026-11-23 15:11:17"),
        ("11/1/2026 5:49pm", "2026-11-01 17:49:00"),
        ("11/01/2026, 17:49", "2026-11-01 17:49:00"),
        ("11/1/26 5:49 pm", "2026-11-01 17:49:00"),
        ("2026-11-01 5:49 PM", "2026-11-01 17:49:00"),
        ("2026-11-01T17:49", "2026-11-01 17:49:00"),
        ("2026-11-01 9:00", "2026-11-01 09:00:00"),
        ("5:49 PM tomorrow", "2026-11-24 17:49:00"),
        ("tomorrow at noon", "2026-11-24 12:00:00"),
        ("yesterday 2 pm", "2026-11-22 14:00:00"),
        ("Friday 2 pm", "2026-11-27 14:00:00"),
        ("Dec 1, 2 pm", "2026-12-01 14:00:00"),
        ("dec 1 1430", "2026-12-01 14:30:00"),
        ("Tuesday, Dec 1, 2026, 2:00 PM", "2026-12-01 14:00:00"),
    ],
)
def test_a_time_is_taken_as_it_is_typed(typed: str, meant: str) -> None:
    assert local(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        *("", "5", "17", "930", "25:00", "17:60", "13:00 pm", "0:30 am", "noonish"),
        *("11/1/2026", "25/12/2026 9:00", "2026-02-30 9:00", "Nov 1, 2026", "24:00"),
        *("9999-12-31 23:59", "\u0661:30", "midnight", "14:30:75", "2 pm 3 pm"),
    ],
)
def test_an_invalid_time_is_answered_with_the_accepted_form(typed: str) -> None:
    with pytest.raises(UnreadableTime, match="Type 5:49 PM or 17:49") as refused:
        read_instant(typed, TODAY, HERE)
    assert f'"{typed}" is not a time.' in str(refused.value)


def test_on_a_12_hour_clock_morning_or_afternoon_is_said() -> None:
    with pytest.raises(UnreadableTime, match="Type 2:30 AM or 2:30 PM"):
        read_instant("tomorrow 2:30", TODAY, HERE)
    assert local("2:30", BERLIN) == "2026-11-23 02:30:00"
    assert local("2:30", choose_format("America/Chicago", "24")).endswith("02:30:00")
    with pytest.raises(UnreadableTime, match="morning or afternoon"):
        read_instant("2:30", TODAY, choose_format("Europe/Berlin", "12"))


def test_a_time_that_the_clocks_skip_is_no_time() -> None:
    with pytest.raises(UnreadableTime, match="because clocks go forward") as refused:
        read_instant("3/8/2026 2:30 AM", TODAY, HERE)
    assert "2:30 AM does not exist on Mar 8, 2026 in Central time" in str(refused.value)


def test_a_time_that_comes_twice_is_the_first() -> None:
    first_ms = read_instant("11/1/2026 1:30 AM", TODAY, HERE)
    assert HERE.format_clock(first_ms) == "1:30:00 AM CDT"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("8/31/2026", "2026-08-31"),
        ("08/31/2026", "2026-08-31"),
        ("2026-08-31", "2026-08-31"),
        (" 2026-8-31", "2026-08-31"),
        ("9/1/26", "2026-09-01"),
        ("9-1-2026", "2026-09-01"),
        ("9-1-26", "2026-09-01"),
        ("September 1, 2026", "2026-09-01"),
        ("Sept. 1st 2026", "2026-09-01"),
        ("1 Sep 2026", "2026-09-01"),
        ("5/6/2026", "2026-05-06"),
        ("9/1/98", "1998-09-01"),
        ("today", "2026-11-23"),
        ("Tomorrow", "2026-11-24"),
        ("yesterday", "2026-11-22"),
        ("Mon", "2026-11-23"),
        ("Sep 1", "2027-09-01"),
        ("9/1", "2027-09-01"),
        ("sunday", "2026-11-29"),
        ("Feb 29", "2028-02-29"),
    ],
)
def test_a_date_is_taken_as_it_is_typed(typed: str, meant: str) -> None:
    assert read_date(typed, TODAY, HERE) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Sep 1", "2026-09-01"),
        ("12/24", "2025-12-24"),
        ("sunday", "2026-11-22"),
        ("Monday", "2026-11-23"),
        ("Feb 29", "2024-02-29"),
    ],
)
def test_of_what_is_past_a_short_date_is_the_last_one(typed: str, meant: str) -> None:
    assert read_date(typed, TODAY, HERE, past=True) == meant


@pytest.mark.parametrize(
    "typed",
    ["31/8/2026", "2026-02-30", "2/30/2026", "May", "20260831", "9/1-26", "Sep 1 26"],
)
def test_an_invalid_date_is_answered_with_the_accepted_form(typed: str) -> None:
    with pytest.raises(UnreadableTime, match="for example 8/31/2026") as refused:
        read_date(typed, TODAY, HERE)
    assert f'"{typed}" is not a date.' in str(refused.value)


def test_a_weekday_must_be_that_of_its_date() -> None:
    assert read_date("Tue, Sep 1, 2026", TODAY, HERE) == "2026-09-01"
    with pytest.raises(UnreadableTime, match="Sep 1, 2026 is a Tuesday"):
        read_date("Fri, Sep 1, 2026", TODAY, HERE)


def test_outside_the_united_states_month_and_day_are_not_guessed() -> None:
    with pytest.raises(UnreadableTime, match="can be May 6 or June 5") as refused:
        read_date("5/6/2026", TODAY, BERLIN)
    assert "Type it as Aug 31, 2026 or 2026-08-31." in str(refused.value)
    assert read_date("25/12/2026", TODAY, BERLIN) == "2026-12-25"
    assert read_date("12/25/2026", TODAY, BERLIN) == "2026-12-25"
    assert read_date("5/5/2026", TODAY, BERLIN) == "2026-05-05"
    assert read_date("6 May 2026", TODAY, BERLIN) == "2026-05-06"
