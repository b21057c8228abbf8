"""What the keys of the check-in ask of the rules, and what there must be to ask for."""

from collections.abc import Callable

from cptkiosk.domain import commands as c
from cptkiosk.domain.attempt import Attempt, AttemptProgress
from cptkiosk.domain.checkin import not_come
from cptkiosk.ui.actions import STAND_IN, Commands
from cptkiosk.ui.dialogs import walk_in as comers
from cptkiosk.ui.frame.assignment_command import assignment
from cptkiosk.ui.frame.table_screen import of_current
from cptkiosk.ui.screens.check_in.acts import CheckInActs, mark_absent


def lacks_gate(screen: CheckInActs) -> str:
    """Return that no gate of this person is open, if so."""
    attempt = screen.current if screen.drawable else None
    return "" if attempt and attempt.open_gates else "No gate is open here."


def lacks_denial(screen: CheckInActs) -> str:
    """Return that this person was not denied, if so."""
    attempt = screen.current if screen.drawable else None
    denied = attempt is not None and attempt.standing is AttemptProgress.DENIED
    return "" if denied else "Only somebody who was denied gets a denial slip."


def lacks_module(screen: CheckInActs) -> str:
    """Return that there is no other module to change to, if so."""
    attempt = screen.current if screen.drawable else None
    others = attempt and comers.other_modules(screen, attempt)
    return "" if others else "This session runs no other module."


def about_gate(
    kind: Callable[..., c.SessionCommand],
) -> Callable[[CheckInActs], Commands]:
    """Return what says what a key asks about the gate that is open."""
    return of_current(
        lambda screen, one: kind(
            **screen.about(one), gate=one.open_gates[0], reason=STAND_IN
        )
    )


def rest_commands(screen: CheckInActs) -> Commands:
    """Return what one key asks about all gates that need no look of their own."""
    attempt = screen.current
    rest = screen.rest(attempt) if attempt is not None else ()
    if attempt is None or not rest:
        return ()
    return (c.PassGates(**screen.about(attempt), gates=rest),)


def module_command(screen: CheckInActs, attempt: Attempt) -> c.SessionCommand:
    """Return what the key for another module asks about somebody."""
    other = comers.other_modules(screen, attempt)[0]
    who = (attempt.participant_id, attempt.person.text)
    return c.CorrectModule(
        **screen.about(attempt),
        instead=assignment(screen, other, *who),
        reason=STAND_IN,
    )


def rest_absent_commands(screen: CheckInActs) -> Commands:
    """Return what marks everybody absent who has not come."""
    return (mark_absent(screen.session_id, not_come(screen.session)),)
