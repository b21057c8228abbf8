"""What a terminal asks when another one was quicker."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.score import KeyScore
from cptkiosk.domain.commands.testing import GiveCredit
from cptkiosk.domain.events.irregularity import NoteTaken
from cptkiosk.domain.rules.photo_id import pass_photo_id
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.enter_guard import EnterGuard
from cptkiosk.ui.screens.muster import MusterScreen
from support.center import DANA, LEE, open_desk
from support.sessions import a_session, attempt_id, ended
from support.sitting import SitDown

P1 = attempt_id("P1")
ONE: AboutAttempt = {"session_id": "a", "attempt_id": P1}


@pytest.fixture
def other(desk: Desk, folder: Path) -> Iterator[Desk]:
    """A second terminal on the same record."""
    two = open_desk(folder, desk.clock, "t2")
    yield two
    two.ledger.close()


async def test_a_credit_given_elsewhere_meanwhile_is_asked_about(
    desk: Desk, other: Desk, at: SitDown
) -> None:
    a_session(desk, 1)
    async with at("testing", LEE) as sitting:
        await sitting.press("c")
        other.perform(GiveCredit(**ONE, credit_ms=6 * MINUTE_MS, reason="alarm"), DANA)
        await sitting.fill("6", "alarm")
        sitting.showing(FormDialog)
        assert "Another terminal gave +6:00" in sitting.words
        assert desk.session("a").attempts[P1].credit_ms == 6 * MINUTE_MS

        await sitting.press("escape")
        assert desk.session("a").attempts[P1].credit_ms == 6 * MINUTE_MS


async def test_a_keying_made_elsewhere_meanwhile_counts_only_after_a_yes(
    desk: Desk, other: Desk, at: SitDown
) -> None:
    a_session(desk, 1)
    ended(desk, "a")
    async with at("scores", LEE) as sitting:
        await sitting.type("80")
        other.perform(KeyScore(**ONE, shown="80", shown_as="raw"), DANA)
        await sitting.press("enter")
        assert "second entry" in sitting.words
        assert desk.session("a").attempts[P1].score.state is ScoreState.ENTERED

        await sitting.pass_time(2)
        await sitting.press("enter")
        assert desk.session("a").attempts[P1].score.state is ScoreState.VERIFIED


async def test_a_candidate_who_comes_during_the_question_is_not_marked_absent(
    desk: Desk, other: Desk, at: SitDown
) -> None:
    a_session(desk, 2, Stage.CHECK_IN)
    async with at("check-in", LEE) as sitting:
        await sitting.press("A")
        other.perform(pass_photo_id(ONE, "passport"), LEE)
        await sitting.press("enter")
        assert "absent - FamilyP2, Kim" in sitting.words
    standing = [one.standing for one in desk.session("a").attempts.values()]
    assert standing == ["expected", "absent"]


async def test_a_muster_is_recorded_as_it_stands_when_it_is_confirmed(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2, Stage.HALTED)
    async with at("muster", LEE) as sitting:
        muster = sitting.showing(MusterScreen)
        await sitting.press("space", "enter")
        assert "Not seen: FamilyP2, Kim" in sitting.words
        muster.checklist.checked = frozenset(desk.session("a").attempts)
        await sitting.press("enter")
        assert "seen outside: 2 of 2" in sitting.words
    recorded = [one.event for one in desk.ledger.read_stream("session/a")]
    (note,) = [one for one in recorded if isinstance(one, NoteTaken)]
    assert str(note.text) == "seen outside: 2 of 2"


async def test_an_enter_meant_for_the_screen_behind_answers_no_late_question(
    desk: Desk, other: Desk, at: SitDown
) -> None:
    a_session(desk, 1)
    async with at("testing", LEE) as sitting:
        sitting.app.enter_guard = EnterGuard()
        await sitting.press("c")
        other.perform(GiveCredit(**ONE, credit_ms=6 * MINUTE_MS, reason="alarm"), DANA)
        await sitting.type("6")
        await sitting.press("enter")
        await sitting.type("alarm")
        async with sitting.slow_desk():
            await sitting.press_meanwhile("enter", "down")
        sitting.showing(FormDialog)
        await sitting.press("enter")
        assert "This has just opened, so Enter did nothing." in sitting.words
        assert desk.session("a").attempts[P1].credit_ms == 6 * MINUTE_MS
