"""What a seal waits for, and whose signature it carries."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.closing import (
    ReconcileScratch,
    SealSession,
    SeeIrregularities,
)
from cptkiosk.domain.commands.score import DecideValidity
from cptkiosk.domain.state.blockers import unseen_irregularities
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import Actor, NeedsCoordinator, Refused, Role
from cptkiosk.words import explain
from support.center import DANA, DANA_PIN, LEE, LEE_PIN
from support.exams import (
    allowed,
    irregularity,
    policy,
    ready_to_seal,
    refusal,
)
from support.sessions import attempt, attempt_id
from support.verdicts import refuses

A = "a"
P1, P2 = attempt_id("P1"), attempt_id("P2")
ONE = {"session_id": A, "attempt_id": P1}
A_DRILL = (("noise-source", "a drill"), ("minutes", "2"))


def recorded(desk: Desk) -> tuple[str, ...]:
    """Return the IDs of all reports of session a."""
    return tuple(one.event.irregularity_id for one in desk.session(A).irregularities)


# Irregularities and the seal


def test_an_incomplete_entry_keeps_the_session_open(
    over: Desk,
) -> None:
    ready_to_seal(over)
    assert allowed(over, SealSession(session_id=A))
    over.perform(irregularity(), LEE)
    assert not allowed(over, SealSession(session_id=A))
    (event,) = [kept.event for kept in over.session(A).in_force]
    assert event.missing == ("noise-source", "minutes")

    said = (("noise-source", "a lawn mower"), ("minutes", "2"))
    first = event.irregularity_id
    over.perform(irregularity(details=said, supersedes=first), LEE)
    assert allowed(over, SealSession(session_id=A))
    assert attempt(over, "P1").irregularities == 1
    assert len(over.session(A).irregularities) == 2


def test_a_breach_names_the_person_informed(over: Desk) -> None:
    ready_to_seal(over)
    said = (("noise-source", "a phone"), ("minutes", "2"))
    over.perform(irregularity(severity=3, details=said), LEE)
    assert not allowed(over, SealSession(session_id=A))

    first = over.session(A).in_force[0].event.irregularity_id
    told = irregularity(
        severity=3, details=said, told="Dana Ortiz at 10:12", supersedes=first
    )
    over.perform(told, LEE)
    assert allowed(over, SealSession(session_id=A), DANA)


def test_an_entry_is_superseded_once(over: Desk) -> None:
    over.perform(irregularity(), LEE)
    first = over.session(A).in_force[0].event.irregularity_id
    again = irregularity(supersedes=first)
    over.perform(again, LEE)

    assert "Irregularity i1 was replaced by i2" in refusal(over, again)


@pytest.mark.parametrize(("severity", "proctor"), [(2, False), (3, True)])
def test_a_breach_is_taken_back_by_the_coordinator_alone(
    over: Desk, severity: int, proctor: bool
) -> None:
    over.perform(irregularity(severity=3), LEE)
    first = over.session(A).in_force[0].event.irregularity_id
    less = irregularity(severity=severity, supersedes=first)

    assert allowed(over, less, LEE) is proctor
    over.perform(less, DANA)
    # What follows from it for the score is a decision of its own.
    assert attempt(over, "P1").validity == "withheld"


def test_only_the_coordinator_takes_a_candidate_off_a_breach(over: Desk) -> None:
    over.perform(irregularity(severity=3), LEE)
    first = over.session(A).in_force[0].event.irregularity_id
    nobody = irregularity(severity=3, scope="session", attempt_ids=(), supersedes=first)

    assert not allowed(over, nobody, LEE)


# Who signs


def test_only_the_lead_or_the_coordinator_signs(over: Desk) -> None:
    ready_to_seal(over)
    kim = over.staff.add_staff("Kim Park", Role.PROCTOR, "551177", "", DANA)
    assert kim.seq
    with refuses("Only the lead proctor or a coordinator can sign"):
        over.seal(A, kim_of(over), "551177")
    assert allowed(over, SealSession(session_id=A), DANA)

    over.seal(A, LEE, LEE_PIN)
    assert over.session(A).signed_by == LEE.staff_id


def kim_of(desk: Desk) -> Actor:
    return desk.pins.sign_in("s3", "551177")


def test_any_staff_member_signs_if_the_center_allows_it(over: Desk) -> None:
    ready_to_seal(over)
    over.staff.add_staff("Kim Park", Role.PROCTOR, "551177", "", DANA)
    policy(over, lead_seals=False)

    assert allowed(over, SealSession(session_id=A), kim_of(over))


def test_the_new_lead_signs_after_a_handover(over: Desk) -> None:
    ready_to_seal(over)
    over.staff.add_staff("Kim Park", Role.PROCTOR, "551177", "", DANA)
    over.hand_over(A, LEE, LEE_PIN, "s3", "551177")

    assert allowed(over, SealSession(session_id=A), kim_of(over))
    assert not allowed(over, SealSession(session_id=A), LEE)


def test_a_person_cannot_make_themselves_the_lead(over: Desk) -> None:
    over.staff.add_staff("Kim Park", Role.PROCTOR, "551177", "", DANA)
    kim = kim_of(over)
    with pytest.raises(Refused):
        over.hand_over(A, kim, "551177", "s3", "551177")


# What a coordinator sees before the seal


def test_a_report_of_severity_2_is_seen_by_a_coordinator_before_the_seal(
    over: Desk,
) -> None:
    ready_to_seal(over)
    over.perform(irregularity(severity=2, details=A_DRILL), LEE)
    with pytest.raises(NeedsCoordinator):
        over.seal(A, LEE, LEE_PIN)

    over.perform(SeeIrregularities(session_id=A, saw=recorded(over)), DANA)
    over.seal(A, LEE, LEE_PIN)
    assert over.session(A).signed_by == LEE.staff_id


def test_a_coordinator_who_seals_has_seen_the_reports(over: Desk) -> None:
    ready_to_seal(over)
    over.perform(irregularity(severity=2, details=A_DRILL), LEE)
    over.seal(A, DANA, DANA_PIN)

    seen = {one.event.irregularity_id for one in over.session(A).in_force}
    assert over.session(A).seen == seen


def test_a_report_by_a_coordinator_needs_no_review(over: Desk) -> None:
    ready_to_seal(over)
    over.perform(irregularity(severity=2, details=A_DRILL), DANA)

    assert allowed(over, SealSession(session_id=A), LEE)
    with refuses("reviewed every irregularity"):
        over.perform(SeeIrregularities(session_id=A, saw=()), DANA)


def test_a_report_recorded_meanwhile_is_not_marked_as_seen(over: Desk) -> None:
    ready_to_seal(over)
    over.perform(irregularity(severity=2, details=A_DRILL), LEE)
    shown = recorded(over)
    over.perform(irregularity(severity=2, details=A_DRILL), LEE)
    before = over.ledger.head()

    with refuses("ENV-NOISE. was recorded meanwhile"):
        over.perform(SeeIrregularities(session_id=A, saw=shown), DANA)
    with refuses("ENV-NOISE. was recorded meanwhile"):
        over.seal(A, DANA, DANA_PIN, shown)
    assert over.session(A).seen == frozenset()
    assert over.session(A).stage is Stage.ENDED
    assert over.ledger.head() == before


def test_a_signing_proctor_sees_a_report_recorded_meanwhile(
    over: Desk,
) -> None:
    ready_to_seal(over)
    shown = recorded(over)
    over.perform(irregularity(severity=2, details=A_DRILL), LEE)

    with refuses("recorded meanwhile") as caught:
        over.seal(A, LEE, LEE_PIN, shown)
    assert not isinstance(caught.value, NeedsCoordinator)


@pytest.mark.parametrize("gone", ["deactivated", "made a proctor"])
def test_a_report_by_a_former_coordinator_needs_no_review(
    over: Desk, gone: str
) -> None:
    ready_to_seal(over)
    over.perform(irregularity(severity=2, details=A_DRILL), DANA)
    over.staff.add_staff("Kim Park", Role.COORDINATOR, "551177", "", DANA)
    if gone == "deactivated":
        over.staff.change_staff(DANA.staff_id, kim_of(over), active=False)
    else:
        over.staff.change_staff(DANA.staff_id, kim_of(over), role=Role.PROCTOR)

    assert unseen_irregularities(over.session(A), over.center.was_coordinator) == ()
    assert allowed(over, SealSession(session_id=A), LEE)


def test_a_report_by_who_became_a_coordinator_later_is_still_to_be_seen(
    over: Desk,
) -> None:
    ready_to_seal(over)
    over.perform(irregularity(severity=2, details=A_DRILL), LEE)
    over.staff.change_staff(LEE.staff_id, DANA, role=Role.COORDINATOR)

    assert len(unseen_irregularities(over.session(A), over.center.was_coordinator)) == 1


# A step approved in place


def test_a_step_that_a_coordinator_approves_keeps_both_people(over: Desk) -> None:
    over.perform(irregularity(severity=3), LEE)
    command = DecideValidity(**ONE, validity="clean", reason="it was another person")
    with pytest.raises(NeedsCoordinator):
        over.perform(command, LEE)
    assert explain(over.preview.refusal(command, LEE))
    assert not explain(over.preview.refusal(command, LEE, approvable=True))

    recorded = over.perform(command, over.pins.check_approver("s1", DANA_PIN, LEE))
    assert {one.actor for one in recorded.entries} == {"s1"}
    ((_, approved),) = over.session(A).approvals
    assert (approved.by, approved.asked_by, approved.step) == (
        "s1", "s2", "validity-decided.v1",
    )  # fmt: skip


@pytest.mark.parametrize(("who", "pin"), [("s1", "000000"), ("s2", LEE_PIN)])
def test_only_a_coordinator_approves_by_their_own_pin(
    over: Desk, who: str, pin: str
) -> None:
    with pytest.raises(Refused):
        over.pins.check_approver(who, pin, LEE)


@pytest.mark.parametrize(
    ("note", "taken"), [("", False), ("x", False), ("torn up by mistake", True)]
)
def test_a_missing_sheet_takes_more_than_a_letter_to_explain(
    over: Desk, note: str, taken: bool
) -> None:
    count = ReconcileScratch(session_id="a", returned=0, note=note)
    assert (over.preview.refusal(count, LEE) is None) is taken
