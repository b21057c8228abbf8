"""What each screen shows and which keys it takes, judged by the record."""

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from textual.screen import Screen

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.checkin import ArriveLate, ExpectLate
from cptkiosk.domain.commands.testing import EndSession, FinishAttempt
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS, Actor
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.drafts import KEEP_AFTER_S
from cptkiosk.ui.frame.kiosk_screen import KioskScreen
from cptkiosk.ui.screens.irregularity import IrregularityScreen
from cptkiosk.ui.screens.plan import PlanScreen
from cptkiosk.ui.screens.roll_call import RollCallScreen
from cptkiosk.ui.screens.roster.screen import RosterScreen
from cptkiosk.ui.screens.sign_in import LockScreen, SignInScreen
from cptkiosk.ui.screens.testing.screen import TestingScreen
from cptkiosk.ui.screens.today import TodayScreen
from cptkiosk.ui.widgets.bars import NextBar
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from cptkiosk.ui.widgets.form import Form
from support.center import DANA, DANA_PIN, LEE
from support.screens import screen_for
from support.sessions import (
    a_session,
    advance,
    attempt,
    attempt_id,
    roll,
    seated,
    started,
)
from support.sitting import Sitting, sit_down

SIZE = (80, 24)
PLACES = {
    "people": Stage.PLANNED,
    "check-in": Stage.CHECK_IN,
    "start": Stage.CHECK_IN,
    "testing": Stage.RUNNING,
    "scores": Stage.ENDED,
    "close-out": Stage.ENDED,
}


@pytest.fixture
def kiosk(desk: Desk, folder: Path) -> Callable[..., Any]:
    """Return how to sit down at a kiosk as an actor."""

    def sit(
        actor: Actor = DANA, size: tuple[int, int] = SIZE
    ) -> AbstractAsyncContextManager[Sitting]:
        return sit_down(desk, folder, actor, size)

    return sit


def every_screen(session_id: str) -> Iterator[Screen[Any]]:
    yield TodayScreen()
    yield LockScreen()
    yield PlanScreen()
    yield RosterScreen()
    yield IrregularityScreen(session_id, ())
    yield RollCallScreen(session_id)


@pytest.mark.parametrize("place", PLACES)
async def test_every_key_that_is_not_possible_says_why(
    desk: Desk, kiosk: Callable[..., Any], place: str
) -> None:
    a_session(desk, stage=PLACES[place])
    async with kiosk() as sitting:
        await sitting.show(screen_for(place, "a"))
        screen = sitting.screen
        for key in screen.action_table.all:
            reason = screen.why_not(key)
            assert not reason or (reason.endswith(".") and len(reason) > 10)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=str)
async def test_no_screen_leaves_the_next_line_empty_or_runs_over(
    desk: Desk, kiosk: Callable[..., Any], size: tuple[int, int]
) -> None:
    a_session(desk, stage=Stage.HALTED)
    async with kiosk(size=size) as sitting:
        screens = [*every_screen("a")]
        screens += [screen_for(place, "a") for place in PLACES]
        for screen in screens:
            await sitting.show(screen)
            sitting.showing(KioskScreen)
            said = sitting.screen.query_one(NextBar).said
            assert len(said[0]) > len("Next: ")
            lines = sitting.frame.split("\n")
            assert len(lines) == size[1]
            assert all(len(line) <= size[0] for line in lines)


@pytest.mark.parametrize("signed_in", [LEE, None], ids=["signed in", "sign-in"])
async def test_a_fault_of_the_record_stays_in_every_header(
    desk: Desk, folder: Path, signed_in: Actor | None
) -> None:
    a_session(desk, stage=Stage.RUNNING)
    mark = "faulty definitions"
    async with sit_down(desk, folder, signed_in, mark=mark) as sitting:
        for screen in every_screen("a") if signed_in else (sitting.app.screen,):
            if signed_in:
                await sitting.show(screen)
            assert f"left · ! {mark} · " in sitting.frame.splitlines()[0], screen


