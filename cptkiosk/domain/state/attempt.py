"""One candidate taking one module: progress, score and validity, each its own axis.

Progress is where a candidate is on the day. Only events move it:

    expected, late-expected --GatesPassed--> checked-in --SeatTaken--> seated
       | AttemptAbsent   ^ LateArrived                                    |
       v                 |                       SessionStarted, LateStarted
    absent --------------+                                                v
    denied, cancelled <-- any of the first line                        testing
    finished <-- AttemptFinished ---------------------------------------+ |
    dismissed, withdrawn, interrupted <-- AttemptEndedEarly --------------+

`standing` stores what people did. Paused, halted and time up follow from the clock and
are never recorded: a candidate stands as testing through all of them, and the session
works out what they are at a given second (`Session.progress`).

The gates of the check-in are passed in any order. Without an open gate a candidate is
seated; with only the seat open they are checked in. A changed name, code or time opens
the gates that had confirmed it again. `late` says that the candidate came after the
others: late-expected with it means here, late-expected without it means still to come.

A clock begins at `start_line_ms` and ends at `end_line_ms`. What stops this clock alone
is in `stops`, which is time not used; `breaks` are time used; halts belong to the
session. An outcome ends both. An outcome without a start never had a clock: it owes no
score, and its seat is free. A wrong outcome is put right in two ways: OutcomeCorrected
lets the clock run on as if it had never ended, so that no time is gained by a mistake,
and OutcomeReplaced says after the session how it really ended.

A step keeps the whole attempt before it in `undo`, which has its own `undo` in turn.
Taking a step back restores that attempt, except for what others recorded about it
meanwhile: irregularities, keyings, announcements and validity stay. What cannot be taken
back, such as the start, leaves none.

`score_state` and `official` have the other three axes. `attempt_changes` and `score_changes` say what an
event makes of an attempt; whether it may happen is for the rules.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from cptkiosk.domain.events import planning as e
from cptkiosk.domain.events.fact import Entry, Fact
from cptkiosk.domain.state.official import AtVendor, Official, find_official
from cptkiosk.domain.state.score_state import (
    KEYED_ONCE,
    Keying,
    Score,
    ScoreState,
    Validity,
)
from cptkiosk.domain.state.scoring import Verdict, verdict
from cptkiosk.domain.state.seat_swap import SeatSwap
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import Personal, replace


def attempt_id_of(participant_id: str, module_id: str) -> str:
    """Return the ID of a candidate's attempt at a module within its session."""
    return f"{participant_id}-{module_id}"


class AttemptProgress(StrEnum):
    """Where an attempt stands."""

    EXPECTED = "expected"
    LATE_EXPECTED = "late-expected"
    CHECKED_IN = "checked-in"
    SEATED = "seated"
    TESTING = "testing"
    PAUSED = "paused"
    HALTED = "halted"
    TIME_UP = "time-up"
    FINISHED = "finished"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    INTERRUPTED = "interrupted"
    ABSENT = "absent"
    DENIED = "denied"
    CANCELLED = "cancelled"


WAITING = frozenset(
    {
        AttemptProgress.EXPECTED,
        AttemptProgress.LATE_EXPECTED,
        AttemptProgress.CHECKED_IN,
    }
)
NOT_HERE = frozenset({AttemptProgress.EXPECTED, AttemptProgress.LATE_EXPECTED})
LIVE = frozenset(
    {
        AttemptProgress.TESTING,
        AttemptProgress.PAUSED,
        AttemptProgress.HALTED,
        AttemptProgress.TIME_UP,
    }
)
NEVER_STARTED = frozenset(
    {AttemptProgress.ABSENT, AttemptProgress.DENIED, AttemptProgress.CANCELLED}
)
ENDED_EARLY = frozenset(
    {AttemptProgress.DISMISSED, AttemptProgress.WITHDRAWN, AttemptProgress.INTERRUPTED}
)
OUTCOMES = NEVER_STARTED | ENDED_EARLY | {AttemptProgress.FINISHED}


class Gate(StrEnum):
    """What is checked before a candidate is let to a seat, in this order."""

    PHOTO_ID = "photo-id"
    NAME = "name"
    ELIGIBLE = "eligible"
    AGREEMENT = "agreement"
    BELONGINGS = "belongings"
    ACCOMMODATIONS = "accommodations"
    SCRATCH = "scratch"
    SEAT = "seat"
    USER_CODE = "user-code"


ID_CHECKED = "valid, photo matches"
"""What the one confirmation of a photo ID says besides its kind."""

WAIVED = "waived"
"""The note of a gate that was waived."""

