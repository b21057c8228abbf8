"""Pastes, bursts and badge scans: text in a field, and no step elsewhere."""

from collections.abc import Awaitable, Callable

import pytest
from textual import events

from cptkiosk.desk import Desk
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.session import Stage
from cptkiosk.ui.screens.sign_in import LockScreen
from cptkiosk.ui.screens.testing.screen import TestingScreen
from cptkiosk.ui.terminal.parser import TerminalParser, mark_bursts
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from cptkiosk.ui.widgets.text_entry import TextEntry
from support.center import LEE_PIN
from support.sessions import a_session, attempt, attempt_id, ended
from support.sitting import SitDown, Sitting

MAIL = "Note: all finish\nYes\n"
IGNORED = "Pasted text was ignored."


async def send(sitting: Sitting, text: str) -> None:
    """Send characters at once, as a terminal does that marks no paste."""
    for one in mark_bursts(TerminalParser().feed(text.replace("\n", "\r"))):
        sitting.app.post_message(one)
    await sitting.settle()


async def paste(sitting: Sitting, text: str) -> None:
    """Paste as a terminal does that marks it."""
    sitting.app.post_message(events.Paste(text))
    await sitting.settle()


Way = Callable[[Sitting, str], Awaitable[None]]
WAYS = pytest.mark.parametrize("way", [send, paste])


@WAYS
@pytest.mark.parametrize("text", [MAIL, "Thanks for all 15 of them", "Yes\n", "fbpx"])
async def test_text_outside_a_field_does_nothing_and_says_so(
    desk: Desk, at: SitDown, way: Way, text: str
) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        before, screen = desk.ledger.head(), sitting.screen
        await way(sitting, text)
        assert desk.ledger.head() == before
        assert sitting.screen is screen
        assert IGNORED in sitting.words

        await sitting.press("f", "enter")
        assert attempt(desk, "P1").standing is AttemptProgress.FINISHED


@WAYS
async def test_text_for_a_field_goes_into_it(desk: Desk, at: SitDown, way: Way) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        await sitting.press("n")
        await way(sitting, "a mower outside")
        assert sitting.screen.query_one(TextEntry).value == "a mower outside"
        await sitting.press("enter")
        assert desk.session("a").notes[-1][2].text.text == "a mower outside"


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\r", "\n\n  "])
async def test_lines_pasted_into_a_field_of_one_line_are_joined(
    desk: Desk, at: SitDown, break_: str
) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        await sitting.press("n")
        await paste(sitting, f"a mower\x1b outside{break_}until noon\n")
        assert sitting.screen.query_one(TextEntry).value == "a mower outside until noon"


