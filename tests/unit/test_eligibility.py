"""Who may take what, when: each rule on both sides of its limit, through the desk."""

from collections.abc import Callable
from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain import commands as c
from cptkiosk.domain import personal_record as p
from cptkiosk.domain.calendar import age
from cptkiosk.domain.candidate import RegisterPerson, Registration
from cptkiosk.domain.modules import window
from cptkiosk.domain.values import DAY_MS, HOUR_MS, MINUTE_MS, Refused, Role
from support.center import DANA, DANA_PIN, LEE, LEE_PIN
from support.exams import (
    allowed,
    begun,
    keyed,
    local,
    opening,
    planned,
    policy,
    refusal,
    registered,
    rolled,
    taken,
)
from support.sessions import advance, at_the_desk, attempt_id, seated, started

A, B = "a", "b"
P1 = attempt_id("P1")
EXAM_MS = 90 * MINUTE_MS


def wish(
    desk: Desk, session_id: str = B, who: str = "P1", module: str = "safety", **more
):
    return desk.assignment(session_id, who, module, **more)


def door(session_id: str = B, who: str = "P1", module: str = "safety"):
    return c.PassGates(
        session_id=session_id, attempt_id=attempt_id(who, module), gates=("eligible",)
    )


def found(desk: Desk, rule, **more):
    """Return what one rule has against putting P1 on the roll of session b."""
    return next(
        (one for one in desk.against_assigning(wish(desk, **more)) if one.rule == rule),
        None,
    )


# Retake wait


@pytest.mark.parametrize(("days", "may"), [(14, False), (15, True)])
def test_a_failed_module_is_taken_again_after_fifteen_days(
    desk: Desk, days: int, may: bool
) -> None:
    registered(desk, "P1")
    taken(desk, A, "63")
    registered(desk, "P1")
    planned(desk, B, in_ms=days * DAY_MS)

    assert allowed(desk, wish(desk)) is may


def test_a_passed_module_asks_for_no_wait_but_for_a_reason(desk: Desk) -> None:
    registered(desk, "P1")
    taken(desk, A, "64")
    registered(desk, "P1")
    planned(desk, B, in_ms=DAY_MS)

    assert found(desk, "retake wait") is None
    assert found(desk, "passed already") is not None


@pytest.mark.parametrize(
    ("begins", "may"), [("2026-10-05T23:59", False), ("2026-10-06T00:00", True)]
)
def test_the_wait_ends_with_the_centers_midnight_not_with_that_of_utc(
    desk: Desk, begins: str, may: bool
) -> None:
    registered(desk, "P1")
    taken(desk, A, "40")
    registered(desk, "P1")
    planned(desk, B, at=local(begins))

    assert desk.local_date(desk.now().utc_ms) == "2026-09-21"
    assert allowed(desk, wish(desk)) is may


def test_the_first_eligible_date_is_named(desk: Desk) -> None:
    registered(desk, "P1")
    taken(desk, A, "40")
    registered(desk, "P1")
    planned(desk, B, in_ms=DAY_MS)

    assert found(desk, "retake wait").first_date == "2026-10-06"
    assert "The first eligible date is 2026-10-06." in refusal(desk, wish(desk))


@pytest.mark.parametrize(("days", "may"), [(59, False), (60, True)])
def test_after_the_third_failure_sixty_days_pass(
    desk: Desk, days: int, may: bool
) -> None:
    for number in range(3):
        registered(desk, "P1")
        taken(desk, f"f{number}", "40")
        advance(desk, 15 * DAY_MS)
    registered(desk, "P1")
    planned(desk, B, in_ms=(days - 15) * DAY_MS)

    assert allowed(desk, wish(desk)) is may


@pytest.mark.parametrize(("days", "may"), [(14, False), (15, True)])
def test_after_the_second_failure_fifteen_days_still_do(
    desk: Desk, days: int, may: bool
) -> None:
    registered(desk, "P1")
    taken(desk, "f1", "40")
    advance(desk, 15 * DAY_MS)
    registered(desk, "P1")
    taken(desk, "f2", "40")
    registered(desk, "P1")
    planned(desk, B, in_ms=days * DAY_MS)

    assert allowed(desk, wish(desk)) is may


def test_the_wait_is_the_centers_to_decide(desk: Desk) -> None:
    policy(desk, retake_wait_days=30)
    registered(desk, "P1")
    taken(desk, A, "40")
    registered(desk, "P1")
    planned(desk, B, in_ms=29 * DAY_MS)
    planned(desk, "d", in_ms=30 * DAY_MS)

    assert not allowed(desk, wish(desk))
    assert allowed(desk, wish(desk, "d"))


def test_a_failure_of_one_module_asks_for_no_wait_before_another(desk: Desk) -> None:
    registered(desk, "P1")
    registered(desk, "P1", "quality")
    taken(desk, A, "40")
    planned(desk, B, "quality", in_ms=DAY_MS)

    assert allowed(desk, wish(desk, module="quality"))


