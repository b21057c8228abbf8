"""What is asked about the staff and their PINs; a coordinator approves each change."""

from typing import Any

from cptkiosk.desk import Desk, Recorded
from cptkiosk.desk.pins import check_new_pin, pin_rule
from cptkiosk.domain.state.center import Member
from cptkiosk.domain.text import clean_text
from cptkiosk.domain.time.calendar import format_date
from cptkiosk.domain.values import Actor, Refused, Role
from cptkiosk.times.parse import read_date
from cptkiosk.ui.dialogs.question import DeskQuestion
from cptkiosk.ui.widgets.fields import Values
from cptkiosk.words import explain_why

ROLES = tuple(one.value for one in Role)


def _training(desk: Desk, **known: object) -> dict[str, object]:
    """Return what is known of the field for the date of someone's training."""

    def read_trained(typed: str) -> str:
        return _read_trained(desk, typed)

    return {
        "help": "8/31/2026, Aug 31" if desk.times.month_first else "Aug 31, 2026",
        "reads": read_trained,
        "read_back": lambda typed: format_date(read_trained(typed)),
        **known,
    }


def new_pin(digits_min: int) -> dict[str, Any]:
    """Return what is known of the field for a new PIN: how long it may be."""

    def read_pin(typed: str) -> str:
        try:
            check_new_pin(typed, digits_min)
        except Refused as refusal:
            raise ValueError(explain_why(refusal)) from refusal
        return typed

    return {"help": pin_rule(digits_min), "reads": read_pin}


def check_both_pins(values: Values) -> dict[str, str]:
    """Say that the two PINs differ, if they do and are asked for."""
    if values.text("pin", "") == values.text("again", ""):
        return {}
    return {"again": "the two PINs do not match"}


def add_member(desk: Desk, pin_digits_min: int) -> DeskQuestion:
    """Ask who joins, in which role, and for their first PIN."""
    return DeskQuestion.from_catalog(
        "add-member",
        fields={
            "name": {"reads": clean_text},
            "role": {"options": ROLES, "value": Role.PROCTOR.value},
            "trained": _training(desk, required=False),
            "pin": new_pin(pin_digits_min),
        },
        check=check_both_pins,
        work=lambda values, actor: desk.staff.add_staff(
            clean_text(values.text("name")),
            Role(values.text("role")),
            values.text("pin"),
            _read_trained(desk, values.text("trained")),
            actor,
        ),
    )


def reset_pin(
    desk: Desk, whose: Member, pin_digits_min: int, *, own: bool
) -> DeskQuestion:
    """Ask for a new PIN; for someone's own, the old one first."""
    unlocks = " This also unlocks them." if whose.locked else ""
    return DeskQuestion.from_catalog(
        "reset-pin",
        {"name": whose.name, "unlocks": unlocks},
        {"old": {} if own else None, "pin": new_pin(pin_digits_min)},
        check=check_both_pins,
        work=lambda values, actor: desk.staff.set_pin(
            whose.staff_id,
            values.text("pin"),
            actor,
            old_pin=values.text("old", ""),
        ),
    )


def set_training(desk: Desk, whose: Member) -> DeskQuestion:
    """Ask when someone was trained."""
    return DeskQuestion.from_catalog(
        "set-training",
        {"name": whose.name},
        {"trained": _training(desk, value=format_date(whose.trained_on))},
        work=lambda values, actor: desk.staff.change_staff(
            whose.staff_id,
            actor,
            trained_on=_read_trained(desk, values.text("trained")),
        ),
    )


def change_role(desk: Desk, whose: Member) -> DeskQuestion:
    """Ask which role someone has from now on."""
    return DeskQuestion.from_catalog(
        "change-role",
        {"name": whose.name},
        {"role": {"options": ROLES, "value": whose.role.value}},
        work=lambda values, actor: desk.staff.change_staff(
            whose.staff_id, actor, role=Role(values.text("role"))
        ),
    )


def change_active(desk: Desk, whose: Member) -> DeskQuestion:
    """Ask before someone is deactivated, or reactivated."""
    verb = "deactivate" if whose.active else "reactivate"

    def record_change(values: Values, actor: Actor) -> Recorded:
        if values.text("sure") != "yes":
            raise Refused("nothing-changed")
        return desk.staff.change_staff(whose.staff_id, actor, active=not whose.active)

    return DeskQuestion.from_catalog(
        verb,
        {"name": whose.name},
        {"sure": {"label": f"{verb.capitalize()} {whose.name}"}},
        work=record_change,
    )


def _read_trained(desk: Desk, typed: str) -> str:
    """Return a date that was typed as in 2026-08-31, or an empty string for none."""
    typed = typed.strip()
    return read_date(typed, desk.today(), desk.times, past=True) if typed else ""
