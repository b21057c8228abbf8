"""One synchronized session: its state, and how each entry moves it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import reduce, singledispatch
from types import MappingProxyType

from cptkiosk.domain import attempt as attempts_
from cptkiosk.domain import session_events as e
from cptkiosk.domain import timing
from cptkiosk.domain.attempt import LIVE, OUTCOMES, Attempt, Progress, SeatSwap
from cptkiosk.domain.events import Entry, Fact
from cptkiosk.domain.gaps import Gap
from cptkiosk.domain.instants import Instant
from cptkiosk.domain.lasting_steps import LastingStep, lasting_step
from cptkiosk.domain.values import MINUTE_MS, Personal


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

    event: e.IrregularityRecorded
    recorded_at: Instant
    recorded_by: str
    seq: int


DecisionFact = (
    e.ValidityDecided
    | e.DiscrepancySettled
    | e.ScoreCorrected
    | e.OutcomeCorrected
    | e.OutcomeReplaced
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


@dataclass(frozen=True, slots=True)
class Session:
    """What the entries of one session add up to."""

    session_id: str = ""
    title: str = ""
    stage: Stage = Stage.PLANNED
    starts_at_utc_ms: int = 0
    module_ids: tuple[str, ...] = ()
    rooms: tuple[e.Room, ...] = ()
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
    """The terminal at which it was ended."""

    halts: tuple[timing.Interval, ...] = ()
    halted_by: tuple[Halting, ...] = ()
    """Who keyed each of the halts, and when; in the same order."""

    halt_reason: Personal | None = None
    reasons: tuple[tuple[Instant, str, Personal], ...] = ()
    """When it was halted, reopened, amended, cancelled or abandoned, and why."""

    gaps: tuple[Gap, ...] = ()
    """Restarts since somebody last compared the room clock, oldest first."""

    before_gaps: "Session | None" = None
    """As it was at the first of them."""

    since_gaps: tuple[Entry, ...] = ()
    """What was recorded from there on, to be told again on the right line."""

    irregularities: tuple[Irregularity, ...] = ()
    """Every one in the order recorded, superseded ones too."""

    lead: str = ""
    """Who of the staff runs it: who opened the doors, or took over since."""

    decisions: tuple[Decision, ...] = ()
    """What coordinators decided about scores and outcomes, in the order recorded."""

    approvals: tuple[tuple[Instant, e.StepAuthorized], ...] = ()
    """Steps that a coordinator approved for somebody else."""

    approved: tuple[tuple[int, Fact], ...] = ()
    """What was recorded by these approvals: the number of one, from 0 on, and what."""

    seen: frozenset[str] = frozenset()
    """The irregularities that a coordinator has looked at."""

    hand_overs: tuple[tuple[Instant, str, str], ...] = ()
    """When it was handed over, by whom and to whom."""

    odd_dates: tuple[tuple[Instant, e.OddDate], ...] = ()
    """What was odd about a date, and confirmed; and when."""

    notes: tuple[tuple[Instant, str, e.NoteTaken], ...] = ()
    lasting: tuple[LastingStep, ...] = ()
    """Steps that undo does not take back, since the start if there was one."""

    scratch: e.ScratchReconciled | None = None
    revision: int = 0
    signed_by: str = ""
    sealed_seq: int = 0
    ended_utc_ms: int = 0
    ended_line_ms: int = 0
    """When it ended or was abandoned, on the line."""

    bundles: tuple[e.BundleWritten, ...] = ()
    version: int = 0
    last_seq: int = 0
    last_at: Instant | None = None
    last_on_line: Instant | None = None
    """The last entry of a boot whose place on the line is known."""

    def line_ms(self, at: Instant) -> int:
        """Return where an instant lies on this session's line."""
        return timing.line_ms(self.offsets, at)

    @property
    def running(self) -> bool:
        """Whether a clock is to be shown: running or halted."""
        return self.stage in {Stage.RUNNING, Stage.HALTED}

    def elapsed_ms(self, attempt: Attempt, line_ms: int) -> int:
        """Return the time an attempt has used up to `line_ms`."""
        if attempt.start_line_ms is None:
            return 0
        until = line_ms if attempt.end_line_ms is None else attempt.end_line_ms
        start = attempt.start_line_ms
        stopped = timing.union_ms((*attempt.stops, *self.halts), start, until)
        return max(0, until - start) - stopped

    def left_ms(self, attempt: Attempt, line_ms: int) -> int:
        """Return the time an attempt has left; negative once time is up."""
        return attempt.allowed_ms - self.elapsed_ms(attempt, line_ms)

    def stopped(self, attempt: Attempt) -> bool:
        """Whether this attempt's clock stands still."""
        return attempt.paused or self.stage is Stage.HALTED

    def end_ms(self, attempt: Attempt, line_ms: int) -> int | None:
        """Return when an attempt's time ends or it ended; `None` while stopped.

        Once it is up, no later stop moves that.
        """
        if attempt.end_line_ms is not None:
            return attempt.end_line_ms
        if attempt.start_line_ms is None:
            return None
        left_ms = self.left_ms(attempt, line_ms)
        if left_ms <= 0:
            stops = (*attempt.stops, *self.halts)
            start_ms = attempt.start_line_ms
            return timing.run_out_ms(stops, start_ms, attempt.allowed_ms)
        if self.stopped(attempt):
            return None
        return max(line_ms, attempt.start_line_ms) + left_ms

    def since_start_ms(self, line_ms: int) -> int:
        """Return how long the session has been running, halts left out."""
        if self.start_line_ms is None:
            return 0
        halted_ms = timing.union_ms(self.halts, self.start_line_ms, line_ms)
        return line_ms - self.start_line_ms - halted_ms

    def progress(self, attempt: Attempt, line_ms: int) -> Progress:
        """Return where an attempt stands, what follows from the clock included."""
        if attempt.standing is not Progress.TESTING:
            return attempt.standing
        if self.left_ms(attempt, line_ms) <= 0:
            return Progress.TIME_UP
        if self.stage is Stage.HALTED:
            return Progress.HALTED
        return Progress.PAUSED if attempt.paused else Progress.TESTING

    def live(self, line_ms: int) -> tuple[Attempt, ...]:
        """Return the attempts whose outcome is still open, clock started."""
        return tuple(
            attempt
            for attempt in self.attempts.values()
            if self.progress(attempt, line_ms) in LIVE
        )

    def timed(self, line_ms: int) -> tuple[Attempt, ...]:
        """Return those of them whose time ends, which is not so for the untimed."""
        return tuple(one for one in self.live(line_ms) if not one.untimed)

    def announced_again(self, attempt: Attempt, line_ms: int) -> Attempt:
        """Return an attempt to which figures it has risen above are announced anew."""
        if attempt.start_line_ms is None or not attempt.announced:
            return attempt
        left_ms = self.left_ms(attempt, line_ms)
        announced = frozenset(
            minutes for minutes in attempt.announced if left_ms <= minutes * MINUTE_MS
        )
        if announced == attempt.announced:
            return attempt
        return replace(attempt, announced=announced)

    def risen(self, line_ms: int) -> "Session":
        """Return the session with figures that people have risen above to announce."""
        return self.each(
            self.announced_again(one, line_ms) for one in self.attempts.values()
        )

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
    def unconfirmed(self) -> e.BootBridged | None:
        """The last reboot whose time nobody has compared with the room clock."""
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
        return self.stage is Stage.SEALED and any(
            one.seq > self.sealed_seq for one in self.irregularities
        )

    def free_seats(self) -> tuple[tuple[str, str], ...]:
        """Return every free seat as room and label, in the order they are offered.

        A seat is free again once whoever sat there has an outcome; it comes last, as
        they may still be about to leave.
        """
        people = self.attempts.values()
        used = {(one.room, one.seat) for one in people if one.sits}
        taken = {
            (one.room, one.seat)
            for one in people
            if one.seat and one.standing not in OUTCOMES
        }
        seats = ((room.name, label) for room in self.rooms for label in room.labels())
        free = (one for one in seats if one not in taken)
        return tuple(sorted(free, key=lambda one: one in used))

    def with_attempt(self, attempt: Attempt) -> "Session":
        """Return the session with one attempt replaced or added."""
        attempts = {**self.attempts, attempt.attempt_id: attempt}
        return replace(self, attempts=MappingProxyType(attempts))

    def each(self, changed: Iterable[Attempt]) -> "Session":
        """Return the session with several attempts replaced."""
        attempts = {**self.attempts, **{one.attempt_id: one for one in changed}}
        return replace(self, attempts=MappingProxyType(attempts))