def no_show(desk: Desk) -> None:
    planned(desk, A)
    rolled(desk, A)
    desk.perform(opening(A), LEE)
    desk.perform(c.MarkAbsent(session_id=A, attempt_ids=(P1,)), LEE)


def turned_away(desk: Desk) -> None:
    planned(desk, A)
    rolled(desk, A)
    desk.perform(opening(A), LEE)
    deny = c.DenyAttempt(
        session_id=A, attempt_id=P1, reason="no ID", coordinator_called=True
    )
    desk.perform(deny, LEE)


def interrupted(desk: Desk) -> None:
    key = taken(desk, A, "", how="interrupted")
    why = c.ExplainScore(**key, state="not applicable", reason="power")
    desk.perform(why, LEE)


def voided(desk: Desk) -> None:
    key = taken(desk, A, "40")
    withheld(desk, key)
    void = c.DecideValidity(**key, validity="void", reason="told", reference="MSSC-7")
    desk.perform(void, DANA)


def withheld(desk: Desk, key: str) -> None:
    breach = c.RecordIrregularity(
        session_id=key["session_id"], code="ENV-NOISE", severity=3, scope="attempt",
        validity="none", attempt_ids=(key["attempt_id"],), observed="A phone was out.",
        action_taken="Taken away.",
    )  # fmt: skip
    desk.perform(breach, LEE)


@pytest.mark.parametrize("past", [no_show, turned_away, interrupted, voided])
def test_what_is_no_failure_asks_for_no_wait(
    desk: Desk, past: Callable[..., Any]
) -> None:
    registered(desk, "P1")
    past(desk)
    registered(desk, "P1")
    planned(desk, B, in_ms=DAY_MS)

    assert allowed(desk, wish(desk))


def test_an_interrupted_attempt_with_a_failing_score_is_a_failure(desk: Desk) -> None:
    registered(desk, "P1")
    taken(desk, A, "40", how="interrupted")
    registered(desk, "P1")
    planned(desk, B, in_ms=DAY_MS)

    assert found(desk, "retake wait")


def test_a_withheld_failure_is_one(desk: Desk) -> None:
    registered(desk, "P1")
    withheld(desk, taken(desk, A, "40"))
    registered(desk, "P1")
    planned(desk, B, in_ms=DAY_MS)

    assert found(desk, "retake wait")


def test_a_wait_is_found_at_the_door_where_the_roll_came_before_the_failure(
    desk: Desk,
) -> None:
    registered(desk, "P1")
    key = taken(desk, A, "")
    registered(desk, "P1")
    planned(desk, B, in_ms=DAY_MS)
    rolled(desk, B)
    advance(desk, DAY_MS)
    desk.perform(opening(B), LEE)
    assert allowed(desk, door())

    keyed(desk, key, "40")
    assert "must pass" in refusal(desk, door())


# Passed already, and who may say otherwise


def test_a_passed_module_is_taken_again_only_if_the_coordinator_says_why(
    desk: Desk,
) -> None:
    registered(desk, "P1")
    taken(desk, A, "64")
    registered(desk, "P1")
    planned(desk, B, in_ms=DAY_MS)
    why = wish(desk, override="her certificate was lost, MSSC asks for it")

    assert "was passed on 2026-09-21 in session a" in refusal(desk, wish(desk), DANA)
    assert "needs the coordinator" in refusal(desk, why, LEE)
    desk.perform(why, DANA)
    assert "lost" in desk.session(B).attempts[P1].override.text


def test_a_pass_that_does_not_count_is_taken_again(desk: Desk) -> None:
    registered(desk, "P1")
    withheld(desk, taken(desk, A, "64"))
    registered(desk, "P1")
    planned(desk, B, in_ms=DAY_MS)

    assert found(desk, "passed already") is None


def test_what_was_overridden_on_the_roll_stays_so_at_the_door(desk: Desk) -> None:
    registered(desk, "P1")
    taken(desk, A, "64")
    registered(desk, "P1")
    planned(desk, B, in_ms=DAY_MS)
    rolled(desk, B, override="MSSC asks for it")
    desk.perform(opening(B), LEE)

    assert allowed(desk, door())


def test_an_override_answers_the_rule_it_was_given_for_and_no_other(desk: Desk) -> None:
    registered(desk, "P1")
    taken(desk, A, "64")
    registered(desk, "P1")
    planned(desk, B, in_ms=DAY_MS)
    rolled(desk, B, override="MSSC asks for it")
    desk.perform(opening(B), LEE)
    policy(desk, blocks_unpaid=True)
    registered(desk, "P1", paid=False)
    desk.refresh_rolls(frozenset({"P1"}), LEE)

    assert "fee" in refusal(desk, door(), LEE)


def test_the_coordinator_waives_at_the_door_what_a_proctor_may_not(desk: Desk) -> None:
    registered(desk, "P1")
    planned(desk, B, in_ms=3 * HOUR_MS)
    rolled(desk, B)
    policy(desk, blocks_unpaid=True)
    registered(desk, "P1", paid=False)
    desk.refresh_rolls(frozenset({"P1"}), LEE)
    desk.perform(opening(B), LEE)
    waive = c.WaiveGate(
        session_id=B, attempt_id=P1, gate="eligible", reason="the school pays"
    )

    assert "not settled" in refusal(desk, door())
    assert "needs the coordinator" in refusal(desk, waive, LEE)
    assert allowed(desk, waive, DANA)


