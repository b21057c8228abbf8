"""Asks a question about a session or a list, and does what follows from its answer."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from cptkiosk.desk import Recorded
from cptkiosk.domain.commands import AttemptCommand, Batch, SessionCommand
from cptkiosk.domain.values import Actor, NeedsCoordinator, Refused
from cptkiosk.ui.dialogs.approval import attempt_as
from cptkiosk.ui.dialogs.form_dialog import ask
from cptkiosk.ui.dialogs.question import CommandQuestion, Question
from cptkiosk.ui.drafts import forget
from cptkiosk.ui.ports import ScreenPort, SessionPort
from cptkiosk.ui.widgets.fields import Values
from cptkiosk.ui.work import begin


def ask_command(screen: SessionPort, question: CommandQuestion) -> None:
    """Ask, then post the command that the answer makes."""

    def command(values: Values) -> SessionCommand:
        made = question.command(values)
        if isinstance(made, SessionCommand):
            return made
        if len(made) == 1 and isinstance(made[0], AttemptCommand):
            return made[0]
        return Batch(session_id=screen.session_id, commands=tuple(made))

    def answered(values: Values) -> None:
        words = question.words
        said = words if isinstance(words, str) else words(values)
        screen.ask(command(values), said, question.then, question.draft)

    def refusal(values: Values) -> str:
        return screen.why_refused(command(values))

    ask(screen.kiosk, replace(question, refusal=refusal), answered)


def ask_at_desk(
    screen: ScreenPort,
    question: Question,
    work: Callable[[Values, Actor], Recorded],
    done: Callable[[Recorded, Values], object],
    filled: Values | None = None,
    refused: str = "",
) -> None:
    """Ask, and work on the answer at the desk; what is refused comes back.

    What only a coordinator may do is done in the name of one who enters a PIN here.

    Args:
        screen: who asks.
        question: what is asked.
        work: what is done at the desk with the answer, in the name of whoever may.
        done: what is said once it is recorded.
        filled: what was filled in before, if it is asked again.
        refused: why that was refused.
    """

    async def carry(values: Values) -> None:
        refusals: list[str] = []

        def attempt(actor: Actor) -> Recorded:
            try:
                return work(values, actor)
            except NeedsCoordinator:
                raise
            except Refused as refusal:
                refusals.append(str(refusal))
                raise

        def recorded(result: Recorded) -> None:
            forget(screen.kiosk, question.draft)
            done(result, values)

        def ask_again() -> None:
            if refusals and screen.is_active:
                ask_at_desk(screen, question, work, done, values, refusals[0])

        await attempt_as(screen.kiosk, attempt, recorded, ask_again)

    def answered(values: Values) -> None:
        begin(screen, partial(carry, values), "desk-form")

    ask(screen.kiosk, question, answered, filled=filled, refused=refused)
