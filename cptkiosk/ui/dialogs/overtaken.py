"""What is asked when another terminal was quicker."""

from textual import events

from cptkiosk.domain.overtaken import Overtaken
from cptkiosk.ui.dialogs.dialog import AskDialog
from cptkiosk.ui.messages import Asked
from cptkiosk.ui.ports import Kiosk
from cptkiosk.ui.widgets.form import Values


def ask_again(kiosk: Kiosk, overtaken: Overtaken, asked: Asked) -> None:
    """Ask whether a command still holds; after a yes it says what is so now.

    Nothing is asked once the terminal is locked: only who asked can answer.
    """
    who = kiosk.actor
    if kiosk.shows_lock:
        return

    def answered(values: Values | None) -> None:
        if values is None:
            kiosk.say("Nothing was recorded.", "warning")
        elif kiosk.actor == who:
            kiosk.post_message(Asked(overtaken.again, asked.words, asked.then))

    dialog = AskDialog(overtaken.question, (overtaken.why,))
    kiosk.enter_guard.opened_late(dialog, events.Event().time)
    kiosk.navigator.ask(dialog, answered)