# Overlapping sessions, live attempts


@pytest.mark.parametrize(("after_ms", "may"), [(-1, False), (0, True)])
def test_a_session_may_begin_when_another_is_planned_to_end(
    desk: Desk, after_ms: int, may: bool
) -> None:
    registered(desk, "P1")
    registered(desk, "P1", "quality")
    planned(desk, A, in_ms=DAY_MS)
    rolled(desk, A)
    planned(desk, B, "quality", in_ms=DAY_MS + EXAM_MS + after_ms)

    assert allowed(desk, wish(desk, module="quality")) is may


@pytest.mark.parametrize(("before_ms", "may"), [(1, False), (0, True)])
def test_a_session_may_end_when_another_is_planned_to_begin(
    desk: Desk, before_ms: int, may: bool
) -> None:
    registered(desk, "P1")
    registered(desk, "P1", "quality")
    planned(desk, A, in_ms=2 * DAY_MS)
    rolled(desk, A)
    planned(desk, B, "quality", in_ms=2 * DAY_MS - EXAM_MS + before_ms)

    assert allowed(desk, wish(desk, module="quality")) is may


@pytest.mark.parametrize(("before_ms", "may"), [(1, False), (0, True)])
def test_extra_time_counts_in_an_overlap(desk: Desk, before_ms: int, may: bool) -> None:
    registered(desk, "P1")
    registered(desk, "P1", "quality", factor_permille=1500)
    planned(desk, A, in_ms=2 * DAY_MS)
    rolled(desk, A)
    planned(desk, B, "quality", in_ms=2 * DAY_MS - 135 * MINUTE_MS + before_ms)

    assert allowed(desk, wish(desk, module="quality")) is may


def test_nobody_may_override_an_overlap(desk: Desk) -> None:
    registered(desk, "P1")
    registered(desk, "P1", "quality")
    planned(desk, A, in_ms=DAY_MS)
    rolled(desk, A)
    planned(desk, B, "quality", in_ms=DAY_MS)
    why = wish(desk, module="quality", override="she is quick")

    assert "They are in session a until" in refusal(desk, why, DANA)


def test_a_session_that_ended_early_overlaps_with_nothing_after_it(desk: Desk) -> None:
    registered(desk, "P1")
    registered(desk, "P1", "quality")
    taken(desk, A, "", minutes=30)
    planned(desk, B, "quality")

    assert allowed(desk, wish(desk, module="quality"))


def late_in_a_and_at_the_door_of_b(desk: Desk) -> None:
    """Let session a begin an hour after its plan, and b open when a should be over."""
    registered(desk, "P1")
    registered(desk, "P1", "quality")
    planned(desk, A)
    rolled(desk, A)
    planned(desk, B, "quality", in_ms=EXAM_MS)
    rolled(desk, B, module="quality")
    desk.perform(opening(A), LEE)
    seated(desk, A, P1)
    advance(desk, HOUR_MS)
    started(desk, A)
    desk.perform(opening(B), LEE)


@pytest.mark.parametrize("over", [False, True])
def test_somebody_testing_elsewhere_is_not_let_in_at_the_door(
    desk: Desk, over: bool
) -> None:
    late_in_a_and_at_the_door_of_b(desk)
    advance(desk, EXAM_MS - 1)
    if over:
        desk.perform(c.FinishAttempt(session_id=A, attempt_id=P1), LEE)

    assert allowed(desk, door(module="quality")) is over


def test_nor_is_somebody_who_takes_longer_than_planned(desk: Desk) -> None:
    late_in_a_and_at_the_door_of_b(desk)
    desk.perform(c.HaltSession(session_id=A, reason="alarm"), LEE)
    advance(desk, EXAM_MS)

    assert not allowed(desk, door(module="quality"))


def test_a_module_is_not_on_two_rolls_at_once(desk: Desk) -> None:
    registered(desk, "P1")
    planned(desk, A, in_ms=DAY_MS)
    rolled(desk, A)
    planned(desk, B, in_ms=5 * DAY_MS)
    text = refusal(desk, wish(desk, override="just in case"), DANA)
    assert "Safety is open in session a already" in text

    cancel = c.CancelAttempt(session_id=A, attempt_id=P1, reason="comes later")
    desk.perform(cancel, LEE)
    assert allowed(desk, wish(desk))


def test_a_cancellation_is_not_undone_once_the_module_is_on_another_roll(
    desk: Desk,
) -> None:
    registered(desk, "P1")
    planned(desk, A)
    rolled(desk, A)
    desk.perform(opening(A), LEE)
    cancel = c.CancelAttempt(session_id=A, attempt_id=P1, reason="comes later")
    desk.perform(cancel, LEE)
    planned(desk, B, in_ms=5 * DAY_MS)
    rolled(desk, B)

    assert "already" in refusal(desk, c.UndoStep(session_id=A))


# User codes


