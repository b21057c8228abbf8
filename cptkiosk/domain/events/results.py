"""The fact that states all results of a session, written with each seal."""

from dataclasses import dataclass

from cptkiosk.domain.events.fact import Fact, fact
from cptkiosk.domain.values import Personal


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptResult:
    """The result of one attempt, and nothing about its time, seat or course."""

    attempt_id: str
    participant_id: str
    person: Personal
    module_id: str
    edition: str
    user_code: str
    items: int
    cut_percent: int
    score_state: str
    raw_min: int | None
    """None unless the score is verified; so are `raw_max` and `passed`."""

    raw_max: int | None
    verdict: str
    """By items and cut: pass, not pass, or empty without a verified score."""

    vendor_verdict: str
    official: str
    """How far the vendor had confirmed the score at the seal; see `Official`."""

    passed: bool | None
    """By the verdict that holds: ours, or the vendor's where that was upheld."""

    validity: str
    counts: bool
    continues: str
    irregularities: tuple[str, ...]
    """Codes that flagged or withheld the score, in alphabetical order."""


@fact("results-stated.v1")
class ResultsStated(Fact):
    """All results of a session, as one revision of it has them.

    A results bundle shows this entry and none of the session's others: their number,
    order and times tell who had extra time or breaks.
    """

    session_id: str
    revision: int
    session_date: str
    """ISO date of the planned start at the center."""

    results: tuple[AttemptResult, ...]
    """In the order of the attempts' IDs, whoever finished first."""
