"""The one door: a wish goes in, and what was recorded comes out.

For every wish the desk takes the ledger's write lock, catches up with what other
terminals wrote, lets the rules decide, appends, commits, and only then moves on. So
several terminals work on one session without losing or doubling a step.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from typing import TypeVar
from zoneinfo import ZoneInfo

from cptkiosk import lists
from cptkiosk.clock import Clock
from cptkiosk.domain import candidate as candidates
from cptkiosk.domain import center as centers
from cptkiosk.domain import center_events, checkin, closing, planning, testing, timing
from cptkiosk.domain import session as sessions
from cptkiosk.domain.attempt import Progress
from cptkiosk.domain.candidate import Candidate, RegisterPerson
from cptkiosk.domain.center import Center, Member
from cptkiosk.domain.commands import (
    AssignAttempt,
    BridgeBoot,
    SealSession,
    SessionCommand,
)
from cptkiosk.domain.events import Entry, Fact
from cptkiosk.domain.instants import Instant
from cptkiosk.domain.modules import Definitions, Module
from cptkiosk.domain.rules import Context, decide, why_not
from cptkiosk.domain.session import Session, Stage
from cptkiosk.domain.session_events import AssignedModule
from cptkiosk.domain.text import name_words
from cptkiosk.domain.values import Actor, Refused, Role
from cptkiosk.ledger import tables
from cptkiosk.ledger.ledger import Ledger, Transaction
from cptkiosk.ledger.opening import DiskFull
from cptkiosk.pins import check_new_pin, hash_pin, pin_fits

assert all((checkin, closing, planning, testing)), "they register the rules"

CENTER = "center"
NOBODY = Actor("", Role.PROCTOR)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a wish became; committed and synced."""

    entries: tuple[Entry, ...]

    @property
    def seq(self) -> int:
        """Number of the last entry, 0 if nothing new had to be recorded."""
        return self.entries[-1].seq if self.entries else 0