async def test_a_person_is_checked_in_with_four_keys(
    desk: Desk, kiosk: Callable[..., Any]
) -> None:
    a_session(desk, people=2, stage=Stage.CHECK_IN)
    async with kiosk() as sitting:
        await sitting.show(screen_for("check-in", "a"))
        await sitting.press("enter", "enter", "space", "enter")
        first = attempt(desk, roll(2)[0])
        assert (first.standing, first.seat) == (AttemptProgress.SEATED, "A1")
        assert sitting.screen.query_one(FilterableTable).cursor_key == attempt_id(
            roll(2)[1]
        )


async def test_undo_takes_the_last_gate_back_and_keeps_both_entries(
    desk: Desk, kiosk: Callable[..., Any]
) -> None:
    a_session(desk, people=2, stage=Stage.CHECK_IN)
    before = desk.ledger.head().seq
    async with kiosk() as sitting:
        await sitting.show(screen_for("check-in", "a"))
        await sitting.press("enter", "u")
        assert attempt(desk, roll(2)[0]).gates == ()
        kinds = [entry.event.kind for entry in desk.ledger.read_after(before)]
        assert kinds == ["gates-passed.v1", "step-undone.v1"]


async def test_everything_shown_as_recorded_is_in_the_ledger(
    desk: Desk, kiosk: Callable[..., Any]
) -> None:
    a_session(desk, people=1, stage=Stage.CHECK_IN)
    async with kiosk() as sitting:
        await sitting.show(screen_for("check-in", "a"))
        await sitting.press("enter")
        assert f"#{desk.ledger.head().seq}:" in sitting.frame


async def test_a_break_is_one_key_out_and_one_back(
    desk: Desk, kiosk: Callable[..., Any]
) -> None:
    a_session(desk, people=1)
    async with kiosk(LEE) as sitting:
        await sitting.show(screen_for("testing", "a"))
        await sitting.press("b")
        assert attempt(desk, roll(1)[0]).on_break
        assert "break" in sitting.frame
        await sitting.press("b")
        assert not attempt(desk, roll(1)[0]).on_break


