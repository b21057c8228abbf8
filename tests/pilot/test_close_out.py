"""Close-out: each line leads to its place, and a seal leaves a report to print."""

from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.commands.score import KeyScore
from cptkiosk.domain.events.session import StepAuthorized
from cptkiosk.domain.rules.candidate_rules import DeclareConflict
from cptkiosk.domain.state.session import Stage
from cptkiosk.ui.screens.close_out.screen import CloseOutScreen
from cptkiosk.ui.screens.irregularities import IrregularitiesScreen
from cptkiosk.ui.screens.scores.screen import ScoresScreen
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from cptkiosk.ui.widgets.form import Form
from support.center import DANA, DANA_PIN, LEE, LEE_PIN
from support.exams import irregularity
from support.sessions import a_session, attempt_id, ended
from support.sitting import sit_down

A_DRILL = (("noise-source", "a drill"), ("minutes", "2"))


@pytest.fixture
def open_close_out(desk: Desk) -> Desk:
    """Nothing is scored, and the second of two irregularities lacks a field."""
    a_session(desk, 3, Stage.RUNNING)
    for code, action in (("ENV-NOISE", "window shut"), ("TEC-STATION", "")):
        command = RecordIrregularity(
            session_id="a", code=code, severity=1, scope="attempt", validity="none",
            attempt_ids=(attempt_id("P1"),), observed="seen", action_taken=action,
        )  # fmt: skip
        desk.perform(command, LEE)
    ended(desk, "a")
    return desk


def scored_elsewhere(desk: Desk, participant_id: str) -> None:
    for _ in range(2):
        key = KeyScore(
            session_id="a", attempt_id=attempt_id(participant_id),
            shown="70", shown_as="raw",
        )  # fmt: skip
        desk.perform(key, LEE)


async def test_a_line_about_a_score_leads_to_that_very_person(
    open_close_out: Desk, folder: Path
) -> None:
    async with sit_down(open_close_out, folder, LEE) as sitting:
        await sitting.show(CloseOutScreen("a"))
        await sitting.press("home", "down", "down", "enter")
        sitting.showing(ScoresScreen)
        assert sitting.screen.query_one(FilterableTable).cursor_key == attempt_id("P3")


async def test_a_line_about_an_irregularity_leads_to_that_very_entry(
    open_close_out: Desk, folder: Path
) -> None:
    lacking = [
        one.event.irregularity_id
        for one in open_close_out.session("a").in_force
        if one.event.missing
    ]
    async with sit_down(open_close_out, folder, LEE) as sitting:
        await sitting.show(CloseOutScreen("a"))
        down = ("down",) * (2 + len(lacking))
        await sitting.press("home", *down, "enter")
        sitting.showing(IrregularitiesScreen)
        assert sitting.screen.query_one(FilterableTable).cursor_key == lacking[-1]


async def test_sealing_writes_the_report_and_p_says_where_it_is(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 2, Stage.ENDED)
    async with sit_down(desk, folder, LEE, (120, 40)) as sitting:
        await sitting.show(CloseOutScreen("a"))
        await sitting.press("P")
        assert "written when you sign and seal" in sitting.words
        await sitting.press("s")
        await sitting.fill(LEE_PIN)
        (report,) = sitting.app.paths.reports.iterdir()
        assert report.name == "session-report-a-r1.txt"
        first = report.read_bytes()
        assert b"revision 1" in first.lower()
        assert report.stat().st_mode & 0o077 == 0
        assert "ready to print (P)" in sitting.words

        report.unlink()
        await sitting.press("P", "enter", "down", "down", "enter")
        assert "report saved:" in sitting.words
        assert report.name in sitting.words
        assert report.read_bytes() == first
        await sitting.press("P", "down", "enter", "down", "down", "enter")
        (fees,) = sitting.app.paths.reports.glob("statement-session-a-*.txt")
        assert fees.stat().st_mode & 0o077 == 0
        owed = fees.read_text()
        assert "Candidates    2 candidates" in owed
        assert "Grand total" in owed


async def test_a_seal_stands_though_its_report_cannot_be_written(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 1, Stage.ENDED)
    (folder / "reports").write_text("a file where the folder should be")
    async with sit_down(desk, folder, LEE, (120, 40)) as sitting:
        await sitting.show(CloseOutScreen("a"))
        await sitting.press("s")
        await sitting.fill(LEE_PIN)
        assert "session-report-a-r1.txt could not be written" in sitting.words
    assert desk.session("a").stage is Stage.SEALED


