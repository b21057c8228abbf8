"""What a key does for the person under the cursor, on the screens that list people."""

from collections.abc import Callable
from typing import TypeVar

from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.ui.actions import Commands
from cptkiosk.ui.dialogs.question import CommandQuestion
from cptkiosk.ui.frame.session_screen import SessionScreen

S = TypeVar("S", bound=SessionScreen)


def of_current(make: Callable[[S, Attempt], SessionCommand]) -> Callable[[S], Commands]:
    """Return a function that lists the commands of a key about the current attempt."""

    def commands(screen: S) -> Commands:
        attempt = screen.current
        return () if attempt is None else (make(screen, attempt),)

    return commands


def for_current(run: Callable[[S, Attempt], object]) -> Callable[[S], object]:
    """Return what does something for the attempt under the cursor, if there is one."""
    return lambda screen: (
        None if screen.current is None else run(screen, screen.current)
    )


def about_current(
    question: Callable[[S, Attempt], CommandQuestion],
) -> Callable[[S], CommandQuestion | None]:
    """Return what asks about the attempt under the cursor, if there is one."""
    return lambda screen: (
        None if screen.current is None else question(screen, screen.current)
    )
