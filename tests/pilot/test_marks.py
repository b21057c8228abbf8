"""A key acts on the marked rows, and never on a row that a filter hides."""

from pathlib import Path
from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.checkin import MarkAbsent
from cptkiosk.domain.commands.score import KeyScore
from cptkiosk.domain.commands.testing import (
    BeginBreak,
    FinishAttempt,
    GiveCredit,
    NoteVendorClock,
)
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.center import LOCK_TRIES
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import HOUR_MS, MINUTE_MS, Refused
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.screens.staff import StaffScreen
from cptkiosk.ui.screens.testing.screen import TestingScreen
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from support.center import DANA, LEE
from support.sessions import (
    a_session,
    advance,
    attempt,
    attempt_id,
    ended,
    left_ms,
    line,
    progress,
)
from support.sitting import SitDown, Sitting, events_of, sit_down


def about(participant_id: str) -> dict[str, Any]:
    return {"session_id": "a", "attempt_id": attempt_id(participant_id)}


def kinds(desk: Desk, count: int) -> list[str]:
    return [
        type(one.event).__name__
        for one in desk.ledger.read_stream("session/a")[-count:]
    ]


async def marked(sitting: Sitting, *participant_ids: str) -> None:
    """Mark rows, as Space does on each of them."""
    table = sitting.screen.query_one(FilterableTable)
    for one in participant_ids:
        table.move_to(attempt_id(one))
        await sitting.press("space")


# A filter that hides the next person


