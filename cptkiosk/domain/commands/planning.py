"""Commands about planning and the attendance list.

Their rules are in `planning` and `assigning`.
"""

from dataclasses import dataclass

from cptkiosk.domain.commands.base import AttemptCommand, SessionCommand
from cptkiosk.domain.events.planning import AssignedModule, Room


@dataclass(frozen=True, kw_only=True)
class PlanSession(SessionCommand):
    """Plan a session."""

    title: str
    starts_at_utc_ms: int
    module_ids: tuple[str, ...]
    rooms: tuple[Room, ...]


@dataclass(frozen=True, kw_only=True)
class CancelSession(SessionCommand):
    """Cancel a session before it starts."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class AssignAttempt(SessionCommand):
    """Assign a candidate to a session, or update an assignment."""

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
    """Change a candidate to the correct module, before any login."""

    instead: AssignAttempt
    reason: str


@dataclass(frozen=True, kw_only=True)
class CancelAttempt(AttemptCommand):
    """Remove a candidate from the attendance list."""

    reason: str
