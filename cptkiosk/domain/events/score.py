"""Facts about scores and whether they count."""

from dataclasses import dataclass

from cptkiosk.domain.events.fact import fact
from cptkiosk.domain.events.session import AttemptFact
from cptkiosk.domain.values import Personal


@dataclass(frozen=True, kw_only=True)
class ScoreFact(AttemptFact):
    """Base of the facts that enter a score."""

    raw_min: int
    raw_max: int
    shown: str
    vendor_verdict: str = ""
    shown_as: str = ""
    """What the person said the number is: raw, percent, or empty if not asked."""

    agrees: bool = False
    """Whether it means what the keying before it does, though only one of the two names
    the vendor's verdict."""


@fact("score-keyed.v1", step="score entered")
class ScoreKeyed(ScoreFact):
    """A score was entered as the test screen showed it."""


@fact("score-corrected.v1", step="score entered")
class ScoreCorrected(ScoreFact):
    """The coordinator corrected a score that had been verified."""


@fact("score-explained.v1", step="score {state}")
class ScoreExplained(AttemptFact):
    """There is no score yet (pending) or there will be none (not applicable)."""

    state: str
    reason: Personal


@fact(
    "discrepancy-settled.v1",
    step="the settled discrepancy",
    instead="coordinator-keys-again",
)
class DiscrepancySettled(AttemptFact):
    """The coordinator settled which verdict holds, the score's or the vendor's."""

    uphold: str
    reason: Personal


@fact(
    "validity-decided.v1",
    step="the validity decision",
    instead="coordinator-decides-again",
)
class ValidityDecided(AttemptFact):
    """The coordinator released a score, or voided it."""

    validity: str
    reason: Personal
    reference: str = ""
