"""Every event about a session has one function that says what it makes of it."""

from pathlib import Path

from cptkiosk.domain.events import fact as events
from cptkiosk.domain.events.planning import AttemptAssigned
from cptkiosk.domain.events.session import AttemptFact
from cptkiosk.domain.state import (
    attempt_changes,
    halt_changes,
    score_changes,
    session_changes,
)
from cptkiosk.ledger import codec
from support.facts import SESSION_FACTS

ABOUT_ATTEMPTS = {fact for fact in SESSION_FACTS if issubclass(fact, AttemptFact)}


def test_every_ledger_reader_knows_every_file_of_events() -> None:
    files = {path.stem for path in Path(events.__file__).parent.glob("*.py")}

    known = {one.__name__.rpartition(".")[2] for one in codec.EVENT_FILES}

    assert files - {"__init__", "fact"} <= known


def test_every_event_about_an_attempt_is_in_the_table() -> None:
    # An assignment makes the attempt; there is none yet that it could change.
    assert attempt_changes.HANDLERS.keys() == ABOUT_ATTEMPTS - {AttemptAssigned}


def test_every_other_event_of_a_session_is_in_the_table() -> None:
    logged = {fact for fact in SESSION_FACTS if issubclass(fact, events.LogFact)}

    assert session_changes.HANDLERS.keys() == SESSION_FACTS - ABOUT_ATTEMPTS - logged


def test_tables_that_are_put_together_share_no_event() -> None:
    scores, halts = score_changes.HANDLERS, halt_changes.HANDLERS

    assert {attempt_changes.HANDLERS[fact] for fact in scores} == set(scores.values())
    assert {session_changes.HANDLERS[fact] for fact in halts} == set(halts.values())


def test_every_function_of_the_tables_is_for_one_event() -> None:
    for table in (attempt_changes.HANDLERS, session_changes.HANDLERS):
        assert len(set(table.values())) == len(table)
