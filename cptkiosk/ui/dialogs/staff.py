"""What is asked about the staff and their PINs; a coordinator approves each change."""

from dataclasses import replace

from textual.validation import ValidationResult, Validator

from cptkiosk.desk import Desk, Recorded
from cptkiosk.desk.pins import check_new_pin, pin_rule
from cptkiosk.domain.state.center import Member
from cptkiosk.domain.text import clean_text
from cptkiosk.domain.time.calendar import format_date
from cptkiosk.domain.values import Actor, Refused, Role
from cptkiosk.times.parse import read_date
from cptkiosk.ui.dialogs.question import DeskQuestion, choice_field, pin_field
from cptkiosk.ui.widgets.fields import TextField, Values
from cptkiosk.ui.widgets.validators import Readable
from cptkiosk.words import explain_why

ROLES = tuple(one.value for one in Role)
NAME = TextField(
    "name",
    "Name",
    help="as on the ID, for example Lee Wong",
    validators=(Readable(clean_text),),
)


def trained_field(desk: Desk) -> TextField:
    """Return the field for the date of someone's training."""

    def read_trained(typed: str) -> str:
        return _read_trained(desk, typed)

    return TextField(
        "trained",
        "Trained on",
        help="8/31/2026, Aug 31" if desk.times.month_first else "Aug 31, 2026",
        validators=(Readable(read_trained),),
        read_back=lambda typed: format_date(read_trained(typed)),
    )


class NewPin(Validator):
    """Takes a PIN that may be set."""

    def __init__(self, digits_min: int) -> None:
        super().__init__()
        self._digits_min = digits_min

    def validate(self, value: str) -> ValidationResult:
        """Take the PIN, or say why not."""
        try:
            check_new_pin(value, self._digits_min)
        except Refused as refusal:
            return self.failure(explain_why(refusal))
        return self.success()


def new_pin_fields(digits_min: int, label: str) -> tuple[TextField, TextField]:
    """Return the fields for a new PIN, typed twice, with how long it may be."""
    return (
        replace(
            pin_field(label),
            help=pin_rule(digits_min),
            validators=(NewPin(digits_min),),
        ),
        pin_field("PIN again", "again"),
    )


def check_both_pins(values: Values) -> dict[str, str]:
    """Say that the two PINs differ, if they do and are asked for."""
    if values.text("pin", "") == values.text("again", ""):
        return {}
    return {"again": "the two PINs do not match"}


def add_member(desk: Desk, pin_digits_min: int) -> DeskQuestion:
    """Ask who joins, in which role, and for their first PIN."""
    return DeskQuestion(
        "Add a staff member",
        ("The new staff member types the PIN. No one can read it afterward.",),
        (
            NAME,
            choice_field("role", "Role", ROLES, Role.PROCTOR.value),
            replace(trained_field(desk), required=False),
            *new_pin_fields(pin_digits_min, "New PIN"),
        ),
        check=check_both_pins,
        work=lambda values, actor: desk.staff.add_staff(
            clean_text(values.text("name")),
            Role(values.text("role")),
            values.text("pin"),
            _read_trained(desk, values.text("trained")),
            actor,
        ),
        words="staff member added",
    )


def reset_pin(
    desk: Desk, whose: Member, pin_digits_min: int, *, own: bool
) -> DeskQuestion:
    """Ask for a new PIN; for someone's own, the old one first."""
    unlocks = " This also unlocks them." if whose.locked else ""
    old = (pin_field("Current PIN", "old"),) if own else ()
    return DeskQuestion(
        f"New PIN: {whose.name}",
        (
            f"{whose.name} types the new PIN. The old PIN stops working at once.{unlocks}",
        ),
        (*old, *new_pin_fields(pin_digits_min, "New PIN")),
        check=check_both_pins,
        work=lambda values, actor: desk.staff.set_pin(
            whose.staff_id,
            values.text("pin"),
            actor,
            old_pin=values.text("old", ""),
        ),
        words=f"new PIN of {whose.name} set",
    )


def set_training(desk: Desk, whose: Member) -> DeskQuestion:
    """Ask when someone was trained."""
    return DeskQuestion(
        f"Training: {whose.name}",
        (),
        (replace(trained_field(desk), value=format_date(whose.trained_on)),),
        work=lambda values, actor: desk.staff.set_training(
            whose.staff_id, _read_trained(desk, values.text("trained")), actor
        ),
        words=f"training of {whose.name} recorded",
    )


def change_role(desk: Desk, whose: Member) -> DeskQuestion:
    """Ask which role someone has from now on."""
    return DeskQuestion(
        f"Role: {whose.name}",
        (),
        (choice_field("role", "Role", ROLES, whose.role.value),),
        work=lambda values, actor: desk.staff.set_role(
            whose.staff_id, Role(values.text("role")), actor
        ),
        words=f"role of {whose.name} recorded",
    )


def change_active(desk: Desk, whose: Member) -> DeskQuestion:
    """Ask before someone is deactivated, or reactivated."""
    verb = "Deactivate" if whose.active else "Reactivate"
    line = (
        "They can no longer sign in. What they recorded stays on record."
        if whose.active
        else "They can sign in again with the PIN they had."
    )

    def record_change(values: Values, actor: Actor) -> Recorded:
        if values.text("sure") != "yes":
            raise Refused("nothing-changed")
        return desk.staff.set_active(whose.staff_id, not whose.active, actor)

    return DeskQuestion(
        f"{verb}: {whose.name}",
        (line,),
        (choice_field("sure", f"{verb} {whose.name}", ("no", "yes")),),
        work=record_change,
        words=f"{whose.name} {verb.lower()}d",
    )


def _read_trained(desk: Desk, typed: str) -> str:
    """Return a date that was typed as in 2026-08-31, or an empty string for none."""
    typed = typed.strip()
    return read_date(typed, desk.today(), desk.times, past=True) if typed else ""
