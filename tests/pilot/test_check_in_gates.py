"""What a proctor does about the gates and the seats, judged by the ledger."""

from dataclasses import replace
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import checkin as c
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.candidate import RegisterPerson
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.services.assignment import build_assignment
from cptkiosk.ui.widgets.plain_text import PlainText
from support.center import DANA, LEE
from support.crowds import in_stage
from support.sessions import (
    a_session,
    at_the_desk,
    attempt,
    attempt_id,
    gates_passed,
    of_unknown_age,
    opened,
    planned,
    register,
    seated,
)
from support.sitting import SitDown, Sitting

FIRST = "P1"
TWO_MODULES = ("safety", "quality")


@pytest.fixture
def checking_in(desk: Desk) -> Session:
    """Two people who take Safety, doors open."""
    return a_session(desk, people=2, stage=Stage.CHECK_IN)


def kinds_after(desk: Desk, seq: int) -> list[str]:
    return [entry.event.kind for entry in desk.ledger.read_after(seq)]


def gates_shown(sitting: Sitting) -> str:
    return str(sitting.screen.query_one("#gates", PlainText).render())


def gate_words(sitting: Sitting) -> str:
    return " ".join(gates_shown(sitting).split())


# Gates


async def test_all_ten_gates_are_shown_and_a_waived_gate_is_marked(
    desk: Desk, at: SitDown, checking_in: Session
) -> None:
    async with at("check-in", DANA) as sitting:
        assert gates_shown(sitting).count("[ ]") == 9
        assert "Safety, 90 min" in gates_shown(sitting)
        await sitting.press("w")
        await sitting.fill("known for years")
        assert "[x] photo ID: waived" in gates_shown(sitting)


async def test_a_gate_that_is_not_passed_stays_open_and_says_what_was_shown(
    desk: Desk, at: SitDown, checking_in: Session
) -> None:
    async with at("check-in") as sitting:
        await sitting.press("x")
        await sitting.fill("expired 2025")
        gate, reason = attempt(desk, FIRST).failed_gates[0]
        assert (gate, reason.text) == ("photo-id", "expired 2025")
        assert "[ ] photo ID: expired 2025" in gates_shown(sitting)
        await sitting.press("u")
        assert attempt(desk, FIRST).failed_gates == ()
        assert "expired" not in gates_shown(sitting)


async def test_a_name_that_is_not_passed_names_the_kind_of_mismatch(
    desk: Desk, at: SitDown, checking_in: Session
) -> None:
    async with at("check-in") as sitting:
        await sitting.press("enter", "x", "right", "enter")
        await sitting.fill("shows Rossi")
        assert attempt(desk, FIRST).failed_gates[0][1].text == "marriage: shows Rossi"


async def test_a_name_that_differs_passes_with_kind_and_what_was_shown(
    desk: Desk, at: SitDown, checking_in: Session
) -> None:
    async with at("check-in") as sitting:
        await sitting.press("enter", "K", "enter")
        await sitting.fill("ID says Kimmy")
        assert ("name", "nickname: ID says Kimmy") in attempt(desk, FIRST).gates
        await sitting.press("u")
        assert "name" not in attempt(desk, FIRST).passed_gates


async def test_an_objection_is_shown_before_the_gate_is_tried(
    desk: Desk, at: SitDown
) -> None:
    of_unknown_age(desk, FIRST, "P2")
    child = RegisterPerson(
        participant_id=FIRST, family_name="FamilyP1", given_name="Kim",
        birth_date="2015-02-09",
    )  # fmt: skip
    desk.registrar.register([child], LEE)
    async with at("check-in") as sitting:
        words = " ".join(gates_shown(sitting).split())
        assert "not eligible - parental consent" in words
        await sitting.press("down")
        words = " ".join(gates_shown(sitting).split())
        assert "eligible, with a warning: No birth date" in words


# Denied


async def test_a_denial_starts_from_the_failed_gate_and_leaves_a_slip(
    desk: Desk, folder: Path, at: SitDown, checking_in: Session
) -> None:
    async with at("check-in") as sitting:
        await sitting.press("x")
        await sitting.fill("no ID at all")
        await sitting.press("d", "enter", "y", "enter")
        denied = attempt(desk, FIRST)
        assert denied.standing is AttemptProgress.DENIED
        assert str(denied.reason) == "photo ID: no ID at all"
        (path,) = (folder / "reports").iterdir()
        text = path.read_text(encoding="utf-8")
        assert "photo ID: no ID at all" in text
        assert "Dana Ortiz" in text
        assert f"slip saved as {path.name} in" in sitting.words


