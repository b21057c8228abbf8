"""The time zone that someone means by what they type, and what it is called.

A zone is kept as a place, such as America/New_York: one without daylight saving time,
such as EST, would put every summer time an hour off. So "EST" is read as Eastern time.
"""

import tomllib
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from cptkiosk.domain.text import visible
from cptkiosk.host.resources import data_root

UTC: Final = "UTC"
SHOWN: Final = 40
"""So many cells of what was typed are shown in a sentence about it."""

EXAMPLES: Final = "Type a city or a zone, for example Chicago or Central time."
YEAR: Final = 2026
"""Whose winter and summer tell zones apart."""

US_COUNTRIES: Final = frozenset({"US", "PR", "VI", "GU", "MP", "AS"})
"""The United States and its territories, as tz's table of countries has them."""

_REGIONS: Final = {
    "eastern": "America/New_York",
    "central": "America/Chicago",
    "mountain": "America/Denver",
    "arizona": "America/Phoenix",
    "pacific": "America/Los_Angeles",
    "alaska": "America/Anchorage",
    "hawaii": "Pacific/Honolulu",
    "puerto rico": "America/Puerto_Rico",
}
"""The zones of the United States as people call them; "time" may follow."""

_SHORT: Final = {
    **dict.fromkeys(("et", "est", "edt", "est5edt"), "eastern"),
    **dict.fromkeys(("ct", "cst", "cdt", "cst6cdt"), "central"),
    **dict.fromkeys(("mt", "mdt", "mst7mdt"), "mountain"),
    **dict.fromkeys(("pt", "pst", "pdt", "pst8pdt"), "pacific"),
    **dict.fromkeys(("akt", "akst", "akdt"), "alaska"),
    **dict.fromkeys(("hst", "hdt"), "hawaii"),
}
"""What people write for them for short."""

_ALSO_ARIZONA: Final = "mst"
"""Means Mountain time in winter, or Arizona's all year: no one can tell which."""

_ENDINGS: Final = (
    " standard time",
    " daylight time",
    " time",
    " standard",
    " daylight",
)

_CLOCKS: Final[dict[tuple[str, ...], str]] = {
    ("EST", "EDT"): "Eastern time",
    ("CST", "CDT"): "Central time",
    ("MST", "MDT"): "Mountain time",
    ("MST", "MST"): "Arizona time",
    ("PST", "PDT"): "Pacific time",
    ("AKST", "AKDT"): "Alaska time",
    ("HST", "HST"): "Hawaii time",
    ("HST", "HDT"): "Hawaii-Aleutian time",
    ("AST", "AST"): "Atlantic time",
}
"""What Americans call the time whose winter and summer are written so."""


class UnknownZone(ValueError):
    """What was typed is no time zone to rely on; says what to type."""


def zone_meant(text: str) -> str:
    """Return the zone that someone means, such as America/Chicago.

    Raises:
        UnknownZone: with a sentence, if it is none, or could be more than one.
    """
    wanted = _plain(text)
    for ending in _ENDINGS:
        wanted = wanted.removesuffix(ending)
    shown = visible(text.strip(), SHOWN)
    if wanted in {"utc", "etc/utc"}:
        return UTC
    if wanted == _ALSO_ARIZONA:
        raise UnknownZone(
            f'"{shown}" can be Mountain time or Arizona time. Type Denver or Phoenix.'
        )
    if region := _REGIONS.get(_SHORT.get(wanted, wanted)):
        return region
    found = _zones_by_city().get(wanted, {})
    if len(set(found.values())) > 1:
        raise UnknownZone(
            f'"{shown}" is more than one city. Type {" or ".join(sorted(found))}.'
        )
    for zone in (*found.values(), _zones_by_place().get(wanted, "")):
        if zone:
            return zone
    raise UnknownZone(f'"{shown}" is not a time zone. {EXAMPLES}')


@cache
def name_zone(zone: str) -> str:
    """Return what people call the time of a zone: 'Central time', else its own name."""
    if not is_us_zone(zone):
        return zone or UTC
    places = ZoneInfo(zone)
    halves = (f"{datetime(YEAR, month, 1, tzinfo=places):%Z}" for month in (1, 7))
    return _CLOCKS.get(tuple(halves), zone)


def describe_zone(zone: str) -> str:
    """Return both: 'Central time (America/Chicago)'."""
    name = name_zone(zone)
    return name if name == zone else f"{name} ({zone})"


@cache
def is_us_zone(zone: str) -> bool:
    """Return whether a zone is one of the United States or their territories."""
    countries = {}
    for line in _read_tz("zone.tab"):
        country, _, name = line.split("\t")[:3] if "\t" in line else ("", "", "")
        countries[name] = country
    known = zone if zone in countries else _current_name(zone)
    return countries.get(known) in US_COUNTRIES


def _plain(text: str) -> str:
    """Return `text` as names are compared: 'America/New_York' is 'america/new york'."""
    plain = text.replace("_", " ").replace(".", "").replace(",", " ").casefold()
    words = plain.split()
    return " ".join(["st" if one == "saint" else one for one in words])


@cache
def _zones_by_city() -> dict[str, dict[str, str]]:
    """Return the zones of the larger American cities, by plain name.

    Each name has its cities as they are written with their state, with their zones.
    """
    file = data_root("sessions") / "us-cities.toml"
    found: dict[str, dict[str, str]] = {}
    for zone, cities in tomllib.loads(file.read_text(encoding="utf-8")).items():
        for city in cities:
            for name in (city, city.partition(",")[0]):
                found.setdefault(_plain(name), {})[city] = zone
    return found


@cache
def _zones_by_place() -> dict[str, str]:
    """Return the zones of places by region and city, and by the city alone."""
    known: dict[str, str] = {}
    # Of two places of one name the American one is meant, then the shorter name.
    zones = sorted(
        available_timezones(),
        key=lambda one: (not one.startswith("America/"), len(one), one),
    )
    for zone in zones:
        region, _, place = zone.partition("/")
        if place and region != "Etc":
            known[_plain(zone)] = zone
            known.setdefault(_plain(zone.rpartition("/")[2]), zone)
    return known


def _current_name(zone: str) -> str:
    """Return what tz calls a zone now: it keeps an older name as a link to a newer."""
    for line in _read_tz("tzdata.zi"):
        if line.startswith("L ") and line.endswith(f" {zone}"):
            return line.split()[1]
    return zone


def _read_tz(name: str) -> list[str]:
    """Return the lines of a table of the tz database, from the package `tzdata`."""
    folder = files("tzdata") / "zoneinfo"
    return (folder / name).read_text(encoding="utf-8").splitlines()
