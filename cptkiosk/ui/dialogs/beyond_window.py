"""Letting someone's clock run although the vendor's window closes before their end."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from cptkiosk.domain.commands.base import STAND_IN, SessionCommand
from cptkiosk.domain.commands.testing import StartLate
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.ui.dialogs.asking import ask_command
from cptkiosk.ui.dialogs.question import CommandQuestion
from cptkiosk.ui.ports import SessionPort


def with_reason(command: SessionCommand, why: str) -> SessionCommand:
    """Return a command that says why it goes beyond the window, if it can say so."""
    if not hasattr(command, "beyond_window"):
        return command
    return replace(command, **{"beyond_window": why})


def why_beyond(screen: SessionPort, commands: Sequence[SessionCommand]) -> str:
    """Return what only the vendor's window has against a command, of the first; or nothing."""
    for command in commands:
        excused = with_reason(command, STAND_IN)
        if excused is command:
            continue
        beyond = screen.why_refused(command)
        if beyond and not screen.why_refused(excused):
            return beyond
    return ""


def go_beyond(
    title: str,
    lines: Sequence[str],
    commands: Sequence[SessionCommand],
    words: str,
    then: Callable[[], object] | None = None,
) -> CommandQuestion:
    """Ask why clocks run beyond the vendor's window, for all of them at once.

    Args:
        title: of the question.
        lines: what the window has against it, and whom it is about.
        commands: what is done once there is one.
        words: what is said once it is recorded.
        then: what follows once it is recorded.
    """
    return CommandQuestion.from_catalog(
        "go-beyond",
        {"title": title, "lines": lines},
        command=lambda values: [
            with_reason(one, values.text("beyond")) for one in commands
        ],
        words=words,
        then=then,
    )


def ask_or_say_why(
    screen: SessionPort,
    command: SessionCommand,
    words: str,
    title: str,
    then: Callable[[], object] | None = None,
) -> None:
    """Do something; ask why first, if only the vendor's window is against it."""
    if beyond := why_beyond(screen, (command,)):
        ask_command(screen, go_beyond(title, (beyond,), (command,), words, then))
    else:
        screen.post_command(command, words, then)


def start_late(
    screen: SessionPort, attempt: Attempt, then: Callable[[], object] | None = None
) -> None:
    """Start someone's own clock; ask why, if only the vendor's window is against it."""
    ask_or_say_why(
        screen,
        StartLate(**screen.about(attempt)),
        f"{screen.person(attempt)}: own clock started",
        "Start past the testing window",
        then,
    )
