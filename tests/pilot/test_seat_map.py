"""The seat map: who sits where, read without color, and the way back to the roll."""

from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.checkin import TakeSeat
from cptkiosk.domain.commands.planning import PlanSession
from cptkiosk.domain.commands.testing import BeginBreak, BeginPause
from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.services.assignment import build_assignment
from cptkiosk.ui.screens.seat_map import SeatMapScreen
from cptkiosk.ui.terminal.glyphs import ASCII
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from cptkiosk.ui.widgets.seat_map import SeatMap
from support.center import LEE
from support.screens import screen_for
from support.sessions import a_session, advance, opened, register, seated
from support.sitting import SitDown, Sitting, sit_down


def two_rooms(desk: Desk) -> None:
    """Open a session of two people in two rooms, one of them in each."""
    register(desk, ("P1", "P2"), "safety")
    rooms = (Room(name="204", rows=2, columns=3), Room(name="206", rows=2, columns=3))
    plan = PlanSession(
        session_id="a",
        title="Morning",
        starts_at_utc_ms=desk.now().utc_ms,
        module_ids=("safety",),
        rooms=rooms,
    )
    desk.perform(plan, LEE)
    for one in ("P1", "P2"):
        desk.perform(build_assignment(desk, "a", one, "safety"), LEE)
    opened(desk, "a")
    for one in ("P1", "P2"):
        seated(desk, "a", f"{one}-safety")
    move = TakeSeat(session_id="a", attempt_id="P2-safety", room="206", seat="B3")
    desk.perform(move, LEE)


def grid_line(sitting: Sitting, letter: str) -> str:
    lines = sitting.frame.split("\n")
    return next(line for line in lines if line.strip().startswith(f"{letter} "))


async def test_every_seat_says_its_state_and_minutes_in_ascii(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 8)
    desk.perform(BeginBreak(session_id="a", attempt_id="P2-safety"), LEE)
    desk.perform(
        BeginPause(session_id="a", attempt_id="P3-safety", reason="froze"), LEE
    )
    advance(desk, 30 * MINUTE_MS)
    async with sit_down(desk, folder, LEE) as sitting:
        sitting.app.glyphs = ASCII
        await sitting.show(screen_for("testing", "a"))
        await sitting.press("m")

        sitting.showing(SeatMapScreen)
        cells = " ".join(grid_line(sitting, "A").split())
        assert cells == "A [* 60m] ~ 60m = 90m * 60m * 60m * 60m"
        assert " ".join(grid_line(sitting, "B").split()) == "B * 60m * 60m . . . ."
        assert sitting.frame.isascii() or "·" in sitting.frame


async def test_enter_goes_back_to_the_roll_row_of_that_seat(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 8)
    async with at("testing") as sitting:
        await sitting.press("m", "down", "right")
        assert "B2 FamilyP8, Kim" in sitting.words
        await sitting.press("enter")

        assert not isinstance(sitting.screen, SeatMapScreen)
        assert sitting.screen.query_one(FilterableTable).cursor_key == "P8-safety"


async def test_an_empty_seat_leads_nowhere_and_says_so(desk: Desk, at: SitDown) -> None:
    a_session(desk, 2)
    async with at("testing") as sitting:
        await sitting.press("m", "down")
        assert "A nobody" not in sitting.words
        assert "B1 empty seat" in sitting.words
        await sitting.press("enter")
        sitting.showing(SeatMapScreen)


async def test_tab_shows_the_other_room(desk: Desk, at: SitDown) -> None:
    two_rooms(desk)
    async with at("check-in") as sitting:
        await sitting.press("m")
        first = "204" in sitting.words and "1 of 6 seats taken" in sitting.words
        here = sitting.screen.query_one(SeatMap)
        assert first
        shown = {here.room.title.split()[1]}
        await sitting.press("tab")
        shown.add(here.room.title.split()[1])
        assert shown == {"204", "206"}


async def test_a_person_found_by_a_search_is_shown_though_the_roll_is_narrowed(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 4)
    async with at("testing") as sitting:
        await sitting.type("/FamilyP1")
        await sitting.press("enter", "m", "right", "right", "enter")

        assert sitting.screen.query_one(FilterableTable).cursor_key == "P3-safety"


async def test_a_wide_screen_has_the_map_beside_the_roll(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 4)
    async with at("testing", size=(120, 40)) as sitting:
        beside = sitting.screen.query_one("#beside", SeatMap)
        assert beside.display
        assert sitting.frame.count("A [") == 1
        await sitting.press("down")
        assert "A [" not in sitting.frame
        # The actions are where they were.
        assert sitting.screen.query_one(FilterableTable).region.x <= 1


async def test_a_small_screen_keeps_all_its_room_for_the_roll(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 4, Stage.RUNNING)
    async with at("testing") as sitting:
        assert not sitting.screen.query_one("#beside", SeatMap).display
