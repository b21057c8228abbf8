"""What is asked when another terminal was quicker."""

from textual import events

from cptkiosk.domain.overtaken import Overtaken
from cptkiosk.ui.dialogs.form_dialog import ask_question
from cptkiosk.ui.dialogs.question import Question
from cptkiosk.ui.messages import CommandRequested
from cptkiosk.ui.ports import Kiosk
from cptkiosk.ui.widgets.fields import Values


def ask_again(kiosk: Kiosk, overtaken: Overtaken, asked: CommandRequested) -> None:
    """Ask whether a command still holds; after a yes it says what is so now.

    Nothing is asked once the terminal is locked: only who asked can answer.
    """
    who = kiosk.actor
    if kiosk.navigator.shows_lock:
        return

    def answered(_: Values) -> None:
        if kiosk.actor == who:
            kiosk.post_message(
                CommandRequested(overtaken.again, asked.words, asked.then)
            )

    def left() -> None:
        kiosk.status.say("Nothing was recorded.", "warning")

    question = Question(overtaken.question, (overtaken.why,))
    dialog = ask_question(kiosk, question, answered, left)
    kiosk.enter_guard.opened_late(dialog, events.Event().time)
