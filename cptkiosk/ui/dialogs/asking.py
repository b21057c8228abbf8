"""Asks a question about a session or a list, and does what follows from its answer."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from textual import events

from cptkiosk.desk import Recorded
from cptkiosk.domain.commands.base import AttemptCommand, Batch, SessionCommand
from cptkiosk.domain.state.overtaken import Overtaken
from cptkiosk.domain.values import Actor, NeedsCoordinator, Refused
from cptkiosk.ui.actions import Action
from cptkiosk.ui.dialogs.approval import attempt_as
from cptkiosk.ui.dialogs.form_dialog import ask_question
from cptkiosk.ui.dialogs.question import (
    CommandQuestion,
    DeskQuestion,
    Question,
    proposed_commands,
    words_after,
)
from cptkiosk.ui.drafts import forget_draft
from cptkiosk.ui.messages import CommandRequested
from cptkiosk.ui.ports import Kiosk, ScreenPort, SessionPort
from cptkiosk.ui.widgets.fields import Values
from cptkiosk.ui.workers import begin
from cptkiosk.words import explain_remedy, explain_why

S = TypeVar("S", bound=SessionPort)


def ask_command(screen: SessionPort, question: CommandQuestion) -> None:
    """Ask, then post the command that the answer makes."""

    def command(values: Values) -> SessionCommand:
        made = question.command(values)
        if isinstance(made, SessionCommand):
            return made
        if len(made) == 1 and isinstance(made[0], AttemptCommand):
            return made[0]
        return Batch(session_id=screen.session_id, commands=tuple(made))

    def take_answer(values: Values) -> None:
        words = words_after(question, values)
        screen.post_command(
            command(values), words, question.then, question.draft, question.always
        )

    def refusal(values: Values) -> str:
        return screen.why_refused(command(values))

    ask_question(screen.kiosk, replace(question, refusal=refusal), take_answer)


def question_action(
    id_: str, keys: str, question: Callable[[S], CommandQuestion | None]
) -> Action[S]:
    """Return the action that asks a question, if there is one to ask.

    The rules judge the answer that it proposes: that dims the key, and says why.
    """

    def open_question(screen: S) -> None:
        if (asked := question(screen)) is not None:
            ask_command(screen, asked)

    def commands(screen: S) -> Sequence[SessionCommand]:
        asked = question(screen)
        return () if asked is None else proposed_commands(asked)

    return Action(id_, keys, open_question, commands)


def ask_at_desk(screen: ScreenPort, question: DeskQuestion) -> None:
    """Ask, and work on the answer at the desk; what is refused comes back.

    What only a coordinator may do is done in the name of one who enters a PIN here.
    """
    opened_by = screen.kiosk.actor

    async def carry(values: Values, actor: Actor) -> None:
        def record_answer(by: Actor) -> Recorded:
            return _carry_out(question, values, by, opened_by)

        def forget_answer(recorded: Recorded) -> None:
            forget_draft(screen.kiosk, question.draft)
            screen.kiosk.status.say_recorded(recorded, words_after(question, values))
            if question.then is not None:
                question.then(recorded, values)

        def ask_again(refusal: Refused | None) -> None:
            approvable = isinstance(refusal, NeedsCoordinator)
            if refusal is not None and not approvable and screen.is_active:
                ask_at_desk(screen, question.again(values, refusal))

        await attempt_as(screen.kiosk, actor, record_answer, forget_answer, ask_again)

    def take_answer(values: Values) -> None:
        begin(screen, partial(carry, values, screen.actor), "desk-form")

    ask_question(screen.kiosk, question, take_answer)


def _carry_out(
    question: DeskQuestion, values: Values, actor: Actor, opened_by: Actor | None
) -> Recorded:
    """Work on the answer to a question.

    Raises:
        Refused: if it names who signs, and someone else has unlocked the terminal
            meanwhile, or they may not sign any more.
    """
    if not question.names_signers:
        return question.work(values, actor)
    if actor != opened_by:
        raise Refused("signed-in-changed")
    try:
        return question.work(values, actor)
    except NeedsCoordinator as needs:
        raise Refused(needs.code, remedy=needs.remedy, **needs.details) from needs


def ask_again(kiosk: Kiosk, overtaken: Overtaken, asked: CommandRequested) -> None:
    """Ask whether a command still holds; after a yes it says what is so now.

    Nothing is asked once the terminal is locked or left: only who asked can answer.
    """
    who = asked.actor
    if kiosk.actor != who or kiosk.navigator.shows_lock:
        return

    def take_answer(_: Values) -> None:
        if kiosk.actor == who:
            kiosk.post_message(
                CommandRequested(overtaken.again, asked.words, who, asked.then)
            )

    def drop_command() -> None:
        kiosk.status.say("Nothing was recorded.", "warning")

    question = Question(explain_remedy(overtaken), (explain_why(overtaken),))
    dialog = ask_question(kiosk, question, take_answer, drop_command)
    kiosk.enter_guard.opened_late(dialog, events.Event().time)
