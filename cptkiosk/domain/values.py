"""Small values that every part of the rules shares."""

from dataclasses import dataclass
from enum import StrEnum

FORGOTTEN = "(forgotten)"
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000


class Refused(Exception):
    """The rules do not allow this now: an outcome to show, not a bug."""

    def __init__(self, why: str, allow: str = "") -> None:
        super().__init__(f"{why} {allow}".strip())
        self.why = why
        self.allow = allow


class Role(StrEnum):
    """What somebody may do here."""

    PROCTOR = "proctor"
    COORDINATOR = "coordinator"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, and in which role."""

    staff_id: str
    role: Role

    def must_be_coordinator(self, what: str) -> None:
        """Refuse a proctor what only the coordinator may do.

        Raises:
            Refused: if the actor is not the coordinator.
        """
        if self.role is not Role.COORDINATOR:
            raise Refused(f"{what} needs the coordinator.", "Ask them to sign in.")


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
