"""Facts about scores and whether they count."""

from cptkiosk.domain.events.fact import fact
from cptkiosk.domain.events.session import AttemptFact
from cptkiosk.domain.values import Personal


@fact("score-keyed.v1", step="score entered")
class ScoreKeyed(AttemptFact):
    """A score was entered as the test screen showed it."""

    attempt_id: str
    raw_min: int
    raw_max: int
    shown: str
    vendor_verdict: str = ""
    shown_as: str = ""
    """What the person said the number is: raw, percent, or empty if not asked."""

    agrees: bool = False
    """Whether it means what the keying before it does, though only one of the two names
    the vendor's verdict."""


@fact("score-corrected.v1", step="score entered")
class ScoreCorrected(AttemptFact):
    """The coordinator corrected a score that had been verified."""

    attempt_id: str
    raw_min: int
    raw_max: int
    shown: str
    vendor_verdict: str = ""
    shown_as: str = ""
    """What the person said the number is: raw, percent, or empty if not asked."""

    agrees: bool = False
    """Whether it means what the keying before it does, though only one of the two names
    the vendor's verdict."""


@fact("score-explained.v1", step="score {state}")
class ScoreExplained(AttemptFact):
    """There is no score yet (pending) or there will be none (not applicable)."""

    attempt_id: str
    state: str
    reason: Personal


@fact(
    "discrepancy-settled.v1",
    step="the settled discrepancy",
    instead="coordinator-keys-again",
)
class DiscrepancySettled(AttemptFact):
    """The coordinator settled which verdict holds, the score's or the vendor's."""

    attempt_id: str
    uphold: str
    reason: Personal


@fact(
    "validity-decided.v1",
    step="the validity decision",
    instead="coordinator-decides-again",
)
class ValidityDecided(AttemptFact):
    """The coordinator released a score, or voided it."""

    attempt_id: str
    validity: str
    reason: Personal
    reference: str = ""
