"""The staff list: who may be here, in which role."""

from collections.abc import Callable

from cptkiosk.desk.pins import Pins, hash_new_pin
from cptkiosk.desk.pipeline import Events, Pipeline, Recorded
from cptkiosk.desk.record import Record
from cptkiosk.domain.events.fact import Fact
from cptkiosk.domain.state import center as centers
from cptkiosk.domain.state.center import Center
from cptkiosk.domain.text import name_words
from cptkiosk.domain.values import Actor, Role
from cptkiosk.ledger import queries
from cptkiosk.ledger.streams import center_stream


class StaffList:
    """Changes who is on the staff list, and the PINs they sign with."""

    def __init__(self, record: Record, pipeline: Pipeline, pins: Pins) -> None:
        self._record = record
        self._pipeline = pipeline
        self._pins = pins

    def add_staff(
        self, name: str, role: Role, pin: str, trained_on: str, actor: Actor
    ) -> Recorded:
        """Add a person to the staff list.

        Raises:
            Refused: if the actor is no coordinator, the name is taken, the training is
                to come, or the PIN may not be set.
        """
        actor.must_be_coordinator("add-staff")
        command = centers.AddStaff(
            name=name, role=role, pin_hash=self._hash(pin), trained_on=trained_on
        )

        def decide(center: Center) -> Events:
            names = {
                name_words(f"{one.given_name} {one.family_name}")
                for one in queries.list_people(self._record.ledger)
            }
            return centers.decide_add(center, command, self._record.today(), names)

        return self._ask(actor, decide)

    def change_staff(
        self,
        staff_id: str,
        actor: Actor,
        *,
        trained_on: str | None = None,
        role: Role | None = None,
        active: bool | None = None,
    ) -> Recorded:
        """Change several things about a staff member: all of them or none.

        Args:
            staff_id: whose.
            actor: who asks.
            trained_on: the ISO date of a training, empty to remove it; or `None` if it
                stays.
            role: another role, or `None` if it stays.
            active: whether they may sign in, or `None` if that stays.

        Raises:
            Refused: if the actor is no coordinator, none would be left, or the
                training is to come; nothing is changed.
        """
        if trained_on is not None:
            actor.must_be_coordinator("change-training")
        if role is not None:
            actor.must_be_coordinator("change-role")
        if active is not None:
            actor.must_be_coordinator("deactivate-staff")

        def decide(center: Center) -> Events:
            made = list[Fact]()
            if trained_on is not None:
                today = self._record.today()
                made += centers.decide_training(center, staff_id, trained_on, today)
            if role is not None:
                made += centers.decide_role(center, staff_id, role)
            if active is not None:
                made += centers.decide_active(center, staff_id, active=active)
            return tuple(made)

        return self._ask(actor, decide)

    def set_pin(
        self, staff_id: str, pin: str, actor: Actor, *, old_pin: str = ""
    ) -> Recorded:
        """Set a PIN, which also unlocks: one's own with the old one, or another's.

        A person who approves it for another has just entered the old one.

        Raises:
            Refused: if the PIN may not be set, the old one is wrong, or a person
                who is not a coordinator sets another's.
        """
        stored = self._hash(pin)
        if actor.staff_id == staff_id and not actor.asked_by:
            self._pins.check_pin(staff_id, old_pin)
        else:
            actor.must_be_coordinator("set-pin-of-another")
        return self._ask(
            actor, lambda center: centers.decide_pin(center, staff_id, stored)
        )

    def _ask(self, actor: Actor, rule: Callable[[Center], Events]) -> Recorded:
        return self._pipeline.ask(actor, center_stream(), rule)

    def _hash(self, pin: str) -> str:
        policies = self._record.definitions.policies
        return hash_new_pin(pin, policies.pin_digits_min)
