"""One synchronized session: its state, and what follows from it at any moment.

A session is a machine of eight stages. Only these events move it:

      planned ---------- SessionCancelled ------+
         | CheckInOpened                        v
         v                                  cancelled
     check-in ---------- SessionCancelled ------^
         |   ^
         |   +- StartUndone
         v SessionStarted
      running ---------- SessionHalted -----> halted
       | ^  ^----- SessionResumed, HaltUndone --|
       | |  +--- SessionAbandoned --+-----------+
       | +- SessionReopened         v
       v SessionEnded           abandoned
      ended                         |
       | ^                          | SessionSealed
       | +- SessionAmended          v
       +----- SessionSealed -----> sealed

`decide` says which command is allowed in which stage, `session_changes` what an event
makes of the session. An amended session is `ended` until it is sealed again, as the
next revision.

All instants of a session lie on one timeline, in milliseconds: the boot clock of the
machine, which cannot be set, plus an offset for each boot. A restart adds an
offset (BootBridged), estimated by the wall clock. Only the room clock can tell how
long it really took; until it is compared, `before_gaps` keeps the session as
it was, so that it can be told again on the right timeline.

No clock is counted anywhere. What an attempt has used is the time from its start,
less the union of its own stops and of the session's halts: a halt stops everyone and
is stored once, here, and a pause may overlap it. That time is up, or that a halt stops
an attempt, is therefore never recorded; `progress` works it out.

Announcements follow from the time left, too. An attempt keeps which minutes were read
aloud to it. A credit, a halt dated back or a step undone may lift it above minutes that
it has heard; those are struck from the list (`announced_again`), for it alone.
Otherwise someone who heard "5 minutes" and then got 6 more would not be told when
5 minutes are left, and nothing would report that call as missed. Striking them for
everyone would repeat calls to people for whom nothing changed. Taking a credit back
strikes nothing: what was said aloud was said.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.events.closing import BundleWritten, ScratchReconciled
from cptkiosk.domain.events.fact import Entry, Fact
from cptkiosk.domain.events.irregularity import IrregularityRecorded, NoteTaken
from cptkiosk.domain.events.mistake import OutcomeCorrected, OutcomeReplaced
from cptkiosk.domain.events.planning import OddDate, Room
from cptkiosk.domain.events.restart import BootBridged
from cptkiosk.domain.events.score import (
    DiscrepancySettled,
    ScoreCorrected,
    ValidityDecided,
)
from cptkiosk.domain.events.session import StepAuthorized
from cptkiosk.domain.state.attempt import OUTCOMES, Attempt, AttemptProgress
from cptkiosk.domain.state.gaps import Gap
from cptkiosk.domain.state.official import Official
from cptkiosk.domain.time import timing
from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.values import MINUTE_MS, Personal, replace


class Stage(StrEnum):
    """Where a session stands."""

    PLANNED = "planned"
    CHECK_IN = "check-in"
    RUNNING = "running"
    HALTED = "halted"
    ENDED = "ended"
    SEALED = "sealed"
    CANCELLED = "cancelled"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class Irregularity:
    """Something out of the norm, as it was recorded."""

    event: IrregularityRecorded
    recorded_at: Instant
    recorded_by: str
    seq: int


DecisionFact = (
    ValidityDecided
    | DiscrepancySettled
    | ScoreCorrected
    | OutcomeCorrected
    | OutcomeReplaced
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a coordinator decided about an attempt."""

    at: Instant
    by: str
    event: DecisionFact


@dataclass(frozen=True, slots=True)
class Halting:
    """Who halted, and when that was keyed."""

    actor: str
    at: Instant
    version: int
    seq: int
    terminal: str


