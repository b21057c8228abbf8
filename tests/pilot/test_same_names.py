"""Every list distinguishes people of one name by their whole ID."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import mistake as c
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.services.assignment import build_assignment
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from cptkiosk.words import explain
from support.center import DANA, LEE
from support.exams import report_of
from support.sessions import ended, opened, planned, seated, started
from support.sitting import SitDown

IDS = ("004712", "4712", "0001234567")


def of_one_name(desk: Desk, place: str) -> None:
    """Bring three people of one name to a list."""
    rows = [
        RegisterPerson(
            participant_id=one,
            family_name="Miller",
            given_name="Ava",
            birth_date=f"1990-04-0{at}",
            registration=Registration("safety", f"CODE-{one}"),
        )
        for at, one in enumerate(IDS, 1)
    ]
    desk.registrar.register(rows, LEE)
    planned(desk, (), "a", "safety")
    for one in IDS:
        desk.perform(build_assignment(desk, "a", one, "safety"), LEE)
    opened(desk, "a")
    if place != "check-in":
        for one in IDS:
            seated(desk, "a", f"{one}-safety")
        started(desk, "a")
    if place == "scores":
        ended(desk, "a")


@pytest.mark.parametrize("place", ["check-in", "testing", "scores"])
async def test_the_whole_id_of_people_of_one_name_is_shown_at_80_columns(
    desk: Desk, at: SitDown, place: str
) -> None:
    of_one_name(desk, place)
    async with at(place) as sitting:
        rows = sitting.screen.query_one(FilterableTable)
        shown = [rows.render_line(y).text for y in range(1, 4)]
        for one in IDS:
            assert sum(f" ID {one} " in line for line in shown) == 1, shown
        assert all("M" in line for line in shown)


def test_a_refused_person_is_distinguished_from_namesakes(desk: Desk) -> None:
    of_one_name(desk, "scores")
    for one in IDS:
        same = c.ReplaceOutcome(
            session_id="a",
            attempt_id=f"{one}-safety",
            outcome="finished",
            reason="none",
        )
        label = desk.session("a").label(desk.session("a").attempts[f"{one}-safety"])
        assert "(ID " in label
        assert f"{label} is already recorded as finished" in explain(
            desk.preview.refusal(same, DANA)
        )


def test_the_report_distinguishes_the_people_a_decision_is_about(desk: Desk) -> None:
    of_one_name(desk, "scores")
    absent = c.ReplaceOutcome(
        session_id="a",
        attempt_id=f"{IDS[0]}-safety",
        outcome="absent",
        reason="a mix-up",
    )
    desk.perform(absent, DANA)
    label = desk.session("a").label(desk.session("a").attempts[f"{IDS[0]}-safety"])
    assert f"{label}: absent, not finished" in report_of(desk)


async def test_people_who_owe_a_score_are_distinguished_under_the_list(
    desk: Desk, at: SitDown
) -> None:
    of_one_name(desk, "scores")
    async with at("scores") as sitting:
        assert "Miller, Ava (ID " in sitting.words
