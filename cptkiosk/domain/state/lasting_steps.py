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
    AnnouncementMade: ("the announcement", "note-what-was-wrong"),
    AttemptAssigned: ("the assignment", "off-roll-instead"),
    AttemptUpdated: ("the changed assignment", "change-it-again"),
    CheckInOpened: ("the opening of the check-in", "cancel-instead"),
    DiscrepancySettled: ("the decision", "coordinator-keys-again"),
    HaltUndone: ("the halt taken back", "halt-again"),
    IrregularitiesSeen: ("that the reports were seen", "correct-a-report-instead"),
    IrregularityRecorded: ("irregularity {code}", "correct-in-new-entry"),
    LateStarted: ("the late start", "end-attempt"),
    NoteTaken: ("the note", "take-another-note"),
    OutcomeCorrected: ("that somebody was put back", "record-again"),
    OutcomeReplaced: ("the replaced outcome", "replace-it-again"),
    RoomClockConfirmed: ("the room clock's time", "record-irregularity-only"),
    ScratchReconciled: ("the count of scratch paper", "count-again"),
    SessionEnded: ("that the session ended", "may-reopen"),
    SessionHalted: ("the halt", "may-take-back"),
    SessionHandedOver: ("the hand-over", "hand-over-again"),
    SessionReopened: ("the reopening", "end-again"),
    SessionResumed: ("that the clocks ran on", "halt-again"),
    ValidityDecided: ("the decision", "coordinator-decides-again"),
}
"""What such a step is called, and the remedy: what is done instead of undoing it."""


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
