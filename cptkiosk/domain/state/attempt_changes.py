"""What an event makes of an attempt: one handler an event, and the table of them.

An attempt is never changed: each handler returns the next one. None of them refuses,
since an event has happened; whether it may is asked before, in the rules. A step that
can be taken back keeps the attempt before it, in `undo`.
"""

from collections.abc import Mapping

from cptkiosk.domain.events.fact import Entry, Fact
from cptkiosk.domain.events.mistake import OutcomeCorrected
from cptkiosk.domain.events.planning import (
    AttemptAssigned,
    AttemptCancelled,
    AttemptUpdated,
)
from cptkiosk.domain.events.session import StepUndone
from cptkiosk.domain.events.testing import (
    AttemptEndedEarly,
    AttemptFinished,
    BreakBegan,
    BreakEnded,
    CreditGiven,
    LateStarted,
    PauseBegan,
    PauseEnded,
    SheetsIssued,
    VendorClockNoted,
)
from cptkiosk.domain.state import checkin_changes, score_changes, vendor_changes
from cptkiosk.domain.state.attempt import NEVER_STARTED, Attempt, AttemptProgress, Gate
from cptkiosk.domain.state.checkin_changes import NO_SEAT
from cptkiosk.domain.state.score_changes import (
    Changes,
    Handler,
    make_undoable,
    more_serious,
    validity_after_undo,
)
from cptkiosk.domain.state.score_state import Score
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import replace


def evolve(event: Fact, attempt: Attempt, entry: Entry, timeline_ms: int) -> Attempt:
    """Return `attempt` after an event about it; total, and unable to refuse."""
    return HANDLERS[type(event)](event, attempt, entry, timeline_ms)


def new_attempt(event: AttemptAssigned) -> Attempt:
    """Return the attempt that an assignment makes; it has every field of the event."""
    return Attempt(**vars(event))


def put_back(made: Attempt, known: Attempt) -> Attempt:
    """Return an attempt that had been taken off: what was recorded still holds.

    That is what was tried in vain at the door, too, and the sheet they have in hand.
    """
    sheet = tuple(pair for pair in known.gates if pair[0] == Gate.SCRATCH)
    return replace(
        made,
        irregularities=known.irregularities,
        validity=known.validity,
        failed_gates=known.failed_gates,
        gates=sheet,
        sheets=known.sheets,
    )


def _after_attempt_updated(
    event: AttemptUpdated, attempt: Attempt, entry: Entry, timeline_ms: int
) -> Attempt:
    reopened: set[Gate] = set()
    if event.person != attempt.person:
        reopened |= {Gate.PHOTO_ID, Gate.NAME}
    if event.user_code != attempt.user_code:
        reopened |= {Gate.USER_CODE, Gate.NAME, Gate.ELIGIBLE}
    known = (attempt.factor_permille, attempt.stop_clock)
    if known != (event.factor_permille, event.stop_clock):
        reopened |= {Gate.ACCOMMODATIONS, Gate.ELIGIBLE}
    if event.paid != attempt.paid:
        reopened.add(Gate.ELIGIBLE)
    undo = attempt.undo if attempt.standing in NEVER_STARTED else None
    if undo is not None:
        # A denial by mistake can still be undone; what that restores is updated too.
        undo = replace(undo, attempt=evolve(event, undo.attempt, entry, timeline_ms))
    return replace(
        _reopen_gates(attempt, reopened),
        person=event.person,
        user_code=event.user_code,
        factor_permille=event.factor_permille,
        paid=event.paid,
        stop_clock=event.stop_clock,
        undo=undo,
    )


def _reopen_gates(attempt: Attempt, some: set[Gate]) -> Attempt:
    """Return the attempt with gates to pass again; a seat taken is kept."""
    gates = tuple(pair for pair in attempt.gates if pair[0] not in some)
    standing = attempt.standing
    if gates != attempt.gates and standing in {
        AttemptProgress.SEATED,
        AttemptProgress.CHECKED_IN,
    }:
        standing = AttemptProgress.CHECKED_IN
        if Gate.PHOTO_ID in some:
            standing = (
                AttemptProgress.LATE_EXPECTED
                if attempt.late
                else AttemptProgress.EXPECTED
            )
    return replace(attempt, gates=gates, standing=standing)


def _after_late_started(
    event: LateStarted, attempt: Attempt, entry: Entry, timeline_ms: int
) -> Attempt:
    since = timeline_ms if event.since_line_ms is None else event.since_line_ms
    return replace(start_testing(attempt, since), late=True)


