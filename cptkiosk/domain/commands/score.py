"""Commands about scores and whether they count."""

from dataclasses import dataclass

from cptkiosk.domain.commands.base import AttemptCommand


@dataclass(frozen=True, kw_only=True)
class KeyScore(AttemptCommand):
    """Enter the score that the test screen shows."""

    shown: str
    vendor_verdict: str = ""
    shown_as: str = ""
    """What a number without a sign is: raw or percent; empty if not asked."""

    seen_keyings: int | None = None
    """How often the score had been keyed when this was asked; `None`: not said."""


@dataclass(frozen=True, kw_only=True)
class ExplainScore(AttemptCommand):
    """Record why there is no score (yet)."""

    state: str
    reason: str
    seen_keyings: int | None = None
    """How often the score had been keyed when this was asked; `None`: not said."""


@dataclass(frozen=True, kw_only=True)
class SettleDiscrepancy(AttemptCommand):
    """Settle which verdict holds if ours and the vendor's differ."""

    uphold: str
    """score: what follows from the score keyed; vendor: what the vendor says."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class DecideValidity(AttemptCommand):
    """Release a score, or void it."""

    validity: str
    reason: str
    reference: str = ""
    """The decision from outside on which a void rests."""

    seen_validity: str = ""
    """Whether the score counted when this was asked; `None` if not known."""