class Desk:
    """State of the streams at hand, and the only way to change them."""

    def __init__(self, ledger: Ledger, clock: Clock, definitions: Definitions) -> None:
        self.ledger = ledger
        self.clock = clock
        self.definitions = definitions
        self.center = Center()
        self.sessions: dict[str, Session] = {}
        self._seq = ledger.head().seq
        self.center = centers.replay(ledger.read(CENTER))

    # Reading

    def now(self) -> Instant:
        """Return this moment."""
        return self.clock.now()

    @property
    def zone(self) -> ZoneInfo:
        """The center's time zone."""
        return ZoneInfo(self.center.time_zone or "UTC")

    def session(self, session_id: str) -> Session:
        """Return a session as of the last catch-up.

        Raises:
            Refused: if there is none of that id.
        """
        if session_id not in self.sessions:
            session = sessions.replay(self.ledger.read(f"session/{session_id}"))
            if not session.session_id:
                raise Refused(
                    f"There is no session {session_id}.",
                    "See 'cptkiosk session list' or the screen Today.",
                )
            self._know(session_id, session)
            # The stream may have been read further than everything else in memory.
            if session.last_seq > self._seq:
                self.catch_up()
        return self.sessions[session_id]

    def _know(self, session_id: str, session: Session) -> None:
        # Never changed in place: the screen reads while the desk's thread writes.
        self.sessions = {**self.sessions, session_id: session}

    def candidate(self, participant_id: str) -> Candidate:
        """Return a candidate; an empty one if nobody has that id."""
        return candidates.replay(self.ledger.read(f"candidate/{participant_id}"))

    def catch_up(self) -> bool:
        """Take in what other terminals wrote; return whether there was anything."""
        entries = self.ledger.read_after(self._seq)
        for entry in entries:
            self._take_in(entry)
        return bool(entries)

    def _take_in(self, entry: Entry) -> None:
        kind, _, key = entry.stream.partition("/")
        if kind == CENTER and entry.version > self.center.version:
            self.center = centers.evolve(self.center, entry)
        elif kind == "session":
            known = self.sessions.get(key)
            if known is not None and entry.version > known.version:
                self._know(key, sessions.evolve(known, entry))
        self._seq = max(self._seq, entry.seq)

    def why_not(self, command: SessionCommand, actor: Actor) -> str:
        """Return why a wish would be refused now, or nothing if it would not."""
        session = Session()
        with suppress(Refused):
            session = self.session(command.session_id)
        context = self._context(actor)
        stream = f"session/{command.session_id}"
        for event in self._carried(session, command, context):
            session = sessions.evolve(
                session,
                Entry(
                    session.last_seq, stream, session.version + 1, context.now, "", "",
                    event,
                ),
            )  # fmt: skip
        return why_not(session, command, context)

    def _context(self, actor: Actor) -> Context:
        return Context(
            self.clock.now(), actor, self.definitions.policies, self.local_date
        )

    # Sessions

    def perform(self, command: SessionCommand, actor: Actor) -> Recorded:
        """Carry out a wish about a session; sealing is for `seal`.

        Raises:
            Refused: if the rules do not allow it now; nothing is written.
            StorageError: if it could not be written; nothing is recorded.
        """
        if isinstance(command, SealSession):
            raise Refused("Sealing is signed with a PIN.", "Seal in the close-out.")
        return self._carry_out(command, actor)

    def seal(self, session_id: str, actor: Actor, pin: str) -> Recorded:
        """Check the PIN and seal a session with it.

        Raises:
            Refused: if the PIN is wrong or something still keeps the session open.
            StorageError: if it could not be written; nothing is sealed.
        """
        self.check_pin(actor.staff_id, pin)
        return self._carry_out(SealSession(session_id=session_id), actor)

    def _carry_out(self, command: SessionCommand, actor: Actor) -> Recorded:
        recorded = self._written(
            actor, lambda transaction: self._perform(transaction, command, actor)
        )
        self._keep(recorded)
        return Recorded(recorded)

    def _perform(
        self, transaction: Transaction, command: SessionCommand, actor: Actor
    ) -> tuple[Entry, ...]:
        self.catch_up()
        session_id = command.session_id
        before = self.sessions.get(session_id)
        if before is None:
            before = sessions.replay(self.ledger.read(f"session/{session_id}"))
            if before.session_id:
                self._know(session_id, before)
        context = self._context(actor)
        stream = f"session/{session_id}"
        carried = transaction.append(
            stream, before.version, self._carried(before, command, context), context.now
        )
        here = reduce(sessions.evolve, carried, before)
        events = decide(here, command, context)
        entries = carried + transaction.append(
            stream, here.version, events, context.now
        )
        after = reduce(sessions.evolve, entries, before)
        if entries:
            transaction.project(tables.session_rows(after, before))
        if isinstance(command, SealSession):
            self._sign(transaction)
        return entries

    def _carried(
        self, session: Session, command: SessionCommand, context: Context
    ) -> tuple[Fact, ...]:
        """Return what carries running clocks over to a boot not seen before."""
        known = context.now.boot_id in session.offsets
        if known or not session.running or isinstance(command, BridgeBoot):
            return ()
        last = self._last_sign_of_life(session)
        wish = BridgeBoot(session_id=session.session_id, last=last)
        return decide(session, wish, context)

    def _sign(self, transaction: Transaction) -> None:
        from cptkiosk.ledger.signing import Signer
        from cptkiosk.settings import Paths

        signer = Signer(Paths(self.ledger.path.parent).key)
        transaction.sign_head(signer.sign(transaction.head), signer.public_key)

    def _written(
        self, actor: Actor, write: Callable[[Transaction], T], *, again: bool = True
    ) -> T:
        """Write in one transaction; once more if the reserve made room for it."""
        try:
            with self.ledger.writing(actor.staff_id) as transaction:
                written = write(transaction)
        except DiskFull:
            if not again:
                raise
            self.ledger.give_reserve_up()
            return self._written(actor, write, again=False)
        if again:
            self.ledger.keep_reserve()
        return written

    def _keep(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            if entry.version == 1 and entry.stream.startswith("session/"):
                self._know(entry.stream.partition("/")[2], Session())
            self._take_in(entry)

    def next_session_id(self) -> str:
        """Return an id for a session planned today: date and number."""
        date = self.local_date(self.now().utc_ms)
        taken = {line.session_id for line in lists.sessions(self.ledger)}
        return next(
            name
            for n in range(1, len(taken) + 2)
            if (name := f"{date}-{n}") not in taken
        )

    def local_date(self, utc_ms: int) -> str:
        """Return the ISO date at the center."""
        from datetime import UTC, datetime

        moment = datetime.fromtimestamp(utc_ms / 1000, UTC)
        return moment.astimezone(self.zone).date().isoformat()

    def assignment(
        self, session_id: str, participant_id: str, module_id: str
    ) -> AssignAttempt:
        """Return the wish that puts a registered candidate on a session's roll.

        Raises:
            Refused: if they are not registered for that module.
        """
        known = self.candidate(participant_id)
        registration = known.registrations.get(module_id)
        if registration is None:
            raise Refused(
                f"{known.person or participant_id} is not registered for {module_id}.",
                "Import a roster that says so.",
            )
        return AssignAttempt(
            session_id=session_id,
            participant_id=participant_id,
            person=known.person,
            module=assigned(self.definitions.module(module_id)),
            user_code=registration.user_code,
            factor_permille=registration.factor_permille,
            paid=registration.paid,
        )

    def attach(self) -> tuple[Session, ...]:
        """Take up running sessions, carrying their clocks over a reboot if need be."""
        self.catch_up()
        found = [
            self.session(line.session_id)
            for line in lists.open_sessions(self.ledger, self.now().utc_ms)
            if line.stage in {Stage.RUNNING, Stage.HALTED}
        ]
        for session in found:
            if self.now().boot_id not in session.offsets:
                last = self._last_sign_of_life(session)
                wish = BridgeBoot(session_id=session.session_id, last=last)
                with suppress(Refused):
                    self.perform(wish, NOBODY)
        return tuple(self.sessions[one.session_id] for one in found)

    def _last_sign_of_life(self, session: Session) -> Instant:
        beat, last = self.ledger.heartbeat(), session.last_at
        assert last is not None, "a running session has entries"
        if beat is None or beat.boot_id not in session.offsets:
            return last
        return max(beat, last, key=session.line_ms)

    def beat(self) -> None:
        """Leave a sign of life, and record a step of the wall clock if there was one."""
        now = self.now()
        known = self.ledger.heartbeat()
        if known is not None and known.boot_id != now.boot_id:
            # The last sign of the old boot is what running clocks are carried over by.
            self.attach()
        last = self.ledger.beat(now)
        if last is None:
            return
        moved_ms = timing.step_ms(last, now)
        if moved_ms:
            self._center(
                NOBODY, lambda: (center_events.ClockStepNoticed(step_ms=moved_ms),)
            )

    # The center and its staff

    def init_center(
        self, name: str, site_code: str, time_zone: str, coordinator: str, pin: str,
        *, rehearsal: bool = False,
    ) -> Recorded:  # fmt: skip
        """Open the ledger for one center, with its coordinator.

        Raises:
            Refused: if that was done before, or something is missing.
        """
        command = centers.InitCenter(
            name=name,
            site_code=site_code,
            time_zone=time_zone,
            coordinator=coordinator,
            pin_hash=hash_pin(pin),
            rehearsal=rehearsal,
        )
        actor = Actor("s1", Role.COORDINATOR)
        return self._center(actor, lambda: centers.decide_init(self.center, command))

    def add_staff(
        self, name: str, role: Role, pin: str, trained_on: str, actor: Actor
    ) -> Recorded:
        """Add somebody to the staff list.

        Raises:
            Refused: if the actor is no coordinator, or the name is taken.
        """
        actor.must_be_coordinator("Adding staff")
        command = centers.AddStaff(
            name=name, role=role, pin_hash=hash_pin(pin), trained_on=trained_on
        )

        def make() -> tuple[Fact, ...]:
            names = {
                name_words(f"{one.given_name} {one.family_name}")
                for one in lists.people(self.ledger)
            }
            return centers.decide_add(self.center, command, names)

        return self._center(actor, make)

    def set_pin(
        self, staff_id: str, pin: str, actor: Actor, *, old_pin: str = ""
    ) -> Recorded:
        """Set a PIN, which also unlocks: one's own with the old one, or anybody's.

        Raises:
            Refused: if the PIN may not be set, the old one is wrong, or somebody else
                than the coordinator asks for another's.
        """
        check_new_pin(pin, self.definitions.policies.pin_digits_min)
        if actor.staff_id == staff_id:
            self.check_pin(staff_id, old_pin)
        else:
            actor.must_be_coordinator("Setting the PIN of somebody else")
        stored = hash_pin(pin)
        return self._center(
            actor, lambda: centers.decide_pin(self.center, staff_id, stored)
        )

    def _center(self, actor: Actor, make: Callable[[], tuple[Fact, ...]]) -> Recorded:
        def write(transaction: Transaction) -> tuple[Entry, ...]:
            self.catch_up()
            before = self.center
            entries = transaction.append(CENTER, before.version, make(), self.now())
            after = reduce(centers.evolve, entries, before)
            transaction.project(tables.center_rows(after))
            return entries

        entries = self._written(actor, write)
        self._keep(entries)
        return Recorded(entries)

    def sign_in(self, staff_id: str, pin: str) -> Actor:
        """Let somebody in by their PIN; a wrong one is recorded.

        Raises:
            Refused: if the PIN is wrong, or they may not try now.
        """
        member = self.check_pin(staff_id, pin)
        actor = Actor(staff_id, member.role)
        self._center(
            actor,
            lambda: self._tried(staff_id, center_events.SignedIn(staff_id=staff_id)),
        )
        return actor

    def _tried(self, staff_id: str, event: Fact) -> tuple[Fact, ...]:
        """Return what a try led to, if others at other terminals left it one."""
        centers.may_try_pin(self.center.staff[staff_id], self.now())
        return (event,)

    def check_pin(self, staff_id: str, pin: str) -> Member:
        """Check a PIN, for a sign-in or a signature; a wrong one is recorded.

        Raises:
            Refused: if the PIN is wrong, or they may not try now.
        """
        self.catch_up()
        member = self.center.staff.get(staff_id)
        if member is None:
            raise Refused("Nobody of that name is on the staff list.")
        centers.may_try_pin(member, self.now())
        stored = member.pin_hash.text if member.pin_hash else ""
        if not pin_fits(pin, stored):
            actor = Actor(staff_id, member.role)
            failed = center_events.SignInFailed(staff_id=staff_id)
            self._center(actor, lambda: self._tried(staff_id, failed))
            raise Refused("That PIN is not right.", "Try again.")
        return member

    def sign_out(self, actor: Actor) -> None:
        """Record that somebody left a terminal, or locked it."""
        out = center_events.SignedOut(staff_id=actor.staff_id)
        self._center(actor, lambda: (out,))

    # People

    def register(
        self, people: Sequence[RegisterPerson], actor: Actor, *, dry_run: bool = False
    ) -> tuple[tuple[Fact, ...] | Refused, ...]:
        """Bring the record up to date with a roster, all in one transaction.

        Returns for each row what it made happen, or why it was refused.
        """
        outcomes: list[tuple[Fact, ...] | Refused] = []

        def write(transaction: Transaction) -> tuple[Entry, ...]:
            outcomes.clear()
            self.catch_up()
            known: dict[str, Candidate] = {}
            entries: list[Entry] = []
            for command in people:
                try:
                    some = self._register(transaction, command, known)
                    outcomes.append(tuple(entry.event for entry in some))
                    entries += some
                except Refused as refusal:
                    outcomes.append(refusal)
            if dry_run:
                raise _DryRun
            return tuple(entries)

        with suppress(_DryRun):
            self._keep(self._written(actor, write))
        return tuple(outcomes)

    def _register(
        self,
        transaction: Transaction,
        command: RegisterPerson,
        known: dict[str, Candidate],
    ) -> tuple[Entry, ...]:
        about = command.participant_id
        if about not in known:
            known[about] = self.candidate(about)
        before = known[about]
        code = command.registration.user_code if command.registration else ""
        holder = lists.code_holder(self.ledger, code, about) if code else ""
        if holder:
            raise Refused(f"user code {code} belongs to participant {holder}")
        events = candidates.decide(before, command, self.center.staff_names)
        entries = transaction.append(
            f"candidate/{about}", before.version, events, self.now()
        )
        after = reduce(candidates.evolve, entries, before)
        if entries:
            transaction.project(tables.candidate_rows(after))
        known[about] = after
        return entries

    def refresh_rolls(self, participant_ids: frozenset[str], actor: Actor) -> None:
        """Carry corrected names, codes and extra time into sessions not yet started."""
        for line in lists.open_sessions(self.ledger, self.now().utc_ms):
            if line.stage not in {Stage.PLANNED, Stage.CHECK_IN}:
                continue
            for attempt in self.session(line.session_id).attempts.values():
                off = attempt.standing is Progress.CANCELLED
                if attempt.participant_id in participant_ids and not off:
                    wish = self.assignment(
                        line.session_id,
                        attempt.participant_id,
                        attempt.module.module_id,
                    )
                    with suppress(Refused):
                        self.perform(wish, actor)


class _DryRun(Exception):
    """Take everything back: it was only to see what would happen."""


def assigned(module: Module) -> AssignedModule:
    """Return the copy of a definition that an attempt keeps."""
    return AssignedModule(
        module_id=module.id,
        name=module.name,
        short=module.short,
        edition=module.edition,
        core=module.core,
        items=module.items,
        minutes=module.minutes,
        cut_percent=module.cut_percent,
    )
