"""Dates that are odd: pointed out before a step, recorded with it, shown in reports."""

from dataclasses import replace

import pytest

from cptkiosk.cli.session_json import session_json
from cptkiosk.desk import Desk
from cptkiosk.domain.commands.checkin import OpenCheckIn
from cptkiosk.domain.commands.planning import CancelSession, PlanSession
from cptkiosk.domain.commands.testing import StartSession
from cptkiosk.domain.events.planning import OddDate, Room
from cptkiosk.domain.rules.checkin import ROOM_CHECKS
from cptkiosk.domain.values import DAY_MS, HOUR_MS, MINUTE_MS, Actor, Role
from cptkiosk.services.planning import plan_session
from support.center import DANA, LEE, LEE_PIN
from support.reports import session_report
from support.sessions import (
    advance,
    attempt_id,
    opened,
    planned,
    seated,
    started,
)
from support.verdicts import refuses


def plan(desk: Desk, in_ms: int, room: str = "204", module: str = "safety") -> str:
    return plan_session(desk, plan_command(desk, in_ms, room, module), DANA)


def plan_command(
    desk: Desk, in_ms: int, room: str = "204", module: str = "safety"
) -> PlanSession:
    return PlanSession(
        session_id="",
        title="Morning",
        starts_at_utc_ms=desk.now().utc_ms + in_ms,
        module_ids=(module,),
        rooms=(Room(name=room, rows=2, columns=2),),
    )


def recorded(desk: Desk, session_id: str) -> list[OddDate]:
    return [odd for _, odd in desk.session(session_id).odd_dates]


def test_a_start_that_is_past_is_pointed_out_and_recorded(desk: Desk) -> None:
    before = desk.preview.odd_dates(plan_command(desk, -45 * MINUTE_MS), DANA)
    assert before == ("The planned start was 45 minutes ago.",)
    session_id = plan(desk, -45 * MINUTE_MS)
    assert recorded(desk, session_id) == [
        OddDate(code="start-past", params=(("minutes", "45"),))
    ]


def test_a_start_ten_minutes_ago_is_nothing_to_speak_of(desk: Desk) -> None:
    assert desk.preview.odd_dates(plan_command(desk, -10 * MINUTE_MS), DANA) == ()
    assert recorded(desk, plan(desk, -10 * MINUTE_MS)) == []


def test_two_sessions_in_one_room_at_one_time_are_pointed_out(desk: Desk) -> None:
    first = plan(desk, HOUR_MS)
    clash = plan_command(desk, 2 * HOUR_MS)
    assert desk.preview.odd_dates(clash, DANA) == (
        f"Session {first} is planned in room 204 at that time.",
    )
    second = plan_session(desk, clash, DANA)
    assert [one.code for one in recorded(desk, second)] == ["room-taken"]


@pytest.mark.parametrize(
    ("one", "same"), [("Shop, East", "Shop, East"), ("Lab B", "lab b")]
)
def test_a_room_is_the_same_however_its_name_is_written(
    desk: Desk, one: str, same: str
) -> None:
    first = plan(desk, HOUR_MS, one)
    assert desk.preview.odd_dates(
        plan_command(desk, HOUR_MS, same, "quality"), DANA
    ) == (f"Session {first} is planned in room {same} at that time.",)


@pytest.mark.parametrize(("in_ms", "room"), [(HOUR_MS, "206"), (HOUR_MS * 3, "204")])
def test_another_room_or_the_time_after_is_free(
    desk: Desk, in_ms: int, room: str
) -> None:
    plan(desk, HOUR_MS)
    assert desk.preview.odd_dates(plan_command(desk, in_ms, room), DANA) == ()


def test_a_cancelled_session_takes_no_room(desk: Desk) -> None:
    first = plan(desk, HOUR_MS)
    desk.perform(CancelSession(session_id=first, reason="snow"), DANA)
    assert desk.preview.odd_dates(plan_command(desk, HOUR_MS), DANA) == ()


