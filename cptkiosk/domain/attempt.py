"""One candidate taking one module: progress, score and validity, each its own axis."""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import singledispatch

from cptkiosk.domain import session_events as e
from cptkiosk.domain import timing
from cptkiosk.domain.events import Entry, Fact
from cptkiosk.domain.scoring import Verdict, verdict
from cptkiosk.domain.values import Personal


def attempt_id_of(participant_id: str, module_id: str) -> str:
    """Return how the attempt of somebody taking a module is named in its session."""
    return f"{participant_id}-{module_id}"


class Progress(StrEnum):
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


WAITING = frozenset({Progress.EXPECTED, Progress.LATE_EXPECTED, Progress.CHECKED_IN})
NOT_HERE = frozenset({Progress.EXPECTED, Progress.LATE_EXPECTED})
LIVE = frozenset({Progress.TESTING, Progress.PAUSED, Progress.HALTED, Progress.TIME_UP})
NEVER_STARTED = frozenset({Progress.ABSENT, Progress.DENIED, Progress.CANCELLED})
ENDED_EARLY = frozenset({Progress.DISMISSED, Progress.WITHDRAWN, Progress.INTERRUPTED})
OUTCOMES = NEVER_STARTED | ENDED_EARLY | {Progress.FINISHED}


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


ID_CHECKED = "valid, likeness"
"""What the one confirmation of a photo ID says besides its kind."""

IN_PERSON = frozenset({Gate.PHOTO_ID, Gate.NAME, Gate.SEAT})
"""Gates that one key never passes together with others."""


class ScoreState(StrEnum):
    """What is known of a score."""

    NONE = "none"
    ENTERED = "entered"
    MISMATCH = "mismatch"
    VERIFIED = "verified"
    CORRECTED = "corrected"
    """Keyed once more by the coordinator, and waiting for its second keying."""
    PENDING = "pending"
    NOT_APPLICABLE = "not applicable"


KEYED_ONCE = frozenset({ScoreState.ENTERED, ScoreState.CORRECTED})
"""States in which a keying waits for its blind second."""


class Validity(StrEnum):
    """Whether a score may count."""

    CLEAN = "clean"
    FLAGGED = "flagged"
    WITHHELD = "withheld"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Score:
    """The two keyings and what they add up to."""

    state: ScoreState = ScoreState.NONE
    raw_min: int = 0
    raw_max: int = 0
    shown: str = ""
    vendor_verdict: str = ""
    keyed_by: str = ""
    verified_by: str = ""
    verified_utc_ms: int = 0
    reason: Personal | None = None


@dataclass(frozen=True, slots=True)
class Keying:
    """What somebody keyed, and what it was read as."""

    shown: str
    raw_min: int
    raw_max: int
    vendor_verdict: str


@dataclass(frozen=True, slots=True)
class SeatSwap:
    """Two people changed seats, as one of them has it."""

    utc_ms: int
    other: str
    """The other's attempt."""

    before: str
    """The seat they had."""


