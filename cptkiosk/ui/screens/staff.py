"""Staff: who works here, who is locked out, and new PINs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual.widget import Widget
from textual.widgets import Static

from cptkiosk.desk import Recorded
from cptkiosk.domain.calendar import is_date
from cptkiosk.domain.center import Member
from cptkiosk.domain.center_events import SignedIn
from cptkiosk.domain.guide import Step
from cptkiosk.domain.text import BadText, clean, fold
from cptkiosk.domain.values import Refused, Role, plural
from cptkiosk.pins import check_new_pin, pin_rule
from cptkiosk.ui import times
from cptkiosk.ui.screens.base import Key, KioskScreen
from cptkiosk.ui.screens.dialogs import AskDialog
from cptkiosk.ui.widgets.form import ChoiceField, Field, TextField, Values
from cptkiosk.ui.widgets.roll import Column, Roll, Row
from cptkiosk.ui.work import begin


def new_pin_fields(digits_min: int) -> tuple[TextField, ...]:
    """Return the fields for a new PIN, typed twice, with how long it may be."""
    return (
        TextField(
            "pin", "New PIN", help=pin_rule(digits_min), secret=True, digits=True
        ),
        TextField("again", "PIN again", secret=True, digits=True),
    )


COORDINATORS = {
    "training": "Changing the date of a training",
    "role": "Changing a role",
    "deactivate": "Deactivating staff",
}
"""What is the coordinator's alone about somebody on the list."""


