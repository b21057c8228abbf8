"""Swapping two seats by keys: one question that names both, one undo."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.session import Stage
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.screens.seat_map import SeatMapScreen
from support import exams
from support.center import DANA, LEE
from support.sessions import a_session, seated
from support.sitting import SitDown, Sitting

P1, P2 = "P1-safety", "P2-safety"


def seats(desk: Desk) -> tuple[str, str]:
    people = desk.session("a").attempts
    return people[P1].seat, people[P2].seat


async def answer_yes_then_undo(desk: Desk, sitting: Sitting) -> None:
    """Agree to the swap that is asked about, then take it back."""
    sitting.showing(FormDialog)
    assert "Swap seats with FamilyP2, Kim (A2)?" in sitting.words
    assert "FamilyP1, Kim (A1) moves to A2" in sitting.words
    assert seats(desk) == ("A1", "A2")
    await sitting.press("enter")
    assert seats(desk) == ("A2", "A1")
    await sitting.press("u")
    assert seats(desk) == ("A1", "A2")


@pytest.mark.parametrize("place", ["testing", "check-in", "seat map"])
async def test_choosing_a_taken_seat_asks_to_swap(
    desk: Desk, at: SitDown, place: str
) -> None:
    at_check_in = place == "check-in"
    a_session(desk, 2, Stage.CHECK_IN if at_check_in else Stage.RUNNING)
    if at_check_in:
        for one in (P1, P2):
            seated(desk, "a", one)
    async with at("check-in" if at_check_in else "testing") as sitting:
        if place == "seat map":
            await sitting.press("m")
            sitting.showing(SeatMapScreen)
        await sitting.press("z")
        await sitting.type("a2")
        assert "A2 in 204 - swap with FamilyP2, Kim" in sitting.words
        await sitting.press("enter")
        await answer_yes_then_undo(desk, sitting)


async def test_people_of_one_name_are_distinguished_in_a_swap(
    desk: Desk, at: SitDown
) -> None:
    exams.registered(desk, "P1")
    for one in ("4606", "7611"):
        chen = RegisterPerson(
            participant_id=one,
            family_name="Chen",
            given_name="Li",
            registration=Registration("safety", f"CODE-{one}"),
            two_people="two birth dates",
        )
        desk.registrar.register([chen], DANA)
    exams.planned(desk, "a")
    for one in ("P1", "4606", "7611"):
        exams.rolled(desk, "a", one)
    desk.perform(exams.opening("a"), LEE)
    for one in desk.session("a").attempts:
        seated(desk, "a", one)
    async with at("check-in") as sitting:
        await sitting.press("end", "z")
        await sitting.type("chen")
        assert "swap with Chen, Li (ID 4606)" in sitting.words
        assert "swap with Chen, Li (ID 7611)" in sitting.words


async def test_the_action_line_asks_the_same(desk: Desk, at: SitDown) -> None:
    a_session(desk, 2)
    async with at("testing") as sitting:
        await sitting.type(":A1 seat A2")
        await sitting.press("enter")
        await answer_yes_then_undo(desk, sitting)


async def test_a_declined_swap_moves_no_one(desk: Desk, at: SitDown) -> None:
    a_session(desk, 2)
    before = desk.ledger.head()
    async with at("testing") as sitting:
        await sitting.type(":A1 seat A2")
        await sitting.press("enter", "escape")
    assert desk.ledger.head() == before


async def test_two_people_named_for_one_seat_are_not_asked_about(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    before = desk.ledger.head()
    async with at("testing") as sitting:
        await sitting.type(":A1,A2 seat B3")
        await sitting.press("enter")
        assert "'seat' works on one person at a time." in sitting.words
    assert desk.ledger.head() == before


async def test_in_a_full_room_two_people_still_swap(desk: Desk, at: SitDown) -> None:
    a_session(desk, 30)
    assert not desk.session("a").free_seats()
    async with at("testing") as sitting:
        await sitting.press("z")
        await sitting.type("a2")
        await sitting.press("enter")
        await answer_yes_then_undo(desk, sitting)