def test_a_user_code_is_used_once(desk: Desk) -> None:
    registered(desk, "P1", code="ONE")
    taken(desk, A, "40")
    planned(desk, B, in_ms=20 * DAY_MS)
    text = refusal(desk, wish(desk, override="it still opens"), DANA)
    assert "User code ONE was used in session a" in text

    registered(desk, "P1", code="TWO")
    assert allowed(desk, wish(desk))


def test_a_code_is_not_used_up_by_somebody_who_never_started(desk: Desk) -> None:
    registered(desk, "P1", code="ONE")
    no_show(desk)
    planned(desk, B, in_ms=DAY_MS)

    assert allowed(desk, wish(desk))


@pytest.mark.parametrize(
    ("last_day", "may"),
    [("2026-09-20", False), ("2026-09-21", True), ("2026-09-22", True)],
)
def test_a_user_code_opens_the_assessment_until_its_last_day(
    desk: Desk, last_day: str, may: bool
) -> None:
    registered(desk, "P1", code_expires=last_day)
    planned(desk, B)

    assert allowed(desk, wish(desk)) is may
    assert (found(desk, "user code expired") is None) is may


def test_a_code_that_expired_since_is_found_at_the_door(desk: Desk) -> None:
    registered(desk, "P1", code_expires="2026-09-21")
    planned(desk, B)
    rolled(desk, B)
    desk.perform(opening(B), LEE)
    assert allowed(desk, door())

    advance(desk, DAY_MS)
    assert "expired on 2026-09-21" in refusal(desk, door(), DANA)


def test_a_new_code_is_judged_even_after_the_eligibility_gate(desk: Desk) -> None:
    registered(desk, "P1", code="ONE")
    planned(desk, B)
    rolled(desk, B)
    desk.perform(opening(B), LEE)
    at_the_desk(desk, B, P1)
    registered(desk, "P1", code="TWO", code_expires="2026-09-20")
    desk.refresh_rolls(frozenset({"P1"}), LEE)

    assert "eligible" in desk.session(B).attempts[P1].open_gates


# The vendor's testing window

WEEK = "mon-fri 07:00-21:00"


def fits(desk: Desk, begins, *windows, factor: int = 1000, fold: int = 0):
    """Return whether somebody could be assigned to a session that begins then."""
    policy(desk, testing_windows=tuple(map(window, windows)))
    registered(desk, "P1", factor_permille=factor)
    at = begins if isinstance(begins, int) else local(begins, fold=fold)
    session_id = f"w{len(desk.sessions)}"
    planned(desk, session_id, at=at)
    return allowed(desk, wish(desk, session_id))


@pytest.mark.parametrize(
    ("begins", "may"),
    [
        ("2026-09-22T07:00:00", True),
        ("2026-09-22T06:59:00", False),
        ("2026-09-22T06:59:59.999", False),
        ("2026-09-22T19:30:00", True),
        ("2026-09-22T19:30:00.001", False),
        ("2026-09-25T19:30:00", True),
        ("2026-09-26T09:00:00", False),
        ("2026-09-27T09:00:00", False),
        ("2026-09-28T09:00:00", True),
    ],
)
def test_a_test_lies_within_the_window_from_its_opening_to_its_closing(
    desk: Desk, begins: str, may: bool
) -> None:
    assert fits(desk, begins, WEEK) is may


@pytest.mark.parametrize(
    ("begins", "factor", "may"),
    [
        ("2026-09-22T19:07:30.000", 1250, True),
        ("2026-09-22T19:07:30.001", 1250, False),
        ("2026-09-22T18:00:00.000", 2000, True),
        ("2026-09-22T18:00:00.001", 2000, False),
        ("2026-09-22T19:30:00.000", 0, True),
        ("2026-09-22T19:30:00.001", 0, False),
    ],
)
def test_extra_time_lies_within_the_window_too(
    desk: Desk, begins: str, factor: int, may: bool
) -> None:
    assert fits(desk, begins, WEEK, factor=factor) is may


@pytest.mark.parametrize(
    ("begins", "may"),
    [
        ("2026-10-25T08:00:00", True),
        ("2026-10-25T07:59:59", False),
        ("2026-11-01T08:00:00", True),
        ("2026-11-01T07:59:59", False),
        ("2026-11-01T14:30:00", True),
        ("2026-11-01T14:30:01", False),
        ("2027-03-14T08:00:00", True),
        ("2027-03-14T07:59:59", False),
        ("2027-03-14T14:30:00", True),
        ("2027-03-14T14:30:01", False),
    ],
)
def test_the_window_is_the_clock_on_the_wall_before_and_after_the_clocks_change(
    desk: Desk, begins: str, may: bool
) -> None:
    assert fits(desk, begins, "sun 08:00-16:00") is may


