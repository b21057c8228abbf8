"""Outcomes recorded by mistake, put right by the coordinator at any time before the seal.

While clocks may run, the outcome is removed and the candidate continues. Once the
session is over no one can continue, so another outcome takes its place. The quick undo
by the person who recorded an outcome is in `undoing`.
"""

from dataclasses import replace

from cptkiosk.domain.commands import mistake as c
from cptkiosk.domain.events import mistake as e
from cptkiosk.domain.people.eligibility import check_other_sessions
from cptkiosk.domain.people.retake_rules import continued_in
from cptkiosk.domain.rules import drafts
from cptkiosk.domain.rules.attendance import once_on_the_roll
from cptkiosk.domain.rules.checkin import door_case
from cptkiosk.domain.rules.checks import (
    PUT_RIGHT,
    attempt_of,
    need_compared_clock,
    reason_given,
)
from cptkiosk.domain.rules.rule import UNDER_WAY, Context, Events, rule
from cptkiosk.domain.rules.seating import seat_still_free
from cptkiosk.domain.rules.undoing import not_taken_elsewhere
from cptkiosk.domain.state.attempt import (
    NEVER_STARTED,
    OUTCOMES,
    Attempt,
    AttemptProgress,
)
from cptkiosk.domain.state.overtaken import Overtaken
from cptkiosk.domain.state.score_changes import outcome_replaced
from cptkiosk.domain.state.score_state import EXPLAINED, ScoreState
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import Refused

UNSCORED = EXPLAINED | {ScoreState.NONE}
REALLY = (
    AttemptProgress.FINISHED,
    AttemptProgress.WITHDRAWN,
    AttemptProgress.INTERRUPTED,
    AttemptProgress.DISMISSED,
    AttemptProgress.ABSENT,
    AttemptProgress.DENIED,
)
"""What an attempt may turn out to have come to, in the order it is offered."""

Clock = tuple[int, int] | None
"""When a clock began and ended, on the timeline; `None` if it never began."""


def _put_back(session: Session, command: c.PutBack, context: Context) -> Events:
    attempt = _with_outcome(session, command, "on-roll-again")
    _check_unscored(session, attempt)
    once_on_the_roll(session, attempt)
    not_taken_elsewhere(session, attempt, context)
    seat_still_free(session, attempt)
    reason = reason_given(command.reason, attempt.participant_id)
    return (
        e.OutcomeCorrected(
            attempt_id=attempt.attempt_id,
            outcome=attempt.standing.value,
            reason=reason,
            expected_late=session.running
            and attempt.start_line_ms is None
            and not attempt.late,
        ),
    )


def _replace_outcome(
    session: Session, command: c.ReplaceOutcome, context: Context
) -> Events:
    attempt = _with_outcome(session, command, "record-irregularity")
    if command.outcome not in REALLY:
        raise Refused("outcome-unknown", outcome=command.outcome, choices=REALLY)
    _check_unscored(session, attempt)
    need_compared_clock(session)
    clock = _replaced_clock(session, attempt, command)
    began, stopped = clock or (None, None)
    if (command.outcome, stopped) == (attempt.standing, attempt.end_line_ms):
        raise Refused(
            "outcome-recorded", person=session.label(attempt), standing=attempt.standing
        )
    _not_elsewhere(session, attempt, context, began=clock is not None)
    reason = reason_given(command.reason, attempt.participant_id)
    _as_seen(attempt, command)
    replaced = e.OutcomeReplaced(
        attempt_id=attempt.attempt_id,
        was=attempt.standing.value,
        outcome=command.outcome,
        reason=reason,
        start_line_ms=began,
        end_line_ms=stopped,
        withholds=command.outcome == AttemptProgress.DISMISSED,
    )
    if stopped is None or stopped == attempt.end_line_ms:
        return (replaced,)
    after = outcome_replaced(attempt, replaced)
    return (replaced, *drafts.over_time(session, (after,), context))


def _as_seen(attempt: Attempt, command: c.ReplaceOutcome) -> None:
    """Check that the outcome is still the one that was looked at.

    Raises:
        Overtaken: if it was replaced meanwhile.
    """
    seen = (command.seen_standing, command.seen_end_line_ms)
    if not command.seen_standing or seen == (attempt.standing, attempt.end_line_ms):
        return
    time_only = command.seen_standing == attempt.standing
    raise Overtaken(
        "outcome-time-changed" if time_only else "outcome-changed",
        replace(
            command,
            seen_standing=attempt.standing.value,
            seen_end_line_ms=attempt.end_line_ms,
        ),
        standing=attempt.standing,
        outcome=command.outcome,
    )