def evolve(session: Session, entry: Entry) -> Session:
    """Return `session` after `entry`; total, and unable to refuse."""
    line_ms = session.line_ms(entry.at)
    if isinstance(entry.event, e.AttemptFact):
        known = session.attempts.get(entry.event.attempt_id)
        if isinstance(entry.event, e.AttemptAssigned):
            made = attempts_.new_attempt(entry.event)
            if known is not None:
                made = attempts_.put_back(made, known)
            session = session.with_attempt(made)
        elif known is not None:
            changed = attempts_.evolve(entry.event, known, entry, line_ms)
            if _may_rise(session, entry.event, known, changed, line_ms):
                changed = session.announced_again(changed, line_ms)
            session = session.with_attempt(changed)
        if isinstance(entry.event, DecisionFact):
            decided = Decision(entry.at, entry.actor, entry.event)
            session = replace(session, decisions=(*session.decisions, decided))
    else:
        session = _evolve(entry.event, session, entry, line_ms)
    on_line = entry.at.boot_id in session.offsets
    since = session.since_gaps
    if session.before_gaps is not None:
        since = (*since, entry)
    lasts = lasting_step(entry)
    approved = session.approved
    if _is_approved(session, entry):
        approved = (*approved, (len(session.approvals) - 1, entry.event))
    return replace(
        session,
        approved=approved,
        lasting=session.lasting if lasts is None else (*session.lasting, lasts),
        since_gaps=since,
        version=entry.version,
        last_seq=entry.seq,
        last_at=entry.at,
        last_on_line=entry.at if on_line else session.last_on_line,
    )


