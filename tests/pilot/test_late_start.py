"""Late starts whose time ends after the vendor's window."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.checkin import ArriveLate, ExpectLate
from cptkiosk.domain.commands.testing import BeginPause, StartSession
from cptkiosk.domain.modules import Window
from cptkiosk.domain.state.attempt import Attempt, AttemptProgress
from cptkiosk.domain.values import MINUTE_MS, Actor
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.screens.check_in.screen import CheckInScreen
from cptkiosk.ui.screens.testing.screen import TestingScreen
from support import exams
from support.center import DANA, DANA_PIN, LEE
from support.sessions import a_session, opened, planned, seated, started
from support.sitting import Sitting, events_of, sit_down

P2 = {"session_id": "a", "attempt_id": "P2-safety"}


def seated_late(desk: Desk) -> None:
    planned(desk, ("P1", "P2"), "a", "safety")
    opened(desk, "a")
    seated(desk, "a", "P1-safety")
    desk.perform(ExpectLate(**P2), LEE)
    started(desk, "a")
    desk.perform(ArriveLate(**P2), LEE)
    seated(desk, "a", "P2-safety")


def window_closes(desk: Desk, minutes: int) -> None:
    now = desk.record.local(desk.now().utc_ms)
    closes = now.of_day_ms // MINUTE_MS + minutes
    window = Window(frozenset({now.weekday}), 0, closes)
    policies = replace(desk.definitions.policies, testing_windows=(window,))
    desk.record.definitions = replace(desk.definitions, policies=policies)


def late_one(desk: Desk) -> Attempt:
    return desk.session("a").attempts["P2-safety"]


@asynccontextmanager
async def asked_to_run_on(
    desk: Desk, folder: Path, actor: Actor
) -> AsyncIterator[Sitting]:
    """Restart a paused clock that would run beyond the window, up to the question."""
    a_session(desk, 1)
    pause = BeginPause(session_id="a", attempt_id="P1-safety", reason="froze")
    desk.perform(pause, LEE)
    window_closes(desk, 60)
    async with sit_down(desk, folder, actor) as sitting:
        await sitting.show(TestingScreen("a"))
        await sitting.press("p")
        sitting.showing(FormDialog)
        assert "testing window" in sitting.words
        yield sitting


async def test_a_late_start_beyond_the_window_needs_a_reason(
    desk: Desk, folder: Path
) -> None:
    seated_late(desk)
    window_closes(desk, 60)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(TestingScreen("a"))
        await sitting.press("end", "l")
        sitting.showing(FormDialog)
        assert "testing window" in sitting.words
        await sitting.press("enter")
        assert late_one(desk).standing is AttemptProgress.SEATED
        await sitting.type("longer window agreed, case 12")
        await sitting.press("enter")
        assert late_one(desk).standing is AttemptProgress.TESTING
    event = events_of(desk)[-1]
    assert event.beyond_window.text == "longer window agreed, case 12"


async def test_within_the_window_nothing_is_asked(desk: Desk, folder: Path) -> None:
    seated_late(desk)
    window_closes(desk, 100)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(TestingScreen("a"))
        await sitting.press("end", "l")
        assert late_one(desk).standing is AttemptProgress.TESTING


async def test_one_enter_starts_a_late_clock_from_the_check_in(
    desk: Desk, folder: Path
) -> None:
    seated_late(desk)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(CheckInScreen("a"))
        assert "Next: start the clock for" in sitting.words
        await sitting.press("enter")
        assert late_one(desk).standing is AttemptProgress.TESTING
        assert "own clock started" in sitting.words


async def test_running_a_paused_clock_beyond_the_window_needs_a_reason(
    desk: Desk, folder: Path
) -> None:
    async with asked_to_run_on(desk, folder, DANA) as sitting:
        await sitting.type("agreed")
        await sitting.press("enter")
    assert not desk.session("a").attempts["P1-safety"].is_paused


async def test_a_credit_beyond_the_window_is_given_with_why(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 1)
    window_closes(desk, 92)
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(TestingScreen("a"))
        await sitting.press("c")
        await sitting.type("6")
        await sitting.press("enter")
        await sitting.type("alarm")
        await sitting.press("enter", "enter")
        assert "testing window" in sitting.words
        await sitting.press("end")
        await sitting.type("agreed")
        await sitting.press("enter")
    assert desk.session("a").attempts["P1-safety"].credit_ms == 6 * MINUTE_MS


async def test_a_proctor_says_why_a_paused_clock_runs_on_and_a_coordinator_approves(
    desk: Desk, folder: Path
) -> None:
    async with asked_to_run_on(desk, folder, LEE) as sitting:
        await sitting.fill("agreed")
        assert "Only a coordinator can" in sitting.words
        await sitting.fill(DANA_PIN)
    assert not desk.session("a").attempts["P1-safety"].is_paused
    assert events_of(desk)[-1].beyond_window.text == "agreed"


async def test_a_proctor_gives_a_credit_beyond_the_window_once_it_is_approved(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 1)
    window_closes(desk, 92)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(TestingScreen("a"))
        await sitting.press("c")
        await sitting.fill("6", "alarm", "agreed")
        assert "Only a coordinator can" in sitting.words
        await sitting.fill(DANA_PIN)
    assert desk.session("a").attempts["P1-safety"].credit_ms == 6 * MINUTE_MS


async def test_a_candidate_seated_during_the_countdown_need_not_be_denied(
    desk: Desk, folder: Path
) -> None:
    planned(desk, ("P1", "P2"), "a", "safety")
    opened(desk, "a")
    seated(desk, "a", "P1-safety")
    desk.perform(ExpectLate(**P2), LEE)
    desk.perform(StartSession(session_id="a"), LEE)
    desk.perform(ArriveLate(**P2), LEE)
    seated(desk, "a", "P2-safety")
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(CheckInScreen("a"))
        await sitting.press("end")
        assert "deny them" not in sitting.words
        await sitting.press("enter")
        assert "Deny" not in sitting.words


async def test_a_denial_proposes_the_reason_that_keeps_the_candidate_out(
    desk: Desk, folder: Path
) -> None:
    planned(desk, ("P1", "P2"), "a", "safety")
    exams.registered(desk, "P2", "quality")
    exams.planned(desk, "b", "quality", in_ms=90 * MINUTE_MS)
    exams.rolled(desk, "b", "P2", module="quality")
    opened(desk, "a")
    seated(desk, "a", "P1-safety")
    desk.perform(ExpectLate(**P2), LEE)
    started(desk, "a")
    desk.perform(ArriveLate(**P2), LEE)
    seated(desk, "a", "P2-safety")
    desk.perform(exams.opening("b"), LEE)
    seated(desk, "b", "P2-quality")
    started(desk, "b")
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(CheckInScreen("a"))
        await sitting.press("home")
        assert "go to FamilyP2, Kim" in sitting.words
        await sitting.press("enter")
        assert "cannot start - deny entry" in sitting.words
        await sitting.press("enter")
        sitting.showing(FormDialog)
        assert "minutes late" not in sitting.words
        assert "session b" in sitting.words
