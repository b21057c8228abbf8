"""One rule: for which command and stages, and what it may know besides the session.

The rules of a subject stand in a file of their own, with a table `RULES` at its end.
`decide` puts these tables together.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.events.fact import Fact
from cptkiosk.domain.modules import Definitions, Policies
from cptkiosk.domain.people.eligibility_case import CandidateHistory
from cptkiosk.domain.state.blockers import WasCoordinator, no_coordinator
from cptkiosk.domain.state.candidate import Registration
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.time.calendar import LocalTime, utc_time
from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.values import Actor, Reason

Events = tuple[Fact, ...]

BEFORE_END = (Stage.PLANNED, Stage.CHECK_IN, Stage.RUNNING, Stage.HALTED)
DOORS_OPEN = (Stage.CHECK_IN, Stage.RUNNING)
UNDER_WAY = (Stage.RUNNING, Stage.HALTED)
SINCE_START = (Stage.RUNNING, Stage.HALTED, Stage.ENDED, Stage.ABANDONED)


AFTER_HALT = {Stage.HALTED: "continues-after-halt"}
"""What to do at the door during a halt: wait."""


def empty_history(participant_id: str) -> CandidateHistory:
    """Return an empty history."""
    return CandidateHistory()


def no_links(staff_id: str) -> Mapping[str, str]:
    """Return no conflicts of interest."""
    return {}


def no_registration(participant_id: str, module_id: str) -> Registration | None:
    """Return no registration."""
    return None


@dataclass(frozen=True, slots=True)
class Booking:
    """A session that takes rooms, as planned."""

    session_id: str
    rooms: tuple[str, ...]
    module_ids: tuple[str, ...]
    starts_at_utc_ms: int


def nothing_booked() -> tuple[Booking, ...]:
    """Return that no room is taken."""
    return ()


def no_staff(staff_id: str) -> str | None:
    """Return that a person is not on the staff list."""
    return None


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a rule may know besides the session itself."""

    now: Instant
    actor: Actor
    definitions: Definitions
    brief: Callable[[Reason], str]
    """Says something in a few words, for what is recorded as text."""

    local: Callable[[int], LocalTime] = utc_time
    """An instant (UTC, milliseconds) as date and time at the center."""

    history_of: Callable[[str], CandidateHistory] = empty_history
    """What the record knows of a participant in other sessions."""

    was_coordinator: WasCoordinator = no_coordinator
    """Whether a staff member was a coordinator when that entry was recorded."""

    linked_to: Callable[[str], Mapping[str, str]] = no_links
    """Which participants a member of staff teaches, supervises or is close to."""

    trained_on: Callable[[str], str | None] = no_staff
    """The ISO date of a training, empty if none is known; `None` if the ID is unknown."""

    booked: Callable[[], tuple[Booking, ...]] = nothing_booked
    """The sessions that are planned or under way."""

    registered_as: Callable[[str, str], Registration | None] = no_registration
    """What a participant is registered for, of one module."""

    terminal: str = ""
    """Where the actor asks; entries say where they were made."""

    @property
    def policies(self) -> Policies:
        """What the center has decided."""
        return self.definitions.policies

    def day_of(self, utc_ms: int) -> str:
        """Return the ISO date at the center on which an instant lies."""
        return self.local(utc_ms).date


C = TypeVar("C", bound=SessionCommand)
Decide = Callable[[Session, C, Context], Events]
When = Callable[[Session, C, Context], bool]


class Rule(NamedTuple):
    """Which command a rule is for, what it is allowed in, and what it makes happen.

    `when` denies what `decide` would refuse anyway, by what the session itself shows at
    a glance: keys are dimmed by it, many at once, so it reads nothing else. What it
    allows may still be refused.
    """

    command: type[SessionCommand]
    decide: Decide[Any]
    stages: frozenset[Stage]
    when: When[Any]
    coordinator: str
    """Says by a code that only a coordinator may do it; empty if others sometimes may."""

    otherwise: Mapping[Stage, str]
    """What to do instead at another stage, a remedy, where the stage does not tell."""


def always(session: Session, command: SessionCommand, context: Context) -> bool:
    """Return that the stage alone decides whether a command is worth asking for."""
    return True


def rule(
    command: type[C],
    decide: Decide[C],
    *stages: Stage,
    when: When[C] = always,
    coordinator: str = "",
    otherwise: Mapping[Stage, str] = MappingProxyType({}),
) -> Rule:
    """Return the rule of a command; that its functions take it is checked by types."""
    return Rule(command, decide, frozenset(stages), when, coordinator, otherwise)
