"""Who a roster leaves out is let in from its check, by a coordinator with a reason."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.events.candidate import RowAccepted
from cptkiosk.domain.events.fact import Fact
from cptkiosk.domain.events.session import StepAuthorized
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.candidate import Namesake
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import Actor
from cptkiosk.roster.importer import import_roster
from cptkiosk.ui.screens.roster.check import RosterCheckScreen
from support.center import DANA, DANA_PIN, LEE
from support.sessions import a_session, planned
from support.sitting import Sitting, sit_down

TEXT = (
    "Participant ID,Last Name,First Name,Birth Date,Assessment,Status\n"
    "W1,Ash,Ina,2007-02-08,Safety,withdrawn\n"
    "A1,Bell,Ora,2007-02-09,Safety,active\n"
)
DOUBLE = (
    "Participant ID,Last Name,First Name,Birth Date,Assessment\n"
    "A1,Bell,Ora,2007-02-09,Safety\n"
    "A2,Bell,Ora,2007-02-09,Safety\n"
)

Check = Callable[..., AbstractAsyncContextManager[Sitting]]


@pytest.fixture
def check(desk: Desk, folder: Path, tmp_path: Path) -> Check:
    """Return how to look at what a roster would do."""

    @asynccontextmanager
    async def look(
        text: str, actor: Actor = DANA, size: tuple[int, int] = (120, 40)
    ) -> AsyncIterator[Sitting]:
        path = tmp_path / "roster.csv"
        path.write_text(text)
        async with sit_down(desk, folder, actor, size) as sitting:
            await sitting.show(RosterCheckScreen(path))
            yield sitting

    return look


def facts(desk: Desk, who: str) -> list[Fact]:
    return [one.event for one in desk.ledger.read_stream(f"candidate/{who}")]


async def test_a_candidate_withdrawn_on_the_roster_needs_a_reason(
    desk: Desk, check: Check
) -> None:
    async with check(TEXT) as sitting:
        assert "A coordinator can decide (press d)." in sitting.words
        await sitting.press("d")
        assert "They are coming" in sitting.words
        await sitting.type("back since Monday")
        await sitting.press("enter")
        assert "0 rows rejected" in sitting.words
        assert not facts(desk, "W1")
        await sitting.press("enter")

    (accepted,) = [one for one in facts(desk, "W1") if isinstance(one, RowAccepted)]
    assert accepted.reason.text == "back since Monday"


async def test_a_decision_that_is_left_changes_nothing(
    desk: Desk, check: Check
) -> None:
    async with check(TEXT) as sitting:
        await sitting.press("d")
        await sitting.type("perhaps")
        await sitting.press("escape", "escape")
        assert "1 row rejected" in sitting.words
        await sitting.press("enter")
    assert not facts(desk, "W1")
    assert facts(desk, "A1")


async def test_two_ids_of_one_name_are_said_to_be_two_people(
    desk: Desk, check: Check
) -> None:
    async with check(DOUBLE) as sitting:
        await sitting.press("d")
        assert "These are two people" in sitting.words
        await sitting.type("twins")
        await sitting.press("enter")
        await sitting.press("enter")
    assert str(desk.candidate("A2").namesakes[Namesake("A1")]) == "twins"


async def test_ids_whose_zeros_were_cut_are_left_out_until_a_coordinator_decides(
    desk: Desk, check: Check, tmp_path: Path
) -> None:
    (tmp_path / "first.csv").write_text(
        DOUBLE.replace("A1", "004712").replace("A2,Bell", "014715,Ash")
    )
    import_roster(desk, tmp_path / "first.csv", DANA)
    cut = DOUBLE.replace("A1", "4712").replace("A2,Bell", "14715,Ash")

    async with check(cut, DANA, (80, 24)) as sitting:
        assert "Row 2 rejected: ID 4712 is 004712 on record without its zeros" in (
            " ".join(sitting.words.split())
        )
        await sitting.press("d")
        assert "These are two people" in sitting.words
        await sitting.type("both are here")
        await sitting.press("enter")
        await sitting.press("enter")

    assert facts(desk, "4712")
    assert not facts(desk, "14715")


async def test_a_note_about_cut_zeros_is_readable_whole_at_80_columns(
    check: Check,
) -> None:
    cut = DOUBLE.replace("A1", "4712").replace("A2,Bell", "14715,Ash")
    async with check(cut, DANA, (80, 24)) as sitting:
        said = " ".join(sitting.words.split())
        assert "IDs have 4 to 5 digits, such as 4712: were leading zeros lost?" in said
        assert "Ask a coordinator before you record this" in said


async def test_a_row_without_a_doubt_says_that_there_is_nothing_to_decide(
    check: Check,
) -> None:
    async with check(TEXT) as sitting:
        await sitting.press("down", "d")
        assert "This row needs no decision." in sitting.words


async def test_a_proctor_decides_with_a_coordinators_pin_and_both_are_on_record(
    desk: Desk, check: Check
) -> None:
    async with check(TEXT, LEE) as sitting:
        await sitting.press("d")
        await sitting.type("back since Monday")
        await sitting.press("enter")
        assert "A coordinator can enter a PIN here" in sitting.words
        await sitting.type(DANA_PIN)
        await sitting.press("enter")
        assert "0 rows rejected" in sitting.words
        await sitting.press("enter")

    (by,) = [one for one in facts(desk, "W1") if isinstance(one, StepAuthorized)]
    assert (by.by, by.asked_by) == (DANA.staff_id, LEE.staff_id)


async def test_a_pin_for_one_row_gives_no_other_row_more_time_at_the_door(
    desk: Desk, check: Check
) -> None:
    a_session(desk, 1, stage=Stage.CHECK_IN)
    text = TEXT.replace("Status", "Status,Extra Time").replace("active", "active,2x")
    async with check(text, LEE) as sitting:
        await sitting.press("d")
        await sitting.type("back since Monday")
        await sitting.press("enter")
        await sitting.type(DANA_PIN)
        await sitting.press("enter")
        assert "1 row rejected" in sitting.words, sitting.words
        await sitting.press("enter")

    assert desk.candidate("W1").registrations
    assert not desk.candidate("A1").registrations


@pytest.mark.parametrize(
    ("row", "who"),
    [
        ("W1,Ash,Ina,2007-02-08,Safety,withdrawn", "W1"),
        ("C1,Wong,Lee,2007-02-08,Safety,active", "C1"),
    ],
    ids=["left out by the reader", "refused by the rules"],
)
async def test_the_only_row_of_a_file_can_be_decided_about(
    desk: Desk, check: Check, row: str, who: str
) -> None:
    async with check(TEXT.splitlines()[0] + f"\n{row}\n") as sitting:
        assert "no usable rows - decide on them" in sitting.words
        await sitting.press("d")
        await sitting.type("asked the school")
        await sitting.press("enter")
        assert "0 rows rejected" in sitting.words
        await sitting.press("enter")
    assert desk.candidate(who).participant_id == who


async def test_a_person_missing_from_a_newer_list_is_taken_off_the_roll(
    desk: Desk, check: Check
) -> None:
    planned(desk, ("P1", "P2", "P3"), "a", "safety")
    lines = [f"P{n},FamilyP{n},Kim,,Safety,active" for n in (1, 2)]
    text = "\n".join([TEXT.splitlines()[0], *lines])
    async with check(text, LEE) as sitting:
        assert (
            "(P3) is on the attendance list of a but not in this file" in sitting.words
        )
        await sitting.press("d")
        assert "Remove from the attendance list" in sitting.words
        await sitting.type("moved away")
        await sitting.press("enter")
        assert "not in this file" not in sitting.words
        assert "removed from the attendance list" in sitting.words

    roll = {
        one.participant_id
        for one in desk.session("a").attempts.values()
        if one.standing is not AttemptProgress.CANCELLED
    }
    assert roll == {"P1", "P2"}
