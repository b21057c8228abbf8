"""Sessions: planned, run, carried over a reboot, and sealed."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import reduce
from types import MappingProxyType

from cptkiosk.desk.needs import AsOf, NeedsDesk
from cptkiosk.desk.record import NOBODY, Recorded, authorized
from cptkiosk.domain import (
    center_events,
    checkin,
    closing,
    fees,
    halts,
    irregularities,
    mistakes,
    odd_dates,
    planning,
    session_changes,
    testing,
    timing,
    undoing,
)
from cptkiosk.domain.attempt import Attempt, AttemptProgress
from cptkiosk.domain.checkin import barred, door_case
from cptkiosk.domain.commands import (
    AssignAttempt,
    BridgeBoot,
    HandOver,
    PlanSession,
    SealSession,
    SessionCommand,
)
from cptkiosk.domain.eligibility import CandidateHistory, Finding, PastAttempt, findings
from cptkiosk.domain.events import Entry, Fact
from cptkiosk.domain.instants import Instant
from cptkiosk.domain.modules import Module
from cptkiosk.domain.planning import assignment_case
from cptkiosk.domain.rules import Context, decide, is_possible, refusal
from cptkiosk.domain.session import Session, Stage
from cptkiosk.domain.session_events import AssignedModule
from cptkiosk.domain.values import MINUTE_MS, Actor, Refused
from cptkiosk.host.data_directory import Paths
from cptkiosk.ledger import projections, queries
from cptkiosk.ledger.ledger import Transaction
from cptkiosk.ledger.signatures import notice

RULES_OF = (
    checkin, closing, halts, irregularities, mistakes, planning, testing, undoing,
)  # fmt: skip
assert all(RULES_OF), "rules register"


class SessionDesk(NeedsDesk):
    """Wishes about sessions, and the clocks that run in them."""

    _asleep_ms: Mapping[str, int] = MappingProxyType({})
    """How long this boot had slept when this terminal first looked."""

    _boot_id = ""
    """The boot that the ledger is known to know."""

    _barred_as_of: tuple[AsOf, int] | None = None
    _barred: Mapping[str, Finding | None] = MappingProxyType({})

    def why_not(
        self, command: SessionCommand, actor: Actor, *, approvable: bool = False
    ) -> str:
        """Return why a command would be refused now, or nothing; see `refusal`."""
        found = self.refusal(command, actor, approvable=approvable)
        return "" if found is None else str(found)

    def refusal(
        self, command: SessionCommand, actor: Actor, *, approvable: bool = False
    ) -> Refused | None:
        """Return the refusal that a command would meet now, or `None`.

        Where a coordinator could approve it on the spot (`approvable`), that one is
        still lacking is no reason.
        """
        session = Session()
        with suppress(Refused):
            session = self.session(command.session_id)
        context = self.context(actor, command.session_id)
        session = self._carried_over(session, command, context)
        return refusal(session, command, context, approvable=approvable)

    def possible_now(
        self, session: Session, actor: Actor
    ) -> Callable[[SessionCommand], bool]:
        """Return what says which commands of a session are not refused at a glance.

        For many commands at once, as for a line of keys: nothing else is read. What it
        denies is refused, also where a coordinator could approve it; the rest may be.
        """
        context = self.context(actor, session.session_id)
        first = SessionCommand(session_id=session.session_id)
        session = self._carried_over(session, first, context)
        return lambda command: is_possible(session, command, context)

    def _carried_over(
        self, session: Session, command: SessionCommand, context: Context
    ) -> Session:
        """Return a session as it is once its clocks are carried over to this boot."""
        stream = f"session/{session.session_id}"
        for event in self.carried(session, command, context):
            session = session_changes.evolve(
                session,
                Entry(
                    session.last_seq, stream, session.version + 1, context.now, "", "",
                    event,
                ),
            )  # fmt: skip
        return session

    def context(self, actor: Actor, session_id: str) -> Context:
        """Return everything the rules may know of a session beside it."""
        return Context(
            now=self.clock.now(),
            actor=actor,
            definitions=self.definitions,
            local=self.local,
            dossier_of=lambda who: self._dossiers.recall(
                self._seq, (who, session_id), self._dossier
            ),
            was_coordinator=self.center.was_coordinator,
            linked_to=self.linked_to,
            registered_as=lambda who, what: self.candidate(who).registrations.get(what),
            terminal=self.ledger.terminal,
            trained_on=self._trained_on,
            booked=lambda: queries.bookings(self.ledger),
        )

    def _trained_on(self, staff_id: str) -> str | None:
        member = self.center.staff.get(staff_id)
        return member.trained_on if member is not None else None

    def odd_dates(self, command: SessionCommand, actor: Actor) -> tuple[str, ...]:
        """Return what is odd about the dates of a command, to be confirmed first."""
        session = Session()
        with suppress(Refused):
            session = self.session(command.session_id)
        context = self.context(actor, command.session_id)
        return tuple(
            odd_dates.sentence(one, self.center.name_of)
            for one in odd_dates.odd_dates(session, command, context)
        )

    def _dossier(self, about: tuple[str, str]) -> CandidateHistory:
        participant_id, session_id = about
        found = queries.dossier(self.ledger, participant_id, session_id)
        owed = self.statement(participant_id)
        return replace(
            found,
            settled=fees.settled_modules(owed, self.definitions.modules),
            retakes_unpaid=fees.retakes_unpaid(owed),
            taken=tuple(map(self._as_known, found.taken)),
        )

    def _as_known(self, one: PastAttempt) -> PastAttempt:
        """Return an attempt with what follows from its session, or is planned for it."""
        if one.standing is AttemptProgress.INTERRUPTED:
            unconfirmed = self.session(one.session_id).unconfirmed is not None
            one = replace(one, unconfirmed=unconfirmed)
        minutes = {each.id: each.minutes for each in self.definitions.modules}
        if not one.untimed or one.module_id not in minutes:
            return one
        planned = timing.planned_ms(minutes[one.module_id], timing.UNTIMED)
        return replace(one, allowed_ms=planned)

    def barred(self, session: Session, attempt: Attempt) -> Finding | None:
        """Return what keeps somebody out or from the start; looked up once a minute."""
        key = (self._as_of(session), self.now().utc_ms // MINUTE_MS)
        if self._barred_as_of != key:
            self._barred_as_of, self._barred = key, {}
        if attempt.attempt_id not in self._barred:
            context = self.context(NOBODY, session.session_id)
            found = barred(session, attempt, context)
            self._barred = {**self._barred, attempt.attempt_id: found}
        return self._barred[attempt.attempt_id]

    def against(self, session_id: str, attempt: Attempt) -> tuple[Finding, ...]:
        """Return what speaks against admitting somebody at the door now."""
        context = self.context(NOBODY, session_id)
        return findings(door_case(self.session(session_id), attempt, context))

    def against_assigning(self, command: AssignAttempt) -> tuple[Finding, ...]:
        """Return what speaks against putting somebody on a session's roll."""
        context = self.context(NOBODY, command.session_id)
        session = self.session(command.session_id)
        return findings(assignment_case(session, command, context))

    def perform(self, command: SessionCommand, actor: Actor) -> Recorded:
        """Carry out a command about a session; sealing is for `seal`.

        Raises:
            Refused: if the rules do not allow it now; nothing is written.
            StorageError: if it could not be written; nothing is recorded.
        """
        if isinstance(command, SealSession):
            raise Refused("Sealing is signed with a PIN.", "Seal in the close-out.")
        if isinstance(command, HandOver):
            raise Refused("Both sign a hand-over.", "Hand over in the check-in.")
        return self._carry_out(command, actor)

    def seal(
        self,
        session_id: str,
        actor: Actor,
        pin: str,
        saw: tuple[str, ...] | None = None,
    ) -> Recorded:
        """Check the PIN and seal a session with it.

        Args:
            session_id: the session.
            actor: who signs.
            pin: theirs.
            saw: the reports that whoever signs was shown; all of them if not given.

        Raises:
            Refused: if the PIN is wrong or something still keeps the session open.
            StorageError: if it could not be written; nothing is sealed.
        """
        self.check_pin(actor.staff_id, pin)
        return self._carry_out(SealSession(session_id=session_id, saw=saw), actor)

    def seal_notice(self) -> str:
        """Return what whoever seals must know first, or nothing."""
        return notice(self.ledger)

    def hand_over(
        self, session_id: str, actor: Actor, pin: str, to: str, to_pin: str
    ) -> Recorded:
        """Let somebody else run a session, signed by both.

        Raises:
            Refused: if a PIN is wrong, or whoever takes over is linked with a candidate.
            StorageError: if it could not be written; nothing is handed over.
        """
        command = HandOver(session_id=session_id, to=to)
        if (found := self.refusal(command, actor)) is not None:
            raise found
        self.check_pin(actor.staff_id, pin)
        self.check_pin(to, to_pin)
        return self._carry_out(command, actor)

    def _carry_out(self, command: SessionCommand, actor: Actor) -> Recorded:
        recorded = self._written(
            actor, lambda transaction: self._perform(transaction, command, actor)
        )
        self._keep(recorded)
        return Recorded(recorded)

    def _perform(
        self, transaction: Transaction, command: SessionCommand, actor: Actor
    ) -> tuple[Entry, ...]:
        session_id = command.session_id
        before = self.sessions.get(session_id)
        if before is None:
            before = session_changes.replay(self.ledger.read(f"session/{session_id}"))
            if before.session_id:
                self._know(session_id, before)
        context = self.context(actor, session_id)
        stream = f"session/{session_id}"
        carried = transaction.append(
            stream, before.version, self.carried(before, command, context), context.now
        )
        here = reduce(session_changes.evolve, carried, before)
        events = authorized(decide(here, command, context), actor)
        entries = carried + transaction.append(
            stream, here.version, events, context.now
        )
        after = reduce(session_changes.evolve, entries, before)
        if entries:
            transaction.project(projections.session_rows(after, before))
        if isinstance(command, SealSession):
            self._sign(transaction)
        return entries

    def carried(
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
        # Start-up time: only a seal is signed, and cryptography is slow to load.
        from cptkiosk.ledger.signing import Signer

        signer = Signer(Paths(self.ledger.path.parent).key)
        transaction.sign_head(signer.sign(transaction.head), signer.public_key)

    def plan(self, wish: PlanSession, actor: Actor) -> str:
        """Put a session on the calendar and return its ID.

        The ID carries the day of the exam, and is the next one free when it is
        written, whatever other terminals plan meanwhile. Without a title it is called
        after its modules.

        Args:
            wish: the plan; of its ID and an empty title nothing is kept.
            actor: who asks.

        Raises:
            Refused: if the rules do not allow it; nothing is written.
            StorageError: if it could not be written; nothing is planned.
        """
        names = {one.id: one.short for one in self.definitions.modules}
        title = wish.title or " + ".join(names.get(one, one) for one in wish.module_ids)
        planned = ""

        def write(transaction: Transaction) -> tuple[Entry, ...]:
            nonlocal planned
            planned = self.next_session_id(wish.starts_at_utc_ms)
            named = replace(wish, session_id=planned, title=title)
            return self._perform(transaction, named, actor)

        self._keep(self._written(actor, write))
        return planned

    def next_session_id(self, starts_at_utc_ms: int) -> str:
        """Return the first free ID of a day at the center: date and number."""
        date = self.local_date(starts_at_utc_ms)
        taken = {line.session_id for line in queries.sessions(self.ledger)}
        return next(
            name
            for n in range(1, len(taken) + 2)
            if (name := f"{date}-{n}") not in taken
        )

    def assignment(
        self, session_id: str, participant_id: str, module_id: str, *,
        continues: str = "", override: str = "",
    ) -> AssignAttempt:  # fmt: skip
        """Return the command that puts a registered candidate on a session's roll.

        Args:
            session_id: the session.
            participant_id: who.
            module_id: what they are registered for.
            continues: the interrupted attempt that goes on, as 'session/attempt'.
            override: why the coordinator assigns them in spite of a rule.

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
            factor_permille=registration.time_permille,
            paid=registration.paid,
            stop_clock=bool(registration.stop_clock),
            continues=continues,
            override=override,
        )

    def refresh_rolls(self, participant_ids: frozenset[str], actor: Actor) -> None:
        """Carry corrected names, codes and extra time into sessions not yet started."""
        for line in queries.open_sessions(self.ledger, self.now().utc_ms):
            if line.stage not in {Stage.PLANNED, Stage.CHECK_IN}:
                continue
            for attempt in self.session(line.session_id).attempts.values():
                off = attempt.standing is AttemptProgress.CANCELLED
                if attempt.participant_id in participant_ids and not off:
                    with suppress(Refused):
                        wish = self.assignment(
                            line.session_id,
                            attempt.participant_id,
                            attempt.module.module_id,
                        )
                        self.perform(wish, actor)

    def look_up(self) -> tuple[Session, ...]:
        """Return the running sessions, writing nothing."""
        self.catch_up()
        return tuple(
            self.session(line.session_id)
            for line in queries.open_sessions(self.ledger, self.now().utc_ms)
            if line.stage in {Stage.RUNNING, Stage.HALTED}
        )

    def attach(self) -> tuple[Session, ...]:
        """Take up running sessions, carrying their clocks over a reboot if need be."""
        found = self.look_up()
        for session in found:
            if self.now().boot_id not in session.offsets:
                last = self._last_sign_of_life(session)
                wish = BridgeBoot(session_id=session.session_id, last=last)
                with suppress(Refused):
                    self.perform(wish, NOBODY)
        return tuple(self.sessions[one.session_id] for one in found)

    def _last_sign_of_life(self, session: Session) -> Instant:
        beat, last = self.ledger.heartbeat(), session.last_on_line
        assert last is not None, "a running session has entries"
        if beat is None or beat.boot_id not in session.offsets:
            return last
        # Of two as late, the entry: it may be of a boot that the beat does not know yet.
        return max(last, beat, key=session.line_ms)

    def beat(self) -> None:
        """Leave a sign of life, and record a step of the wall clock if there was one."""
        now = self.now()
        known = self.ledger.heartbeat()
        if known is not None and known.boot_id != now.boot_id:
            # The last sign of the old boot is what running clocks are carried over by.
            self.attach()
        self._notice_boot(now, known)
        asleep_ms = self.clock.asleep_ms()
        if now.boot_id not in self._asleep_ms:
            # What was slept before anybody was here to notice is nobody's.
            self._asleep_ms = {now.boot_id: asleep_ms}
        last = self.ledger.beat(now)
        if last is None:
            return
        self._notice_suspend(now, asleep_ms)
        moved_ms = timing.step_ms(last, now)
        if moved_ms:
            self._center(
                NOBODY, lambda: (center_events.ClockStepNoticed(step_ms=moved_ms),)
            )

    def _notice_suspend(self, now: Instant, asleep_ms: int) -> None:
        """Record how long the machine slept since that was last looked at."""

        def make() -> tuple[Fact, ...]:
            boot_id = now.boot_id
            known_ms = self.center.asleep_ms.get(boot_id, self._asleep_ms[boot_id])
            slept_ms = asleep_ms - known_ms
            if slept_ms < timing.STEP_MS:
                return ()
            return (
                center_events.SuspendNoticed(
                    slept_ms=slept_ms, boot_id=boot_id, asleep_ms=asleep_ms
                ),
            )

        if self.center.ready and make():
            self._center(NOBODY, make)

    def _notice_boot(self, now: Instant, known: Instant | None) -> None:
        """Record the first look at a boot that no terminal saw before."""
        if now.boot_id == self._boot_id or not self.center.ready:
            return

        def make() -> tuple[Fact, ...]:
            if self.ledger.knows_boot(now.boot_id):
                return ()
            away_ms = now.utc_ms - known.utc_ms if known is not None else 0
            noticed = center_events.BootNoticed(boot_id=now.boot_id, away_ms=away_ms)
            return (noticed,)

        if not self.ledger.knows_boot(now.boot_id):
            self._center(NOBODY, make)
        self._boot_id = now.boot_id

    def backed_up(self, name: str, entries: int, actor: Actor) -> Recorded:
        """Record that a verified copy of the ledger was written.

        Raises:
            StorageError: if it could not be written; the copy stands.
        """
        written = center_events.BackupWritten(name=name, entries=entries)
        return self._center(actor, lambda: (written,))


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
