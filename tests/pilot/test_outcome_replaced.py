"""A wrong outcome is replaced on the action line, once the session is over."""

from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.checkin import MarkAbsent
from cptkiosk.domain.commands.testing import AbandonSession
from cptkiosk.domain.events.mistake import OutcomeReplaced
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.ui.dialogs.action_bar import ActionBar
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.frame.session_screen import SessionScreen
from cptkiosk.ui.screens.close_out.screen import CloseOutScreen
from cptkiosk.ui.screens.scores.screen import ScoresScreen
from cptkiosk.ui.screens.sign_in import LockScreen
from support.center import DANA, DANA_PIN, LEE
from support.sessions import (
    a_session,
    advance,
    attempt,
    ended,
    halted,
    resumed,
    seated,
    started,
)
from support.sitting import sit_down

A = "a"
ABSENT, HERE = "P1-safety", "P2-safety"


def over(desk: Desk, stage: Stage) -> None:
    """Let a session be over that P1 missed, as it seemed, and P2 took."""
    a_session(desk, 2, Stage.CHECK_IN)
    desk.perform(MarkAbsent(session_id=A, attempt_ids=(ABSENT,)), LEE)
    seated(desk, A, HERE)
    started(desk, A)
    advance(desk, 20 * MINUTE_MS)
    if stage is Stage.ABANDONED:
        desk.perform(AbandonSession(session_id=A, reason="a flood"), LEE)
    else:
        ended(desk, A)


@pytest.mark.parametrize("stage", [Stage.ENDED, Stage.ABANDONED])
@pytest.mark.parametrize("screen", [ScoresScreen, CloseOutScreen])
async def test_the_coordinator_replaces_an_outcome_on_either_screen_after_the_end(
    desk: Desk, folder: Path, screen: type[SessionScreen], stage: Stage
) -> None:
    over(desk, stage)
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(screen(A))
        await sitting.enter_line("P1 outcome finished sat at A2 all along")
        sitting.showing(FormDialog)
        assert "On record: absent." in sitting.words
        assert attempt(desk, "P1").standing is AttemptProgress.ABSENT
        await sitting.press("enter")
        await sitting.press("enter")
        await sitting.press("enter")
        assert "finished, not absent" in sitting.words
    one = attempt(desk, "P1")
    assert one.standing is AttemptProgress.FINISHED
    assert one.end_line_ms == desk.session(A).ended_line_ms
    (decided,) = desk.session(A).decisions
    assert isinstance(decided.event, OutcomeReplaced)
    assert str(decided.event.reason) == "sat at A2 all along"


async def test_the_form_asks_what_happened_why_and_when(
    desk: Desk, folder: Path
) -> None:
    over(desk, Stage.ENDED)
    began_ms = desk.session(A).start_line_ms or 0
    stopped_ms = began_ms + 5 * MINUTE_MS
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(ScoresScreen(A))
        await sitting.enter_line("A1 outcome")
        sitting.showing(FormDialog)
        await sitting.press("enter", "enter", "enter")
        assert attempt(desk, "P2").standing is AttemptProgress.FINISHED
        sitting.showing(FormDialog)
        await sitting.press("up", "up", "up", "down", "enter")
        await sitting.type("went home ill")
        await sitting.press("enter")
        await sitting.type("soon")
        await sitting.press("enter")
        assert "Type 5:49 PM or 17:49" in sitting.words
        await sitting.press(*["backspace"] * len("soon"))
        await sitting.type(desk.times.format_seconds(stopped_ms))
        await sitting.press("enter")
        assert "withdrawn, not finished" in sitting.words
    one = attempt(desk, "P2")
    assert one.standing is AttemptProgress.WITHDRAWN
    assert (one.start_line_ms, one.end_line_ms) == (began_ms, stopped_ms)
    assert str(one.reason) == "went home ill"


async def test_a_coordinator_approves_an_outcome_that_a_proctor_asks_for(
    desk: Desk, folder: Path
) -> None:
    over(desk, Stage.ENDED)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(ScoresScreen(A))
        await sitting.enter_line("A1 outcome absent wrong person")
        await sitting.press("enter", "enter", "enter")
        assert "Only a coordinator can correct an outcome" in sitting.words
        assert attempt(desk, "P2").standing is AttemptProgress.FINISHED
        await sitting.type(DANA_PIN)
        await sitting.press("enter")
    assert attempt(desk, "P2").standing is AttemptProgress.ABSENT


async def test_restore_after_the_end_points_to_the_outcome(
    desk: Desk, folder: Path
) -> None:
    over(desk, Stage.ENDED)
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(ScoresScreen(A))
        await sitting.enter_line("A1 restore wrong person")
        sitting.showing(ActionBar)
        assert "Correct the outcome instead" in sitting.words


@pytest.mark.parametrize("stage", [Stage.ENDED, Stage.ABANDONED])
async def test_a_halt_by_mistake_is_taken_back_after_the_end_as_well(
    desk: Desk, folder: Path, stage: Stage
) -> None:
    a_session(desk, 1)
    halted(desk, A)
    advance(desk, 5 * MINUTE_MS)
    resumed(desk)
    if stage is Stage.ABANDONED:
        desk.perform(AbandonSession(session_id=A, reason="a flood"), LEE)
    else:
        ended(desk, A)
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(CloseOutScreen(A))
        await sitting.enter_line("unhalt 1 nobody stopped in fact")
        assert "Its 5:00 will count" in sitting.words
        await sitting.press("enter")
    assert not desk.session(A).halts


async def test_a_slip_is_written_for_a_candidate_who_was_turned_away(
    desk: Desk, folder: Path
) -> None:
    over(desk, Stage.ENDED)
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(ScoresScreen(A))
        await sitting.enter_line("P1 outcome denied no photo ID at the door")
        await sitting.press("enter", "enter", "enter")
        assert "slip saved as denial-slip-a-" in sitting.words
    assert attempt(desk, "P1").standing is AttemptProgress.DENIED


async def test_the_slip_is_written_though_the_terminal_is_locked_meanwhile(
    desk: Desk, folder: Path
) -> None:
    over(desk, Stage.ENDED)
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(ScoresScreen(A))
        await sitting.press("colon")
        await sitting.type("P1 outcome denied no photo ID at the door")
        await sitting.press("enter", "enter", "enter")
        async with sitting.slow_desk():
            await sitting.press_meanwhile("enter", "ctrl+l")
        sitting.showing(LockScreen)
        await sitting.settle()
        (slip,) = sitting.app.paths.reports.glob("denial-slip-a-*.txt")
    assert "no photo ID at the door" in slip.read_text(encoding="utf-8")
