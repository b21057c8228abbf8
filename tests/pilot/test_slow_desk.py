"""Where the record is slower than the hands: a key is for the row it was pressed on."""

from textual import events

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.commands.testing import FinishAttempt
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.enter_guard import SLIPPED, EnterGuard
from cptkiosk.ui.screens.scores.screen import ScoresScreen
from cptkiosk.ui.screens.sign_in import SignInScreen
from cptkiosk.ui.screens.today import TodayScreen
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from support.center import DANA, DANA_PIN, LEE
from support.sessions import a_session, advance, at_the_desk, attempt, attempt_id, ended
from support.sitting import SitDown, Sitting, events_of

P1, P2, P3 = map(attempt_id, ("P1", "P2", "P3"))
BOTH = ("1", "2", "enter", "3", "4", "enter")
BLIND = [(P1, "12"), (P2, "34"), (P1, "12"), (P2, "34")]


def keyed(desk: Desk) -> list[tuple[str, str]]:
    """Return whose score was keyed as what, in the order of the record."""
    return [
        (one.attempt_id, one.shown)
        for one in events_of(desk)
        if type(one).__name__ == "ScoreKeyed"
    ]


def about(desk: Desk, kind: str) -> list[str]:
    """Return about whom something is on record, in the order of the record."""
    return [
        one.attempt_id for one in events_of(desk) if type(one).__name__.startswith(kind)
    ]


def cursor(sitting: Sitting) -> str:
    key: str = sitting.screen.query_one(FilterableTable).cursor_key
    return key