def _after_outcome_corrected(
    event: OutcomeCorrected, attempt: Attempt, entry: Entry, timeline_ms: int
) -> Attempt:
    validity = attempt.undismissed or attempt.validity
    back = replace(attempt, reason=None, undo=None, undismissed=None, validity=validity)
    if attempt.start_line_ms is not None:
        return replace(
            back, standing=AttemptProgress.TESTING, end_line_ms=None, score=Score()
        )
    gates = tuple(pair for pair in attempt.gates if pair[0] != Gate.SEAT)
    if event.expected_late:
        return replace(back, standing=AttemptProgress.LATE_EXPECTED, gates=gates)
    standing = (
        AttemptProgress.LATE_EXPECTED if attempt.late else AttemptProgress.EXPECTED
    )
    back = replace(back, standing=standing, gates=gates)
    return replace(back, **back.with_gates(()))  # type: ignore[arg-type]


def _after_step_undone(
    event: StepUndone, attempt: Attempt, entry: Entry, timeline_ms: int
) -> Attempt:
    if attempt.undo is None:
        return attempt
    # What others recorded about the attempt meanwhile stays, and so do announcements.
    before = attempt.undo.attempt
    return replace(
        before,
        announced=attempt.announced | before.announced,
        contradicted=attempt.contradicted,
        keyings=attempt.keyings,
        was_verified=attempt.was_verified,
        irregularities=attempt.irregularities,
        validity=validity_after_undo(attempt),
        undismissed=attempt.undismissed if before.undismissed is not None else None,
    )


def start_testing(attempt: Attempt, timeline_ms: int) -> Attempt:
    """Return the attempt testing from `timeline_ms`; check-in steps cannot be undone."""
    return replace(
        attempt, standing=AttemptProgress.TESTING, start_line_ms=timeline_ms, undo=None
    )


def close_intervals(
    intervals: tuple[timing.Interval, ...], timeline_ms: int
) -> tuple[timing.Interval, ...]:
    """Return the intervals with the open one, if any, ended."""
    if not intervals or intervals[-1][1] is not None:
        return intervals
    return (*intervals[:-1], (intervals[-1][0], timeline_ms))


def _at_rest(
    attempt: Attempt, standing: AttemptProgress, timeline_ms: int
) -> dict[str, object]:
    return {
        "standing": standing,
        "end_line_ms": None if attempt.start_line_ms is None else timeline_ms,
        "stops": close_intervals(attempt.stops, timeline_ms),
        "breaks": close_intervals(attempt.breaks, timeline_ms),
    }


def _end_early(event: AttemptEndedEarly, attempt: Attempt, at_ms: int) -> Changes:
    ended = _at_rest(attempt, AttemptProgress(event.outcome), at_ms)
    if event.withholds:
        ended["undismissed"] = attempt.validity
        ended["validity"] = more_serious(attempt.validity, "withhold")
    return {**ended, "reason": event.reason}


HANDLERS: Mapping[type[Fact], Handler] = {
    **checkin_changes.HANDLERS,
    **score_changes.HANDLERS,
    **vendor_changes.HANDLERS,
    AttemptUpdated: _after_attempt_updated,
    AttemptCancelled: make_undoable(
        lambda event, attempt, at_ms: {
            "standing": AttemptProgress.CANCELLED,
            "reason": event.reason,
            **NO_SEAT,
        }
    ),
    SheetsIssued: make_undoable(
        lambda event, attempt, at_ms: {"sheets": (*attempt.sheets, *event.sheets)}
    ),
    LateStarted: _after_late_started,
    BreakBegan: make_undoable(
        lambda event, attempt, at_ms: {"breaks": (*attempt.breaks, (at_ms, None))}
    ),
    BreakEnded: make_undoable(
        lambda event, attempt, at_ms: {"breaks": close_intervals(attempt.breaks, at_ms)}
    ),
    PauseBegan: make_undoable(
        lambda event, attempt, at_ms: {"stops": (*attempt.stops, (at_ms, None))}
    ),
    PauseEnded: make_undoable(
        lambda event, attempt, at_ms: {"stops": close_intervals(attempt.stops, at_ms)}
    ),
    CreditGiven: make_undoable(
        lambda event, attempt, at_ms: {"credit_ms": attempt.credit_ms + event.credit_ms}
    ),
    VendorClockNoted: make_undoable(
        lambda event, attempt, at_ms: {"drift_ms": event.drift_ms}
    ),
    AttemptFinished: make_undoable(
        lambda event, attempt, at_ms: _at_rest(attempt, AttemptProgress.FINISHED, at_ms)
    ),
    AttemptEndedEarly: make_undoable(_end_early),
    OutcomeCorrected: _after_outcome_corrected,
    StepUndone: _after_step_undone,
}
"""What each event about an attempt does."""
