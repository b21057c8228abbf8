"""Steps that undo does not take back, and what puts each of them right instead."""

from collections.abc import Mapping
from dataclasses import dataclass

from cptkiosk.domain import session_events as e
from cptkiosk.domain.events import Entry, Fact
from cptkiosk.domain.instants import Instant

LASTING: Mapping[type[Fact], tuple[str, str]] = {
    e.AnnouncementMade: ("the announcement", "Take a note of what was wrong."),
    e.AttemptAssigned: ("the assignment", "Take them off the roll instead."),
    e.AttemptUpdated: ("the changed assignment", "Change it again."),
    e.CheckInOpened: ("the opening of the check-in", "Cancel the session instead."),
    e.DiscrepancySettled: ("the decision", "The coordinator keys the score again."),
    e.HaltUndone: ("the halt taken back", "Halt again."),
    e.IrregularitiesSeen: ("that the reports were seen", "Correct a report instead."),
    e.IrregularityRecorded: ("irregularity {code}", "Correct it in a new entry."),
    e.LateStarted: ("the late start", "End the attempt, with the reason."),
    e.NoteTaken: ("the note", "Take another note that puts it right."),
    e.OutcomeCorrected: ("that somebody was put back", "Record the outcome again."),
    e.OutcomeReplaced: ("the replaced outcome", "Replace it again."),
    e.RoomClockConfirmed: ("the room clock's time", "Record an irregularity."),
    e.ScratchReconciled: ("the count of scratch paper", "Count again."),
    e.SessionEnded: ("that the session ended", "The coordinator may reopen it."),
    e.SessionHalted: ("the halt", "The coordinator may take it back."),
    e.SessionHandedOver: ("the hand-over", "Hand the session over again."),
    e.SessionReopened: ("the reopening", "End the session again."),
    e.SessionResumed: ("that the clocks ran on", "Halt again."),
    e.ValidityDecided: ("the decision", "The coordinator decides again."),
}
"""What such a step is called, and what is done instead of undoing it."""


@dataclass(frozen=True, slots=True)
class LastingStep:
    """A step of the staff that stays on record as it is."""

    seq: int
    at: Instant
    actor: str
    terminal: str
    what: str
    instead: str


def lasting_step(entry: Entry) -> LastingStep | None:
    """Return the step that an entry tells of, if undo does not take it back.

    What the kiosk drafts by itself is nobody's step.
    """
    event = entry.event
    known = LASTING.get(type(event))
    if known is None or getattr(event, "drafted", False):
        return None
    what, instead = known
    if isinstance(event, e.IrregularityRecorded):
        what = what.format(code=event.code)
    return LastingStep(entry.seq, entry.at, entry.actor, entry.terminal, what, instead)
