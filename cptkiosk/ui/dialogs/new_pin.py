"""A new PIN: typed twice, and not easy to guess."""

from dataclasses import replace

from textual.validation import ValidationResult, Validator

from cptkiosk.desk.pins import check_new_pin, pin_rule
from cptkiosk.domain.values import Refused
from cptkiosk.ui.dialogs.question import pin_field
from cptkiosk.ui.widgets.fields import TextField, Values


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
            return self.failure(refusal.why)
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
    return {"again": "the two PINs differ"}
