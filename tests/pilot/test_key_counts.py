"""How many keys the usual things take, counted as they are pressed.

The table is printed: see it with `pytest -n 0 -rP tests/pilot/test_key_counts.py`.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.domain.state.session import Stage
from cptkiosk.ui.screens.irregularity import IrregularityScreen
from cptkiosk.ui.widgets.form import Form
from support.screens import focused_field
from support.sessions import a_session, attempt, ended, seated
from support.sitting import SitDown, Sitting

CHECK_IN_MAX, START_MAX, IRREGULARITY_MAX, SCORE_PAIR_MAX = 8, 3, 12, 8


class Counted:
    """A sitting whose key presses are counted."""

    def __init__(self, sitting: Sitting) -> None:
        self.sitting, self.keys = sitting, 0

    async def press(self, *keys: str) -> None:
        for key in keys:
            self.keys += 1
            await self.sitting.press(key)

    def told(self, what: str, at_most: int) -> None:
        print(f"{what:45} {self.keys:3} of {at_most} keys")
        assert self.keys <= at_most


CountedAt = Callable[[str], AbstractAsyncContextManager[Counted]]


@pytest.fixture
def counted_at(at: SitDown) -> CountedAt:
    """Return how to sit down at a screen of session 'a', every key counted."""

    @asynccontextmanager
    async def sit(place: str) -> AsyncIterator[Counted]:
        async with at(place) as sitting:
            yield Counted(sitting)

    return sit


async def test_check_in_of_one_person(desk: Desk, counted_at: CountedAt) -> None:
    a_session(desk, 3, Stage.CHECK_IN)
    async with counted_at("check-in") as hands:
        await hands.press("enter", "enter", "space", "enter")
        assert attempt(desk, "P1").standing is AttemptProgress.SEATED
        hands.told("check-in, happy path, one person", CHECK_IN_MAX)


async def test_the_start(desk: Desk, counted_at: CountedAt) -> None:
    session = a_session(desk, 2, Stage.CHECK_IN)
    for one in session.attempts:
        seated(desk, "a", one)
    async with counted_at("check-in") as hands:
        await hands.press("enter", "enter")
        assert desk.session("a").stage is Stage.RUNNING
        hands.told("starting, from the check-in", START_MAX)


async def test_an_irregularity_down_to_its_narrative(
    desk: Desk, counted_at: CountedAt
) -> None:
    a_session(desk, 3)
    async with counted_at("testing") as hands:
        await hands.press("down", "i", *"noise", "enter", "enter", "enter")

        form = hands.sitting.screen.query_one(Form)
        hands.sitting.showing(IrregularityScreen)
        assert form.values()["code"] == "ENV-NOISE"
        assert form.values()["people"] == ("P2-safety",)
        assert focused_field(form) == "observed"
        hands.told("irregularity of one person, to its narrative", IRREGULARITY_MAX)


async def test_both_keyings_of_a_score(desk: Desk, counted_at: CountedAt) -> None:
    a_session(desk, 1)
    ended(desk, "a")
    async with counted_at("scores") as hands:
        for _ in range(2):
            await hands.press(*"80", "enter")

        score = attempt(desk, "P1").score
        assert (score.state, score.raw_min) == (ScoreState.VERIFIED, 80)
        hands.told("both keyings of a score of two digits", SCORE_PAIR_MAX)


async def test_the_scores_of_a_room_need_nothing_but_digits_and_enter(
    desk: Desk, counted_at: CountedAt
) -> None:
    a_session(desk, 3)
    ended(desk, "a")
    async with counted_at("scores") as hands:
        for _ in range(2):
            for digits in ("80", "81", "82"):
                await hands.press(*digits, "enter")

        scores = [attempt(desk, one).score for one in ("P1", "P2", "P3")]
        assert {one.state for one in scores} == {ScoreState.VERIFIED}
        assert [one.raw_min for one in scores] == [80, 81, 82]


async def test_digits_typed_in_one_burst_are_all_of_the_score(
    desk: Desk, counted_at: CountedAt
) -> None:
    a_session(desk, 2)
    ended(desk, "a")
    async with counted_at("scores") as hands:
        await hands.sitting.press_at_once(*"60", "enter")
        await hands.sitting.press_at_once(*"81", "enter")
        await hands.sitting.press_at_once(*"60", "enter")
        await hands.sitting.press_at_once(*"81", "enter")

        scores = [attempt(desk, one).score.raw_min for one in ("P1", "P2")]
        assert scores == [60, 81]


async def test_a_vendors_verdict_is_one_line_below_the_score(
    desk: Desk, counted_at: CountedAt
) -> None:
    a_session(desk, 1)
    ended(desk, "a")
    async with counted_at("scores") as hands:
        for _ in range(2):
            await hands.press(*"70", "tab", "down", "ctrl+s")

        score = attempt(desk, "P1").score
        assert (score.raw_min, score.vendor_verdict) == (70, "pass")