def _is_approved(session: Session, entry: Entry) -> bool:
    """Return whether an entry is what the last approval, recorded with it, is about."""
    if not session.approvals:
        return False
    at, approval = session.approvals[-1]
    same = (at, approval.by, approval.step)
    return same == (entry.at, entry.actor, entry.event.kind)


def _may_rise(
    session: Session, event: Fact, known: Attempt, changed: Attempt, line_ms: int
) -> bool:
    """Return whether somebody may now have more left than was announced to them."""
    if isinstance(event, e.StepUndone):
        # Whoever had ended missed a halt dated back meanwhile.
        more = session.left_ms(changed, line_ms) > session.left_ms(known, line_ms)
        return more or known.end_line_ms is not None
    return isinstance(event, e.CreditGiven)


def replay(entries: Iterable[Entry]) -> Session:
    """Fold a whole stream into the session it leaves."""
    return reduce(evolve, entries, Session())


@singledispatch
def _evolve(event: Fact, session: Session, entry: Entry, line_ms: int) -> Session:
    raise AssertionError(f"{type(event).__name__} is no fact about a session")


@_evolve.register
def _(event: e.SessionPlanned, session: Session, entry: Entry, line_ms: int) -> Session:
    return replace(
        session,
        session_id=event.session_id,
        title=event.title,
        starts_at_utc_ms=event.starts_at_utc_ms,
        module_ids=event.module_ids,
        rooms=event.rooms,
        odd_dates=_with_odd(session, event.odd, entry),
    )


@_evolve.register
def _(event: e.CheckInOpened, session: Session, entry: Entry, line_ms: int) -> Session:
    odd = _with_odd(session, event.odd, entry)
    return replace(session, stage=Stage.CHECK_IN, lead=entry.actor, odd_dates=odd)


