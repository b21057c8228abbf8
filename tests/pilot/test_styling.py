"""How often the widgets of a new screen are styled: once, as that costs most of it."""

from collections import Counter
from typing import Any

import pytest
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.widgets import Static

from cptkiosk.desk import Desk
from support.sessions import a_session
from support.sitting import SitDown


@pytest.mark.parametrize("size", [(80, 24), (160, 50)], ids=["small", "wide and tall"])
@pytest.mark.parametrize("key", ["h", "question_mark", "m", "i"])
async def test_what_opens_is_styled_once(
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
