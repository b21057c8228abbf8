"""Assigning people to a session: what keeps a person off its roll is in sight first."""

from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import planning as c
from cptkiosk.domain.rules import candidate_rules as p
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.time.calendar import format_date
from cptkiosk.domain.values import HOUR_MS
from cptkiosk.ui.screens.session_roster import SessionRosterScreen
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from support.center import DANA, DANA_PIN, LEE
from support.clock import HandClock
from support.sessions import a_session, attempt_id, ended, planned, register, scored
from support.sitting import Sitting, sit_down


@pytest.fixture
def tomorrow(desk: Desk, clock: HandClock) -> Desk:
    """Session z: P1 passed this morning, fP1 failed, rP1 is testing, N1 is new."""
    a_session(desk, 1, Stage.SEALED, "a")
    a_session(desk, 1, Stage.RUNNING, "f")
    ended(desk, "f")
    scored(desk, "f", raw=10)
    desk.seal("f", DANA, DANA_PIN)
    clock.advance(3 * HOUR_MS)
    a_session(desk, 1, Stage.RUNNING, "r")
    register(desk, ("N1",), "safety")
    planned(desk, (), "z", "safety")
    return desk


def row_of(sitting: Sitting, about: str) -> str:
    return next(line for line in sitting.frame.splitlines() if f" {about} " in line)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_list_says_what_keeps_each_one_off_the_roll(
    tomorrow: Desk, folder: Path, size: tuple[int, int]
) -> None:
    today = format_date(tomorrow.local_date(tomorrow.now().utc_ms))
    async with sit_down(tomorrow, folder, LEE, size) as sitting:
        await sitting.show(SessionRosterScreen("z"))
        assert row_of(sitting, "P1").endswith(f"passed {today}")
        assert "retake from " in row_of(sitting, "fP1")
        assert row_of(sitting, "rP1").endswith("testing in r")
        assert row_of(sitting, "N1").endswith(" -")


async def test_the_row_under_the_cursor_is_described_in_full(
    tomorrow: Desk, folder: Path
) -> None:
    async with sit_down(tomorrow, folder, LEE) as sitting:
        await sitting.show(SessionRosterScreen("z"))
        table = sitting.screen.query_one(FilterableTable)
        table.move_to("fP1|safety")
        await sitting.settle()
        assert "The first eligible date is" in sitting.words
        assert "A coordinator can override this" in sitting.words
        table.move_to("N1|safety")
        await sitting.settle()
        assert "first eligible date" not in sitting.words


async def test_a_candidate_put_on_the_roll_is_no_longer_reported(
    tomorrow: Desk, folder: Path
) -> None:
    async with sit_down(tomorrow, folder, LEE) as sitting:
        await sitting.show(SessionRosterScreen("z"))
        sitting.screen.query_one(FilterableTable).move_to("N1|safety")
        await sitting.press("a")
        assert row_of(sitting, "N1").endswith("yes")


async def test_declared_conflicts_of_staff_with_this_roll_are_a_line(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 2, Stage.PLANNED, "a")
    register(desk, ("N1",), "safety")
    for about in ("P1", "N1"):
        link = p.DeclareConflict(
            participant_id=about, staff_id=DANA.staff_id, relation="instructor"
        )
        desk.perform(link, DANA)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(SessionRosterScreen("a"))
        assert "staff conflicts: Dana Ortiz (instructor of FamilyP1" in sitting.words
        assert sitting.words.count("instructor") == 1


async def test_a_cancelled_attempt_is_not_counted_at_the_door(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 3, Stage.PLANNED, "a")
    off = c.CancelAttempt(session_id="a", attempt_id=attempt_id("P1"), reason="ill")
    desk.perform(off, LEE)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(SessionRosterScreen("a"))
        await sitting.press("o")
        assert "Opens check-in for 2 people" in sitting.words


async def test_a_candidate_already_on_the_roll_is_not_reported_as_recorded_again(
    tomorrow: Desk, folder: Path
) -> None:
    async with sit_down(tomorrow, folder, LEE) as sitting:
        await sitting.show(SessionRosterScreen("z"))
        table = sitting.screen.query_one(FilterableTable)
        table.move_to("N1|safety")
        await sitting.press("a")
        table.move_to("N1|safety")
        await sitting.press("a")
        assert "Already on the list: 1 person." in sitting.words
        assert "all saved" not in sitting.words