IN_PERSON = frozenset({Gate.PHOTO_ID, Gate.NAME, Gate.SEAT})
"""Gates that one key never passes together with others."""


@dataclass(frozen=True)  # no slots: see `replace`
class Undo:
    """The attempt as it was before its last step."""

    attempt: "Attempt"
    event: Fact
    """What the step was recorded as."""

    seq: int
    actor: str
    at_line_ms: int
    terminal: str
    batch: int = 0
    """The entry that says with whom this step was taken together; 0 if alone."""

    @property
    def step(self) -> str:
        """What undo calls the step."""
        return self.event.step_name


@dataclass(frozen=True)  # no slots: see `replace`
class Attempt:
    """What the entries about one attempt add up to.

    Times named `_line_ms` lie on the session's timeline; see `timing`.
    """

    attempt_id: str
    participant_id: str
    person: Personal
    module: e.AssignedModule
    user_code: str
    factor_permille: int
    paid: bool | None = None
    stop_clock: bool = False
    """Whether the vendor approved breaks that stop the clock."""

    continues: str = ""
    carried_ms: int | None = None
    override: Personal | None = None
    overrules: tuple[str, ...] = ()
    full_days: bool = False
    walk_in: bool = False
    standing: AttemptProgress = AttemptProgress.EXPECTED
    """Progress but for what follows from the clock; ask `progress`."""

    gates: tuple[tuple[str, str], ...] = ()
    """Gate and its note, in the order they were passed or waived."""

    known_against: str = ""
    """What was known against them when they last passed as eligible."""

    failed_gates: tuple[tuple[str, Personal], ...] = ()
    """Gates that were not passed at a try, with what was shown."""

    sheets: tuple[int, ...] = ()
    """The sheets of scratch paper they were given, by number; 0: one without a number."""

    room: str = ""
    seat: str = ""
    swaps: tuple[SeatSwap, ...] = ()
    late: bool = False
    start_line_ms: int | None = None
    end_line_ms: int | None = None
    stops: tuple[timing.Interval, ...] = ()
    breaks: tuple[timing.Interval, ...] = ()
    credit_ms: int = 0
    announced: frozenset[int] = frozenset()
    irregularities: int = 0
    drift_ms: int | None = None
    """What the vendor's clock left more than ours, when they were last compared."""

    score: Score = field(default_factory=Score)
    keyings: tuple[tuple[str, str], ...] = ()
    """Everything ever keyed: what was shown, and who keyed it."""
    differing: tuple[Keying, ...] = ()
    """The two keyings that do not agree."""

    contradicted: tuple[tuple[int, int, str], ...] = ()
    """Scores keyed with a verdict of the vendor's that differs: keyed again without the
    verdict, the contradiction stays."""

    was_verified: bool = False
    """Whether a score was ever verified: every later keying corrects it."""

    settled: str = ""
    """Which verdict the coordinator upheld: score or vendor."""

    settled_because: Personal | None = None
    at_vendor: AtVendor = field(default_factory=AtVendor)

    validity: Validity = Validity.CLEAN
    undismissed: Validity | None = None
    """What the validity would be without a dismissal that withheld the score."""

    validity_because: Personal | None = None
    """What the coordinator last decided it for."""

    void_reference: str = ""
    reason: Personal | None = None
    undo: Undo | None = None
    struck_clock: tuple[int, int] | None = None
    """Start and end of a clock that an outcome without one replaced."""

    @property
    def allowed_ms(self) -> int:
        """The whole time this attempt may take, credits included."""
        given = timing.allowed_ms(self.module.minutes, self.factor_permille)
        if self.carried_ms is not None:
            given = self.carried_ms
        return given + self.credit_ms

    @property
    def is_untimed(self) -> bool:
        """Whether this attempt may take as long as it takes."""
        return self.factor_permille == timing.UNTIMED

    @property
    def accommodations(self) -> str:
        """The accommodations granted, 'extra time x1.5', or an empty string."""
        words = "standard time"
        if self.is_untimed:
            words = "untimed"
        elif self.factor_permille != timing.STANDARD:
            words = f"extra time x{self.factor_permille / 1000:g}"
        elif not self.stop_clock:
            return ""
        return f"{words}, stop-clock" if self.stop_clock else words

    @property
    def in_spite_of(self) -> str:
        """What was known when the candidate passed as eligible: 'fee not paid'."""
        return self.known_against if Gate.ELIGIBLE in self.passed_gates else ""

    @property
    def owes_score(self) -> bool:
        """Whether there is a score to key: it is over, and the clock had begun."""
        over = self.standing in OUTCOMES - NEVER_STARTED
        return over and self.start_line_ms is not None

    @property
    def passed_gates(self) -> frozenset[str]:
        """The gates that are behind this candidate."""
        return frozenset(gate for gate, _ in self.gates)

    @property
    def has_seat(self) -> bool:
        """Whether the candidate is at a seat, or was when the attempt ended.

        The person who leaves before their own clock has begun frees their seat at once.
        """
        left = self.standing in OUTCOMES and self.start_line_ms is None
        return bool(self.seat) and not left and self.standing not in NEVER_STARTED

    @property
    def progress_waiting(self) -> bool:
        """Whether this candidate is not here yet, or may still come late."""
        return self.standing in WAITING | {AttemptProgress.ABSENT}

    @property
    def let_in(self) -> bool:
        """Whether the candidate is here and their own clock has not begun."""
        seated = self.standing in {AttemptProgress.CHECKED_IN, AttemptProgress.SEATED}
        return seated or (self.standing in WAITING and self.late)

    def failed_at(self, gate: Gate) -> str:
        """Return what was shown when a gate was not passed that still is not; or nothing."""
        if gate in dict(self.gates):
            return ""
        return next(
            (why.text for at, why in reversed(self.failed_gates) if at == gate), ""
        )

    @property
    def open_gates(self) -> tuple[Gate, ...]:
        """The gates still to pass, in order."""
        passed = self.passed_gates
        return tuple(gate for gate in Gate if gate not in passed)

    @property
    def sheet_numbers(self) -> str:
        """The numbers of their scratch paper, in words: '2, 5'; empty without any."""
        return ", ".join(f"{number}" for number in self.sheets if number)

    @property
    def is_paused(self) -> bool:
        """Whether this clock alone is stopped."""
        return bool(self.stops) and self.stops[-1][1] is None

    @property
    def on_break(self) -> bool:
        """Whether the candidate is out of the room, clock running."""
        return bool(self.breaks) and self.breaks[-1][1] is None

    @property
    def verdict(self) -> Verdict | None:
        """Our own arithmetic about a score that has been keyed."""
        if self.score.state in KEYED_ONCE | {ScoreState.VERIFIED}:
            return verdict(self.score.raw_min, self.score.raw_max, self.module)
        return None

    @property
    def verdicts_differ(self) -> bool:
        """Whether the verdict on the test screen is another than ours."""
        ours, vendors = self.verdict, self.score.vendor_verdict
        return ours is not None and bool(vendors) and (vendors == "pass") != ours.passed

    @property
    def has_discrepancy(self) -> bool:
        """Whether the test screen or official report differs and is not settled."""
        said = self.score.vendor_verdict or self.at_vendor.report
        if not said or self.settled or self.verdict is None:
            return False
        return self.verdicts_differ or self.official is Official.DIFFERS

    @property
    def has_passed(self) -> bool | None:
        """Whether the entered score is a pass, by the verdict that holds."""
        if self.verdict is None:
            return None
        if self.settled == "vendor":
            report = self.at_vendor.report
            said = report.vendor_verdict if report else ""
            return (said or self.score.vendor_verdict) == "pass"
        return self.verdict.passed

    @property
    def official(self) -> Official:
        """How far the vendor has confirmed the score."""
        return find_official(self.score, self.at_vendor, has_passed=self.has_passed)

    @property
    def counts(self) -> bool:
        """Whether this is a pass from which a credential may follow."""
        return (
            self.score.state is ScoreState.VERIFIED
            and self.has_passed is True
            and self.validity not in {Validity.WITHHELD, Validity.VOID}
            and not self.has_discrepancy
        )

    def take_step(self, entry: Entry, timeline_ms: int, **changes: object) -> "Attempt":
        """Return the attempt changed by a step that can be undone."""
        event, seq, actor = entry.event, entry.seq, entry.actor
        undo = Undo(self, event, seq, actor, timeline_ms, entry.terminal)
        return replace(self, undo=undo, **changes)  # type: ignore[arg-type]

    def with_gates(self, gates: tuple[tuple[str, str], ...]) -> dict[str, object]:
        """Return the changes that passing `gates` makes, progress included."""
        known = self.passed_gates
        after = self.gates + tuple(pair for pair in gates if pair[0] not in known)
        open_gates = set(Gate) - {gate for gate, _ in after}
        standing = self.standing
        if standing in WAITING:
            if not open_gates:
                standing = AttemptProgress.SEATED
            elif open_gates == {Gate.SEAT}:
                standing = AttemptProgress.CHECKED_IN
        return {"gates": after, "standing": standing}