@pytest.mark.parametrize(
    ("begins", "fold", "closes", "may"),
    [
        # The clocks jump from 2:00 to 3:00: 90 minutes from 1:00 end at 3:30.
        ("2027-03-14T01:00:00", 0, "03:30", True),
        ("2027-03-14T01:00:00", 0, "03:29", False),
        # They fall from 2:00 to 1:00: 90 minutes from the first 1:30 end at 2:00.
        ("2026-11-01T01:30:00", 0, "02:00", True),
        ("2026-11-01T01:30:00", 0, "01:59", False),
        ("2026-11-01T01:30:00", 1, "03:00", True),
        ("2026-11-01T01:30:00", 1, "02:59", False),
    ],
)
def test_a_test_across_a_change_of_the_clocks_ends_when_the_wall_says(
    desk: Desk, begins: str, fold: int, closes: str, may: bool
) -> None:
    assert fits(desk, begins, f"sun 00:00-{closes}", fold=fold) is may


@pytest.mark.parametrize(
    ("windows", "may"),
    [
        (("fri 18:00-24:00", "sat 00:00-02:00"), True),
        (("fri 18:00-24:00", "sat 00:00-00:30"), True),
        (("fri 18:00-24:00", "sat 00:00-00:29"), False),
        (("fri 18:00-24:00", "sat 00:01-02:00"), False),
        (("fri 18:00-24:00",), False),
    ],
)
def test_a_window_past_midnight_is_written_as_two(
    desk: Desk, windows: tuple[str, ...] | tuple[str, str], may: bool
) -> None:
    assert fits(desk, "2026-09-25T23:00:00", *windows) is may


def test_without_a_known_window_any_hour_will_do(desk: Desk) -> None:
    assert fits(desk, "2026-09-27T03:00:00")


def test_the_coordinator_may_have_agreed_on_a_longer_window(desk: Desk) -> None:
    policy(desk, testing_windows=(window(WEEK),))
    registered(desk, "P1")
    planned(desk, B, at=local("2026-09-22T20:00"))
    why = {"override": "agreed with the vendor"}

    assert "outside the vendor's testing window" in refusal(desk, wish(desk))
    assert not allowed(desk, wish(desk, **why), LEE)
    assert allowed(desk, wish(desk, **why), DANA)


@pytest.mark.parametrize(("late_ms", "may"), [(0, True), (1, False)])
def test_whoever_comes_to_the_door_too_late_for_the_window_is_not_let_in(
    desk: Desk, late_ms: int, may: bool
) -> None:
    policy(desk, testing_windows=(window(WEEK),))
    registered(desk, "P1")
    planned(desk, B)
    rolled(desk, B)
    desk.perform(opening(B), LEE)
    advance(desk, local("2026-09-21T19:30") + late_ms - desk.now().utc_ms)

    assert allowed(desk, door()) is may


@pytest.mark.parametrize(("spare_ms", "may"), [(0, True), (-1, False)])
def test_clocks_run_on_after_a_halt_only_within_the_window(
    desk: Desk, spare_ms: int, may: bool
) -> None:
    policy(desk, testing_windows=(window(WEEK),))
    registered(desk, "P1")
    begun(desk, A)
    desk.perform(c.HaltSession(session_id=A, reason="alarm"), LEE)
    left_alone = local("2026-09-21T19:30") - desk.now().utc_ms
    advance(desk, left_alone - spare_ms)
    resume = {"session_id": A, "back": (P1,)}

    assert allowed(desk, c.ResumeSession(**resume)) is may
    why = c.ResumeSession(**resume, beyond_window="the vendor agreed")
    assert allowed(desk, why)


def late_within(desk: Desk, spare_ms, **registration) -> None:
    """Seat P1 late, when so much of the window is left over after their time."""
    policy(desk, testing_windows=(window(WEEK),), late_minutes=30)
    registered(desk, "P1", **registration)
    registered(desk, "P2")
    at_ms = local("2026-09-21T19:30") - 10 * MINUTE_MS
    advance(desk, at_ms - desk.now().utc_ms)
    planned(desk, A)
    for who in ("P1", "P2"):
        rolled(desk, A, who)
    desk.perform(opening(A), LEE)
    seated(desk, A, attempt_id("P2"))
    desk.perform(c.ExpectLate(session_id=A, attempt_id=P1), LEE)
    started(desk, A)
    desk.perform(c.ArriveLate(session_id=A, attempt_id=P1), LEE)
    seated(desk, A, P1)
    advance(desk, local("2026-09-21T19:30") - spare_ms - desk.now().utc_ms)


@pytest.mark.parametrize("factor", [1000, 0])
@pytest.mark.parametrize(("spare_ms", "may"), [(0, True), (-1, False)])
def test_who_is_late_starts_only_within_the_window(
    desk: Desk, spare_ms: int, may: bool, factor: int
) -> None:
    late_within(desk, spare_ms, factor_permille=factor)
    late = {"session_id": A, "attempt_id": P1}

    assert allowed(desk, c.StartLate(**late)) is may
    why = c.StartLate(**late, beyond_window="the vendor agreed")
    (entry,) = desk.perform(why, LEE).entries
    said = entry.event.beyond_window
    assert (said.text if said else None) == (None if may else "the vendor agreed")


def test_who_is_late_and_ends_with_the_group_needs_no_longer_window(desk: Desk) -> None:
    policy(desk, late_clock="group")
    late_within(desk, -MINUTE_MS)

    assert allowed(desk, c.StartLate(session_id=A, attempt_id=P1))


