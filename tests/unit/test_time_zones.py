"""A center's time zone is a place, so that its summer times are right."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cptkiosk.cli import main as cli
from cptkiosk.errors import ExitCode
from cptkiosk.times import zones as time_zones
from cptkiosk.times.zones import UnknownZone, describe_zone, is_us_zone, zone_meant


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
        ("EST", "America/New_York"),
        ("EST5EDT", "America/New_York"),
        ("cdt", "America/Chicago"),
        ("pst", "America/Los_Angeles"),
        ("HST", "Pacific/Honolulu"),
        ("MDT", "America/Denver"),
        ("New York City", "America/New_York"),
        ("Saint Paul", "America/Chicago"),
        ("Springfield, IL", "America/Chicago"),
        ("springfield ma", "America/New_York"),
        ("Columbus", "America/New_York"),
        ("Berlin", "Europe/Berlin"),
        ("UTC", "UTC"),
        ("Etc/UTC", "UTC"),
    ],
)
def test_a_place_or_a_region_is_the_zone_of_its_city(typed: str, zone: str) -> None:
    assert zone_meant(typed) == zone
    assert ZoneInfo(zone).key == zone


@pytest.mark.parametrize(
    ("typed", "cities"),
    [
        ("MST", "Type Denver or Phoenix"),
        ("Aurora", "Type Aurora, CO or Aurora, IL"),
        ("Springfield", "Type Springfield, IL or Springfield, MA or Springfield, MO"),
    ],
)
def test_what_can_be_two_zones_is_answered_with_both(typed: str, cities: str) -> None:
    with pytest.raises(UnknownZone, match=cities):
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
def test_an_unknown_place_is_answered_with_an_example(typed: str) -> None:
    with pytest.raises(UnknownZone, match="Type a city or a zone, for example Chicago"):
        zone_meant(typed)


def test_every_zone_that_is_offered_exists() -> None:
    cities = time_zones._zones_by_city().values()
    for zone in {
        *time_zones._REGIONS.values(),
        *(z for one in cities for z in one.values()),
    }:
        assert ZoneInfo(zone).key == zone
        assert is_us_zone(zone)


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("America/Chicago", "Central time (America/Chicago)"),
        ("America/Indianapolis", "Eastern time (America/Indianapolis)"),
        ("US/Pacific", "Pacific time (US/Pacific)"),
        ("America/Phoenix", "Arizona time (America/Phoenix)"),
        ("America/Puerto_Rico", "Atlantic time (America/Puerto_Rico)"),
        ("Pacific/Guam", "Pacific/Guam"),
    ],
)
def test_a_zone_of_the_united_states_is_called_as_people_call_it(
    zone: str, name: str
) -> None:
    assert is_us_zone(zone)
    assert describe_zone(zone) == name


@pytest.mark.parametrize(
    "zone",
    ["Europe/Berlin", "America/Toronto", "America/Antigua", "Asia/Shanghai", "UTC"],
)
def test_a_zone_elsewhere_keeps_its_own_name(zone: str) -> None:
    assert not is_us_zone(zone)
    assert describe_zone(zone) == zone


def test_the_command_line_takes_and_refuses_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--data-dir", str(tmp_path), "center", "init", "--name", "North"]
    command += ["--site-code", "T-1", "--coordinator", "Dana Ortiz", "--tz"]
    assert cli.main([*command, "MST"]) == ExitCode.USAGE
    said = " ".join(capsys.readouterr().err.split())
    assert '"MST" can be Mountain time or Arizona time. Type Denver or Phoenix.' in said
    assert "Nothing was changed." in said
