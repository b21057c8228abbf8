"""Staff: who may change the list, and how a locked-out person comes back in."""

from pathlib import Path
from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.events import center as e
from cptkiosk.domain.events.session import StepAuthorized
from cptkiosk.domain.state.center import LOCK_TRIES
from cptkiosk.domain.values import HOUR_MS, Actor, Refused, Role
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.screens.staff import StaffScreen
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from support.center import DANA, DANA_PIN, LEE, LEE_PIN, open_desk
from support.clock import HandClock
from support.sitting import sit_down

NEW = "604817"


@pytest.fixture
def locked(desk: Desk, clock: HandClock) -> Desk:
    """Lee gave ten wrong PINs."""
    for _ in range(LOCK_TRIES):
        with pytest.raises(Refused):
            desk.pins.sign_in(LEE.staff_id, "000111")
        clock.advance(HOUR_MS)
    assert desk.center.staff[LEE.staff_id].locked
    return desk


def kinds(desk: Desk, after: int) -> list[type[Any]]:
    return [type(entry.event) for entry in desk.ledger.read_after(after)]


async def test_ten_wrong_pins_lock_and_the_coordinator_unlocks_from_the_screen(
    locked: Desk, folder: Path
) -> None:
    failed = [
        entry
        for entry in locked.ledger.read_stream("center")
        if entry.event == e.SignInFailed(staff_id=LEE.staff_id)
    ]
    assert len(failed) == LOCK_TRIES
    before = locked.ledger.head().seq
    async with sit_down(locked, folder, DANA) as sitting:
        await sitting.press("s")
        sitting.showing(StaffScreen)
        assert "Lee Wong is locked - set a new PIN" in sitting.words
        await sitting.press("enter")
        assert "This also unlocks them" in sitting.words
        await sitting.fill(NEW, NEW)
        assert "new PIN set for Lee Wong" in sitting.words
        assert "locked" not in sitting.words.replace("no one locked", "")
    assert kinds(locked, before) == [e.PinSet]
    assert locked.pins.sign_in(LEE.staff_id, NEW) == LEE


async def test_the_list_says_role_training_and_last_sign_in(
    desk: Desk, folder: Path
) -> None:
    desk.pins.sign_in(DANA.staff_id, DANA_PIN)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(StaffScreen())
        (dana,) = (line for line in sitting.frame.split("\n") if "Dana Ortiz " in line)
        (lee,) = (line for line in sitting.frame.split("\n") if "Jan 15, 2026" in line)
        assert dana.rstrip().endswith("9:13 AM")
        assert lee.split()[-1] == "never"
        assert "proctor" in lee


async def test_a_coordinator_approves_in_place_what_a_proctor_adds(
    desk: Desk, folder: Path
) -> None:
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(StaffScreen())
        assert "A coordinator can approve changes here" in sitting.words
        await sitting.press("a")
        await sitting.fill("Kim Novak", "", "", "482914", "482914")
        assert "A coordinator can enter a PIN here" in sitting.words
        before = desk.ledger.head()
        await sitting.press("escape")
        assert desk.ledger.head() == before
        assert "no coordinator approved it" in sitting.words

        await sitting.press("a")
        await sitting.fill("Kim Novak", "", "", "482914", "482914", DANA_PIN)
        assert "staff member added" in sitting.words
        assert sitting.app.actor == LEE
    events = [one.event for one in desk.ledger.read_stream("center")]
    (approved,) = (one for one in events if isinstance(one, StepAuthorized))
    assert (approved.by, approved.asked_by) == (DANA.staff_id, LEE.staff_id)
    assert "Kim Novak" in {one.name.text for one in desk.center.staff.values()}


async def test_a_pin_belongs_to_the_person_named_in_the_question_despite_new_coordinators(
    desk: Desk, folder: Path, clock: HandClock
) -> None:
    kim, kim_pin = Actor("s3", Role.COORDINATOR), "613742"
    desk.staff.add_staff("Kim Novak", Role.COORDINATOR, kim_pin, "", DANA)
    desk.staff.change_staff(DANA.staff_id, kim, role=Role.PROCTOR)
    other = open_desk(folder, clock, "t2")
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(StaffScreen())
        await sitting.press("a")
        await sitting.fill("Ana Diaz", "", "", NEW, NEW)
        assert "Kim Novak enters a PIN for this one step" in sitting.words
        other.staff.change_staff(DANA.staff_id, kim, role=Role.COORDINATOR)
        desk.catch_up()

        await sitting.fill(NEW)
        assert "That PIN is not correct" in sitting.words
        failed = {one.staff_id: one.failed for one in desk.center.staff.values()}
        assert failed == {DANA.staff_id: 0, LEE.staff_id: 0, kim.staff_id: 1}

        # Asked again, it names both, and still means whom it meant.
        assert "Kim Novak" in sitting.words
        await sitting.fill(kim_pin)
        assert "staff member added" in sitting.words
    other.ledger.close()


