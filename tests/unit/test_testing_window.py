"""The hours in which the vendor lets a test run, to the minute and across clock changes."""

from dataclasses import replace
from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.checkin import ArriveLate, ExpectLate
from cptkiosk.domain.commands.halt import HaltSession, ResumeSession
from cptkiosk.domain.commands.testing import (
    BeginPause,
    EndPause,
    GiveCredit,
    StartLate,
    StartSession,
)
from cptkiosk.domain.events.testing import CreditGiven, LateStarted, PauseEnded
from cptkiosk.domain.modules import Window, parse_window
from cptkiosk.domain.rules.testing_window import may_go_beyond
from cptkiosk.domain.values import MINUTE_MS, Actor, Personal
from support.center import DANA, LEE
from support.exams import (
    allowed,
    assignment,
    begun,
    eligible_gate,
    local,
    opening,
    planned,
    policy,
    refusal,
    registered,
    rolled,
)
from support.sessions import advance, attempt_id, seated, started

A, B = "a", "b"
P1 = attempt_id("P1")
WEEK = "mon-fri 07:00-21:00"


def fits(
    desk: Desk, begins: int | str, *windows: str, factor: int = 1000, fold: int = 0
) -> bool:
    """Return whether a person could be assigned to a session that begins then."""
    policy(desk, testing_windows=tuple(map(parse_window, windows)))
    registered(desk, "P1", factor_permille=factor)
    at = begins if isinstance(begins, int) else local(begins, fold=fold)
    session_id = f"w{len(desk.sessions)}"
    planned(desk, session_id, at=at)
    return allowed(desk, assignment(desk, session_id))


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
    policy(desk, testing_windows=(parse_window(WEEK),))
    registered(desk, "P1")
    planned(desk, B, at=local("2026-09-22T20:00"))
    why = {"override": "agreed with the vendor"}

    assert "outside the vendor's testing window" in refusal(desk, assignment(desk))
    assert not allowed(desk, assignment(desk, **why), LEE)
    assert allowed(desk, assignment(desk, **why), DANA)


@pytest.mark.parametrize(("late_ms", "may"), [(0, True), (1, False)])
def test_an_arrival_too_late_for_the_window_is_not_admitted(
    desk: Desk, late_ms: int, may: bool
) -> None:
    policy(desk, testing_windows=(parse_window(WEEK),))
    registered(desk, "P1")
    planned(desk, B)
    rolled(desk, B)
    desk.perform(opening(B), LEE)
    advance(desk, local("2026-09-21T19:30") + late_ms - desk.now().utc_ms)

    assert allowed(desk, eligible_gate()) is may


@pytest.mark.parametrize(("spare_ms", "may"), [(0, True), (-1, False)])
def test_clocks_run_on_after_a_halt_only_within_the_window(
    desk: Desk, spare_ms: int, may: bool
) -> None:
    policy(desk, testing_windows=(parse_window(WEEK),))
    registered(desk, "P1")
    begun(desk, A)
    desk.perform(HaltSession(session_id=A, reason="alarm"), LEE)
    left_alone = local("2026-09-21T19:30") - desk.now().utc_ms
    advance(desk, left_alone - spare_ms)
    resume = ResumeSession(session_id=A, back=(P1,))

    assert allowed(desk, resume) is may
    why = replace(resume, beyond_window="the vendor agreed")
    assert allowed(desk, why)


def late_within(desk: Desk, spare_ms: int, **registration: Any) -> None:
    """Seat P1 late, when so much of the window is left over after their time."""
    policy(desk, testing_windows=(parse_window(WEEK),), late_minutes=30)
    registered(desk, "P1", **registration)
    registered(desk, "P2")
    at_ms = local("2026-09-21T19:30") - 10 * MINUTE_MS
    advance(desk, at_ms - desk.now().utc_ms)
    planned(desk, A)
    for who in ("P1", "P2"):
        rolled(desk, A, who)
    desk.perform(opening(A), LEE)
    seated(desk, A, attempt_id("P2"))
    desk.perform(ExpectLate(session_id=A, attempt_id=P1), LEE)
    started(desk, A)
    desk.perform(ArriveLate(session_id=A, attempt_id=P1), LEE)
    seated(desk, A, P1)
    advance(desk, local("2026-09-21T19:30") - spare_ms - desk.now().utc_ms)


