"""Starting somebody late, and why if the vendor's window closes before their end."""

from functools import partial
from typing import TYPE_CHECKING

from cptkiosk.domain.attempt import Attempt
from cptkiosk.domain.commands import StartLate
from cptkiosk.ui.screens.beyond_window import ANY_REASON, ask_or_say_why

if TYPE_CHECKING:
    from cptkiosk.ui.screens.session import SessionScreen


def wish(
    screen: "SessionScreen", attempt: Attempt, beyond: str = ANY_REASON
) -> StartLate:
    """Return the wish to start somebody's own clock, whatever the window."""
    return StartLate(**screen.about(attempt), beyond_window=beyond)


def start_late(screen: "SessionScreen", attempt: Attempt) -> None:
    """Start somebody's own clock; ask why, if only the vendor's window is against it."""
    ask_or_say_why(
        screen,
        partial(wish, screen, attempt),
        f"{screen.person(attempt)}: own clock started",
        "Start beyond the testing window",
        "Why start",
    )
