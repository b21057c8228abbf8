"""What a new screen and every second cost: styles once, a layout where something moved."""

from collections import Counter
from typing import Any
from unittest.mock import Mock

import pytest
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.widgets import Static

from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Stage
from support.sessions import a_session, advance
from support.sitting import SitDown

STAGE_OF = {
    "check-in": Stage.CHECK_IN,
    "start": Stage.CHECK_IN,
    "testing": Stage.RUNNING,
    "scores": Stage.ENDED,
}


@pytest.mark.parametrize("size", [(80, 24), (160, 50)], ids=["small", "wide and tall"])
@pytest.mark.parametrize("key", ["h", "question_mark", "m", "i"])
async def test_an_opening_screen_is_styled_once(
    desk: Desk,
    at: SitDown,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
    size: tuple[int, int],
) -> None:
    a_session(desk, 3)
    styled: Counter[DOMNode] = Counter()
    apply = Stylesheet.apply

    def count(sheet: Stylesheet, node: DOMNode, **options: Any) -> None:
        styled[node] += 1
        apply(sheet, node, **options)

    async with at("testing", size=size) as sitting:
        before = sitting.app.screen
        monkeypatch.setattr(Stylesheet, "apply", count)
        await sitting.press(key)
        opened = sitting.app.screen
        assert opened is not before
        assert {styled[one] for one in opened.query(Static)} == {1}


@pytest.mark.parametrize("place", ["check-in", "start", "testing", "scores"])
async def test_a_second_in_which_nothing_moves_lays_nothing_out(
    desk: Desk, at: SitDown, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    a_session(desk, 3, stage=STAGE_OF[place])
    async with at(place) as sitting:
        laid_out = Mock(wraps=sitting.app.screen._compositor.reflow)
        monkeypatch.setattr(sitting.app.screen._compositor, "reflow", laid_out)
        for _ in range(3):
            advance(desk, 1000)
            sitting.app.redraw_time()
            await sitting.settle()
        assert not laid_out.called
