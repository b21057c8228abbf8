"""What a proctor does while the clocks run, through the screen, judged by the ledger."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.halt import ResumeSession
from cptkiosk.domain.commands.testing import (
    BeginBreak,
    BeginPause,
    EndBreak,
    EndPause,
    FinishAttempt,
    GiveCredit,
)
from cptkiosk.domain.modules import Window
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.time.timing import clock_text, read_clock
from cptkiosk.domain.values import MINUTE_MS, Refused
from cptkiosk.services.assignment import build_assignment
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.dialogs.key_help import PageScreen
from cptkiosk.ui.enter_guard import EnterGuard
from cptkiosk.ui.screens.start import StartScreen
from cptkiosk.ui.screens.testing.screen import TestingScreen
from cptkiosk.ui.session_clock_text import running_clocks
from cptkiosk.ui.view import SessionViews
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from support.center import DANA, LEE
from support.sessions import (
    a_session,
    advance,
    attempt,
    attempt_id,
    halted,
    left_ms,
    opened,
    planned,
    seated,
    started,
)
from support.sitting import SitDown, events_of, sit_down, why_not

FIRST = "P1"
ABOUT = {"session_id": "a", "attempt_id": attempt_id(FIRST)}


def a_session_of(desk: Desk, **assignment: Any) -> None:
    """Run a session of one person who was assigned otherwise than by default."""
    one_seated(desk, **assignment)
    started(desk, "a")


def one_seated(desk: Desk, **assignment: Any) -> None:
    planned(desk, (FIRST,), "a", "safety")
    command = build_assignment(desk, "a", FIRST, "safety")
    desk.perform(replace(command, **assignment), DANA)
    opened(desk, "a")
    seated(desk, "a", attempt_id(FIRST))


async def test_the_words_are_there_to_read_and_enter_says_they_were_read(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=2)
    advance(desk, 60 * MINUTE_MS)
    async with at("testing") as sitting:
        await sitting.press("a")
        sitting.showing(FormDialog)
        shown = " ".join(sitting.frame.replace("│", " ").split())
        assert "This is a time check. You have 30 minutes left." in shown
        assert "A1 FamilyP1, Kim" in shown
        assert 30 not in attempt(desk, FIRST).announced
        await sitting.press("enter")
        assert attempt(desk, FIRST).announced == {30}


async def test_a_call_read_late_names_the_minutes_really_left(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=1)
    advance(desk, 60 * MINUTE_MS + 20_000)
    async with at("testing") as sitting:
        await sitting.press("a")
        assert "You have 30 minutes left." in sitting.words
        advance(desk, 15_000)
        sitting.app.redraw_time()
        await sitting.settle()
        assert "Read aloud: 29 minutes left" in sitting.words
        assert "29 minutes" in sitting.words.partition("A1 Family")[2]
        await sitting.press("enter")
        assert attempt(desk, FIRST).announced == {30}
        assert "29 minutes announced to 1 person" in sitting.words


async def test_a_call_that_is_false_for_others_is_said_at_the_seat(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=2)
    about = AboutAttempt(session_id="a", attempt_id=attempt_id("P2"))
    desk.perform(GiveCredit(**about, credit_ms=10 * MINUTE_MS, reason="noise"), LEE)
    advance(desk, 60 * MINUTE_MS)
    async with at("testing") as sitting:
        await sitting.press("a")
        assert "Say quietly at the seat: 30 minutes left for 1 person" in sitting.words
        assert "Read aloud" not in sitting.words
        await sitting.press("enter")
        assert attempt(desk, FIRST).announced == {30}


async def test_a_call_confirmed_too_late_counts_as_missed(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=1)
    advance(desk, 60 * MINUTE_MS)
    async with at("testing") as sitting:
        await sitting.press("a")
        advance(desk, 2 * MINUTE_MS)
        await sitting.press("enter")
        sitting.showing(FormDialog)
        assert "It is too late: FamilyP1, Kim has" in sitting.words
        await sitting.press("escape")
        assert attempt(desk, FIRST).announced == frozenset()


async def test_enter_twice_in_a_row_announces(desk: Desk, at: SitDown) -> None:
    a_session(desk, people=1)
    advance(desk, 60 * MINUTE_MS)
    async with at("testing") as sitting:
        for _ in range(2):
            sitting.app.post_message(events.Key("enter", "\r"))
        await sitting.settle()
        await sitting.settle()
        assert attempt(desk, FIRST).announced == {30}
        sitting.showing(TestingScreen)


async def test_esc_leaves_the_words_unsaid(desk: Desk, at: SitDown) -> None:
    a_session(desk, people=1)
    advance(desk, 60 * MINUTE_MS)
    async with at("testing") as sitting:
        await sitting.press("enter", "escape")
        assert attempt(desk, FIRST).announced == frozenset()


async def test_the_vendors_clock_is_compared_and_the_difference_stays_in_sight(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=1)
    advance(desk, 10 * MINUTE_MS)
    async with at("testing") as sitting:
        await sitting.press("v")
        await sitting.type("1:19:56")
        await sitting.press("enter")
        assert attempt(desk, FIRST).drift_ms == -4000
        assert "test screen clock shows 0:04 less" in sitting.frame
        assert "screen -0:04" in sitting.frame


async def test_an_invalid_remaining_time_is_asked_again(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=1)
    async with at("testing") as sitting:
        await sitting.press("v")
        await sitting.type("41")
        await sitting.press("enter")
        sitting.showing(FormDialog)
        assert "as shown on the screen" in sitting.frame
        assert attempt(desk, FIRST).drift_ms is None


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("41:20", 2480),
        ("1:12:05", 4325),
        ("90:00", 5400),
        ("0:00", 0),
        ("1:72:05", None),
        ("41", None),
        ("41:60", None),
        ("", None),
    ],
)
def test_a_vendors_clock_is_read_as_it_is_shown(
    typed: str, seconds: int | None
) -> None:
    assert read_clock(typed) == (None if seconds is None else seconds * 1000)


async def test_a_granted_break_stops_the_clock_and_is_what_p_offers(
    desk: Desk, at: SitDown
) -> None:
    a_session_of(desk, stop_clock=True)
    async with at("testing") as sitting:
        await sitting.press("p")
        assert "stop-clock break" in sitting.frame
        await sitting.press("enter", "enter", "enter")
        assert attempt(desk, FIRST).is_paused
        pause = events_of(desk)[-1]
        assert pause.kind_of_pause == "stop-clock break"
        await sitting.press("p")
        assert not attempt(desk, FIRST).is_paused


async def test_a_candidate_without_a_granted_break_is_only_paused_for_a_fault(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=1)
    async with at("testing") as sitting:
        await sitting.press("p")
        assert "stop-clock break" not in sitting.frame
        await sitting.press("enter", "enter")
        pause = events_of(desk)[-1]
        assert pause.kind_of_pause == "fault"


async def test_the_last_break_is_credited_only_if_it_is_chosen(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=1)
    desk.perform(BeginBreak(**ABOUT), LEE)
    advance(desk, 192_000)
    desk.perform(EndBreak(**ABOUT), LEE)
    before = left_ms(desk, FIRST)
    async with at("testing") as sitting:
        await sitting.press("c")
        await sitting.press("enter", "enter", "enter")
        assert left_ms(desk, FIRST) == before
        await sitting.press("escape", "c", "right")
        assert "last break 3:12" in sitting.frame
        await sitting.press("enter", "enter", "enter")
        assert left_ms(desk, FIRST) == before + 192_000
        credit = events_of(desk)[-1]
        assert credit.reason.text == "last break 3:12"


async def test_the_time_left_in_the_credit_question_runs_as_the_clock_above_it_does(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=1)
    async with at("testing") as sitting:
        await sitting.press("c")
        for _ in range(2):
            left = clock_text(left_ms(desk, FIRST))
            assert f"{left} left on this clock." in sitting.words
            await sitting.pass_time(65)


async def test_a_credit_that_is_typed_outweighs_what_was_measured(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=1)
    desk.perform(BeginBreak(**ABOUT), LEE)
    advance(desk, 60_000)
    async with at("testing") as sitting:
        await sitting.press("c", "enter")
        await sitting.type("2:30")
        await sitting.press("enter")
        await sitting.type("mouse")
        await sitting.press("enter")
        assert attempt(desk, FIRST).credit_ms == 150_000
        assert events_of(desk)[-1].reason.text == "mouse"


async def test_time_that_stood_still_is_not_offered_as_credit(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=1)
    desk.perform(BeginBreak(**ABOUT), LEE)
    halted(desk, "a")
    advance(desk, 5 * MINUTE_MS)
    async with at("testing") as sitting:
        await sitting.press("c")
        sitting.showing(FormDialog)
        assert "last break" not in sitting.frame


async def test_an_untimed_candidate_shows_the_time_used(
    desk: Desk, at: SitDown
) -> None:
    a_session_of(desk, factor_permille=0)
    advance(desk, 12 * MINUTE_MS)
    async with at("testing") as sitting:
        row = next(line for line in sitting.frame.split("\n") if "FamilyP1" in line)
        assert row.split()[-2:] == ["untimed", "0:12:00"]
        assert "x0" not in row
        assert "untimed  1 person" in sitting.frame


def test_the_lock_shows_no_countdown_for_an_untimed_candidate(desk: Desk) -> None:
    a_session_of(desk, factor_permille=0)
    assert running_clocks(desk) == ["Morning: 1 person, untimed"]


async def test_the_start_shows_no_end_for_an_untimed_candidate(
    desk: Desk, folder: Path
) -> None:
    one_seated(desk, factor_permille=0)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(StartScreen("a"))
        assert "1 person is untimed and ends when done" in sitting.words
        assert "24:00" not in sitting.words
        assert "You have 90 minutes." in sitting.words


async def test_a_resume_beyond_the_window_needs_its_reason(
    desk: Desk, at: SitDown, closing_window: Callable[..., Any]
) -> None:
    a_session(desk, people=2)
    halted(desk, "a")
    closing_window(30)
    back = tuple(desk.session("a").attempts)
    with pytest.raises(Refused):
        desk.perform(ResumeSession(session_id="a", back=back), LEE)
    async with at("testing") as sitting:
        await sitting.press("enter", "A", "enter", "enter")
        sitting.showing(FormDialog)
        shown = " ".join(sitting.frame.replace("│", " ").split())
        assert "FamilyP1, Kim" in shown
        await sitting.press("enter")
        assert desk.session("a").stage is Stage.HALTED
        await sitting.type("agreed")
        await sitting.press("enter")
        assert desk.session("a").stage is Stage.RUNNING
        resumed = events_of(desk)[-1]
        assert resumed.beyond_window.text == "agreed"
        sitting.showing(TestingScreen)


@pytest.mark.parametrize("line", ["A1,A2 go", "all credit 6m alarm"])
async def test_several_clocks_beyond_the_window_ask_for_the_reason(
    desk: Desk, at: SitDown, closing_window: Callable[..., Any], line: str
) -> None:
    a_session(desk, people=2)
    if line.endswith("go"):
        for one in desk.session("a").attempts:
            about: AboutAttempt = {"session_id": "a", "attempt_id": one}
            desk.perform(BeginPause(**about, reason="froze"), LEE)
        closing_window(93)
        advance(desk, 20 * MINUTE_MS)
    else:
        closing_window(93)
    async with at("testing", actor=DANA) as sitting:
        await sitting.enter_line(line)
        sitting.showing(FormDialog)
        assert "testing window closes" in sitting.words
        await sitting.fill("agreed")
        last = [one for one in events_of(desk) if hasattr(one, "beyond_window")][-2:]
        assert [one.beyond_window.text for one in last] == ["agreed", "agreed"]
        assert len({one.attempt_id for one in last}) == 2


@pytest.fixture
def closing_window(desk: Desk) -> Callable[..., Any]:
    """Return how to let the vendor's window close in so many minutes."""

    def close(minutes: int) -> None:
        moment = desk.record.local(desk.now().utc_ms)
        day = (moment.weekday,)
        closes = moment.of_day_ms // MINUTE_MS + minutes
        window = Window(frozenset(day), 0, closes)
        policies = replace(desk.definitions.policies, testing_windows=(window,))
        desk.record.definitions = replace(desk.definitions, policies=policies)

    return close


