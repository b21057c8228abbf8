"""Where a bundle goes: a folder or a USB drive, the last one offered again."""

from collections.abc import Callable

from cptkiosk.domain.text import visible
from cptkiosk.ui.dialogs.form_dialog import ask_question
from cptkiosk.ui.dialogs.question import Question
from cptkiosk.ui.ports import ScreenPort
from cptkiosk.upload.queue import list_drives


def ask_folder(
    screen: ScreenPort,
    title: str,
    last: str,
    then: Callable[[str], None],
    notice: str = "",
    refused: str = "",
) -> None:
    """Ask for the folder that bundles go to.

    The last one is offered, else a USB drive, else the folder of the reports.

    Args:
        screen: asks.
        title: what is written.
        last: the folder to offer, or an empty string.
        then: gets the answer.
        notice: what must be known first, or an empty string.
        refused: why the folder offered could not be used, if it was tried before.
    """
    found = [str(one) for one in list_drives()]
    question = Question.from_catalog(
        "ask-folder" if found else "ask-folder-only",
        {
            "title": title,
            "notice": notice,
            "drives": [visible(one, 60) for one in found],
        },
        {
            "folder": {
                "value": last or next(iter(found), str(screen.kiosk.paths.reports))
            }
        },
        refused=refused,
    )
    ask_question(screen.kiosk, question, lambda values: then(values.text("folder")))