def test_who_is_untimed_starts_only_if_the_planned_time_fits_the_window(
    desk: Desk,
) -> None:
    policy(desk, testing_windows=(window(WEEK),))
    registered(desk, "P1", factor_permille=0)
    planned(desk, A)
    rolled(desk, A)
    desk.perform(opening(A), LEE)
    seated(desk, A, P1)
    start = c.StartSession(session_id=A)
    advance(desk, local("2026-09-21T19:30") - desk.now().utc_ms)

    assert allowed(desk, start)
    advance(desk, 1)
    assert "testing window" in refusal(desk, start, LEE)


# Minors


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        ("2008-09-22", "2026-09-21", 17),
        ("2008-09-21", "2026-09-21", 18),
        ("2008-02-29", "2026-02-28", 17),
        ("2008-02-29", "2026-03-01", 18),
        ("2008-02-29", "2028-02-28", 19),
        ("2008-02-29", "2028-02-29", 20),
        ("2026-09-21", "2026-09-21", 0),
    ],
)
def test_somebody_is_a_year_older_on_their_birthday(
    born: str, day: str, years: int
) -> None:
    assert age(born, day) == years


@pytest.mark.parametrize(("born", "may"), [("2008-09-22", False), ("2008-09-21", True)])
def test_a_parent_consents_until_the_day_somebody_is_eighteen(
    desk: Desk, born: str, may: bool
) -> None:
    registered(desk, "P1", born=born)
    planned(desk, B)
    assert allowed(desk, wish(desk)) is may

    desk.note(p.RecordConsent(participant_id="P1", given_by="Ana Brown"), LEE)
    assert allowed(desk, wish(desk))


@pytest.mark.parametrize(
    ("day", "may"), [("2027-02-28T09:00", False), ("2027-03-01T09:00", True)]
)
def test_who_was_born_on_29_february_comes_of_age_on_1_march(
    desk: Desk, day: str, may: bool
) -> None:
    # Nobody born on a 29 February is 18 in a leap year, so 15 stands for it as well.
    registered(desk, "P1", born="2012-02-29")
    policy(desk, consent_under_age=15)
    planned(desk, B, at=local(day))

    assert allowed(desk, wish(desk)) is may


def test_a_center_may_ask_for_no_consent(desk: Desk) -> None:
    registered(desk, "P1", born="2012-01-01")
    planned(desk, B)
    assert not allowed(desk, wish(desk))

    policy(desk, consent_under_age=0)
    assert allowed(desk, wish(desk))


def test_who_gave_the_consent_is_named(desk: Desk) -> None:
    registered(desk, "P1", born="2012-01-01")
    with pytest.raises(Refused, match="Who gave the consent is missing"):
        desk.note(p.RecordConsent(participant_id="P1", given_by=" "), LEE)


# Fees


@pytest.mark.parametrize("blocks", [False, True])
@pytest.mark.parametrize("paid", [None, True, False])
def test_an_unpaid_fee_warns_or_blocks_as_the_center_says(
    desk: Desk, paid: bool | None, blocks: bool
) -> None:
    policy(desk, blocks_unpaid=blocks)
    registered(desk, "P1", paid=paid)
    planned(desk, B)
    warned = found(desk, "fee")

    assert (warned is not None) is (paid is False)
    assert allowed(desk, wish(desk)) is not (blocks and paid is False)
    assert allowed(desk, wish(desk, override="invoiced later"), DANA)


@pytest.mark.parametrize("blocks", [True, False])
def test_a_retake_is_unpaid_whatever_a_roster_says_of_the_first_time(
    desk: Desk, blocks: bool
) -> None:
    policy(desk, blocks_unpaid=blocks)
    registered(desk, "P1", paid=True)
    taken(desk, A, "40")
    registered(desk, "P1", paid=True)
    advance(desk, 20 * DAY_MS)
    planned(desk, B)
    rolled(desk, B)
    desk.perform(opening(B), LEE)
    attempt = desk.session(B).attempts[P1]

    assert "fee" in [one.rule for one in desk.against(B, attempt)]
    assert allowed(desk, door()) is not blocks
    settle = p.SettleFee(
        participant_id="P1", item="safety-2", how="paid", reference="R-1"
    )
    desk.note(settle, LEE)
    assert allowed(desk, door())
    assert not desk.against(B, attempt)


@pytest.mark.parametrize("how", ["paid", "invoiced", "waived"])
def test_a_fee_settled_under_people_is_settled(desk: Desk, how: str) -> None:
    policy(desk, blocks_unpaid=True)
    registered(desk, "P1", paid=False)
    planned(desk, B)
    assert not allowed(desk, wish(desk))

    settled = p.SettleFee(
        participant_id="P1", item="safety-1", how=how, reference="R-1042"
    )
    desk.note(settled, DANA)
    assert desk.statement("P1").line("safety-1").open_cents == 0
    assert found(desk, "fee") is None
    assert allowed(desk, wish(desk))


