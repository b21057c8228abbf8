"""How a kiosk is opened: what the command line, or a rehearsal, decides about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cptkiosk.domain.values import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class KioskOptions:
    """How a kiosk is opened."""

    signed_in: Actor | None = None
    """Who need not sign in first."""

    notice: str = ""
    """Shown on Today, at the sign-in and where a PIN is asked for."""

    mark: str = ""
    """Two words about that, in the header of every screen."""

    locked: bool = False
    """Whether only the coordinator's PIN leads out."""

    wall: bool = False
    """Whether only the time is shown, and nothing is written."""

    wall_session: str = ""
    """Whose time, if not that of each running session in turn."""

    rehearsal_lines: Callable[[], Sequence[str]] | None = None
    """Asked on every tick what is to be said beside the record, as in a rehearsal."""
