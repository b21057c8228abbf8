"""The way out of a locked-down kiosk: the coordinator's PIN."""

from functools import partial
from typing import TYPE_CHECKING

from cptkiosk.domain.values import Role
from cptkiosk.ui.widgets.form import ChoiceField, TextField, Values
from cptkiosk.ui.work import begin

if TYPE_CHECKING:
    from cptkiosk.ui.app import KioskApp


def ask_to_leave(kiosk: "KioskApp") -> None:
    """Ask for a coordinator's PIN, and end the program if it is right."""
    from cptkiosk.ui.screens.dialogs import AskDialog

    coordinators = tuple(
        (one.staff_id, one.name.text)
        for one in kiosk.desk.center.active
        if one.role is Role.COORDINATOR
    )

    def answered(values: Values | None) -> None:
        if values is not None:
            who, pin = str(values["who"]), str(values["pin"])
            begin(kiosk, partial(_leave, kiosk, who, pin), "leave")

    kiosk.push_screen(
        AskDialog(
            "Leave the kiosk",
            ("This terminal is locked down: only the coordinator ends the program.",),
            (
                ChoiceField(
                    "who", "Coordinator", coordinators, value=coordinators[0][0]
                ),
                TextField("pin", "PIN", secret=True, digits=True),
            ),
        ),
        answered,
    )


async def _leave(kiosk: "KioskApp", who: str, pin: str) -> None:
    member = await kiosk.attempt(lambda: kiosk.desk.check_pin(who, pin))
    if member is not None and member.role is Role.COORDINATOR:
        kiosk.exit(return_code=0)
