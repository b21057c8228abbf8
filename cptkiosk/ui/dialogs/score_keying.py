"""Keying a score: the digits themselves begin it, Enter keeps it."""

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from cptkiosk.domain import commands as c
from cptkiosk.domain.attempt import KEYED_ONCE, Attempt
from cptkiosk.domain.closing import asks_which
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.dialogs.question import Question
from cptkiosk.ui.ports import SessionPort
from cptkiosk.ui.widgets.form import ChoiceField, Form, TextField, Values
from cptkiosk.ui.widgets.plain_text import PlainText

SHOWN_AS = (("", "not said"), ("raw", "correct answers"), ("percent", "percent"))
PRESS_A_LETTER = "Press a letter. "
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


class KeyingDialog(FormDialog):
    """Asks for a score; Enter keeps it, the vendor's verdict is one line below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, f"which('{key}')", show=False) for key in WHICH
    ]

    def __init__(
        self, question: Question, asks_which: Callable[[Values], bool]
    ) -> None:
        super().__init__(question)
        self._asks_which = asks_which
        self._unclear: Values | None = None

    def _confirm(self, values: Values) -> None:
        """Ask what a number is, where pass or fail depends on it, with one key."""
        if not self._asks_which(values):
            super()._confirm(values)
            return
        self._unclear = values
        self._ask_which()
        # The next key says what it is and is no text.
        self.set_focus(None)

    def _ask_which(self, before: str = "") -> None:
        assert self._unclear is not None
        self.show_refused(f"{before}{self._unclear['score']} is: {WHICH_WORDS}")

    def show_refused(self, reason: str) -> None:
        """Say also which keys work now: to say what a number is, or to fill in."""
        super().show_refused(reason)
        self.query_one("#keys", PlainText).update(self.keys_text())

    def keys_text(self) -> str:
        """Return the keys that work now."""
        return WHICH_KEYS if self._unclear is not None else super().keys_text()

    def say_ignored(self, words: str) -> None:
        """Keep the question what a number is in sight."""
        if self._unclear is None:
            super().say_ignored(words)
        else:
            self._ask_which(PRESS_A_LETTER)

    def on_key(self, event: events.Key) -> None:
        """Say which letters answer, to any other key."""
        if self._unclear is not None and (event.is_printable or event.key == "enter"):
            self._ask_which(PRESS_A_LETTER)

    def action_which(self, key: str) -> None:
        """Keep the score as what this key says it is."""
        if self._unclear is None:
            return
        field, value = WHICH[key]
        values, self._unclear = Values(self._unclear | {field: value}), None
        self.query_one(Form).focus_field("score")
        super()._confirm(values)

    async def action_leave(self) -> None:
        """Go back to the number first, if it was asked what that is."""
        if self._unclear is None:
            await super().action_leave()
            return
        self._unclear = None
        self.show_refused("")
        self.query_one(Form).reopen()
        self.query_one(Form).focus_field("score")

    def begin_with(self, digit: str) -> None:
        """Type the first digit, which opened this."""
        if self.focused is not None:
            self.focused.post_message(events.Key(digit, digit))


def keying_dialog(screen: SessionPort, attempt: Attempt) -> KeyingDialog:
    """Return the question for what the vendor's screen shows."""
    second = attempt.score.state in KEYED_ONCE
    about = NUMBERS[screen.definitions.policies.score_shown].format(
        items=attempt.module.items
    )
    lines = ["Key what the vendor's screen shows.", about]
    if second:
        lines[0] = "Second keying, blind: key again what the vendor's screen shows."
        if attempt.score.keyed_by == screen.actor.staff_id:
            lines[1] += " Somebody else should key it."
    question = Question(
        f"{screen.person(attempt)} - {attempt.module.name}",
        lines,
        (
            TextField("score", "Score", clears=True),
            ChoiceField("verdict", "Vendor's verdict", VERDICTS, required=False),
            ChoiceField("shown_as", "The number is", SHOWN_AS, required=False),
        ),
        refusal=lambda values: screen.why_refused(wish(attempt, screen, values)),
        submit_at="score",
    )
    policies = screen.definitions.policies
    return KeyingDialog(
        question,
        lambda values: asks_which(wish(attempt, screen, values), attempt, policies),
    )


def wish(attempt: Attempt, screen: SessionPort, values: Values) -> c.KeyScore:
    """Return the wish that a filled-in question makes."""
    return c.KeyScore(
        session_id=screen.session_id,
        attempt_id=attempt.attempt_id,
        shown=values.text("score"),
        vendor_verdict=values.text("verdict"),
        shown_as=values.text("shown_as"),
        seen_keyings=len(attempt.keyings),
    )
