"""Facts about halts, which stop every clock of a session."""

from cptkiosk.domain.events.fact import Fact, fact
from cptkiosk.domain.values import Personal


@fact("session-halted.v1")
class SessionHalted(Fact):
    """Every clock stopped, perhaps from an earlier alarm on."""

    reason: Personal
    since_line_ms: int


@fact("halt-undone.v1")
class HaltUndone(Fact):
    """A halt was a mistake: the clocks count as if they had run on."""

    number: int
    """Which of the halts that count, from 1 on."""

    since_line_ms: int
    reason: Personal | None = None


@fact("session-resumed.v1")
class SessionResumed(Fact):
    """Every clock ran on."""

    back: tuple[str, ...]
    beyond_window: Personal | None = None
