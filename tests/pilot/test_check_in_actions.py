"""What a proctor does at the door, through the screen and judged by the ledger."""

from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain import commands as c
from cptkiosk.domain.attempt import Progress
from cptkiosk.domain.candidate import RegisterPerson, Registration
from cptkiosk.domain.personal_record import DeclareConflict
from cptkiosk.domain.session import Session, Stage
from cptkiosk.domain.session_events import Room
from cptkiosk.domain.values import MINUTE_MS, Actor
from cptkiosk.ui.screens.dialogs import AskDialog
from cptkiosk.ui.walk import screen_for
from cptkiosk.ui.widgets.gates import GatesPanel
from support.center import DANA, DANA_PIN, LEE, LEE_PIN
from support.sessions import (
    a_session,
    advance,
    at_the_desk,
    attempt,
    attempt_id,
    ended,
    opened,
    planned,
    register,
    roll,
    scored,
    seated,
)
from support.sitting import Sitting, sit_down

FIRST = "P1"
TWO_MODULES = ("safety", "quality")


@pytest.fixture
def at_the_door(desk: Desk, folder: Path) -> type:
    """Return how to sit down at the check-in of session 'a' as somebody."""

    class Door:
        def __init__(
            self,
            actor: Actor = LEE,
            size: tuple[int, int] = (80, 24),
            place: str = "check-in",
            session: str = "a",
        ) -> None:
            self.sitting = sit_down(desk, folder, actor, size)
            self.screen = lambda: screen_for(place, session)

        async def __aenter__(self):
            sitting = await self.sitting.__aenter__()
            await sitting.show(self.screen())
            return sitting

        async def __aexit__(self, *error) -> None:
            await self.sitting.__aexit__(*error)

    return Door


@pytest.fixture
def checking_in(desk: Desk) -> Session:
    """Two people who take Safety, doors open."""
    return a_session(desk, people=2, stage=Stage.CHECK_IN)


@pytest.fixture
def two_modules(desk: Desk) -> None:
    """P1 down for Safety and registered for Quality too; both are run."""
    register(desk, (FIRST,), "safety")
    register(desk, (FIRST,), "quality")
    plan = c.PlanSession(
        session_id="a", title="Morning", starts_at_utc_ms=desk.now().utc_ms,
        module_ids=TWO_MODULES, rooms=(Room(name="204", rows=2, columns=3),),
    )  # fmt: skip
    desk.perform(plan, LEE)
    desk.perform(desk.assignment("a", FIRST, "safety"), LEE)
    opened(desk, "a")


def kinds_after(desk: Desk, seq):
    return [entry.event.kind for entry in desk.ledger.read_after(seq)]


def gates_shown(sitting: Sitting):
    return str(sitting.screen.query_one(GatesPanel).render())


def interrupted(desk: Desk, session_id: str = "a", after_ms=30 * MINUTE_MS) -> None:
    """Leave a session in which P1 was interrupted after a while."""
    a_session(desk, people=1, stage=Stage.RUNNING, session_id=session_id)
    advance(desk, after_ms)
    wish = c.EndEarly(
        session_id=session_id, attempt_id=attempt_id(FIRST),
        outcome="interrupted", reason="the workstation died",
    )  # fmt: skip
    desk.perform(wish, LEE)
    desk.perform(c.EndSession(session_id=session_id), LEE)


def failed(desk: Desk, people: int = 1) -> None:
    """Leave session 'a', in which everybody took Safety and did not pass."""
    a_session(desk, people=people, stage=Stage.RUNNING)
    ended(desk, "a")
    scored(desk, "a", raw=10)
    for one in roll(people):
        with_new_code(desk, one)


def with_new_code(desk: Desk, participant_id: str) -> None:
    person = RegisterPerson(
        participant_id=participant_id,
        family_name=f"Family{participant_id}",
        given_name="Kim",
        registration=Registration("safety", f"NEW-{participant_id}"),
    )
    desk.register([person], LEE)


