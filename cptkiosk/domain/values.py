"""Small values that every part of the rules shares."""

from dataclasses import dataclass
from enum import StrEnum

FORGOTTEN = "(forgotten)"
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000


class Refused(Exception):
    """The rules do not allow this now: an outcome to show, not a bug."""

    def __init__(self, why: str, allow: str) -> None:
        """Say why, and what would allow it or what to do instead; never empty."""
        super().__init__(f"{why} {allow}".strip())
        self.why = why
        self.allow = allow


class NeedsCoordinator(Refused):
    """What only a coordinator may do; one who approves it makes it possible."""


class Role(StrEnum):
    """What somebody may do here."""

    PROCTOR = "proctor"
    COORDINATOR = "coordinator"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, and in which role."""

    staff_id: str
    role: Role
    asked_by: str = ""
    """Who asked for a step that this coordinator approved, if somebody else did."""

    @property
    def asker(self) -> str:
        """Who wanted the step, whoever approved it."""
        return self.asked_by or self.staff_id

    @property
    def as_approved(self) -> "Actor":
        """What this actor asks for as if some coordinator had approved it."""
        return Actor("", Role.COORDINATOR, asked_by=self.asker)

    def must_be_coordinator(self, what: str) -> None:
        """Refuse a proctor what only the coordinator may do.

        Raises:
            NeedsCoordinator: if the actor is no coordinator.
        """
        if self.role is not Role.COORDINATOR:
            raise NeedsCoordinator(
                f"{what} needs the coordinator.", "Ask one to approve it."
            )


class Personal:
    """Text about a person that stays outside the chain, so that it can be forgotten.

    An entry carries only a salted commitment to it; see `cptkiosk.ledger.codec`.
    """

    __slots__ = ("about", "text")

    def __init__(self, text: str, about: str) -> None:
        self.text = text
        self.about = about

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Personal(about {self.about})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Personal):
            return NotImplemented
        return (self.text, self.about) == (other.text, other.about)

    def __hash__(self) -> int:
        return hash((self.text, self.about))


def plural(count: int, one: str, many: str = "") -> str:
    """Return `count` with its noun: '1 person', '4 people'."""
    return f"{count} {one if count == 1 else many or one + 's'}"