def replacement_text(was: str, outcome: str) -> str:
    """Return what a replacement changed: 'finished, not absent', or only the time."""
    if was == outcome:
        return f"{outcome}, at another time"
    return f"{outcome}, not {was}"


def _with_outcome(
    session: Session, command: c.PutBack | c.ReplaceOutcome, off_the_roll: str
) -> Attempt:
    """Return the attempt, which has an outcome that may be a mistake.

    Raises:
        Refused: if it has none, or is off the roll, with what is done then.
    """
    attempt = attempt_of(session, command)
    if attempt.standing not in OUTCOMES:
        raise Refused(
            "not-put-right", person=session.label(attempt), standing=attempt.standing
        )
    if attempt.standing is AttemptProgress.CANCELLED:
        raise Refused(
            "off-the-roll", remedy=off_the_roll, person=session.label(attempt)
        )
    return attempt


def _check_unscored(session: Session, attempt: Attempt) -> None:
    """Check that no score stands that was keyed for a mistaken outcome."""
    if attempt.score.state not in UNSCORED:
        raise Refused("score-keyed", person=session.label(attempt))


def _replaced_clock(
    session: Session, attempt: Attempt, command: c.ReplaceOutcome
) -> Clock:
    """Return the clock of an attempt with another outcome.

    A clock on record is kept, also one that an earlier replacement had struck out.
    Without one, a clock runs from the start of the session to its end, or until time
    is up; a withdrawal without a time was before the clock began.

    Raises:
        Refused: if they cannot have stopped when it is said.
    """
    said_ms = command.stopped_line_ms
    if command.outcome in NEVER_STARTED:
        if said_ms is not None:
            raise Refused("no-stop-time", outcome=command.outcome)
        return None
    known = attempt.struck_clock
    if attempt.start_line_ms is not None and attempt.end_line_ms is not None:
        known = (attempt.start_line_ms, attempt.end_line_ms)
    if said_ms is None:
        if known is not None or command.outcome == AttemptProgress.WITHDRAWN:
            return known
        return _whole_clock(session, attempt)
    began_ms = known[0] if known is not None else session.start_line_ms or 0
    if not began_ms <= said_ms <= session.ended_line_ms:
        raise Refused("stop-time-outside", person=session.label(attempt))
    return began_ms, said_ms


def _whole_clock(session: Session, attempt: Attempt) -> tuple[int, int]:
    """Return the clock of a candidate who was there from start to end."""
    assert session.start_line_ms is not None, "the session is over"
    began = replace(attempt, start_line_ms=session.start_line_ms, end_line_ms=None)
    over_ms = session.ended_line_ms
    up_ms = session.end_ms(began, over_ms)
    return session.start_line_ms, over_ms if up_ms is None else min(over_ms, up_ms)


def _not_elsewhere(
    session: Session, attempt: Attempt, context: Context, *, began: bool
) -> None:
    """Check that nothing in another session, or in this one, rests on the old outcome.

    Raises:
        Refused: if something does.
    """
    ref = f"{session.session_id}/{attempt.attempt_id}"
    if other := continued_in(context.history_of(attempt.participant_id), ref):
        raise Refused(
            "continued-elsewhere", person=session.label(attempt), session_id=other
        )
    if not began or attempt.start_line_ms is not None:
        return
    once_on_the_roll(session, attempt)
    not_taken_elsewhere(session, attempt, context)
    if found := check_other_sessions(door_case(session, attempt, context)):
        raise Refused(
            "put-back-ineligible", person=session.label(attempt), finding=found.reason
        )


RULES = (
    rule(
        c.PutBack,
        _put_back,
        Stage.CHECK_IN,
        *UNDER_WAY,
        coordinator="put-back",
        otherwise=PUT_RIGHT,
    ),
    rule(
        c.ReplaceOutcome,
        _replace_outcome,
        Stage.ENDED,
        Stage.ABANDONED,
        coordinator="replace-outcome",
        otherwise=PUT_RIGHT,
    ),
)
