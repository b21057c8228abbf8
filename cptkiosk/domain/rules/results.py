"""What a session's results are, as far as they may leave without its record.

Left out is everything that tells who had an accommodation: times and durations, breaks,
seats and rooms, the session's title, and in which order people finished or were scored.
"""

from collections.abc import Iterable

from cptkiosk.domain.events.results import AttemptResult, ResultsStated
from cptkiosk.domain.modules import IrregularityCode
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.domain.state.session import Session

OTHER = "OTH"
"""Stands for a code that is private."""

TOUCHING = frozenset({"flag", "withhold"})
"""What an irregularity does to the scores that it touches."""


def state_results(
    session: Session,
    revision: int,
    session_date: str,
    codes: Iterable[IrregularityCode],
) -> ResultsStated:
    """Return what a seal states of a session.

    Args:
        session: as it stands at the seal.
        revision: the one that the seal makes.
        session_date: ISO date of the planned start at the center.
        codes: the irregularity codes that the center uses.
    """
    public = frozenset(one.id for one in codes if not one.private)
    return ResultsStated(
        session_id=session.session_id,
        revision=revision,
        session_date=session_date,
        results=tuple(
            _state_result(session, one, public)
            for _, one in sorted(session.attempts.items())
        ),
    )


def _state_result(
    session: Session, one: Attempt, public: frozenset[str]
) -> AttemptResult:
    verified = one.score.state is ScoreState.VERIFIED
    verdict = one.verdict if verified else None
    return AttemptResult(
        attempt_id=one.attempt_id,
        participant_id=one.participant_id,
        person=one.person,
        module_id=one.module.module_id,
        edition=one.module.edition,
        user_code=one.user_code,
        items=one.module.items,
        cut_percent=one.module.cut_percent,
        score_state=one.score.state.value,
        raw_min=one.score.raw_min if verified else None,
        raw_max=one.score.raw_max if verified else None,
        verdict="" if verdict is None else "pass" if verdict.passed else "not pass",
        vendor_verdict=one.score.vendor_verdict,
        official=one.official.value,
        passed=one.has_passed if verified else None,
        validity=one.validity.value,
        counts=one.counts,
        continues=one.continues,
        irregularities=_touching_codes(session, one, public),
    )


def _touching_codes(
    session: Session, attempt: Attempt, public: frozenset[str]
) -> tuple[str, ...]:
    """Return the codes that touched a score; `OTHER` for each that is private.

    A flagged score without any code would tell that there is a private one.
    """
    found = {
        one.event.code
        for one in session.in_force
        if one.event.validity in TOUCHING
        and attempt.attempt_id in one.event.attempt_ids
    }
    return tuple(sorted({code if code in public else OTHER for code in found}))
