"""The scores screen draws verified scores against the cut where there is room."""

from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Stage
from cptkiosk.ui.screens.scores.screen import ScoresScreen
from support.center import LEE
from support.sessions import a_session, ended
from support.sitting import sit_down


@pytest.mark.parametrize(
    ("size", "drawn"), [((80, 24), False), ((80, 30), True), ((120, 40), True)]
)
async def test_the_chart_is_drawn_where_it_takes_nothing_from_the_list(
    desk: Desk, folder: Path, size: tuple[int, int], drawn: bool
) -> None:
    a_session(desk, 4, Stage.ENDED)
    async with sit_down(desk, folder, LEE, size) as sitting:
        await sitting.show(ScoresScreen("a"))
        assert ("4 verified scores and the passing score" in sitting.words) is drawn
        assert ("passing 64" in sitting.words) is drawn
        assert all(len(line) <= size[0] for line in sitting.frame.splitlines())


async def test_no_chart_shows_a_first_keying(desk: Desk, folder: Path) -> None:
    a_session(desk, 2, Stage.RUNNING)
    ended(desk, "a")
    async with sit_down(desk, folder, LEE, (120, 40)) as sitting:
        await sitting.show(ScoresScreen("a"))
        await sitting.press("8", "0", "enter", "enter")
        assert "against the cut" not in sitting.words
