"""A command that was decided on what another terminal has changed since."""

from dataclasses import replace

from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.commands.score import DecideValidity, ExplainScore, KeyScore
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.score_state import KEYED_ONCE, Validity
from cptkiosk.domain.values import Refused


class Overtaken(Refused):
    """What the person saw is no longer so: they decide once more.

    Its remedy is the question to ask them.

    Attributes:
        again: the same command, saying what is so now; for a yes.
    """

    def __init__(
        self,
        code: str,
        again: SessionCommand,
        /,
        *,
        remedy: str = "",
        **details: object,
    ) -> None:
        super().__init__(code, remedy=remedy, **details)
        self.again = again


def who_did(attempt: Attempt, terminal: str) -> str:
    """Return where the last step about an attempt was made: 'this' or 'another'."""
    here = attempt.undo is not None and attempt.undo.terminal == terminal
    return "this" if here else "another"


def keying_question(attempt: Attempt) -> str:
    """Return what to ask about a keying that another one came before."""
    if attempt.score.state in KEYED_ONCE:
        return "is-second-keying"
    return "key-once-more"


def keyings_as_seen(
    attempt: Attempt,
    command: KeyScore | ExplainScore,
    question: str,
    terminal: str,
) -> None:
    """Check that the score was not entered meanwhile: a second entry is a blind one.

    Raises:
        Overtaken: if it was.
    """
    keyings = len(attempt.keyings)
    if command.seen_keyings is None or command.seen_keyings == keyings:
        return
    raise Overtaken(
        "keyed-meanwhile",
        replace(command, seen_keyings=keyings),
        remedy=question,
        who=who_did(attempt, terminal),
    )


def validity_as_seen(attempt: Attempt, command: DecideValidity) -> None:
    """Check that nothing changed meanwhile whether the score counts.

    Raises:
        Overtaken: if something did, such as a breach that withholds it.
    """
    if command.seen_validity in {"", attempt.validity}:
        return
    question = "declare-void"
    if command.validity == Validity.CLEAN:
        question = "let-count"
    raise Overtaken(
        "validity-changed",
        replace(command, seen_validity=attempt.validity.value),
        remedy=question,
        seen_validity=command.seen_validity,
        validity=attempt.validity,
    )
