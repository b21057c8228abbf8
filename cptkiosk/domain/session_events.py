"""Facts about one session and its attempts (stream `session/<session id>`)."""

from dataclasses import dataclass

from cptkiosk.domain.events import Fact, fact
from cptkiosk.domain.values import Personal


class AttemptFact(Fact):
    """Base of the facts about one attempt."""

    attempt_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room and its grid of seats, rows lettered from A, columns from 1."""

    name: str
    rows: int
    columns: int

    def seat_labels(self) -> tuple[str, ...]:
        """Return every seat of the room, in the order they are offered."""
        return tuple(
            f"{chr(ord('A') + row)}{column}"
            for row in range(self.rows)
            for column in range(1, self.columns + 1)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedModule:
    """The definition an attempt was assigned with, whatever the file says later."""

    module_id: str
    name: str
    short: str
    edition: str
    core: bool
    items: int
    minutes: int
    cut_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OddDate:
    """Something odd about a date that was pointed out and confirmed."""

    code: str
    params: tuple[tuple[str, str], ...] = ()
    """What the code is about, by name: a session, a room, a staff ID, minutes."""


@fact("session-planned.v1")
class SessionPlanned(Fact):
    """A session was put on the calendar."""

    session_id: str
    title: str
    starts_at_utc_ms: int
    module_ids: tuple[str, ...]
    rooms: tuple[Room, ...]
    odd: tuple[OddDate, ...] = ()


@fact("attempt-assigned.v1")
class AttemptAssigned(AttemptFact):
    """A candidate was put on the session's roll for one module."""

    attempt_id: str
    participant_id: str
    person: Personal
    module: AssignedModule
    user_code: str
    factor_permille: int
    paid: bool | None = None
    stop_clock: bool = False
    continues: str = ""
    carried_ms: int | None = None
    """What was left of the attempt that this one continues; it is all there is."""

    override: Personal | None = None
    overrules: tuple[str, ...] = ()
    """The eligibility rules that were overridden; others stand at the door."""

    full_days: bool = False
    """Whether the wait before a retake was counted in full days between."""

    walk_in: bool = False
    """Whether they stood at the door and were not expected."""


@fact("attempt-updated.v1")
class AttemptUpdated(AttemptFact):
    """The roster changed name, code, extra time or payment before the start."""

    attempt_id: str
    person: Personal
    user_code: str
    factor_permille: int
    paid: bool | None = None
    stop_clock: bool = False
    granted: Personal | None = None
    """Why the coordinator gave more time by hand once the check-in was open."""


@fact("attempt-cancelled.v1")
class AttemptCancelled(AttemptFact):
    """The candidate was taken off the roll."""

    attempt_id: str
    reason: Personal


@fact("check-in-opened.v1")
class CheckInOpened(Fact):
    """The room was found ready and the doors were opened."""

    room_checks: tuple[str, ...]
    no_conflicts_declared: bool
    odd: tuple[OddDate, ...] = ()


@fact("gates-passed.v1")
class GatesPassed(AttemptFact):
    """One or more gates of the check-in were passed."""

    attempt_id: str
    gates: tuple[str, ...]
    note: Personal | None = None
    """What was shown or said, such as the kind of ID."""

    id_checked: bool = False
    """Whether the photo ID was seen to be unexpired, and to show this person."""

    in_spite_of: Personal | None = None
    """What was known against whoever passed as eligible, or nothing; null in older
    entries, which have that in `note`."""

    sheet: int = 0
    """The number of the sheet of scratch paper handed out with the gate for it; 0 in
    older entries, whose sheets have no number."""


@fact("sheets-issued.v1")
class SheetsIssued(AttemptFact):
    """The candidate was given more scratch paper."""

    attempt_id: str
    sheets: tuple[int, ...]
    """The numbers of these sheets."""


