"""Every event about a session has one function that says what it makes of it."""

from cptkiosk.domain import (
    attempt_changes,
    halt_changes,
    score_changes,
    session_changes,
)
from cptkiosk.domain.events import EVENT_TYPES, Fact
from cptkiosk.domain.session_events import AttemptAssigned, AttemptFact

OF_SESSIONS: set[type[Fact]] = {
    fact
    for fact in EVENT_TYPES.values()
    if fact.__module__ == "cptkiosk.domain.session_events"
}
ABOUT_ATTEMPTS = {fact for fact in OF_SESSIONS if issubclass(fact, AttemptFact)}


def test_every_event_about_an_attempt_is_in_the_table() -> None:
    # An assignment makes the attempt; there is none yet that it could change.
    assert attempt_changes.HANDLERS.keys() == ABOUT_ATTEMPTS - {AttemptAssigned}


def test_every_other_event_of_a_session_is_in_the_table() -> None:
    assert session_changes.HANDLERS.keys() == OF_SESSIONS - ABOUT_ATTEMPTS


def test_tables_that_are_put_together_share_no_event() -> None:
    scores, halts = score_changes.HANDLERS, halt_changes.HANDLERS

    assert {attempt_changes.HANDLERS[fact] for fact in scores} == set(scores.values())
    assert {session_changes.HANDLERS[fact] for fact in halts} == set(halts.values())


def test_every_function_of_the_tables_is_for_one_event() -> None:
    for table in (attempt_changes.HANDLERS, session_changes.HANDLERS):
        assert len(set(table.values())) == len(table)
