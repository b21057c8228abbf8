"""A module whose last result is not known yet is not taken again without a reason."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from cptkiosk.desk import Desk
from cptkiosk.desk.lookups import Lookups
from cptkiosk.domain.commands import score as c
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.people.eligibility import collect_findings
from cptkiosk.domain.rules.assigning import assignment_case
from cptkiosk.domain.values import DAY_MS
from support.center import DANA, LEE
from support.exams import (
    allowed,
    assignment,
    irregularity,
    keyed,
    objection,
    planned,
    refusal,
    registered,
    rolled,
    taken,
)
from support.sessions import attempt_id

A = "a"
ONE: AboutAttempt = {"session_id": A, "attempt_id": attempt_id("P1")}


def not_keyed(desk: Desk) -> None:
    taken(desk, A, "")


def keyed_once(desk: Desk) -> None:
    taken(desk, A, "")
    desk.perform(c.KeyScore(**ONE, shown="10"), LEE)


def keyed_differently(desk: Desk) -> None:
    keyed_once(desk)
    desk.perform(c.KeyScore(**ONE, shown="11"), LEE)


def pending(desk: Desk) -> None:
    taken(desk, A, "")
    command = c.ExplainScore(**ONE, state="pending", reason="vendor slow")
    desk.perform(command, LEE)


def withheld(desk: Desk) -> None:
    taken(desk, A, "80")
    desk.perform(irregularity("MIS-NOTES", 3, validity="withhold"), LEE)


def disputed(desk: Desk) -> None:
    taken(desk, A, "")
    keyed(desk, ONE, "80", "not pass")


def being_corrected(desk: Desk) -> None:
    taken(desk, A, "80")
    desk.perform(c.KeyScore(**ONE, shown="10"), DANA)


OPEN: list[Callable[[Desk], None]] = [
    not_keyed, keyed_once, keyed_differently, pending, withheld, disputed,
    being_corrected,
]  # fmt: skip


@pytest.mark.parametrize("result", OPEN, ids=lambda one: one.__name__)
def test_open_result_blocks_a_retake_until_the_coordinator_gives_a_reason(
    desk: Desk, result: Callable[[Desk], None]
) -> None:
    registered(desk, "P1")
    result(desk)
    registered(desk, "P1")
    planned(desk, "b", in_ms=20 * DAY_MS)

    assert f"in session {A} is not final" in refusal(desk, assignment(desk))
    assert allowed(desk, assignment(desk, override="the vendor lost it"), DANA)


def test_interrupted_attempt_without_a_score_is_no_open_result(desk: Desk) -> None:
    registered(desk, "P1")
    taken(desk, A, "", how="interrupted")
    registered(desk, "P1")
    planned(desk, "b", in_ms=DAY_MS)

    assert objection(desk, "open result") is None


def test_settled_result_is_not_open(desk: Desk) -> None:
    registered(desk, "P1")
    taken(desk, A, "10")
    registered(desk, "P1")
    planned(desk, "b", in_ms=20 * DAY_MS)

    assert allowed(desk, assignment(desk))


@pytest.mark.parametrize(("full_days", "days"), [(True, 16), (False, 15)])
def test_assignment_is_judged_by_the_rule_it_was_made_under(
    desk: Desk, full_days: bool, days: int
) -> None:
    registered(desk, "P1")
    taken(desk, A, "10")
    registered(desk, "P1")
    planned(desk, "b", in_ms=days * DAY_MS)
    case = assignment_case(
        desk.session("b"),
        assignment(desk),
        Lookups(desk.record).session_context(LEE, "b"),
    )
    for early, found in ((0, []), (DAY_MS, ["retake wait"])):
        begins_ms = case.begins_utc_ms - early
        judged = replace(case, full_days=full_days, begins_utc_ms=begins_ms)
        assert [one.rule for one in collect_findings(judged)] == found


def test_assignment_says_that_full_days_were_counted(desk: Desk) -> None:
    registered(desk, "P1")
    planned(desk, "b")
    rolled(desk, "b")

    assert desk.session("b").attempts[attempt_id("P1")].full_days
