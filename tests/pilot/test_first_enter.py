"""What the first Enter at check-in says is what the next one would do, while it is so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.checkin import ExpectLate, TakeSeat
from cptkiosk.domain.rules.photo_id import pass_photo_id
from cptkiosk.domain.state.attempt import AttemptProgress, Gate
from cptkiosk.domain.state.session import Stage
from cptkiosk.ui.enter_guard import EnterGuard
from support.center import LEE, open_desk
from support.sessions import a_session, at_the_desk, attempt, attempt_id
from support.sitting import SitDown, Sitting

AGAIN = "Next: FamilyP1, Kim. Enter again to"
ONE: AboutAttempt = {"session_id": "a", "attempt_id": attempt_id("P1")}


@pytest.fixture
def other(desk: Desk, folder: Path) -> Iterator[Desk]:
    """A second terminal on the same record."""
    two = open_desk(folder, desk.clock, "t2")
    yield two
    two.ledger.close()


async def watched(sitting: Sitting) -> None:
    """Let the cursor come to the first person by itself, with the guard on watch."""
    sitting.app.enter_guard = EnterGuard()
    sitting.screen.redraw_record()
    await sitting.settle()


async def follow(sitting: Sitting, desk: Desk) -> None:
    """Take in what the other terminal recorded."""
    desk.catch_up()
    sitting.app.redraw_front()
    await sitting.settle()


async def test_the_item_is_named_that_is_open_by_now(
    desk: Desk, other: Desk, at: SitDown
) -> None:
    a_session(desk, 1, Stage.CHECK_IN)
    async with at("check-in") as sitting:
        await watched(sitting)
        other.perform(pass_photo_id(ONE, "passport"), LEE)
        await follow(sitting, desk)
        await sitting.press("enter")
        assert f"{AGAIN} check off the name on ID." in sitting.words
        assert Gate.NAME not in attempt(desk, "P1").passed_gates


async def test_nothing_is_said_of_an_identity_that_was_passed_meanwhile(
    desk: Desk, other: Desk, at: SitDown
) -> None:
    a_session(desk, 1, Stage.CHECK_IN)
    async with at("check-in") as sitting:
        await watched(sitting)
        at_the_desk(other, "a", attempt_id("P1"))
        await follow(sitting, desk)
        await sitting.press("enter")
        assert AGAIN not in sitting.words


async def test_the_arrival_of_who_is_expected_late_is_named(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2, Stage.CHECK_IN)
    desk.perform(ExpectLate(**ONE), LEE)
    async with at("check-in") as sitting:
        await sitting.press("home")
        await watched(sitting)
        assert "FamilyP1, Kim - record the arrival" in sitting.words
        await sitting.press("enter")
        assert f"{AGAIN} record the arrival." in sitting.words
        assert attempt(desk, "P1").standing is AttemptProgress.LATE_EXPECTED


async def test_an_outdated_message_is_removed(
    desk: Desk, other: Desk, at: SitDown
) -> None:
    a_session(desk, 1, Stage.CHECK_IN)
    async with at("check-in") as sitting:
        await watched(sitting)
        await sitting.press("enter")
        assert f"{AGAIN} check off the photo ID." in sitting.words
        at_the_desk(other, "a", attempt_id("P1"))
        other.perform(TakeSeat(**ONE), LEE)
        await follow(sitting, desk)
        assert AGAIN not in sitting.words
