"""Questions about the vendor's results: which codes were released, what a score is."""

from collections.abc import Callable

from cptkiosk.domain.commands.vendor import ReleaseCode
from cptkiosk.domain.rules.vendor_results import list_unreleased
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.text import visible
from cptkiosk.ui.dialogs.form_dialog import ask_question
from cptkiosk.ui.dialogs.question import CommandQuestion, Question
from cptkiosk.ui.naming import cut_names
from cptkiosk.ui.ports import ScreenPort

LISTED_MAX = 8
"""Of more user codes than this it is only said how many there are; the list has them."""


def release_codes(session: Session) -> CommandQuestion:
    """Ask whether the user codes that are listed were released on the vendor's website."""
    people = list_unreleased(session)
    commands = tuple(ReleaseCode(**session.about(one)) for one in people)
    codes = [
        f"{visible(one.user_code) or 'no code'}  {session.label(one)}, {one.module.short}"
        for one in people
    ]
    return CommandQuestion.from_catalog(
        "release-codes",
        {
            "count": len(people),
            "codes": cut_names(
                codes, LISTED_MAX, "and {} more, in the list behind this"
            ),
        },
        command=lambda _: commands,
    )


def ask_shown_as(screen: ScreenPort, known: str, then: Callable[[str], None]) -> None:
    """Ask whether the scores of a report are correct answers or percents."""
    question = Question.from_catalog(
        "ask-shown-as", fields={"shown_as": {"value": known or "raw"}}
    )
    ask_question(screen.kiosk, question, lambda values: then(values.text("shown_as")))
