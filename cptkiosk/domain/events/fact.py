"""What has happened: facts, in the past tense, their kinds never renamed once written.

A field of type `Personal` never reaches the chain itself. Fields named `_line_ms` are
instants on a session's own timeline (see `timing`), other `_ms` without `utc` or `boot`
are durations.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, TypeVar, dataclass_transform

from cptkiosk.domain.time.instants import Instant


class Fact:
    """Base of every event: a frozen dataclass with a stable kind."""

    kind: ClassVar[str]


class LogFact(Fact):
    """Base of facts that a session only logs: they change no clock and no attempt.

    They need no handler. See `session_log`.
    """

    step: ClassVar[str]
    """Its name where it is undone: 'the room walk'."""


EVENT_TYPES: dict[str, type[Fact]] = {}
"""Every kind that can be read back, the retired ones included."""

FactType = TypeVar("FactType", bound=Fact)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def fact(kind: str) -> Callable[[type[FactType]], type[FactType]]:
    """Make a class an event that is written under `kind` forever."""

    def register_event(cls: type[FactType]) -> type[FactType]:
        made = dataclass(frozen=True, kw_only=True)(cls)
        made.kind = kind
        assert kind not in EVENT_TYPES, f"{kind} is taken"
        EVENT_TYPES[kind] = made
        return made

    return register_event


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger."""

    seq: int
    stream: str
    version: int
    at: Instant
    terminal: str
    actor: str
    event: Fact
