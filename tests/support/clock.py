"""A machine whose clocks a test turns."""

from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.values import HOUR_MS

NINE_UTC_MS = 1_790_000_000_000
UP_MS = 3 * HOUR_MS


class HandClock:
    """Wall clock and boot clock of one machine, each moved only on purpose."""

    def __init__(self, utc_ms: int = NINE_UTC_MS, boot_ms: int = UP_MS) -> None:
        self._utc_ms = utc_ms
        self._boot_ms = boot_ms
        self._boots = 1
        self._asleep_ms = 0

    def now(self) -> Instant:
        return Instant(
            utc_ms=self._utc_ms, boot_ms=self._boot_ms, boot_id=f"boot-{self._boots}"
        )

    def advance(self, ms: int) -> None:
        """Let time pass."""
        assert ms >= 0
        self._utc_ms += ms
        self._boot_ms += ms

    def suspend(self, ms: int) -> None:
        """Sleep; a boot clock runs meanwhile, and so does the wall clock."""
        self.advance(ms)
        self._asleep_ms += ms

    def asleep_ms(self) -> int:
        return self._asleep_ms

    def step_wall(self, ms: int) -> None:
        """Set the wall clock, as a person or NTP may."""
        self._utc_ms += ms

    def reboot(self, gap_ms: int, *, up_ms: int = 20_000) -> None:
        """Start again, the wall clock `gap_ms` later (or earlier) than it was."""
        self._utc_ms += gap_ms
        self._boot_ms = up_ms
        self._asleep_ms = 0
        self._boots += 1
