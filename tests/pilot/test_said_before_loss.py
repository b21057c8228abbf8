"""Nothing typed is lost, and nothing due is hidden, without a word."""

from pathlib import Path

from textual import events

from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.screens.close_out.screen import CloseOutScreen
from cptkiosk.ui.screens.testing.screen import TestingScreen
from cptkiosk.ui.widgets.text_entry import TextEntry
from support.center import LEE
from support.sessions import a_session, advance, halted
from support.sitting import SitDown, sit_down


async def test_esc_asks_before_it_discards_what_was_typed(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 1)
    async with at("testing") as sitting:
        await sitting.press("v")
        await sitting.type("1:12:0")
        await sitting.press("escape")
        sitting.showing(FormDialog)
        assert "Press Esc again to discard what you typed" in sitting.words

        await sitting.type("5")
        assert "Press Esc again" not in sitting.words
        await sitting.press("escape", "escape")
        sitting.showing(TestingScreen)


async def test_esc_leaves_a_form_at_once_in_which_nothing_was_typed(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 1)
    async with at("testing") as sitting:
        for key in ("n", "c", "h"):
            await sitting.press(key, "escape")
            sitting.showing(TestingScreen)


async def test_a_paste_that_does_not_fit_says_so_and_leaves_the_field(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 1)
    async with at("testing") as sitting:
        await sitting.press("n")
        await sitting.type("before")
        entry = sitting.screen.query_one(TextEntry)
        entry.post_message(events.Paste("long " * 200))
        await sitting.settle()
        assert entry.value == "before"
        assert "The pasted text is too long" in sitting.words


async def test_a_locked_terminal_shows_an_announcement_that_is_due(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    async with at("testing") as sitting:
        await sitting.press("ctrl+l")
        assert "Due:" not in sitting.words
        advance(desk, 60 * MINUTE_MS)
        sitting.screen.redraw_time()
        await sitting.settle()
        assert "Due: announce 30 minutes left to 2 people - now." in sitting.words


async def test_resume_is_a_word_of_the_action_line(desk: Desk, at: SitDown) -> None:
    session = a_session(desk, 1)
    (one,) = session.attempts
    async with at("testing") as sitting:
        await sitting.press("p", "enter", "enter")
        assert desk.session("a").attempts[one].is_paused
        await sitting.press(":")
        await sitting.type("A1 resume")
        await sitting.press("enter")
        assert not desk.session("a").attempts[one].is_paused

        halted(desk, "a")
        await sitting.press(":")
        await sitting.type("resume")
        await sitting.press("enter")
        assert "All clocks resume together after roll call." in sitting.words


async def test_a_folder_that_cannot_be_written_is_asked_for_again(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 1, Stage.SEALED)
    (folder / "file").write_text("no folder", encoding="utf-8")
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(CloseOutScreen("a"))
        await sitting.press("b")
        sitting.showing(FormDialog)
        field = sitting.screen.query_one(TextEntry)
        field.value = str(folder / "file")
        await sitting.press("enter")
        await sitting.settle()
        sitting.showing(FormDialog)
        assert "! " in sitting.words
        assert sitting.screen.query_one(TextEntry).value == str(folder / "file")
