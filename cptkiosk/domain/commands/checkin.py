"""Commands of check-in: opening it, items, seats, attendance and hand-over.

Their rules are in `checkin`, `seating` and `attendance`.
"""

from dataclasses import dataclass

from cptkiosk.domain.commands.base import AttemptCommand, SessionCommand


@dataclass(frozen=True, kw_only=True)
class OpenCheckIn(SessionCommand):
    """Open check-in: the room is checked, and there is no conflict of interest."""

    room_checks: tuple[str, ...]
    no_conflicts_declared: bool


@dataclass(frozen=True, kw_only=True)
class HandOver(SessionCommand):
    """Hand the session over to another staff member; both sign."""

    to: str


@dataclass(frozen=True, kw_only=True)
class PassGates(AttemptCommand):
    """Check off items of check-in."""

    gates: tuple[str, ...]
    note: str = ""
    id_kind: str = ""
    """What kind of photo ID was shown, one of `photo_id.ID_KINDS`."""

    id_checked: bool = False
    """Whether the photo ID was seen to be unexpired, and to show this person."""


@dataclass(frozen=True, kw_only=True)
class WaiveGate(AttemptCommand):
    """Waive a check-in item, with a reason."""

    gate: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class FailGate(AttemptCommand):
    """Record that a check-in item failed, and what was shown."""

    gate: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class TakeSeat(AttemptCommand):
    """Give a candidate a seat; by default, the next free one."""

    room: str = ""
    seat: str = ""
    swap_with: str = ""
    """Who was agreed to get this candidate's seat in exchange, if anyone: an attempt."""


@dataclass(frozen=True, kw_only=True)
class DenyAttempt(AttemptCommand):
    """Do not admit a candidate; unless a coordinator decides it, one is called first."""

    reason: str
    coordinator_called: bool


@dataclass(frozen=True, kw_only=True)
class MarkAbsent(SessionCommand):
    """Mark candidates absent; if `only_missing`, skip those who came meanwhile."""

    attempt_ids: tuple[str, ...]
    only_missing: bool = False


class ExpectLate(AttemptCommand):
    """Record that a candidate is running late."""


class ArriveLate(AttemptCommand):
    """Record that an absent or late candidate is here."""
