"""Facts about restarts: a session's clock is carried over, then compared."""

from cptkiosk.domain.events.fact import Fact, fact


@fact("boot-bridged.v1")
class BootBridged(Fact):
    """The session's clock was carried over to a new boot."""

    boot_id: str
    offset_ms: int
    away_ms: int
    usable: bool


@fact(
    "room-clock-confirmed.v1",
    step="the room clock comparison",
    instead="record-irregularity-only",
)
class RoomClockConfirmed(Fact):
    """The proctor compared the remaining time with the room clock."""

    boot_id: str
    correction_ms: int
    """How much later the room clock was than the session's."""

    shares_ms: tuple[int, ...] = ()
    """What of that belongs to each restart since the last comparison, oldest first.
    Without it the figure is about one of them only."""
