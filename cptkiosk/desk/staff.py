"""The center and its staff: who may be here, and who is."""

from collections.abc import Callable
from contextlib import suppress
from functools import reduce
from zoneinfo import ZoneInfo

from cptkiosk.desk.pins import check_new_pin, hash_pin, pin_fits
from cptkiosk.desk.record import CENTER, Record, Recorded, authorized, local_time
from cptkiosk.domain import center as centers
from cptkiosk.domain import center_changes, center_events
from cptkiosk.domain.center import NOT_ON_STAFF, Member
from cptkiosk.domain.events import Entry, Fact
from cptkiosk.domain.odd_clock import OddClock, decide_clock, odd_code
from cptkiosk.domain.text import name_words, visible
from cptkiosk.domain.values import Actor, Refused, Role
from cptkiosk.ledger import projections, queries
from cptkiosk.ledger.ledger import Transaction


class StaffDesk(Record):
    """Wishes about the center and its staff, and the PINs they sign with."""

    def init_center(
        self, name: str, site_code: str, time_zone: str, coordinator: str, pin: str,
        *, rehearsal: bool = False, trained_on: str = "", clock_is_right: bool = False,
    ) -> Recorded:  # fmt: skip
        """Open the ledger for one center, with its coordinator.

        Raises:
            Refused: if that was done before, something is missing, the training is to
                come, or the PIN may not be set.
        """
        command = centers.InitCenter(
            name=name,
            site_code=site_code,
            time_zone=time_zone,
            coordinator=coordinator,
            pin_hash=self._hashed(pin),
            rehearsal=rehearsal,
            trained_on=trained_on,
        )
        actor = Actor("s1", Role.COORDINATOR)
        today = local_time(self.now().utc_ms, ZoneInfo(time_zone)).date

        def make() -> tuple[Fact, ...]:
            opened = centers.decide_init(self.center, command, today)
            # A rehearsal makes its own record, whatever the machine's clock shows.
            said = self._clock_said(actor, is_right=clock_is_right or rehearsal)
            return (*opened, *said)

        return self._center(actor, make)

    def accept_network_folder(self, kind: str, source: str, actor: Actor) -> Recorded:
        """Record that a network folder was accepted; the same again changes nothing."""
        accepted = center_events.NetworkFolderAccepted(
            file_system=visible(kind, 100), source=visible(source, 400)
        )
        known = (accepted.file_system, accepted.source)
        return self._center(
            actor, lambda: () if self.center.network_folder == known else (accepted,)
        )

    def begun_anew(self, found: str, actor: Actor) -> Recorded:
        """Record that this record was begun although an earlier one left something."""
        begun = center_events.RecordBegunAnew(found=visible(found, 1000))
        return self._center(actor, lambda: (begun,))

    def add_staff(
        self, name: str, role: Role, pin: str, trained_on: str, actor: Actor
    ) -> Recorded:
        """Add somebody to the staff list.

        Raises:
            Refused: if the actor is no coordinator, the name is taken, the training is
                to come, or the PIN may not be set.
        """
        actor.must_be_coordinator("Adding staff")
        command = centers.AddStaff(
            name=name, role=role, pin_hash=self._hashed(pin), trained_on=trained_on
        )

        def make() -> tuple[Fact, ...]:
            names = {
                name_words(f"{one.given_name} {one.family_name}")
                for one in queries.people(self.ledger)
            }
            return centers.decide_add(self.center, command, self._today(), names)

        return self._center(actor, make)

    def set_training(self, staff_id: str, trained_on: str, actor: Actor) -> Recorded:
        """Put the date of somebody's training on record; an empty one takes it off.

        Raises:
            Refused: if the actor is no coordinator, or the training is to come.
        """
        actor.must_be_coordinator("Changing the date of a training")
        return self._center(
            actor,
            lambda: centers.decide_training(
                self.center, staff_id, trained_on, self._today()
            ),
        )

    def _today(self) -> str:
        return self.local_date(self.now().utc_ms)

    def set_role(self, staff_id: str, role: Role, actor: Actor) -> Recorded:
        """Give somebody of the staff another role; the same again changes nothing.

        Raises:
            Refused: if the actor is no coordinator, or none would be left.
        """
        actor.must_be_coordinator("Changing a role")
        return self._center(
            actor, lambda: centers.decide_role(self.center, staff_id, role)
        )

    def set_active(self, staff_id: str, active: bool, actor: Actor) -> Recorded:
        """Deactivate somebody of the staff, or take that back.

        Raises:
            Refused: if the actor is no coordinator, or none would be left.
        """
        actor.must_be_coordinator("Deactivating staff")
        return self._center(
            actor, lambda: centers.decide_active(self.center, staff_id, active=active)
        )

    def change_staff(
        self,
        staff_id: str,
        actor: Actor,
        *,
        trained_on: str = "",
        role: Role | None = None,
        active: bool | None = None,
    ) -> Recorded:
        """Change several things about somebody of the staff: all of them or none.

        Args:
            staff_id: whose.
            actor: who asks.
            trained_on: the ISO date of a training; empty if it stays.
            role: another role, or `None` if it stays.
            active: whether they may sign in, or `None` if that stays.

        Raises:
            Refused: if the actor is no coordinator, none would be left, or the
                training is to come; nothing is changed.
        """
        actor.must_be_coordinator("Changing the staff list")

        def make() -> tuple[Fact, ...]:
            center, made = self.center, list[Fact]()
            if trained_on:
                today = self._today()
                made += centers.decide_training(center, staff_id, trained_on, today)
            if role is not None:
                made += centers.decide_role(center, staff_id, role)
            if active is not None:
                made += centers.decide_active(center, staff_id, active=active)
            return tuple(made)

        return self._center(actor, make)

    def set_pin(
        self, staff_id: str, pin: str, actor: Actor, *, old_pin: str = ""
    ) -> Recorded:
        """Set a PIN, which also unlocks: one's own with the old one, or anybody's.

        Whoever approves it for somebody else has just entered the old one.

        Raises:
            Refused: if the PIN may not be set, the old one is wrong, or somebody else
                than the coordinator asks for another's.
        """
        stored = self._hashed(pin)
        if actor.staff_id == staff_id and not actor.asked_by:
            self.check_pin(staff_id, old_pin)
        else:
            actor.must_be_coordinator("Setting the PIN of somebody else")
        return self._center(
            actor, lambda: centers.decide_pin(self.center, staff_id, stored)
        )

    def _center(self, actor: Actor, make: Callable[[], tuple[Fact, ...]]) -> Recorded:
        def write(transaction: Transaction) -> tuple[Entry, ...]:
            before = self.center
            events = authorized(make(), actor)
            entries = transaction.append(CENTER, before.version, events, self.now())
            after = reduce(center_changes.evolve, entries, before)
            transaction.project(projections.center_rows(after))
            return entries

        entries = self._written(actor, write)
        self._keep(entries)
        return Recorded(entries)

    def _hashed(self, pin: str) -> str:
        check_new_pin(pin, self.definitions.policies.pin_digits_min)
        return hash_pin(pin)

    def sign_in(
        self, staff_id: str, pin: str, *, clock_is_right: bool = False
    ) -> Actor:
        """Let somebody in by their PIN; a wrong one is recorded.

        Raises:
            Refused: if the PIN is wrong, they may not try now, or the wall clock is
                odd and nobody who may says that it is right.
        """
        member = self.check_pin(staff_id, pin)
        actor = Actor(staff_id, member.role)

        def make() -> tuple[Fact, ...]:
            said = self._clock_said(actor, is_right=clock_is_right)
            signed_in = center_events.SignedIn(staff_id=staff_id)
            return (*said, *self._tried(staff_id, signed_in))

        self._center(actor, make)
        return actor

    def odd_clock(self) -> OddClock | None:
        """Return why this machine's wall clock cannot be right, if it cannot."""
        now_ms, last_ms = self.now().utc_ms, queries.last_recorded_utc_ms(self.ledger)
        code = odd_code(now_ms, last_ms, self.center)
        if not code:
            return None
        last = self.local_date(last_ms) if last_ms is not None else ""
        return OddClock(code, self.local_date(now_ms), last)

    def say_clock_is_right(self, actor: Actor, *, is_right: bool) -> None:
        """Record that an odd wall clock is right, before anything else is recorded.

        Raises:
            Refused: if it is odd, and nobody says so or whoever does may not.
        """
        if self.odd_clock() is not None:
            self._center(actor, lambda: self._clock_said(actor, is_right=is_right))

    def _clock_said(self, actor: Actor, *, is_right: bool) -> tuple[Fact, ...]:
        running = queries.is_running(self.ledger)
        return decide_clock(self.odd_clock(), actor, is_right=is_right, running=running)

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
            raise Refused(*NOT_ON_STAFF)
        centers.may_try_pin(member, self.now())
        stored = member.pin_hash.text if member.pin_hash else ""
        if not pin_fits(pin, stored):
            actor = Actor(staff_id, member.role)
            failed = center_events.SignInFailed(staff_id=staff_id)
            self._center(actor, lambda: self._tried(staff_id, failed))
            raise Refused("That PIN is not right.", "Try again.")
        return member

    def approver(self, staff_id: str, pin: str, asker: Actor) -> Actor:
        """Check a coordinator's PIN; return who carries out what somebody asked for.

        Raises:
            Refused: if the PIN is wrong, or is no coordinator's.
        """
        if self.check_pin(staff_id, pin).role is not Role.COORDINATOR:
            raise Refused("Only a coordinator can approve this.", "Choose one.")
        return Actor(staff_id, Role.COORDINATOR, asked_by=asker.staff_id)

    def sign_out(self, actor: Actor) -> None:
        """Record that somebody left a terminal, or locked it.

        Whatever became of their role, they may leave. Of somebody deactivated nothing
        is recorded any more.
        """
        out = center_events.SignedOut(staff_id=actor.staff_id)
        with suppress(Refused):
            self._center(Actor(actor.staff_id, Role.PROCTOR), lambda: (out,))