async def test_an_enter_too_many_does_not_end_the_session(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=1)
    desk.perform(FinishAttempt(**ABOUT), LEE)
    async with at("testing") as sitting:
        sitting.app.enter_guard = EnterGuard()
        await sitting.press("n")
        await sitting.type("calm")
        for _ in range(3):
            sitting.app.post_message(events.Key("enter", "\r"))
        await sitting.settle()
        assert desk.session("a").notes[-1][2].text.text == "calm"
        assert desk.session("a").stage is Stage.RUNNING
        sitting.app.enter_guard = EnterGuard()
        await sitting.press("enter")
        assert desk.session("a").stage is Stage.ENDED


@pytest.mark.parametrize(("key", "help_key"), [("c", "f1"), ("x", "f1")])
async def test_a_question_lists_its_keys(
    desk: Desk, at: SitDown, key: str, help_key: str
) -> None:
    a_session(desk, people=1)
    async with at("testing") as sitting:
        await sitting.press(key)
        question = sitting.screen
        await sitting.press(help_key)
        sitting.showing(PageScreen)
        assert "Keys on this form" in sitting.frame
        assert "Save, from any field" in sitting.frame
        await sitting.press("escape")
        assert sitting.screen is question


async def test_a_question_without_fields_has_its_help_on_the_usual_key(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=1)
    advance(desk, 60 * MINUTE_MS)
    async with at("testing") as sitting:
        await sitting.press("a", "question_mark")
        sitting.showing(PageScreen)
        assert attempt(desk, FIRST).announced == frozenset()
        await sitting.press("question_mark", "enter")
        assert attempt(desk, FIRST).announced == {30}


