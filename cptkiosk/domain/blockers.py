"""What still keeps a session from its next stage."""

from collections.abc import Iterator
from dataclasses import dataclass

from cptkiosk.domain.attempt import (
    ENDED_EARLY,
    NEVER_STARTED,
    OUTCOMES,
    Attempt,
    Gate,
    Progress,
    ScoreState,
)
from cptkiosk.domain.modules import field_label
from cptkiosk.domain.session import Session
from cptkiosk.domain.session_events import IrregularityRecorded
from cptkiosk.domain.values import plural

SETTLED_FOR_START = NEVER_STARTED | {Progress.SEATED, Progress.LATE_EXPECTED}
TOLD = "who-was-told"
MORE_SEEN = "more-of-what-was-seen"
"""What an entry of a breach, or of a code without a name of its own, must also say."""
EXPLAINED = frozenset({ScoreState.PENDING, ScoreState.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing to settle, and where."""

    text: str
    place: str
    """The screen on which it is settled: check-in, testing, scores, irregularities or
    close-out."""

    attempt_id: str = ""
    """Who it is about; of an irregularity its own id."""


def to_start(session: Session) -> tuple[Blocker, ...]:
    """Return who must still be seated, marked or denied before the start."""
    people = session.attempts.values()
    if not people:
        return (Blocker("nobody is on the roll", "plan"),)
    unresolved = tuple(
        Blocker(f"{session.label(one)} is {one.standing}", "check-in", one.attempt_id)
        for one in people
        if one.standing not in SETTLED_FOR_START
    )
    if unresolved or any(one.standing is Progress.SEATED for one in people):
        return unresolved
    return (Blocker("nobody is seated", "check-in"),)


def all_over(session: Session, line_ms: int) -> bool:
    """Return whether everybody has an outcome; asked at each tick, so without names."""
    people = session.attempts.values()
    return all(session.progress(one, line_ms) in OUTCOMES for one in people)


def to_end(session: Session, line_ms: int) -> tuple[Blocker, ...]:
    """Return whose outcome is still open."""
    return tuple(
        Blocker(f"{session.label(one)} is {progress}", "testing", one.attempt_id)
        for one in session.attempts.values()
        if (progress := session.progress(one, line_ms)) not in OUTCOMES
    )


def to_seal(session: Session) -> tuple[Blocker, ...]:
    """Return what the close-out still lacks."""
    return tuple(_seal_blockers(session))


def scratch_issued(session: Session) -> int:
    """Return how many candidates were given scratch paper."""
    return sum(
        any(gate == Gate.SCRATCH and note != "waived" for gate, note in one.gates)
        for one in session.attempts.values()
    )


def scratch_open(session: Session) -> bool:
    """Return whether scratch paper is to be counted, or was before more was issued."""
    counted = session.scratch
    return counted is None or counted.issued < scratch_issued(session)


def _seal_blockers(session: Session) -> Iterator[Blocker]:
    for one in session.attempts.values():
        if one.standing not in OUTCOMES:
            yield Blocker(
                f"{session.label(one)} has no outcome", "testing", one.attempt_id
            )
        elif text := score_lacks(one):
            yield Blocker(f"{session.label(one)}: {text}", "scores", one.attempt_id)
    for found in session.in_force:
        if found.event.missing:
            what = missing_words(found.event)
            yield Blocker(
                f"irregularity {found.event.code} lacks: {what}",
                "irregularities",
                found.event.irregularity_id,
            )
    if session.unconfirmed is not None:
        yield Blocker("the room clock has not been compared since a restart", "testing")
    if scratch_open(session):
        sheets = plural(scratch_issued(session), "sheet")
        how = "back" if session.scratch is None else "again"
        yield Blocker(f"scratch paper to count {how}: {sheets} issued", "close-out")


def missing_words(event: IrregularityRecorded) -> str:
    """Return what an entry lacks, in words."""
    return ", ".join(map(field_label, event.missing))


def score_lacks(attempt: Attempt) -> str:
    """Return what an attempt's score still needs, or nothing."""
    score = attempt.score
    never_began = attempt.standing in OUTCOMES and not attempt.owes_score
    if never_began or score.state in EXPLAINED:
        return ""
    if score.state is ScoreState.VERIFIED:
        says = f"the vendor says {score.vendor_verdict} - settle it (coordinator)"
        return says if attempt.discrepancy else ""
    if score.state is ScoreState.ENTERED:
        return "score to be keyed a second time"
    if score.state is ScoreState.CORRECTED:
        return "corrected score to be keyed a second time (coordinator)"
    if score.state is ScoreState.MISMATCH:
        return "the two keyings differ; key the score again"
    if attempt.standing in ENDED_EARLY:
        return "score, or why there is none"
    return "score to be keyed"
