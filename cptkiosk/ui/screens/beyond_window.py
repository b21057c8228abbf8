"""Letting somebody's clock run although the vendor's window closes before their end."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from cptkiosk.domain.commands import SessionCommand
from cptkiosk.ui.widgets.form import TextField

if TYPE_CHECKING:
    from cptkiosk.ui.screens.session import SessionScreen

ANY_REASON = "?"
"""Stands for a reason where only the rest of a wish is looked at."""


def ask_or_say_why(
    screen: "SessionScreen",
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
    desk, actor = screen.kiosk.desk, screen.actor
    beyond = desk.why_not(make(""), actor)
    if not beyond or desk.why_not(make(ANY_REASON), actor):
        screen.ask(make(""), words)
        return
    screen.ask_first(
        title,
        (beyond,),
        (TextField("beyond", label),),
        lambda values: make(str(values["beyond"])),
        lambda _: words,
    )
