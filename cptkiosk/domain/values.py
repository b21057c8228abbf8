"""Small values that every part of the rules shares."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

FORGOTTEN = "(forgotten)"
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000

if TYPE_CHECKING:
    from dataclasses import replace as replace  # noqa: PLC0414 - mypy knows its fields
else:

    def replace(state: Any, /, **changes: object) -> Any:
        """Return a copy of a frozen state in which some fields have other values.

        It does what `dataclasses.replace` does in a fourteenth of the time: each event
        changes states of fifty fields, and a record has many thousand events. So the
        class has no slots, and nothing is done after `__init__`.
        """
        assert changes.keys() <= state.__dataclass_fields__.keys(), changes
        copy = object.__new__(type(state))
        vars(copy).update(vars(state), **changes)
        return copy


class Refused(Exception):
    """The rules do not allow this now: an outcome to show, not a bug.

    It says why by a code; the sentences are in a catalog, see `cptkiosk.words`.

    Attributes:
        code: names the sentence.
        remedy: names what would allow it, if the sentence itself does not say.
        details: what the sentence is about, by name.
    """

    def __init__(self, code: str, /, *, remedy: str = "", **details: object) -> None:
        super().__init__(code, details)
        self.code = code
        self.remedy = remedy
        self.details = details


@dataclass(init=False, slots=True)
class Reason:
    """A sentence by its code, with what it is about, as in `Refused`."""

    code: str
    remedy: str
    details: Mapping[str, object]

    def __init__(self, code: str, /, *, remedy: str = "", **details: object) -> None:
        self.code, self.remedy, self.details = code, remedy, details


class NeedsCoordinator(Refused):
    """What only a coordinator may do; one who approves it makes it possible."""


class Role(StrEnum):
    """What a staff member may do."""

    PROCTOR = "proctor"
    COORDINATOR = "coordinator"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, and in which role."""

    staff_id: str
    role: Role
    asked_by: str = ""
    """Who asked for a step that this coordinator approved, if another person did."""

    @property
    def asker(self) -> str:
        """Who asked for the step, even if another person approved it."""
        return self.asked_by or self.staff_id

    @property
    def as_approved(self) -> "Actor":
        """What this actor asks for as if some coordinator had approved it."""
        return Actor("", Role.COORDINATOR, asked_by=self.asker)

    def must_be_coordinator(self, code: str, /, **details: object) -> None:
        """Refuse a proctor what only a coordinator may do.

        Raises:
            NeedsCoordinator: if the actor is not a coordinator; `code` and `details`
                say what it takes one for.
        """
        if self.role is not Role.COORDINATOR:
            raise NeedsCoordinator(code, remedy="ask-approval", **details)


class BundleKind(StrEnum):
    """What a bundle tells."""

    RESULTS = "results"
    """Who took what, and with which result; nothing that tells of accommodations."""

    RECORD = "record"
    """Everything that was recorded in the session; only a coordinator sends it."""


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


@dataclass(frozen=True, slots=True)
class Limits:
    """What a value in a file of definitions may be; `definitions` checks it."""

    ge: int | None = None
    le: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None


Text = Annotated[str, Limits(min_length=1)]
"""A text that is not empty."""
