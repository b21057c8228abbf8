"""The command behind every key that puts someone on a roll."""

from cptkiosk.domain.commands.base import STAND_IN
from cptkiosk.domain.commands.planning import AssignAttempt
from cptkiosk.services.assignment import copy_module
from cptkiosk.ui.ports import SessionPort


def assignment(
    screen: SessionPort,
    module_id: str,
    participant_id: str = STAND_IN,
    person: str = STAND_IN,
) -> AssignAttempt:
    """Return the command that puts someone, or anyone, on the roll for a module."""
    return AssignAttempt(
        session_id=screen.session_id,
        participant_id=participant_id,
        person=person,
        module=copy_module(screen.definitions.module(module_id)),
        user_code="",
        factor_permille=1000,
        paid=None,
    )