def test_a_start_hours_off_the_plan_is_recorded_with_it(desk: Desk) -> None:
    planned(desk, ("P1",), "a", "safety")
    opened(desk, "a")
    seated(desk, "a", attempt_id("P1"))
    start = StartSession(session_id="a")
    advance(desk, 2 * HOUR_MS)
    assert desk.preview.odd_dates(start, LEE) == ()
    advance(desk, HOUR_MS)
    assert desk.preview.odd_dates(start, LEE) == (
        "The start is 3 hours after the planned time.",
    )
    started(desk, "a")
    assert recorded(desk, "a")[-1].code == "off-plan"


def test_an_opener_without_a_training_date_is_named(desk: Desk) -> None:
    planned(desk, ("P1",), "a", "safety")
    open_it = OpenCheckIn(
        session_id="a", room_checks=ROOM_CHECKS, no_conflicts_declared=True
    )
    assert desk.preview.odd_dates(open_it, LEE) == ()
    assert desk.preview.odd_dates(open_it, DANA) == (
        "Dana Ortiz has no training date on record.",
    )
    desk.perform(open_it, DANA)
    assert recorded(desk, "a") == [OddDate(code="untrained", params=(("staff", "s1"),))]


def test_a_center_may_let_only_trained_staff_open(desk: Desk) -> None:
    policies = replace(desk.definitions.policies, untrained_staff="block")
    desk.record.definitions = replace(desk.definitions, policies=policies)
    planned(desk, ("P1",), "a", "safety")
    open_it = OpenCheckIn(
        session_id="a", room_checks=ROOM_CHECKS, no_conflicts_declared=True
    )
    with refuses("no training date"):
        desk.perform(open_it, DANA)
    desk.staff.change_staff("s1", DANA, trained_on="2025-08-31")
    desk.perform(open_it, DANA)
    assert recorded(desk, "a") == []


def test_no_session_is_handed_to_the_untrained_where_that_is_blocked(
    desk: Desk,
) -> None:
    policies = replace(desk.definitions.policies, untrained_staff="block")
    desk.record.definitions = replace(desk.definitions, policies=policies)
    planned(desk, ("P1",), "a", "safety")
    opened(desk, "a")
    with refuses("no training date"):
        desk.hand_over("a", LEE, LEE_PIN, "s1", LEE_PIN)


def test_a_training_that_is_to_come_is_refused_wherever_it_is_typed(desk: Desk) -> None:
    tomorrow = desk.local_date(desk.now().utc_ms + DAY_MS)
    with refuses("in the future"):
        desk.staff.add_staff("Kim Park", Role.PROCTOR, "593817", tomorrow, DANA)
    with refuses("in the future"):
        desk.staff.change_staff("s2", DANA, trained_on=tomorrow)
    assert desk.center.staff["s2"].trained_on == "2026-01-15"
    assert len(desk.center.staff) == 2


def test_only_the_coordinator_changes_a_date_of_training(desk: Desk) -> None:
    with refuses("coordinator"):
        desk.staff.change_staff("s2", LEE, trained_on="2026-02-01")
    desk.staff.change_staff("s2", DANA, trained_on="2026-02-01")
    assert desk.center.staff["s2"].trained_on == "2026-02-01"


def test_report_and_json_tell_what_was_odd(desk: Desk) -> None:
    session_id = plan(desk, -3 * HOUR_MS)
    session = desk.session(session_id)
    report = session_report(desk, session)
    assert "The planned start was 3 hours ago." in " ".join(report.split())
    (told,) = session_json(desk, session)["odd_dates"]
    assert told["code"] == "start-past"
    assert told["params"] == {"minutes": "180"}


def test_a_person_not_on_the_staff_list_is_not_judged(desk: Desk) -> None:
    planned(desk, ("P1",), "a", "safety")
    open_it = OpenCheckIn(
        session_id="a", room_checks=ROOM_CHECKS, no_conflicts_declared=True
    )
    assert desk.preview.odd_dates(open_it, Actor("cli-root", Role.COORDINATOR)) == ()
