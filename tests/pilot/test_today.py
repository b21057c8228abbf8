"""Today: Next and Enter agree, every column is whole, and each key leads on."""

from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.planning import CancelSession
from cptkiosk.domain.commands.vendor import ReleaseCode
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import DAY_MS
from cptkiosk.ui.return_codes import REHEARSE
from cptkiosk.ui.screens.close_out.screen import CloseOutScreen
from cptkiosk.ui.screens.find import FindScreen
from cptkiosk.ui.screens.person import PersonScreen
from cptkiosk.ui.screens.scores.screen import ScoresScreen
from cptkiosk.ui.screens.session_roster import SessionRosterScreen
from cptkiosk.ui.screens.testing.screen import TestingScreen
from cptkiosk.ui.screens.today import TodayScreen
from cptkiosk.upload.folder import write_bundle
from support.center import DANA, LEE
from support.clock import HandClock
from support.sessions import a_session, ended
from support.sitting import Sitting, sit_down


def next_line(sitting: Sitting) -> str:
    return sitting.frame.splitlines()[2]


async def test_the_cursor_is_on_what_next_names_and_enter_opens_that(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 1, Stage.SEALED, "a")
    a_session(desk, 2, Stage.PLANNED, "b")
    async with sit_down(desk, folder, LEE) as sitting:
        assert "Next: open check-in for Morning" in next_line(sitting)
        await sitting.press("enter")
        assert "Room checklist" in sitting.words

        await sitting.press("escape")
        sitting.showing(SessionRosterScreen)
        assert sitting.screen.session_id == "b"


async def test_elsewhere_next_says_what_enter_does_there(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 1, Stage.SEALED, "a")
    a_session(desk, 2, Stage.PLANNED, "b")
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.press("down")
        assert "Next: write the bundle for Morning" in next_line(sitting)
        assert "Enter" in next_line(sitting)
        await sitting.press("enter")
        sitting.showing(CloseOutScreen)

        # What was looked at is not where the day goes on.
        await sitting.press("escape")
        assert "Next: open check-in for Morning" in next_line(sitting)


async def test_the_cursor_stays_in_place_while_others_work(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 1, Stage.PLANNED, "a")
    a_session(desk, 1, Stage.PLANNED, "b")
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.press("down")
        desk.perform(CancelSession(session_id="a", reason="snow"), LEE)
        sitting.app.redraw_front()
        await sitting.settle()
        await sitting.press("enter", "escape")
        assert sitting.screen.session_id == "b"


async def test_a_cancelled_session_alone_asks_for_nothing(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 1, Stage.CANCELLED, "a")
    async with sit_down(desk, folder, LEE) as sitting:
        assert "Next: plan the next session" in next_line(sitting)
        assert "- for" not in sitting.words


async def test_upload_says_how_far_a_bundle_is(
    desk: Desk, folder: Path, tmp_path: Path
) -> None:
    a_session(desk, 1, Stage.SEALED, "a")
    async with sit_down(desk, folder, LEE) as sitting:
        assert "sealed r1 waiting write bundle" in sitting.words
        write_bundle(desk, "a", tmp_path, LEE, report=lambda _: "r\n")
        sitting.app.redraw_front()
        await sitting.settle()
        assert "sealed r1 no receipt release codes" in sitting.words
        assert "release the user codes of" in next_line(sitting)
        (who,) = desk.session("a").attempts
        desk.perform(ReleaseCode(session_id="a", attempt_id=who), DANA)
        sitting.app.redraw_front()
        await sitting.settle()
        assert "1 bundle awaiting a receipt" in next_line(sitting)


@pytest.mark.parametrize("days", [1, 40, 400])
async def test_an_old_session_shows_its_whole_date(
    desk: Desk, folder: Path, clock: HandClock, days: int
) -> None:
    a_session(desk, 0, Stage.PLANNED, "a")
    year = desk.local_date(desk.now().utc_ms)[:4]
    clock.advance(days * DAY_MS)
    async with sit_down(desk, folder, LEE) as sitting:
        assert "…" not in sitting.frame
        assert "add people" in sitting.words
        if days > 7:
            assert f", {year} " in sitting.words


async def test_p_lists_everybody_and_enter_opens_a_card(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 3, Stage.PLANNED, "a")
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.press("p")
        sitting.showing(FindScreen)
        assert "(3 people)" in sitting.words
        assert "session" not in sitting.words
        await sitting.press("enter")
        sitting.showing(PersonScreen)


async def test_d_signs_out_and_asks_for_a_rehearsal(desk: Desk, folder: Path) -> None:
    a_session(desk, 1, Stage.PLANNED, "a")
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.press("d")
        assert sitting.app.return_code == REHEARSE
    assert desk.ledger.read_stream("center")[-1].event.kind == "signed-out.v1"


async def test_no_rehearsal_hides_a_running_clock(desk: Desk, folder: Path) -> None:
    a_session(desk, 1, Stage.RUNNING, "a")
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.press("d")
        sitting.showing(TodayScreen)
        assert "its clock must stay in sight" in sitting.words
        assert not sitting.app.return_code


async def test_no_rehearsal_hides_a_clock_that_started_since_the_list_was_read(
    desk: Desk, folder: Path
) -> None:
    async with sit_down(desk, folder, LEE) as sitting:
        a_session(desk, 1, Stage.RUNNING, "a")
        await sitting.press("d")
        assert "its clock must stay in sight" in sitting.words
        assert not sitting.app.return_code


@pytest.mark.parametrize(
    ("stage", "words", "screen"),
    [
        (Stage.ENDED, "close out Morning", CloseOutScreen),
        (Stage.RUNNING, "watch Morning", TestingScreen),
    ],
)
async def test_enter_leads_to_where_next_says(
    desk: Desk, folder: Path, stage: Stage, words: str, screen: type
) -> None:
    a_session(desk, 1, stage, "a")
    async with sit_down(desk, folder, LEE) as sitting:
        assert f"Next: {words}" in next_line(sitting)
        await sitting.press("enter")
        sitting.showing(screen)


async def test_open_scores_are_counted_and_enter_leads_to_them(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 2, Stage.RUNNING, "a")
    ended(desk, "a")
    async with sit_down(desk, folder, LEE) as sitting:
        assert "Next: enter 2 scores for Morning" in next_line(sitting)
        assert "2 scores due" in sitting.words
        await sitting.press("enter")
        sitting.showing(ScoresScreen)
