"""A wall clock that cannot be right: shown at the sign-in, and asked about first."""

from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from typing import Any

from textual.widget import Widget

from cptkiosk.ui.dialogs.form_dialog import ask_question
from cptkiosk.ui.dialogs.question import Question
from cptkiosk.ui.ports import ScreenPort
from cptkiosk.ui.widgets.fields import Values
from cptkiosk.ui.widgets.form import Form
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.workers import begin
from cptkiosk.words import explain_why


def notice(screen: ScreenPort) -> Iterator[Widget]:
    """Yield what is odd about the clock, if anything is."""
    odd = screen.kiosk.desk.clock_check.find_odd_clock()
    if odd is not None:
        text = f"{screen.kiosk.glyphs.attention} {explain_why(odd.reason)}"
        yield PlainText(text, id="odd-clock", classes="intro")


async def ask_clock(
    screen: ScreenPort, form: Form, go_on: Callable[[bool], Coroutine[Any, Any, None]]
) -> None:
    """Go on; if the clock is odd, only once someone has said that it is right.

    Args:
        screen: who asks.
        form: what was filled in, and is filled in again if the clock is to be set.
        go_on: what is done, told whether the clock was said to be right.
    """
    odd = screen.kiosk.desk.clock_check.find_odd_clock()
    if odd is None:
        await go_on(False)
        return

    def is_right(_: Values) -> None:
        begin(screen, partial(go_on, True), "odd-clock")

    question = Question.from_catalog("odd-clock", {"odd": odd.reason})
    ask_question(screen.kiosk, question, is_right, form.reopen)
