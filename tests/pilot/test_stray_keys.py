"""No key acts unseen, and each says why it does nothing."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual import events

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.planning import CancelSession
from cptkiosk.domain.commands.testing import StartSession
from cptkiosk.domain.events.closing import BundleWritten
from cptkiosk.domain.guidance import next_step
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.session import Stage
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.enter_guard import RESTS_S, SETTLES_S, SOON, EnterGuard
from cptkiosk.ui.screens.sign_in import LockScreen
from cptkiosk.ui.widgets.form import Form
from cptkiosk.words import describe_step
from support.center import LEE, LEE_PIN, open_desk
from support.clock import HandClock
from support.sessions import a_session, at_the_desk, attempt, attempt_id, seated
from support.sitting import SitDown, Sitting, sit_down

HELD = "Enter was held down, so it did nothing"
REPEATS_S = 1 / 30


async def enter(
    sitting: Sitting, times: int = 1, *, at_s: float = 0.0, then_s: float = REPEATS_S
) -> float:
    """Press Enter as a terminal does when a key is held down; return when it ended."""
    pressed_s = at_s or events.Event().time
    for _ in range(times):
        key = events.Key("enter", "\r")
        key.time = pressed_s
        sitting.app.post_message(key)
        await sitting.settle()
        pressed_s += then_s
    return pressed_s


def gates(desk: Desk) -> list[str]:
    """Return every gate on record, with whom it is of."""
    return [
        f"{one.person.text} {gate}"
        for one in desk.session("a").attempts.values()
        for gate, _ in one.gates
    ]


# A held Enter


async def test_an_enter_held_down_at_check_in_passes_one_gate(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3, Stage.CHECK_IN)
    async with at("check-in") as sitting:
        sitting.app.enter_guard = EnterGuard()
        await sitting.press("home")
        over_s = await enter(sitting, 30)
        assert gates(desk) == ["FamilyP1, Kim photo-id"]
        # What the first one recorded stays in sight.
        assert f"photo ID checked - {SOON}" in sitting.words
        assert HELD not in sitting.words

        await enter(sitting, at_s=over_s + RESTS_S)
        assert gates(desk) == ["FamilyP1, Kim photo-id", "FamilyP1, Kim name"]


async def test_an_enter_held_down_since_check_in_starts_no_test(
    desk: Desk, at: SitDown
) -> None:
    session = a_session(desk, 1, Stage.CHECK_IN)
    seated(desk, "a", *session.attempts)
    async with at("check-in") as sitting:
        sitting.app.enter_guard = EnterGuard()
        await enter(sitting, 30)
        assert "Read aloud:" in sitting.frame
        assert HELD in sitting.words
        assert desk.session("a").stage is Stage.CHECK_IN


async def test_a_second_enter_after_a_seat_passes_no_other_photo_id(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2, Stage.CHECK_IN)
    at_the_desk(desk, "a", attempt_id("P1"))
    async with at("check-in") as sitting:
        sitting.app.enter_guard = EnterGuard()
        at_s = events.Event().time + SETTLES_S
        after_s = await enter(sitting, at_s=at_s, then_s=0.3)
        assert attempt(desk, "P1").standing is AttemptProgress.SEATED
        before = gates(desk)
        await enter(sitting, at_s=after_s)
        assert gates(desk) == before

        # However late it comes, and however often one key is held.
        await enter(sitting, 30, at_s=after_s + 2)
        assert gates(desk) == before
        assert f"Enter again to check off the photo ID - {SOON}" in sitting.words

        await enter(sitting, at_s=after_s + 9)
        assert gates(desk) == [*before, "FamilyP2, Kim photo-id"]


@pytest.mark.parametrize("keys", [["down", "up"], [*"/P2", "enter"]])
async def test_choosing_a_person_passes_their_photo_id_at_once(
    desk: Desk, at: SitDown, keys: list[str]
) -> None:
    a_session(desk, 2, Stage.CHECK_IN)
    async with at("check-in") as sitting:
        sitting.app.enter_guard = EnterGuard()
        await sitting.press(*keys)
        await enter(sitting, at_s=events.Event().time + 2)
        assert len(gates(desk)) == 1


async def test_a_letter_that_moved_the_cursor_is_not_taken_for_the_next_person(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3, Stage.CHECK_IN)
    async with at("check-in") as sitting:
        sitting.app.enter_guard = EnterGuard()
        await letter(sitting, "a", 0)
        await letter(sitting, "a", 2)
        assert standings(desk) == [
            AttemptProgress.ABSENT,
            *[AttemptProgress.EXPECTED] * 2,
        ]
        assert "The cursor has moved to another person." in sitting.words
        await letter(sitting, "a", 4)
        assert standings(desk) == [
            *[AttemptProgress.ABSENT] * 2,
            AttemptProgress.EXPECTED,
        ]


async def letter(sitting: Sitting, key: str, later_s: float) -> None:
    """Press a letter some time from now."""
    event = events.Key(key, key)
    event.time += later_s
    sitting.app.post_message(event)
    await sitting.settle()


def standings(desk: Desk) -> list[AttemptProgress]:
    """Return where everybody stands, by ID."""
    return [attempt(desk, f"P{at}").standing for at in (1, 2, 3)]


async def test_marking_absent_asks_about_a_candidate_who_showed_a_photo_id(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3, Stage.CHECK_IN)
    async with at("check-in") as sitting:
        await sitting.press("enter", "a")
        assert attempt(desk, "P1").standing is not AttemptProgress.ABSENT
        assert "FamilyP1, Kim has shown a photo ID. Mark absent?" in sitting.words
        await sitting.press("escape", "a", "enter")
        assert attempt(desk, "P1").standing is AttemptProgress.ABSENT


async def test_the_enter_after_a_search_without_results_passes_nothing(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2, Stage.CHECK_IN)
    async with at("check-in") as sitting:
        sitting.app.enter_guard = EnterGuard()
        await sitting.type("/zzz")
        await enter(sitting, 3, then_s=0.1)
        assert gates(desk) == []


async def test_the_enter_that_closes_a_form_passes_nothing_behind_it(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2, Stage.CHECK_IN)
    async with at("check-in") as sitting:
        sitting.app.enter_guard = EnterGuard()
        await sitting.press("x")
        await sitting.type("no ID")
        await enter(sitting, 3, then_s=0.1)
        await sitting.press("d")
        await sitting.press("escape")
        assert gates(desk) == []


async def test_the_next_person_is_read_before_enter_passes_them(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3, Stage.CHECK_IN)
    async with at("check-in") as sitting:
        sitting.app.enter_guard = EnterGuard()
        await sitting.press("l")
        await enter(sitting)
        assert gates(desk) == []
        assert (
            "Next: FamilyP2, Kim. Enter again to check off the photo ID."
            in sitting.words
        )


async def test_an_enter_that_has_rested_starts(desk: Desk, at: SitDown) -> None:
    session = a_session(desk, 2, Stage.CHECK_IN)
    for one in session.attempts:
        seated(desk, "a", one)
    async with at("start") as sitting:
        sitting.app.enter_guard = EnterGuard()
        await enter(sitting)
        assert desk.session("a").stage is Stage.RUNNING


# Too small a window


async def test_no_key_acts_where_its_effect_is_hidden(desk: Desk, at: SitDown) -> None:
    a_session(desk, 2)
    async with at("testing") as sitting:
        before = len(desk.ledger.read_stream("session/a"))
        await sitting.resize(70, 20)
        await sitting.press("f", "b", "h", "enter", "colon", "i")
        assert "Enlarge this window to 80 x 24." in sitting.words
        assert len(desk.ledger.read_stream("session/a")) == before
        await sitting.resize(80, 24)
        assert "TESTING" in sitting.frame
        await sitting.press("f", "enter")
        assert attempt(desk, "P1").standing is AttemptProgress.FINISHED


async def test_a_question_gives_way_to_the_message_and_comes_back(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    async with at("testing") as sitting:
        await sitting.press("c")
        await sitting.fill("2")
        await sitting.type("bell")
        await sitting.resize(70, 20)
        assert "Enlarge this window to 80 x 24." in sitting.words
        assert "Esc: back" not in sitting.words
        await sitting.type("unseen")
        await sitting.press("escape")
        await sitting.resize(80, 24)
        sitting.showing(FormDialog)
        await sitting.type("s")
        assert "bells" in sitting.screen.query_one(Form).values().values()


async def test_a_window_too_small_can_still_be_locked(desk: Desk, at: SitDown) -> None:
    a_session(desk, 2)
    async with at("testing") as sitting:
        await sitting.resize(70, 20)
        await sitting.press("ctrl+l")
        sitting.showing(LockScreen)
        await sitting.resize(80, 24)
        await sitting.type(LEE_PIN)
        await sitting.press("enter")
        assert "TESTING" in sitting.frame


# Keys that are the same everywhere


async def test_the_first_form_can_be_left(clock: HandClock, folder: Path) -> None:
    desk = open_desk(folder / "new", clock)
    async with sit_down(desk, folder, None) as sitting:
        assert "^Q leave" in sitting.frame
        assert "back" not in sitting.frame.splitlines()[-1]
        await sitting.press("ctrl+q")
        assert sitting.app.return_code == 0


async def test_a_locked_down_terminal_says_why_the_first_form_is_not_left(
    clock: HandClock, folder: Path
) -> None:
    desk = open_desk(folder / "new", clock)
    async with sit_down(desk, folder, None) as sitting:
        sitting.app.options = replace(sitting.app.options, locked=True)
        await sitting.press("ctrl+q")
        assert "leaving requires a coordinator's PIN" in sitting.words
        assert sitting.app.is_running


async def test_a_question_can_be_locked_and_keeps_what_was_typed(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    async with at("testing") as sitting:
        await sitting.press("c")
        await sitting.fill("2")
        await sitting.type("alarm")
        await sitting.press("ctrl+l")
        sitting.showing(LockScreen)
        await sitting.type(LEE_PIN)
        await sitting.press("enter")
        sitting.showing(FormDialog)
        assert "alarm" in sitting.screen.query_one(Form).values().values()


async def test_a_lock_leaves_no_pin_behind_it(desk: Desk, at: SitDown) -> None:
    a_session(desk, 1, Stage.CHECK_IN)
    async with at("check-in") as sitting:
        await sitting.press("H")
        form = sitting.screen.query_one(Form)
        form.set_values({"pin": LEE_PIN, "to_pin": "123456"})
        await sitting.press("ctrl+l")
        assert (form.values()["pin"], form.values()["to_pin"]) == ("", "")


@pytest.mark.parametrize("over", ["?", "c"])
async def test_the_help_and_a_question_are_redrawn(
    desk: Desk, at: SitDown, monkeypatch: pytest.MonkeyPatch, over: str
) -> None:
    a_session(desk, 1)
    async with at("testing") as sitting:
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
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 1, Stage.CHECK_IN)
    async with at("start") as sitting:
        await sitting.press("slash")
        assert "There is no list to search here" in sitting.words


async def test_a_form_shows_its_help_without_a_function_key(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 1)
    async with at("testing") as sitting:
        await sitting.press("i")
        assert "^G help" in sitting.frame
        await sitting.press("ctrl+g")
        assert "Keys on this screen" in sitting.frame
        await sitting.press("ctrl+g", "escape", "c")
        assert "^G: help" in sitting.frame
        await sitting.press("ctrl+g")
        assert "Keys on this form" in sitting.frame


# What the walk says


async def test_enter_during_the_countdown_says_that_it_counts(
    desk: Desk, at: SitDown
) -> None:
    session = a_session(desk, 1, Stage.CHECK_IN)
    for one in session.attempts:
        seated(desk, "a", one)
    desk.perform(StartSession(session_id="a"), LEE)
    async with at("testing") as sitting:
        await sitting.press("enter")
        assert "Not yet. The Next line shows the countdown." in sitting.words
        assert "starting in 10 seconds - you can still undo the start" in sitting.words
        assert "Press wait" not in sitting.words


async def test_a_cancelled_session_has_nothing_done_on_its_walk(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 1, Stage.CHECK_IN)
    desk.perform(CancelSession(session_id="a", reason="no heat"), LEE)
    async with at("people") as sitting:
        walk = sitting.frame.splitlines()[1]
        assert "CANCELLED" in walk
        assert sitting.app.glyphs.done not in walk


def test_a_sealed_session_says_no_more_than_that_its_bundle_is_written(
    desk: Desk,
) -> None:
    session = a_session(desk, 1, Stage.SEALED)
    bundle = BundleWritten(
        revision=1, destination="stick", file_name="a.zip", sha256="0" * 64
    )
    sealed = replace(session, bundles=(bundle,))
    step = next_step.next_step(sealed, 0, desk.definitions.policies)
    assert describe_step(step) == "sealed, and the bundle is written - go back"


async def test_the_first_form_offers_the_zone_of_the_environment(
    clock: HandClock, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    async with sit_down(open_desk(folder / "new", clock), folder, None) as sitting:
        assert "Asia/Tokyo" in sitting.words