def another_session(desk: Desk, session_id: str = "b") -> None:
    """Plan a session of Safety with nobody on its roll."""
    plan = c.PlanSession(
        session_id=session_id, title="Again", starts_at_utc_ms=desk.now().utc_ms,
        module_ids=("safety",), rooms=(Room(name="204", rows=2, columns=3),),
    )  # fmt: skip
    desk.perform(plan, LEE)


# Gates


async def test_all_ten_gates_are_shown_and_a_waived_one_is_told_apart(
    desk: Desk, at_the_door: type, checking_in: Session
) -> None:
    async with at_the_door(DANA) as sitting:
        assert gates_shown(sitting).count("[ ]") == 9
        assert "[x] on the roll: Safety" in gates_shown(sitting)
        await sitting.press("w")
        await sitting.fill("known for years")
        assert "[w] photo ID" in gates_shown(sitting)


async def test_a_gate_that_is_not_passed_stays_open_and_says_what_was_shown(
    desk: Desk, at_the_door: type, checking_in: Session
) -> None:
    async with at_the_door() as sitting:
        await sitting.press("x")
        await sitting.fill("expired 2025")
        gate, reason = attempt(desk, FIRST).failed_gates[0]
        assert (gate, reason.text) == ("photo-id", "expired 2025")
        assert "[!] photo ID: expired 2025" in gates_shown(sitting)
        await sitting.press("u")
        assert attempt(desk, FIRST).failed_gates == ()
        assert "[!]" not in gates_shown(sitting)


async def test_a_name_that_is_not_passed_names_the_kind_of_mismatch(
    desk: Desk, at_the_door: type, checking_in: Session
) -> None:
    async with at_the_door() as sitting:
        await sitting.press("enter", "x", "right", "enter")
        await sitting.fill("shows Rossi")
        assert attempt(desk, FIRST).failed_gates[0][1].text == "marriage: shows Rossi"


async def test_a_name_that_differs_passes_with_kind_and_what_was_shown(
    desk: Desk, at_the_door: type, checking_in: Session
) -> None:
    async with at_the_door() as sitting:
        await sitting.press("enter", "K", "enter")
        await sitting.fill("ID says Kimmy")
        assert ("name", "nickname: ID says Kimmy") in attempt(desk, FIRST).gates
        await sitting.press("u")
        assert "name" not in attempt(desk, FIRST).passed_gates


async def test_what_speaks_against_somebody_is_seen_before_the_gate_is_tried(
    desk: Desk, at_the_door: type, checking_in: Session
) -> None:
    child = RegisterPerson(
        participant_id=FIRST, family_name="FamilyP1", given_name="Kim",
        birth_date="2015-02-09",
    )  # fmt: skip
    desk.register([child], LEE)
    async with at_the_door() as sitting:
        words = " ".join(gates_shown(sitting).split())
        assert "not eligible - parental consent" in words
        await sitting.press("down")
        assert "eligible, fee not noted" in gates_shown(sitting)


# Denied


async def test_a_denial_starts_from_the_failed_gate_and_leaves_a_slip(
    desk: Desk, folder: Path, at_the_door: type, checking_in: Session
) -> None:
    async with at_the_door() as sitting:
        await sitting.press("x")
        await sitting.fill("no ID at all")
        await sitting.press("d", "enter", "y", "enter")
        denied = attempt(desk, FIRST)
        assert denied.standing is Progress.DENIED
        assert denied.reason.text == "photo ID: no ID at all"
        (path,) = (folder / "reports").iterdir()
        text = path.read_text(encoding="utf-8")
        assert "photo ID: no ID at all" in text
        assert "Dana Ortiz" in text
        assert f"Slip {path.name} in" in sitting.words


async def test_a_slip_can_be_written_again_only_for_somebody_denied(
    desk: Desk, folder: Path, at_the_door: type, checking_in: Session
) -> None:
    async with at_the_door() as sitting:
        await sitting.press("p")
        assert "Only somebody who was denied" in sitting.frame
        assert not (folder / "reports").exists()
        await sitting.press("d")
        await sitting.fill("rude")
        await sitting.press("y", "enter")
        (path,) = (folder / "reports").iterdir()
        path.unlink()
        await sitting.press("up", "p")
        assert path.exists()


