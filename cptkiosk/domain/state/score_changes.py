"""What an event makes of a score and of whether it counts."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from cptkiosk.domain.events.fact import Entry, Fact
from cptkiosk.domain.events.mistake import OutcomeReplaced
from cptkiosk.domain.events.score import (
    DiscrepancySettled,
    ScoreCorrected,
    ScoreExplained,
    ScoreFact,
    ScoreKeyed,
    ValidityDecided,
)
from cptkiosk.domain.events.vendor import OfficialReported
from cptkiosk.domain.state.attempt import Attempt, AttemptProgress, Gate
from cptkiosk.domain.state.score_state import (
    KEYED_ONCE,
    Keying,
    Score,
    ScoreState,
    Validity,
)

Handler = Callable[[Any, Attempt, Entry, int], Attempt]
Changes = Mapping[str, object]
"""Fields of an attempt, with what they become."""

Change = Callable[[Any, Attempt, int], Changes]
KeyingFact = ScoreFact | OfficialReported
"""What may be an entry of a score."""


def make_undoable(change: Change) -> Handler:
    """Return the handler of a step that undo takes back.

    Args:
        change: says which fields of the attempt it changes, from the event, the attempt
            and the instant on the timeline.
    """

    def take_step(event: Fact, attempt: Attempt, entry: Entry, at_ms: int) -> Attempt:
        return attempt.take_step(entry, at_ms, **change(event, attempt, at_ms))

    return take_step


def _after_outcome_replaced(
    event: OutcomeReplaced, attempt: Attempt, entry: Entry, timeline_ms: int
) -> Attempt:
    return outcome_replaced(attempt, event)


def outcome_replaced(attempt: Attempt, event: OutcomeReplaced) -> Attempt:
    """Return the attempt with another outcome, or the same at another time.

    With another outcome its score is open again, if one is due.
    """
    validity, undismissed = attempt.undismissed or attempt.validity, None
    if event.withholds:
        undismissed, validity = validity, more_serious(validity, "withhold")
    replaced = replace(
        attempt,
        standing=AttemptProgress(event.outcome),
        start_line_ms=event.start_line_ms,
        end_line_ms=event.end_line_ms,
        score=attempt.score if event.outcome == event.was else Score(),
        validity=validity,
        undismissed=undismissed,
        # No one is asked why they finished: that reason is the coordinator's own.
        reason=None if event.outcome == AttemptProgress.FINISHED else event.reason,
        undo=None,
        struck_clock=None,
    )
    if event.start_line_ms is not None:
        return replaced
    gates = tuple(pair for pair in attempt.gates if pair[0] != Gate.SEAT)
    struck = attempt.struck_clock
    if attempt.start_line_ms is not None and attempt.end_line_ms is not None:
        struck = (attempt.start_line_ms, attempt.end_line_ms)
    return replace(replaced, gates=gates, room="", seat="", struck_clock=struck)


def more_serious(validity: Validity, effect: str) -> Validity:
    """Return the validity after an effect, which never makes it less serious."""
    if effect == "withhold" and validity is not Validity.VOID:
        return Validity.WITHHELD
    if effect == "flag" and validity is Validity.CLEAN:
        return Validity.FLAGGED
    return validity


def apply_effect(attempt: Attempt, effect: str) -> Attempt:
    """Return the attempt after an irregularity with this effect on its validity."""
    without = attempt.undismissed
    return replace(
        attempt,
        validity=more_serious(attempt.validity, effect),
        undismissed=None if without is None else more_serious(without, effect),
    )


def validity_after_undo(attempt: Attempt) -> Validity:
    """Return the validity once the last step is taken back: a dismissal goes with it."""
    assert attempt.undo is not None, "there is a step to take back"
    dismissed_before = attempt.undo.attempt.undismissed is not None
    if attempt.undismissed is None or dismissed_before:
        return attempt.validity
    return attempt.undismissed


def _after_score_keyed(
    event: ScoreKeyed, attempt: Attempt, entry: Entry, timeline_ms: int
) -> Attempt:
    return apply_keying(event, ScoreState.ENTERED, attempt, entry, timeline_ms)


def _after_score_corrected(
    event: ScoreCorrected, attempt: Attempt, entry: Entry, timeline_ms: int
) -> Attempt:
    return apply_keying(event, ScoreState.CORRECTED, attempt, entry, timeline_ms)


def apply_keying(
    event: KeyingFact,
    first: ScoreState,
    attempt: Attempt,
    entry: Entry,
    timeline_ms: int,
) -> Attempt:
    """Return the attempt with a keying; the first of two leaves the state `first`."""
    verdicts = {(low, high): said for low, high, said in attempt.contradicted}
    if not event.vendor_verdict:
        said = verdicts.get((event.raw_min, event.raw_max), "")
        event = replace(event, vendor_verdict=said)
    score = _score_keyed(attempt.score, event, first, entry)
    verified = score.state is ScoreState.VERIFIED
    differing: tuple[Keying, ...] = ()
    if score.state is ScoreState.MISMATCH:
        differing = tuple(
            Keying(one.shown, one.raw_min, one.raw_max, one.vendor_verdict)
            for one in (attempt.score, event)
        )
    keyed = attempt.take_step(
        entry, timeline_ms, score=score, settled="", differing=differing,
        was_verified=attempt.was_verified or verified,
        keyings=(*attempt.keyings, (event.shown, entry.actor)),
    )  # fmt: skip
    if not keyed.verdicts_differ:
        return keyed
    found = (score.raw_min, score.raw_max, score.vendor_verdict)
    return replace(keyed, contradicted=(*attempt.contradicted, found))


def _after_discrepancy_settled(
    event: DiscrepancySettled, attempt: Attempt, entry: Entry, timeline_ms: int
) -> Attempt:
    return replace(
        attempt,
        settled=event.uphold,
        settled_because=event.reason,
        undo=None,
    )


def _after_validity_decided(
    event: ValidityDecided, attempt: Attempt, entry: Entry, timeline_ms: int
) -> Attempt:
    validity = Validity(event.validity)
    return replace(
        attempt,
        validity=validity,
        undismissed=None,
        validity_because=event.reason,
        void_reference=event.reference,
        undo=None,
    )


def _score_keyed(
    score: Score,
    event: KeyingFact,
    first: ScoreState,
    entry: Entry,
) -> Score:
    keyed = Score(
        state=first,
        raw_min=event.raw_min,
        raw_max=event.raw_max,
        shown=event.shown,
        vendor_verdict=event.vendor_verdict,
        keyed_by=entry.actor,
    )
    if score.state not in KEYED_ONCE:
        return keyed
    known = (score.raw_min, score.raw_max, score.vendor_verdict)
    same = known == (event.raw_min, event.raw_max, event.vendor_verdict)
    if not same and not event.agrees:
        return replace(score, state=ScoreState.MISMATCH)
    return replace(
        score,
        state=ScoreState.VERIFIED,
        vendor_verdict=score.vendor_verdict or event.vendor_verdict,
        verified_by=entry.actor,
        verified_utc_ms=entry.at.utc_ms,
    )


HANDLERS: Mapping[type[Fact], Handler] = {
    OutcomeReplaced: _after_outcome_replaced,
    ScoreKeyed: _after_score_keyed,
    ScoreCorrected: _after_score_corrected,
    ScoreExplained: make_undoable(
        lambda event, attempt, at_ms: {
            "score": Score(state=ScoreState(event.state), reason=event.reason),
            "settled": "",
        }
    ),
    DiscrepancySettled: _after_discrepancy_settled,
    ValidityDecided: _after_validity_decided,
}
"""What each event about a score or a verdict does."""
