"""Letting somebody's clock run although the vendor's window closes before their end."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from cptkiosk.domain.commands import SessionCommand
from cptkiosk.ui.actions import STAND_IN
from cptkiosk.ui.dialogs.asking import ask_command
from cptkiosk.ui.dialogs.question import CommandQuestion
from cptkiosk.ui.ports import SessionPort
from cptkiosk.ui.widgets.fields import TextField


def with_reason(command: SessionCommand, why: str) -> SessionCommand:
    """Return a command that says why it goes beyond the window, if it can say so."""
    if not hasattr(command, "beyond_window"):
        return command
    return replace(command, beyond_window=why)  # type: ignore[call-arg]


def why_beyond(screen: SessionPort, commands: Sequence[SessionCommand]) -> str:
    """Return what only the vendor's window has against a command, of the first; or nothing."""
    for command in commands:
        if with_reason(command, STAND_IN) is command:
            continue
        beyond = screen.why_refused(command)
        if beyond and not screen.why_refused(with_reason(command, STAND_IN)):
            return beyond
    return ""


def ask_or_say_why(
    screen: SessionPort,
    make: Callable[[str], SessionCommand],
    words: str,
    title: str,
    label: str,
) -> None:
    """Do something; ask why first, if only the vendor's window is against it.

    Args:
        screen: who asks.
        make: returns the wish with why it goes beyond the window.
        words: what is said once it is recorded.
        title: of the question.
        label: of the reason in it.
    """
    beyond = screen.why_refused(make(""))
    if not beyond or screen.why_refused(make(STAND_IN)):
        screen.ask(make(""), words)
        return
    question = CommandQuestion(
        title,
        (beyond,),
        (TextField("beyond", label),),
        command=lambda values: make(values.text("beyond")),
        words=words,
    )
    ask_command(screen, question)