async def test_undo_takes_a_denial_back(
    desk: Desk, at_the_door: type, checking_in: Session
) -> None:
    async with at_the_door() as sitting:
        await sitting.press("d")
        await sitting.fill("rude")
        await sitting.press("y", "enter", "u")
        assert attempt(desk, FIRST).standing is Progress.EXPECTED


# Who is on the roll


async def test_a_walk_in_is_registered_and_put_on_the_roll(
    desk: Desk, at_the_door: type, checking_in: Session
) -> None:
    async with at_the_door() as sitting:
        await sitting.press("n")
        await sitting.fill("W-7", "Diallo", "Aissatou", "1999-02-09", "", "CODE-W7")
        await sitting.press("right", "right", "enter", "y", "enter")
        came = attempt(desk, "W-7")
        assert came.person.text == "Diallo, Aissatou"
        assert (came.user_code, came.factor_permille) == ("CODE-W7", 1250)
        assert came.stop_clock
        assert sitting.screen.current.attempt_id == came.attempt_id


async def test_a_refused_walk_in_says_why_and_keeps_what_was_typed(
    desk: Desk, at_the_door: type, checking_in: Session
) -> None:
    head = desk.ledger.head().seq
    async with at_the_door() as sitting:
        await sitting.press("n")
        await sitting.fill("P2", "Somebody", "Else", "", "", "", "", "")
        assert "belongs to FamilyP2, Kim" in sitting.words
        assert isinstance(sitting.screen, AskDialog)
        assert "Somebody" in sitting.frame
        assert kinds_after(desk, head) == []


async def test_a_known_walk_in_needs_no_name_and_keeps_the_time_registered(
    desk: Desk, at_the_door: type, checking_in: Session
) -> None:
    known = RegisterPerson(
        participant_id="K-1", family_name="Known", given_name="Ann",
        registration=Registration("safety", "CODE-K1", 1500, stop_clock=True),
    )  # fmt: skip
    desk.register([known], LEE)
    async with at_the_door() as sitting:
        await sitting.press("n")
        await sitting.fill("K-1", "", "", "", "", "", "", "")
        came = attempt(desk, "K-1")
        assert came.person.text == "Known, Ann"
        assert (came.user_code, came.factor_permille) == ("CODE-K1", 1500)
        assert came.stop_clock


async def test_somebody_down_for_the_wrong_module_changes_to_the_right_one(
    desk: Desk, at_the_door: type, two_modules: None
) -> None:
    async with at_the_door() as sitting:
        await sitting.press("M")
        await sitting.fill("", "", "came for Quality")
        attempts = desk.session("a").attempts
        assert attempts["P1-safety"].standing is Progress.CANCELLED
        assert attempts["P1-safety"].reason.text == "came for Quality"
        assert attempts["P1-quality"].standing is Progress.EXPECTED
        assert sitting.screen.current.attempt_id == "P1-quality"


async def test_a_module_somebody_is_not_registered_for_needs_a_user_code(
    desk: Desk, at_the_door: type, two_modules: None
) -> None:
    register(desk, ("P2",), "safety")
    desk.perform(desk.assignment("a", "P2", "safety"), LEE)
    async with at_the_door() as sitting:
        await sitting.press("down", "M")
        await sitting.fill("", "", "wrong list")
        assert "not registered" in sitting.words
        await sitting.fill("", "CODE-Q2", "")
        moved = desk.session("a").attempts["P2-quality"]
        assert (moved.standing, moved.user_code) == (Progress.EXPECTED, "CODE-Q2")


async def test_the_module_key_says_why_where_the_session_runs_only_one(
    desk: Desk, at_the_door: type, checking_in: Session
) -> None:
    async with at_the_door() as sitting:
        await sitting.press("M")
        assert "runs no other module" in sitting.frame


