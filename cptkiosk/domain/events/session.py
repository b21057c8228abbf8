"""What the facts about a session share, and facts about its steps themselves.

They are all on the stream `session/<session id>`. The facts of a subject stand in a file
of their own: `planning`, `checkin`, and so on.
"""

from dataclasses import dataclass

from cptkiosk.domain.events.fact import Fact, fact


@dataclass(frozen=True, kw_only=True)
class AttemptFact(Fact):
    """Base of the facts about one attempt."""

    attempt_id: str


def named_in(event: Fact) -> tuple[str, ...]:
    """Return the attempts that an event names."""
    one = getattr(event, "attempt_id", "")
    return (*getattr(event, "attempt_ids", ()), *((one,) if one else ()))


@fact("step-undone.v1")
class StepUndone(AttemptFact):
    """The attempt's last step was undone; both entries stay."""

    step: str


@fact("steps-grouped.v1")
class StepsGrouped(Fact):
    """The last steps of these attempts are one step: undo reverses all of them."""

    attempt_ids: tuple[str, ...]


@fact("step-authorized.v1")
class StepAuthorized(Fact):
    """A coordinator approved the step recorded with it, which another person asked for."""

    by: str
    asked_by: str
    step: str
    """Kind of the event that was approved."""
