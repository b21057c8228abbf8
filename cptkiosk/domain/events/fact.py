"""What has happened: facts, in the past tense, their kinds never renamed once written.

A field of type `Personal` never reaches the chain itself. Fields named `_line_ms` are
instants on a session's own timeline (see `timing`), other `_ms` without `utc` or `boot`
are durations.
"""

from collections.abc import Callable
from dataclasses import dataclass
from string import Formatter
from typing import Any, ClassVar, TypeVar, dataclass_transform

from cptkiosk.domain.terms import display_term
from cptkiosk.domain.time.instants import Instant


class Fact:
    """Base of every event: a frozen dataclass with a stable kind."""

    kind: ClassVar[str]
    step_form: ClassVar[str]
    """What undo calls a step of the staff, fields in braces; empty if it is none."""

    instead: ClassVar[str]
    """What to do instead of undoing the step, a remedy; empty if it can be undone."""

    @property
    def step_name(self) -> str:
        """What undo calls this step."""
        return _STEP_FORMATTER.vformat(self.step_form, (), vars(self))


class _StepFormatter(Formatter):
    """Fills a step's fields in, in the words for them."""

    def format_field(self, value: Any, format_spec: str) -> str:
        several = value if isinstance(value, tuple) else (value,)
        return ", ".join(map(display_term, several))


_STEP_FORMATTER = _StepFormatter()


class LogFact(Fact):
    """Base of facts that a session only logs: they change no clock and no attempt.

    They need no handler. See `session_log`.
    """


EVENT_TYPES: dict[str, type[Fact]] = {}
"""Every kind that can be read back, the retired ones included."""

FactType = TypeVar("FactType", bound=Fact)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def fact(
    kind: str, *, step: str = "", instead: str = ""
) -> Callable[[type[FactType]], type[FactType]]:
    """Make a class an event that is written under `kind` forever.

    Args:
        kind: the stored name; never renamed or reused.
        step: see `Fact.step_form`.
        instead: see `Fact.instead`.
    """

    def register_event(cls: type[FactType]) -> type[FactType]:
        made = dataclass(frozen=True, kw_only=True)(cls)
        made.kind, made.step_form, made.instead = kind, step, instead
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
