"""Who is put on the roll at the door or before, and who runs it."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.planning import PlanSession
from cptkiosk.domain.commands.testing import EndEarly, EndSession
from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.rules.candidate_rules import DeclareConflict
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.host import fonts
from cptkiosk.services.assignment import build_assignment
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from cptkiosk.ui.widgets.plain_text import PlainText
from support.center import DANA, DANA_PIN, LEE, LEE_PIN
from support.sessions import (
    a_session,
    advance,
    attempt,
    attempt_id,
    ended,
    opened,
    register,
    roll,
    scored,
    seated,
)
from support.sitting import SitDown, Sitting

FIRST = "P1"
TWO_MODULES = ("safety", "quality")


@pytest.fixture
def checking_in(desk: Desk) -> Session:
    """Two people who take Safety, doors open."""
    return a_session(desk, people=2, stage=Stage.CHECK_IN)


@pytest.fixture
def two_modules(desk: Desk) -> None:
    """P1 down for Safety and registered for Quality too; both are run."""
    register(desk, (FIRST,), "safety")
    register(desk, (FIRST,), "quality")
    plan = PlanSession(
        session_id="a", title="Morning", starts_at_utc_ms=desk.now().utc_ms,
        module_ids=TWO_MODULES, rooms=(Room(name="204", rows=2, columns=3),),
    )  # fmt: skip
    desk.perform(plan, LEE)
    desk.perform(build_assignment(desk, "a", FIRST, "safety"), LEE)
    opened(desk, "a")


def kinds_after(desk: Desk, seq: int) -> list[str]:
    return [entry.event.kind for entry in desk.ledger.read_after(seq)]


def gates_shown(sitting: Sitting) -> str:
    return str(sitting.screen.query_one("#gates", PlainText).render())


def interrupted(
    desk: Desk, session_id: str = "a", after_ms: int = 30 * MINUTE_MS
) -> None:
    """Leave a session in which P1 was interrupted after a while."""
    a_session(desk, people=1, stage=Stage.RUNNING, session_id=session_id)
    advance(desk, after_ms)
    command = EndEarly(
        session_id=session_id, attempt_id=attempt_id(FIRST),
        outcome="interrupted", reason="the workstation died",
    )  # fmt: skip
    desk.perform(command, LEE)
    desk.perform(EndSession(session_id=session_id), LEE)


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
    desk.registrar.register([person], LEE)


def another_session(desk: Desk, session_id: str = "b") -> None:
    """Plan a session of Safety with an empty roll."""
    plan = PlanSession(
        session_id=session_id, title="Again", starts_at_utc_ms=desk.now().utc_ms,
        module_ids=("safety",), rooms=(Room(name="204", rows=2, columns=3),),
    )  # fmt: skip
    desk.perform(plan, LEE)


# Who is on the roll


async def test_a_walk_in_is_registered_and_put_on_the_roll(
    desk: Desk, at: SitDown, checking_in: Session
) -> None:
    async with at("check-in", DANA) as sitting:
        await sitting.press("n")
        await sitting.fill("W-7", "Diallo", "Aissatou", "1999-02-09", "", "CODE-W7")
        await sitting.press("right", "right", "enter", "y", "enter")
        await sitting.fill("a letter of the school")
        came = attempt(desk, "W-7")
        assert came.person.text == "Diallo, Aissatou"
        assert (came.user_code, came.factor_permille) == ("CODE-W7", 1250)
        assert came.stop_clock
        assert came.walk_in
        assert not attempt(desk, "P1").walk_in
        assert sitting.screen.current.attempt_id == came.attempt_id


async def test_a_refused_walk_in_says_why_and_keeps_what_was_typed(
    desk: Desk, at: SitDown, checking_in: Session
) -> None:
    head = desk.ledger.head().seq
    async with at("check-in") as sitting:
        await sitting.press("n")
        await sitting.fill("P2", "Somebody", "Else", "", "", "", "", "")
        assert "belongs to FamilyP2, Kim" in sitting.words
        sitting.showing(FormDialog)
        assert "Somebody" in sitting.frame
        assert kinds_after(desk, head) == []


async def test_a_walk_in_whose_name_no_font_can_print_is_asked_for_another_spelling(
    desk: Desk, at: SitDown, checking_in: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "FOLDERS", ())
    monkeypatch.setattr(fonts, "OWN_FOLDERS", ())
    monkeypatch.setattr(fonts, "_INDEX", fonts._FontIndex())
    head = desk.ledger.head().seq
    async with at("check-in", size=(120, 40)) as sitting:
        await sitting.press("n")
        await sitting.fill("W-7", "\u674e", "Lee", "", "", "", "", "")
        assert "no font on this machine can print" in sitting.words.lower()
        sitting.showing(FormDialog)
        assert kinds_after(desk, head) == []


async def test_a_known_walk_in_needs_no_name_and_keeps_the_time_registered(
    desk: Desk, at: SitDown, checking_in: Session
) -> None:
    known = RegisterPerson(
        participant_id="K-1", family_name="Known", given_name="Ann",
        registration=Registration("safety", "CODE-K1", 1500, stop_clock=True),
        reason="a letter of the school",
    )  # fmt: skip
    desk.registrar.register([known], DANA)
    async with at("check-in") as sitting:
        await sitting.press("n")
        await sitting.fill("K-1", "", "", "", "", "", "", "")
        came = attempt(desk, "K-1")
        assert came.person.text == "Known, Ann"
        assert (came.user_code, came.factor_permille) == ("CODE-K1", 1500)
        assert came.stop_clock


async def test_a_wrong_module_is_changed_to_the_right_one(
    desk: Desk, at: SitDown, two_modules: None
) -> None:
    async with at("check-in") as sitting:
        await sitting.press("M")
        await sitting.fill("", "", "came for Quality")
        attempts = desk.session("a").attempts
        assert attempts["P1-safety"].standing is AttemptProgress.CANCELLED
        assert str(attempts["P1-safety"].reason) == "came for Quality"
        assert attempts["P1-quality"].standing is AttemptProgress.EXPECTED
        assert sitting.screen.current.attempt_id == "P1-quality"


async def test_an_unregistered_module_needs_a_user_code(
    desk: Desk, at: SitDown, two_modules: None
) -> None:
    register(desk, ("P2",), "safety")
    desk.perform(build_assignment(desk, "a", "P2", "safety"), LEE)
    async with at("check-in") as sitting:
        await sitting.press("down", "M")
        await sitting.fill("", "", "wrong list")
        assert "not registered" in sitting.words
        await sitting.fill("", "CODE-Q2", "")
        moved = desk.session("a").attempts["P2-quality"]
        assert (moved.standing, moved.user_code) == (
            AttemptProgress.EXPECTED,
            "CODE-Q2",
        )


async def test_the_module_key_says_why_where_the_session_runs_only_one(
    desk: Desk, at: SitDown, checking_in: Session
) -> None:
    async with at("check-in") as sitting:
        await sitting.press("M")
        assert "has no other module" in sitting.frame


async def test_a_candidate_is_taken_off_the_roll_and_undo_brings_them_back(
    desk: Desk, at: SitDown, checking_in: Session
) -> None:
    async with at("check-in") as sitting:
        await sitting.press("o")
        await sitting.fill("put on it by mistake")
        assert attempt(desk, FIRST).standing is AttemptProgress.CANCELLED
        await sitting.press("u")
        assert attempt(desk, FIRST).standing is AttemptProgress.EXPECTED


# Who runs it


async def test_a_hand_over_is_signed_by_both_and_the_stage_line_says_who_leads(
    desk: Desk, at: SitDown, checking_in: Session
) -> None:
    async with at("check-in", size=(120, 40)) as sitting:
        assert "lead L. Wong" in sitting.frame
        await sitting.press("H")
        await sitting.fill("", LEE_PIN, DANA_PIN)
        assert desk.session("a").lead == DANA.staff_id
        assert "lead D. Ortiz" in sitting.frame


async def test_a_hand_over_with_a_wrong_pin_hands_nothing_over(
    desk: Desk, at: SitDown, checking_in: Session
) -> None:
    async with at("check-in") as sitting:
        await sitting.press("H")
        await sitting.fill("", LEE_PIN, "000000")
        assert desk.session("a").lead == LEE.staff_id
        assert "That PIN is not correct" in sitting.words
        sitting.showing(FormDialog)


async def test_a_linked_person_sees_that_another_must_start(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=1, stage=Stage.CHECK_IN)
    seated(desk, "a", attempt_id(FIRST))
    relation = DeclareConflict(
        participant_id=FIRST, staff_id=LEE.staff_id, relation="instructor"
    )
    desk.perform(relation, DANA)
    async with at("start") as sitting:
        assert "instructor of FamilyP1, Kim" in sitting.words
        assert "hand over in Check-in" in sitting.words
        await sitting.press("enter")
        assert desk.session("a").stage is Stage.CHECK_IN


async def test_the_start_names_who_runs_the_session(
    desk: Desk, at: SitDown, checking_in: Session
) -> None:
    async with at("start", DANA) as sitting:
        assert "Lee Wong runs the session" in sitting.frame


# Put on the roll


async def test_a_retake_too_early_shows_the_first_eligible_date(
    desk: Desk, at: SitDown
) -> None:
    failed(desk)
    another_session(desk)
    async with at("people", session="b") as sitting:
        await sitting.press("a")
        assert "The first eligible date is" in sitting.words
        assert desk.session("b").attempts == {}


async def test_the_coordinator_assigns_in_spite_of_a_rule_with_a_reason(
    desk: Desk, at: SitDown
) -> None:
    failed(desk)
    another_session(desk)
    async with at("people", DANA, session="b") as sitting:
        await sitting.press("a")
        assert "The first eligible date is" in sitting.words
        await sitting.fill("MSSC agreed by mail")
        assert str(attempt(desk, FIRST, "b").override) == "MSSC agreed by mail"


async def test_the_coordinator_chooses_for_whom_the_rule_does_not_hold(
    desk: Desk, at: SitDown
) -> None:
    failed(desk, people=2)
    another_session(desk)
    async with at("people", DANA, session="b") as sitting:
        await sitting.press("A", "enter")
        assert "FamilyP1, Kim: retake wait: first eligible date" in sitting.words
        await sitting.fill("MSSC agreed")
        await sitting.press("down", "space", "enter")
        assert set(desk.session("b").attempts) == {"P2-safety"}


async def test_adding_the_marked_ends_the_marks_and_names_who_was_refused(
    desk: Desk, at: SitDown
) -> None:
    failed(desk, people=2)
    another_session(desk)
    async with at("people", session="b") as sitting:
        table = sitting.screen.query_one(FilterableTable)
        await sitting.press("space", "down", "space", "a", "enter")
        if isinstance(sitting.screen, FormDialog):
            await sitting.press("escape")
        assert table.marked_keys == ()
        assert "Not added to the list: FamilyP1, Kim; FamilyP2, Kim." in sitting.words
        assert desk.session("b").attempts == {}


async def test_a_rule_without_override_offers_none(
    desk: Desk, at: SitDown, checking_in: Session
) -> None:
    another_session(desk)
    async with at("people", DANA, session="b") as sitting:
        await sitting.press("a")
        assert not isinstance(sitting.screen, FormDialog)
        assert "is already open in session a" in sitting.words
        assert desk.session("b").attempts == {}


async def test_an_interrupted_attempt_goes_on_with_what_was_left(
    desk: Desk, at: SitDown
) -> None:
    interrupted(desk)
    another_session(desk)
    async with at("people", session="b") as sitting:
        await sitting.press("a")
        assert "continues a/P1-safety, 1:00:00 left" in sitting.words
        await sitting.press("enter")
        goes_on = attempt(desk, FIRST, "b")
        assert goes_on.continues == "a/P1-safety"
        assert goes_on.carried_ms == 60 * MINUTE_MS


async def test_an_interrupted_attempt_need_not_go_on(desk: Desk, at: SitDown) -> None:
    interrupted(desk)
    another_session(desk)
    with_new_code(desk, FIRST)
    async with at("people", session="b") as sitting:
        await sitting.press("a", "n", "enter")
        afresh = attempt(desk, FIRST, "b")
        assert (afresh.continues, afresh.carried_ms) == ("", None)


async def test_enter_records_the_arrival_of_who_was_expected_late(
    desk: Desk, at: SitDown, checking_in: Session
) -> None:
    async with at("check-in") as sitting:
        await sitting.press("l", "up")
        before = desk.session("a").last_seq
        await sitting.press("enter")
        assert kinds_after(desk, before) == ["late-arrival.v1"]
        one = attempt(desk, FIRST)
        assert one.standing is AttemptProgress.EXPECTED
        assert not one.late
