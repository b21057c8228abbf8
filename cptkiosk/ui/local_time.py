"""Instants as people at the center read them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cptkiosk.domain.values import DAY_MS


def local(utc_ms: int, zone: ZoneInfo) -> datetime:
    """Return an instant as local time."""
    return datetime.fromtimestamp(utc_ms / 1000, UTC).astimezone(zone)


def time_text(utc_ms: int, zone: ZoneInfo) -> str:
    """Return 'HH:MM:SS'."""
    return f"{local(utc_ms, zone):%H:%M:%S}"


def clock_text(utc_ms: int, zone: ZoneInfo) -> str:
    """Return the wall clock with its zone: '14:02:31 CST'."""
    return f"{local(utc_ms, zone):%H:%M:%S %Z}"


def day_text(utc_ms: int, now_utc_ms: int, zone: ZoneInfo) -> str:
    """Return 'HH:MM' for today, else the day: 'Fri 20 Nov' or with its year."""
    moment, now = local(utc_ms, zone), local(now_utc_ms, zone)
    if moment.date() == now.date():
        return f"{moment:%H:%M}"
    if abs(utc_ms - now_utc_ms) < 7 * DAY_MS:
        return f"{moment:%a %H:%M}"
    return f"{moment:%d %b %Y}"