@dataclass(frozen=True, slots=True)
class Undo:
    """The attempt as it was before its last step."""

    attempt: "Attempt"
    step: str
    seq: int
    actor: str
    at_line_ms: int
    terminal: str
    batch: int = 0
    """The entry that says with whom this step was taken together; 0 if alone."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the entries about one attempt add up to.

    Times named `_line_ms` lie on the session's line; see `timing`.
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
    standing: Progress = Progress.EXPECTED
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

    score: Score = Score()
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
    def untimed(self) -> bool:
        """Whether this attempt may take as long as it takes."""
        return self.factor_permille == timing.UNTIMED

    @property
    def accommodations(self) -> str:
        """What is granted beyond the standard time, 'extra time x1.5'; or nothing."""
        words = "standard time"
        if self.untimed:
            words = "untimed"
        elif self.factor_permille != timing.STANDARD:
            words = f"extra time x{self.factor_permille / 1000:g}"
        elif not self.stop_clock:
            return ""
        return f"{words}, stop-clock" if self.stop_clock else words

    @property
    def in_spite_of(self) -> str:
        """What was known against somebody who passed as eligible: 'fee unpaid'."""
        passed = dict(self.gates).get(Gate.ELIGIBLE, "waived") != "waived"
        return self.known_against if passed else ""

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
    def sits(self) -> bool:
        """Whether somebody is at their seat, or was there when they ended.

        Whoever leaves before their own clock has begun frees their seat at once.
        """
        left = self.standing in OUTCOMES and self.start_line_ms is None
        return bool(self.seat) and not left and self.standing not in NEVER_STARTED

    @property
    def progress_waiting(self) -> bool:
        """Whether this candidate is not here yet, or may still come late."""
        return self.standing in WAITING | {Progress.ABSENT}

    @property
    def let_in(self) -> bool:
        """Whether somebody is past the door and their own clock has not begun."""
        seated = self.standing in {Progress.CHECKED_IN, Progress.SEATED}
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
    def paused(self) -> bool:
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
    def discrepancy(self) -> bool:
        """Whether the vendor's verdict differs from ours and nobody has settled it."""
        ours, vendors = self.verdict, self.score.vendor_verdict
        if ours is None or not vendors or self.settled:
            return False
        return (vendors == "pass") != ours.passed

    @property
    def passed(self) -> bool | None:
        """Whether a score keyed is a pass, by the verdict that holds."""
        if self.verdict is None:
            return None
        if self.settled == "vendor":
            return self.score.vendor_verdict == "pass"
        return self.verdict.passed

    @property
    def counts(self) -> bool:
        """Whether this is a pass from which a credential may follow."""
        return (
            self.score.state is ScoreState.VERIFIED
            and self.passed is True
            and self.validity not in {Validity.WITHHELD, Validity.VOID}
            and not self.discrepancy
        )

    def step(
        self, entry: Entry, line_ms: int, step: str, **changes: object
    ) -> "Attempt":
        """Return the attempt changed by a step that can be undone."""
        undo = Undo(self, step, entry.seq, entry.actor, line_ms, entry.terminal)
        return replace(self, undo=undo, **changes)  # type: ignore[arg-type]

    def with_gates(self, gates: tuple[tuple[str, str], ...]) -> dict[str, object]:
        """Return the changes that passing `gates` makes, progress included."""
        known = self.passed_gates
        after = self.gates + tuple(pair for pair in gates if pair[0] not in known)
        open_gates = set(Gate) - {gate for gate, _ in after}
        standing = self.standing
        if standing in WAITING:
            if not open_gates:
                standing = Progress.SEATED
            elif open_gates == {Gate.SEAT}:
                standing = Progress.CHECKED_IN
        return {"gates": after, "standing": standing}

    def reopened(self, some: "set[Gate]") -> "Attempt":
        """Return the attempt with gates to pass again; a seat taken is kept."""
        gates = tuple(pair for pair in self.gates if pair[0] not in some)
        standing = self.standing
        if gates != self.gates and standing in {Progress.SEATED, Progress.CHECKED_IN}:
            standing = Progress.CHECKED_IN
            if Gate.PHOTO_ID in some:
                standing = Progress.LATE_EXPECTED if self.late else Progress.EXPECTED
        return replace(self, gates=gates, standing=standing)


def new_attempt(event: e.AttemptAssigned) -> Attempt:
    """Return the attempt that an assignment makes."""
    return Attempt(
        attempt_id=event.attempt_id,
        participant_id=event.participant_id,
        person=event.person,
        module=event.module,
        user_code=event.user_code,
        factor_permille=event.factor_permille,
        paid=event.paid,
        stop_clock=event.stop_clock,
        continues=event.continues,
        carried_ms=event.carried_ms,
        override=event.override,
        overrules=event.overrules,
        full_days=event.full_days,
        walk_in=event.walk_in,
    )


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


@singledispatch
def evolve(event: Fact, attempt: Attempt, entry: Entry, line_ms: int) -> Attempt:
    """Return `attempt` after an event about it; total, and unable to refuse."""
    raise AssertionError(f"{type(event).__name__} is no fact about an attempt")


@evolve.register
def _(event: e.AttemptUpdated, attempt: Attempt, entry: Entry, line_ms: int) -> Attempt:
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
        # A denial by mistake can still be taken back, and then it is up to date too.
        undo = replace(undo, attempt=evolve(event, undo.attempt, entry, line_ms))
    return replace(
        attempt.reopened(reopened),
        person=event.person,
        user_code=event.user_code,
        factor_permille=event.factor_permille,
        paid=event.paid,
        stop_clock=event.stop_clock,
        undo=undo,
    )


@evolve.register
def _(
    event: e.AttemptCancelled, attempt: Attempt, entry: Entry, line_ms: int
) -> Attempt:
    return attempt.step(
        entry, line_ms, "taken off the roll",
        standing=Progress.CANCELLED, reason=event.reason, room="", seat="",
    )  # fmt: skip


