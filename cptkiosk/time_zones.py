"""The time zone that somebody means by what they type: a city, or "Eastern".

A name without daylight saving time, such as EST, would put every summer time an hour
off. So only a city's zone is taken, or UTC for who means UTC.
"""

from functools import cache
from typing import Final
from zoneinfo import available_timezones

from cptkiosk.domain.text import visible

UTC: Final = "UTC"
SHOWN: Final = 40
"""So many cells of what was typed are shown in a sentence about it."""

_REGIONS: Final = {
    "eastern": "America/New_York",
    "et": "America/New_York",
    "central": "America/Chicago",
    "ct": "America/Chicago",
    "mountain": "America/Denver",
    "mt": "America/Denver",
    "pacific": "America/Los_Angeles",
    "pt": "America/Los_Angeles",
    "arizona": "America/Phoenix",
    "alaska": "America/Anchorage",
    "hawaii": "Pacific/Honolulu",
    "puerto rico": "America/Puerto_Rico",
}
"""The zones of the United States as people call them; "time" may follow."""

_ENDINGS: Final = (
    " standard time",
    " daylight time",
    " time",
    " standard",
    " daylight",
)

_FIXED: Final = {
    **dict.fromkeys(("est", "edt", "est5edt"), "New York"),
    **dict.fromkeys(("cst", "cdt", "cst6cdt"), "Chicago"),
    **dict.fromkeys(("mst", "mdt", "mst7mdt"), "Denver or Phoenix"),
    **dict.fromkeys(("pst", "pdt", "pst8pdt"), "Los Angeles"),
    **dict.fromkeys(("akst", "akdt"), "Anchorage"),
    **dict.fromkeys(("hst", "hdt"), "Honolulu"),
}
"""Abbreviations, and the city to type for each."""

_CITIES: Final = {
    "America/New_York": (
        *("atlanta", "baltimore", "boston", "charlotte", "cincinnati", "cleveland"),
        *("columbus", "jacksonville", "knoxville", "miami", "orlando", "philadelphia"),
        *("pittsburgh", "raleigh", "tampa", "washington", "washington dc"),
    ),
    "America/Chicago": (
        *("austin", "birmingham", "dallas", "fort worth", "houston", "kansas city"),
        *("memphis", "milwaukee", "minneapolis", "nashville", "new orleans", "omaha"),
        *("oklahoma city", "san antonio", "st louis", "st paul", "tulsa"),
    ),
    "America/Denver": ("albuquerque", "colorado springs", "el paso", "salt lake city"),
    "America/Los_Angeles": (
        *("fresno", "las vegas", "oakland", "portland", "reno", "sacramento"),
        *("san diego", "san francisco", "san jose", "seattle"),
    ),
    "America/Phoenix": ("tucson", "mesa"),
}
"""Large cities that have no zone of their own name."""


class UnknownZone(ValueError):
    """What was typed is no time zone to rely on; says what to type."""


def zone_meant(text: str) -> str:
    """Return the zone that somebody means, such as America/Chicago.

    Raises:
        UnknownZone: with a sentence, if it is none, or one without a city.
    """
    wanted = _plain(text)
    for ending in _ENDINGS:
        wanted = wanted.removesuffix(ending)
    if wanted in {"utc", "etc/utc"}:
        return UTC
    if wanted in _FIXED:
        raise UnknownZone(
            f'"{visible(text.strip(), SHOWN)}" does not name a place. Type a city,'
            f" for example {_FIXED[wanted]}."
        )
    found = _REGIONS.get(wanted) or _zones_by_place().get(wanted, "")
    if not found:
        raise UnknownZone(
            f'"{visible(text.strip(), SHOWN)}" is not a time zone. Type a city, for example New York.'
        )
    return found


def _plain(text: str) -> str:
    """Return `text` as names are compared: 'America/New_York' is 'america/new york'."""
    return " ".join(text.replace("_", " ").replace(".", "").casefold().split())


@cache
def _zones_by_place() -> dict[str, str]:
    """Return the zones of places by region and city, and by the city alone."""
    known = {city: zone for zone, cities in _CITIES.items() for city in cities}
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