def _with_odd(
    session: Session, odd: tuple[e.OddDate, ...], entry: Entry
) -> tuple[tuple[Instant, e.OddDate], ...]:
    return (*session.odd_dates, *((entry.at, one) for one in odd))


@_evolve.register
def _(
    event: e.SessionHandedOver, session: Session, entry: Entry, line_ms: int
) -> Session:
    done = (entry.at, event.from_staff, event.to_staff)
    return replace(
        session,
        lead=event.to_staff,
        hand_overs=(*session.hand_overs, done),
        odd_dates=_with_odd(session, event.odd, entry),
    )


@_evolve.register
def _(event: e.SessionStarted, session: Session, entry: Entry, line_ms: int) -> Session:
    offset_ms = event.start_utc_ms - event.start_boot_ms
    session = session.each(
        attempts_.started(one, event.start_utc_ms)
        if _began(one, event)
        else replace(one, undo=None)
        for one in session.attempts.values()
    )
    return replace(
        session,
        stage=Stage.RUNNING,
        start_line_ms=event.start_utc_ms,
        offsets=MappingProxyType({event.boot_id: offset_ms}),
        started_version=entry.version,
        script_read=event.script_read,
        lasting=(),
        odd_dates=_with_odd(session, event.odd, entry),
    )


def _began(attempt: Attempt, event: e.SessionStarted) -> bool:
    if event.attempt_ids:
        return attempt.attempt_id in event.attempt_ids
    return attempt.standing is Progress.SEATED


@_evolve.register
def _(event: e.StepsGrouped, session: Session, entry: Entry, line_ms: int) -> Session:
    known = [one for name in event.attempt_ids if (one := session.attempts.get(name))]
    if _swapped(known):
        first, second = known
        known = [
            _with_swap(first, second.attempt_id, entry.at.utc_ms),
            _with_swap(second, first.attempt_id, entry.at.utc_ms),
        ]
    return session.each(
        replace(one, undo=replace(one.undo, batch=entry.seq))
        for one in known
        if one.undo is not None
    )


def _swapped(people: list[Attempt]) -> bool:
    """Return whether the last step of two people was to change seats."""
    seats = [
        ((one.undo.attempt.room, one.undo.attempt.seat), (one.room, one.seat))
        for one in people
        if one.undo is not None
    ]
    if len(seats) != 2 or len(people) != 2:
        return False
    (before, after), other = seats
    return before != after and other == (after, before)


def _with_swap(one: Attempt, other: str, utc_ms: int) -> Attempt:
    assert one.undo is not None, "they have just moved"
    before = one.undo.attempt.seat
    return replace(one, swaps=(*one.swaps, SeatSwap(utc_ms, other, before)))


@_evolve.register
def _(event: e.StartUndone, session: Session, entry: Entry, line_ms: int) -> Session:
    session = session.each(
        replace(one, standing=Progress.SEATED, start_line_ms=None)
        for one in session.attempts.values()
        if one.start_line_ms is not None
    )
    return replace(
        session,
        stage=Stage.CHECK_IN,
        start_line_ms=None,
        offsets=MappingProxyType({}),
        started_version=0,
        script_read=False,
    )


@_evolve.register
def _(event: e.SessionHalted, session: Session, entry: Entry, line_ms: int) -> Session:
    since = entry.at.plus(event.since_line_ms - line_ms)
    session = replace(
        session,
        stage=Stage.HALTED,
        halts=(*session.halts, (event.since_line_ms, None)),
        halted_by=(
            *session.halted_by,
            Halting(entry.actor, entry.at, entry.version, entry.seq, entry.terminal),
        ),
        halt_reason=event.reason,
        reasons=(*session.reasons, (since, "halted", event.reason)),
    )
    return session if event.since_line_ms >= line_ms else session.risen(line_ms)


