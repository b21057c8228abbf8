"""Keying a score: the digits themselves begin it, Enter keeps it."""

from textual import events

from cptkiosk.domain import commands as c
from cptkiosk.domain.attempt import KEYED_ONCE, Attempt
from cptkiosk.domain.closing import asks_which
from cptkiosk.domain.modules import Policies
from cptkiosk.domain.session import Session
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.dialogs.question import FollowUp, Question
from cptkiosk.ui.widgets.fields import ChoiceField, TextField, Values

SHOWN_AS = (("", "not said"), ("raw", "correct answers"), ("percent", "percent"))
NUMBERS = {
    "either": "0 to {items}, or a percent: 76%.",
    "raw": "0 to {items} correct answers, or a percent: 76%.",
    "percent": "A percent; the sign may be left out.",
}
VERDICTS = (("", "not shown"), ("pass", "pass"), ("not pass", "not pass"))


WHICH = {
    "r": ("shown_as", "raw"),
    "p": ("shown_as", "percent"),
    "y": ("verdict", "pass"),
    "n": ("verdict", "not pass"),
}
"""What a key says of a number that may be correct answers or a percent."""

WHICH_KEYS = "r, p, y or n: answer    Esc: back to the number"
WHICH_WORDS = "r correct answers  p percent  vendor says: y pass  n not pass"


def type_first(dialog: FormDialog, digit: str) -> None:
    """Type the first digit, which opened the question."""
    if dialog.focused is not None:
        dialog.focused.post_message(events.Key(digit, digit))


def key_score(
    session: Session, attempt: Attempt, policies: Policies, staff_id: str
) -> Question:
    """Return the question for what the vendor's screen shows.

    Args:
        session: the session.
        attempt: whose score it is.
        policies: how vendors show scores, and what follows from one.
        staff_id: who keys it.
    """
    about = NUMBERS[policies.score_shown].format(items=attempt.module.items)
    lines = ["Key what the vendor's screen shows.", about]
    if attempt.score.state in KEYED_ONCE:
        lines[0] = "Second keying, blind: key again what the vendor's screen shows."
        if attempt.score.keyed_by == staff_id:
            lines[1] += " Somebody else should key it."

    def which(values: Values) -> str:
        unclear = asks_which(score_keyed(session, attempt, values), attempt, policies)
        return f"{values['score']} is: {WHICH_WORDS}" if unclear else ""

    return Question(
        f"{session.label(attempt)} - {attempt.module.name}",
        lines,
        (
            TextField("score", "Score", clears=True),
            ChoiceField("verdict", "Vendor's verdict", VERDICTS, required=False),
            ChoiceField("shown_as", "The number is", SHOWN_AS, required=False),
        ),
        submit_at="score",
        follow_up=FollowUp(which, WHICH, WHICH_KEYS),
    )


def score_keyed(session: Session, attempt: Attempt, values: Values) -> c.KeyScore:
    """Return the command that a filled-in question makes."""
    return c.KeyScore(
        **session.about(attempt),
        shown=values.text("score"),
        vendor_verdict=values.text("verdict"),
        shown_as=values.text("shown_as"),
        seen_keyings=len(attempt.keyings),
    )
