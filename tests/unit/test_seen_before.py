"""Two terminals never double one intended step: a command says what was seen."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt, Batch, SessionCommand
from cptkiosk.domain.commands.halt import HaltSession
from cptkiosk.domain.commands.mistake import ReplaceOutcome, UndoStep
from cptkiosk.domain.commands.score import DecideValidity, ExplainScore, KeyScore
from cptkiosk.domain.commands.testing import (
    BeginBreak,
    EndSession,
    FinishAttempt,
    GiveCredit,
)
from cptkiosk.domain.state.overtaken import Overtaken
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS, Actor
from cptkiosk.words import explain_remedy, explain_why
from support.center import DANA, LEE, open_desk
from support.exams import irregularity, keyed
from support.sessions import a_session, attempt_id
from support.verdicts import refuses

A, P1 = "a", attempt_id("P1")
ONE: AboutAttempt = {"session_id": A, "attempt_id": P1}
CREDIT = GiveCredit(**ONE, credit_ms=6 * MINUTE_MS, reason="noise")
SCORE = KeyScore(**ONE, shown="64", shown_as="raw")
UNDO = UndoStep(session_id=A, here_only=True)


@pytest.fixture
def other(desk: Desk) -> Iterator[Desk]:
    """A second terminal on the same record."""
    two = open_desk(Path(desk.ledger.path).parent, desk.clock, "t2")
    yield two
    two.ledger.close()


def overtaken(desk: Desk, command: SessionCommand, actor: Actor = LEE) -> Overtaken:
    """Return how a command is asked about again; nothing is recorded by it."""
    desk.catch_up()
    before = desk.ledger.head().seq
    assert desk.preview.refusal(command, actor) is None
    with pytest.raises(Overtaken) as caught:
        desk.perform(command, actor)
    assert desk.ledger.head().seq == before
    return caught.value


# Credits


def test_one_credit_asked_for_at_two_terminals_is_given_once(
    running: Desk, other: Desk
) -> None:
    seen = replace(CREDIT, seen_credit_ms=0)
    other.perform(seen, DANA)

    found = overtaken(running, seen)
    assert explain_why(found) == "Another terminal gave +6:00 a moment ago."
    assert explain_remedy(found) == "Give 6:00 more?"
    assert running.session(A).attempts[P1].credit_ms == 6 * MINUTE_MS


def test_a_second_credit_is_given_once_the_person_has_said_so(
    running: Desk, other: Desk
) -> None:
    seen = replace(CREDIT, seen_credit_ms=0)
    other.perform(seen, LEE)
    running.perform(overtaken(running, seen).again, LEE)
    assert running.session(A).attempts[P1].credit_ms == 12 * MINUTE_MS


def test_time_taken_off_is_named_as_that(running: Desk, other: Desk) -> None:
    off = replace(CREDIT, credit_ms=-2 * MINUTE_MS, seen_credit_ms=0)
    other.perform(off, LEE)
    found = overtaken(running, off)
    assert explain_why(found) == "Another terminal took off 2:00 a moment ago."
    assert explain_remedy(found) == "Take off 2:00 more?"


def test_a_credit_from_a_person_who_did_not_look_is_accepted(running: Desk) -> None:
    for _ in range(2):
        running.perform(CREDIT, LEE)
    assert running.session(A).attempts[P1].credit_ms == 12 * MINUTE_MS


def test_a_batch_asks_once_about_everybody_who_was_given_time_meanwhile(
    desk: Desk, other: Desk
) -> None:
    a_session(desk, 2)
    each = tuple(
        replace(CREDIT, attempt_id=attempt_id(who), seen_credit_ms=0)
        for who in ("P1", "P2")
    )
    other.perform(each[0], LEE)

    found = overtaken(desk, Batch(session_id=A, commands=each))
    assert "FamilyP1, Kim: Another terminal gave +6:00" in explain_why(found)
    desk.perform(found.again, LEE)
    given = [one.credit_ms for one in desk.session(A).attempts.values()]
    assert given == [12 * MINUTE_MS, 6 * MINUTE_MS]


# Keyings


def test_two_first_keyings_never_make_a_verified_score(over: Desk, other: Desk) -> None:
    first = replace(SCORE, seen_keyings=0)
    other.perform(first, DANA)

    found = overtaken(over, first)
    assert "Another terminal entered a score" in explain_why(found)
    assert "second entry" in explain_remedy(found)
    assert over.session(A).attempts[P1].score.state is ScoreState.ENTERED

    over.perform(found.again, LEE)
    assert over.session(A).attempts[P1].score.state is ScoreState.VERIFIED


def test_a_score_keyed_meanwhile_is_not_set_aside_unseen(
    over: Desk, other: Desk
) -> None:
    other.perform(SCORE, DANA)
    unseen = ExplainScore(**ONE, state="pending", reason="late", seen_keyings=0)
    assert explain_remedy(overtaken(over, unseen)) == "Set that score aside?"
    assert over.session(A).attempts[P1].score.state is ScoreState.ENTERED


# Decisions of the coordinator


def test_a_score_withheld_meanwhile_is_not_released_unseen(
    over: Desk, other: Desk
) -> None:
    keyed(over, ONE, "64")
    over.perform(irregularity(severity=2, validity="flag"), LEE)
    clear = DecideValidity(
        **ONE, validity="clean", reason="no harm", seen_validity="flagged"
    )
    other.catch_up()
    other.perform(irregularity(severity=3), LEE)

    found = overtaken(over, clear, DANA)
    assert "withheld now" in explain_why(found)
    assert over.session(A).attempts[P1].validity == "withheld"

    over.perform(found.again, DANA)
    assert over.session(A).attempts[P1].validity == "clean"


def test_an_outcome_replaced_meanwhile_is_not_replaced_again_unseen(
    over: Desk, other: Desk
) -> None:
    ended_ms = over.session(A).attempts[P1].end_line_ms
    first = ReplaceOutcome(
        **ONE, outcome="absent", reason="wrong seat", seen_standing="finished",
        seen_end_line_ms=ended_ms,
    )  # fmt: skip
    other.perform(replace(first, outcome="denied"), DANA)

    found = overtaken(over, first, DANA)
    assert explain_why(found) == "Meanwhile, the outcome was changed to denied."
    over.perform(found.again, DANA)
    assert over.session(A).attempts[P1].standing == "absent"


def test_another_time_of_an_outcome_is_not_replaced_unseen(
    over: Desk, other: Desk
) -> None:
    ended_ms = over.session(A).attempts[P1].end_line_ms
    assert ended_ms is not None
    first = ReplaceOutcome(
        **ONE, outcome="withdrawn", reason="went home", seen_standing="finished",
        seen_end_line_ms=ended_ms,
    )  # fmt: skip
    earlier = replace(first, outcome="finished", stopped_line_ms=ended_ms - 1000)
    other.perform(earlier, DANA)

    assert "the time of the outcome was changed" in explain_why(
        overtaken(over, first, DANA)
    )


# Undo


def test_undo_names_a_step_made_at_another_terminal(running: Desk, other: Desk) -> None:
    other.perform(CREDIT, LEE)
    found = overtaken(running, UNDO)
    assert "another terminal" in explain_why(found)
    assert "FamilyP1" in explain_why(found)

    running.perform(found.again, LEE)
    assert running.session(A).attempts[P1].credit_ms == 0


def test_undo_takes_back_nothing_that_was_not_named(running: Desk, other: Desk) -> None:
    other.perform(CREDIT, LEE)
    again = overtaken(running, UNDO).again
    other.perform(BeginBreak(**ONE), LEE)
    with refuses("after that step"):
        running.perform(again, LEE)


def test_a_halt_and_an_end_of_another_terminal_are_named_first(
    running: Desk, other: Desk
) -> None:
    other.perform(HaltSession(session_id=A, reason="alarm"), LEE)
    found = overtaken(running, UNDO)
    assert "the halt" in explain_why(found)
    running.perform(found.again, LEE)
    assert running.session(A).stage is Stage.RUNNING

    other.perform(FinishAttempt(**ONE), LEE)
    other.perform(EndSession(session_id=A), LEE)
    found = overtaken(running, UNDO)
    assert "the end" in explain_why(found)
    running.perform(found.again, LEE)
    assert running.session(A).stage is Stage.RUNNING


def test_undo_takes_back_a_step_of_this_terminal_at_once(running: Desk) -> None:
    running.perform(CREDIT, LEE)
    running.perform(UNDO, LEE)
    assert running.session(A).attempts[P1].credit_ms == 0
