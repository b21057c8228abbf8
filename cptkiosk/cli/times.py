"""Instants in the command line's answers, and in names of the files it writes."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cptkiosk.host import clock


def local_time_text(ms: int, zone: ZoneInfo) -> str:
    """Return an instant, UTC milliseconds, as people at the center read it."""
    moment = datetime.fromtimestamp(ms // 1000, UTC).astimezone(zone)
    return f"{moment:%Y-%m-%d %H:%M %Z}"


def file_name_time() -> str:
    """Return this moment for the middle of a file's name."""
    moment = datetime.fromtimestamp(clock.SystemClock().now().utc_ms / 1000, UTC)
    return f"{moment:%Y%m%d-%H%M%SZ}"
