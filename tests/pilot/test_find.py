"""Find people and sessions from Today as you type, and the records as tables."""

import csv
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import halt as c
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.services.assignment import build_assignment
from cptkiosk.ui.screens.close_out.screen import CloseOutScreen
from cptkiosk.ui.screens.find import FindScreen
from cptkiosk.ui.screens.person import PersonScreen
from cptkiosk.ui.screens.records import RecordsScreen
from cptkiosk.ui.screens.today import TodayScreen
from support.center import DANA, LEE
from support.reports import session_report
from support.sessions import a_session, advance, ended, halted, planned
from support.sitting import sit_down

PEOPLE = (("100482", "Brown", "DeShawn"), ("100900", "Álvarez", "María"))


@pytest.fixture
def known(desk: Desk) -> Desk:
    """Two people and a sealed session."""
    desk.registrar.register(
        [
            RegisterPerson(
                participant_id=one,
                family_name=family,
                given_name=given,
                registration=Registration("safety", f"C{one}"),
            )
            for one, family, given in PEOPLE
        ],
        LEE,
    )
    a_session(desk, 1, Stage.SEALED)
    return desk


@pytest.mark.parametrize(
    ("typed", "about"),
    [("alvarez", "100900"), ("MARIA", "100900"), ("0482", "100482")],
)
async def test_part_of_a_name_or_id_and_enter_open_the_card(
    known: Desk, folder: Path, typed: str, about: str
) -> None:
    async with sit_down(known, folder, LEE) as sitting:
        await sitting.press("slash")
        sitting.showing(FindScreen)
        await sitting.type(typed)
        await sitting.press("enter")
        sitting.showing(PersonScreen)
        assert sitting.screen.participant_id == about


async def test_a_session_is_found_by_title_and_opened_where_it_stands(
    known: Desk, folder: Path
) -> None:
    async with sit_down(known, folder, LEE) as sitting:
        await sitting.press("slash")
        await sitting.type("morn sealed")
        await sitting.press("enter")
        sitting.showing(CloseOutScreen)
        await sitting.press("escape", "escape")
        sitting.showing(TodayScreen)


async def test_an_ended_session_without_an_open_score_is_found_at_its_close_out(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 1, Stage.ENDED)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.press("slash")
        await sitting.type("morn ended")
        await sitting.press("enter")
        sitting.showing(CloseOutScreen)


async def test_back_from_a_card_the_search_is_still_there(
    known: Desk, folder: Path
) -> None:
    async with sit_down(known, folder, LEE) as sitting:
        await sitting.press("slash")
        await sitting.type("1009")
        await sitting.press("enter", "escape")
        sitting.showing(FindScreen)
        assert "Álvarez" in sitting.words
        assert "Brown" not in sitting.words
        await sitting.press("backspace")
        await sitting.type("4")
        assert "Brown" in sitting.words


async def test_a_search_without_an_answer_says_so_and_opens_nothing(
    known: Desk, folder: Path
) -> None:
    async with sit_down(known, folder, LEE) as sitting:
        await sitting.press("slash")
        await sitting.type("zz")
        await sitting.press("enter")
        sitting.showing(FindScreen)
        assert "No matches" in sitting.words


async def test_the_tables_of_the_records_are_written_as_csv(
    known: Desk, folder: Path
) -> None:
    async with sit_down(known, folder, LEE) as sitting:
        await sitting.show(RecordsScreen())
        await sitting.press("e")
        reports = sitting.app.paths.reports
        assert "records-2026-09-21-all-pass-rate.csv" in sitting.words
    tables = {
        one.stem.rpartition("-all-")[2]: list(
            csv.reader(one.read_text("utf-8-sig").splitlines())
        )
        for one in reports.iterdir()
    }
    assert tables["pass-rate"] == [
        ["module", "passed", "scored", "percent"],
        ["Safety", "1", "1", "100"],
    ]
    assert tables["scores"][1] == ["a", "safety", "2026-09-21", "70", "83", "64", "1"]
    assert set(tables) == {
        *("pass-rate", "scores", "months", "time-used", "irregularities"),
    }


async def test_the_tables_are_those_of_the_module_that_is_shown(
    known: Desk, folder: Path
) -> None:
    async with sit_down(known, folder, LEE) as sitting:
        await sitting.show(RecordsScreen())
        shown = sitting.app.desk.definitions.modules[0].id
        await sitting.press("m", "e")
        assert f"records-2026-09-21-{shown}-pass-rate.csv" in sitting.words


async def test_a_cell_of_a_table_cannot_become_a_formula(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 1, Stage.SEALED, "=1+1")
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(RecordsScreen())
        await sitting.press("e")
        (scores,) = sitting.app.paths.reports.glob("*-scores.csv")
    assert "\n'=1+1,safety" in scores.read_text()


# What the report of a session says of time, and in which order


def words(desk: Desk) -> str:
    session = desk.session("a")
    report = session_report(desk, session)
    return " ".join(report.split())


def test_the_report_prints_the_time_over_and_counts_no_halt_as_taken(
    desk: Desk,
) -> None:
    a_session(desk, 1)
    advance(desk, 10 * MINUTE_MS)
    halted(desk, "a")
    advance(desk, 30 * MINUTE_MS)
    everybody = tuple(desk.session("a").attempts)
    desk.perform(c.ResumeSession(session_id="a", back=everybody), DANA)
    advance(desk, 80 * MINUTE_MS + 136_000)
    ended(desk, "a")

    assert "took 1:30:00, +2:16 over" in words(desk)


def test_the_report_says_nothing_of_over_where_the_time_was_kept(desk: Desk) -> None:
    a_session(desk, 1)
    advance(desk, 89 * MINUTE_MS)
    ended(desk, "a")

    assert "over" not in words(desk)


def test_the_roll_of_the_report_is_sorted_like_the_screens(desk: Desk) -> None:
    planned(desk, (), "a", "safety")
    for one, family in (("P1", "Zoe"), ("P2", "Émile"), ("P3", "Fay")):
        person = RegisterPerson(
            participant_id=one,
            family_name=family,
            given_name="Kim",
            registration=Registration("safety", f"C{one}"),
        )
        desk.registrar.register([person], LEE)
        desk.perform(build_assignment(desk, "a", one, "safety"), LEE)
    text = words(desk)

    assert text.index("Émile") < text.index("Fay") < text.index("Zoe")
