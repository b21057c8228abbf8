"""Fields that several questions have alike."""

from collections.abc import Sequence

from cptkiosk.ui.widgets.form import ChoiceField, Field, TextField, Values

ONE_STEP = "Press u afterward to undo this for all of them."
"""What a question about several people says of undoing."""


def choice(name: str, label: str, words: Sequence[str]) -> Field:
    """Return a choice of `words`, the first of them chosen."""
    options = tuple((word, word) for word in words)
    return ChoiceField(name, label, options, value=words[0])


def reason_fields(reasons: Sequence[str]) -> tuple[Field, ...]:
    """Return the fields that `reason_in` reads: one of several reasons, and more words."""
    words = TextField("words", "In words", required=False)
    return (choice("reason", "Reason", reasons), words)


def reason_in(values: Values) -> str:
    """Return the reason that was chosen, with what was typed besides."""
    typed = values.text("words", "").strip()
    return f"{values['reason']}: {typed}" if typed else values.text("reason")
