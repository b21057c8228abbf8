"""Nobody on the staff is a candidate, and nobody decides about one they are linked with."""

from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.desk.lookups import Lookups
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.checkin import MarkAbsent, TakeSeat, WaiveGate
from cptkiosk.domain.commands.closing import ReconcileScratch
from cptkiosk.domain.commands.planning import CancelAttempt
from cptkiosk.domain.commands.testing import StartSession
from cptkiosk.domain.rules import candidate_rules as p
from cptkiosk.domain.rules.photo_id import pass_photo_id
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.values import Refused, Role
from support.center import DANA, DANA_PIN, LEE, LEE_PIN
from support.exams import allowed, opening, planned, refusal, registered, rolled, taken
from support.sessions import attempt_id, gates_passed
from support.verdicts import refuses

A, B = "a", "b"
P1 = attempt_id("P1")


@pytest.mark.parametrize(
    ("family", "given", "may"),
    [
        ("Wong", "Lee", False),
        ("LEE", "wong", False),
        ("W\u00f3ng", "Lee", False),
        ("Ortiz", "Dana", False),
        ("Wong", "Leo", True),
        ("Wongs", "Lee", True),
    ],
)
def test_no_staff_member_is_a_candidate(
    desk: Desk, family: str, given: str, may: bool
) -> None:
    row = RegisterPerson(
        participant_id="X", family_name=family, given_name=given,
        registration=Registration("safety", "X-1"),
    )  # fmt: skip
    (outcome,) = desk.registrar.register([row], LEE)

    assert isinstance(outcome, Refused) is not may
    assert bool(desk.candidate("X").participant_id) is may


LINKED = p.DeclareConflict(participant_id="P1", staff_id="s2", relation="instructor")


@pytest.fixture
def linked(desk: Desk) -> Desk:
    """Lee Wong teaches P1; Dana Ortiz does not."""
    for one in ("P1", "P2"):
        registered(desk, one)
    planned(desk, A)
    for one in ("P1", "P2"):
        rolled(desk, A, one)
    desk.perform(LINKED, DANA)
    return desk


def test_a_link_read_once_is_known_though_an_older_entry_comes_in_again(
    desk: Desk,
) -> None:
    registered(desk, "P1")
    before = desk.ledger.read_stream("candidate/P1")
    assert not Lookups(desk.record).linked_to("s2")
    desk.perform(LINKED, DANA)

    desk.record.keep(before)

    assert Lookups(desk.record).linked_to("s2") == {"P1": "instructor"}


def test_a_candidates_teacher_does_not_open_their_session(linked: Desk) -> None:
    assert "instructor of FamilyP1, Kim" in refusal(linked, opening(A), LEE)
    assert allowed(linked, opening(A), DANA)


def test_a_linked_coordinator_may_not_override_it_either(linked: Desk) -> None:
    link = p.DeclareConflict(participant_id="P2", staff_id="s1", relation="family")
    linked.perform(link, DANA)

    assert "cannot run this session" in refusal(linked, opening(A), DANA)


def test_they_may_once_the_candidate_is_off_the_roll(linked: Desk) -> None:
    cancel = CancelAttempt(session_id=A, attempt_id=P1, reason="another session")
    linked.perform(cancel, DANA)

    assert allowed(linked, opening(A), LEE)


def test_they_may_once_the_coordinator_withdrew_the_link(linked: Desk) -> None:
    withdraw = p.WithdrawConflict(participant_id="P1", staff_id="s2", reason="wrong")
    with refuses("Only a coordinator can"):
        linked.perform(withdraw, LEE)

    linked.perform(withdraw, DANA)
    assert allowed(linked, opening(A), LEE)


HERE: AboutAttempt = {"session_id": A, "attempt_id": P1}
CHECKING_IN = [
    pass_photo_id(HERE, "passport"),
    WaiveGate(**HERE, gate="belongings", reason="none brought"),
    TakeSeat(**HERE),
]


@pytest.mark.parametrize("step", CHECKING_IN, ids=lambda one: type(one).__name__)
def test_they_check_others_in_but_not_that_candidate(linked: Desk, step: Any) -> None:
    linked.perform(opening(A), DANA)

    assert allowed(
        linked,
        pass_photo_id(keys_of("P2"), "passport"),
        LEE,
    )
    assert allowed(linked, step, DANA)
    assert "instructor" in refusal(linked, step, LEE)


def keys_of(who: str) -> AboutAttempt:
    return {"session_id": A, "attempt_id": attempt_id(who)}


def test_they_do_not_start_the_session(linked: Desk) -> None:
    linked.perform(opening(A), DANA)
    linked.perform(MarkAbsent(session_id=A, attempt_ids=(attempt_id("P2"),)), DANA)
    for gates in (("photo-id",), ("name",), (
        "eligible", "agreement", "belongings", "accommodations", "scratch", "user-code",
    )):  # fmt: skip
        linked.perform(gates_passed(HERE, gates), DANA)
    linked.perform(TakeSeat(**HERE), DANA)
    start = StartSession(session_id=A)

    assert "cannot run this session" in refusal(linked, start, LEE)
    assert allowed(linked, start, DANA)


def test_they_do_not_take_the_session_over(linked: Desk) -> None:
    linked.perform(opening(A), DANA)
    with refuses("cannot run this session"):
        linked.hand_over(A, DANA, DANA_PIN, "s2", LEE_PIN)
    linked.staff.add_staff("Kim Park", Role.PROCTOR, "551177", "", DANA)
    linked.hand_over(A, DANA, DANA_PIN, "s3", "551177")

    assert linked.session(A).lead == "s3"


def test_they_do_not_seal_the_session(desk: Desk) -> None:
    registered(desk, "P1")
    key = taken(desk, A, "64")
    desk.perform(ReconcileScratch(session_id=A, returned=1), LEE)
    desk.perform(LINKED, DANA)
    with refuses("cannot run this session"):
        desk.seal(A, LEE, LEE_PIN)

    desk.seal(A, DANA, DANA_PIN)
    assert desk.session(A).stage == "sealed"
    assert key["session_id"] == A
