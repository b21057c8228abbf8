"""Commands about the plan and the roll.

Their rules are in `planning` and `assigning`.
"""

from dataclasses import dataclass

from cptkiosk.domain.commands.base import AttemptCommand, SessionCommand
from cptkiosk.domain.events.planning import AssignedModule, Room


@dataclass(frozen=True, kw_only=True)
class PlanSession(SessionCommand):
    """Put a session on the calendar."""

    title: str
    starts_at_utc_ms: int
    module_ids: tuple[str, ...]
    rooms: tuple[Room, ...]


@dataclass(frozen=True, kw_only=True)
class CancelSession(SessionCommand):
    """Call a session off before it started."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class AssignAttempt(SessionCommand):
    """Put a candidate on the roll, or bring an assignment up to date."""

    participant_id: str
    person: str
    module: AssignedModule
    user_code: str
    factor_permille: int
    paid: bool | None
    stop_clock: bool = False
    continues: str = ""
    """The interrupted attempt that goes on, as 'session/attempt'."""

    override: str = ""
    """Why the coordinator assigns in spite of what the eligibility rules found."""

    walk_in: bool = False
    """Whether they stand at the door and were not expected."""


@dataclass(frozen=True, kw_only=True)
class CorrectModule(AttemptCommand):
    """Put somebody down for the module they came for, before any login."""

    instead: AssignAttempt
    reason: str


@dataclass(frozen=True, kw_only=True)
class CancelAttempt(AttemptCommand):
    """Take a candidate off the roll."""

    reason: str
