"""Questions about the vendor's results: which codes were released, what a score is."""

from collections.abc import Callable

from cptkiosk.domain.commands.vendor import ReleaseCode
from cptkiosk.domain.rules.vendor_results import list_unreleased
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.text import visible
from cptkiosk.domain.values import plural
from cptkiosk.ui.dialogs.form_dialog import ask_question
from cptkiosk.ui.dialogs.question import CommandQuestion, Question
from cptkiosk.ui.ports import ScreenPort
from cptkiosk.ui.widgets.fields import ChoiceField, Values

LISTED_MAX = 8
"""Of more user codes than this it is only said how many there are; the list has them."""

SHOWN_AS = (("raw", "correct answers"), ("percent", "percents"))


def release_codes(session: Session) -> CommandQuestion:
    """Ask whether the user codes that are listed were released at the vendor."""
    people = list_unreleased(session)
    commands = tuple(ReleaseCode(**session.about(one)) for one in people)
    codes = [
        f"{visible(one.user_code) or 'no code'}  {session.label(one)}, {one.module.short}"
        for one in people[:LISTED_MAX]
    ]
    if len(people) > LISTED_MAX:
        codes.append(f"and {len(people) - LISTED_MAX} more, in the list behind this")
    return CommandQuestion(
        "User codes released at the vendor",
        (
            "Release them on the vendor's site first. This only records it.",
            *codes,
        ),
        command=lambda _: commands,
        words=f"{plural(len(people), 'user code')} released",
        enter="record as released",
    )


def ask_shown_as(screen: ScreenPort, known: str, then: Callable[[str], None]) -> None:
    """Ask whether the scores of a report are correct answers or percents."""
    field = ChoiceField("shown_as", "The scores are", SHOWN_AS, known or "raw")
    lines = (
        "The report does not say. Look at one score on the vendor's site.",
        "The rows are checked again before anything is saved.",
    )

    def take_answer(values: Values) -> None:
        then(values.text("shown_as"))

    ask_question(
        screen.kiosk, Question("Scores in the report", lines, (field,)), take_answer
    )
