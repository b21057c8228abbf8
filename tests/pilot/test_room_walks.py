"""A walk of the room: asked for on the Next line, logged with one key, undone with one."""

from cptkiosk.desk import Desk
from cptkiosk.domain.rules.room_walks import LogRoomWalk, RoomWalked
from cptkiosk.domain.state.session_log import LogEntryUndone
from cptkiosk.domain.values import MINUTE_MS
from support.center import LEE
from support.exams import policy
from support.sessions import a_session, advance
from support.sitting import SitDown, events_of, why_not


def walks(desk: Desk) -> int:
    return sum(isinstance(one.event, RoomWalked) for one in desk.session("a").log)


async def test_the_next_line_asks_for_a_walk_and_names_the_key(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk)
    async with at("testing") as sitting:
        assert "walk the room" not in sitting.frame
        advance(desk, 20 * MINUTE_MS)
        sitting.app.redraw_time()
        await sitting.settle()

        line = next(one for one in sitting.frame.splitlines() if "Next:" in one)
        assert "time for the room walk, then log it: 20 minutes since the start" in line
        assert line.split()[-1] == "w"

        await sitting.press("w")

        assert walks(desk) == 1
        assert "room walk logged" in sitting.words
        assert "walk the room" not in sitting.frame


async def test_enter_does_not_log_a_walk_that_did_not_happen(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk)
    advance(desk, 20 * MINUTE_MS)
    async with at("testing") as sitting:
        await sitting.press("enter")

        assert walks(desk) == 0
        assert "Press w" in sitting.words


async def test_a_key_pressed_twice_says_so_and_u_takes_the_walk_back(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk)
    async with at("testing") as sitting:
        await sitting.press("w", "w")

        assert walks(desk) == 1
        assert "This was logged 0:0" in sitting.words

        await sitting.press("u")

        assert walks(desk) == 0
        assert isinstance(events_of(desk)[-1], LogEntryUndone)
        assert "undone: the room walk" in sitting.words


async def test_a_walk_is_typed_on_the_action_line(desk: Desk, at: SitDown) -> None:
    a_session(desk)
    async with at("testing") as sitting:
        await sitting.enter_line("walk")

        assert walks(desk) == 1
        assert "room walk logged" in sitting.words


async def test_a_walk_logged_at_another_terminal_is_known_here(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk)
    async with at("testing") as sitting:
        desk.perform(LogRoomWalk(session_id="a"), LEE)
        await sitting.press("w")

        assert walks(desk) == 1
        assert "was logged" in sitting.words


async def test_the_key_is_dimmed_and_says_why_where_no_walks_are_asked_for(
    desk: Desk, at: SitDown
) -> None:
    policy(desk, room_walk_minutes=0)
    a_session(desk)
    async with at("testing") as sitting:
        assert "does not require" in why_not(sitting, "room_walk")
        await sitting.press("w")

        assert walks(desk) == 0
        assert "does not require" in sitting.words
