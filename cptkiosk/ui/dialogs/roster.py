"""How a roster is to be read: asked where what was found out is wrong."""

from collections.abc import Callable
from dataclasses import replace

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import Batch, SessionCommand
from cptkiosk.domain.commands.planning import CancelAttempt
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.roster.columns import Field
from cptkiosk.roster.model import Doubt, Layout, ReadOptions
from cptkiosk.roster.outcomes import RowOutcome
from cptkiosk.ui.dialogs.form_dialog import ask_question
from cptkiosk.ui.dialogs.question import REASON, Question
from cptkiosk.ui.ports import ScreenPort
from cptkiosk.ui.widgets.fields import ChoiceField, TextField, Values
from cptkiosk.ui.widgets.fields import Field as Asked
from cptkiosk.ui.widgets.validators import Readable

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
ENCODINGS = {
    "utf-8": "UTF-8",
    "cp1252": "Windows (cp1252)",
    "utf-16": "UTF-16",
    "cp850": "DOS (cp850)",
    "mac-roman": "Macintosh",
}
LEFT_OUT = "-"
DECIDED = {
    Doubt.NAMESAKE: ("These are two people", "How do you know?"),
    Doubt.OTHER_PERSON: (
        "This ID is theirs",
        "This ID is on record under another name. Why is the new name correct?",
    ),
    Doubt.ZEROS_CUT: (
        "These are two people",
        "Their IDs differ only in leading zeros. How do you know?",
    ),
    Doubt.LEFT: ("Remove from the attendance list", "Why are they removed?"),
    Doubt.NOT_COMING: (
        "They are coming",
        "The roster says they are not coming. Why is that wrong?",
    ),
}
"""What is decided about each doubt, and what is asked then."""


def ask_reading(
    screen: ScreenPort, layout: Layout, then: Callable[[ReadOptions], None]
) -> None:
    """Ask how the text is encoded and parted, and where the header is."""
    fields: list[Asked] = []
    if layout.delimiter:
        encodings = {layout.encoding: layout.encoding, **ENCODINGS}
        delimiters = {layout.delimiter: layout.delimiter, **DELIMITERS}
        fields = [
            ChoiceField(
                "encoding", "Encoding", tuple(encodings.items()), layout.encoding
            ),
            ChoiceField(
                "delimiter", "Separator", tuple(delimiters.items()), layout.delimiter
            ),
        ]
    row = TextField(
        "row", "Header in row", value=f"{layout.header_row}", digits=True,
        validators=(Readable(lambda text: int(text) or None, "a number, 1 or higher"),),
    )  # fmt: skip

    def take_answer(values: Values) -> None:
        options = ReadOptions(
            encoding=values.text("encoding", ""),
            delimiter=values.text("delimiter", ""),
            header_row=int(values.text("row")),
        )
        then(options)

    lines = ("Columns will be detected again.",)
    question = Question("Reading the file", lines, (*fields, row))
    ask_question(screen.kiosk, question, take_answer)


def ask_columns(
    screen: ScreenPort,
    layout: Layout,
    options: ReadOptions,
    then: Callable[[ReadOptions], None],
    known: tuple[tuple[str, str], ...] = (),
) -> None:
    """Ask what each column means: of a roster, or one of the meanings that are known."""
    meanings = (
        (LEFT_OUT, "ignored"),
        *(known or ((field.value, field.value) for field in Field)),
        *(
            (one.id, f"{one.name}: yes or no")
            for one in screen.definitions.modules
            if not known
        ),
    )
    fields = tuple(
        ChoiceField(
            f"{at}",
            one.header,
            meanings,
            value=one.meaning or LEFT_OUT,
            help=f"first row: {one.sample}" if one.sample else "empty in the first row",
        )
        for at, one in enumerate(layout.columns)
    )

    def take_answer(values: Values) -> None:
        meant = [values.text(f"{at}") for at in range(len(layout.columns))]
        columns = tuple(
            (at, "" if one == LEFT_OUT else one) for at, one in enumerate(meant)
        )
        then(replace(options, header_row=layout.header_row, columns=columns))

    lines = ("When finished, press Ctrl+S on any line.",)
    question = Question("What the columns mean", lines, fields, check=_twice)
    ask_question(screen.kiosk, question, take_answer)


def _twice(values: Values) -> dict[str, str]:
    """Return an error for each column that means what one before it does."""
    seen: set[object] = set()
    errors = {}
    for name, meaning in values.items():
        if meaning != LEFT_OUT and meaning in seen:
            errors[name] = "another column already has this meaning"
        seen.add(meaning)
    return errors


def ask_decision(
    screen: ScreenPort, row: RowOutcome, then: Callable[[str], None]
) -> None:
    """Ask why a row is right all the same."""
    assert row.doubt is not None, "its key is dimmed where there is no doubt"
    title, how = DECIDED[row.doubt]
    when = "Nothing is saved until the roster is recorded."
    if row.doubt is Doubt.LEFT:
        when = "This is recorded at once. The roster is not recorded yet."
    lines = (row.why, how, when)

    def take_answer(values: Values) -> None:
        then(values.text("reason").strip())

    ask_question(screen.kiosk, Question(title, lines, (REASON,)), take_answer)


def off_roll(desk: Desk, row: RowOutcome, reason: str) -> SessionCommand:
    """Return the command that takes someone off a session's roll, in all modules."""
    commands = tuple(
        CancelAttempt(
            session_id=row.session_id, attempt_id=one.attempt_id, reason=reason
        )
        for one in desk.session(row.session_id).attempts.values()
        if one.participant_id == row.participant_id
        and one.standing is not AttemptProgress.CANCELLED
    )
    return Batch(session_id=row.session_id, commands=commands)
