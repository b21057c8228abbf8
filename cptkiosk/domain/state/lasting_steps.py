"""Steps that undo does not take back, and what puts each of them right instead."""

from collections.abc import Mapping
from dataclasses import dataclass

from cptkiosk.domain.events.checkin import CheckInOpened, SessionHandedOver
from cptkiosk.domain.events.closing import (
    IrregularitiesSeen,
    ScratchReconciled,
    SessionReopened,
)
from cptkiosk.domain.events.fact import Entry, Fact
from cptkiosk.domain.events.halt import HaltUndone, SessionHalted, SessionResumed
from cptkiosk.domain.events.irregularity import IrregularityRecorded, NoteTaken
from cptkiosk.domain.events.mistake import OutcomeCorrected, OutcomeReplaced
from cptkiosk.domain.events.planning import AttemptAssigned, AttemptUpdated
from cptkiosk.domain.events.restart import RoomClockConfirmed
from cptkiosk.domain.events.score import DiscrepancySettled, ValidityDecided
from cptkiosk.domain.events.testing import AnnouncementMade, LateStarted, SessionEnded
from cptkiosk.domain.time.instants import Instant

LASTING: Mapping[type[Fact], tuple[str, str]] = {
    AnnouncementMade: ("the announcement", "Take a note of what was wrong."),
    AttemptAssigned: ("the assignment", "Take them off the roll instead."),
    AttemptUpdated: ("the changed assignment", "Change it again."),
    CheckInOpened: ("the opening of the check-in", "Cancel the session instead."),
    DiscrepancySettled: ("the decision", "The coordinator keys the score again."),
    HaltUndone: ("the halt taken back", "Halt again."),
    IrregularitiesSeen: ("that the reports were seen", "Correct a report instead."),
    IrregularityRecorded: ("irregularity {code}", "Correct it in a new entry."),
    LateStarted: ("the late start", "End the attempt, with the reason."),
    NoteTaken: ("the note", "Take another note that puts it right."),
    OutcomeCorrected: ("that somebody was put back", "Record the outcome again."),
    OutcomeReplaced: ("the replaced outcome", "Replace it again."),
    RoomClockConfirmed: ("the room clock's time", "Record an irregularity."),
    ScratchReconciled: ("the count of scratch paper", "Count again."),
    SessionEnded: ("that the session ended", "The coordinator may reopen it."),
    SessionHalted: ("the halt", "The coordinator may take it back."),
    SessionHandedOver: ("the hand-over", "Hand the session over again."),
    SessionReopened: ("the reopening", "End the session again."),
    SessionResumed: ("that the clocks ran on", "Halt again."),
    ValidityDecided: ("the decision", "The coordinator decides again."),
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
    if isinstance(event, IrregularityRecorded):
        what = what.format(code=event.code)
    return LastingStep(entry.seq, entry.at, entry.actor, entry.terminal, what, instead)
