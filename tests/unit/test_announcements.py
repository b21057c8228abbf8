"""When the minutes left are to be announced, and when they were missed."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import testing as c
from cptkiosk.domain.guidance.next_step import next_step
from cptkiosk.domain.rules.announcing import missed_call
from cptkiosk.domain.values import MINUTE_MS
from support.center import LEE
from support.exams import irregularity
from support.sessions import advance, attempt_id, left_ms, line

A = "a"
P1, P2 = attempt_id("P1"), attempt_id("P2")


def minutes_missed(desk: Desk) -> int | None:
    """Return the minutes left that were not announced in time."""
    missed = missed_call(desk.session(A), line(desk), desk.definitions.policies)
    return None if missed is None else missed.minutes


@pytest.mark.parametrize(
    ("after_s", "is_missed"), [(59, False), (60, False), (61, True)]
)
@pytest.mark.parametrize("minutes", [30, 10, 5])
def test_an_announcement_a_minute_overdue_is_missed(
    running: Desk, minutes: int, after_s: int, is_missed: bool
) -> None:
    policies = running.definitions.policies
    for earlier in (30, 10, 5):
        if earlier > minutes:
            advance(running, left_ms(running, "P1") - earlier * MINUTE_MS)
            running.perform(
                c.Announce(session_id=A, minutes=earlier, attempt_ids=(P1,)), LEE
            )
    advance(running, left_ms(running, "P1") - minutes * MINUTE_MS + after_s * 1000)
    missed = missed_call(running.session(A), line(running), policies)

    assert (missed is not None) is is_missed
    if missed is not None:
        assert (missed.minutes, missed.attempt_ids) == (minutes, (P1,))


def test_a_missed_call_is_settled_by_saying_why(running: Desk) -> None:
    advance(running, 61 * MINUTE_MS + 1000)
    assert minutes_missed(running) == 30
    why = irregularity("TIM-MISSWARN", details=(("minutes", "30"),))
    running.perform(why, LEE)

    assert minutes_missed(running) is None
    assert not running.session(A).in_force[0].event.missing


def test_a_missed_call_is_asked_for_also_once_everybody_has_finished(
    running: Desk,
) -> None:
    policies = running.definitions.policies
    advance(running, 91 * MINUTE_MS)
    for one in running.session(A).attempts:
        running.perform(c.FinishAttempt(session_id=A, attempt_id=one), LEE)

    assert minutes_missed(running) == 30
    step = next_step(running.session(A), line(running), policies)
    assert step.action == "missed"


def test_a_candidate_who_finished_before_an_announcement_did_not_miss_it(
    running: Desk,
) -> None:
    advance(running, 59 * MINUTE_MS)
    for one in running.session(A).attempts:
        running.perform(c.FinishAttempt(session_id=A, attempt_id=one), LEE)
    advance(running, 30 * MINUTE_MS)

    assert minutes_missed(running) is None


def test_why_one_call_was_missed_does_not_settle_another(running: Desk) -> None:
    running.perform(irregularity("TIM-MISSWARN", details=(("minutes", "10"),)), LEE)
    advance(running, 61 * MINUTE_MS + 1000)

    assert minutes_missed(running) == 30
