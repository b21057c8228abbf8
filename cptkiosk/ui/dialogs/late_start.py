"""Starting somebody late, and why if the vendor's window closes before their end."""

from functools import partial

from cptkiosk.domain.attempt import Attempt
from cptkiosk.domain.commands import StartLate
from cptkiosk.ui.actions import STAND_IN
from cptkiosk.ui.dialogs.beyond_window import ask_or_say_why
from cptkiosk.ui.ports import SessionPort


def wish(screen: SessionPort, attempt: Attempt, beyond: str = STAND_IN) -> StartLate:
    """Return the wish to start somebody's own clock, whatever the window."""
    return StartLate(**screen.about(attempt), beyond_window=beyond)


def start_late(screen: SessionPort, attempt: Attempt) -> None:
    """Start somebody's own clock; ask why, if only the vendor's window is against it."""
    ask_or_say_why(
        screen,
        partial(wish, screen, attempt),
        f"{screen.person(attempt)}: own clock started",
        "Start beyond the testing window",
        "Why start",
    )