async def test_missing_sheets_are_named_where_they_are_counted(
    open_close_out: Desk, folder: Path
) -> None:
    async with sit_down(open_close_out, folder, LEE) as sitting:
        await sitting.show(CloseOutScreen("a"))
        await sitting.press("p")
        await sitting.type("1")
        await sitting.press("enter")
        await sitting.type("left in the bin")
        await sitting.press("down")
        await sitting.type("2, 3")
        await sitting.press("enter")
        await sitting.settle()

    counted = open_close_out.session("a").scratch
    assert counted is not None
    assert (counted.returned, counted.missing) == (1, (2, 3))


async def test_the_close_out_names_who_must_act_where_a_coordinator_signs(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 2)
    desk.perform(irregularity("MIS-TALK", severity=2, told="Dana Ortiz"), LEE)
    ended(desk, "a")
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(CloseOutScreen("a"))
        assert (
            "Coordinator Dana Ortiz reviews the irregularities, then" in sitting.words
        )
        assert "Lee Wong runs this session and signs" not in sitting.words


async def test_a_number_that_comes_back_is_replaced_by_the_first_digit(
    open_close_out: Desk, folder: Path
) -> None:
    async with sit_down(open_close_out, folder, LEE) as sitting:
        await sitting.show(CloseOutScreen("a"))
        await sitting.press("p", "9", "escape", "p")
        assert sitting.screen.query_one(Form).values()["returned"] == "9"
        await sitting.press("enter", "enter")
        assert "9 returned" in sitting.words

        await sitting.press("shift+tab", "2")
        assert sitting.screen.query_one(Form).values()["returned"] == "2"
        assert "9 returned" not in sitting.words


async def test_the_key_says_so_if_no_one_may_sign(desk: Desk, folder: Path) -> None:
    a_session(desk, 1, Stage.ENDED)
    desk.perform(irregularity(severity=2, details=A_DRILL), LEE)
    desk.perform(
        DeclareConflict(participant_id="P1", staff_id="s1", relation="instructor"), DANA
    )
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(CloseOutScreen("a"))
        await sitting.press("s")
        sitting.showing(CloseOutScreen)
        assert "No one on the staff list may sign this" in sitting.words


@pytest.mark.parametrize("key", ["s", "H"])
async def test_a_signature_form_is_answered_only_by_its_signer(
    desk: Desk, folder: Path, key: str
) -> None:
    a_session(desk, 1, Stage.ENDED)
    before = desk.ledger.head()
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(CloseOutScreen("a"))
        await sitting.press(key)
        sitting.app.actor = DANA
        if key == "H":
            await sitting.press("enter")
            await sitting.fill(LEE_PIN, DANA_PIN)
        else:
            await sitting.fill(LEE_PIN)
        assert "Another person is signed in now" in sitting.words
    assert desk.ledger.head() == before


async def test_enter_opens_the_drawn_line_and_no_other_once_one_above_is_settled(
    open_close_out: Desk, folder: Path
) -> None:
    desk = open_close_out
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(CloseOutScreen("a"))
        await sitting.press("home", "down")
        scored_elsewhere(desk, "P1")
        await sitting.press("enter")
        sitting.showing(ScoresScreen)
        assert sitting.screen.query_one(FilterableTable).cursor_key == attempt_id("P2")


async def test_enter_on_a_line_settled_elsewhere_says_so_and_opens_nothing(
    open_close_out: Desk, folder: Path
) -> None:
    desk = open_close_out
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(CloseOutScreen("a"))
        await sitting.press("home", "down")
        scored_elsewhere(desk, "P2")
        await sitting.press("enter")
        sitting.showing(CloseOutScreen)
        assert "The next step has just changed, so Enter did nothing." in sitting.words


async def test_a_record_bundle_takes_a_coordinators_pin_in_place(
    desk: Desk, folder: Path, tmp_path: Path
) -> None:
    a_session(desk, 1, Stage.SEALED)
    stick = tmp_path / "stick"
    stick.mkdir()
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(CloseOutScreen("a"))
        for pin in ("000000", DANA_PIN):
            await sitting.press("B", "ctrl+u")
            await sitting.fill(str(stick))
            assert "Only a coordinator can send it." in sitting.words
            await sitting.fill(pin)
            if pin != DANA_PIN:
                assert not list(stick.iterdir())
                await sitting.press("escape")
        assert "record bundle written and read back" in sitting.words
    (written,) = desk.session("a").bundles
    assert written.bundle_kind == "record"
    entries = desk.ledger.read_stream("session/a")[-2:]
    assert [one.actor for one in entries] == ["s1", "s1"]
    approved = entries[0].event
    assert isinstance(approved, StepAuthorized)
    assert (approved.asked_by, approved.step) == ("s2", "bundle-written.v1")
