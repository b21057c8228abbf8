"""What the desk says to a command: recorded, or refused with nothing changed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from cptkiosk.desk import Desk, Recorded
from cptkiosk.domain.commands.base import AboutAttempt, SessionCommand
from cptkiosk.domain.commands.checkin import HandOver
from cptkiosk.domain.commands.closing import SealSession
from cptkiosk.domain.values import Actor, Refused
from cptkiosk.ledger.maintenance.verify import verify_ledger
from cptkiosk.words import explain
from support.center import DANA, DANA_PIN, LEE_PIN, open_desk
from support.sessions import attempt_id

A = "a"


def keys(who: str) -> AboutAttempt:
    return {"session_id": A, "attempt_id": attempt_id(who)}


def is_sentence(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Z0-9'\"#][^\n]{8,}[.]", text))


def asked(desk: Desk, command: SessionCommand, actor: Actor) -> Recorded:
    """Ask for it the way it is asked for: a signature with the PIN."""
    if isinstance(command, SealSession):
        pin = DANA_PIN if actor is DANA else LEE_PIN
        return desk.seal(command.session_id, actor, pin)
    if isinstance(command, HandOver):
        return desk.hand_over(command.session_id, DANA, DANA_PIN, command.to, DANA_PIN)
    return desk.perform(command, actor)


@contextmanager
def refuses(
    match: str, kind: type[Refused] = Refused
) -> Iterator[pytest.ExceptionInfo[Refused]]:
    """See that what is done inside is refused, with these words to a person."""
    with pytest.raises(kind) as refused:
        yield refused
    said = explain(refused.value)
    assert re.search(match, said), said


def refusal(desk: Desk, command: SessionCommand, actor: Actor) -> str:
    """Return why a command is refused, having seen that nothing changed."""
    before, head = desk.session(command.session_id), desk.ledger.head()
    forecast = explain(desk.preview.refusal(command, actor))
    with pytest.raises(Refused) as refused:
        asked(desk, command, actor)
    assert desk.session(command.session_id) == before
    assert desk.ledger.head() == head
    text = explain(refused.value)
    assert is_sentence(text), text
    assert forecast == text
    return text


def is_recorded(desk: Desk, command: SessionCommand, actor: Actor) -> None:
    """See that a command is allowed, and becomes entries that read back the same."""
    head = desk.ledger.head()
    assert desk.preview.refusal(command, actor) is None
    recorded = asked(desk, command, actor)
    assert recorded.seq > head.seq
    stream = f"session/{command.session_id}"
    written = desk.ledger.read_stream(stream)[-len(recorded.entries) :]
    assert written == recorded.entries
    fresh = open_desk(desk.ledger.path.parent, desk.clock)
    assert fresh.session(command.session_id) == desk.session(command.session_id)
    fresh.ledger.close()
    verify_ledger(desk.ledger)
