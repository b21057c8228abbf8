"""A key that does nothing now is dimmed, and says why when it is pressed."""

from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.checkin import ExpectLate, TakeSeat
from cptkiosk.domain.commands.halt import HaltSession
from cptkiosk.domain.commands.testing import BeginBreak, FinishAttempt
from cptkiosk.domain.rules.photo_id import pass_photo_id
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS, Actor
from cptkiosk.ui.frame.session_screen import SessionScreen
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from support.center import DANA, LEE, open_desk
from support.crowds import in_stage
from support.sessions import (
    a_session,
    advance,
    at_the_desk,
    attempt_id,
    planned,
    progress,
)
from support.sitting import SitDown, Sitting, why_not


def about(participant_id: str) -> AboutAttempt:
    return {"session_id": "a", "attempt_id": attempt_id(participant_id)}


async def dimmed(sitting: Sitting, action: str) -> str:
    """Return what a dimmed key says, or nothing if it is not dimmed."""
    screen = sitting.screen
    reason = why_not(sitting, action)
    label, key = next(
        (one.label, one.shown_key)
        for one in screen.action_table.all
        if one.id == action
    )
    screen.draw_keys()
    hint = next(
        one for one in screen.keys_bar.said if (one.key, one.label) == (key, label)
    )
    assert hint.enabled == (not reason)
    return reason


async def test_no_candidate_joins_the_roll_of_a_canceled_session(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2, Stage.CANCELLED)
    async with at("people") as sitting:
        for action in ("assign", "assign_all"):
            assert "canceled" in await dimmed(sitting, action)


async def test_people_are_put_on_the_roll_of_a_planned_session(
    desk: Desk, at: SitDown
) -> None:
    planned(desk, ("P1",), "a", "safety")
    async with at("people") as sitting:
        assert not await dimmed(sitting, "assign")
        assert not await dimmed(sitting, "assign_all")


async def test_a_finished_candidate_does_not_come_late(desk: Desk, at: SitDown) -> None:
    a_session(desk, 2)
    desk.perform(FinishAttempt(**about("P1")), LEE)
    async with at("testing") as sitting:
        assert await dimmed(sitting, "late") == "FamilyP1, Kim is finished, not late."


async def test_a_seated_candidate_does_not_come_late(desk: Desk, at: SitDown) -> None:
    a_session(desk, 2, Stage.CHECK_IN)
    at_the_desk(desk, "a", attempt_id("P1"))
    desk.perform(TakeSeat(**about("P1")), LEE)
    async with at("check-in") as sitting:
        sitting.screen.show_person(attempt_id("P1"))
        assert "is seated, not late" in await dimmed(sitting, "late")
        sitting.screen.show_person(attempt_id("P2"))
        assert not await dimmed(sitting, "late")