async def test_scores_typed_in_one_burst_are_each_of_their_own_row(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    ended(desk, "a")
    async with at("scores") as sitting:
        await sitting.press_at_once(*BOTH, *BOTH)

        # A second entry may come before the first is recorded: then it is asked about.
        recorded = keyed(desk)
        assert recorded[:2] == BLIND[:2]
        assert set(recorded) == set(BLIND)


async def test_scores_typed_twice_with_a_look_between_are_verified(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    ended(desk, "a")
    async with at("scores") as sitting:
        await sitting.press_at_once(*BOTH)
        await sitting.press_at_once(*BOTH)

        assert keyed(desk) == BLIND


async def test_scores_typed_before_any_is_recorded_are_each_of_their_own_row(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    ended(desk, "a")
    async with at("scores") as sitting:
        async with sitting.slow_desk():
            await sitting.press_meanwhile(*BOTH)
            assert keyed(desk) == []

        assert keyed(desk) == BLIND[:2]


async def test_a_refused_score_leaves_the_next_digits_in_its_own_row(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    ended(desk, "a")
    async with at("scores") as sitting:
        # 99 of 83 is no score; what follows answers for the same person, not the next.
        await sitting.press_at_once("9", "9", "enter", "3", "4", "enter")

        assert [who for who, _ in keyed(desk)] == [P1]


async def test_a_question_opened_by_a_key_gets_the_keys_that_follow(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    ended(desk, "a")
    async with at("scores") as sitting:
        await sitting.press_at_once("x", "enter", "7", "down", "enter")

        (given,) = about(desk, "ScoreExplained")
        assert given == P1
        assert keyed(desk) == []


async def test_gates_passed_before_any_is_recorded_are_of_who_was_chosen(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3, Stage.CHECK_IN)
    at_the_desk(desk, "a", P1)
    async with at("check-in") as sitting:
        assert cursor(sitting) == P1
        async with sitting.slow_desk():
            await sitting.press_meanwhile("enter", "down", "down", "enter")
            assert cursor(sitting) == P3

        assert about(desk, "SeatTaken") == [P1]
        assert about(desk, "GatesPassed")[-1] == P3
        assert cursor(sitting) == P3  # going on from P1 would take it away from P3


async def test_a_key_pressed_while_another_is_recorded_is_for_its_own_row(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    before = len(events_of(desk))
    async with at("testing") as sitting:
        async with sitting.slow_desk():
            await sitting.press_meanwhile("b", "down", "b", "down")
            assert len(events_of(desk)) == before

        assert [one.attempt_id for one in events_of(desk)[before:]] == [P1, P2]
        assert cursor(sitting) == P3


async def test_credit_goes_to_whom_the_dialog_names_whatever_is_recorded_meanwhile(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    advance(desk, 5 * MINUTE_MS)
    async with at("testing") as sitting:
        async with sitting.slow_desk():
            await sitting.press_meanwhile("b", "down", "c")
            sitting.showing(FormDialog)
        await sitting.fill("5", "their machine froze")

        assert about(desk, "CreditGiven") == [P2]


async def test_taking_back_does_not_take_the_cursor_from_a_row_chosen_meanwhile(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        await sitting.press("b")
        async with sitting.slow_desk():
            await sitting.press_meanwhile("u", "down", "down")

        assert not attempt(desk, "P1").on_break
        assert cursor(sitting) == P3


async def test_a_digit_for_a_row_that_is_gone_is_not_for_the_one_in_its_place(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    for one in (P2, P1):
        desk.perform(FinishAttempt(session_id="a", attempt_id=one), LEE)
    async with at("scores") as sitting:
        sitting.app.enter_guard = EnterGuard()
        assert cursor(sitting) == P1
        pressed = events.Key("7", "7")
        desk.perform(UndoStep(session_id="a"), LEE)
        sitting.app.redraw_front()
        assert cursor(sitting) == P2
        sitting.app.post_message(pressed)
        await sitting.settle()

        assert SLIPPED in sitting.words
        sitting.showing(ScoresScreen)


async def test_a_key_pressed_as_the_cursor_goes_on_is_not_for_the_next_person(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3, Stage.CHECK_IN)
    at_the_desk(desk, "a", P1)
    async with at("check-in") as sitting:
        pressed = events.Key("a", "a")
        await sitting.press("enter")
        assert cursor(sitting) == P2
        sitting.app.enter_guard = EnterGuard()
        sitting.app.post_message(pressed)
        await sitting.settle()

        assert SLIPPED in sitting.words
        assert about(desk, "AttemptAbsent") == []


async def test_signing_out_waits_for_every_step_that_was_asked_for(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        async with sitting.slow_desk():
            await sitting.press_meanwhile("b", "down", "b", "down", "b", "escape", "S")
        sitting.showing(SignInScreen)

    assert about(desk, "BreakBegan") == [P1, P2, P3]
    entries = desk.ledger.read_after(0)[-4:]
    assert {one.actor for one in entries} == {LEE.staff_id}
    assert type(entries[-1].event).__name__ == "SignedOut"


async def test_a_step_that_asks_for_a_coordinator_keeps_who_asked_signed_in(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 1)
    async with at("testing") as sitting:
        await sitting.press("c")
        await sitting.type("45")
        await sitting.press("enter")
        await sitting.type("their machine froze")
        async with sitting.slow_desk():
            await sitting.press_meanwhile("enter", "escape", "S")
        assert "A coordinator can enter a PIN here" in sitting.words
        await sitting.fill(DANA_PIN)
        sitting.showing(TodayScreen)
        assert sitting.app.actor == LEE

    assert about(desk, "CreditGiven") == [P1]


async def test_a_step_belongs_to_the_person_who_pressed_the_key(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        async with sitting.slow_desk():
            await sitting.press_meanwhile("b", "down", "b", "down", "b", "ctrl+l")
            await sitting.press_meanwhile("shift+tab", "D", "tab", *DANA_PIN, "enter")
        assert sitting.app.actor == DANA

    assert about(desk, "BreakBegan") == [P1, P2, P3]
    by = {one.actor for one in desk.ledger.read_stream("session/a")[-3:]}
    assert by == {LEE.staff_id}
