"""Facts about halts, which stop every clock of a session."""

from cptkiosk.domain.events.fact import Fact, fact
from cptkiosk.domain.values import Personal


@fact("session-halted.v1", step="the halt", instead="may-take-back")
class SessionHalted(Fact):
    """Every clock stopped, then or as of an earlier alarm."""

    reason: Personal
    since_line_ms: int


@fact("halt-undone.v1", step="the undone halt", instead="halt-again")
class HaltUndone(Fact):
    """A halt was a mistake: the clocks count as if they had kept running."""

    number: int
    """Which of the halts that count, from 1 on."""

    since_line_ms: int
    reason: Personal | None = None


@fact("session-resumed.v1", step="the resume", instead="halt-again")
class SessionResumed(Fact):
    """Every clock resumed."""

    back: tuple[str, ...]
    beyond_window: Personal | None = None
