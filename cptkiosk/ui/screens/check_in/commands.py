"""What the keys of the check-in ask of the rules, and what there must be to ask for."""

from collections.abc import Callable, Sequence

from cptkiosk.domain.commands.base import STAND_IN, SessionCommand
from cptkiosk.domain.commands.checkin import (
    ArriveLate,
    DenyAttempt,
    ExpectLate,
    MarkAbsent,
)
from cptkiosk.domain.commands.planning import CorrectModule
from cptkiosk.domain.rules.attendance import being_checked_in, not_come
from cptkiosk.domain.state.attempt import IN_PERSON, WAITING, Attempt, AttemptProgress
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import plural
from cptkiosk.ui.actions import Commands
from cptkiosk.ui.dialogs import walk_in as comers
from cptkiosk.ui.frame.assignment_command import assignment
from cptkiosk.ui.frame.current_person import of_current
from cptkiosk.ui.frame.session_screen import SessionScreen
from cptkiosk.ui.ports import SessionPort


def lacks_gate(screen: SessionScreen) -> str:
    """Return that no gate of this person is open, if so."""
    attempt = screen.current
    return "" if attempt and attempt.open_gates else "No item is open for this person."


def lacks_rest(screen: SessionScreen) -> str:
    """Return that one key has nothing to pass for this person, if so."""
    attempt = screen.current
    if attempt is None or set(attempt.open_gates) - IN_PERSON:
        return ""
    if not attempt.open_gates:
        return lacks_gate(screen)
    return "Only identity and seat are left. Press Enter for each."


def lacks_denial(screen: SessionScreen) -> str:
    """Return that this person was not denied, if so."""
    attempt = screen.current
    denied = attempt is not None and attempt.standing is AttemptProgress.DENIED
    return "" if denied else "Only a person who was denied gets a denial slip."


def lacks_module(screen: SessionScreen) -> str:
    """Return that there is no other module to change to, if so."""
    attempt = screen.current
    others = attempt and comers.other_modules(screen, attempt)
    return "" if others else "This session has no other module."


def lacks_missing(screen: SessionPort) -> str:
    """Return why no one can be marked absent, if everyone has come."""
    here = being_checked_in(screen.session)
    if not_come(screen.session) or not here:
        return ""
    return f"No one is missing; {left_out(len(here))}."


def left_out(count: int) -> str:
    """Return how many are not marked absent, because they are being checked in."""
    verb = "is" if count == 1 else "are"
    return f"{plural(count, 'person', 'people')} being checked in {verb} not included"


def about_gate(
    kind: Callable[..., SessionCommand],
) -> Callable[[SessionScreen], Commands]:
    """Return a function that lists the commands of a key about the open gate."""
    return of_current(
        lambda screen, one: kind(
            **screen.about(one), gate=one.open_gates[0], reason=STAND_IN
        )
    )


def deny_command(screen: SessionPort, attempt: Attempt) -> DenyAttempt:
    """Return the least that the key for a denial asks for."""
    return DenyAttempt(
        **screen.about(attempt), reason=STAND_IN, coordinator_called=True
    )


def late_command(screen: SessionPort, attempt: Attempt) -> ExpectLate | ArriveLate:
    """Return what the key for someone late asks for."""
    at_check_in = screen.session.stage is Stage.CHECK_IN
    if at_check_in and attempt.standing in WAITING - {AttemptProgress.LATE_EXPECTED}:
        return ExpectLate(**screen.about(attempt))
    return ArriveLate(**screen.about(attempt))


def module_command(screen: SessionPort, attempt: Attempt) -> SessionCommand:
    """Return what the key for another module asks about someone."""
    other = comers.other_modules(screen, attempt)[0]
    who = (attempt.participant_id, attempt.person.text)
    return CorrectModule(
        **screen.about(attempt),
        instead=assignment(screen, other, *who),
        reason=STAND_IN,
    )


def mark_absent(
    session: Session, people: Sequence[Attempt], *, only_missing: bool = False
) -> MarkAbsent:
    """Return the command that marks people absent, as one step."""
    attempt_ids = tuple(one.attempt_id for one in people)
    return MarkAbsent(
        session_id=session.session_id,
        attempt_ids=attempt_ids,
        only_missing=only_missing,
    )


def rest_absent_commands(screen: SessionPort) -> Commands:
    """Return what marks everyone absent who has not come."""
    return (mark_absent(screen.session, not_come(screen.session)),)
