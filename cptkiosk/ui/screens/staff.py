"""Staff: who works here, who is locked out, and new PINs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

from textual.widget import Widget

from cptkiosk.desk import Recorded
from cptkiosk.domain.center import Member
from cptkiosk.domain.center_events import SignedIn
from cptkiosk.domain.guide import Step
from cptkiosk.domain.text import clean, fold
from cptkiosk.domain.values import Actor, Refused, Role, plural
from cptkiosk.pins import check_new_pin, pin_rule
from cptkiosk.typed_times import date_typed
from cptkiosk.ui import times
from cptkiosk.ui.actions import Action
from cptkiosk.ui.dialogs.asking import ask_at_desk
from cptkiosk.ui.dialogs.question import Question
from cptkiosk.ui.frame.kiosk_screen import FIND, KioskScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.form import ChoiceField, Field, TextField, Values
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.widgets.roll import Column, Roll, Row
from cptkiosk.ui.work import begin

APPROVED = (
    "A coordinator can approve each change here with a PIN; your own PIN is yours."
)

TRAINED = TextField("trained", "Trained on", help="as in 8/31/2026", reads=date_typed)

Work = Callable[[Values, Actor], Recorded]
"""What is done with the answers, in the name of whoever may."""


def new_pin_fields(digits_min: int) -> tuple[TextField, ...]:
    """Return the fields for a new PIN, typed twice, with how long it may be."""
    return (
        TextField(
            "pin", "New PIN", help=pin_rule(digits_min), secret=True, digits=True
        ),
        TextField("again", "PIN again", secret=True, digits=True),
    )


class StaffScreen(KioskScreen):
    """A coordinator keeps the list, or approves what is changed; everybody may read it."""

    ROUTE = Route.STAFF

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[str, int] = {}
        self._version = 0

    def body(self) -> Iterator[Widget]:
        """Lay out the list, and why somebody may not change it."""
        yield Roll(empty="Nobody is on the staff list.")
        why = PlainText("", id="why")
        why.styles.height = "auto"
        yield why

    def prepare(self) -> None:
        """Name the columns."""
        self.query_one(Roll).set_columns(
            [
                Column("Name", 24, grow=True),
                Column("Role", 11),
                Column("Trained", 10),
                Column("PIN", 12),
                Column("Last sign-in", 12),
            ]
        )

    def redraw(self) -> None:
        """Read who signed in last; drawing follows."""
        begin(self, self._read, "staff")

    async def _read(self) -> None:
        ledger, after = self.kiosk.desk.ledger, self._version
        entries = await self.kiosk.quietly(lambda: ledger.read("center", after))
        for entry in entries or ():
            self._version = entry.version
            if isinstance(entry.event, SignedIn):
                self._last[entry.event.staff_id] = entry.at.utc_ms
        super().redraw()

    def draw(self) -> None:
        """Draw the list by name."""
        members = sorted(
            self.kiosk.desk.center.staff.values(),
            key=lambda one: (fold(one.name.text), one.staff_id),
        )
        self.query_one(Roll).set_rows(self._row(one) for one in members)
        alone = self.actor.role is Role.COORDINATOR
        self.query_one("#why", PlainText).update("" if alone else APPROVED)

    def _row(self, one: Member) -> Row:
        desk, at_ms = self.kiosk.desk, self._last.get(one.staff_id)
        last = "never"
        if at_ms is not None:
            last = times.day_text(at_ms, desk.now().utc_ms, desk.zone)
        state = f"{one.failed} wrong" if one.failed else "OK"
        if not one.active:
            state = "deactivated"
        elif one.locked:
            state = f"{self.kiosk.glyphs.attention} locked"
        cells = (one.name.text, one.role.value, one.trained_on or "-", state, last)
        return Row(
            one.staff_id,
            cells,
            "alert" if one.locked and one.active else "",
            one.staff_id,
        )

    @property
    def _current(self) -> Member | None:
        key = self.query_one(Roll).cursor_key if self.drawable else ""
        return self.kiosk.desk.center.staff.get(key)

    def _locked(self) -> list[Member]:
        return [one for one in self.kiosk.desk.center.active if one.locked]

    def next_step(self) -> Step:
        """Point at who is locked out."""
        locked = self._locked()
        if locked:
            alone = self.actor.role is Role.COORDINATOR
            by = "" if alone else "with a coordinator, "
            return Step(f"{locked[0].name} is locked - {by}set a new PIN", "reset")
        return Step(
            f"{plural(len(self.kiosk.desk.center.staff), 'person', 'people')} on the"
            " staff, nobody locked - go back",
            "back",
        )

    def set_training(self) -> None:
        """Ask when the one under the cursor was trained."""
        desk, whose = self.kiosk.desk, self._current
        assert whose is not None, "somebody is always on the list"
        fields = (replace(TRAINED, value=whose.trained_on),)

        def work(values: Values, actor: Actor) -> Recorded:
            trained = _date_or_none(values.text("trained"))
            return desk.set_training(whose.staff_id, trained, actor)

        title, words = f"Training: {whose.name}", f"training of {whose.name} recorded"
        self._ask(title, (), fields, work, words)

    def change_role(self) -> None:
        """Ask which role the one under the cursor has from now on."""
        desk, whose = self.kiosk.desk, self._current
        assert whose is not None, "somebody is always on the list"
        roles = tuple((one.value, one.value) for one in Role)
        fields = (ChoiceField("role", "Role", roles, value=whose.role.value),)

        def work(values: Values, actor: Actor) -> Recorded:
            return desk.set_role(whose.staff_id, Role(values.text("role")), actor)

        self._ask(
            f"Role: {whose.name}", (), fields, work, f"role of {whose.name} recorded"
        )

    def change_active(self) -> None:
        """Ask before the one under the cursor is deactivated, or reactivated."""
        desk, whose = self.kiosk.desk, self._current
        assert whose is not None, "somebody is always on the list"
        verb = "Deactivate" if whose.active else "Reactivate"
        line = (
            "They cannot sign in from now on. What they recorded stays as it is."
            if whose.active
            else "They can sign in again with the PIN they had."
        )
        choices = (("no", "no"), ("yes", "yes"))
        fields = (ChoiceField("sure", f"{verb} {whose.name}", choices, value="no"),)

        def work(values: Values, actor: Actor) -> Recorded:
            if values["sure"] != "yes":
                raise Refused("Nothing was changed.", "Choose yes, or leave with Esc.")
            return desk.set_active(whose.staff_id, not whose.active, actor)

        title, words = f"{verb}: {whose.name}", f"{whose.name} {verb.lower()}d"
        self._ask(title, (line,), fields, work, words)

    async def take_next_step(self) -> None:
        """Unlock who is locked; if nobody is, go back."""
        if self.next_step().action == "reset":
            if self.query_one(Roll).move_to(self._locked()[0].staff_id):
                self.reset_pin()
        else:
            self.dismiss_to_previous()

    # Asking

    def add_member(self) -> None:
        """Ask who joins, in which role, and for their first PIN."""
        desk = self.kiosk.desk
        roles = tuple((one.value, one.value) for one in Role)
        fields: tuple[Field, ...] = (
            TextField("name", "Name", help="as on their ID: Lee Wong", reads=clean),
            ChoiceField("role", "Role", roles, value=Role.PROCTOR.value),
            replace(TRAINED, required=False),
            *new_pin_fields(self.definitions.policies.pin_digits_min),
        )

        def work(values: Values, actor: Actor) -> Recorded:
            name, role = clean(values.text("name")), Role(values.text("role"))
            trained = _date_or_none(values.text("trained"))
            return desk.add_staff(name, role, values.text("pin"), trained, actor)

        lines = ("They type the PIN themselves; nobody can read it afterwards.",)
        self._ask("Add to the staff", lines, fields, work, "added to the staff")

    def reset_pin(self) -> None:
        """Ask for a new PIN of the one under the cursor."""
        desk, whose = self.kiosk.desk, self._current
        assert whose is not None, "somebody is always on the list"
        fields = new_pin_fields(self.definitions.policies.pin_digits_min)
        if whose.staff_id == self.actor.staff_id:
            old = TextField("old", "Your PIN now", secret=True, digits=True)
            fields = (old, *fields)

        def work(values: Values, actor: Actor) -> Recorded:
            old = values.text("old", "")
            return desk.set_pin(whose.staff_id, values.text("pin"), actor, old_pin=old)

        unlocks = " They are locked; this unlocks them." if whose.locked else ""
        lines = (f"{whose.name} types it; their old PIN stops at once.{unlocks}",)
        title, words = f"New PIN: {whose.name}", f"new PIN of {whose.name} set"
        self._ask(title, lines, fields, work, words)

    def _ask(
        self,
        title: str,
        lines: Sequence[str],
        fields: Sequence[Field],
        work: Work,
        words: str,
    ) -> None:
        """Ask, then work on it at the desk; a coordinator may have to approve it."""

        def done(recorded: Recorded, _: Values) -> None:
            self.kiosk.say_recorded(recorded, words)

        ask_at_desk(self, Question(title, lines, fields, check=self._wrong), work, done)

    def _wrong(self, values: Values) -> dict[str, str]:
        errors: dict[str, str] = {}
        if "pin" not in values:
            return errors
        pin = values.text("pin")
        try:
            check_new_pin(pin, self.definitions.policies.pin_digits_min)
        except Refused as refusal:
            errors["pin"] = refusal.why
        if pin != values["again"]:
            errors["again"] = "not the same as above"
        return errors

    ACTIONS: ClassVar[tuple[Action["StaffScreen"], ...]] = (
        Action("next", "enter", "next", "Unlock who is locked; else go back",
               take_next_step),
        Action("add", "a", "add", "Add somebody to the staff (coordinator)", add_member),
        Action("reset", "r", "new PIN", "Set a new PIN, which also unlocks", reset_pin),
        Action("training", "t", "training", "Put the date of a training on record",
               set_training),
        Action("role", "o", "role", "Make somebody a coordinator, or a proctor",
               change_role),
        Action("deactivate", "d", "deactivate", "Deactivate somebody, or reactivate them",
               change_active),
        replace(FIND, help="Find somebody by typing"),
    )  # fmt: skip


def _date_or_none(text: str) -> str:
    """Return a date that was typed as in 2026-08-31, or an empty string for none.

    Raises:
        UnreadableTime: if it is no date.
    """
    return date_typed(text) if text.strip() else ""
