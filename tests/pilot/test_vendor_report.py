"""Releasing user codes, and the import of the vendor's official report, by keys."""

from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.closing import RecordBundle
from cptkiosk.domain.state.official import Official
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import DAY_MS
from cptkiosk.ui.screens.close_out.screen import CloseOutScreen
from cptkiosk.ui.screens.scores.screen import ScoresScreen
from cptkiosk.ui.screens.today import TodayScreen
from cptkiosk.ui.screens.vendor.check import VendorCheckScreen
from support.center import DANA, DANA_PIN, LEE
from support.sessions import a_session, advance, attempt
from support.sitting import sit_down
from support.vendor_reports import report_rows, write_csv, write_xlsx


@pytest.fixture
def sealed(desk: Desk) -> Desk:
    """A sealed session of ten whose bundle is written."""
    a_session(desk, 10, Stage.SEALED)
    bundle = RecordBundle(
        session_id="a", destination="usb", file_name="a.zip", sha256="0" * 64
    )
    desk.perform(bundle, DANA)
    return desk


def states(desk: Desk) -> set[Official]:
    return {one.official for one in desk.session("a").attempts.values()}


async def test_next_leads_from_today_through_the_release_to_the_report(
    sealed: Desk, folder: Path, tmp_path: Path
) -> None:
    path = write_xlsx(tmp_path / "report.xlsx", report_rows(sealed))
    async with sit_down(sealed, folder, DANA) as sitting:
        assert "release the user codes of Morning" in sitting.words
        await sitting.press("enter")
        assert "release user code CODE-safety-P1: " in sitting.words
        await sitting.press("enter")
        assert "Release them on the vendor's website first" in sitting.words
        assert "and 2 more" in sitting.words
        assert states(sealed) == {Official.PRELIMINARY}
        await sitting.press("enter")
        assert states(sealed) == {Official.RELEASED}
        assert "10 user codes released" in sitting.words
        assert "go back" in sitting.words

        advance(sealed, 5 * DAY_MS)
        await sitting.show(CloseOutScreen("a"))
        assert "import the vendor's official report: 10 scores due" in sitting.words
        await sitting.press("enter")
        await sitting.press("ctrl+u")
        await sitting.type(f"{path}")
        await sitting.press("enter")
        sitting.showing(VendorCheckScreen)
        assert "confirms 10" in sitting.words
        assert states(sealed) == {Official.RELEASED}
        await sitting.press("enter")
        assert "10 official scores recorded" in sitting.words
        assert states(sealed) == {Official.OFFICIAL}
        await sitting.show(ScoresScreen("a"))
        assert "pass, official" in sitting.words
        await sitting.show(TodayScreen())
        assert "plan the next session" in sitting.words


async def test_a_proctor_needs_the_coordinator_for_the_release_and_the_report(
    sealed: Desk, folder: Path, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "report.csv", report_rows(sealed))
    async with sit_down(sealed, folder, LEE) as sitting:
        await sitting.show(CloseOutScreen("a"))
        await sitting.press("c", "enter")
        await sitting.fill(DANA_PIN)
        assert states(sealed) == {Official.RELEASED}
        await sitting.show(VendorCheckScreen(path))
        await sitting.press("enter")
        assert states(sealed) == {Official.RELEASED}
        await sitting.fill(DANA_PIN)
        assert states(sealed) == {Official.OFFICIAL}


async def test_a_score_without_a_sign_is_asked_about_first(
    sealed: Desk, folder: Path, tmp_path: Path
) -> None:
    people = sealed.session("a").attempts.values()
    rows = [[one.user_code, "70"] for one in people]
    path = write_csv(tmp_path / "report.csv", rows, ("User Code", "Score"))
    async with sit_down(sealed, folder, DANA) as sitting:
        await sitting.show(VendorCheckScreen(path))
        assert "say what the scores are" in sitting.words
        await sitting.press("enter")
        assert "Press s first" in sitting.words
        assert states(sealed) == {Official.PRELIMINARY}
        await sitting.press("s", "enter")
        assert "confirms 10" in sitting.words
        await sitting.press("enter")
    assert states(sealed) == {Official.OFFICIAL}


async def test_columns_that_are_not_known_are_named_by_keys(
    sealed: Desk, folder: Path, tmp_path: Path
) -> None:
    rows = [[attempt(sealed, "P1").user_code, "70"]]
    path = write_csv(tmp_path / "report.csv", rows, ("Ref", "Pts."))
    async with sit_down(sealed, folder, DANA) as sitting:
        await sitting.show(VendorCheckScreen(path))
        assert "cannot be used as is" in sitting.words
        await sitting.press("enter")
        assert states(sealed) == {Official.PRELIMINARY}
        await sitting.press("c")
        assert "What the columns mean" in sitting.words


async def test_a_difference_leads_to_an_amendment(
    sealed: Desk, folder: Path, tmp_path: Path
) -> None:
    rows = report_rows(sealed)
    rows[0][5:7] = ["50%", "Fail"]
    path = write_csv(tmp_path / "report.csv", rows)
    before = attempt(sealed, "P1").score
    async with sit_down(sealed, folder, DANA) as sitting:
        await sitting.show(VendorCheckScreen(path))
        await sitting.press("enter")
        assert "1 to decide" in sitting.words
        await sitting.show(CloseOutScreen("a"))
        assert "amend the session: an official score differs" in sitting.words
        await sitting.show(ScoresScreen("a"))
        assert "official differs" in sitting.words
    assert attempt(sealed, "P1").score == before


async def test_a_file_that_is_no_report_leads_back(
    sealed: Desk, folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "report.csv"
    path.write_text("")
    async with sit_down(sealed, folder, DANA) as sitting:
        await sitting.show(VendorCheckScreen(path))
        sitting.showing(TodayScreen)
        assert "Nothing was changed" in sitting.words
