"""A command that was decided on what another terminal has changed since."""

from dataclasses import replace

from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.commands.score import DecideValidity, ExplainScore, KeyScore
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.score_state import KEYED_ONCE, Validity
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import Refused


class Overtaken(Refused):
    """What the person saw is no longer so: they decide once more.

    Attributes:
        question: what to ask them.
        again: the same command, saying what is so now; for a yes.
    """

    def __init__(self, why: str, question: str, again: SessionCommand) -> None:
        super().__init__(why, question)
        self.question = question
        self.again = again


def who_did(attempt: Attempt, terminal: str) -> str:
    """Return where the last step about an attempt was made, to begin a sentence."""
    here = attempt.undo is not None and attempt.undo.terminal == terminal
    return "This terminal" if here else "Another terminal"


def credit_words(ms: int) -> str:
    """Return a credit as it is given: 'gave +6:00' or 'took off 2:00'."""
    span = timing.span_text(abs(ms))
    return f"gave +{span}" if ms > 0 else f"took off {span}"


def keying_question(attempt: Attempt) -> str:
    """Return what to ask about a keying that another one came before."""
    if attempt.score.state in KEYED_ONCE:
        return "Is yours the second keying, read from the vendor's screen?"
    return "Key this score once more?"


def keyings_as_seen(
    attempt: Attempt,
    command: KeyScore | ExplainScore,
    question: str,
    terminal: str,
) -> None:
    """Check that nobody keyed the score meanwhile: a second keying is a blind one.

    Raises:
        Overtaken: if somebody did.
    """
    keyings = len(attempt.keyings)
    if command.seen_keyings is None or command.seen_keyings == keyings:
        return
    raise Overtaken(
        f"{who_did(attempt, terminal)} keyed a score a moment ago.",
        question,
        replace(command, seen_keyings=keyings),
    )


def validity_as_seen(attempt: Attempt, command: DecideValidity) -> None:
    """Check that nothing changed meanwhile whether the score counts.

    Raises:
        Overtaken: if something did, such as a breach that withholds it.
    """
    if command.seen_validity in {"", attempt.validity}:
        return
    question = "Declare it void?"
    if command.validity == Validity.CLEAN:
        question = f"It is {attempt.validity} now: let it count?"
    raise Overtaken(
        f"The score was {command.seen_validity}; it is {attempt.validity} now."
        " Look at the reports first.",
        question,
        replace(command, seen_validity=attempt.validity.value),
    )
