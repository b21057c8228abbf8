"""What is asked over a screen, as data: nothing here needs an app."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

from cptkiosk.desk import Recorded
from cptkiosk.domain.commands.base import STAND_IN, SessionCommand
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.center import Center
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.values import Actor, Refused
from cptkiosk.ui.naming import names_in_lines, who_text
from cptkiosk.ui.widgets.fields import (
    Check,
    Field,
    TextField,
    Values,
    build_field,
)
from cptkiosk.words import explain, fill_words, load_dialogs

Q = TypeVar("Q", bound="Question")
Line = str | Callable[[], str]
"""A line above a form; one that is called is drawn again every second."""

Details = Mapping[str, object]
"""What the words of a dialog name; one that is called is worked out at each drawing."""

Known = Mapping[str, Any]
"""What is known of fields only now, by their names; one that is `None` is left out."""

NONE: Mapping[str, Any] = MappingProxyType({})

Refusal = Callable[[Values], str]
"""Says why the rules are against what a form asks for, or returns an empty string."""

ONE_STEP = "To undo this for all of them, press u afterward."
"""What a question about several people says of undoing."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What one key answers, where values can be meant in more than one way."""

    asks: Callable[[Values], str]
    """What is asked about the values, or an empty string."""

    answers: Mapping[str, tuple[str, str]]
    """A field, and the value that it gets, for each key."""

    keys: str
    """What the line of keys says meanwhile."""


@dataclass(frozen=True, slots=True)
class Question:
    """A title, the consequences, and what has to be filled in before Enter."""

    title: Line
    lines: Sequence[Line] = ()
    fields: Sequence[Field] = ()
    _: KW_ONLY
    check: Check | None = None
    refusal: Refusal | None = None
    draft: str = ""
    """The name under which a half-filled form is kept; it is not if that is empty."""

    submit_at: str = ""
    """The field at which Enter confirms already, if it is not the last."""

    enter: str = "confirm"
    """What Enter does in the end."""

    aloud: Callable[[], str] | None = None
    """Words to read aloud, as they are now."""

    follow_up: FollowUp | None = None
    name: str = ""
    """By what the open question can be told from others."""

    filled: Values | None = None
    """What was filled in before, if it is asked again; no draft is looked for then."""

    refused: str = ""
    """Why that was refused. Keys go to the secret then: it is typed again."""

    @classmethod
    def from_catalog(
        cls: type[Q],
        dialog: str,
        details: Details = NONE,
        fields: Known = NONE,
        **options: Any,
    ) -> Q:
        """Return the question of a dialog; its words are filled in when it is drawn.

        Args:
            dialog: its name in `words/dialogs.toml`.
            details: what its words name.
            fields: what is known of its fields only now.
            options: what else such a question has.
        """
        said = load_dialogs()[dialog]
        for name in ("enter", "submit_at"):
            if name in said:
                options.setdefault(name, said[name])
        if "done" in said:
            options.setdefault("words", partial(_say_done, said["done"], details))
        return cls(
            partial(fill_words, said["title"], details),
            (partial(_fill_lines, said["lines"], details),) if "lines" in said else (),
            tuple(build_fields(dialog, fields)),
            **options,
        )

    @property
    def consequences(self) -> str:
        """What stands above the fields now, and why the answer was refused before."""
        refused = (f"! {self.refused}",) if self.refused else ()
        return "\n".join((*map(line_text, self.lines), *refused))

    def again(self: Q, values: Values, refusal: Refused) -> Q:
        """Return the question with what was filled in, and why it was refused."""
        return replace(self, filled=values, refused=explain(refusal))


@dataclass(frozen=True, slots=True)
class CommandQuestion(Question):
    """A question whose answer makes a session command, or several as one step to undo.

    What the rules have against it is said in the question; nothing typed is lost.
    """

    _: KW_ONLY
    command: Callable[[Values], SessionCommand | Sequence[SessionCommand]]
    words: str | Callable[[Values], str]
    """What the status line says once it is recorded."""

    then: Callable[[], object] | None = None
    """What follows once it is recorded, if the asking screen is still in front."""

    always: Callable[[], object] | None = None
    """What follows in any case, such as a slip to print."""


