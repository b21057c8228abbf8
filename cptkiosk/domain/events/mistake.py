"""Facts about outcomes that were recorded by mistake."""

from cptkiosk.domain.events.fact import fact
from cptkiosk.domain.events.session import AttemptFact
from cptkiosk.domain.values import Personal


@fact("outcome-corrected.v1", step="the corrected outcome", instead="record-again")
class OutcomeCorrected(AttemptFact):
    """The coordinator took an outcome back that had been recorded by mistake.

    If the clock had begun, the time since counts as used.
    """

    outcome: str
    """What it had been."""

    reason: Personal
    expected_late: bool = False
    """Whether the others have started, so that the arrival is recorded first."""


@fact("outcome-replaced.v1", step="the replaced outcome", instead="replace-it-again")
class OutcomeReplaced(AttemptFact):
    """The coordinator replaced a wrong outcome once the session was over."""

    was: str
    """The outcome that was recorded by mistake."""

    outcome: str
    """The outcome that holds."""

    reason: Personal
    start_line_ms: int | None = None
    """When their clock began; `None` if it never did."""

    end_line_ms: int | None = None
    """When they stopped; `None` if their clock never began."""

    withholds: bool = False
    """Whether the score is withheld until the coordinator decides about it."""
