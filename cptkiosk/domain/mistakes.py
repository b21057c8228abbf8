"""Outcomes recorded by mistake, put right by the coordinator at any time before the end.

The quick undo of whoever recorded them is in `checkin`.
"""

from cptkiosk.domain import commands as c
from cptkiosk.domain import session_events as e
from cptkiosk.domain.attempt import OUTCOMES, Progress, ScoreState
from cptkiosk.domain.blockers import EXPLAINED
from cptkiosk.domain.planning import on_the_roll_once
from cptkiosk.domain.rules import Context, Events, attempt_of, reason_given, rule
from cptkiosk.domain.seating import seat_still_free
from cptkiosk.domain.session import Session, Stage
from cptkiosk.domain.undoing import not_taken_elsewhere
from cptkiosk.domain.values import Refused

UNSCORED = EXPLAINED | {ScoreState.NONE}


@rule(c.PutBack, Stage.CHECK_IN, Stage.RUNNING, Stage.HALTED)
def _put_back(session: Session, command: c.PutBack, context: Context) -> Events:
    attempt = attempt_of(session, command)
    if attempt.standing not in OUTCOMES:
        raise Refused(
            f"{attempt.person} is {attempt.standing}.",
            "Only an outcome recorded by mistake is put right.",
        )
    if attempt.standing is Progress.CANCELLED:
        raise Refused(
            f"{attempt.person} is off the roll.", "Put them on the roll again."
        )
    context.actor.must_be_coordinator("Putting somebody back")
    if attempt.score.state not in UNSCORED:
        raise Refused(
            f"A score of {attempt.person} has been keyed.",
            "Explain the score first, or record an irregularity.",
        )
    allow = "Take them off the roll for that first."
    on_the_roll_once(session, attempt.attempt_id, attempt.person, allow)
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
