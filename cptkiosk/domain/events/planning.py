"""Facts about planning and the attendance list, with the definitions they carry."""

from dataclasses import dataclass

from cptkiosk.domain.events.fact import Fact, fact
from cptkiosk.domain.events.session import AttemptFact
from cptkiosk.domain.values import Personal


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room and its grid of seats, rows lettered from A, columns from 1."""

    name: str
    rows: int
    columns: int

    def seat_labels(self) -> tuple[str, ...]:
        """Return every seat of the room, in the order they are offered."""
        return tuple(
            f"{chr(ord('A') + row)}{column}"
            for row in range(self.rows)
            for column in range(1, self.columns + 1)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedModule:
    """The definition an attempt was assigned with, whatever the file says later."""

    module_id: str
    name: str
    short: str
    edition: str
    core: bool
    items: int
    minutes: int
    cut_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OddDate:
    """Something odd about a date that was pointed out and confirmed."""

    code: str
    params: tuple[tuple[str, str], ...] = ()
    """What the code is about, by name: a session, a room, a staff ID, minutes."""


@fact("session-planned.v1")
class SessionPlanned(Fact):
    """A session was planned."""

    session_id: str
    title: str
    starts_at_utc_ms: int
    module_ids: tuple[str, ...]
    rooms: tuple[Room, ...]
    odd: tuple[OddDate, ...] = ()


@fact("attempt-assigned.v1", step="the assignment", instead="off-roll-instead")
class AttemptAssigned(AttemptFact):
    """A candidate was assigned to the session for one module."""

    participant_id: str
    person: Personal
    module: AssignedModule
    user_code: str
    factor_permille: int
    paid: bool | None = None
    stop_clock: bool = False
    continues: str = ""
    carried_ms: int | None = None
    """What was left of the attempt that this one continues; it is all there is."""

    override: Personal | None = None
    overrules: tuple[str, ...] = ()
    """The eligibility rules that were overridden; others stand at the door."""

    full_days: bool = False
    """Whether the wait before a retake was counted in full days between."""

    walk_in: bool = False
    """Whether they stood at the door and were not expected."""


@fact("attempt-updated.v1", step="the changed assignment", instead="change-it-again")
class AttemptUpdated(AttemptFact):
    """The roster changed name, code, extra time or payment before the start."""

    person: Personal
    user_code: str
    factor_permille: int
    paid: bool | None = None
    stop_clock: bool = False
    granted: Personal | None = None
    """Why the coordinator gave more time by hand once the check-in was open."""


@fact("attempt-cancelled.v1", step="removed from the list")
class AttemptCancelled(AttemptFact):
    """The candidate was removed from the attendance list."""

    reason: Personal


@fact("session-cancelled.v1")
class SessionCancelled(Fact):
    """The session will not take place."""

    reason: Personal
    outcomes_kept: bool = False
    """Whether who was denied, absent or taken off before stays so."""
