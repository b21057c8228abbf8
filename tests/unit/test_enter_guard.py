"""Which Enter does nothing: of a held key, for a closed form, on a line just changed."""

import pytest

from cptkiosk.ui import enter_guard
from cptkiosk.ui.enter_guard import (
    AGAIN,
    AGAIN_S,
    HELD,
    LONG_S,
    MOVED,
    OPENED,
    RESTS_S,
    SETTLES_S,
    STRAY,
    EnterGuard,
    EnterRule,
)


class On:
    """A screen, as far as the guard cares."""

    def __init__(self, rule: EnterRule) -> None:
        self.ENTER_RULE = rule


LIST, FORM, QUESTION, SCORES, START, CHECK_IN, TESTING = (
    On(rule)
    for rule in (
        enter_guard.LIST,
        enter_guard.FORM,
        enter_guard.QUESTION,
        enter_guard.CAREFUL_LIST,
        enter_guard.START,
        enter_guard.CHECK_IN,
        enter_guard.TESTING,
    )
)


@pytest.fixture
def guard() -> EnterGuard:
    return EnterGuard()


def test_an_enter_for_a_closed_form_is_dropped_until_the_key_has_rested(
    guard: EnterGuard,
) -> None:
    assert guard.refuses(LIST, "enter", 1.0) is None
    assert guard.refuses(FORM, "enter", 2.0) is None
    assert guard.refuses(LIST, "enter", 2.2) == STRAY
    assert guard.refuses(LIST, "enter", 2.4) == STRAY
    assert guard.refuses(LIST, "enter", 2.4 + LONG_S) is None


@pytest.mark.parametrize("opened", [QUESTION, FORM])
def test_the_enter_that_opens_a_question_does_not_answer_it(
    guard: EnterGuard, opened: On
) -> None:
    assert guard.refuses(LIST, "enter", 1.0) is None
    for repeat in range(30):
        at_s = 1.3 + repeat / 30
        assert guard.refuses(opened, "enter", at_s) == OPENED
    assert guard.refuses(opened, "enter", at_s + AGAIN_S) is None
    assert guard.refuses(opened, "enter", at_s + AGAIN_S + 0.1) is None


@pytest.mark.parametrize("key", ["h", "down", "7"])
def test_a_question_that_another_key_opened_is_answered_at_once(
    guard: EnterGuard, key: str
) -> None:
    assert guard.refuses(LIST, "enter", 1.0) is None
    assert guard.refuses(LIST, key, 1.1) is None
    assert guard.refuses(QUESTION, "enter", 1.2) is None


def test_a_list_may_take_an_enter_right_after_a_question(guard: EnterGuard) -> None:
    assert guard.refuses(QUESTION, "enter", 1.0) is None
    assert guard.refuses(LIST, "enter", 1.1) is None
    assert guard.refuses(SCORES, "enter", 1.2) == STRAY


@pytest.mark.parametrize("screen", [START, CHECK_IN])
def test_a_key_has_rested_after_a_second_or_another_key(
    guard: EnterGuard, screen: On
) -> None:
    assert guard.refuses(LIST, "enter", 10.0) is None
    assert guard.refuses(screen, "enter", 10.7) == HELD
    assert guard.refuses(screen, "enter", 11.5) == HELD
    assert guard.refuses(screen, "enter", 11.5 + RESTS_S) is None
    assert guard.refuses(LIST, "enter", 20.0) is None
    assert guard.refuses(screen, "s", 20.1) is None
    assert guard.refuses(screen, "enter", 20.2) is None


@pytest.mark.parametrize("delay_ms", [250, 500, 660, 990])
def test_a_key_held_at_the_door_acts_once(guard: EnterGuard, delay_ms: int) -> None:
    """Whatever the keyboard waits before it repeats, up to a second."""
    times = [0.0, *(delay_ms / 1000 + n / 30 for n in range(120))]

    acted = [at for at in times if guard.refuses(CHECK_IN, "enter", 50.0 + at) is None]

    assert acted == [0.0]


@pytest.mark.parametrize("screen", [CHECK_IN, TESTING])
def test_a_line_that_changed_by_itself_is_read_first(
    guard: EnterGuard, screen: On
) -> None:
    guard.note_shown(screen, "one", 10.0)
    assert guard.refuses(screen, "l", 15.0) is None
    guard.note_shown(screen, "two", 15.1)
    guard.note_shown(screen, "two", 15.4)
    assert guard.refuses(screen, "enter", 15.2) == MOVED
    assert guard.refuses(screen, "x", 15.3) is None
    assert guard.refuses(screen, "enter", 15.1 + SETTLES_S) is None
    assert guard.refuses(LIST, "enter", 15.2) is None


def test_screens_behind_each_other_draw_without_moving_each_others_line(
    guard: EnterGuard,
) -> None:
    for at_s in range(10, 20):
        guard.note_shown(TESTING, "announce", at_s)
        guard.note_shown(CHECK_IN, "one", at_s + 0.1)

    assert guard.refuses(CHECK_IN, "enter", 19.2) is None


def test_a_chosen_line_acts_at_once(guard: EnterGuard) -> None:
    guard.note_shown(CHECK_IN, "one", 10.0)
    assert guard.refuses(CHECK_IN, "down", 15.0) is None
    guard.note_shown(CHECK_IN, "two", 15.01)
    assert guard.refuses(CHECK_IN, "enter", 15.1) is None
    guard.note_shown(CHECK_IN, "a change from elsewhere", 17.0)
    assert guard.refuses(CHECK_IN, "enter", 17.1) == MOVED
    assert guard.refuses(CHECK_IN, "l", 18.0) is None
    guard.note_shown(CHECK_IN, "three", 18.1, searching=True)
    assert guard.refuses(CHECK_IN, "enter", 18.2) is None


def test_a_clock_turned_by_hand_makes_nothing_too_soon() -> None:
    guard = EnterGuard(watches=False)
    guard.note_shown(CHECK_IN, "one", 0.0)

    assert guard.refuses(CHECK_IN, "enter", 0.0) is None
    assert guard.refuses(CHECK_IN, "enter", 0.0) is None


def test_a_letter_acts_once_until_it_has_rested(guard: EnterGuard) -> None:
    assert guard.refuses_again(CHECK_IN, "a", 5.0) is None
    assert guard.refuses_again(CHECK_IN, "a", 5.5) == AGAIN.format("a")
    assert guard.refuses_again(CHECK_IN, "a", 6.1) == AGAIN.format("a")
    assert guard.refuses_again(CHECK_IN, "l", 6.2) is None
    assert guard.refuses_again(CHECK_IN, "a", 6.3) is None
    assert guard.refuses_again(TESTING, "a", 6.4) is None
    assert guard.refuses_again(TESTING, "a", 6.4 + AGAIN_S) is None
    assert guard.refuses_again(TESTING, "T", 8.0) is None
    assert guard.refuses_again(TESTING, "T", 8.1) is None
