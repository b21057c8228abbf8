"""An interrupted attempt goes on with what was left of it, once."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.checkin import MarkAbsent
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.commands.planning import CancelAttempt
from cptkiosk.domain.commands.testing import EndEarly, EndSession, FinishAttempt
from cptkiosk.domain.values import DAY_MS, MINUTE_MS
from support.center import LEE
from support.exams import (
    allowed,
    assignment,
    begun,
    eligible_gate,
    keyed,
    opening,
    planned,
    refusal,
    registered,
    rolled,
    taken,
)
from support.sessions import advance, attempt_id, seated, started

A, B = "a", "b"
P1 = attempt_id("P1")


def ended_early(desk: Desk, ms: int = 754_567) -> AboutAttempt:
    """Let P1 be interrupted in session a after 12:34.567."""
    registered(desk, "P1", code="ONE", factor_permille=1500)
    key = begun(desk, A)
    advance(desk, ms)
    desk.perform(EndEarly(**key, outcome="interrupted", reason="power"), LEE)
    desk.perform(EndSession(session_id=A), LEE)
    return key


def test_an_interrupted_attempt_goes_on_with_exactly_what_was_left(desk: Desk) -> None:
    ended_early(desk)
    advance(desk, DAY_MS)
    begun(desk, B, continues=f"a/{P1}")
    session = desk.session(B)
    one = session.attempts[P1]

    def left() -> int:
        return session.left_ms(one, session.timeline_ms(desk.now()))

    assert left() == 135 * MINUTE_MS - 754_567
    advance(desk, left() - 1)
    assert left() == 1
    assert session.progress(one, session.timeline_ms(desk.now())) == "testing"
    advance(desk, 1)
    assert session.progress(one, session.timeline_ms(desk.now())) == "time-up"


def test_a_continued_attempt_keeps_its_user_code(desk: Desk) -> None:
    ended_early(desk)
    advance(desk, DAY_MS)
    planned(desk, B)

    assert "User code ONE was used" in refusal(desk, assignment(desk))
    assert allowed(desk, assignment(desk, continues=f"a/{P1}"))


def test_a_third_sitting_keeps_the_user_code_too(desk: Desk) -> None:
    ended_early(desk)
    advance(desk, DAY_MS)
    key = begun(desk, B, continues=f"a/{P1}")
    advance(desk, MINUTE_MS)
    desk.perform(EndEarly(**key, outcome="interrupted", reason="power"), LEE)
    desk.perform(EndSession(session_id=B), LEE)
    advance(desk, DAY_MS)
    planned(desk, "d")

    assert allowed(desk, assignment(desk, "d", continues=f"b/{P1}"))


def test_an_attempt_is_not_continued_twice(desk: Desk) -> None:
    ended_early(desk)
    advance(desk, DAY_MS)
    key = begun(desk, B, continues=f"a/{P1}")
    desk.perform(FinishAttempt(**key), LEE)
    planned(desk, "d")
    again = assignment(desk, "d", continues=f"a/{P1}")

    assert "is already continued in session b" in refusal(desk, again)


def test_it_may_be_continued_elsewhere_if_the_candidate_was_absent(desk: Desk) -> None:
    ended_early(desk)
    advance(desk, DAY_MS)
    planned(desk, B)
    rolled(desk, B, continues=f"a/{P1}")
    desk.perform(opening(B), LEE)
    desk.perform(MarkAbsent(session_id=B, attempt_ids=(P1,)), LEE)
    planned(desk, "d")

    assert allowed(desk, assignment(desk, "d", continues=f"a/{P1}"))


@pytest.mark.parametrize("shown", ["40", "64"])
def test_an_interrupted_attempt_with_a_score_is_over(desk: Desk, shown: str) -> None:
    keyed(desk, ended_early(desk), shown)
    advance(desk, 20 * DAY_MS)
    registered(desk, "P1")
    planned(desk, B)

    text = refusal(desk, assignment(desk, continues=f"a/{P1}"))
    assert "cannot be continued" in text


@pytest.mark.parametrize("how", ["withdrawn", "dismissed"])
def test_only_what_was_interrupted_goes_on(desk: Desk, how: str) -> None:
    registered(desk, "P1")
    taken(desk, A, "", how=how)
    planned(desk, B, in_ms=DAY_MS)

    text = refusal(desk, assignment(desk, continues=f"a/{P1}"))
    assert f"is {how} and cannot be continued" in text


def test_an_attempt_of_another_module_is_not_continued(desk: Desk) -> None:
    ended_early(desk)
    registered(desk, "P1", "quality")
    planned(desk, B, "quality", in_ms=DAY_MS)

    text = refusal(desk, assignment(desk, module="quality", continues=f"a/{P1}"))
    assert "There is no attempt" in text


def test_at_the_door_nothing_is_continued_that_was_scored_meanwhile(desk: Desk) -> None:
    key = ended_early(desk)
    planned(desk, B, in_ms=DAY_MS)
    rolled(desk, B, continues=f"a/{P1}")
    advance(desk, DAY_MS)
    desk.perform(opening(B), LEE)
    off = CancelAttempt(session_id=B, attempt_id=P1, reason="does not go on")
    desk.perform(off, LEE)
    keyed(desk, key, "40")
    desk.perform(UndoStep(session_id=B), LEE)

    assert "cannot be continued" in refusal(desk, eligible_gate(), LEE)


def test_an_interruption_is_not_undone_once_it_is_continued(desk: Desk) -> None:
    registered(desk, "P1")
    key = begun(desk, A)
    advance(desk, MINUTE_MS)
    desk.perform(EndEarly(**key, outcome="interrupted", reason="power"), LEE)
    planned(desk, B)
    rolled(desk, B, continues=f"a/{P1}")
    desk.perform(opening(B), LEE)
    seated(desk, B, P1)
    started(desk, B)

    assert not allowed(desk, UndoStep(session_id=A))