async def test_a_coordinators_own_pin_is_set_with_their_approval(
    desk: Desk, folder: Path
) -> None:
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(StaffScreen())
        sitting.screen.query_one(FilterableTable).move_to(DANA.staff_id)
        await sitting.press("r")
        await sitting.fill("482914", "482914", DANA_PIN)
        assert "new PIN set for Dana Ortiz" in sitting.words
    assert desk.pins.check_pin(DANA.staff_id, "482914")


@pytest.mark.parametrize("key", ["r", "t", "o", "d"])
async def test_a_key_for_a_person_says_that_no_row_is_selected(
    desk: Desk, folder: Path, key: str
) -> None:
    async with sit_down(desk, folder, DANA) as sitting:
        async with sitting.slow_desk():
            sitting.app.navigator.open(Route.STAFF)
            await sitting.draw()
            await sitting.press_meanwhile(key)
            assert "No one is selected" in sitting.words
        await sitting.press("slash", *"qqzz", "enter")
        await sitting.press(key)
        assert "No one is selected" in sitting.words
        sitting.showing(StaffScreen)


async def test_everybody_changes_their_own_pin_with_the_old_one(
    desk: Desk, folder: Path
) -> None:
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(StaffScreen())
        await sitting.press("end", "r")
        await sitting.fill("111222", NEW, NEW)
        assert "That PIN is not correct" in sitting.words
        await sitting.fill(LEE_PIN, NEW, NEW)
        assert "new PIN set for Lee Wong" in sitting.words
    assert desk.pins.sign_in(LEE.staff_id, NEW) == LEE


async def test_a_staff_member_is_added_and_signs_in(desk: Desk, folder: Path) -> None:
    before = desk.ledger.head().seq
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(StaffScreen())
        await sitting.press("a")
        await sitting.fill("Ana Diaz", "", "2026-08-31", NEW, NEW)
        assert "staff member added" in sitting.words
        assert "Ana Diaz" in sitting.words
    assert kinds(desk, before) == [e.StaffAdded, e.PinSet]
    ana = desk.center.staff["s3"]
    assert (ana.role, ana.trained_on) == (Role.PROCTOR, "2026-08-31")
    assert desk.pins.sign_in("s3", NEW).role is Role.PROCTOR


async def test_an_error_names_its_line_and_nothing_is_recorded(
    desk: Desk, folder: Path
) -> None:
    before = desk.ledger.head()
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(StaffScreen())
        await sitting.press("a")
        await sitting.fill("Ana Diaz", "", "31/8", "123456", "999999")
        for said in ("is not a date", "easy to guess", "the two PINs do not match"):
            assert said in sitting.words
    assert desk.ledger.head() == before


async def test_a_taken_name_comes_back_for_correction(desk: Desk, folder: Path) -> None:
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(StaffScreen())
        await sitting.press("a")
        await sitting.fill("Lee Wong", "", "", NEW, NEW)
        assert "Lee Wong is already on the staff list" in sitting.words
        sitting.showing(FormDialog)
    assert len(desk.center.staff) == 2


def is_active(desk: Desk) -> bool:
    return desk.center.staff["s2"].active


async def test_a_coordinator_deactivates_and_reactivates_on_the_screen(
    desk: Desk, folder: Path
) -> None:
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(StaffScreen())
        sitting.screen.query_one(FilterableTable).move_to("s2")
        await sitting.press("d")
        assert "They can no longer sign in" in sitting.words
        await sitting.press("enter")
        assert is_active(desk)
        await sitting.press("escape")
        await sitting.press("d", "down", "enter")
        assert not is_active(desk)
        assert "deactivated" in sitting.words
        await sitting.press("d", "down", "enter")
        assert is_active(desk)


async def test_a_role_is_changed_on_the_screen(desk: Desk, folder: Path) -> None:
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(StaffScreen())
        sitting.screen.query_one(FilterableTable).move_to("s2")
        await sitting.press("o", "c", "enter")
        assert desk.center.coordinators == {"s1", "s2"}
