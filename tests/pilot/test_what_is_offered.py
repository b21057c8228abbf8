"""What a screen offers to undo or to read, and for how long."""

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.irregularity import TakeNote
from cptkiosk.domain.commands.testing import BeginPause, FinishAttempt
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.dialogs.question import Question
from cptkiosk.ui.widgets.fields import TextField
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from cptkiosk.ui.widgets.form import Form
from support.center import LEE
from support.clock import HandClock
from support.sessions import (
    a_session,
    advance,
    attempt_id,
    ended,
    halted,
    resumed,
    seated,
)
from support.sitting import SitDown
from support.verdicts import keys


async def test_undo_of_the_start_is_offered_only_while_it_is_possible(
    desk: Desk, clock: HandClock, at: SitDown
) -> None:
    session = a_session(desk, 2, Stage.CHECK_IN)
    for one in session.attempts:
        seated(desk, "a", one)
    async with at("start") as sitting:
        await sitting.press("enter")
        assert desk.session("a").stage is Stage.RUNNING
        assert "started 2 people; press U to undo" in sitting.words

        clock.advance(3 * MINUTE_MS)
        sitting.app.redraw_time()
        await sitting.settle()
        assert "started 2 people" in sitting.words
        assert "press U" not in sitting.words


async def test_the_script_at_the_start_is_read_page_by_page(
    desk: Desk, at: SitDown
) -> None:
    session = a_session(desk, 1, Stage.CHECK_IN)
    for one in session.attempts:
        seated(desk, "a", one)
    async with at("start") as sitting:
        assert "PgDn more" in sitting.words
        assert "You may begin." not in sitting.words

        await sitting.press("pagedown", "pagedown")
        assert "You may begin." in sitting.words

        await sitting.press("pageup", "pageup")
        assert "Welcome." in sitting.words


async def test_the_first_whose_time_is_up_hears_the_script(
    desk: Desk, clock: HandClock, at: SitDown
) -> None:
    a_session(desk, 2)
    clock.advance(91 * MINUTE_MS)
    async with at("testing") as sitting:
        await sitting.press("enter")
        assert "Time is up for FamilyP1, Kim" in sitting.words
        assert "take your hands off the keyboard" in sitting.words
        assert "Enter: mark finished" in sitting.words

        await sitting.press("enter", "enter")
        assert desk.session("a").attempts[attempt_id("P1")].end_line_ms
        assert "Time is up for FamilyP2, Kim" in sitting.words
        assert "take your hands off the keyboard" not in sitting.words


async def test_a_halt_is_reported_with_its_time_and_everyone_it_stopped(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    advance(desk, 10 * MINUTE_MS)
    desk.perform(FinishAttempt(**keys("P3")), LEE)
    advance(desk, 10 * MINUTE_MS)
    halted(desk, "a", ago_ms=2 * MINUTE_MS)
    began_ms = desk.now().utc_ms - 2 * MINUTE_MS
    seen = "seen outside: 1 of 2; not seen: FamilyP2, Kim"
    desk.perform(TakeNote(session_id="a", text=seen), LEE)
    advance(desk, 30 * MINUTE_MS)
    resumed(desk)
    async with at("testing") as sitting:
        assert 'Next: record an irregularity: halted for "fire alarm"' in sitting.words
        await sitting.press("enter")
        values = sitting.screen.query_one(Form).values()

        assert values.text("code") == "ENV-ALARM"
        assert values.several("people") == (attempt_id("P1"), attempt_id("P2"))
        assert values.text("when") == desk.times.format_time(began_ms)
        assert values.text("detail alarm-time") == desk.times.format_time(began_ms)
        assert values.text("detail roll-call") == "1 of 2"


async def test_the_second_of_two_halts_is_reported_as_itself(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 1)
    for minutes in (20, 40):
        advance(desk, minutes * MINUTE_MS)
        halted(desk, "a")
        resumed(desk)
    ended(desk, "a")
    second_ms = desk.session("a").reasons[-1][0].utc_ms
    async with at("close-out") as sitting:
        table = sitting.screen.query_one(FilterableTable)
        rows = [key for key in table.shown_keys if key.startswith("report ")]
        table.move_to(rows[1])
        await sitting.settle()
        await sitting.press("enter")
        values = sitting.screen.query_one(Form).values()
        assert values.text("when") == desk.times.format_time(second_ms)


async def test_next_leads_to_the_paused_person_before_it_names_their_key(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    desk.perform(BeginPause(**keys("P2"), reason="froze", kind="fault"), LEE)
    async with at("testing") as sitting:
        table = sitting.screen.query_one(FilterableTable)
        table.move_to(attempt_id("P1"))
        await sitting.settle()
        assert "go to FamilyP2, Kim: the clock is still paused" in sitting.words

        await sitting.press("enter")
        assert table.cursor_key == attempt_id("P2")
        assert "resume the clock for FamilyP2, Kim" in sitting.words

        await sitting.press("p")
        assert not desk.session("a").attempts[attempt_id("P2")].is_paused
        assert not desk.session("a").attempts[attempt_id("P1")].is_paused


async def test_backspace_takes_the_last_letter_off_a_proposed_text(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 1)
    halted(desk, "a")
    resumed(desk)
    async with at("close-out") as sitting:
        sitting.app.navigator.open_dialog(
            FormDialog(Question("Folder", (), (TextField("f", "Folder", "/mnt/usb"),)))
        )
        await sitting.settle()
        await sitting.press("backspace")
        assert sitting.screen.query_one(Form).values().text("f") == "/mnt/us"
