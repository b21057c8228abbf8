"""A command that was decided on what another terminal has changed since."""

from cptkiosk.domain import timing
from cptkiosk.domain.attempt import KEYED_ONCE, Attempt
from cptkiosk.domain.commands import SessionCommand
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
