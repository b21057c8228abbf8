"""How far the vendor has confirmed a score: an axis of its own, beside the two entries.

What the test screen shows on the day is preliminary. A coordinator releases the user
code at the vendor, and about two business days later the official report has the score:

    (nothing) --> preliminary --CodeReleased--> released --OfficialReported--> official
                                                         \\--OfficialReported--> differs

Only the release and the report are recorded. Whether a report confirms the score or
differs from it is worked out here, from both, whenever it is asked: a corrected score may
become official without a new report. A report confirms a verified score if it can mean
the same number of correct answers, and if a verdict that it names is the one that holds.

Both events may follow a seal. A report that confirms changes nothing that was sealed, so
the revision stays current. One that differs makes the revision outdated until a
coordinator has amended the session (`Session.changed_since_seal`).
"""

from dataclasses import dataclass
from enum import StrEnum

from cptkiosk.domain.state.score_state import EXPLAINED, Score, ScoreState
from cptkiosk.domain.state.scoring import Reading


class Official(StrEnum):
    """How far the vendor has confirmed a score."""

    NONE = ""
    """No score yet, or none due."""

    PRELIMINARY = "preliminary"
    RELEASED = "released"
    """Waiting for the official report, or for the second entry it is compared with."""

    OFFICIAL = "official"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class OfficialReport:
    """What the official report says of one attempt."""

    raw_min: int
    raw_max: int
    shown: str
    vendor_verdict: str
    reported_utc_ms: int
    seq: int
    """The entry that recorded it."""


@dataclass(frozen=True, slots=True)
class AtVendor:
    """What the vendor did with a score, as far as it is recorded."""

    released_utc_ms: int | None = None
    report: OfficialReport | None = None
    """The latest one."""


def find_official(
    score: Score, at_vendor: AtVendor, *, has_passed: bool | None
) -> Official:
    """Return how far the vendor has confirmed a score.

    Args:
        score: the two entries.
        at_vendor: the release and the report.
        has_passed: the verdict that holds; `None` without one.
    """
    report = at_vendor.report
    if report is not None:
        if score.state in EXPLAINED:
            return Official.DIFFERS
        if score.state is ScoreState.VERIFIED:
            fits = can_mean_the_same(score, report) and (
                not report.vendor_verdict
                or (report.vendor_verdict == "pass") is has_passed
            )
            return Official.OFFICIAL if fits else Official.DIFFERS
        return Official.RELEASED
    if at_vendor.released_utc_ms is not None:
        return Official.RELEASED
    no_score = score.state in EXPLAINED | {ScoreState.NONE}
    return Official.NONE if no_score else Official.PRELIMINARY


def can_mean_the_same(score: Score, report: OfficialReport | Reading) -> bool:
    """Return whether some number of correct answers fits the score and the report."""
    return score.raw_min <= report.raw_max and report.raw_min <= score.raw_max
