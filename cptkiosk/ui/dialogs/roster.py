"""How a roster is to be read: asked where what was found out is wrong."""

from collections.abc import Callable
from dataclasses import replace

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import Batch, SessionCommand
from cptkiosk.domain.commands.planning import CancelAttempt
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.roster.columns import Field
from cptkiosk.roster.model import Layout, ReadOptions
from cptkiosk.roster.outcomes import RowOutcome
from cptkiosk.ui.dialogs.form_dialog import ask_question
from cptkiosk.ui.dialogs.question import Question
from cptkiosk.ui.ports import ScreenPort
from cptkiosk.ui.widgets.fields import ChoiceField, Values

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
ENCODINGS = {
    "utf-8": "UTF-8",
    "cp1252": "Windows (cp1252)",
    "utf-16": "UTF-16",
    "cp850": "DOS (cp850)",
    "mac-roman": "Macintosh",
}
ENCODING_NAMES = {**ENCODINGS, "utf-8-sig": "UTF-8 (Excel)"}
"""What an encoding is called: also one that is found and cannot be chosen."""

LEFT_OUT = "-"


def ask_reading(
    screen: ScreenPort, layout: Layout, then: Callable[[ReadOptions], None]
) -> None:
    """Ask how the text is encoded and parted, and where the header is."""
    text = bool(layout.delimiter)
    found = layout.encoding
    encodings = {found: ENCODING_NAMES.get(found, found), **ENCODINGS}
    delimiters = {layout.delimiter: layout.delimiter, **DELIMITERS}
    fields = {
        "encoding": {"options": encodings, "value": layout.encoding} if text else None,
        "delimiter": {"options": delimiters, "value": layout.delimiter}
        if text
        else None,
        "row": {
            "value": f"{layout.header_row}",
            "reads": lambda text: int(text) or None,
        },
    }

    def take_answer(values: Values) -> None:
        options = ReadOptions(
            encoding=values.text("encoding", ""),
            delimiter=values.text("delimiter", ""),
            header_row=int(values.text("row")),
        )
        then(options)

    question = Question.from_catalog("roster-reading", fields=fields)
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
    question = Question.from_catalog(f"roster-{row.doubt}", {"why": row.why})
    ask_question(
        screen.kiosk, question, lambda values: then(values.text("reason").strip())
    )


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
