"""What is asked over a screen, as data: nothing here needs an app."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import TypeVar

from cptkiosk.desk import Recorded
from cptkiosk.domain.commands.base import STAND_IN, SessionCommand
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.center import Center
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.values import Actor, Refused
from cptkiosk.ui.naming import names_in_lines, who_text
from cptkiosk.ui.widgets.fields import Check, ChoiceField, Field, TextField, Values
from cptkiosk.words import explain

Q = TypeVar("Q", bound="Question")
Line = str | Callable[[], str]
"""A line above a form; one that is called is drawn again every second."""

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


def choice_field(
    name: str, label: str, words: Sequence[str], value: str = ""
) -> ChoiceField:
    """Return a choice of `words`, the first of them chosen unless it is `value`."""
    options = tuple((word, word) for word in words)
    return ChoiceField(name, label, options, value=value or words[0])


def staff_field(
    name: str, label: str, center: Center, ids: Sequence[str], value: str = ""
) -> ChoiceField:
    """Return a choice of staff, the first of them chosen unless it is `value`."""
    options = tuple((one, center.staff[one].name.text) for one in ids)
    return ChoiceField(name, label, options, value=value or ids[0])


REASON = TextField("reason", "Reason")


def ask_why(
    title: str,
    line: Line,
    command: Callable[[str], SessionCommand],
    words: str,
    *,
    known: str = "",
    then: Callable[[], object] | None = None,
) -> CommandQuestion:
    """Return a question for a reason alone.

    Args:
        title: what is done.
        line: the consequence.
        command: makes the command of the reason.
        words: what is said once it is recorded.
        known: the reason, if it is known already.
        then: what follows once it is recorded.
    """
    return CommandQuestion(
        title,
        (line,),
        (reason_field(known),),
        command=lambda values: command(values.text("reason")),
        words=words,
        then=then,
    )


def reason_field(value: str) -> TextField:
    """Return the field for a reason that is known already."""
    return replace(REASON, value=value)


def pin_field(label: str, name: str = "pin") -> TextField:
    """Return the field for a PIN."""
    return TextField(name, label, secret=True, digits=True)


def reason_fields(reasons: Sequence[str]) -> tuple[Field, ...]:
    """Return the fields that `reason_in` reads: one of several reasons, and more words."""
    words = TextField("words", "Details", required=False)
    return (choice_field("reason", "Reason", reasons), words)


def reason_in(values: Values) -> str:
    """Return the reason that was chosen, with what was typed besides."""
    typed = values.text("words", "").strip()
    return f"{values.text('reason')}: {typed}" if typed else values.text("reason")