@_evolve.register
def _(event: e.HaltUndone, session: Session, entry: Entry, line_ms: int) -> Session:
    at = event.number - 1
    still = session.halts[at][1] is None
    reasons = _with_false_halt(session.reasons, at)
    if event.reason is not None:
        reasons = (*reasons, (entry.at, "halt undone", event.reason))
    return replace(
        session,
        stage=Stage.RUNNING if still else session.stage,
        halts=session.halts[:at] + session.halts[at + 1 :],
        halted_by=session.halted_by[:at] + session.halted_by[at + 1 :],
        halt_reason=None if still else session.halt_reason,
        reasons=reasons,
    )


def _with_false_halt(
    reasons: tuple[tuple[Instant, str, Personal], ...], number: int
) -> tuple[tuple[Instant, str, Personal], ...]:
    """Return the reasons with the halt of that number, from 0 on, called a false one."""
    halts = [at for at, (_, what, _) in enumerate(reasons) if what == "halted"]
    when, _, why = reasons[halts[number]]
    at = halts[number]
    return (*reasons[:at], (when, "false halt", why), *reasons[at + 1 :])


@_evolve.register
def _(event: e.SessionResumed, session: Session, entry: Entry, line_ms: int) -> Session:
    halts = attempts_.closed(session.halts, line_ms)
    return replace(session, stage=Stage.RUNNING, halts=halts, halt_reason=None)


@_evolve.register
def _(
    event: e.AnnouncementMade, session: Session, entry: Entry, line_ms: int
) -> Session:
    return session.each(
        replace(one, announced=one.announced | {event.minutes})
        for one in session.attempts.values()
        if one.attempt_id in event.attempt_ids
    )


@_evolve.register
def _(event: e.NoteTaken, session: Session, entry: Entry, line_ms: int) -> Session:
    return replace(session, notes=(*session.notes, (entry.at, entry.actor, event)))


@_evolve.register
def _(
    event: e.IrregularityRecorded, session: Session, entry: Entry, line_ms: int
) -> Session:
    record = Irregularity(event, entry.at, entry.actor, entry.seq)
    session = replace(session, irregularities=(*session.irregularities, record))
    counts = Counter(
        attempt_id for one in session.in_force for attempt_id in one.event.attempt_ids
    )
    concerned = set(event.attempt_ids) - set(event.spared)
    return session.each(
        replace(
            attempts_.affected(one, event.validity)
            if one.attempt_id in concerned
            else one,
            irregularities=counts[one.attempt_id],
        )
        for one in session.attempts.values()
        if one.irregularities != counts[one.attempt_id] or one.attempt_id in concerned
    )


@_evolve.register
def _(event: e.SessionEnded, session: Session, entry: Entry, line_ms: int) -> Session:
    return replace(
        session,
        stage=Stage.ENDED,
        ended_utc_ms=entry.at.utc_ms,
        ended_line_ms=line_ms,
        ended_version=entry.version,
        ended_by=entry.actor,
        ended_terminal=entry.terminal,
    )


@_evolve.register
def _(
    event: e.SessionReopened, session: Session, entry: Entry, line_ms: int
) -> Session:
    reasons = (*session.reasons, (entry.at, "reopened", event.reason))
    return replace(session, stage=Stage.RUNNING, reasons=reasons)


@_evolve.register
def _(
    event: e.ScratchReconciled, session: Session, entry: Entry, line_ms: int
) -> Session:
    return replace(session, scratch=event)


@_evolve.register
def _(event: e.SessionSealed, session: Session, entry: Entry, line_ms: int) -> Session:
    return replace(
        session,
        stage=Stage.SEALED,
        revision=event.revision,
        signed_by=event.signed_by,
        sealed_seq=entry.seq,
    )


@_evolve.register
def _(event: e.StepAuthorized, session: Session, entry: Entry, line_ms: int) -> Session:
    return replace(session, approvals=(*session.approvals, (entry.at, event)))


@_evolve.register
def _(
    event: e.IrregularitiesSeen, session: Session, entry: Entry, line_ms: int
) -> Session:
    return replace(session, seen=session.seen | set(event.irregularity_ids))