async def test_keys_for_a_finished_candidate_say_why_not(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=2)
    desk.perform(FinishAttempt(**ABOUT), LEE)
    async with at("testing") as sitting:
        sitting.screen.query_one(FilterableTable).move_to(attempt_id(FIRST))
        await sitting.settle()
        for action in ("vendor", "pause", "credit", "take_break"):
            assert "finished" in why_not(sitting, action)
        await sitting.press("v")
        sitting.showing(TestingScreen)
        assert attempt(desk, FIRST).standing is AttemptProgress.FINISHED


async def test_groups_of_one_size_are_counted_in_the_order_of_states(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 4)
    pauses: AboutAttempt = {"session_id": "a", "attempt_id": attempt_id("P1")}
    breaks: AboutAttempt = {"session_id": "a", "attempt_id": attempt_id("P2")}
    desk.perform(BeginPause(**pauses, reason="froze"), LEE)
    desk.perform(BeginBreak(**breaks), LEE)
    async with at("testing") as sitting:
        assert "2 testing 1 on break 1 paused" in sitting.words


async def test_time_that_is_up_within_a_second_is_seen_at_once(desk: Desk) -> None:
    a_session(desk, 1)
    about: AboutAttempt = {"session_id": "a", "attempt_id": attempt_id("P1")}
    desk.perform(BeginPause(**about, reason="froze"), LEE)
    advance(desk, 2500)
    desk.perform(EndPause(**about), LEE)
    views = SessionViews()
    advance(desk, left_ms(desk, "P1") - 100)
    before = views.of(desk.session("a"), desk, LEE)
    advance(desk, 50)
    assert views.of(desk.session("a"), desk, LEE) is before
    advance(desk, 50)
    after = views.of(desk.session("a"), desk, LEE)
    assert after.progress(attempt(desk, "P1")) is AttemptProgress.TIME_UP
