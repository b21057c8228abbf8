"""Time as a value: read elsewhere, compared here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant:
    """One moment, as every clock of one machine showed it."""

    utc_ms: int
    """For people, and for the gap across a reboot. May be set back."""

    boot_ms: int
    """Since `boot_id`: never set back, and counts suspension."""

    boot_id: str

    def plus(self, ms: int) -> "Instant":
        """Return the moment `ms` milliseconds later on the same boot."""
        return Instant(
            utc_ms=self.utc_ms + ms, boot_ms=self.boot_ms + ms, boot_id=self.boot_id
        )