async def test_the_close_out_waits_for_the_end_of_the_session(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    async with at("scores") as sitting:
        assert "The session is still running" in await dimmed(sitting, "close_out")
        await sitting.press("o")
        assert "The session is still running" in sitting.words


# Everyone who has not come


async def test_a_candidate_in_check_in_is_not_marked_absent_with_the_rest(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3, Stage.CHECK_IN)
    desk.perform(
        pass_photo_id(about("P2"), "passport"),
        LEE,
    )
    async with at("check-in") as sitting:
        await sitting.press("A")
        assert "Mark 2 people absent" in sitting.words
        assert "1 person being checked in is not included" in sitting.words
        await sitting.press("enter")
        assert progress(desk, "P1") is AttemptProgress.ABSENT
        assert progress(desk, "P2") is AttemptProgress.EXPECTED
        assert progress(desk, "P3") is AttemptProgress.ABSENT
        assert "absent - 2 people: FamilyP1, Kim; FamilyP3" in sitting.words


async def test_the_one_person_who_has_not_come_is_named(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 1, Stage.CHECK_IN)
    async with at("check-in") as sitting:
        await sitting.press("A")
        assert "Mark FamilyP1, Kim absent" in sitting.words


@pytest.mark.parametrize("place", ["muster", "roll-call"])
async def test_an_empty_list_has_no_one_to_check_off(
    desk: Desk, at: SitDown, place: str
) -> None:
    a_session(desk, 1)
    desk.perform(FinishAttempt(**about("P1")), LEE)
    desk.perform(HaltSession(session_id="a", reason="alarm"), LEE)
    async with at(place) as sitting:
        assert await dimmed(sitting, "all") == "No one was testing."


@pytest.mark.parametrize("place", ["muster", "roll-call"])
async def test_no_one_is_checked_off_once_the_clocks_run(
    desk: Desk, at: SitDown, place: str
) -> None:
    a_session(desk, 1)
    async with at(place) as sitting:
        for action in ("mark", "all"):
            assert "no one left to check off" in await dimmed(sitting, action)


async def test_one_key_passes_no_identity_and_no_seat(desk: Desk, at: SitDown) -> None:
    a_session(desk, 1, Stage.CHECK_IN)
    at_the_desk(desk, "a", attempt_id("P1"))
    async with at("check-in") as sitting:
        assert "Only identity and seat are left" in await dimmed(sitting, "rest")


async def test_no_candidate_is_marked_absent_if_all_have_come(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 1, Stage.CHECK_IN)
    desk.perform(
        pass_photo_id(about("P1"), "passport"),
        LEE,
    )
    before = desk.ledger.head()
    async with at("check-in") as sitting:
        words = "No one is missing; 1 person being checked in is not included."
        assert await dimmed(sitting, "all_absent") == words
        await sitting.press("A")
        assert words in sitting.words
        assert desk.ledger.head() == before


async def test_a_candidate_running_late_is_still_expected_before_the_start(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2, Stage.CHECK_IN)
    desk.perform(ExpectLate(**about("P2")), LEE)
    async with at("check-in") as sitting:
        await sitting.press("A", "enter")
        assert progress(desk, "P1") is AttemptProgress.ABSENT
        assert progress(desk, "P2") is AttemptProgress.LATE_EXPECTED


# Every key of every screen


STAGES = {
    "people": (Stage.PLANNED, Stage.CHECK_IN, Stage.CANCELLED),
    "check-in": (Stage.CHECK_IN, Stage.RUNNING, Stage.HALTED, Stage.ENDED),
    "start": (Stage.CHECK_IN, Stage.RUNNING),
    "testing": (Stage.RUNNING, Stage.HALTED, Stage.ENDED),
    "muster": (Stage.HALTED, Stage.RUNNING),
    "roll-call": (Stage.HALTED, Stage.RUNNING),
    "scores": (Stage.RUNNING, Stage.ENDED, Stage.ABANDONED, Stage.SEALED),
    "close-out": (Stage.ENDED, Stage.ABANDONED, Stage.SEALED),
    "irregularities": (Stage.RUNNING, Stage.SEALED),
}
PLACES = [(place, stage) for place, stages in STAGES.items() for stage in stages]


@pytest.mark.parametrize("actor", [LEE, DANA], ids=lambda one: one.role)
@pytest.mark.parametrize(("place", "stage"), PLACES)
async def test_a_key_is_dimmed_if_and_only_if_it_is_refused(
    desk: Desk, at: SitDown, place: str, stage: Stage, actor: Actor
) -> None:
    in_stage(desk, stage)
    async with at(place, actor) as sitting:
        screen = sitting.showing(SessionScreen)
        tables = screen.query(FilterableTable)
        for row in tables.first().shown_keys if tables else ("",):
            screen.stand_on(row)
            await sitting.settle()
            possible = screen.possible_now()
            for one in screen.action_table.all:
                is_refused = bool(screen.why_not(one))
                assert one.is_possible(screen, possible) is not is_refused, one.id


async def test_undo_is_judged_by_the_last_step_made_at_this_terminal(
    desk: Desk, folder: Path, at: SitDown
) -> None:
    a_session(desk, 2)
    desk.perform(BeginBreak(**about("P1")), LEE)
    other = open_desk(folder, desk.clock, "t2")
    other.perform(FinishAttempt(**about("P2")), LEE)
    other.ledger.close()
    advance(desk, 60 * MINUTE_MS)
    async with at("testing", LEE) as sitting:
        assert "FamilyP1, Kim: break" in await dimmed(sitting, "undo")
