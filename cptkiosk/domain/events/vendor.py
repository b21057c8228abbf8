"""Facts about what the vendor did with a score after the day.

They may follow a seal: the session stays sealed.
"""

from cptkiosk.domain.events.fact import fact
from cptkiosk.domain.events.session import AttemptFact


@fact("code-released.v1", step="released user code")
class CodeReleased(AttemptFact):
    """A coordinator released the user code at the vendor; an official score follows."""


@fact("official-reported.v1", step="official score")
class OfficialReported(AttemptFact):
    """The vendor's official report has this score."""

    raw_min: int
    raw_max: int
    shown: str
    """What the report shows: a raw score, or a percent with its sign."""

    vendor_verdict: str = ""
    source: str = ""
    """SHA-256 of the file that it was read from, or nothing."""

    keyed: bool = False
    """Whether it counts as an entry of the score, because a second one was lacking."""

    agrees: bool = False
    """Whether, as a second entry, it means what the first one does."""