async def test_the_clock_follows_the_record(
    desk: Desk, kiosk: Callable[..., Any]
) -> None:
    a_session(desk, people=1)
    async with kiosk() as sitting:
        await sitting.show(screen_for("testing", "a"))
        advance(desk, 47 * MINUTE_MS)
        sitting.app.redraw_time()
        await sitting.settle()
        left = desk.session("a").left_ms(
            attempt(desk, roll(1)[0]), sitting.screen.line_ms
        )
        seconds = -(-left // 1000)
        text = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        assert text in sitting.frame


async def test_a_halt_says_what_it_does_before_it_is_done(
    desk: Desk, kiosk: Callable[..., Any]
) -> None:
    a_session(desk, people=3)
    async with kiosk() as sitting:
        await sitting.show(screen_for("testing", "a"))
        await sitting.press("h")
        sitting.showing(FormDialog)
        assert "3 clocks stop" in sitting.frame
        await sitting.press("escape")
        assert desk.session("a").stage is Stage.RUNNING
        await sitting.press("h", "enter")
        assert desk.session("a").stage is Stage.HALTED


async def test_enter_starts_an_admitted_candidate_after_any_delay(
    desk: Desk, kiosk: Callable[..., Any]
) -> None:
    a_session(desk, people=2, stage=Stage.CHECK_IN)
    first, second = (attempt_id(one) for one in roll(2))
    seated(desk, "a", first)
    desk.perform(ExpectLate(session_id="a", attempt_id=second), LEE)
    started(desk, "a")
    desk.perform(ArriveLate(session_id="a", attempt_id=second), LEE)
    seated(desk, "a", second)
    advance(desk, 40 * MINUTE_MS)
    async with kiosk() as sitting:
        await sitting.show(screen_for("testing", "a"))
        assert "start the clock for" in sitting.frame
        await sitting.press("enter")
        assert attempt(desk, roll(2)[1]).standing is AttemptProgress.TESTING


async def test_the_next_line_of_the_check_in_follows_the_cursor(
    desk: Desk, kiosk: Callable[..., Any]
) -> None:
    a_session(desk, people=2, stage=Stage.CHECK_IN)
    async with kiosk() as sitting:
        await sitting.show(screen_for("check-in", "a"))
        await sitting.press("down", "enter")
        assert attempt(desk, roll(2)[1]).gates
        shown = sitting.screen.query_one(NextBar).said[0]
        assert attempt(desk, roll(2)[1]).person.text in shown


async def test_a_candidate_missing_at_the_roll_call_is_interrupted(
    desk: Desk, kiosk: Callable[..., Any]
) -> None:
    a_session(desk, people=2, stage=Stage.HALTED)
    async with kiosk() as sitting:
        await sitting.show(screen_for("testing", "a"))
        await sitting.press("enter")
        sitting.showing(RollCallScreen)
        await sitting.press("space", "enter")
        assert "not checked off" in sitting.frame
        await sitting.press("r")
        assert "will be interrupted" in sitting.frame
        await sitting.press("enter")
        standings = [attempt(desk, one).standing for one in roll(2)]
        assert standings == [AttemptProgress.TESTING, AttemptProgress.INTERRUPTED]


async def test_the_second_keying_is_blind(
    desk: Desk, kiosk: Callable[..., Any]
) -> None:
    _finished(desk)
    async with kiosk() as sitting:
        await sitting.show(screen_for("scores", "a"))
        await sitting.press("enter")
        await sitting.type("79")
        await sitting.press("enter", "enter")
        assert attempt(desk, roll(1)[0]).score.state is ScoreState.ENTERED
        assert "79" not in sitting.frame
        await sitting.press("enter")
        assert "Second entry" in sitting.frame
        assert "79" not in sitting.frame
        await sitting.type("81")
        await sitting.press("enter", "enter")
        assert attempt(desk, roll(1)[0]).score.state is ScoreState.MISMATCH
        assert "differ" in sitting.frame


async def test_a_score_out_of_range_is_refused_with_the_range(
    desk: Desk, kiosk: Callable[..., Any]
) -> None:
    _finished(desk)
    async with kiosk() as sitting:
        await sitting.show(screen_for("scores", "a"))
        await sitting.press("enter")
        await sitting.type("84")
        await sitting.press("enter", "enter")
        assert "from 0 to 83" in " ".join(sitting.frame.replace("│", " ").split())
        assert attempt(desk, roll(1)[0]).score.state is ScoreState.NONE


async def test_the_seal_needs_the_right_pin(
    desk: Desk, kiosk: Callable[..., Any]
) -> None:
    a_session(desk, people=1, stage=Stage.ENDED)
    async with kiosk() as sitting:
        await sitting.show(screen_for("close-out", "a"))
        await sitting.press("s")
        await sitting.type("000000")
        await sitting.press("enter")
        assert desk.session("a").stage is Stage.ENDED
        await sitting.press("s")
        await sitting.type(DANA_PIN)
        await sitting.press("enter")
        assert desk.session("a").stage is Stage.SEALED


async def test_a_half_filled_form_survives_esc(
    desk: Desk, kiosk: Callable[..., Any]
) -> None:
    a_session(desk, people=1)
    async with kiosk() as sitting:
        await sitting.show(screen_for("testing", "a"))
        await sitting.press("i", "tab", "tab", "tab")
        await sitting.type("smoke")
        await sitting.press("escape", "i")
        assert "smoke" in sitting.frame


async def test_typed_text_is_saved_without_leaving_the_form(
    desk: Desk, kiosk: Callable[..., Any]
) -> None:
    a_session(desk, people=1)
    async with kiosk() as sitting:
        await sitting.show(screen_for("testing", "a"))
        await sitting.press("i", "tab", "tab", "tab")
        await sitting.type("smoke")
        name = sitting.screen.draft.name
        await sitting.pass_time(KEEP_AFTER_S)
        await sitting.settle()
        assert "smoke" in desk.ledger.read_draft(DANA.staff_id, name)


async def test_an_untouched_form_is_no_draft(
    desk: Desk, kiosk: Callable[..., Any]
) -> None:
    a_session(desk, people=1)
    async with kiosk() as sitting:
        await sitting.show(screen_for("testing", "a"))
        await sitting.press("i")
        name = sitting.screen.draft.name
        await sitting.press("escape")
        assert desk.ledger.read_draft(DANA.staff_id, name) == ""


async def test_a_second_enter_records_an_irregularity_once(
    desk: Desk, kiosk: Callable[..., Any]
) -> None:
    a_session(desk, people=1)
    async with kiosk() as sitting:
        await sitting.show(screen_for("testing", "a"))
        await sitting.press("i", "tab", "tab", "tab")
        await sitting.type("smoke")
        await sitting.press("enter", "enter")
        for _ in range(3):
            sitting.screen.query_one(Form).submit()
        await sitting.settle()
        assert len(desk.session("a").irregularities) == 1
        sitting.showing(TestingScreen)


async def test_a_lock_is_not_undone_by_a_step_under_way(
    desk: Desk, kiosk: Callable[..., Any]
) -> None:
    a_session(desk, people=1)
    one = attempt_id(roll(1)[0])
    desk.perform(FinishAttempt(session_id="a", attempt_id=one), LEE)
    async with kiosk() as sitting:
        await sitting.show(screen_for("testing", "a"))
        sitting.screen.end_session()
        sitting.app.lock()
        await sitting.settle()
        sitting.showing(SignInScreen)


async def test_a_refused_dialog_stays_open_with_what_was_typed(
    desk: Desk, kiosk: Callable[..., Any]
) -> None:
    a_session(desk, people=1, stage=Stage.CHECK_IN)
    async with kiosk(LEE) as sitting:
        await sitting.show(screen_for("check-in", "a"))
        await sitting.press("d")
        await sitting.type("no ID")
        await sitting.press("enter", "enter")
        sitting.showing(FormDialog)
        assert "Call the coordinator" in sitting.frame
        assert "no ID" in sitting.frame


async def test_a_lock_keeps_the_clock_in_sight(
    desk: Desk, kiosk: Callable[..., Any]
) -> None:
    a_session(desk, people=1)
    async with kiosk() as sitting:
        await sitting.show(screen_for("testing", "a"))
        await sitting.press("ctrl+l")
        sitting.showing(SignInScreen)
        assert "left" in sitting.frame


async def test_no_key_but_that_of_the_sign_in_leaves_the_kiosk(
    desk: Desk, kiosk: Callable[..., Any]
) -> None:
    async with kiosk() as sitting:
        await sitting.press("ctrl+q", "ctrl+c", "ctrl+p", "escape", "ctrl+z", "q")
        assert sitting.app.is_running
        await sitting.press("ctrl+l", "ctrl+q")
        assert sitting.app.is_running
    async with kiosk() as sitting:
        await sitting.press("S", "ctrl+q")
    assert sitting.app.return_code == 0


async def test_a_small_window_asks_for_room_and_keeps_the_clock(
    desk: Desk, kiosk: Callable[..., Any]
) -> None:
    a_session(desk, people=1)
    async with kiosk(size=(60, 15)) as sitting:
        await sitting.show(screen_for("testing", "a"))
        assert "Enlarge this window" in sitting.frame
        assert "left" in sitting.frame


def _finished(desk: Desk) -> None:
    a_session(desk, people=1)
    one = attempt_id(roll(1)[0])
    desk.perform(FinishAttempt(session_id="a", attempt_id=one), LEE)
    desk.perform(EndSession(session_id="a"), LEE)