async def test_somebody_is_taken_off_the_roll_and_undo_brings_them_back(
    desk: Desk, at_the_door: type, checking_in: Session
) -> None:
    async with at_the_door() as sitting:
        await sitting.press("o")
        await sitting.fill("put on it by mistake")
        assert attempt(desk, FIRST).standing is Progress.CANCELLED
        await sitting.press("u")
        assert attempt(desk, FIRST).standing is Progress.EXPECTED


# Who runs it


async def test_a_hand_over_is_signed_by_both_and_the_stage_line_says_who_leads(
    desk: Desk, at_the_door: type, checking_in: Session
) -> None:
    async with at_the_door(size=(120, 40)) as sitting:
        assert "lead L. Wong" in sitting.frame
        await sitting.press("H")
        await sitting.fill("", LEE_PIN, DANA_PIN)
        assert desk.session("a").lead == DANA.staff_id
        assert "lead D. Ortiz" in sitting.frame


async def test_a_hand_over_with_a_wrong_pin_hands_nothing_over(
    desk: Desk, at_the_door: type, checking_in: Session
) -> None:
    async with at_the_door() as sitting:
        await sitting.press("H")
        await sitting.fill("", LEE_PIN, "000000")
        assert desk.session("a").lead == LEE.staff_id
        assert "That PIN is not right" in sitting.words
        assert isinstance(sitting.screen, AskDialog)


async def test_who_is_linked_with_a_candidate_sees_at_the_start_that_another_must(
    desk: Desk, at_the_door: type
) -> None:
    a_session(desk, people=1, stage=Stage.CHECK_IN)
    seated(desk, "a", attempt_id(FIRST))
    relation = DeclareConflict(
        participant_id=FIRST, staff_id=LEE.staff_id, relation="instructor"
    )
    desk.note(relation, DANA)
    async with at_the_door(place="start") as sitting:
        assert "instructor of FamilyP1, Kim" in sitting.words
        assert "hand over in the check-in" in sitting.words
        await sitting.press("enter")
        assert desk.session("a").stage is Stage.CHECK_IN


async def test_the_start_names_who_runs_the_session(
    desk: Desk, at_the_door: type, checking_in: Session
) -> None:
    async with at_the_door(DANA, place="start") as sitting:
        assert "Lee Wong runs the session" in sitting.frame


# Seats


async def test_the_seat_offered_has_no_neighbour_of_the_same_module(
    desk: Desk, at_the_door: type, checking_in: Session
) -> None:
    seated(desk, "a", attempt_id(FIRST))
    at_the_desk(desk, "a", attempt_id("P2"))
    async with at_the_door(size=(120, 40)) as sitting:
        assert "A1 beside it takes Safety too" in " ".join(gates_shown(sitting).split())
        await sitting.press("z")
        assert "A S . + . . ." in sitting.words
        await sitting.press("enter")
        assert attempt(desk, "P2").seat == "A3"
        await sitting.press("u")
        assert attempt(desk, "P2").seat == ""


async def test_what_to_mind_is_said_beside_each_seat(
    desk: Desk, at_the_door: type, checking_in: Session
) -> None:
    seated(desk, "a", attempt_id(FIRST))
    at_the_desk(desk, "a", attempt_id("P2"))
    async with at_the_door() as sitting:
        await sitting.press("z", "left")
        assert "A2 in 204 - A1 beside it takes Safety too" in sitting.frame


# Put on the roll


async def test_a_retake_too_early_shows_the_first_eligible_date(
    desk: Desk, at_the_door: type
) -> None:
    failed(desk)
    another_session(desk)
    async with at_the_door(place="people", session="b") as sitting:
        await sitting.press("a")
        assert "The first eligible date is" in sitting.words
        assert desk.session("b").attempts == {}


async def test_the_coordinator_assigns_in_spite_of_a_rule_with_a_reason(
    desk: Desk, at_the_door: type
) -> None:
    failed(desk)
    another_session(desk)
    async with at_the_door(DANA, place="people", session="b") as sitting:
        await sitting.press("a")
        assert "The first eligible date is" in sitting.words
        await sitting.fill("MSSC agreed by mail")
        assert attempt(desk, FIRST, "b").override.text == "MSSC agreed by mail"