@evolve.register
def _(event: e.GatesPassed, attempt: Attempt, entry: Entry, line_ms: int) -> Attempt:
    note = event.note.text if event.note else ""
    if event.id_checked:
        note = ", ".join(filter(None, (note, ID_CHECKED)))
    gates = tuple((gate, note) for gate in event.gates)
    step = ", ".join(gate.replace("-", " ") for gate in event.gates)
    sheets = attempt.sheets
    if Gate.SCRATCH in event.gates:
        sheets = (*sheets, event.sheet)
    changes = attempt.with_gates(gates)
    if Gate.ELIGIBLE in event.gates:
        told = event.note if event.in_spite_of is None else event.in_spite_of
        changes["known_against"] = told.text if told else ""
    return attempt.step(entry, line_ms, step, **changes, sheets=sheets)


@evolve.register
def _(event: e.SheetsIssued, attempt: Attempt, entry: Entry, line_ms: int) -> Attempt:
    sheets = (*attempt.sheets, *event.sheets)
    numbers = ", ".join(map(str, event.sheets))
    return attempt.step(entry, line_ms, f"scratch paper {numbers}", sheets=sheets)


@evolve.register
def _(event: e.GateWaived, attempt: Attempt, entry: Entry, line_ms: int) -> Attempt:
    changes = attempt.with_gates(((event.gate, "waived"),))
    return attempt.step(entry, line_ms, f"{event.gate} waived", **changes)


@evolve.register
def _(event: e.GateFailed, attempt: Attempt, entry: Entry, line_ms: int) -> Attempt:
    failed = (*attempt.failed_gates, (event.gate, event.reason))
    return attempt.step(entry, line_ms, f"{event.gate} not passed", failed_gates=failed)


@evolve.register
def _(event: e.SeatTaken, attempt: Attempt, entry: Entry, line_ms: int) -> Attempt:
    changes = attempt.with_gates(((Gate.SEAT, ""),))
    return attempt.step(
        entry,
        line_ms,
        f"seat {event.seat}",
        **changes,
        room=event.room,
        seat=event.seat,
    )


@evolve.register
def _(
    event: e.CoordinatorCalled, attempt: Attempt, entry: Entry, line_ms: int
) -> Attempt:
    return attempt


@evolve.register
def _(event: e.AttemptDenied, attempt: Attempt, entry: Entry, line_ms: int) -> Attempt:
    return attempt.step(
        entry, line_ms, "denied",
        standing=Progress.DENIED, reason=event.reason, room="", seat="",
    )  # fmt: skip


@evolve.register
def _(event: e.AttemptAbsent, attempt: Attempt, entry: Entry, line_ms: int) -> Attempt:
    gates = tuple(pair for pair in attempt.gates if pair[0] != Gate.SEAT)
    return attempt.step(
        entry, line_ms, "absent",
        standing=Progress.ABSENT, gates=gates, room="", seat="",
    )  # fmt: skip


@evolve.register
def _(
    event: e.AttemptExpectedLate, attempt: Attempt, entry: Entry, line_ms: int
) -> Attempt:
    return attempt.step(
        entry, line_ms, "expected late", standing=Progress.LATE_EXPECTED, late=False
    )


@evolve.register
def _(event: e.LateArrived, attempt: Attempt, entry: Entry, line_ms: int) -> Attempt:
    standing = Progress.LATE_EXPECTED if event.late else Progress.EXPECTED
    step = "arrived late" if event.late else "arrived"
    return attempt.step(entry, line_ms, step, standing=standing, late=event.late)


@evolve.register
def _(event: e.LateStarted, attempt: Attempt, entry: Entry, line_ms: int) -> Attempt:
    since = line_ms if event.since_line_ms is None else event.since_line_ms
    return replace(started(attempt, since), late=True)


@evolve.register
def _(event: e.BreakBegan, attempt: Attempt, entry: Entry, line_ms: int) -> Attempt:
    breaks = (*attempt.breaks, (line_ms, None))
    return attempt.step(entry, line_ms, "break", breaks=breaks)


@evolve.register
def _(event: e.BreakEnded, attempt: Attempt, entry: Entry, line_ms: int) -> Attempt:
    breaks = closed(attempt.breaks, line_ms)
    return attempt.step(entry, line_ms, "back from break", breaks=breaks)


@evolve.register
def _(event: e.PauseBegan, attempt: Attempt, entry: Entry, line_ms: int) -> Attempt:
    stops = (*attempt.stops, (line_ms, None))
    return attempt.step(entry, line_ms, "pause", stops=stops)


@evolve.register
def _(event: e.PauseEnded, attempt: Attempt, entry: Entry, line_ms: int) -> Attempt:
    stops = closed(attempt.stops, line_ms)
    return attempt.step(entry, line_ms, "pause ended", stops=stops)


