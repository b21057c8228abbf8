"""What somebody wants to happen: commands, in the imperative."""

from dataclasses import dataclass

from cptkiosk.domain.command_types import (
    AboutAttempt,
    AttemptCommand,
    Batch,
    SessionCommand,
)
from cptkiosk.domain.instants import Instant
from cptkiosk.domain.planning_events import AssignedModule, Room

# The kinds are asked for where the commands are.
__all__ = ["AboutAttempt", "AttemptCommand", "Batch", "SessionCommand"]


@dataclass(frozen=True, kw_only=True)
class PlanSession(SessionCommand):
    """Put a session on the calendar."""

    title: str
    starts_at_utc_ms: int
    module_ids: tuple[str, ...]
    rooms: tuple[Room, ...]


@dataclass(frozen=True, kw_only=True)
class AssignAttempt(SessionCommand):
    """Put a candidate on the roll, or bring an assignment up to date."""

    participant_id: str
    person: str
    module: AssignedModule
    user_code: str
    factor_permille: int
    paid: bool | None
    stop_clock: bool = False
    continues: str = ""
    """The interrupted attempt that goes on, as 'session/attempt'."""

    override: str = ""
    """Why the coordinator assigns in spite of what the eligibility rules found."""

    walk_in: bool = False
    """Whether they stand at the door and were not expected."""


@dataclass(frozen=True, kw_only=True)
class CorrectModule(AttemptCommand):
    """Put somebody down for the module they came for, before any login."""

    instead: AssignAttempt
    reason: str


@dataclass(frozen=True, kw_only=True)
class CancelAttempt(AttemptCommand):
    """Take a candidate off the roll."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class OpenCheckIn(SessionCommand):
    """Open the doors: room checked, no conflict with any candidate."""

    room_checks: tuple[str, ...]
    no_conflicts_declared: bool


@dataclass(frozen=True, kw_only=True)
class PassGates(AttemptCommand):
    """Pass gates of the check-in."""

    gates: tuple[str, ...]
    note: str = ""
    id_kind: str = ""
    """What kind of photo ID was shown, one of `photo_id.ID_KINDS`."""

    id_checked: bool = False
    """Whether the photo ID was seen to be unexpired, and to show this person."""


@dataclass(frozen=True, kw_only=True)
class WaiveGate(AttemptCommand):
    """Let a gate go, for a reason."""

    gate: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class FailGate(AttemptCommand):
    """Record that a gate was not passed, and what was shown."""

    gate: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class TakeSeat(AttemptCommand):
    """Give a candidate a seat; without one the next that is free."""

    room: str = ""
    seat: str = ""
    swap_with: str = ""
    """Who was agreed to get this candidate's seat in exchange, if anybody: an attempt."""


@dataclass(frozen=True, kw_only=True)
class DenyAttempt(AttemptCommand):
    """Do not admit a candidate; unless a coordinator decides it, one is called first."""

    reason: str
    coordinator_called: bool


@dataclass(frozen=True, kw_only=True)
class MarkAbsent(SessionCommand):
    """Record that candidates did not come; if `only_missing`, not who came meanwhile."""

    attempt_ids: tuple[str, ...]
    only_missing: bool = False


class ExpectLate(AttemptCommand):
    """Record that a candidate is known to come late."""


class ArriveLate(AttemptCommand):
    """Record that an absent or late candidate is here."""


@dataclass(frozen=True, kw_only=True)
class HandOver(SessionCommand):
    """Let somebody else of the staff run the session; both sign."""

    to: str


@dataclass(frozen=True, kw_only=True)
class StartSession(SessionCommand):
    """Start everyone seated, at one instant a few seconds ahead."""

    script_read: bool = False
    """Whether whoever starts says that the script was read aloud."""

    beyond_window: str = ""
    """Why it starts although somebody will end after the vendor's testing window."""


class UndoStart(SessionCommand):
    """Take the start back."""


@dataclass(frozen=True, kw_only=True)
class StartLate(AttemptCommand):
    """Start a late arrival on their own clock."""

    beyond_window: str = ""
    """Why they start although they will end after the vendor's testing window."""


@dataclass(frozen=True, kw_only=True)
class HaltSession(SessionCommand):
    """Stop every clock, perhaps from an earlier alarm on."""

    reason: str
    ago_ms: int = 0
    asked_line_ms: int | None = None
    """The instant on the timeline that `ago_ms` counts back from, if it is not now."""


@dataclass(frozen=True, kw_only=True)
class UndoHalt(SessionCommand):
    """Take back a halt that was a mistake, as if the clocks had run on."""

    number: int = 0
    """Which of the halts that count, from 1 on; 0 is the last."""

    reason: str = ""
    """Why, from the coordinator; whoever halted a moment ago needs none."""


@dataclass(frozen=True, kw_only=True)
class ResumeSession(SessionCommand):
    """Let the clocks run on, for those who are back."""

    back: tuple[str, ...]
    beyond_window: str = ""
    """Why it goes on although somebody will end after the vendor's testing window."""


@dataclass(frozen=True, kw_only=True)
class IssueSheets(AttemptCommand):
    """Give a candidate more scratch paper: the sheets with the next free numbers."""

    count: int = 1


class BeginBreak(AttemptCommand):
    """Let a candidate out of the room; the clock runs."""


class EndBreak(AttemptCommand):
    """Record that a candidate is back from a break."""


@dataclass(frozen=True, kw_only=True)
class BeginPause(AttemptCommand):
    """Stop one clock, for a fault or an approved stop-clock break."""

    reason: str
    kind: str = "fault"


@dataclass(frozen=True, kw_only=True)
class EndPause(AttemptCommand):
    """Let one clock run on."""

    beyond_window: str = ""
    """Why, although they will end after the vendor's testing window."""


