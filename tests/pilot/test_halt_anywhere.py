"""HALT works wherever one is, in two keys, and every screen shows that it does."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import halt as c
from cptkiosk.domain.events.halt import SessionHalted
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.dialogs.halt import HALT
from cptkiosk.ui.frame.kiosk_screen import KioskScreen
from cptkiosk.ui.screens.irregularities import IrregularitiesScreen
from cptkiosk.ui.screens.muster import MusterScreen
from cptkiosk.ui.screens.person import PersonScreen
from cptkiosk.ui.screens.roll_call import RollCallScreen
from cptkiosk.ui.screens.seat_map import SeatMapScreen
from cptkiosk.ui.screens.sign_in import LockScreen
from cptkiosk.ui.screens.today import TodayScreen
from cptkiosk.ui.widgets.bars import KeyBar
from cptkiosk.ui.widgets.form import Form
from support.center import LEE
from support.sessions import a_session, advance, line
from support.sitting import SitDown, events_of, sit_down

PLACES = ("testing", "scores", "check-in", "close-out")


def is_halted(desk: Desk) -> bool:
    return desk.session("a").stage is Stage.HALTED


@pytest.mark.parametrize("place", PLACES)
async def test_two_keys_halt_from_every_screen_of_a_running_session(
    desk: Desk, at: SitDown, place: str
) -> None:
    a_session(desk, 3)
    advance(desk, 10 * MINUTE_MS)
    async with at(place) as sitting:
        assert "h HALT" in sitting.words
        assert "1:20:00 left" in sitting.frame.splitlines()[0]
        pressed_ms = line(desk)
        await sitting.press("h")
        advance(desk, 20_000)
        await sitting.press("enter")
        assert desk.session("a").halts == ((pressed_ms, None),)
        sitting.showing(MusterScreen)
        assert "HALTED 1:20:00" in sitting.frame.splitlines()[0]


@pytest.mark.parametrize(
    "make",
    [
        lambda: IrregularitiesScreen("a"),
        lambda: PersonScreen("P1"),
        lambda: RollCallScreen("a"),
        TodayScreen,
    ],
    ids=["irregularities", "person", "roll-call", "today"],
)
async def test_two_keys_halt_from_what_lies_beside_a_session(
    desk: Desk, folder: Path, make: Callable[[], KioskScreen]
) -> None:
    a_session(desk, 3)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(make())
        assert "1:30:00 left" in sitting.frame.splitlines()[0]
        await sitting.press("h", "enter")
        assert is_halted(desk)


async def test_two_keys_halt_from_the_seat_map(desk: Desk, at: SitDown) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        await sitting.press("m")
        sitting.showing(SeatMapScreen)
        await sitting.press("h", "enter")
        assert is_halted(desk)


async def test_f8_halts_while_one_types_and_what_was_typed_stays(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        await sitting.press("n")
        await sitting.type("smells of ha")
        assert "F8: HALT" in sitting.words
        await sitting.press("f8", "enter")
        assert is_halted(desk)
        await sitting.press("space", "escape")
        sitting.showing(FormDialog)
        assert "smells of ha" in sitting.words


async def test_h_where_letters_are_typed_is_a_letter(desk: Desk, at: SitDown) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        await sitting.press("i")
        await sitting.type("h")
        assert "F8 HALT" in sitting.words
        await sitting.press("f8", "enter")
        assert is_halted(desk)


async def test_h_says_so_where_nothing_runs(desk: Desk, at: SitDown) -> None:
    a_session(desk, 2, Stage.CHECK_IN)
    async with at("check-in") as sitting:
        assert "HALT" not in sitting.words
        await sitting.press("h")
        assert "No session is running." in sitting.words


async def test_the_roll_call_shows_the_halt_and_leads_back_outside(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3, Stage.HALTED)
    async with at("testing") as sitting:
        await sitting.press("h")
        sitting.showing(MusterScreen)
        await sitting.press("enter")
        assert "No one is checked off" in sitting.words
        assert "FamilyP1, Kim; FamilyP2, Kim; FamilyP3, Kim" in sitting.words
        await sitting.press("enter")
        sitting.showing(RollCallScreen)
        assert "HALTED" in sitting.frame.splitlines()[0]
        for key in ("escape", "h"):
            await sitting.press(key)
            sitting.showing(MusterScreen)
            await sitting.press("enter", "enter")
            sitting.showing(RollCallScreen)


async def test_the_start_is_taken_back_only_after_a_question(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        await sitting.press("u")
        assert "Press U to undo the start." in sitting.words
        await sitting.press("U")
        assert "3 people return to seated." in sitting.words
        assert desk.session("a").stage is Stage.RUNNING
        await sitting.press("enter")
        assert desk.session("a").stage is Stage.CHECK_IN


async def test_esc_asks_first_until_a_person_is_checked_off(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3, Stage.HALTED)
    async with at("testing") as sitting:
        behind = sitting.screen
        await sitting.press("h", "escape")
        assert "No one is checked off" in sitting.words
        assert "FamilyP1, Kim; FamilyP2, Kim; FamilyP3, Kim" in sitting.words
        await sitting.press("escape")
        sitting.showing(MusterScreen)
        await sitting.press("escape", "enter")
        assert sitting.screen is behind
        await sitting.press("h", "space", "escape")
        assert sitting.screen is behind


async def test_a_halt_can_be_dated_by_the_time_of_the_alarm(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    advance(desk, 10 * MINUTE_MS)
    alarm_ms = (line(desk) - 4 * MINUTE_MS) // MINUTE_MS * MINUTE_MS
    async with at("testing") as sitting:
        await sitting.press("h", "down")
        form = sitting.screen.query_one(Form)
        form.focus_field("ago")
        form.set_values({"ago": desk.times.format_time(line(desk) + 2 * MINUTE_MS)})
        await sitting.press("ctrl+s")
        assert "or a time before now" in sitting.words
        form.set_values({"ago": desk.times.format_time(alarm_ms)})
        await sitting.settle()
        assert f"= {desk.times.format_seconds(alarm_ms)}" in sitting.words
        await sitting.press("ctrl+s")
    assert desk.session("a").halts[0][0] == alarm_ms


@pytest.mark.parametrize("key", ["h", "f8"])
async def test_halt_asks_which_of_several_sessions_and_counts_from_the_key(
    desk: Desk, folder: Path, key: str
) -> None:
    a_session(desk, 2)
    a_session(desk, 2, session_id="b")
    async with sit_down(desk, folder, LEE) as sitting:
        pressed_ms = line(desk)
        await sitting.press(key)
        assert "Choose the session to HALT" in sitting.words
        advance(desk, 20_000)
        await sitting.press("down", "enter")
        assert sitting.showing(FormDialog).name == HALT
        await sitting.press("enter")
        stages = {desk.session(one).stage for one in "ab"}
        assert stages == {Stage.RUNNING, Stage.HALTED}
        (halted,) = (one for one in "ab" if desk.session(one).stage is Stage.HALTED)
        assert halted == "b"
        assert desk.session("b").halts[0][0] <= pressed_ms + 1000


async def test_the_action_line_of_one_of_several_sessions_halts_that_one(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    a_session(desk, 2, session_id="b")
    async with at("testing", session="b") as sitting:
        await sitting.press("colon")
        await sitting.press("f8")
        assert sitting.showing(FormDialog).name == HALT
        await sitting.press("enter")
        assert desk.session("b").stage is Stage.HALTED
        assert desk.session("a").stage is Stage.RUNNING


@pytest.mark.parametrize("place", ["testing", "check-in", "scores"])
async def test_f8_halts_from_within_a_filter(
    desk: Desk, at: SitDown, place: str
) -> None:
    a_session(desk, 3)
    async with at(place) as sitting:
        await sitting.press("slash")
        await sitting.type("fam")
        await sitting.press("f8", "enter")
        assert is_halted(desk)


@pytest.mark.parametrize("key", ["h", "f8"])
async def test_halt_works_from_an_attendance_whose_halt_is_over(
    desk: Desk, at: SitDown, key: str
) -> None:
    a_session(desk, 3, Stage.HALTED)
    async with at("testing") as sitting:
        await sitting.press("h")
        sitting.showing(MusterScreen)
        everyone = tuple(desk.session("a").attempts)
        desk.perform(c.ResumeSession(session_id="a", back=everyone), LEE)
        await sitting.press("ctrl+r")
        assert "Everything is halted" not in sitting.words
        await sitting.press(key)
        assert sitting.showing(FormDialog).name == HALT
        await sitting.press("enter")
        assert is_halted(desk)
        sitting.showing(MusterScreen)


async def test_a_halt_key_pressed_again_asks_only_once(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 2)
    a_session(desk, 2, session_id="b")
    async with sit_down(desk, folder, LEE) as sitting:
        before = len(sitting.app.screen_stack)
        await sitting.press("f8", "f8", "f8")
        assert len(sitting.app.screen_stack) == before + 1
        await sitting.press("enter", "f8", "ctrl+g", "f8")
        halts = [one for one in sitting.app.screen_stack if one.name == HALT]
        assert len(halts) == 1


async def test_a_repeated_h_chooses_no_reason(desk: Desk, at: SitDown) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        await sitting.press("h", "h", "h", "enter")
        assert halt_reasons(desk) == ["alarm"]


async def test_h_after_another_key_in_the_question_narrows_its_reasons(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        await sitting.press("h", "w", "e", "a", "t", "h", "enter")
        assert halt_reasons(desk) == ["weather"]


def halt_reasons(desk: Desk) -> list[str]:
    """Return why the clocks were stopped, each time."""
    halts = [one for one in events_of(desk) if isinstance(one, SessionHalted)]
    return [one.reason.text for one in halts]


async def test_the_sign_in_offers_no_halt_and_says_what_comes_first(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 3)
    async with sit_down(desk, folder, None) as sitting:
        assert "HALT" not in sitting.words
        await sitting.press("f8")
        assert "Sign in first, then press F8." in sitting.words
        await sitting.press("ctrl+g")
        assert "HALT" not in sitting.words
        assert "Stop every clock" not in sitting.words
        assert not is_halted(desk)


async def test_a_locked_terminal_says_what_comes_before_a_halt(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        await sitting.press("ctrl+l", "f8")
        sitting.showing(LockScreen)
        assert "HALT" not in sitting.words
        assert "Sign in first, then press F8." in sitting.words


async def test_a_lock_pressed_right_after_a_halt_stays_in_front(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        await sitting.press("h")
        async with sitting.slow_desk():
            await sitting.press_meanwhile("enter", "ctrl+l")
            sitting.showing(LockScreen)
        assert is_halted(desk)
        sitting.showing(LockScreen)


async def test_the_help_of_a_question_about_a_session_halts_that_one(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    a_session(desk, 2, session_id="b")
    async with at("testing", session="b") as sitting:
        await sitting.press("c", "ctrl+g", "f8")
        assert sitting.showing(FormDialog).name == HALT
        await sitting.press("enter")
        assert desk.session("b").stage is Stage.HALTED


async def test_a_second_halted_session_has_an_attendance_of_its_own(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 1, Stage.HALTED, "a")
    a_session(desk, 1, Stage.HALTED, "b")
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(MusterScreen("a"))
        await sitting.press("h")
        assert "This session is halted. Check off everyone outside." in sitting.words
        keys = sitting.app.screen.query_one(KeyBar).said
        assert [one.enabled for one in keys if one.key == "h"] == [False]
        await sitting.show(RollCallScreen("b"))
        sitting.app.press_halt("b")
        await sitting.settle()
        assert sitting.showing(MusterScreen).session_id == "b"
