"""Commands of the check-in: the doors, gates and seats, who came, who runs it.

Their rules are in `checkin`, `seating` and `attendance`.
"""

from dataclasses import dataclass

from cptkiosk.domain.commands.base import AttemptCommand, SessionCommand


@dataclass(frozen=True, kw_only=True)
class OpenCheckIn(SessionCommand):
    """Open the doors: room checked, no conflict with any candidate."""

    room_checks: tuple[str, ...]
    no_conflicts_declared: bool


@dataclass(frozen=True, kw_only=True)
class HandOver(SessionCommand):
    """Let somebody else of the staff run the session; both sign."""

    to: str


@dataclass(frozen=True, kw_only=True)
class PassGates(AttemptCommand):
    """Pass gates of the check-in."""

    gates: tuple[str, ...]
    note: str = ""
    id_kind: str = ""
    """What kind of photo ID was shown, one of `photo_id.ID_KINDS`."""

    id_checked: bool = False
    """Whether the photo ID was seen to be unexpired, and to show this person."""


@dataclass(frozen=True, kw_only=True)
class WaiveGate(AttemptCommand):
    """Let a gate go, for a reason."""

    gate: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class FailGate(AttemptCommand):
    """Record that a gate was not passed, and what was shown."""

    gate: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class TakeSeat(AttemptCommand):
    """Give a candidate a seat; without one the next that is free."""

    room: str = ""
    seat: str = ""
    swap_with: str = ""
    """Who was agreed to get this candidate's seat in exchange, if anybody: an attempt."""


@dataclass(frozen=True, kw_only=True)
class DenyAttempt(AttemptCommand):
    """Do not admit a candidate; unless a coordinator decides it, one is called first."""

    reason: str
    coordinator_called: bool


@dataclass(frozen=True, kw_only=True)
class MarkAbsent(SessionCommand):
    """Record that candidates did not come; if `only_missing`, not who came meanwhile."""

    attempt_ids: tuple[str, ...]
    only_missing: bool = False


class ExpectLate(AttemptCommand):
    """Record that a candidate is known to come late."""


class ArriveLate(AttemptCommand):
    """Record that an absent or late candidate is here."""