async def test_enter_asks_about_whose_time_is_up_though_a_filter_hides_them(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    desk.perform(GiveCredit(**about("P1"), credit_ms=10 * MINUTE_MS, reason="?"), LEE)
    desk.perform(FinishAttempt(**about("P3")), LEE)
    advance(desk, 91 * MINUTE_MS)
    async with at("testing") as sitting:
        await sitting.type("/FamilyP1")
        await sitting.press("enter")
        assert sitting.screen.query_one(FilterableTable).shown_keys == (
            attempt_id("P1"),
        )

        await sitting.press("enter")
        assert "Time is up for FamilyP2, Kim" in sitting.words
        await sitting.press("enter")
        assert progress(desk, "P2") is AttemptProgress.FINISHED
        assert progress(desk, "P1") is AttemptProgress.TESTING


async def test_enter_asks_for_the_next_score_though_a_filter_hides_it(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    ended(desk, "a")
    for _ in range(2):
        desk.perform(KeyScore(**about("P1"), shown="70", shown_as="raw"), LEE)
    async with at("scores") as sitting:
        await sitting.type("/FamilyP1")
        await sitting.press("enter", "enter")
        sitting.showing(FormDialog)
        assert "FamilyP2, Kim - Safety" in sitting.words
        await sitting.press("escape")
        assert sitting.screen.query_one(FilterableTable).cursor_key == attempt_id("P2")


async def test_enter_shows_who_is_next_at_check_in_though_a_filter_hides_them(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2, Stage.CHECK_IN)
    desk.perform(MarkAbsent(session_id="a", attempt_ids=(attempt_id("P1"),)), LEE)
    async with at("check-in") as sitting:
        await sitting.type("/FamilyP1")
        await sitting.press("enter", "enter")
        assert sitting.screen.query_one(FilterableTable).cursor_key == attempt_id("P2")


async def test_enter_sets_the_pin_of_who_is_locked_though_a_filter_hides_them(
    desk: Desk, folder: Path
) -> None:
    for _ in range(LOCK_TRIES):
        with pytest.raises(Refused):
            desk.pins.sign_in(LEE.staff_id, "000111")
        advance(desk, HOUR_MS)
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(StaffScreen())
        await sitting.type("/Ortiz")
        await sitting.press("enter", "enter")
        sitting.showing(FormDialog)
        assert "New PIN: Lee Wong" in sitting.words


# Marked rows


async def test_a_break_is_for_everybody_who_is_marked(desk: Desk, at: SitDown) -> None:
    a_session(desk, 4)
    async with at("testing") as sitting:
        await marked(sitting, "P2", "P3")
        await sitting.press("home", "b", "enter")
        out = [one for one in ("P1", "P2", "P3", "P4") if attempt(desk, one).on_break]
        assert out == ["P2", "P3"]
        assert "2 breaks started - 2 people: FamilyP2, Kim; FamilyP3" in sitting.words
        assert sitting.screen.query_one(FilterableTable).marks == frozenset()

        await sitting.press("u")
        assert not attempt(desk, "P2").on_break
        assert not attempt(desk, "P3").on_break
        assert "undone: break for 2 people: FamilyP2, Kim; FamilyP3" in sitting.words


async def test_marked_candidates_finish_and_the_others_continue(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 4)
    async with at("testing") as sitting:
        await marked(sitting, "P1", "P3", "P4")
        await sitting.press("f", "enter")
    over = [
        one
        for one in ("P1", "P2", "P3", "P4")
        if progress(desk, one) is AttemptProgress.FINISHED
    ]
    assert over == ["P1", "P3", "P4"]


async def test_one_form_gives_everybody_who_is_marked_their_credit(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 4)
    async with at("testing") as sitting:
        await marked(sitting, "P1", "P4")
        await sitting.press("c")
        assert "Credit for 2 people" in sitting.words
        assert "FamilyP1, Kim; FamilyP4, Kim" in sitting.words
        assert "To undo this for all of them, press u afterward" in sitting.words
        await sitting.fill("90s", "noise")
        given = {one: attempt(desk, one).credit_ms for one in ("P1", "P2", "P3", "P4")}
        assert given == {"P1": 90_000, "P2": 0, "P3": 0, "P4": 90_000}
        assert sitting.screen.query_one(FilterableTable).marked_keys == ()


async def test_one_form_stops_the_clocks_of_everybody_who_is_marked(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        await marked(sitting, "P1", "P2")
        await sitting.press("p", "enter", "enter")
        assert kinds(desk, 3) == ["PauseBegan", "PauseBegan", "StepsGrouped"]
        assert not attempt(desk, "P3").is_paused

        await marked(sitting, "P1", "P2")
        await sitting.press("p", "enter")
        assert kinds(desk, 3) == ["PauseEnded", "PauseEnded", "StepsGrouped"]


async def test_a_note_is_kept_about_everybody_who_is_marked(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        await marked(sitting, "P1", "P2")
        await sitting.press("n")
        await sitting.fill("sat together")
    notes = events_of(desk)[-2:]
    assert [one.attempt_id for one in notes] == [attempt_id("P1"), attempt_id("P2")]


async def test_the_one_row_that_is_marked_counts_and_not_the_cursor(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        await marked(sitting, "P3")
        await sitting.press("home", "b")
        assert attempt(desk, "P3").on_break
        assert not attempt(desk, "P1").on_break


@pytest.mark.parametrize("key", ["x", "z", "v", "l"])
async def test_a_question_for_one_person_is_refused_for_several(
    desk: Desk, at: SitDown, key: str
) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        await marked(sitting, "P1", "P2")
        await sitting.press(key)
        sitting.showing(TestingScreen)
        assert "This works on one person; 2 are marked" in sitting.words


async def test_some_out_and_some_not_are_neither_let_out_nor_in(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    desk.perform(BeginBreak(**about("P2")), LEE)
    before = desk.ledger.head()
    async with at("testing") as sitting:
        await marked(sitting, "P1", "P2")
        await sitting.press("b")
        assert "Some of the 2 marked are on a break, some are not" in sitting.words
        assert desk.ledger.head() == before


async def test_no_marked_candidate_finishes_if_one_already_has(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    desk.perform(FinishAttempt(**about("P2")), LEE)
    before = desk.ledger.head()
    async with at("testing") as sitting:
        await marked(sitting, "P1", "P2")
        await sitting.press("f")
        assert "2 marked: FamilyP2, Kim is finished" in sitting.words
        assert desk.ledger.head() == before


async def test_esc_takes_the_marks_off_before_it_goes_back(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        await marked(sitting, "P1", "P2")
        await sitting.press("escape")
        sitting.showing(TestingScreen)
        assert sitting.screen.query_one(FilterableTable).marked_keys == ()
        await sitting.press("escape")
        assert not isinstance(sitting.screen, TestingScreen)


# What is said is what is recorded


async def test_the_clocks_stop_at_the_second_that_the_question_names(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    advance(desk, 10 * MINUTE_MS)
    pressed_ms = line(desk)
    async with at("testing") as sitting:
        await sitting.press("h")
        advance(desk, 40_000)
        await sitting.press("enter")
        assert desk.session("a").halts == ((pressed_ms, None),)
        assert left_ms(desk, "P1") == 80 * MINUTE_MS


async def test_the_alarm_was_so_long_before_the_halt_was_asked_for(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    advance(desk, 10 * MINUTE_MS)
    pressed_ms = line(desk)
    async with at("testing") as sitting:
        await sitting.press("h")
        advance(desk, 40_000)
        await sitting.press("tab")
        await sitting.fill("1:30", "")
        assert desk.session("a").halts == ((pressed_ms - 90_000, None),)


async def test_the_vendors_clock_is_compared_with_ours_when_it_was_asked(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 1)
    advance(desk, 10 * MINUTE_MS)
    async with at("testing") as sitting:
        await sitting.press("v")
        advance(desk, 25_000)
        await sitting.fill("1:19:56")
        assert attempt(desk, "P1").drift_ms == -4000
        assert "test screen clock shows 0:04 less" in sitting.words


# The end of the session


async def test_an_end_is_taken_back_where_it_leads(desk: Desk, at: SitDown) -> None:
    a_session(desk, 1)
    desk.perform(FinishAttempt(**about("P1")), LEE)
    async with at("testing") as sitting:
        await sitting.press("e")
        assert desk.session("a").stage is Stage.ENDED
        assert "session ended; press u to undo" in sitting.words
        await sitting.press("u")
        assert desk.session("a").stage is Stage.RUNNING
        assert "undone: the session continues" in sitting.words
        assert progress(desk, "P1") is AttemptProgress.FINISHED


async def test_an_offer_is_withdrawn_once_it_is_too_late(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 1)
    desk.perform(FinishAttempt(**about("P1")), LEE)
    async with at("testing") as sitting:
        await sitting.press("e")
        advance(desk, 3 * MINUTE_MS)
        sitting.app.redraw_time()
        await sitting.settle()
        assert "session ended" in sitting.words
        assert "press u to undo" not in sitting.words


# Where a search leaves the cursor


@pytest.mark.parametrize(
    ("keys", "whose"),
    [
        (["slash", *"qq", "escape"], "P2"),
        (["slash", *"P3", "escape"], "P2"),
        (["slash", *"P3", *["backspace"] * 3], "P2"),
        (["slash", *"P3zz", "enter", "escape"], "P2"),
        (["slash", *"P3", "enter"], "P3"),
        (["slash", *"P3", "enter", "escape"], "P3"),
    ],
)
async def test_the_cursor_comes_back_from_a_search_unless_enter_keeps_the_row(
    desk: Desk, at: SitDown, keys: list[str], whose: str
) -> None:
    a_session(desk, 3)
    for one in ("P1", "P3"):
        desk.perform(GiveCredit(**about(one), credit_ms=MINUTE_MS, reason="q"), LEE)
    async with at("testing") as sitting:
        table = sitting.screen.query_one(FilterableTable)
        table.move_to(attempt_id("P2"))
        await sitting.press(*keys)
        assert table.cursor_key == attempt_id(whose)


# What is said in little room


async def test_the_sign_that_matters_most_is_whole_and_no_figure_follows_that_is_none(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 1)
    advance(desk, 10 * MINUTE_MS)
    desk.perform(NoteVendorClock(**about("P1"), vendor_left_ms=79 * MINUTE_MS), LEE)
    desk.perform(GiveCredit(**about("P1"), credit_ms=MINUTE_MS, reason="?"), LEE)
    async with at("testing") as sitting:
        assert "s -1:00 …" in sitting.frame
        await sitting.press("b")
        assert "break 0:00 …" in sitting.frame


async def test_how_many_are_marked_covers_no_title(desk: Desk, at: SitDown) -> None:
    a_session(desk, 30)
    async with at("testing") as sitting:
        await marked(sitting, "P1", "P2", "P3")
        (head,) = (one for one in sitting.frame.splitlines() if " Person " in one)
        assert " Ends " in head
        assert "*3 " in head