@_evolve.register
def _(event: e.SessionAmended, session: Session, entry: Entry, line_ms: int) -> Session:
    reasons = (*session.reasons, (entry.at, "amended", event.reason))
    return replace(session, stage=Stage.ENDED, reasons=reasons)


@_evolve.register
def _(
    event: e.SessionCancelled, session: Session, entry: Entry, line_ms: int
) -> Session:
    session = session.each(
        replace(one, standing=Progress.CANCELLED, reason=event.reason, undo=None)
        for one in session.attempts.values()
        if not (event.outcomes_kept and one.standing in attempts_.NEVER_STARTED)
    )
    reasons = (*session.reasons, (entry.at, "cancelled", event.reason))
    return replace(session, stage=Stage.CANCELLED, reasons=reasons)


@_evolve.register
def _(
    event: e.SessionAbandoned, session: Session, entry: Entry, line_ms: int
) -> Session:
    halts = attempts_.closed(session.halts, line_ms)
    reasons = (*session.reasons, (entry.at, "abandoned", event.reason))
    return replace(
        session,
        stage=Stage.ABANDONED,
        halts=halts,
        ended_line_ms=line_ms,
        reasons=reasons,
    )


@_evolve.register
def _(event: e.BootBridged, session: Session, entry: Entry, line_ms: int) -> Session:
    offsets = {**session.offsets, event.boot_id: event.offset_ms}
    stops = not event.usable and session.stage is Stage.RUNNING
    return replace(
        session,
        offsets=MappingProxyType(offsets),
        gaps=(*session.gaps, Gap(entry.at, event, stops)),
        before_gaps=session.before_gaps or session,
    )


@_evolve.register
def _(
    event: e.RoomClockConfirmed, session: Session, entry: Entry, line_ms: int
) -> Session:
    corrected = _told_again(session, event)
    if event.correction_ms < 0:
        corrected = corrected.risen(corrected.line_ms(entry.at))
    return replace(corrected, gaps=(), before_gaps=None, since_gaps=())


def _told_again(session: Session, event: e.RoomClockConfirmed) -> Session:
    """Return the session on the line that the room clock has put right."""
    if session.before_gaps is None:
        return session
    if not event.shares_ms:
        return _told_of_one_gap(session, session.before_gaps, event.correction_ms)
    corrected, by_ms, shares = session.before_gaps, 0, iter(event.shares_ms)
    for one in session.since_gaps:
        if isinstance(one.event, e.BootBridged):
            by_ms += next(shares)
        told = _corrected(one.event, by_ms)
        corrected = evolve(corrected, replace(one, event=told))
    return corrected


def _told_of_one_gap(session: Session, before: Session, by_ms: int) -> Session:
    """Return what a figure made of a session while it was taken to be of one gap only:
    of the first that the wall clock could not tell, else of the last.
    """
    untold = [one for one in session.gaps if not one.event.usable]
    anchor = (untold or session.gaps[-1:])[0].event
    # Of two gaps one figure told nothing: then nobody's time was taken by a guess.
    guess = len(untold) > 1 and any(one.stops for one in session.gaps)
    corrected, since = before, False
    for one in session.since_gaps:
        since = since or one.event is anchor
        told = one.event
        if since:
            told = _corrected(told, by_ms, halts=not guess)
            guess = guess and not isinstance(told, e.SessionHalted)
        corrected = evolve(corrected, replace(one, event=told))
    return corrected


def _corrected(event: Fact, by_ms: int, *, halts: bool = True) -> Fact:
    """Return what was told on a line that was wrong by so much as it truly was.

    What the room clock shows has passed is time used, not time stopped.
    """
    if isinstance(event, e.BootBridged):
        return replace(event, offset_ms=event.offset_ms + by_ms)
    if isinstance(event, e.SessionHalted) and halts:
        return replace(event, since_line_ms=event.since_line_ms + by_ms)
    return event


@_evolve.register
def _(event: e.BundleWritten, session: Session, entry: Entry, line_ms: int) -> Session:
    return replace(session, bundles=(*session.bundles, event))
