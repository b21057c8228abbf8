"""Whatever was typed or ticked is there again, and no key does what nobody saw."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from textual import events

from cptkiosk.desk import Desk
from cptkiosk.domain import commands as c
from cptkiosk.domain import guide
from cptkiosk.domain.attempt import Progress
from cptkiosk.domain.session import Stage
from cptkiosk.ui.screens import working
from cptkiosk.ui.screens.dialogs import AskDialog
from cptkiosk.ui.screens.muster import MusterScreen
from cptkiosk.ui.screens.roll_call import RollCallScreen
from cptkiosk.ui.screens.roster import RosterScreen
from cptkiosk.ui.screens.roster_check import RosterCheckScreen
from cptkiosk.ui.screens.sign_in import LockScreen
from cptkiosk.ui.stray import RESTS_S, HeldEnters
from cptkiosk.ui.walk import screen_for
from cptkiosk.ui.widgets.form import Form
from cptkiosk.ui.widgets.roll import Roll
from support.center import LEE, LEE_PIN, open_desk
from support.clock import HandClock
from support.sessions import a_session, attempt, halted, seated
from support.sitting import Sitting, sit_down


@pytest.fixture
def at(desk: Desk, folder: Path) -> type:
    """Return how to sit down at a place of session 'a'."""

    class Place:
        def __init__(
            self, place: str = "testing", size: tuple[int, int] = (80, 24)
        ) -> None:
            self.sitting, self.place = sit_down(desk, folder, LEE, size), place

        async def __aenter__(self):
            sitting = await self.sitting.__aenter__()
            await sitting.show(screen_for(self.place, "a"))
            return sitting

        async def __aexit__(self, *error) -> None:
            await self.sitting.__aexit__(*error)

    return Place


async def enter(sitting: Sitting, times: int = 1) -> None:
    """Press Enter as a terminal does when a key is held down."""
    for _ in range(times):
        sitting.app.post_message(events.Key("enter", "\r"))
        await sitting.settle()


# A held Enter


async def test_an_enter_held_down_in_the_check_in_starts_nobody(
    desk: Desk, at: type
) -> None:
    a_session(desk, 1, Stage.CHECK_IN)
    async with at("check-in") as sitting:
        sitting.app.held_enters = HeldEnters(30.0)
        await enter(sitting, 30)
        assert "Read aloud:" in sitting.frame
        assert "Enter was held down, so it did nothing" in sitting.words
        assert desk.session("a").stage is Stage.CHECK_IN


async def test_an_enter_that_has_rested_starts(desk: Desk, at: type) -> None:
    session = a_session(desk, 2, Stage.CHECK_IN)
    for one in session.attempts:
        seated(desk, "a", one)
    async with at("start") as sitting:
        sitting.app.held_enters = HeldEnters(30.0)
        await enter(sitting)
        assert desk.session("a").stage is Stage.RUNNING


def test_a_key_has_rested_after_a_second_or_another_key() -> None:
    held, start, other = HeldEnters(), type("Start", (), {"ENTER_RESTS": True})(), ""
    assert not held.takes(other, "enter", 10.0)
    assert held.takes(start, "enter", 10.7)
    assert held.takes(start, "enter", 11.5)
    assert not held.takes(start, "enter", 11.5 + RESTS_S)
    assert not held.takes(other, "enter", 20.0)
    assert not held.takes(start, "s", 20.1)
    assert not held.takes(start, "enter", 20.2)


# Too small a window


async def resize(sitting: Sitting, columns, lines) -> None:
    await sitting.pilot.resize_terminal(columns, lines)
    await sitting.settle()


async def test_no_key_acts_where_nobody_sees_what_it_does(desk: Desk, at: type) -> None:
    a_session(desk, 2)
    async with at() as sitting:
        before = len(desk.ledger.read("session/a"))
        await resize(sitting, 70, 20)
        await sitting.press("f", "b", "h", "enter", "colon", "i")
        assert "Please enlarge this window to 80 x 24." in sitting.words
        assert len(desk.ledger.read("session/a")) == before
        await resize(sitting, 80, 24)
        assert "TESTING" in sitting.frame
        await sitting.press("f")
        assert attempt(desk, "P1").standing is Progress.FINISHED


async def test_a_question_gives_way_to_the_message_and_comes_back(
    desk: Desk, at: type
) -> None:
    a_session(desk, 2)
    async with at() as sitting:
        await sitting.press("c")
        await sitting.fill("2")
        await sitting.type("bell")
        await resize(sitting, 70, 20)
        assert "Please enlarge this window to 80 x 24." in sitting.words
        assert "Esc goes back" not in sitting.words
        await sitting.type("unseen")
        await sitting.press("escape")
        await resize(sitting, 80, 24)
        assert isinstance(sitting.screen, AskDialog)
        await sitting.type("s")
        assert "bells" in sitting.screen.query_one(Form).values().values()


async def test_a_window_too_small_can_still_be_locked(desk: Desk, at: type) -> None:
    a_session(desk, 2)
    async with at() as sitting:
        await resize(sitting, 70, 20)
        await sitting.press("ctrl+l")
        assert isinstance(sitting.screen, LockScreen)
        await resize(sitting, 80, 24)
        await sitting.type(LEE_PIN)
        await sitting.press("enter")
        assert "TESTING" in sitting.frame


# Keys that are the same everywhere


async def test_the_first_form_can_be_left(clock: HandClock, folder: Path) -> None:
    desk = open_desk(folder / "new", clock)
    async with sit_down(desk, folder, None) as sitting:
        assert "^q leave" in sitting.frame
        assert "back" not in sitting.frame.splitlines()[-1]
        await sitting.press("ctrl+q")
        assert sitting.app.return_code == 0


async def test_a_locked_down_terminal_says_why_the_first_form_is_not_left(
    clock: HandClock, folder: Path
) -> None:
    desk = open_desk(folder / "new", clock)
    async with sit_down(desk, folder, None) as sitting:
        sitting.app.locked = True
        await sitting.press("ctrl+q")
        assert "only a coordinator ends the program" in sitting.words
        assert sitting.app.is_running


async def test_a_question_can_be_locked_and_keeps_what_was_typed(
    desk: Desk, at: type
) -> None:
    a_session(desk, 2)
    async with at() as sitting:
        await sitting.press("c")
        await sitting.fill("2")
        await sitting.type("alarm")
        await sitting.press("ctrl+l")
        assert isinstance(sitting.screen, LockScreen)
        await sitting.type(LEE_PIN)
        await sitting.press("enter")
        assert isinstance(sitting.screen, AskDialog)
        assert "alarm" in sitting.screen.query_one(Form).values().values()


async def test_a_lock_leaves_no_pin_behind_it(desk: Desk, at: type) -> None:
    a_session(desk, 1, Stage.CHECK_IN)
    async with at("check-in") as sitting:
        await sitting.press("H")
        form = sitting.screen.query_one(Form)
        form.set_values({"pin": LEE_PIN, "to_pin": "123456"})
        await sitting.press("ctrl+l")
        assert (form.values()["pin"], form.values()["to_pin"]) == ("", "")


@pytest.mark.parametrize("over", ["?", "c"])
async def test_the_help_and_a_question_are_drawn_anew(
    desk: Desk, at: type, monkeypatch: pytest.MonkeyPatch, over: str
) -> None:
    a_session(desk, 1)
    async with at() as sitting:
        await sitting.press("question_mark" if over == "?" else over)
        drawn = []
        monkeypatch.setattr(sitting.app, "repaint", lambda: drawn.append(1))
        await sitting.press("ctrl+r")
        assert drawn


@pytest.mark.parametrize("key", ["u", "i", "colon"])
async def test_a_key_of_a_session_says_on_today_where_it_works(
    desk: Desk, folder: Path, key: str
) -> None:
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.press(key)
        assert "session" in sitting.frame.splitlines()[-2]


async def test_a_screen_without_a_list_says_where_to_search(
    desk: Desk, at: type
) -> None:
    a_session(desk, 1, Stage.CHECK_IN)
    async with at("start") as sitting:
        await sitting.press("slash")
        assert "There is no list to search here" in sitting.words


async def test_a_form_shows_its_help_without_a_function_key(
    desk: Desk, at: type
) -> None:
    a_session(desk, 1)
    async with at() as sitting:
        await sitting.press("i")
        assert "^g help" in sitting.frame
        await sitting.press("ctrl+g")
        assert "Keys of this screen" in sitting.frame
        await sitting.press("ctrl+g", "escape", "c")
        assert "^G help" in sitting.frame
        await sitting.press("ctrl+g")
        assert "Keys of this question" in sitting.frame


# The rolls after an alarm


async def muster(sitting: Sitting) -> None:
    await sitting.press("h")
    assert isinstance(sitting.screen, MusterScreen)


async def test_who_is_ticked_off_at_the_muster_is_there_again_after_esc(
    desk: Desk, at: type
) -> None:
    a_session(desk, 3, Stage.HALTED)
    async with at() as sitting:
        await muster(sitting)
        await sitting.press("space", "space")
        assert "muster 2 of 3" in sitting.words
        await sitting.press("escape")
        await muster(sitting)
        assert "muster 2 of 3" in sitting.words
        await sitting.press("space")
        assert "muster 1 of 3" in sitting.words


async def test_two_terminals_of_a_proctor_tick_off_one_list(
    desk: Desk, at: type
) -> None:
    a_session(desk, 3, Stage.HALTED)
    async with at() as sitting:
        await muster(sitting)
        await sitting.press("space")
        name = f"muster a {desk.session('a').halts[-1][0]}"
        others = {*json.loads(desk.ledger.draft(LEE.staff_id, name)), "P3-safety"}
        desk.ledger.keep_draft(LEE.staff_id, name, json.dumps(sorted(others)))
        sitting.screen.tick()
        await sitting.settle()
        assert "muster 2 of 3" in sitting.words
        await sitting.press("space")
        assert "muster 3 of 3" in sitting.words


async def test_the_ticks_of_a_halt_are_forgotten_when_the_clocks_run_on(
    desk: Desk, at: type
) -> None:
    a_session(desk, 2, Stage.HALTED)
    async with at() as sitting:
        await muster(sitting)
        await sitting.press("A", "enter", "space", "escape")
        await sitting.press("enter")
        assert isinstance(sitting.screen, RollCallScreen)
        assert "1 person to tick off" in sitting.words
        await sitting.press("A", "enter", "enter")
        assert desk.session("a").stage is Stage.RUNNING
        halt = desk.session("a").halts[-1][0]
        for roll in ("muster", "roll-call"):
            assert desk.ledger.draft(LEE.staff_id, f"{roll} a {halt}") == ""
        await sitting.press("h", "enter", "enter", "enter")
        assert "muster 0 of 2" in sitting.words


# Half-filled questions


async def test_a_half_filled_question_survives_esc_and_another_sitting(
    desk: Desk, at: type
) -> None:
    a_session(desk, 2, Stage.CHECK_IN)
    async with at("check-in") as sitting:
        await sitting.press("n")
        await sitting.fill("900123", "Ngo")
        await sitting.type("Th")
        await sitting.press("escape")
    async with at("check-in") as sitting:
        await sitting.press("n")
        values = sitting.screen.query_one(Form).values()
        assert (values["id"], values["family"], values["given"]) == (
            "900123",
            "Ngo",
            "Th",
        )
        assert "Your half-filled form is back; ^N empties it." in sitting.words


async def test_a_kept_question_can_be_emptied(desk: Desk, at: type) -> None:
    a_session(desk, 2, Stage.CHECK_IN)
    async with at("check-in") as sitting:
        await sitting.press("n")
        await sitting.fill("900123")
        await sitting.press("escape", "n", "ctrl+n")
        assert sitting.screen.query_one(Form).values()["id"] == ""
        assert "is back" not in sitting.words
        await sitting.press("escape", "n")
        assert sitting.screen.query_one(Form).values()["id"] == ""


async def test_a_question_is_forgotten_once_it_is_recorded(
    desk: Desk, at: type
) -> None:
    a_session(desk, 2)
    async with at() as sitting:
        await sitting.press("n")
        await sitting.type("calm")
        await sitting.press("escape", "n")
        assert sitting.screen.query_one(Form).values()["text"] == "calm"
        await sitting.press("enter")
        assert desk.session("a").notes[-1][2].text.text == "calm"
        await sitting.press("n")
        assert sitting.screen.query_one(Form).values()["text"] == ""


async def test_a_draft_about_somebody_does_not_come_back_for_another(
    desk: Desk, at: type
) -> None:
    a_session(desk, 2)
    async with at() as sitting:
        await sitting.press("n")
        await sitting.type("calm")
        await sitting.press("escape", "down", "n")
        assert sitting.screen.query_one(Form).values()["text"] == ""


async def test_what_was_refused_is_still_there_after_esc(desk: Desk, at: type) -> None:
    a_session(desk, 2, Stage.CHECK_IN)
    async with at("check-in") as sitting:
        await sitting.press("n")
        await sitting.type("900123")
        await sitting.press("ctrl+s")
        assert isinstance(sitting.screen, AskDialog)
        await sitting.press("escape", "n")
        assert sitting.screen.query_one(Form).values()["id"] == "900123"


# Irregularities


async def write_about_the_first(sitting: Sitting) -> None:
    await sitting.press("i", "tab", "tab", "tab")
    await sitting.type("a phone rang")


async def test_another_half_filled_report_is_offered(desk: Desk, at: type) -> None:
    a_session(desk, 3)
    async with at() as sitting:
        await write_about_the_first(sitting)
        await sitting.press("escape", "down", "i")
        assert sitting.screen.query_one(Form).values()["observed"] == ""
        assert "half-filled report about FamilyP1, Kim is open: ^o" in sitting.words
        await sitting.press("ctrl+o")
        values = sitting.screen.query_one(Form).values()
        assert values["observed"] == "a phone rang"
        assert values["people"] == ("P1-safety",)
        assert f"{sitting.app.glyphs.cursor} What" in sitting.frame


async def test_a_report_that_is_all_there_is_offers_no_other(
    desk: Desk, at: type
) -> None:
    a_session(desk, 3)
    async with at() as sitting:
        await write_about_the_first(sitting)
        assert "(^o other report)" in sitting.frame
        await sitting.press("ctrl+o")
        assert "No other half-filled report of this session is open." in sitting.words


async def test_two_people_of_one_name_are_told_apart_in_the_report(
    desk: Desk, at: type
) -> None:
    first, second = a_session(desk, 2).attempts.values()
    twin = replace(second, person=first.person)
    people = {first.attempt_id: first, second.attempt_id: twin}
    desk.sessions["a"] = replace(desk.session("a"), attempts=people)
    async with at() as sitting:
        await sitting.press("i", "tab")
        assert "FamilyP1, Kim (ID P1)" in sitting.words
        assert "FamilyP1, Kim (ID P2)" in sitting.words


# What the walk says


async def test_enter_during_the_countdown_says_that_it_counts(
    desk: Desk, at: type
) -> None:
    session = a_session(desk, 1, Stage.CHECK_IN)
    for one in session.attempts:
        seated(desk, "a", one)
    desk.perform(c.StartSession(session_id="a"), LEE)
    async with at() as sitting:
        await sitting.press("enter")
        assert "Starting in 10 - U takes the start back." in sitting.words
        assert "Press wait" not in sitting.words


async def test_a_cancelled_session_has_nothing_done_on_its_walk(
    desk: Desk, at: type
) -> None:
    a_session(desk, 1, Stage.CHECK_IN)
    desk.perform(c.CancelSession(session_id="a", reason="no heat"), LEE)
    async with at("people") as sitting:
        walk = sitting.frame.splitlines()[1]
        assert "CANCELLED" in walk
        assert sitting.app.glyphs.done not in walk


def test_a_sealed_session_says_no_more_than_that_its_bundle_is_written() -> None:
    sealed = SimpleNamespace(
        stage=Stage.SEALED,
        changed_since_seal=False,
        revision=1,
        bundles=[SimpleNamespace(revision=1)],
    )
    step = guide.next_step(sealed, 0, None)
    assert step.text == "sealed, and its bundle is written - back to Today"


# The path of a roster


@pytest.fixture
async def roster(
    desk: Desk, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Sitting]:
    """A kiosk at the roster screen, in a folder with three rosters and more."""
    monkeypatch.chdir(tmp_path)
    for name in ("fall-a.csv", "fall-b.xlsx", "spring.csv", "photo.jpg"):
        (tmp_path / name).write_text("ID,Last Name,Test\n7,Ng,Safety\n")
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(RosterScreen())
        yield sitting


def path_of(sitting: Sitting):
    return sitting.screen.query_one(Form).values()["path"]


async def test_tab_completes_a_path_as_far_as_it_is_one(roster: Sitting) -> None:
    await roster.type("s")
    await roster.press("tab")
    assert path_of(roster) == "spring.csv"


async def test_tab_goes_on_through_what_begins_alike(roster: Sitting) -> None:
    await roster.type("f")
    await roster.press("tab")
    assert path_of(roster) == "fall-"
    chosen = []
    for key in ("tab", "tab", "tab", "shift+tab", "down"):
        await roster.press(key)
        chosen.append(path_of(roster))
    assert chosen == [
        f"fall-{one}" for one in ("a.csv", "b.xlsx", "a.csv", "b.xlsx", "a.csv")
    ]
    await roster.press("enter")
    assert isinstance(roster.screen, RosterCheckScreen)
    assert "fall-a.csv" in roster.words


async def test_tab_goes_to_the_list_and_back_where_nothing_is_to_complete(
    roster: Sitting,
) -> None:
    await roster.type("spring.csv")
    await roster.press("tab")
    assert roster.screen.query_one(Roll).has_focus
    await roster.press("shift+tab")
    assert not roster.screen.query_one(Roll).has_focus
    await roster.press("tab", "backspace", "/")
    assert path_of(roster) == "spring.cs/"


async def test_a_name_that_is_not_there_does_not_deny_those_that_are(
    roster: Sitting,
) -> None:
    await roster.type("spring.pdf")
    await roster.press("enter")
    assert "There is no file spring.pdf" in roster.words
    assert "No roster file here" not in roster.words
    assert "Nothing here begins like that" in roster.words
    assert "photo.jpg" not in roster.words


async def test_a_folder_without_rosters_says_what_is_meant(
    roster: Sitting, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    await roster.type("e")
    await roster.press("tab")
    assert path_of(roster) == "empty/"
    assert "No roster file here (CSV, TSV, TXT, XLSX, XLS or ODS)" in roster.words


async def test_the_first_form_offers_the_zone_of_the_environment(
    clock: HandClock, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    async with sit_down(open_desk(folder / "new", clock), folder, None) as sitting:
        assert "Asia/Tokyo" in sitting.words


async def test_a_clock_stopped_before_the_halt_does_not_run_on_with_the_others(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 3)
    pause = c.BeginPause(session_id="a", attempt_id="P1-safety", reason="frozen")
    desk.perform(pause, LEE)
    halted(desk, "a")
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(RollCallScreen("a"))
        await sitting.press("A", "enter")
        assert "2 clocks run on. 1 stopped before stays so." in sitting.words
        await sitting.press("enter")
        assert "2 clocks run on" in sitting.words
    assert desk.session("a").attempts["P1-safety"].paused


async def test_a_check_that_fails_slowly_comes_back_to_the_path(
    roster: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "SHOWN_AFTER_S", 0.0)
    await roster.type("spring.pdf")
    await roster.press("enter")
    assert isinstance(roster.screen, RosterScreen)
    assert "There is no file spring.pdf" in roster.words
