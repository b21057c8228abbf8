"""The clocks of a simulated day: what they show, and the time that has truly passed."""

from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.values import DAY_MS, MINUTE_MS
from support.clock import HandClock
from support.ticks import TICK_MS

ZONE = "America/Chicago"
KINDS: dict[str, tuple[str, ...]] = {
    "ordinary": ("2026-09-14 08:00", "2027-05-03 07:45", "2028-01-31 13:00"),
    "clocks go back": ("2026-10-31 23:15", "2026-11-01 00:40"),
    "clocks go forward": ("2027-03-13 23:30", "2027-03-14 00:50"),
    "leap day": ("2028-02-29 08:00", "2028-02-28 22:45", "2028-02-29 22:30"),
}
"""The kinds of day, and when they may begin by the clock on the wall."""


def begin_of_day(kind: str, random: Random) -> int:
    """Return when a day of that kind begins, in UTC."""
    text = random.choice(KINDS[kind])
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE))
    shifted_ms = random.randrange(0, 20 * MINUTE_MS, TICK_MS)
    if kind == "ordinary":
        shifted_ms += random.randrange(-90, 90) * DAY_MS
    return int(local.timestamp()) * 1000 + shifted_ms


class TrackedClock(HandClock):
    """A machine whose clocks go wrong, and the true time behind them."""

    def __init__(self, utc_ms: int) -> None:
        super().__init__(utc_ms)
        self.true_ms = 0
        """What the room clock shows: time since the day began, never set."""

        self._begun: dict[str, int] = {}
        """The true moment at which each boot's clock showed nothing."""

        self._note_boot()

    def _note_boot(self) -> None:
        now = self.now()
        self._begun[now.boot_id] = self.true_ms - now.boot_ms

    def true_of(self, at: Instant) -> int:
        """Return the true time of an instant that this machine has shown."""
        return self._begun[at.boot_id] + at.boot_ms

    def advance(self, ms: int) -> None:
        """Let time pass, awake or suspended."""
        assert ms % TICK_MS == 0
        super().advance(ms)
        self.true_ms += ms

    def switch_off_and_on(self, gap_ms: int, wall_off_ms: int, up_ms: int) -> None:
        """Be off for a while, and come back with a wall clock that is off by some."""
        assert gap_ms % TICK_MS == 0
        self.reboot(gap_ms + wall_off_ms, up_ms=up_ms)
        self.true_ms += gap_ms
        self._note_boot()