class StaffScreen(KioskScreen):
    """The coordinator keeps the list; everybody may read it."""

    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("enter", "next", "next", "Unlock who is locked; else go back"),
        Key("a", "add", "add", "Add somebody to the staff (coordinator)"),
        Key("r", "reset", "new PIN", "Set a new PIN, which also unlocks"),
        Key("t", "training", "training", "Put the date of a training on record"),
        Key("o", "role", "role", "Make somebody a coordinator, or a proctor"),
        Key("d", "deactivate", "deactivate", "Deactivate somebody, or reactivate them"),
        Key("slash", "find", "find", "Find somebody by typing"),
    )

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[str, int] = {}
        self._version = 0

    def body(self) -> Iterator[Widget]:
        """Lay out the list, and why somebody may not change it."""
        yield Roll(empty="Nobody is on the staff list.")
        why = Static("", id="why", markup=False)
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
        self.query_one("#why", Static).update(self.why_not("add"))

    def _row(self, one: Member) -> Row:
        desk, at_ms = self.kiosk.desk, self._last.get(one.staff_id)
        last = "never"
        if at_ms is not None:
            last = times.day_text(at_ms, desk.now().utc_ms, desk.zone)
        state = f"{one.failed} wrong" if one.failed else "in order"
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
        if locked and not self.why_not("add"):
            return Step(f"{locked[0].name} is locked - set a new PIN", "reset")
        if locked:
            return Step(
                f"{locked[0].name} is locked - the coordinator sets a new PIN",
                *("back", "Esc"),
            )
        return Step(
            f"{plural(len(self.kiosk.desk.center.staff), 'person', 'people')} on the"
            " staff, nobody locked - go back",
            "back",
        )

    def why_not(self, action: str) -> str:
        """Return why an action is not possible now, or nothing if it is."""
        whose = self._current
        is_own = whose is not None and whose.staff_id == self.actor.staff_id
        try:
            if action == "add":
                self.actor.must_be_coordinator("Adding staff")
            elif action in COORDINATORS:
                self.actor.must_be_coordinator(COORDINATORS[action])
            elif action == "reset" and not is_own:
                self.actor.must_be_coordinator("Setting the PIN of somebody else")
        except Refused as refusal:
            return str(refusal)
        return ""

    def do_training(self) -> None:
        """Ask when the one under the cursor was trained."""
        desk, actor, whose = self.kiosk.desk, self.actor, self._current
        assert whose is not None, "somebody is always on the list"
        fields = (
            TextField(
                "trained", "Trained on", value=whose.trained_on, help="as in 2026-08-31"
            ),
        )

        def work(values: Values) -> Recorded:
            trained = str(values["trained"]).strip()
            return desk.set_training(whose.staff_id, trained, actor)

        title, words = f"Training: {whose.name}", f"training of {whose.name} recorded"
        self._ask(title, (), fields, work, words)

    def do_role(self) -> None:
        """Ask which role the one under the cursor has from now on."""
        desk, actor, whose = self.kiosk.desk, self.actor, self._current
        assert whose is not None, "somebody is always on the list"
        roles = tuple((one.value, one.value) for one in Role)
        fields = (ChoiceField("role", "Role", roles, value=whose.role.value),)

        def work(values: Values) -> Recorded:
            return desk.set_role(whose.staff_id, Role(str(values["role"])), actor)

        self._ask(
            f"Role: {whose.name}", (), fields, work, f"role of {whose.name} recorded"
        )

    def do_deactivate(self) -> None:
        """Ask before the one under the cursor is deactivated, or reactivated."""
        desk, actor, whose = self.kiosk.desk, self.actor, self._current
        assert whose is not None, "somebody is always on the list"
        verb = "Deactivate" if whose.active else "Reactivate"
        line = (
            "They cannot sign in from now on. What they recorded stays as it is."
            if whose.active
            else "They can sign in again with the PIN they had."
        )
        choices = (("no", "no"), ("yes", "yes"))
        fields = (ChoiceField("sure", f"{verb} {whose.name}", choices, value="no"),)

        def work(values: Values) -> Recorded:
            if values["sure"] != "yes":
                raise Refused("Nothing was changed.", "Choose yes, or leave with Esc.")
            return desk.set_active(whose.staff_id, not whose.active, actor)

        title, words = f"{verb}: {whose.name}", f"{whose.name} {verb.lower()}d"
        self._ask(title, (line,), fields, work, words)

    async def do_next(self) -> None:
        """Unlock who is locked; if nobody is, go back."""
        if self.next_step().action == "reset":
            if self.query_one(Roll).move_to(self._locked()[0].staff_id):
                await self.action_press("reset")
        else:
            self.dismiss_to_previous()

    def do_find(self) -> None:
        """Let the list take what is typed."""
        self.query_one(Roll).start_filter()

    # Asking

    def do_add(self) -> None:
        """Ask who joins, in which role, and for their first PIN."""
        desk, actor = self.kiosk.desk, self.actor
        roles = tuple((one.value, one.value) for one in Role)
        fields: tuple[Field, ...] = (
            TextField("name", "Name", help="as on their ID: Lee Wong"),
            ChoiceField("role", "Role", roles, value=Role.PROCTOR.value),
            TextField("trained", "Trained on", required=False, help="as in 2026-08-31"),
            *new_pin_fields(self.definitions.policies.pin_digits_min),
        )

        def work(values: Values) -> Recorded:
            name, role = clean(str(values["name"])), Role(str(values["role"]))
            trained = str(values["trained"]).strip()
            return desk.add_staff(name, role, str(values["pin"]), trained, actor)

        lines = ("They type the PIN themselves; nobody can read it afterwards.",)
        self._ask("Add to the staff", lines, fields, work, "added to the staff")

    def do_reset(self) -> None:
        """Ask for a new PIN of the one under the cursor."""
        desk, actor, whose = self.kiosk.desk, self.actor, self._current
        assert whose is not None, "somebody is always on the list"
        fields = new_pin_fields(self.definitions.policies.pin_digits_min)
        if whose.staff_id == actor.staff_id:
            old = TextField("old", "Your PIN now", secret=True, digits=True)
            fields = (old, *fields)

        def work(values: Values) -> Recorded:
            old = str(values.get("old", ""))
            return desk.set_pin(whose.staff_id, str(values["pin"]), actor, old_pin=old)

        unlocks = " They are locked; this unlocks them." if whose.locked else ""
        lines = (f"{whose.name} types it; their old PIN stops at once.{unlocks}",)
        title, words = f"New PIN: {whose.name}", f"new PIN of {whose.name} set"
        self._ask(title, lines, fields, work, words)

    def _ask(
        self,
        title: str,
        lines: Sequence[str],
        fields: Sequence[Field],
        work: Callable[[Values], Recorded],
        words: str,
        refused: str = "",
    ) -> None:
        """Ask, then work on it at the desk; what is refused comes back to be mended."""

        def answered(values: Values | None) -> None:
            if values is not None:
                begin(self, partial(carry, values), "staff-form")

        async def carry(values: Values) -> None:
            refusals: list[str] = []

            def tried() -> Recorded:
                try:
                    return work(values)
                except Refused as refusal:
                    refusals.append(str(refusal))
                    raise

            recorded = await self.kiosk.attempt(tried)
            if recorded is not None:
                self.kiosk.say_recorded(recorded, words)
            elif refusals and self.is_active:
                again = [_filled(one, values) for one in fields]
                self._ask(title, lines, again, work, words, refusals[0])

        said = (*lines, f"! {refused}") if refused else lines
        self.app.push_screen(AskDialog(title, said, fields, self._wrong), answered)

    def _wrong(self, values: Values) -> dict[str, str]:
        errors: dict[str, str] = {}
        try:
            clean(str(values.get("name", "")))
        except BadText as bad:
            errors["name"] = str(bad)
        trained = str(values.get("trained", "")).strip()
        if trained and not is_date(trained):
            errors["trained"] = "no date; for example 2026-08-31"
        if "pin" not in values:
            return errors
        pin = str(values["pin"])
        try:
            check_new_pin(pin, self.definitions.policies.pin_digits_min)
        except Refused as refusal:
            errors["pin"] = refusal.why
        if pin != values["again"]:
            errors["again"] = "not the same as above"
        return errors


def _filled(field: Field, values: Values) -> Field:
    """Return a field that holds what was typed into it; a PIN is typed anew."""
    if isinstance(field, TextField) and field.secret:
        return field
    if isinstance(field, TextField | ChoiceField):
        return replace(field, value=str(values[field.name]))
    return field
