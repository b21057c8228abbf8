"""What may happen, when, and what it makes happen: `decide`.

Each rule is registered for one command with the stages it is allowed in. Everything
else is refused, and a refusal changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from cptkiosk.domain.attempt import Attempt
from cptkiosk.domain.commands import AttemptCommand, PlanSession, SessionCommand
from cptkiosk.domain.events import Fact
from cptkiosk.domain.instants import Instant
from cptkiosk.domain.modules import Policies
from cptkiosk.domain.session import Session, Stage
from cptkiosk.domain.values import DAY_MS, Actor, Personal, Refused

Events = tuple[Fact, ...]


def utc_day(utc_ms: int) -> str:
    """Return a name for the day in UTC."""
    return str(utc_ms // DAY_MS)


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a rule may know besides the session itself."""

    now: Instant
    actor: Actor
    policies: Policies
    day_of: Callable[[int], str] = utc_day
    """The day at the center on which an instant (UTC, milliseconds) lies."""


C = TypeVar("C", bound=SessionCommand)
Rule = Callable[[Session, Any, Context], Events]
RULES: dict[type[SessionCommand], tuple[frozenset[Stage], Rule]] = {}


def rule(
    command: type[C], *stages: Stage
) -> Callable[[Callable[[Session, C, Context], Events]], Rule]:
    """Register a rule for a command and the stages it is allowed in."""

    def register(decide_it: Callable[[Session, C, Context], Events]) -> Rule:
        assert command not in RULES, f"{command.__name__} has a rule"
        RULES[command] = (frozenset(stages), decide_it)
        return decide_it

    return register


def decide(session: Session, command: SessionCommand, context: Context) -> Events:
    """Return what `command` makes happen; change nothing.

    Raises:
        Refused: if the rules do not allow it now, with what would allow it.
    """
    stages, decide_it = RULES[type(command)]
    if not session.session_id and not isinstance(command, PlanSession):
        raise Refused(
            f"There is no session {command.session_id}.",
            "See 'cptkiosk session list' or the screen Today.",
        )
    if session.stage not in stages:
        wish = wish_text(command)
        allowed = " or ".join(stage.value for stage in Stage if stage in stages)
        raise Refused(
            f"'{wish}' is not possible while the session is {session.stage}.",
            f"It is possible while it is {allowed}.",
        )
    return decide_it(session, command, context)


def why_not(session: Session, command: SessionCommand, context: Context) -> str:
    """Return why a command would be refused now, or nothing if it would not."""
    try:
        decide(session, command, context)
    except Refused as refusal:
        return str(refusal)
    return ""


def wish_text(command: SessionCommand) -> str:
    """Return a command's name in words: 'begin break'."""
    name = type(command).__name__
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()


def attempt_of(session: Session, command: AttemptCommand) -> Attempt:
    """Return the attempt a command is about.

    Raises:
        Refused: if it is not on the roll.
    """
    attempt = session.attempts.get(command.attempt_id)
    if attempt is None:
        raise Refused(
            f"{command.attempt_id} is not on the roll of this session.",
            "Choose somebody from the roll.",
        )
    return attempt


def reason_given(text: str, about: str) -> Personal:
    """Return a reason for the record.

    Raises:
        Refused: if it is empty.
    """
    if not text.strip():
        raise Refused("A reason is needed.", "Say in a few words what happened.")
    return Personal(text.strip(), about)
