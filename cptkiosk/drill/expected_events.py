"""What on record answers something that happened in the room."""

from collections.abc import Callable
from dataclasses import dataclass

from cptkiosk.domain.events.checkin import GateFailed, GatesPassed, GateWaived
from cptkiosk.domain.events.fact import Fact
from cptkiosk.domain.events.irregularity import IrregularityRecorded
from cptkiosk.domain.events.score import ScoreKeyed
from cptkiosk.domain.state.session import Session


@dataclass(frozen=True, slots=True)
class Part:
    """Whom a scene is about; no one in particular if it is the whole room."""

    attempt_id: str = ""
    right: int = 0
    """The score that should have been keyed, where a scene is about one."""

    wrong: int = 0
    """The score that was."""


Answer = Callable[[Fact, Part, Session], bool]
"""Whether an entry answers a scene: the event, whom it is about, the session since."""


def record_answer(*kinds: type[Fact]) -> Answer:
    """Answer with an entry of one of these kinds, about whom the scene is about."""

    def is_answer(event: Fact, part: Part, _session: Session) -> bool:
        if not isinstance(event, kinds):
            return False
        return getattr(event, "attempt_id", "") == part.attempt_id

    return is_answer


def gate_stopped(gate: str) -> Answer:
    """Answer by not letting a gate pass: failed, or waived with a name and a reason."""

    def is_answer(event: Fact, part: Part, _session: Session) -> bool:
        if not isinstance(event, GateFailed | GateWaived):
            return False
        return (event.attempt_id, event.gate) == (part.attempt_id, gate)

    return is_answer


def gate_noted(gate: str) -> Answer:
    """Answer by passing a gate with a note of what was shown."""

    def is_answer(event: Fact, part: Part, _session: Session) -> bool:
        if not isinstance(event, GatesPassed) or event.note is None:
            return False
        return event.attempt_id == part.attempt_id and gate in event.gates

    return is_answer


def report_answer(*codes: str) -> Answer:
    """Answer with an irregularity of one of these codes that names them."""

    def is_answer(event: Fact, part: Part, _session: Session) -> bool:
        if not isinstance(event, IrregularityRecorded) or event.code not in codes:
            return False
        return not part.attempt_id or part.attempt_id in event.attempt_ids

    return is_answer


def either_answer(*some: Answer) -> Answer:
    """Answer in one of several ways."""

    def is_answer(event: Fact, part: Part, session: Session) -> bool:
        return any(one(event, part, session) for one in some)

    return is_answer


def score_put_right(event: Fact, part: Part, _session: Session) -> bool:
    """Answer by entering the right score; the seal sees to it that another one agrees."""
    if not isinstance(event, ScoreKeyed) or event.attempt_id != part.attempt_id:
        return False
    return event.raw_min == event.raw_max == part.right