# Staff and candidates


@pytest.mark.parametrize(
    ("family", "given", "may"),
    [
        ("Wong", "Lee", False),
        ("LEE", "wong", False),
        ("W\u00f3ng", "Lee", False),
        ("Ortiz", "Dana", False),
        ("Wong", "Leo", True),
        ("Wongs", "Lee", True),
    ],
)
def test_nobody_of_the_staff_is_a_candidate(
    desk: Desk, family: str, given: str, may: bool
) -> None:
    row = RegisterPerson(
        participant_id="X", family_name=family, given_name=given,
        registration=Registration("safety", "X-1"),
    )  # fmt: skip
    (outcome,) = desk.register([row], LEE)

    assert isinstance(outcome, Refused) is not may
    assert bool(desk.candidate("X").participant_id) is may


LINKED = p.DeclareConflict(participant_id="P1", staff_id="s2", relation="instructor")


@pytest.fixture
def linked(desk: Desk) -> Desk:
    """Lee Wong teaches P1; Dana Ortiz does not."""
    for one in ("P1", "P2"):
        registered(desk, one)
    planned(desk, A)
    for one in ("P1", "P2"):
        rolled(desk, A, one)
    desk.note(LINKED, DANA)
    return desk


def test_whoever_teaches_a_candidate_does_not_open_their_session(linked: Desk) -> None:
    assert "instructor of FamilyP1, Kim" in refusal(linked, opening(A), LEE)
    assert allowed(linked, opening(A), DANA)


def test_a_linked_coordinator_may_not_override_it_either(linked: Desk) -> None:
    link = p.DeclareConflict(participant_id="P2", staff_id="s1", relation="family")
    linked.note(link, DANA)

    assert "may not run their session" in refusal(linked, opening(A), DANA)


def test_they_may_once_the_candidate_is_off_the_roll(linked: Desk) -> None:
    cancel = c.CancelAttempt(session_id=A, attempt_id=P1, reason="another session")
    linked.perform(cancel, DANA)

    assert allowed(linked, opening(A), LEE)


def test_they_may_once_the_coordinator_withdrew_the_link(linked: Desk) -> None:
    withdraw = p.WithdrawConflict(participant_id="P1", staff_id="s2", reason="wrong")
    with pytest.raises(Refused, match="needs the coordinator"):
        linked.note(withdraw, LEE)

    linked.note(withdraw, DANA)
    assert allowed(linked, opening(A), LEE)


HERE = {"session_id": A, "attempt_id": P1}
CHECKING_IN = [
    c.PassGates(**HERE, gates=("photo-id",)),
    c.WaiveGate(**HERE, gate="belongings", reason="none brought"),
    c.TakeSeat(**HERE),
]


@pytest.mark.parametrize("step", CHECKING_IN, ids=lambda one: type(one).__name__)
def test_they_check_others_in_but_not_that_candidate(linked: Desk, step: Any) -> None:
    linked.perform(opening(A), DANA)

    assert allowed(linked, c.PassGates(**keys_of("P2"), gates=("photo-id",)), LEE)
    assert allowed(linked, step, DANA)
    assert "instructor" in refusal(linked, step, LEE)


def keys_of(who):
    return {"session_id": A, "attempt_id": attempt_id(who)}


def test_they_do_not_start_the_session(linked: Desk) -> None:
    linked.perform(opening(A), DANA)
    linked.perform(c.MarkAbsent(session_id=A, attempt_ids=(attempt_id("P2"),)), DANA)
    for gates in (("photo-id",), ("name",), (
        "eligible", "agreement", "belongings", "accommodations", "scratch", "user-code",
    )):  # fmt: skip
        linked.perform(c.PassGates(**HERE, gates=gates), DANA)
    linked.perform(c.TakeSeat(**HERE), DANA)
    start = c.StartSession(session_id=A)

    assert "may not run their session" in refusal(linked, start, LEE)
    assert allowed(linked, start, DANA)


def test_they_do_not_take_the_session_over(linked: Desk) -> None:
    linked.perform(opening(A), DANA)
    with pytest.raises(Refused, match="may not run their session"):
        linked.hand_over(A, DANA, DANA_PIN, "s2", LEE_PIN)
    linked.add_staff("Kim Park", Role.PROCTOR, "551177", "", DANA)
    linked.hand_over(A, DANA, DANA_PIN, "s3", "551177")

    assert linked.session(A).lead == "s3"


def test_they_do_not_seal_the_session(desk: Desk) -> None:
    registered(desk, "P1")
    key = taken(desk, A, "64")
    desk.perform(c.ReconcileScratch(session_id=A, returned=1), LEE)
    desk.note(LINKED, DANA)
    with pytest.raises(Refused, match="may not run their session"):
        desk.seal(A, LEE, LEE_PIN)

    desk.seal(A, DANA, DANA_PIN)
    assert desk.session(A).stage == "sealed"
    assert key["session_id"] == A


# Continuing what was interrupted


