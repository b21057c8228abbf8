"""People of one name are told apart on every list by their whole ID."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.candidate import RegisterPerson, Registration
from cptkiosk.ui.widgets.roll import Roll
from support.center import LEE
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
    desk.register(rows, LEE)
    planned(desk, (), "a", "safety")
    for one in IDS:
        desk.perform(desk.assignment("a", one, "safety"), LEE)
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
        rows = sitting.screen.query_one(Roll)
        shown = [rows.render_line(y).text for y in range(1, 4)]
        for one in IDS:
            assert sum(f" ! {one} " in line for line in shown) == 1, shown
        assert all("M" in line for line in shown)
