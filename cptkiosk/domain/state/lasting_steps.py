"""Steps that cannot be undone, and what to do instead of undoing them."""

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
    CheckInOpened: ("the opening of check-in", "cancel-instead"),
    DiscrepancySettled: ("the settled discrepancy", "coordinator-keys-again"),
    HaltUndone: ("the undone halt", "halt-again"),
    IrregularitiesSeen: ("the review of irregularities", "correct-a-report-instead"),
    IrregularityRecorded: ("irregularity {code}", "correct-in-new-entry"),
    LateStarted: ("the late start", "end-attempt"),
    NoteTaken: ("the note", "take-another-note"),
    OutcomeCorrected: ("the corrected outcome", "record-again"),
    OutcomeReplaced: ("the replaced outcome", "replace-it-again"),
    RoomClockConfirmed: ("the room clock comparison", "record-irregularity-only"),
    ScratchReconciled: ("the scratch paper count", "count-again"),
    SessionEnded: ("the end of the session", "may-reopen"),
    SessionHalted: ("the halt", "may-take-back"),
    SessionHandedOver: ("the hand-over", "hand-over-again"),
    SessionReopened: ("the reopening of the session", "end-again"),
    SessionResumed: ("the resume", "halt-again"),
    ValidityDecided: ("the validity decision", "coordinator-decides-again"),
}
"""The name of each such step, and the remedy: what to do instead of undoing it."""


@dataclass(frozen=True, slots=True)
class LastingStep:
    """A step of the staff that cannot be undone."""

    seq: int
    at: Instant
    actor: str
    terminal: str
    what: str
    instead: str


def lasting_step(entry: Entry) -> LastingStep | None:
    """Return the step of an entry that cannot be undone, or `None`.

    What the kiosk drafts is not a step of the staff.
    """
    event = entry.event
    known = LASTING.get(type(event))
    if known is None or getattr(event, "drafted", False):
        return None
    what, instead = known
    if isinstance(event, IrregularityRecorded):
        what = what.format(code=event.code)
    return LastingStep(entry.seq, entry.at, entry.actor, entry.terminal, what, instead)