def ended_early(desk: Desk, ms: int = 754_567):
    """Let P1 be interrupted in session a after 12:34.567."""
    registered(desk, "P1", code="ONE", factor_permille=1500)
    key = begun(desk, A)
    advance(desk, ms)
    desk.perform(c.EndEarly(**key, outcome="interrupted", reason="power"), LEE)
    desk.perform(c.EndSession(session_id=A), LEE)
    return key


def test_an_interrupted_attempt_goes_on_with_exactly_what_was_left(desk: Desk) -> None:
    ended_early(desk)
    advance(desk, DAY_MS)
    begun(desk, B, continues=f"a/{P1}")
    session = desk.session(B)
    one = session.attempts[P1]

    def left():
        return session.left_ms(one, session.line_ms(desk.now()))

    assert left() == 135 * MINUTE_MS - 754_567
    advance(desk, left() - 1)
    assert left() == 1
    assert session.progress(one, session.line_ms(desk.now())) == "testing"
    advance(desk, 1)
    assert session.progress(one, session.line_ms(desk.now())) == "time-up"


def test_a_continued_attempt_keeps_its_user_code(desk: Desk) -> None:
    ended_early(desk)
    advance(desk, DAY_MS)
    planned(desk, B)

    assert "User code ONE was used" in refusal(desk, wish(desk))
    assert allowed(desk, wish(desk, continues=f"a/{P1}"))


def test_a_third_sitting_keeps_the_user_code_too(desk: Desk) -> None:
    ended_early(desk)
    advance(desk, DAY_MS)
    key = begun(desk, B, continues=f"a/{P1}")
    advance(desk, MINUTE_MS)
    desk.perform(c.EndEarly(**key, outcome="interrupted", reason="power"), LEE)
    desk.perform(c.EndSession(session_id=B), LEE)
    advance(desk, DAY_MS)
    planned(desk, "d")

    assert allowed(desk, wish(desk, "d", continues=f"b/{P1}"))


def test_an_attempt_is_not_continued_twice(desk: Desk) -> None:
    ended_early(desk)
    advance(desk, DAY_MS)
    key = begun(desk, B, continues=f"a/{P1}")
    desk.perform(c.FinishAttempt(**key), LEE)
    planned(desk, "d")
    again = wish(desk, "d", continues=f"a/{P1}")

    assert "is continued in session b already" in refusal(desk, again)


def test_it_may_be_continued_elsewhere_if_nobody_came(desk: Desk) -> None:
    ended_early(desk)
    advance(desk, DAY_MS)
    planned(desk, B)
    rolled(desk, B, continues=f"a/{P1}")
    desk.perform(opening(B), LEE)
    desk.perform(c.MarkAbsent(session_id=B, attempt_ids=(P1,)), LEE)
    planned(desk, "d")

    assert allowed(desk, wish(desk, "d", continues=f"a/{P1}"))


@pytest.mark.parametrize("shown", ["40", "64"])
def test_an_interrupted_attempt_with_a_score_is_over(desk: Desk, shown: str) -> None:
    keyed(desk, ended_early(desk), shown)
    advance(desk, 20 * DAY_MS)
    registered(desk, "P1")
    planned(desk, B)

    text = refusal(desk, wish(desk, continues=f"a/{P1}"))
    assert "leaves nothing to continue" in text


@pytest.mark.parametrize("how", ["withdrawn", "dismissed"])
def test_only_what_was_interrupted_goes_on(desk: Desk, how: str) -> None:
    registered(desk, "P1")
    taken(desk, A, "", how=how)
    planned(desk, B, in_ms=DAY_MS)

    text = refusal(desk, wish(desk, continues=f"a/{P1}"))
    assert f"is {how} and leaves nothing to continue" in text


def test_an_attempt_of_another_module_is_not_continued(desk: Desk) -> None:
    ended_early(desk)
    registered(desk, "P1", "quality")
    planned(desk, B, "quality", in_ms=DAY_MS)

    text = refusal(desk, wish(desk, module="quality", continues=f"a/{P1}"))
    assert "There is no attempt" in text


def test_at_the_door_nothing_is_continued_that_was_scored_meanwhile(desk: Desk) -> None:
    key = ended_early(desk)
    planned(desk, B, in_ms=DAY_MS)
    rolled(desk, B, continues=f"a/{P1}")
    advance(desk, DAY_MS)
    desk.perform(opening(B), LEE)
    off = c.CancelAttempt(session_id=B, attempt_id=P1, reason="does not go on")
    desk.perform(off, LEE)
    keyed(desk, key, "40")
    desk.perform(c.UndoStep(session_id=B), LEE)

    assert "leaves nothing to continue" in refusal(desk, door(), LEE)


def test_an_interruption_is_not_undone_once_it_is_continued(desk: Desk) -> None:
    registered(desk, "P1")
    key = begun(desk, A)
    advance(desk, MINUTE_MS)
    desk.perform(c.EndEarly(**key, outcome="interrupted", reason="power"), LEE)
    planned(desk, B)
    rolled(desk, B, continues=f"a/{P1}")
    desk.perform(opening(B), LEE)
    seated(desk, B, P1)
    started(desk, B)

    assert not allowed(desk, c.UndoStep(session_id=A))