@evolve.register
def _(event: e.CreditGiven, attempt: Attempt, entry: Entry, line_ms: int) -> Attempt:
    credit_ms = attempt.credit_ms + event.credit_ms
    return attempt.step(entry, line_ms, "credit", credit_ms=credit_ms)


@evolve.register
def _(
    event: e.VendorClockNoted, attempt: Attempt, entry: Entry, line_ms: int
) -> Attempt:
    return attempt.step(entry, line_ms, "vendor clock", drift_ms=event.drift_ms)


@evolve.register
def _(
    event: e.AttemptFinished, attempt: Attempt, entry: Entry, line_ms: int
) -> Attempt:
    return attempt.step(
        entry, line_ms, "finished", **_at_rest(attempt, Progress.FINISHED, line_ms)
    )


@evolve.register
def _(
    event: e.AttemptEndedEarly, attempt: Attempt, entry: Entry, line_ms: int
) -> Attempt:
    changes = _at_rest(attempt, Progress(event.outcome), line_ms)
    if event.withholds:
        changes["undismissed"] = attempt.validity
        changes["validity"] = more_serious(attempt.validity, "withhold")
    return attempt.step(entry, line_ms, event.outcome, **changes, reason=event.reason)


@evolve.register
def _(
    event: e.OutcomeCorrected, attempt: Attempt, entry: Entry, line_ms: int
) -> Attempt:
    validity = attempt.undismissed or attempt.validity
    back = replace(attempt, reason=None, undo=None, undismissed=None, validity=validity)
    if attempt.start_line_ms is not None:
        return replace(back, standing=Progress.TESTING, end_line_ms=None, score=Score())
    gates = tuple(pair for pair in attempt.gates if pair[0] != Gate.SEAT)
    if event.expected_late:
        return replace(back, standing=Progress.LATE_EXPECTED, gates=gates)
    standing = Progress.LATE_EXPECTED if attempt.late else Progress.EXPECTED
    back = replace(back, standing=standing, gates=gates)
    return replace(back, **back.with_gates(()))  # type: ignore[arg-type]


@evolve.register
def _(
    event: e.OutcomeReplaced, attempt: Attempt, entry: Entry, line_ms: int
) -> Attempt:
    return outcome_replaced(attempt, event)


def outcome_replaced(attempt: Attempt, event: e.OutcomeReplaced) -> Attempt:
    """Return the attempt with another outcome; its score is open again, if one is due."""
    validity, undismissed = attempt.undismissed or attempt.validity, None
    if event.withholds:
        undismissed, validity = validity, more_serious(validity, "withhold")
    replaced = replace(
        attempt,
        standing=Progress(event.outcome),
        start_line_ms=event.start_line_ms,
        end_line_ms=event.end_line_ms,
        score=Score(),
        validity=validity,
        undismissed=undismissed,
        reason=event.reason,
        undo=None,
        struck_clock=None,
    )
    if event.start_line_ms is not None:
        return replaced
    gates = tuple(pair for pair in attempt.gates if pair[0] != Gate.SEAT)
    struck = attempt.struck_clock
    if attempt.start_line_ms is not None and attempt.end_line_ms is not None:
        struck = (attempt.start_line_ms, attempt.end_line_ms)
    return replace(replaced, gates=gates, room="", seat="", struck_clock=struck)


def more_serious(validity: Validity, effect: str) -> Validity:
    """Return the validity after an effect, which never makes it less serious."""
    if effect == "withhold" and validity is not Validity.VOID:
        return Validity.WITHHELD
    if effect == "flag" and validity is Validity.CLEAN:
        return Validity.FLAGGED
    return validity


def affected(attempt: Attempt, effect: str) -> Attempt:
    """Return the attempt after an irregularity with this effect on its validity."""
    without = attempt.undismissed
    return replace(
        attempt,
        validity=more_serious(attempt.validity, effect),
        undismissed=None if without is None else more_serious(without, effect),
    )


def _validity_after_undo(attempt: Attempt) -> Validity:
    """Return the validity once the last step is taken back: a dismissal goes with it."""
    assert attempt.undo is not None, "there is a step to take back"
    dismissed_before = attempt.undo.attempt.undismissed is not None
    if attempt.undismissed is None or dismissed_before:
        return attempt.validity
    return attempt.undismissed


@evolve.register
def _(event: e.ScoreKeyed, attempt: Attempt, entry: Entry, line_ms: int) -> Attempt:
    return _keyed(event, ScoreState.ENTERED, attempt, entry, line_ms)


@evolve.register
def _(event: e.ScoreCorrected, attempt: Attempt, entry: Entry, line_ms: int) -> Attempt:
    return _keyed(event, ScoreState.CORRECTED, attempt, entry, line_ms)