async def test_text_that_came_at_once_is_kept_in_its_form_but_confirms_nothing(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        await sitting.press("n")
        before = desk.ledger.head().seq
        await send(sitting, "a mower\nfinish all of them\n")
        assert desk.ledger.head().seq == before
        assert sitting.screen.query_one(TextEntry).value == "a mower"
        assert "Pasted text cannot confirm." in sitting.words

        await sitting.press("enter")
        assert desk.session("a").notes[-1][2].text.text == "a mower"


@pytest.mark.parametrize("scan", ["246810\n", "K-20003\n"])
@pytest.mark.parametrize(
    ("place", "keys"),
    [
        ("check-in", "o"),
        ("check-in", "d"),
        ("check-in", "H"),
        ("check-in", "i"),
        ("check-in", ":"),
        ("testing", "n"),
        ("testing", "c"),
        ("testing", "h"),
        ("scores", "7"),
    ],
)
async def test_a_badge_scanned_while_a_question_is_open_does_nothing(
    desk: Desk, at: SitDown, place: str, keys: str, scan: str
) -> None:
    a_session(desk, 3, Stage.CHECK_IN if place == "check-in" else Stage.RUNNING)
    if place == "scores":
        ended(desk, "a")
    async with at(place) as sitting:
        await sitting.press(keys)
        screen, before = sitting.screen, desk.ledger.head()
        held = [one.value for one in screen.query(TextEntry)]
        await send(sitting, scan)
        assert desk.ledger.head() == before
        assert sitting.screen is screen
        assert [one.value for one in screen.query(TextEntry)] == held
        assert "Scans are ignored while a question is open." in sitting.words


async def test_a_pin_that_came_at_once_is_kept_but_signs_no_one_in(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        await sitting.press("ctrl+l")
        sitting.showing(LockScreen)
        await send(sitting, f"{LEE_PIN}\n")
        sitting.showing(LockScreen)
        assert "Pasted text cannot confirm." in sitting.words
        await sitting.press("enter")
        sitting.showing(TestingScreen)


async def test_keys_that_a_slow_line_brings_together_are_no_paste(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        await send(sitting, "nmo")
        assert sitting.screen.query_one(TextEntry).value == "mo"


@pytest.mark.parametrize("pace", ["at once", "key by key"])
async def test_a_scan_does_not_answer_a_question_without_a_field(
    desk: Desk, at: SitDown, pace: str
) -> None:
    a_session(desk, 3, Stage.CHECK_IN)
    async with at("check-in") as sitting:
        await sitting.press("A")
        screen, before = sitting.screen, desk.ledger.head()
        if pace == "at once":
            await send(sitting, "246810\n")
        else:
            await sitting.press(*"246810", "enter")
        assert desk.ledger.head() == before
        assert sitting.screen is screen
        assert "Scans are ignored while a question is open." in sitting.words


@WAYS
async def test_text_at_a_yes_or_no_question_answers_nothing(
    desk: Desk, at: SitDown, way: Way
) -> None:
    a_session(desk, 1, Stage.CHECK_IN)
    async with at("check-in") as sitting:
        await sitting.press("d")
        await sitting.type("no ID")
        await sitting.press("enter")
        before = desk.ledger.head()
        await way(sitting, "Yes\n")
        await way(sitting, "yes of course\n")
        assert desk.ledger.head() == before


@WAYS
@pytest.mark.parametrize("place", ["check-in", "scores", "testing"])
async def test_a_badge_puts_the_cursor_on_its_person_and_passes_nothing(
    desk: Desk, at: SitDown, way: Way, place: str
) -> None:
    stage = Stage.CHECK_IN if place == "check-in" else Stage.RUNNING
    a_session(desk, 3, stage, session_id="a", module="safety")
    async with at(place) as sitting:
        before = desk.ledger.head()
        await way(sitting, "99317\n")
        assert "No one on this list has that ID." in sitting.words
        assert "99317" not in sitting.words
        assert desk.ledger.head() == before


async def test_a_badge_typed_at_any_pace_finds_its_person(
    desk: Desk, at: SitDown
) -> None:
    planned_with_figures(desk)
    async with at("check-in") as sitting:
        table, before = sitting.screen.query_one(FilterableTable), desk.ledger.head()
        await send(sitting, "20003\n")
        assert table.cursor_key == attempt_id("20003")
        await sitting.press("2", "0", "0", "0", "2", "enter")
        assert table.cursor_key == attempt_id("20002")
        await paste(sitting, " 20001\n")
        assert table.cursor_key == attempt_id("20001")
        assert "Found by ID. Nothing was recorded" in sitting.words
        await sitting.press("2", "0", "0", "0", "9", "enter")
        assert table.cursor_key == attempt_id("20001")
        assert desk.ledger.head() == before


def planned_with_figures(desk: Desk) -> None:
    """Open check-in for people whose IDs are figures."""
    from support.sessions import opened, planned

    planned(desk, ("20001", "20002", "20003"), "a", "safety")
    opened(desk, "a")


async def test_a_search_finds_ids_that_the_list_does_not_show(
    desk: Desk, at: SitDown
) -> None:
    planned_with_figures(desk)
    async with at("check-in") as sitting:
        await sitting.type("/20003")
        table = sitting.screen.query_one(FilterableTable)
        assert table.shown_keys == (attempt_id("20003"),)
        await sitting.press("escape", "slash")
        await paste(sitting, "20002\n")
        assert table.shown_keys == (attempt_id("20002"),)
