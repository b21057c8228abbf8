"""Where fingers are faster than screens: what a key means stays what was read."""

from textual import events

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.checkin import ArriveLate
from cptkiosk.domain.commands.testing import (
    BeginBreak,
    BeginPause,
    EndEarly,
    FinishAttempt,
)
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.enter_guard import EnterGuard
from cptkiosk.ui.screens.muster import MusterScreen
from cptkiosk.ui.screens.roll_call import RollCallScreen
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from cptkiosk.ui.widgets.text_entry import TextEntry
from support.center import LEE
from support.exams import one_is_late
from support.sessions import (
    a_session,
    advance,
    attempt,
    attempt_id,
    seated,
)
from support.sitting import SitDown, events_of


async def test_the_next_step_marks_missing_candidates_absent(
    desk: Desk, at: SitDown
) -> None:
    one_is_late(desk)
    advance(desk, 40 * MINUTE_MS)
    async with at("check-in") as sitting:
        sitting.screen.query_one(FilterableTable).move_to(attempt_id("P2"))
        await sitting.settle()
        assert "did not arrive - mark absent" in sitting.words
        await sitting.press("enter")
        await sitting.settle()

        assert attempt(desk, "P2").standing is AttemptProgress.ABSENT


async def test_the_check_in_counts_after_the_start_who_is_still_to_come(
    desk: Desk, at: SitDown
) -> None:
    one_is_late(desk)
    async with at("check-in") as sitting:
        assert "1 to arrive" in sitting.words
        desk.perform(ArriveLate(session_id="a", attempt_id=attempt_id("P2")), LEE)
        sitting.app.redraw_front()
        await sitting.settle()
        assert "1 arrived" in sitting.words
        assert "arrived late" in sitting.words
        assert "running late" not in sitting.words
        assert "to arrive" not in sitting.words
        seated(desk, "a", attempt_id("P2"))
        sitting.app.redraw_front()
        await sitting.settle()
        assert "1 to start" in sitting.words
        assert "to arrive" not in sitting.words


async def test_an_enter_too_soon_after_the_step_changed_does_nothing(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 1)
    async with at("testing") as sitting:
        sitting.app.enter_guard = EnterGuard()
        sitting.screen.redraw_time()
        advance(desk, 90 * MINUTE_MS)
        # Pressed now, however long a busy machine takes to draw the change.
        pressed = events.Key("enter", "\r")
        sitting.screen.redraw_time()
        assert "time is up" in sitting.words
        sitting.app.post_message(pressed)
        await sitting.settle()

        assert not isinstance(sitting.screen, FormDialog)
        assert "The next step has just changed, so Enter did nothing" in sitting.words


async def test_the_first_letter_takes_the_place_of_what_was_proposed(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 1)
    advance(desk, 5 * MINUTE_MS)
    async with at("testing") as sitting:
        await sitting.press("h", "tab")
        await sitting.type("2")
        assert sitting.screen.query(TextEntry).first().value == "2"
        await sitting.press("enter", "enter")

        ((since_ms, _),) = desk.session("a").halts
        assert desk.session("a").timeline_ms(desk.now()) - since_ms == 2 * MINUTE_MS


async def test_the_cursor_comes_back_to_the_person_after_a_search(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 5)
    async with at("testing") as sitting:
        table = sitting.screen.query_one(FilterableTable)
        await sitting.press("down", "down")
        assert table.cursor_key == attempt_id("P3")
        await sitting.type("/nobody at all")
        assert table.cursor_key == ""
        await sitting.press("escape")
        assert table.cursor_key == attempt_id("P3")


async def test_every_group_is_counted_beside_the_clock(desk: Desk, at: SitDown) -> None:
    a_session(desk, 6)
    about = [
        {"session_id": "a", "attempt_id": attempt_id(f"P{n}")} for n in range(1, 7)
    ]
    desk.perform(BeginBreak(**about[0]), LEE)
    desk.perform(BeginPause(**about[1], reason="froze"), LEE)
    desk.perform(FinishAttempt(**about[2]), LEE)
    desk.perform(EndEarly(**about[3], outcome="withdrawn", reason="ill"), LEE)
    desk.perform(EndEarly(**about[4], outcome="dismissed", reason="notes"), LEE)
    async with at("testing") as sitting:
        for group in (
            "on break",
            "paused",
            "finished",
            "withdrawn",
            "dismissed",
            "testing",
        ):
            assert f"1 {group}" in sitting.words


async def test_a_muster_is_kept_with_who_was_not_seen(desk: Desk, at: SitDown) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        await sitting.press("h", "enter")
        sitting.showing(MusterScreen)
        await sitting.press("space", "space", "enter")
        assert "Not seen: FamilyP3, Kim." in sitting.words
        await sitting.press("enter")

        note = events_of(desk)[-1]
        assert note.text.text == "seen outside: 2 of 3; not seen: FamilyP3, Kim"
        sitting.showing(RollCallScreen)


async def test_a_refusal_reads_as_a_person_says_it(desk: Desk, at: SitDown) -> None:
    a_session(desk, 1, Stage.HALTED)
    async with at("testing") as sitting:
        await sitting.press("b")
        assert "No one can go on a break while the session is halted." in sitting.words
