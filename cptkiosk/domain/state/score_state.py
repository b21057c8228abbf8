"""What has been keyed of one attempt's score, and whether it may count.

A score is keyed twice, blind; or a reason says why it is pending or not applicable:

    none --> entered ----> verified --> corrected (by a coordinator) --> verified
                  +--> mismatch: both keyings again <--+

Whether the vendor has confirmed it is another axis; see `official`.

Validity is an axis of its own, too. What happens makes it only more serious, clean, flagged,
then withheld; what makes it less so, or void, is a coordinator's decision with a reason.
`score_changes` says what an event makes of a score and its validity.
"""

from dataclasses import dataclass
from enum import StrEnum

from cptkiosk.domain.values import Personal


class ScoreState(StrEnum):
    """What is known of a score."""

    NONE = "none"
    ENTERED = "entered"
    MISMATCH = "mismatch"
    VERIFIED = "verified"
    CORRECTED = "corrected"
    """Keyed once more by the coordinator, and waiting for its second keying."""
    PENDING = "pending"
    NOT_APPLICABLE = "not applicable"


KEYED_ONCE = frozenset({ScoreState.ENTERED, ScoreState.CORRECTED})
"""States in which a keying waits for its blind second."""


EXPLAINED = frozenset({ScoreState.PENDING, ScoreState.NOT_APPLICABLE})
"""States in which a reason stands instead of a score."""


class Validity(StrEnum):
    """Whether a score may count."""

    CLEAN = "clean"
    FLAGGED = "flagged"
    WITHHELD = "withheld"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Score:
    """The two keyings and what they add up to."""

    state: ScoreState = ScoreState.NONE
    raw_min: int = 0
    raw_max: int = 0
    shown: str = ""
    vendor_verdict: str = ""
    keyed_by: str = ""
    verified_by: str = ""
    verified_utc_ms: int = 0
    reason: Personal | None = None


@dataclass(frozen=True, slots=True)
class Keying:
    """One entry of a score: as typed, and as it was read."""

    shown: str
    raw_min: int
    raw_max: int
    vendor_verdict: str
