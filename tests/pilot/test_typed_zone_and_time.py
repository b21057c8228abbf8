"""A zone is typed as a city, and a time as it is spoken; what is wrong says what to type."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.ledger import queries
from cptkiosk.ui.screens import first_run
from cptkiosk.ui.screens.first_run import FirstRunScreen
from cptkiosk.ui.screens.plan import PlanScreen
from cptkiosk.ui.screens.staff import StaffScreen
from cptkiosk.ui.widgets.form import Form
from support.center import DANA, open_desk
from support.clock import HandClock
from support.sitting import sit_down

SMALL = (80, 24)
CENTER = {"name": "N", "site_code": "TN-1", "coordinator": "Dana Ortiz"}
PINS = {"pin": "482914", "again": "482914"}


def words(text: str) -> str:
    return " ".join(text.split())


async def test_the_first_run_takes_a_city_and_refuses_an_abbreviation(
    clock: HandClock, folder: Path
) -> None:
    desk = open_desk(folder / "new", clock)
    async with sit_down(desk, folder, None, SMALL) as sitting:
        sitting.showing(FirstRunScreen)
        form = sitting.screen.query_one(Form)
        form.set_values({**CENTER, **PINS, "time_zone": "MST"})
        await sitting.press("ctrl+s")
        assert "Type Denver or Phoenix." in words(sitting.words)
        assert not desk.center.is_set_up
        form.set_values({**PINS, "time_zone": "Central"})
        await sitting.press("ctrl+s")
    assert desk.center.time_zone == "America/Chicago"


@pytest.mark.parametrize(
    ("machine", "offered"),
    [
        ("America/Denver", "America/Denver"),
        ("UTC", ""),
        ("EST5EDT", "America/New_York"),
    ],
)
async def test_the_first_run_offers_only_a_zone_that_names_a_place(
    clock: HandClock,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    machine: str,
    offered: str,
) -> None:
    monkeypatch.setattr(first_run, "system_zone", lambda: machine)
    desk = open_desk(folder / "new", clock)
    async with sit_down(desk, folder, None, SMALL) as sitting:
        assert sitting.screen.query_one(Form).values()["time_zone"] == offered


async def test_a_start_is_typed_with_pm_and_an_american_date(
    desk: Desk, folder: Path
) -> None:
    async with sit_down(desk, folder, DANA, SMALL) as sitting:
        await sitting.show(PlanScreen())
        form = sitting.screen.query_one(Form)
        form.set_values({"modules": ("safety",), "start": "half past five"})
        await sitting.press("ctrl+s")
        assert "Type 5:49 PM or 17:49, for another day 11/1/2026 5:49 PM." in words(
            sitting.words
        )
        form.set_values({"start": "11/1/2026 5:49pm"})
        await sitting.press("ctrl+s")
        if "Is that right?" in sitting.words:
            await sitting.press("enter")
    (planned,) = queries.open_sessions(desk.ledger, desk.now().utc_ms)
    start = datetime.fromtimestamp(planned.starts_at_utc_ms / 1000, UTC)
    assert f"{start.astimezone(desk.zone):%Y-%m-%d %H:%M}" == "2026-11-01 17:49"


async def test_a_day_of_training_is_typed_as_an_american_date(
    desk: Desk, folder: Path
) -> None:
    async with sit_down(desk, folder, DANA, SMALL) as sitting:
        await sitting.show(StaffScreen())
        await sitting.press("t")
        form = sitting.screen.query_one(Form)
        form.set_values({"trained": "31/8/2026"})
        await sitting.press("ctrl+s")
        assert "for example 8/31/2026" in words(sitting.words)
        form.set_values({"trained": "8/31/2026"})
        await sitting.press("ctrl+s")
    assert "2026-08-31" in {one.trained_on for one in desk.center.staff.values()}