@dataclass(frozen=True, slots=True)
class DeskQuestion(Question):
    """A question whose answer is worked on at the desk; what is refused comes back."""

    _: KW_ONLY
    work: Callable[[Values, Actor], Recorded]
    """What is done with the answer, in the name of the person who may."""

    words: str | Callable[[Values], str]
    """What the status line says once it is recorded."""

    then: Callable[[Recorded, Values], object] | None = None
    """What follows once it is recorded."""

    names_signers: bool = False
    """Whether it asks for who signs: only who opened it answers, no one approves it."""


def build_question(
    dialog: str,
    session: Session,
    attempt: Attempt | None,
    make: Callable[..., SessionCommand],
    details: Details = NONE,
    fields: Known = NONE,
    **options: Any,
) -> CommandQuestion:
    """Return a question about a session, or an attempt: each field is given to `make`.

    Its words may use `{name}`: of the person, or of the session.
    """
    name = session.title
    about: Mapping[str, Any] = {"session_id": session.session_id}
    if attempt is not None:
        name, about = session.label(attempt), session.about(attempt)
    return CommandQuestion.from_catalog(
        dialog,
        {"name": name, **details},
        fields,
        command=lambda values: make(**about, **values),
        **options,
    )


def build_fields(dialog: str, known: Known) -> Iterator[Field]:
    """Yield the fields of a dialog, or of a form, with what is known of them only now."""
    shared = load_dialogs()["fields"]
    for name, said in load_dialogs()[dialog].get("fields", NONE).items():
        here = known.get(name, NONE)
        if here is not None:
            yield build_field(name, **{**shared.get(name, NONE), **said, **here})


def _fill_lines(lines: Sequence[str], details: Details) -> str:
    return "\n".join(filter(None, (fill_words(one, details) for one in lines)))


def _say_done(done: str, details: Details, values: Values) -> str:
    return fill_words(done, {**details, **values})


def line_text(line: Line) -> str:
    """Return what a line says now."""
    return line() if callable(line) else line


def words_after(question: CommandQuestion | DeskQuestion, values: Values) -> str:
    """Return what is said once the answer is recorded."""
    words = question.words
    return words if isinstance(words, str) else words(values)


def proposed_values(question: Question) -> Values:
    """Return what is proposed, and a stand-in for what has to be typed.

    The command these make tells whether any answer is possible. It is made for each
    key at each drawing, so this calls nothing.
    """
    values = Values()
    for field in question.fields:
        value = field.value
        if not value and isinstance(field, TextField) and field.required:
            value = "0" if field.digits else STAND_IN
        values[field.name] = value
    return values


def proposed_commands(question: CommandQuestion) -> Sequence[SessionCommand]:
    """Return what a question asks of the rules, as it proposes its answer."""
    made = question.command(proposed_values(question))
    return (made,) if isinstance(made, SessionCommand) else made


def about_all(
    session: Session,
    title: str,
    people: Sequence[Attempt],
    commands: Sequence[SessionCommand],
    words: str,
    *,
    lines: Sequence[str] = (),
    named: Collection[str] = (),
    then: Callable[[], object] | None = None,
) -> CommandQuestion:
    """Return a question that names everyone whom something is done to, as one step.

    Args:
        session: the session.
        title: what is done; to whom, if that is one person.
        people: to whom.
        commands: the steps.
        words: what is said once it is recorded.
        lines: what is to be read first.
        named: the attempts whose people those lines name already.
        then: what follows once it is recorded.
    """
    lines = list(lines)
    if len(people) > 1:
        others = [one for one in people if one.attempt_id not in named]
        lines += filter(None, (names_in_lines(session, others), ONE_STEP))
    return CommandQuestion(
        title,
        lines,
        command=lambda _: commands,
        words=f"{words} - {who_text(session, people)}",
        then=then,
    )


def each_named(
    session: Session, people: Sequence[Attempt], lines: int = 3
) -> tuple[str, ...]:
    """Return who is meant and how it is undone, if it is about several people."""
    return (names_in_lines(session, people, lines), ONE_STEP) if len(people) > 1 else ()


def name_staff(center: Center, ids: Iterable[str]) -> list[tuple[str, str]]:
    """Return these of the staff as options."""
    return [(one, center.staff[one].name.text) for one in ids]


def reason_in(values: Values) -> str:
    """Return the reason that was chosen, with what was typed besides."""
    typed = values.text("words", "").strip()
    return f"{values.text('reason')}: {typed}" if typed else values.text("reason")
