"""A center's time zone is a place, so that its summer times are right."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cptkiosk import time_zones
from cptkiosk.cli import main as cli
from cptkiosk.errors import ExitCode
from cptkiosk.time_zones import UnknownZone, zone_meant


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("America/Chicago", "America/Chicago"),
        ("america/new_york", "America/New_York"),
        ("New York", "America/New_York"),
        (" chicago ", "America/Chicago"),
        ("Indianapolis", "America/Indianapolis"),
        ("Nashville", "America/Chicago"),
        ("St. Louis", "America/Chicago"),
        ("Eastern", "America/New_York"),
        ("Eastern time", "America/New_York"),
        ("Eastern Standard Time", "America/New_York"),
        ("ET", "America/New_York"),
        ("Central", "America/Chicago"),
        ("CT", "America/Chicago"),
        ("Mountain", "America/Denver"),
        ("Pacific", "America/Los_Angeles"),
        ("Arizona", "America/Phoenix"),
        ("Alaska", "America/Anchorage"),
        ("Hawaii", "Pacific/Honolulu"),
        ("Honolulu", "Pacific/Honolulu"),
        ("US/Eastern", "US/Eastern"),
        ("Berlin", "Europe/Berlin"),
        ("UTC", "UTC"),
        ("Etc/UTC", "UTC"),
    ],
)
def test_a_place_or_a_region_is_the_zone_of_its_city(typed: str, zone: str) -> None:
    assert zone_meant(typed) == zone
    assert ZoneInfo(zone).key == zone


@pytest.mark.parametrize(
    ("typed", "city"),
    [
        ("EST", "New York"),
        ("EST5EDT", "New York"),
        ("CST", "Chicago"),
        ("MST", "Denver or Phoenix"),
        ("pst", "Los Angeles"),
        ("HST", "Honolulu"),
    ],
)
def test_an_abbreviation_is_answered_with_the_city_to_type(
    typed: str, city: str
) -> None:
    with pytest.raises(UnknownZone, match=f"Type a city, for example {city}"):
        zone_meant(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "Mars",
        "Etc/GMT+5",
        "GMT",
        "GMT-5",
        "UTC-5",
        "-05:00",
        "Etc/Zulu",
        "EET",
        "local",
    ],
)
def test_what_names_no_place_is_answered_with_an_example(typed: str) -> None:
    with pytest.raises(UnknownZone, match="Type a city, for example New York"):
        zone_meant(typed)


def test_every_zone_that_is_offered_exists() -> None:
    for zone in (*time_zones._REGIONS.values(), *time_zones._CITIES):
        assert ZoneInfo(zone).key == zone


def test_the_command_line_takes_and_refuses_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--data-dir", str(tmp_path), "center", "init", "--name", "North"]
    command += ["--site-code", "T-1", "--coordinator", "Dana Ortiz", "--tz"]
    assert cli.main([*command, "EST"]) == ExitCode.USAGE
    said = " ".join(capsys.readouterr().err.split())
    assert '"EST" does not name a place. Type a city, for example New York.' in said
    assert "Nothing was changed." in said