async def test_the_coordinator_chooses_for_whom_the_rule_does_not_hold(
    desk: Desk, at_the_door: type
) -> None:
    failed(desk, people=2)
    another_session(desk)
    async with at_the_door(DANA, place="people", session="b") as sitting:
        await sitting.press("A")
        assert "FamilyP1, Kim: retake wait: first eligible date" in sitting.words
        await sitting.fill("MSSC agreed")
        await sitting.press("down", "space", "enter")
        assert set(desk.session("b").attempts) == {"P2-safety"}


async def test_what_nobody_may_override_is_not_offered(
    desk: Desk, at_the_door: type, checking_in: Session
) -> None:
    another_session(desk)
    async with at_the_door(DANA, place="people", session="b") as sitting:
        await sitting.press("a")
        assert not isinstance(sitting.screen, AskDialog)
        assert "is open in session a already" in sitting.words
        assert desk.session("b").attempts == {}


async def test_an_interrupted_attempt_goes_on_with_what_was_left(
    desk: Desk, at_the_door: type
) -> None:
    interrupted(desk)
    another_session(desk)
    async with at_the_door(place="people", session="b") as sitting:
        await sitting.press("a")
        assert "continues a/P1-safety, 1:00:00 left" in sitting.words
        await sitting.press("enter")
        goes_on = attempt(desk, FIRST, "b")
        assert goes_on.continues == "a/P1-safety"
        assert goes_on.carried_ms == 60 * MINUTE_MS


async def test_an_interrupted_attempt_need_not_go_on(
    desk: Desk, at_the_door: type
) -> None:
    interrupted(desk)
    another_session(desk)
    with_new_code(desk, FIRST)
    async with at_the_door(place="people", session="b") as sitting:
        await sitting.press("a", "n", "enter")
        afresh = attempt(desk, FIRST, "b")
        assert (afresh.continues, afresh.carried_ms) == ("", None)


async def test_every_line_of_the_gates_fits_the_panel(
    desk: Desk, at_the_door: type
) -> None:
    long = "a very long account of what was shown at the door " * 3
    planned(desk, (FIRST,), "a", "safety")
    opened(desk, "a")
    fail = c.FailGate(
        session_id="a", attempt_id=attempt_id(FIRST), gate="photo-id", reason=long
    )
    desk.perform(fail, LEE)
    async with at_the_door() as sitting:
        lines = gates_shown(sitting).split("\n")
        assert max(map(len, lines)) <= 34
        assert "user code" in lines[-1]
        assert len(lines) <= 19


async def test_a_gate_not_passed_is_passed_only_with_what_is_shown_now(
    desk: Desk, at_the_door: type
) -> None:
    planned(desk, (FIRST,), "a", "safety")
    opened(desk, "a")
    async with at_the_door() as sitting:
        await sitting.press("x")
        await sitting.fill("a library card")
        assert "photo ID NOT PASSED" in sitting.words

        await sitting.press("enter")
        assert "did not pass it: a library card" in sitting.words
        await sitting.press("enter")
        assert "photo-id" not in attempt(desk, FIRST).passed_gates
        await sitting.fill("passport")
        assert ("photo-id", "passport") in attempt(desk, FIRST).gates


async def test_the_key_for_the_rest_leaves_out_what_was_not_passed(
    desk: Desk, at_the_door: type
) -> None:
    planned(desk, (FIRST,), "a", "safety")
    opened(desk, "a")
    for gate in ("photo-id", "name"):
        wish = c.PassGates(session_id="a", attempt_id=attempt_id(FIRST), gates=(gate,))
        desk.perform(wish, LEE)
    fail = c.FailGate(
        session_id="a", attempt_id=attempt_id(FIRST), gate="agreement", reason="no"
    )
    desk.perform(fail, LEE)
    async with at_the_door() as sitting:
        await sitting.press("space")
        assert "belongings" in attempt(desk, FIRST).passed_gates
        assert "agreement" not in attempt(desk, FIRST).passed_gates
