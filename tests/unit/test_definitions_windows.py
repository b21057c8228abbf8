"""Testing windows: the days and hours a center may write down."""

import pytest

from cptkiosk.domain.modules import Window, parse_window


@pytest.mark.parametrize(
    ("text", "days", "opens", "closes"),
    [
        ("mon-fri 07:00-21:00", {0, 1, 2, 3, 4}, 420, 1260),
        ("sat 08:00-16:00", {5}, 480, 960),
        ("sat,sun 08:00-16:00", {5, 6}, 480, 960),
        ("mon,wed-fri 08:30-12:05", {0, 2, 3, 4}, 510, 725),
        ("mon-sun 00:00-24:00", {0, 1, 2, 3, 4, 5, 6}, 0, 1440),
        ("sun 23:59-24:00", {6}, 1439, 1440),
        ("tue-tue 00:00-00:01", {1}, 0, 1),
        (" Mon-FRI  07:00-21:00 ", {0, 1, 2, 3, 4}, 420, 1260),
    ],
)
def test_a_window_is_days_and_minutes_of_the_day(
    text: str, days: set[int], opens: int, closes: int
) -> None:
    assert parse_window(text) == Window(frozenset(days), opens, closes)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not days and hours"),
        ("mon-fri", "is not days and hours"),
        ("07:00-21:00", "is not days and hours"),
        ("mon 7:00-21:00", "is not days and hours"),
        ("mon 07:60-21:00", "is not days and hours"),
        ("mon 07:00 - 21:00", "is not days and hours"),
        ("mon fri 07:00-21:00", "is not days and hours"),
        ("mon 07:00-24:01", "closes after 24:00"),
        ("mon 07:00-25:00", "closes after 24:00"),
        ("mon 24:00-24:00", "does not close after it opens"),
        ("mon 07:00-07:00", "does not close after it opens"),
        ("fri 18:00-02:00", "does not close after it opens"),
        ("monday 07:00-21:00", 'has "monday", not one of mon, tue, wed'),
        ("mon-mittwoch 07:00-21:00", 'has "mittwoch", not one of'),
        ("mon, 07:00-21:00", 'has "", not one of'),
        ("mon-tue-wed 07:00-21:00", 'has "tue-wed", not one of'),
        ("-fri 07:00-21:00", 'has "", not one of'),
        ("fri-mon 07:00-21:00", "has mon before fri"),
    ],
)
def test_an_impossible_window_is_refused_with_its_reason(
    text: str, reason: str
) -> None:
    with pytest.raises(ValueError, match=f'^"{text}" {reason}'):
        parse_window(text)


@pytest.mark.parametrize(
    "text",
    [
        "mon-fri 07:00-21:00",
        "sat 08:05-24:00",
        "sat-sun 00:00-16:00",
        "mon,wed,fri 09:00-12:30",
    ],
)
def test_a_window_is_shown_as_it_is_written(text: str) -> None:
    assert parse_window(text).text == text