async def test_a_slip_can_be_rewritten_only_for_a_denied_candidate(
    desk: Desk, folder: Path, at: SitDown, checking_in: Session
) -> None:
    async with at("check-in") as sitting:
        await sitting.press("p")
        assert "Only a person who was denied" in sitting.frame
        assert not (folder / "reports").exists()
        await sitting.press("d")
        await sitting.fill("rude")
        await sitting.press("y", "enter")
        (path,) = (folder / "reports").iterdir()
        path.unlink()
        await sitting.press("up", "p")
        assert "No printer is set up on this computer." in sitting.words
        await sitting.press("down", "down", "enter")
        assert path.exists()


async def test_undo_takes_a_denial_back(
    desk: Desk, at: SitDown, checking_in: Session
) -> None:
    async with at("check-in") as sitting:
        await sitting.press("d")
        await sitting.fill("rude")
        await sitting.press("y", "enter", "u")
        assert attempt(desk, FIRST).standing is AttemptProgress.EXPECTED


# Seats


async def test_the_seat_offered_has_no_neighbour_of_the_same_module(
    desk: Desk, at: SitDown, checking_in: Session
) -> None:
    seated(desk, "a", attempt_id(FIRST))
    at_the_desk(desk, "a", attempt_id("P2"))
    async with at("check-in", size=(120, 40)) as sitting:
        assert "next to A1, also taking Safety" in " ".join(
            gates_shown(sitting).split()
        )
        await sitting.press("z")
        assert "A S . + . . ." in sitting.words
        await sitting.press("enter")
        assert attempt(desk, "P2").seat == "A3"
        await sitting.press("u")
        assert attempt(desk, "P2").seat == ""


async def test_warnings_stand_beside_each_seat(
    desk: Desk, at: SitDown, checking_in: Session
) -> None:
    seated(desk, "a", attempt_id(FIRST))
    at_the_desk(desk, "a", attempt_id("P2"))
    async with at("check-in") as sitting:
        await sitting.press("z", "left")
        assert "A2 in 204 - next to A1, also taking Safety" in sitting.frame


async def test_every_line_of_the_gates_fits_the_panel(desk: Desk, at: SitDown) -> None:
    long = "a very long account of what was shown at the door " * 3
    planned(desk, (FIRST,), "a", "safety")
    opened(desk, "a")
    fail = c.FailGate(
        session_id="a", attempt_id=attempt_id(FIRST), gate="photo-id", reason=long
    )
    desk.perform(fail, LEE)
    async with at("check-in") as sitting:
        lines = gates_shown(sitting).split("\n")
        assert max(map(len, lines)) <= 34
        assert "CODE-safety-P1" in lines[-1]
        assert len(lines) <= 19


async def test_a_gate_not_passed_is_passed_only_with_what_is_shown_now(
    desk: Desk, at: SitDown
) -> None:
    planned(desk, (FIRST,), "a", "safety")
    opened(desk, "a")
    async with at("check-in") as sitting:
        await sitting.press("x")
        await sitting.fill("a library card")
        assert "recheck photo ID" in sitting.words

        await sitting.press("enter")
        assert "failed this item: a library card" in sitting.words
        await sitting.press("enter", "enter")
        assert "photo-id" not in attempt(desk, FIRST).passed_gates
        await sitting.fill("passport", "renewed")
        kept = "passport: renewed, valid, photo matches"
        assert ("photo-id", kept) in attempt(desk, FIRST).gates


async def test_another_kind_of_id_is_taken_with_what_it_is_only(
    desk: Desk, at: SitDown
) -> None:
    planned(desk, (FIRST,), "a", "safety")
    opened(desk, "a")
    async with at("check-in") as sitting:
        await sitting.press("k")
        await sitting.fill("other", "")
        assert "photo-id" not in attempt(desk, FIRST).passed_gates
        assert "needs a note" in sitting.words
        await sitting.fill("tribal ID")
        kept = "other ID: tribal ID, valid, photo matches"
        assert ("photo-id", kept) in attempt(desk, FIRST).gates