@dataclass(frozen=True, kw_only=True)
class GiveCredit(AttemptCommand):
    """Give time back, or take it off again."""

    credit_ms: int
    reason: str
    seen_credit_ms: int | None = None
    """The credit they had when this was asked; `None` if nobody looked."""

    beyond_window: str = ""
    """Why, although they will end after the vendor's testing window."""


@dataclass(frozen=True, kw_only=True)
class NoteVendorClock(AttemptCommand):
    """Record the remaining time that the vendor's screen shows."""

    vendor_left_ms: int
    asked_line_ms: int | None = None
    """When the vendor's screen showed it, on the timeline, if that is not now."""


class FinishAttempt(AttemptCommand):
    """Record that the vendor's screen shows the assessment as submitted."""


@dataclass(frozen=True, kw_only=True)
class EndEarly(AttemptCommand):
    """Dismiss, withdraw or interrupt an attempt."""

    outcome: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PutBack(AttemptCommand):
    """Put somebody back who was finished, denied, absent or dismissed by mistake."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class ReplaceOutcome(AttemptCommand):
    """Say, once the session is over, how an attempt really ended."""

    outcome: str
    reason: str
    stopped_line_ms: int | None = None
    """When they stopped, on the timeline; `None` keeps what is recorded."""

    seen_standing: str = ""
    """The outcome on record when this was asked; nothing if nobody looked."""

    seen_end_line_ms: int | None = None
    """When they had stopped by that record, if it has a time."""


@dataclass(frozen=True, kw_only=True)
class Announce(SessionCommand):
    """Record that minutes left were read aloud."""

    minutes: int
    attempt_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TakeNote(SessionCommand):
    """Keep a remark, about an attempt or about the session."""

    text: str
    attempt_id: str = ""


@dataclass(frozen=True, kw_only=True)
class RecordIrregularity(SessionCommand):
    """Record something out of the norm."""

    code: str
    severity: int
    scope: str
    validity: str
    attempt_ids: tuple[str, ...]
    observed: str
    action_taken: str
    minutes_lost: int = 0
    happened_at_utc_ms: int = 0
    estimated: bool = False
    details: tuple[tuple[str, str], ...] = ()
    """The fields that this code needs beyond the common ones, by name."""

    observer: str = ""
    """Who saw or heard it, if not whoever records it."""

    witnesses: str = ""
    told: str = ""
    """Who was told, and when."""

    vendor_case: str = ""
    completed: str = ""
    """Whether the test was completed: yes, no, or not said."""

    void_recommended: bool = False
    supersedes: str = ""
    """The entry that this one corrects."""


@dataclass(frozen=True, kw_only=True)
class UndoStep(SessionCommand):
    """Take back the asker's own last step in this session.

    What was done to several people at once is taken back for all of them.
    """

    here_only: bool = False
    """Whether a step made at another terminal is named and asked about first."""

    seq: int = 0
    """The entry to take back, once it has been named; 0 is the last one."""


@dataclass(frozen=True, kw_only=True)
class KeyScore(AttemptCommand):
    """Key what the vendor's screen shows."""

    shown: str
    vendor_verdict: str = ""
    shown_as: str = ""
    """What a number without a sign is: raw or percent; nothing if nobody was asked."""

    seen_keyings: int | None = None
    """How often the score had been keyed when this was asked; `None`: not said."""


@dataclass(frozen=True, kw_only=True)
class ExplainScore(AttemptCommand):
    """Say why there is no score (yet)."""

    state: str
    reason: str
    seen_keyings: int | None = None
    """How often the score had been keyed when this was asked; `None`: not said."""


@dataclass(frozen=True, kw_only=True)
class SettleDiscrepancy(AttemptCommand):
    """Say which verdict holds where ours and the vendor's differ."""

    uphold: str
    """score: what follows from the score keyed; vendor: what the vendor says."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class DecideValidity(AttemptCommand):
    """Let a score count again, or declare it void."""

    validity: str
    reason: str
    reference: str = ""
    """The decision from outside on which a void rests."""

    seen_validity: str = ""
    """Whether the score counted when this was asked; nothing if nobody looked."""


class EndSession(SessionCommand):
    """End a session in which nobody is testing any more."""


@dataclass(frozen=True, kw_only=True)
class ReopenSession(SessionCommand):
    """Take the end back."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class ReconcileScratch(SessionCommand):
    """Count the scratch paper back."""

    returned: int
    note: str = ""
    missing: tuple[int, ...] = ()
    """The numbers of the sheets that did not come back, as far as known."""


@dataclass(frozen=True, kw_only=True)
class SeeIrregularities(SessionCommand):
    """Record that a coordinator looked at what they must see before the seal."""

    saw: tuple[str, ...]
    """The IDs of the reports that were named to the coordinator."""


@dataclass(frozen=True, kw_only=True)
class SealSession(SessionCommand):
    """Sign the close-out."""

    saw: tuple[str, ...] | None = None
    """The IDs of the reports that whoever signs was shown; all of them if not given."""


@dataclass(frozen=True, kw_only=True)
class AmendSession(SessionCommand):
    """Open a sealed record again."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class CancelSession(SessionCommand):
    """Call a session off before it started."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class AbandonSession(SessionCommand):
    """Give up a session that cannot be brought to its end."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class BridgeBoot(SessionCommand):
    """Carry a running clock over to this boot, from the last sign of life."""

    last: Instant


@dataclass(frozen=True, kw_only=True)
class ConfirmRoomClock(SessionCommand):
    """Accept the bridged time, corrected to what the room clock shows."""

    correction_ms: int = 0


@dataclass(frozen=True, kw_only=True)
class RecordBundle(SessionCommand):
    """Record that a bundle was written and read back."""

    destination: str
    file_name: str
    sha256: str
