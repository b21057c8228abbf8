"""Half-filled forms come back, and take nothing of what has been typed since."""

import json
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Stage
from cptkiosk.ui.drafts import KEEP_AFTER_S
from support.center import LEE
from support.screens import screen_for
from support.sessions import a_session
from support.sitting import sit_down

FORMS: dict[str, tuple[str, Stage, tuple[str, ...]]] = {
    "a screen": ("testing", Stage.RUNNING, ("i", "tab", "tab", "tab")),
    "a question": ("testing", Stage.RUNNING, ("n",)),
    "a form worked on at the desk": ("check-in", Stage.CHECK_IN, ("n", "tab")),
}
"""Where each kind of form is, and the keys to a line of text in it."""


def drafts(desk: Desk) -> dict[str, str]:
    """Return what is kept half done, by its name."""
    ledger = desk.ledger
    names = ledger.draft_names(LEE.staff_id, "")
    return {
        one: body for one in names if (body := ledger.read_draft(LEE.staff_id, one))
    }


@pytest.mark.parametrize("kind", FORMS)
async def test_text_typed_before_a_draft_returns_stays(
    desk: Desk, folder: Path, kind: str
) -> None:
    place, stage, keys = FORMS[kind]
    a_session(desk, 2, stage)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(screen_for(place, "a"))
        await sitting.press(*keys)
        await sitting.type("smoke")
        await sitting.press("escape")
        async with sitting.slow_desk():
            await sitting.press_meanwhile(*keys, *"fire")
        assert "fire" in sitting.words
        assert "smoke" not in sitting.words


@pytest.mark.parametrize("kind", FORMS)
async def test_a_form_put_back_as_it_was_proposed_is_no_draft(
    desk: Desk, folder: Path, kind: str
) -> None:
    place, stage, keys = FORMS[kind]
    a_session(desk, 2, stage)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(screen_for(place, "a"))
        await sitting.press(*keys)
        await sitting.type("x")
        await sitting.pass_time(KEEP_AFTER_S)
        await sitting.settle()
        assert any('"x"' in body for body in drafts(desk).values())
        await sitting.press("backspace", "escape")
        assert drafts(desk) == {}


@pytest.mark.parametrize("kind", FORMS)
async def test_a_draft_with_what_cannot_be_chosen_any_more_comes_back_without_it(
    desk: Desk, folder: Path, kind: str
) -> None:
    place, stage, keys = FORMS[kind]
    a_session(desk, 2, stage)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(screen_for(place, "a"))
        await sitting.press(*keys)
        await sitting.type("smoke")
        await sitting.press("escape")
        (name,) = drafts(desk)
        body = json.loads(drafts(desk)[name]) | {"code": "GONE", "module": "gone"}
        desk.ledger.keep_draft(LEE.staff_id, name, json.dumps(body))
        await sitting.press(*keys)
        assert "smoke" in sitting.words
