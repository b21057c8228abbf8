"""Keying a score: the digits themselves begin it, Enter keeps it."""

from typing import TYPE_CHECKING

from textual import events

from cptkiosk.domain import commands as c
from cptkiosk.domain.attempt import KEYED_ONCE, Attempt
from cptkiosk.ui.screens.dialogs import AskDialog
from cptkiosk.ui.widgets.form import ChoiceField, TextField, Values

if TYPE_CHECKING:
    from cptkiosk.ui.screens.scores import ScoresScreen

SHOWN_AS = (("", "not said"), ("raw", "correct answers"), ("percent", "percent"))
VERDICTS = (("", "not shown"), ("pass", "pass"), ("not pass", "not pass"))


class KeyingDialog(AskDialog):
    """Asks for a score; Enter keeps it, the vendor's verdict is one line below."""

    SAVE_AT = "score"

    def begin_with(self, digit: str) -> None:
        """Type the first digit, which opened this."""
        if self.focused is not None:
            self.focused.post_message(events.Key(digit, digit))


def keying_dialog(screen: "ScoresScreen", attempt: Attempt) -> KeyingDialog:
    """Return the question for what the vendor's screen shows."""
    second = attempt.score.state in KEYED_ONCE
    about = f"0 to {attempt.module.items}, or a percent: 76%."
    lines = ["Key what the vendor's screen shows.", about]
    if second:
        lines[0] = "Second keying, blind: key again what the vendor's screen shows."
        if attempt.score.keyed_by == screen.actor.staff_id:
            lines[1] += " Somebody else should key it."
    return KeyingDialog(
        f"{screen.person(attempt)} - {attempt.module.name}",
        lines,
        (
            TextField("score", "Score"),
            ChoiceField("verdict", "Vendor's verdict", VERDICTS, required=False),
            ChoiceField("shown_as", "The number is", SHOWN_AS, required=False),
        ),
        refusal=lambda values: screen.why_refused(wish(attempt, screen, values)),
    )


def wish(attempt: Attempt, screen: "ScoresScreen", values: Values) -> c.KeyScore:
    """Return the wish that a filled-in question makes."""
    return c.KeyScore(
        session_id=screen.session_id,
        attempt_id=attempt.attempt_id,
        shown=str(values["score"]),
        vendor_verdict=str(values["verdict"]),
        shown_as=str(values["shown_as"]),
        seen_keyings=len(attempt.keyings),
    )