@fact("gate-waived.v1")
class GateWaived(AttemptFact):
    """A gate was let go, by somebody, for a reason."""

    attempt_id: str
    gate: str
    reason: Personal


@fact("gate-failed.v1")
class GateFailed(AttemptFact):
    """A gate was not passed; it stays open until it is, or somebody is denied."""

    attempt_id: str
    gate: str
    reason: Personal


@fact("seat-taken.v1")
class SeatTaken(AttemptFact):
    """The candidate sits here now."""

    attempt_id: str
    room: str
    seat: str


@fact("coordinator-called.v1")
class CoordinatorCalled(AttemptFact):
    """The coordinator was called before a candidate was turned away."""

    attempt_id: str


@fact("attempt-denied.v1")
class AttemptDenied(AttemptFact):
    """The candidate was not admitted."""

    attempt_id: str
    reason: Personal
    coordinator_called: bool
    by_coordinator: bool = False
    """Whether a coordinator decided it, who need not call one."""


@fact("attempt-absent.v1")
class AttemptAbsent(AttemptFact):
    """The candidate did not come."""

    attempt_id: str


@fact("attempt-expected-late.v1")
class AttemptExpectedLate(AttemptFact):
    """The candidate is known to come late."""

    attempt_id: str


@fact("late-arrival.v1")
class LateArrived(AttemptFact):
    """A candidate came who was not expected any more; check-in begins."""

    attempt_id: str
    late: bool = True
    """Whether that was after the start."""


@fact("session-handed-over.v1")
class SessionHandedOver(Fact):
    """Somebody else of the staff runs the session from here on; both signed."""

    from_staff: str
    to_staff: str
    odd: tuple[OddDate, ...] = ()


@fact("session-started.v1")
class SessionStarted(Fact):
    """Everyone seated began at one shared instant, a few seconds ahead."""

    start_utc_ms: int
    start_boot_ms: int
    boot_id: str
    beyond_window: Personal | None = None
    attempt_ids: tuple[str, ...] = ()
    """Who began. Empty in entries that do not say: everybody seated at that point."""

    script_read: bool = False
    """Whether whoever started said that the script was read aloud."""

    odd: tuple[OddDate, ...] = ()


@fact("start-undone.v1")
class StartUndone(Fact):
    """The start was taken back; everyone is seated again."""


@fact("late-start.v1")
class LateStarted(AttemptFact):
    """A late arrival began, on their own clock or with what is left of the group's."""

    attempt_id: str
    since_line_ms: int | None = None
    """The group's start, where the center lets late arrivals end with the group."""

    beyond_window: Personal | None = None


@fact("session-halted.v1")
class SessionHalted(Fact):
    """Every clock stopped, perhaps from an earlier alarm on."""

    reason: Personal
    since_line_ms: int


@fact("halt-undone.v1")
class HaltUndone(Fact):
    """A halt was a mistake: the clocks count as if they had run on."""

    number: int
    """Which of the halts that count, from 1 on."""

    since_line_ms: int
    reason: Personal | None = None


@fact("session-resumed.v1")
class SessionResumed(Fact):
    """Every clock ran on."""

    back: tuple[str, ...]
    beyond_window: Personal | None = None


@fact("break-began.v1")
class BreakBegan(AttemptFact):
    """The candidate left the room; the clock runs."""

    attempt_id: str


@fact("break-ended.v1")
class BreakEnded(AttemptFact):
    """The candidate is back."""

    attempt_id: str


@fact("pause-began.v1")
class PauseBegan(AttemptFact):
    """One clock stopped, for a fault or an approved stop-clock break."""

    attempt_id: str
    reason: Personal
    kind_of_pause: str = "fault"


@fact("pause-ended.v1")
class PauseEnded(AttemptFact):
    """That clock ran on."""

    attempt_id: str
    beyond_window: Personal | None = None


@fact("credit-given.v1")
class CreditGiven(AttemptFact):
    """Time was given back, or taken off again."""

    attempt_id: str
    credit_ms: int
    reason: Personal
    beyond_window: Personal | None = None


