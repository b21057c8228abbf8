"""The way out of a locked-down kiosk: the coordinator's PIN."""

from functools import partial

from cptkiosk.domain.values import Role
from cptkiosk.ui.dialogs.form_dialog import ask_question
from cptkiosk.ui.dialogs.question import Question, pin_field, staff_field
from cptkiosk.ui.ports import Kiosk
from cptkiosk.ui.widgets.fields import Values
from cptkiosk.ui.workers import begin


def ask_to_leave(kiosk: Kiosk) -> None:
    """Ask for a coordinator's PIN, and end the program if it is right."""
    center = kiosk.desk.center
    ids = [one.staff_id for one in center.active if one.role is Role.COORDINATOR]

    def answered(values: Values) -> None:
        who, pin = values.text("who"), values.text("pin")
        begin(kiosk, partial(_leave, kiosk, who, pin), "leave")

    question = Question(
        "Leave the kiosk",
        ("This terminal is locked down: only the coordinator ends the program.",),
        (staff_field("who", "Coordinator", center, ids), pin_field("PIN")),
    )
    ask_question(kiosk, question, answered)


async def _leave(kiosk: Kiosk, who: str, pin: str) -> None:
    member = await kiosk.worker.attempt(lambda: kiosk.desk.check_pin(who, pin))
    if member is not None and member.role is Role.COORDINATOR:
        kiosk.exit_with(0)
