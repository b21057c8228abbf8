"""The clocks of a simulated day: what they show, and the time that has truly passed."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from cptkiosk.domain.instants import Instant
from cptkiosk.domain.values import DAY_MS, HOUR_MS, MINUTE_MS
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


@dataclass
class SimClock:
    """Wall and boot clock of one machine, and the true time behind them."""

    utc_ms: int
    boot_ms: int = 3 * HOUR_MS
    true_ms: int = 0
    """What the room clock shows: time since the day began, never set."""

    begun: dict[str, int] = field(default_factory=dict)
    """The true moment at which each boot's clock showed nothing."""

    boot_id: str = "boot-1"

    def __post_init__(self) -> None:
        self.begun[self.boot_id] = self.true_ms - self.boot_ms

    def now(self) -> Instant:
        """Return this moment as the machine shows it."""
        return Instant(utc_ms=self.utc_ms, boot_ms=self.boot_ms, boot_id=self.boot_id)

    def true_of(self, at: Instant) -> int:
        """Return the true time of an instant that this machine has shown."""
        return self.begun[at.boot_id] + at.boot_ms

    def asleep_ms(self) -> int:
        """Return how long it slept: never."""
        return 0

    def advance(self, ms: int) -> None:
        """Let time pass, awake or suspended."""
        assert ms >= 0
        assert ms % TICK_MS == 0
        self.utc_ms += ms
        self.boot_ms += ms
        self.true_ms += ms

    def step_wall(self, ms: int) -> None:
        """Set the wall clock."""
        self.utc_ms += ms

    def reboot(self, gap_ms: int, wall_off_ms: int, up_ms: int) -> None:
        """Be off for a while, and come back with a wall clock that is off by some."""
        assert gap_ms % TICK_MS == 0
        self.utc_ms += gap_ms + wall_off_ms
        self.true_ms += gap_ms
        self.boot_ms = up_ms
        self.boot_id = f"boot-{len(self.begun) + 1}"
        self.begun[self.boot_id] = self.true_ms - up_ms