@fact("vendor-clock-noted.v1")
class VendorClockNoted(AttemptFact):
    """The remaining time on the vendor's screen was compared with ours."""

    attempt_id: str
    vendor_left_ms: int
    drift_ms: int
    """What the vendor's clock leaves more than ours does."""

    shown: Personal | None = None
    """The same as text; its salt keeps the entry's hash from being guessed back."""


@fact("attempt-finished.v1")
class AttemptFinished(AttemptFact):
    """The vendor's screen showed the assessment as submitted."""

    attempt_id: str


@fact("attempt-ended-early.v1")
class AttemptEndedEarly(AttemptFact):
    """Dismissed, withdrawn or interrupted, for a reason."""

    attempt_id: str
    outcome: str
    reason: Personal
    withholds: bool = False
    """Whether the score is withheld until the coordinator decides about it."""


@fact("outcome-corrected.v1")
class OutcomeCorrected(AttemptFact):
    """The coordinator took an outcome back that had been recorded by mistake.

    If the clock had begun, the time since counts as used.
    """

    attempt_id: str
    outcome: str
    """What it had been."""

    reason: Personal
    expected_late: bool = False
    """Whether the others have started, so that the arrival is recorded first."""


@fact("outcome-replaced.v1")
class OutcomeReplaced(AttemptFact):
    """The coordinator replaced a wrong outcome once the session was over."""

    attempt_id: str
    was: str
    """The outcome that was recorded by mistake."""

    outcome: str
    """The outcome that holds."""

    reason: Personal
    start_line_ms: int | None = None
    """When their clock began; `None` if it never did."""

    end_line_ms: int | None = None
    """When they stopped; `None` if their clock never began."""

    withholds: bool = False
    """Whether the score is withheld until the coordinator decides about it."""


@fact("announcement-made.v1")
class AnnouncementMade(Fact):
    """Minutes left were read aloud to these candidates."""

    minutes: int
    attempt_ids: tuple[str, ...]


@fact("note-taken.v1")
class NoteTaken(Fact):
    """Something worth keeping that is no irregularity."""

    attempt_id: str
    text: Personal


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Where an affected attempt was when an irregularity was recorded."""

    attempt_id: str
    seat: str
    left_ms: int | None


@fact("irregularity-recorded.v1")
class IrregularityRecorded(Fact):
    """Something out of the norm, with everyone it affected."""

    irregularity_id: str
    code: str
    severity: int
    scope: str
    attempt_ids: tuple[str, ...]
    happened_at_utc_ms: int
    estimated: bool
    observed: Personal
    action_taken: Personal
    minutes_lost: int
    validity: str
    supersedes: str = ""
    details: tuple[tuple[str, Personal], ...] = ()
    missing: tuple[str, ...] = ()
    """What must still be said before the session can be sealed."""

    moments: tuple[Moment, ...] = ()
    observer: Personal | None = None
    witnesses: Personal | None = None
    told: Personal | None = None
    vendor_case: str = ""
    completed: str = ""
    void_recommended: bool = False
    spared: tuple[str, ...] = ()
    """Whose validity stays as it is: the entry that this one corrects has moved it."""

    drafted: bool = False
    """Whether the kiosk drafted it, for a person to explain."""


@fact("step-undone.v1")
class StepUndone(AttemptFact):
    """The attempt's last step was taken back; both entries stay."""

    attempt_id: str
    step: str


def named_in(event: Fact) -> tuple[str, ...]:
    """Return the attempts that an event names."""
    one = getattr(event, "attempt_id", "")
    return (*getattr(event, "attempt_ids", ()), *((one,) if one else ()))


@fact("steps-grouped.v1")
class StepsGrouped(Fact):
    """The last steps of these attempts were taken together: undoing takes back all."""

    attempt_ids: tuple[str, ...]