@dataclass(frozen=True)  # no slots: see `replace`
class Session:
    """What the entries of one session add up to."""

    session_id: str = ""
    title: str = ""
    stage: Stage = Stage.PLANNED
    starts_at_utc_ms: int = 0
    module_ids: tuple[str, ...] = ()
    rooms: tuple[Room, ...] = ()
    attempts: Mapping[str, Attempt] = field(
        default_factory=lambda: MappingProxyType({})
    )
    offsets: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    start_line_ms: int | None = None
    started_version: int = 0
    script_read: bool = False
    ended_version: int = 0
    ended_by: str = ""
    ended_terminal: str = ""
    halts: tuple[timing.Interval, ...] = ()
    halted_by: tuple[Halting, ...] = ()
    """Who keyed each of the halts, and when; in the same order."""

    halt_reason: Personal | None = None
    reasons: tuple[tuple[Instant, str, Personal], ...] = ()
    """When it was halted, reopened, amended, cancelled or abandoned, and why."""

    gaps: tuple[Gap, ...] = ()
    """Restarts since the room clock was last compared, oldest first."""

    before_gaps: "Session | None" = None
    """As it was at the first of them."""

    since_gaps: tuple[Entry, ...] = ()
    """What was recorded from there on, to be told again on the right timeline."""

    irregularities: tuple[Irregularity, ...] = ()
    """Every one in the order recorded, superseded ones too."""

    lead: str = ""
    """Who of the staff runs it: who opened the doors, or took over since."""

    decisions: tuple[Decision, ...] = ()
    """What coordinators decided about scores and outcomes, in the order recorded."""

    approvals: tuple[tuple[Instant, StepAuthorized], ...] = ()
    """Steps that a coordinator approved for another person."""

    approved: tuple[tuple[int, Fact], ...] = ()
    """What was recorded by these approvals: the number of one, from 0 on, and what."""

    seen: frozenset[str] = frozenset()
    """The irregularities that a coordinator has looked at."""

    hand_overs: tuple[tuple[Instant, str, str], ...] = ()
    """When it was handed over, by whom and to whom."""

    odd_dates: tuple[tuple[Instant, OddDate], ...] = ()
    """What was odd about a date, and confirmed; and when."""

    notes: tuple[tuple[Instant, str, NoteTaken], ...] = ()
    log: tuple[Entry, ...] = ()
    """What was logged and not taken back; see `session_log`."""

    start_policies: Mapping[str, int] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """The center's policies that hold here as they were at the start, by name."""

    lasting: tuple[Entry, ...] = ()
    """Steps that undo does not take back, since the start if there was one."""

    scratch: ScratchReconciled | None = None
    revision: int = 0
    signed_by: str = ""
    sealed_seq: int = 0
    ended_utc_ms: int = 0
    ended_line_ms: int = 0
    """When it ended or was abandoned, on the timeline."""

    bundles: tuple[BundleWritten, ...] = ()
    version: int = 0
    last_seq: int = 0
    last_at: Instant | None = None
    last_on_line: Instant | None = None
    """The last entry of a boot whose place on the timeline is known."""

    _lefts: dict[str, tuple[Attempt, int, int]] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )
    """The time left of each attempt, as last worked out: one frame asks for it often."""

    def timeline_ms(self, at: Instant) -> int:
        """Return where an instant lies on this session's timeline."""
        return timing.timeline_ms(self.offsets, at)

    @property
    def running(self) -> bool:
        """Whether a clock is to be shown: running or halted."""
        return self.stage in {Stage.RUNNING, Stage.HALTED}

    def elapsed_ms(self, attempt: Attempt, timeline_ms: int) -> int:
        """Return the time an attempt has used up to `timeline_ms`."""
        if attempt.start_line_ms is None:
            return 0
        until = timeline_ms if attempt.end_line_ms is None else attempt.end_line_ms
        start = attempt.start_line_ms
        stopped = timing.union_ms((*attempt.stops, *self.halts), start, until)
        return max(0, until - start) - stopped

    def left_ms(self, attempt: Attempt, timeline_ms: int) -> int:
        """Return the time an attempt has left; negative once time is up."""
        known = self._lefts.get(attempt.attempt_id)
        if known is None or known[0] is not attempt or known[1] != timeline_ms:
            left_ms = attempt.allowed_ms - self.elapsed_ms(attempt, timeline_ms)
            known = self._lefts[attempt.attempt_id] = (attempt, timeline_ms, left_ms)
        return known[2]

    def is_stopped(self, attempt: Attempt) -> bool:
        """Whether this attempt's clock stands still."""
        return attempt.is_paused or self.stage is Stage.HALTED

    def end_ms(self, attempt: Attempt, timeline_ms: int) -> int | None:
        """Return when an attempt's time ends or it ended; `None` while stopped.

        Once it is up, no later stop moves that.
        """
        if attempt.end_line_ms is not None:
            return attempt.end_line_ms
        if attempt.start_line_ms is None:
            return None
        left_ms = self.left_ms(attempt, timeline_ms)
        if left_ms <= 0:
            stops, start_ms = (*attempt.stops, *self.halts), attempt.start_line_ms
            return timing.run_out_ms(stops, start_ms, attempt.allowed_ms)
        if self.is_stopped(attempt):
            return None
        return max(timeline_ms, attempt.start_line_ms) + left_ms

    def since_start_ms(self, timeline_ms: int) -> int:
        """Return how long the session has been running, halts left out."""
        if self.start_line_ms is None:
            return 0
        halted_ms = timing.union_ms(self.halts, self.start_line_ms, timeline_ms)
        return timeline_ms - self.start_line_ms - halted_ms

    def progress(self, attempt: Attempt, timeline_ms: int) -> AttemptProgress:
        """Return where an attempt stands, what follows from the clock included."""
        if attempt.standing is not AttemptProgress.TESTING:
            return attempt.standing
        if self.left_ms(attempt, timeline_ms) <= 0:
            return AttemptProgress.TIME_UP
        if self.stage is Stage.HALTED:
            return AttemptProgress.HALTED
        return AttemptProgress.PAUSED if attempt.is_paused else AttemptProgress.TESTING

    @property
    def live_attempts(self) -> tuple[Attempt, ...]:
        """The attempts whose outcome is still open, clock started: those in LIVE."""
        people = self.attempts.values()
        return tuple(one for one in people if one.standing is AttemptProgress.TESTING)

    @property
    def timed_attempts(self) -> tuple[Attempt, ...]:
        """Those of them whose time ends, which is not so for the untimed."""
        return tuple(
            one for one in self.live_attempts if one.factor_permille != timing.UNTIMED
        )

    def announced_again(self, attempt: Attempt, timeline_ms: int) -> Attempt:
        """Return an attempt to which figures it has risen above are announced again."""
        if attempt.start_line_ms is None or not attempt.announced:
            return attempt
        left_ms = self.left_ms(attempt, timeline_ms)
        announced = frozenset(
            minutes for minutes in attempt.announced if left_ms <= minutes * MINUTE_MS
        )
        changed = announced != attempt.announced
        return replace(attempt, announced=announced) if changed else attempt

    def raise_figures(self, timeline_ms: int) -> "Session":
        """Return the session with figures that people have risen above to announce."""
        return self.replace_attempts(
            self.announced_again(one, timeline_ms) for one in self.attempts.values()
        )

    def about(self, attempt: Attempt) -> AboutAttempt:
        """Return what every command about an attempt names."""
        return {"session_id": self.session_id, "attempt_id": attempt.attempt_id}

    def label(self, attempt: Attempt) -> str:
        """Return a person's name, told apart from others of that name on the roll."""
        name, who = attempt.person.text, attempt.participant_id
        others = {
            one.participant_id
            for one in self.attempts.values()
            if one.person.text == name and one.participant_id != who
        }
        if not others:
            return name
        length = 4
        while length < len(who) and any(id_.endswith(who[-length:]) for id_ in others):
            length += 1
        cut = "\N{HORIZONTAL ELLIPSIS}" if length < len(who) else ""
        return f"{name} (ID {cut}{who[-length:]})"

    @property
    def unconfirmed_bridge(self) -> BootBridged | None:
        """The last reboot whose time is not compared with the room clock yet."""
        return self.gaps[-1].event if self.gaps else None

    @property
    def in_force(self) -> tuple[Irregularity, ...]:
        """The irregularities that no later entry supersedes."""
        gone = {one.event.supersedes for one in self.irregularities}
        return tuple(
            one for one in self.irregularities if one.event.irregularity_id not in gone
        )

    @property
    def changed_since_seal(self) -> bool:
        """Whether something was recorded after the seal that no revision tells."""
        later = any(one.seq > self.sealed_seq for one in self.irregularities)
        changed = later or bool(list_contradicted(self))
        return changed and self.stage is Stage.SEALED

    def free_seats(self) -> tuple[tuple[str, str], ...]:
        """Return every free seat as room and label, in the order they are offered.

        A seat is free again once its candidate has an outcome; it comes last, as
        they may still be about to leave.
        """
        people = self.attempts.values()
        used = {(one.room, one.seat) for one in people if one.has_seat}
        staying = (one for one in people if one.standing not in OUTCOMES)
        taken = {(one.room, one.seat) for one in staying if one.seat}
        seats = (
            (room.name, label) for room in self.rooms for label in room.seat_labels()
        )
        free = (one for one in seats if one not in taken)
        return tuple(sorted(free, key=lambda one: one in used))

    def with_attempt(self, attempt: Attempt) -> "Session":
        """Return the session with one attempt replaced or added."""
        return self.replace_attempts((attempt,))

    def replace_attempts(self, changed: Iterable[Attempt]) -> "Session":
        """Return the session with several attempts replaced."""
        attempts = {**self.attempts, **{one.attempt_id: one for one in changed}}
        return replace(self, attempts=MappingProxyType(attempts))


def disclosed_ms(session: Session, attempt: Attempt, timeline_ms: int) -> int:
    """Return the time used as files that leave show it: never above the module's own.

    More would tell of extra time, which such files leave out.
    """
    used_ms = session.elapsed_ms(attempt, timeline_ms)
    return min(used_ms, attempt.module.minutes * MINUTE_MS)


def list_contradicted(session: Session) -> tuple[Attempt, ...]:
    """Return the attempts whose official score, reported since the seal, differs.

    A report that confirms a score changes nothing that was sealed.
    """
    return tuple(
        one
        for one in session.attempts.values()
        if one.official is Official.DIFFERS
        and one.at_vendor.report is not None
        and one.at_vendor.report.seq > session.sealed_seq
    )
