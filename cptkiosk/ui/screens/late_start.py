"""Starting somebody late, and why if the vendor's window closes before their end."""

from typing import TYPE_CHECKING

from cptkiosk.domain.attempt import Attempt
from cptkiosk.domain.commands import StartLate
from cptkiosk.ui.widgets.form import TextField

if TYPE_CHECKING:
    from cptkiosk.ui.screens.session import SessionScreen


def wish(screen: "SessionScreen", attempt: Attempt, beyond: str = "?") -> StartLate:
    """Return the wish to start somebody's own clock, whatever the window."""
    return StartLate(**screen.about(attempt), beyond_window=beyond)


def start_late(screen: "SessionScreen", attempt: Attempt) -> None:
    """Start somebody's own clock; ask why, if only the vendor's window is against it."""
    start = wish(screen, attempt, "")
    words = f"{screen.person(attempt)}: own clock started"
    beyond = screen.why_refused(start)
    if not beyond or screen.why_refused(wish(screen, attempt)):
        screen.ask(start, words)
        return
    screen.ask_first(
        "Start beyond the testing window",
        (beyond,),
        (TextField("beyond", "Why start"),),
        lambda values: wish(screen, attempt, str(values["beyond"])),
        lambda _: words,
    )
