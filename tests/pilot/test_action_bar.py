"""The action line, typed at a kiosk and judged by the ledger."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import testing as c
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.ui.dialogs.action_bar import ActionBar
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.widgets.text_entry import TextEntry
from support.center import LEE
from support.sessions import a_session, attempt, opened, planned
from support.sitting import SitDown, Sitting, events_of


async def say(sitting: Sitting, line: str) -> None:
    """Type a line and Enter, without waiting for the line to open."""
    await sitting.type(f":{line}")
    await sitting.press("enter")


def typed(sitting: Sitting) -> str:
    entry: TextEntry = sitting.screen.query_one(TextEntry)
    return entry.value


async def test_seats_by_number_get_their_credit_and_it_is_counted(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 8)
    async with at("testing") as sitting:
        await say(sitting, "7,2,3 credit 6m alarm")
        assert "Credit: 3 people" in sitting.words
        await sitting.press("enter")

        given = {
            one.participant_id: one.credit_ms
            for one in desk.session("a").attempts.values()
            if one.credit_ms
        }
        assert given == dict.fromkeys(("P2", "P3", "P7"), 6 * MINUTE_MS)
        reasons = [one.reason.text for one in events_of(desk)[-4:-1]]
        assert reasons == ["alarm"] * 3
        assert "3 credits given" in sitting.words


async def test_the_person_concerned_is_named_before_enter(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 8)
    before = desk.ledger.head()
    async with at("testing") as sitting:
        await sitting.type(":7 break")

        assert "A7 FamilyP7, Kim" in sitting.words or "B1 FamilyP7" in sitting.words
        assert desk.ledger.head() == before


async def test_a_halt_is_asked_as_its_key_asks_it(desk: Desk, at: SitDown) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        await say(sitting, "halt smoke in the hall")
        sitting.showing(FormDialog)
        assert "3 clocks stop" in sitting.words
        assert desk.session("a").stage is Stage.RUNNING

        await sitting.press("enter")
        assert desk.session("a").stage is Stage.HALTED
        reason = events_of(desk)[-1].reason
        assert reason.text == "smoke in the hall"


async def test_a_dismissal_is_asked_with_what_was_typed(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    async with at("testing") as sitting:
        await say(sitting, "A2 dismiss notes found")
        sitting.showing(FormDialog)
        assert attempt(desk, "P2").standing is AttemptProgress.TESTING
        await sitting.press("enter", "enter")

        assert attempt(desk, "P2").standing is AttemptProgress.DISMISSED
        assert str(attempt(desk, "P2").reason) == "notes found"


async def test_several_are_not_dismissed_by_one_line(desk: Desk, at: SitDown) -> None:
    a_session(desk, 2)
    async with at("testing") as sitting:
        await say(sitting, "all dismiss notes found")
        sitting.showing(ActionBar)
        assert "one person at a time" in sitting.words


async def test_the_numbers_of_sheets_given_are_said(desk: Desk, at: SitDown) -> None:
    a_session(desk, 2)
    async with at("testing") as sitting:
        await say(sitting, "1 sheets 2")
        assert attempt(desk, "P1").sheets[1:] == (3, 4)
        assert "scratch paper 3, 4 issued" in sitting.words


async def test_a_candidate_is_moved_to_a_seat(desk: Desk, at: SitDown) -> None:
    a_session(desk, 2)
    async with at("testing") as sitting:
        await say(sitting, "1 seat c4")
        assert attempt(desk, "P1").seat == "C4"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("7 jump", 'Unknown action in "7 jump". Actions: break, back'),
        ("Family break", '"Family" could be FamilyP1, Kim'),
        ("Nobody break", 'No one here matches "Nobody"'),
        ("A1 credit alarm", "Type it like 6m, 90s"),
        ("A1 back", "."),
        ("[red]A1[/] break", 'No one here matches "[red]A1[/]"'),
    ],
)
async def test_a_refused_command_stays_in_the_line_with_its_reason(
    desk: Desk, at: SitDown, line: str, says: str
) -> None:
    a_session(desk, 8)
    before = desk.ledger.head()
    async with at("testing") as sitting:
        await say(sitting, line)

        sitting.showing(ActionBar)
        assert says in sitting.words
        assert typed(sitting) == line
        assert desk.ledger.head() == before


async def test_hostile_text_is_kept_as_text_and_steers_nothing(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    async with at("testing") as sitting:
        await say(sitting, "1 note [bold]x[/] '; DROP TABLE --")

        (note,) = events_of(desk)[-1:]
        assert note.text.text == "[bold]x[/] '; DROP TABLE --"


async def test_a_batch_changes_nothing_if_one_command_is_refused(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    desk.perform(c.BeginBreak(session_id="a", attempt_id="P2-safety"), LEE)
    before = desk.ledger.head()
    async with at("testing") as sitting:
        await say(sitting, "A1-A3 break")

        assert "Nothing was done. A2 FamilyP2, Kim" in sitting.words
        assert desk.ledger.head() == before


async def test_tab_and_right_take_the_first_that_is_offered(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    async with at("testing") as sitting:
        await sitting.type(":A1 pa")
        await sitting.press("tab")
        assert typed(sitting) == "A1 pause "
        await sitting.type("scr")
        await sitting.press("right", "enter")

        assert attempt(desk, "P1").is_paused
        (paused,) = events_of(desk)[-1:]
        assert paused.reason.text == "screen froze"


async def test_up_brings_the_last_line_back_and_down_what_was_begun(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    async with at("testing") as sitting:
        await say(sitting, "1 break")
        await sitting.type(":2")
        await sitting.press("up")
        assert typed(sitting) == "1 break"
        await sitting.press("down")
        assert typed(sitting) == "2"


async def test_esc_leaves_the_line_and_does_nothing(desk: Desk, at: SitDown) -> None:
    a_session(desk, 2)
    before = desk.ledger.head()
    async with at("testing") as sitting:
        await sitting.type(":1 break")
        await sitting.press("escape")

        assert not isinstance(sitting.screen, ActionBar)
        assert desk.ledger.head() == before


async def test_a_colon_in_a_search_is_text(desk: Desk, at: SitDown) -> None:
    a_session(desk, 2)
    async with at("testing") as sitting:
        await sitting.type("/a:b")

        assert "/a:b_" in sitting.words


@pytest.mark.parametrize("place", ["people", "check-in", "start"])
async def test_every_screen_of_a_session_has_the_line(
    desk: Desk, at: SitDown, place: str
) -> None:
    planned(desk, ("P1", "P2"), "a", "safety")
    if place != "people":
        opened(desk, "a")
    async with at(place) as sitting:
        await say(sitting, "note window is open")

        (note,) = events_of(desk)[-1:]
        assert note.text.text == "window is open"