@pytest.mark.parametrize("factor", [1000, 0])
@pytest.mark.parametrize(("spare_ms", "may"), [(0, True), (-1, False)])
def test_a_late_candidate_starts_only_within_the_window(
    desk: Desk, spare_ms: int, may: bool, factor: int
) -> None:
    late_within(desk, spare_ms, factor_permille=factor)
    late = {"session_id": A, "attempt_id": P1}

    assert allowed(desk, StartLate(**late)) is may
    why = StartLate(**late, beyond_window="the vendor agreed")
    (entry,) = desk.perform(why, LEE).entries
    assert isinstance(entry.event, LateStarted)
    said = entry.event.beyond_window
    assert (said.text if said else None) == (None if may else "the vendor agreed")


def test_a_late_candidate_who_ends_with_the_group_needs_no_longer_window(
    desk: Desk,
) -> None:
    policy(desk, late_clock="group")
    late_within(desk, -MINUTE_MS)

    assert allowed(desk, StartLate(session_id=A, attempt_id=P1))


def test_an_untimed_candidate_starts_only_if_the_planned_time_fits_the_window(
    desk: Desk,
) -> None:
    policy(desk, testing_windows=(parse_window(WEEK),))
    registered(desk, "P1", factor_permille=0)
    planned(desk, A)
    rolled(desk, A)
    desk.perform(opening(A), LEE)
    seated(desk, A, P1)
    start = StartSession(session_id=A)
    advance(desk, local("2026-09-21T19:29:50") - desk.now().utc_ms)

    assert allowed(desk, start)
    advance(desk, 1)
    assert "testing window" in refusal(desk, start, LEE)


def paused_within(desk: Desk, spare_ms: int) -> None:
    """Let P1 be paused, with a window that closes `spare_ms` after their end."""
    registered(desk, "P1")
    begun(desk, A)
    pause = BeginPause(session_id=A, attempt_id=P1, reason="screen froze")
    desk.perform(pause, LEE)
    policy(desk, testing_windows=(closing_in(desk, allowed_ms(desk) + spare_ms),))


def allowed_ms(desk: Desk) -> int:
    session = desk.session(A)
    return session.left_ms(session.attempts[P1], session.timeline_ms(desk.now()))


def closing_in(desk: Desk, ms: int) -> Window:
    now = desk.record.local(desk.now().utc_ms)
    return Window(frozenset({now.weekday}), 0, (now.of_day_ms + ms) // MINUTE_MS)


def test_a_paused_clock_runs_on_beyond_the_window_only_by_the_coordinator(
    desk: Desk,
) -> None:
    paused_within(desk, 2 * MINUTE_MS)
    go_on = EndPause(session_id=A, attempt_id=P1)
    why = replace(go_on, beyond_window="agreed with the vendor")
    assert desk.preview.refusal(go_on, LEE) is None
    advance(desk, 5 * MINUTE_MS)
    assert "testing window closes" in refusal(desk, go_on, DANA)
    assert "coordinator" in refusal(desk, why, LEE)
    desk.perform(why, DANA)
    (ended,) = [
        entry.event
        for entry in desk.ledger.read_stream(f"session/{A}")
        if isinstance(entry.event, PauseEnded)
    ]
    assert ended.beyond_window == Personal("agreed with the vendor", A)


def test_a_credit_beyond_the_window_needs_the_coordinator_to_say_why(
    desk: Desk,
) -> None:
    registered(desk, "P1")
    begun(desk, A)
    policy(desk, testing_windows=(closing_in(desk, allowed_ms(desk) + 2 * MINUTE_MS),))
    credit = GiveCredit(
        session_id=A, attempt_id=P1, credit_ms=5 * MINUTE_MS, reason="alarm"
    )
    why = replace(credit, beyond_window="agreed with the vendor")
    assert desk.preview.refusal(replace(credit, credit_ms=MINUTE_MS), LEE) is None
    assert "testing window closes" in refusal(desk, credit, DANA)
    assert "coordinator" in refusal(desk, why, LEE)
    desk.perform(why, DANA)
    (given,) = [
        entry.event
        for entry in desk.ledger.read_stream(f"session/{A}")
        if isinstance(entry.event, CreditGiven)
    ]
    assert given.beyond_window == Personal("agreed with the vendor", A)


@pytest.mark.parametrize("actor", [LEE, DANA])
@pytest.mark.parametrize("has_windows", [True, False])
def test_only_a_coordinator_is_asked_why_where_the_vendor_has_windows(
    desk: Desk, actor: Actor, has_windows: bool
) -> None:
    policy(desk, testing_windows=(parse_window(WEEK),) * has_windows)

    may = may_go_beyond(actor, desk.definitions.policies)
    assert may is (has_windows and actor is DANA)