@fact("score-keyed.v1")
class ScoreKeyed(AttemptFact):
    """Somebody keyed what the vendor's screen showed."""

    attempt_id: str
    raw_min: int
    raw_max: int
    shown: str
    vendor_verdict: str = ""
    shown_as: str = ""
    """What somebody said the number is: raw, percent, or nothing if not asked."""

    agrees: bool = False
    """Whether it means what the keying before it does, though only one of the two names
    the vendor's verdict."""


@fact("score-corrected.v1")
class ScoreCorrected(AttemptFact):
    """The coordinator keyed a score anew that had been verified before."""

    attempt_id: str
    raw_min: int
    raw_max: int
    shown: str
    vendor_verdict: str = ""
    shown_as: str = ""
    """What somebody said the number is: raw, percent, or nothing if not asked."""

    agrees: bool = False
    """Whether it means what the keying before it does, though only one of the two names
    the vendor's verdict."""


@fact("score-explained.v1")
class ScoreExplained(AttemptFact):
    """There is no score yet (pending) or there will be none (not applicable)."""

    attempt_id: str
    state: str
    reason: Personal


@fact("discrepancy-settled.v1")
class DiscrepancySettled(AttemptFact):
    """The coordinator said which verdict holds, the score's or the vendor's."""

    attempt_id: str
    uphold: str
    reason: Personal


@fact("validity-decided.v1")
class ValidityDecided(AttemptFact):
    """The coordinator let a score count again, or recorded that it is void."""

    attempt_id: str
    validity: str
    reason: Personal
    reference: str = ""


@fact("session-ended.v1")
class SessionEnded(Fact):
    """Nobody was testing any more."""


@fact("session-reopened.v1")
class SessionReopened(Fact):
    """The session was ended by mistake."""

    reason: Personal


@fact("scratch-reconciled.v1")
class ScratchReconciled(Fact):
    """Scratch paper was counted back."""

    issued: int
    returned: int
    note: Personal
    missing: tuple[int, ...] = ()
    """The numbers of the sheets that did not come back, as far as somebody said."""


@fact("session-sealed.v1")
class SessionSealed(Fact):
    """The lead proctor signed the close-out."""

    revision: int
    signed_by: str


@fact("step-authorized.v1")
class StepAuthorized(Fact):
    """A coordinator approved the step recorded with it, which somebody else asked for."""

    by: str
    asked_by: str
    step: str
    """Kind of the event that was approved."""


@fact("irregularities-seen.v1")
class IrregularitiesSeen(Fact):
    """A coordinator has looked at entries of severity 2 or more."""

    irregularity_ids: tuple[str, ...]


@fact("session-amended.v1")
class SessionAmended(Fact):
    """The coordinator opened a sealed record again."""

    reason: Personal


@fact("session-cancelled.v1")
class SessionCancelled(Fact):
    """The session will not take place."""

    reason: Personal
    outcomes_kept: bool = False
    """Whether who was denied, absent or taken off before stays so."""


@fact("session-abandoned.v1")
class SessionAbandoned(Fact):
    """The session could not be brought to its end."""

    reason: Personal


@fact("boot-bridged.v1")
class BootBridged(Fact):
    """The session's clock was carried over to a new boot."""

    boot_id: str
    offset_ms: int
    away_ms: int
    usable: bool


@fact("room-clock-confirmed.v1")
class RoomClockConfirmed(Fact):
    """The proctor compared the remaining time with the room clock."""

    boot_id: str
    correction_ms: int
    """How much later the room clock was than the session's."""

    shares_ms: tuple[int, ...] = ()
    """What of that belongs to each restart since the last comparison, oldest first.
    Without it the figure is about one of them only."""


@fact("bundle-written.v1")
class BundleWritten(Fact):
    """A sealed revision was written to a destination and read back."""

    revision: int
    destination: str
    file_name: str
    sha256: str
