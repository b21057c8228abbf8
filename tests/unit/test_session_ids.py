"""A session's ID carries the day of the exam, and no two sessions want the same."""

import subprocess
import sys
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.desk.lookups import Lookups
from cptkiosk.domain.commands import planning as c
from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.time.calendar import format_date
from cptkiosk.domain.values import DAY_MS, HOUR_MS
from cptkiosk.services.planning import plan_session
from support.center import LEE, open_desk
from support.clock import HandClock
from support.reports import session_report
from support.sessions import a_session, advance, dated_now

WAIT_S = 120


def plan_command(starts_ms: int, title: str = "", *modules: str) -> c.PlanSession:
    return c.PlanSession(
        session_id="",
        title=title,
        starts_at_utc_ms=starts_ms,
        module_ids=modules or ("safety",),
        rooms=(Room(name="204", rows=2, columns=2),),
    )


def test_an_id_carries_the_day_of_the_exam_at_the_center(desk: Desk) -> None:
    starts_ms = desk.now().utc_ms + 3 * DAY_MS

    session_id = plan_session(desk, plan_command(starts_ms), LEE)

    assert session_id == f"{desk.local_date(starts_ms)}-1"
    assert desk.session(session_id).stage is Stage.PLANNED


def test_two_terminals_plan_for_one_day_without_a_word(
    desk: Desk, folder: Path, clock: HandClock
) -> None:
    other = open_desk(folder, clock, "t2")
    starts_ms = desk.now().utc_ms + HOUR_MS
    found = [
        plan_session(one, plan_command(starts_ms), LEE)
        for one in (desk, other, desk, other)
    ]
    other.ledger.close()

    assert [one.rpartition("-")[2] for one in found] == ["1", "2", "3", "4"]


def test_an_older_id_of_that_day_stays_and_is_not_given_again(desk: Desk) -> None:
    starts_ms = desk.now().utc_ms + DAY_MS
    taken = f"{desk.local_date(starts_ms)}-1"
    a_session(desk, 1, Stage.PLANNED, session_id=taken)

    assert plan_session(desk, plan_command(starts_ms), LEE).endswith("-2")


@pytest.mark.parametrize(
    ("title", "modules", "called"),
    [
        ("", ("safety",), "Safety"),
        ("", ("safety", "green"), "Safety + Green"),
        ("Morning", ("safety",), "Morning"),
    ],
)
def test_without_a_title_a_session_is_called_after_its_modules(
    desk: Desk, title: str, modules: tuple[str, ...], called: str
) -> None:
    session_id = plan_session(
        desk, plan_command(desk.now().utc_ms, title, *modules), LEE
    )
    assert desk.session(session_id).title == called


def test_commands_that_plan_at_once_all_succeed(desk: Desk, folder: Path) -> None:
    dated_now(desk)
    words = [
        sys.executable, "-m", "cptkiosk", "--data-dir", str(folder), "session", "plan",
        "--modules", "safety", "--start", "09:00", "--room", "204:4x6",
        "--anyway",
    ]  # fmt: skip
    begun = [
        subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    said = [one.communicate(timeout=WAIT_S)[0] for one in begun]

    assert [one.returncode for one in begun] == [0, 0, 0]
    assert len({text.split()[1] for text in said}) == 3


def test_a_session_over_midnight_is_dated_by_its_start(desk: Desk) -> None:
    local = desk.record.local(desk.now().utc_ms)
    advance(desk, DAY_MS - local.of_day_ms - HOUR_MS)
    starts_ms = desk.now().utc_ms
    day = desk.local_date(starts_ms)
    session = a_session(desk, 1, Stage.RUNNING)
    advance(desk, 80 * 60_000)
    assert desk.local_date(desk.now().utc_ms) > day

    (taken,) = Lookups(desk.record).read_history(("P1", "other")).taken
    assert desk.local_date(taken.start_utc_ms or 0) == day
    report = session_report(desk, session, progress={})
    assert format_date(day) in report