def _keyed(
    event: e.ScoreKeyed | e.ScoreCorrected,
    first: ScoreState,
    attempt: Attempt,
    entry: Entry,
    line_ms: int,
) -> Attempt:
    """Return the attempt with a keying; the first of two leaves the state `first`."""
    verdicts = {(low, high): said for low, high, said in attempt.contradicted}
    if not event.vendor_verdict:
        said = verdicts.get((event.raw_min, event.raw_max), "")
        event = replace(event, vendor_verdict=said)
    score = _score_keyed(attempt.score, event, first, entry)
    verified = score.state is ScoreState.VERIFIED
    differing: tuple[Keying, ...] = ()
    if score.state is ScoreState.MISMATCH:
        differing = tuple(
            Keying(one.shown, one.raw_min, one.raw_max, one.vendor_verdict)
            for one in (attempt.score, event)
        )
    keyed = attempt.step(
        entry, line_ms, "score keyed", score=score, settled="", differing=differing,
        was_verified=attempt.was_verified or verified,
        keyings=(*attempt.keyings, (event.shown, entry.actor)),
    )  # fmt: skip
    if not keyed.discrepancy:
        return keyed
    found = (score.raw_min, score.raw_max, score.vendor_verdict)
    return replace(keyed, contradicted=(*attempt.contradicted, found))


@evolve.register
def _(event: e.ScoreExplained, attempt: Attempt, entry: Entry, line_ms: int) -> Attempt:
    score = Score(state=ScoreState(event.state), reason=event.reason)
    return attempt.step(entry, line_ms, f"score {event.state}", score=score, settled="")


@evolve.register
def _(
    event: e.DiscrepancySettled, attempt: Attempt, entry: Entry, line_ms: int
) -> Attempt:
    return replace(
        attempt,
        settled=event.uphold,
        settled_because=event.reason,
        undo=None,
    )


@evolve.register
def _(
    event: e.ValidityDecided, attempt: Attempt, entry: Entry, line_ms: int
) -> Attempt:
    validity = Validity(event.validity)
    return replace(
        attempt,
        validity=validity,
        undismissed=None,
        validity_because=event.reason,
        void_reference=event.reference,
        undo=None,
    )


@evolve.register
def _(event: e.StepUndone, attempt: Attempt, entry: Entry, line_ms: int) -> Attempt:
    if attempt.undo is None:
        return attempt
    # What others recorded about the attempt meanwhile stays, and so does what was said.
    before = attempt.undo.attempt
    return replace(
        before,
        announced=attempt.announced | before.announced,
        contradicted=attempt.contradicted,
        keyings=attempt.keyings,
        was_verified=attempt.was_verified,
        irregularities=attempt.irregularities,
        validity=_validity_after_undo(attempt),
        undismissed=attempt.undismissed if before.undismissed is not None else None,
    )


def started(attempt: Attempt, line_ms: int) -> Attempt:
    """Return the attempt testing from `line_ms` on; its check-in is history."""
    return replace(attempt, standing=Progress.TESTING, start_line_ms=line_ms, undo=None)


def closed(
    intervals: tuple[timing.Interval, ...], line_ms: int
) -> tuple[timing.Interval, ...]:
    """Return the intervals with the open one, if any, ended."""
    if not intervals or intervals[-1][1] is not None:
        return intervals
    return (*intervals[:-1], (intervals[-1][0], line_ms))


def _at_rest(attempt: Attempt, standing: Progress, line_ms: int) -> dict[str, object]:
    return {
        "standing": standing,
        "end_line_ms": None if attempt.start_line_ms is None else line_ms,
        "stops": closed(attempt.stops, line_ms),
        "breaks": closed(attempt.breaks, line_ms),
    }


def _score_keyed(
    score: Score,
    event: e.ScoreKeyed | e.ScoreCorrected,
    first: ScoreState,
    entry: Entry,
) -> Score:
    keyed = Score(
        state=first,
        raw_min=event.raw_min,
        raw_max=event.raw_max,
        shown=event.shown,
        vendor_verdict=event.vendor_verdict,
        keyed_by=entry.actor,
    )
    if score.state not in KEYED_ONCE:
        return keyed
    known = (score.raw_min, score.raw_max, score.vendor_verdict)
    same = known == (event.raw_min, event.raw_max, event.vendor_verdict)
    if not same and not event.agrees:
        return replace(score, state=ScoreState.MISMATCH)
    return replace(
        score,
        state=ScoreState.VERIFIED,
        vendor_verdict=score.vendor_verdict or event.vendor_verdict,
        verified_by=entry.actor,
        verified_utc_ms=entry.at.utc_ms,
    )