async def test_the_key_for_the_rest_leaves_out_what_was_not_passed(
    desk: Desk, at: SitDown
) -> None:
    planned(desk, (FIRST,), "a", "safety")
    opened(desk, "a")
    for gate in ("photo-id", "name"):
        about: AboutAttempt = {"session_id": "a", "attempt_id": attempt_id(FIRST)}
        desk.perform(gates_passed(about, (gate,)), LEE)
    fail = c.FailGate(
        session_id="a", attempt_id=attempt_id(FIRST), gate="agreement", reason="no"
    )
    desk.perform(fail, LEE)
    async with at("check-in") as sitting:
        await sitting.press("space")
        assert "belongings" in attempt(desk, FIRST).passed_gates
        assert "agreement" not in attempt(desk, FIRST).passed_gates


async def test_during_a_halt_the_gates_say_why_they_are_closed(
    desk: Desk, at: SitDown
) -> None:
    in_stage(desk, Stage.HALTED)
    before = desk.ledger.head()
    async with at("check-in") as sitting:
        sitting.screen.show_person("late-expected-safety")
        await sitting.settle()
        sitting.look()
        assert "The session is halted." in sitting.words
        assert "resumes." in sitting.words
        assert "take roll call and resume" in sitting.words
        await sitting.press("space")
    assert desk.ledger.head() == before


async def test_the_key_for_the_rest_leaves_an_unpaid_fee_to_be_passed_alone(
    desk: Desk, at: SitDown
) -> None:
    planned(desk, (), "a", "safety")
    register(desk, (FIRST,), "safety")
    desk.perform(replace(build_assignment(desk, "a", FIRST, "safety"), paid=False), LEE)
    opened(desk, "a")
    async with at("check-in") as sitting:
        await sitting.press("enter", "enter")
        assert "[ ] eligible, with a warning: The fee for" in gate_words(sitting)
        await sitting.press("space")
        passed = attempt(desk, FIRST).passed_gates
        assert {"agreement", "scratch", "user-code"} <= passed
        assert "eligible" not in passed

        await sitting.press("space")
        assert (
            "Needs a look - eligibility and fee: fee not paid. Enter checks off only this item."
            in sitting.words
        )
        assert attempt(desk, FIRST).passed_gates == passed

        await sitting.press("enter")
        assert attempt(desk, FIRST).in_spite_of == "fee not paid"
        assert "[x] eligible, but fee not paid" in gate_words(sitting)


async def test_the_key_for_the_rest_leaves_an_unknown_age_to_be_passed_alone(
    desk: Desk, at: SitDown
) -> None:
    of_unknown_age(desk, FIRST)
    async with at("check-in") as sitting:
        await sitting.press("enter", "enter", "space")
        passed = attempt(desk, FIRST).passed_gates
        assert {"agreement", "scratch", "user-code"} <= passed
        assert "eligible" not in passed
        await sitting.press("space")
        assert (
            "Needs a look - eligibility and fee: No birth date on record"
            in sitting.words
        )
        await sitting.press("enter")
        assert "eligible" in attempt(desk, FIRST).passed_gates


async def test_the_start_names_who_begins_with_an_unpaid_fee(
    desk: Desk, at: SitDown
) -> None:
    planned(desk, ("P2",), "a", "safety")
    register(desk, (FIRST,), "safety")
    desk.perform(replace(build_assignment(desk, "a", FIRST, "safety"), paid=False), LEE)
    opened(desk, "a")
    for one in (FIRST, "P2"):
        seated(desk, "a", attempt_id(one))
    async with at("start") as sitting:
        assert "fee not paid: FamilyP1, Kim" in sitting.frame


async def test_the_key_for_the_rest_leaves_extra_time_to_be_read_back(
    desk: Desk, at: SitDown
) -> None:
    planned(desk, (), "a", "safety")
    register(desk, (FIRST,), "safety")
    slow = replace(build_assignment(desk, "a", FIRST, "safety"), factor_permille=1500)
    desk.perform(slow, LEE)
    opened(desk, "a")
    async with at("check-in") as sitting:
        await sitting.press("enter", "enter", "space")
        assert "eligible" in attempt(desk, FIRST).passed_gates
        assert "accommodations" not in attempt(desk, FIRST).passed_gates
        shown = gate_words(sitting)
        assert "[ ] accommodations read back: extra time x1.5" in shown
        await sitting.press("enter")
        assert "accommodations" in attempt(desk, FIRST).passed_gates
