"""Ctrl+P in a session: which list or report, on which printer, or as which file."""

from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Stage
from support.center import LEE
from support.printers import FakePrinters
from support.screens import screen_for
from support.sessions import a_session
from support.sitting import sit_down


@pytest.fixture
def printers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePrinters:
    return FakePrinters(tmp_path / "cups", monkeypatch)


async def test_a_sign_in_sheet_is_printed_and_the_job_is_said(
    desk: Desk, folder: Path, printers: FakePrinters
) -> None:
    printers.set_up("Office")
    a_session(desk, 2, Stage.CHECK_IN)
    async with sit_down(desk, folder, LEE, (120, 40)) as sitting:
        await sitting.show(screen_for("check-in", "a"))
        await sitting.press("ctrl+p")
        assert "sign-in sheet" in sitting.words
        assert "Printer" not in sitting.words
        await sitting.press("enter", "enter")
        assert "Sent to printer Office (job Office-1)." in sitting.words
    assert printers.titles() == ["Sign-in sheet a"]


async def test_while_clocks_run_the_evacuation_list_comes_first(
    desk: Desk, folder: Path, printers: FakePrinters
) -> None:
    printers.set_up("Office", "Lab", default="Lab")
    a_session(desk, 2, Stage.RUNNING)
    async with sit_down(desk, folder, LEE, (120, 40)) as sitting:
        await sitting.show(screen_for("testing", "a"))
        await sitting.press("ctrl+p", "enter", "enter", "enter")
        assert "Sent to printer Lab (job Lab-1)." in sitting.words
    assert printers.titles() == ["Evacuation list a"]


async def test_a_job_that_waits_is_said_to_wait(
    desk: Desk, folder: Path, printers: FakePrinters
) -> None:
    printers.set_up("Office")
    printers.stop()
    a_session(desk, 1, Stage.CHECK_IN)
    async with sit_down(desk, folder, LEE, (120, 40)) as sitting:
        await sitting.show(screen_for("check-in", "a"))
        await sitting.press("ctrl+p", "enter", "enter")
        assert (
            "! Job Office-1 is waiting at printer Office: out of paper."
            in sitting.words
        )


async def test_without_a_printer_the_file_is_offered(
    desk: Desk, folder: Path, printers: FakePrinters
) -> None:
    a_session(desk, 1, Stage.CHECK_IN)
    async with sit_down(desk, folder, LEE, (120, 40)) as sitting:
        await sitting.show(screen_for("check-in", "a"))
        await sitting.press("ctrl+p")
        assert "No printer is set up on this computer." in sitting.words
        await sitting.press("enter", "enter")
        assert "report saved:" in sitting.words
        (path,) = sitting.app.paths.reports.iterdir()
        assert path.name == "sign-in-a.pdf"
