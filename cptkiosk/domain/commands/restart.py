"""Commands about restarts: a session's clock is carried over, then compared."""

from dataclasses import dataclass

from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.time.instants import Instant


@dataclass(frozen=True, kw_only=True)
class BridgeBoot(SessionCommand):
    """Carry a running clock over to this boot, from the last sign of life."""

    last: Instant


@dataclass(frozen=True, kw_only=True)
class ConfirmRoomClock(SessionCommand):
    """Accept the bridged time, corrected to what the room clock shows."""

    correction_ms: int = 0
