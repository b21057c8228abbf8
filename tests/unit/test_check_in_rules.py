"""What admits and seats a candidate, and what keeps one out."""

from dataclasses import replace
from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.checkin import (
    ArriveLate,
    DenyAttempt,
    ExpectLate,
    FailGate,
    MarkAbsent,
    PassGates,
    TakeSeat,
    WaiveGate,
)
from cptkiosk.domain.commands.irregularity import TakeNote
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.commands.planning import CancelAttempt
from cptkiosk.domain.commands.testing import StartSession, UndoStart
from cptkiosk.domain.events.checkin import AttemptDenied, GatesPassed, GateWaived
from cptkiosk.domain.events.fact import Entry, Fact
from cptkiosk.domain.events.planning import AttemptUpdated
from cptkiosk.domain.rules.candidate_rules import RecordConsent
from cptkiosk.domain.rules.photo_id import pass_photo_id
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.blockers import no_coordinator, to_look_at
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.state.session_changes import evolve
from cptkiosk.domain.values import Actor, Personal
from cptkiosk.ledger.maintenance.verify import verify_ledger
from cptkiosk.services.assignment import build_assignment
from cptkiosk.words import explain
from support.center import DANA, LEE
from support.sessions import (
    a_session,
    advance,
    attempt,
    attempt_id,
    of_unknown_age,
    opened,
    planned,
    progress,
    register,
    seated,
    started,
)
from support.verdicts import is_recorded, keys, refusal

A = "a"


def test_the_start_waits_for_everybody_to_be_settled(desk: Desk) -> None:
    a_session(desk, stage=Stage.CHECK_IN)
    for one in ("P1", "P2", "P3"):
        seated(desk, A, attempt_id(one))

    text = refusal(desk, StartSession(session_id=A), LEE)

    assert "FamilyP4" in text
    desk.perform(MarkAbsent(session_id=A, attempt_ids=("P4-safety",)), LEE)
    is_recorded(desk, StartSession(session_id=A), LEE)


def test_a_start_needs_a_seated_candidate(desk: Desk) -> None:
    a_session(desk, 1, stage=Stage.CHECK_IN)
    desk.perform(MarkAbsent(session_id=A, attempt_ids=("P1-safety",)), LEE)

    assert "no one is seated" in refusal(desk, StartSession(session_id=A), LEE)


@pytest.mark.parametrize(("after_ms", "possible"), [(120_000, True), (120_001, False)])
def test_a_start_is_undone_within_two_minutes_only(
    desk: Desk, after_ms: int, possible: bool
) -> None:
    a_session(desk)
    advance(desk, after_ms)

    if possible:
        desk.perform(UndoStart(session_id=A), LEE)
        assert desk.session(A).stage is Stage.CHECK_IN
        assert progress(desk, "P1") == "seated"
    else:
        refusal(desk, UndoStart(session_id=A), LEE)


def test_a_start_is_not_undone_once_anything_else_is_recorded(desk: Desk) -> None:
    a_session(desk)
    desk.perform(TakeNote(session_id=A, text="hiccup"), LEE)

    assert "since the start" in refusal(desk, UndoStart(session_id=A), LEE)


@pytest.mark.parametrize(
    ("late_ms", "actor", "possible"),
    [
        (15 * 60_000, LEE, True),
        (15 * 60_000 + 1, LEE, False),
        (15 * 60_000 + 1, DANA, True),
        (30 * 60_000, DANA, True),
        (30 * 60_000 + 1, DANA, False),
    ],
)
def test_late_arrivals_are_admitted_up_to_the_policy(
    desk: Desk, late_ms: int, actor: Actor, possible: bool
) -> None:
    planned(desk, ("P1", "P2"), A, "safety")
    opened(desk, A)
    seated(desk, A, attempt_id("P1"))
    desk.perform(ExpectLate(**keys("P2")), LEE)
    started(desk, A)
    advance(desk, late_ms)

    if possible:
        is_recorded(desk, ArriveLate(**keys("P2")), actor)
    else:
        refusal(desk, ArriveLate(**keys("P2")), actor)


def test_an_arrival_taken_back_does_not_open_the_door_for_good(desk: Desk) -> None:
    planned(desk, ("P1", "P2"), A, "safety")
    opened(desk, A)
    seated(desk, A, attempt_id("P1"))
    desk.perform(ExpectLate(**keys("P2")), LEE)
    desk.perform(ArriveLate(**keys("P2")), LEE)
    desk.perform(ExpectLate(**keys("P2")), LEE)
    started(desk, A)
    advance(desk, 50 * 60_000)

    assert "late arrival" in refusal(
        desk,
        pass_photo_id(keys("P2"), "passport"),
        LEE,
    )
    refusal(desk, ArriveLate(**keys("P2")), DANA)


@pytest.mark.parametrize("way", ["cancel", "absent", "deny"])
def test_a_candidate_who_does_not_test_holds_no_seat(desk: Desk, way: str) -> None:
    a_session(desk, 2, stage=Stage.CHECK_IN)
    desk.perform(TakeSeat(**keys("P1"), seat="A1"), LEE)
    command = {
        "cancel": CancelAttempt(**keys("P1"), reason="moved"),
        "absent": MarkAbsent(session_id=A, attempt_ids=(attempt_id("P1"),)),
        "deny": DenyAttempt(**keys("P1"), reason="no ID", coordinator_called=True),
    }[way]
    desk.perform(command, LEE)

    desk.perform(TakeSeat(**keys("P2"), seat="A1"), LEE)

    assert attempt(desk, "P2").seat == "A1"
    verify_ledger(desk.ledger)


def test_an_absent_candidate_who_comes_after_all_takes_a_seat_again(desk: Desk) -> None:
    a_session(desk, 1, stage=Stage.CHECK_IN)
    desk.perform(TakeSeat(**keys("P1"), seat="A1"), LEE)
    desk.perform(MarkAbsent(session_id=A, attempt_ids=(attempt_id("P1"),)), LEE)
    desk.perform(ArriveLate(**keys("P1")), LEE)

    seated(desk, A, attempt_id("P1"))

    assert progress(desk, "P1") == "seated"
    assert attempt(desk, "P1").seat == "A1"


def test_a_seat_is_given_once(desk: Desk) -> None:
    a_session(desk, 2, stage=Stage.CHECK_IN)
    desk.perform(TakeSeat(**keys("P1"), seat="b2"), LEE)

    assert "B2" in refusal(desk, TakeSeat(**keys("P2"), seat="B2"), LEE).upper()


def test_absence_is_recorded_once_for_a_repeated_name(desk: Desk) -> None:
    a_session(desk, 1, stage=Stage.CHECK_IN)

    recorded = desk.perform(
        MarkAbsent(session_id=A, attempt_ids=(attempt_id("P1"),) * 3), LEE
    )

    assert len(recorded.entries) == 1


def test_a_candidate_who_comes_meanwhile_is_left_out_of_the_absences(
    desk: Desk,
) -> None:
    a_session(desk, 3, Stage.CHECK_IN)
    desk.perform(pass_photo_id(keys("P2"), "passport"), LEE)
    everybody = tuple(desk.session("a").attempts)

    desk.perform(
        MarkAbsent(session_id="a", attempt_ids=everybody, only_missing=True), LEE
    )

    standing = [one.standing for one in desk.session("a").attempts.values()]
    assert standing == ["absent", "expected", "absent"]


@pytest.mark.parametrize(
    "gates", [("photo-id", "name"), ("name", "eligible"), ("seat",)]
)
def test_identity_and_seat_are_not_passed_in_bulk(
    desk: Desk, gates: tuple[str, ...] | tuple[str, str]
) -> None:
    a_session(desk, 1, stage=Stage.CHECK_IN)

    refusal(desk, PassGates(**keys("P1"), gates=gates), LEE)


@pytest.mark.parametrize("gate", ["", "mood"])
def test_a_gate_that_does_not_exist_is_refused(desk: Desk, gate: str) -> None:
    a_session(desk, 1, stage=Stage.CHECK_IN)

    refusal(desk, PassGates(**keys("P1"), gates=(gate,)), LEE)
    refusal(desk, WaiveGate(**keys("P1"), gate=gate, reason="none"), DANA)


def test_a_denial_requires_a_call_to_the_coordinator(desk: Desk) -> None:
    a_session(desk, 1, stage=Stage.CHECK_IN)
    command = DenyAttempt(**keys("P1"), reason="no ID", coordinator_called=False)

    assert "coordinator" in refusal(desk, command, LEE)


def test_a_candidate_without_a_user_code_is_seated_only_by_the_coordinator(
    desk: Desk,
) -> None:
    row = RegisterPerson(
        participant_id="P9", family_name="Codeless", given_name="Al",
        registration=Registration("safety"),
    )  # fmt: skip
    desk.registrar.register([row], LEE)
    a_session(desk, 1, stage=Stage.CHECK_IN)
    desk.perform(build_assignment(desk, A, "P9", "safety"), LEE)
    code = PassGates(**keys("P9"), gates=("user-code",))
    assert "has no user code" in refusal(desk, code, DANA)

    waive = WaiveGate(**keys("P9"), gate="user-code", reason="sent by phone")
    assert "Only a coordinator can" in refusal(desk, waive, LEE)
    is_recorded(desk, waive, DANA)


def test_whose_age_is_unknown_is_asked_about_at_the_door(desk: Desk) -> None:
    of_unknown_age(desk, "P1")
    (asked,) = desk.preview.against(A, attempt(desk, "P1"))
    assert (asked.rule, asked.is_blocking) == ("age", False)

    given = RecordConsent(participant_id="P1", given_by="Pat", reason="came along")
    desk.perform(given, DANA)
    assert desk.preview.against(A, attempt(desk, "P1")) == ()


def test_a_denial_logs_the_call_to_the_coordinator_first(desk: Desk) -> None:
    a_session(desk, 1, stage=Stage.CHECK_IN)
    deny = DenyAttempt(**keys("P1"), reason="no ID", coordinator_called=True)
    kinds = [one.event.kind for one in desk.perform(deny, LEE).entries]
    assert kinds == ["coordinator-called.v1", "attempt-denied.v1"]

    desk.perform(UndoStep(session_id=A), LEE)
    assert progress(desk, "P1") == "expected"


def test_a_denial_by_a_coordinator_records_no_call(
    desk: Desk,
) -> None:
    a_session(desk, 1, stage=Stage.CHECK_IN)
    deny = DenyAttempt(**keys("P1"), reason="no ID", coordinator_called=False)
    (denied,) = desk.perform(deny, DANA).entries

    assert isinstance(denied.event, AttemptDenied)
    assert not denied.event.coordinator_called
    assert denied.event.by_coordinator


def test_script_and_id_check_are_on_record_if_they_were_said(desk: Desk) -> None:
    a_session(desk, 1, stage=Stage.CHECK_IN)
    shown = pass_photo_id(keys("P1"), "passport")
    (passed,) = desk.perform(shown, LEE).entries
    assert isinstance(passed.event, GatesPassed)
    assert passed.event.id_checked
    assert (
        dict(attempt(desk, "P1").gates)["photo-id"] == "passport, valid, photo matches"
    )

    desk.perform(UndoStep(session_id=A), LEE)
    seated(desk, A, attempt_id("P1"))
    desk.perform(StartSession(session_id=A, script_read=True), LEE)
    assert desk.session(A).script_read


TOGETHER = ("eligible", "agreement", "accommodations")


@pytest.mark.parametrize(
    ("changed", "gate", "reason"),
    [
        ({"paid": False}, "eligible", "fee not paid"),
        ({"factor_permille": 1500}, "accommodations", "extra time x1.5"),
        ({"factor_permille": 0}, "accommodations", "untimed"),
        ({"stop_clock": True}, "accommodations", "standard time, stop-clock"),
    ],
)
def test_a_gate_with_a_known_problem_is_passed_alone(
    desk: Desk, changed: dict[str, Any], gate: str, reason: str
) -> None:
    planned(desk, (), A, "safety")
    register(desk, ("P1",), "safety")
    desk.perform(replace(build_assignment(desk, A, "P1", "safety"), **changed), LEE)
    opened(desk, A)

    together = PassGates(**keys("P1"), gates=TOGETHER)
    said = refusal(desk, together, LEE)

    assert reason in said
    assert "Check this item off by itself." in said
    is_recorded(desk, PassGates(**keys("P1"), gates=(gate,)), LEE)
    is_recorded(desk, together, LEE)


def test_a_gate_not_passed_before_is_passed_alone(desk: Desk) -> None:
    a_session(desk, 1, stage=Stage.CHECK_IN)
    fail = FailGate(**keys("P1"), gate="agreement", reason="reads it again")
    desk.perform(fail, LEE)

    together = PassGates(**keys("P1"), gates=TOGETHER)

    assert "reads it again" in refusal(desk, together, LEE)


def test_eligible_is_passed_alone_where_no_birth_date_is_on_record(desk: Desk) -> None:
    of_unknown_age(desk, "P1")
    one = attempt(desk, "P1")
    assert [found.rule for found in desk.preview.against(A, one)] == ["age"]

    said = refusal(desk, PassGates(**keys("P1"), gates=TOGETHER), LEE)
    assert "No birth date on record" in said
    is_recorded(desk, PassGates(**keys("P1"), gates=("eligible",)), LEE)
    assert to_look_at(desk.session(A), no_coordinator) == ()


def test_an_unpaid_fee_at_check_in_is_looked_at_before_the_seal(desk: Desk) -> None:
    planned(desk, (), A, "safety")
    register(desk, ("P1",), "safety")
    desk.perform(replace(build_assignment(desk, A, "P1", "safety"), paid=False), LEE)
    opened(desk, A)
    seated(desk, A, attempt_id("P1"))

    matters = [
        explain(one.reason) for one in to_look_at(desk.session(A), no_coordinator)
    ]

    assert matters == ["FamilyP1, Kim: fee not paid (noted at check-in)"]


def test_a_notice_at_the_door_is_no_objection(desk: Desk) -> None:
    planned(desk, ("P1",), A, "safety")
    opened(desk, A)
    desk.perform(FailGate(**keys("P1"), gate="eligible", reason="no receipt"), LEE)
    shown = PassGates(**keys("P1"), gates=("eligible",), note="receipt R-7")
    desk.perform(shown, LEE)

    assert dict(attempt(desk, "P1").gates)["eligible"] == "receipt R-7"
    assert attempt(desk, "P1").in_spite_of == ""
    assert to_look_at(desk.session(A), no_coordinator) == ()


def after(desk: Desk, *facts: Fact) -> Attempt:
    """Return the only attempt of the session once these facts are recorded."""
    session = desk.session(A)
    for fact in facts:
        entry = Entry(
            session.last_seq + 1, f"session/{A}", session.version + 1,
            desk.now(), "", "", fact,
        )  # fmt: skip
        session = evolve(session, entry)
    (one,) = session.attempts.values()
    return one


def eligible(
    note: str, in_spite_of: str | None = None, *, id_checked: bool = False
) -> GatesPassed:
    """Return that P1 passed as eligible; as older entries have it without what for."""
    return GatesPassed(
        attempt_id="P1-safety",
        gates=("eligible",),
        note=Personal(note, "P1") if note else None,
        in_spite_of=None if in_spite_of is None else Personal(in_spite_of, "P1"),
        id_checked=id_checked,
    )


PAID = AttemptUpdated(
    attempt_id="P1-safety",
    person=Personal("FamilyP1, Kim", "P1"),
    user_code="",
    factor_permille=1000,
    paid=True,
)
WAIVED = GateWaived(attempt_id="P1-safety", gate="eligible", reason=Personal("", "P1"))


@pytest.mark.parametrize(
    ("facts", "against"),
    [
        ((eligible("fee unpaid"),), "fee unpaid"),
        ((eligible("passport", id_checked=True),), "passport, valid, photo matches"),
        ((eligible("", id_checked=True),), "valid, photo matches"),
        ((eligible("waived"),), ""),
        ((eligible("fee unpaid"), eligible("minor")), "fee unpaid"),
        ((eligible("fee unpaid"), WAIVED), "fee unpaid"),
        ((WAIVED, eligible("fee unpaid")), ""),
        ((eligible("", "fee unpaid"), PAID), ""),
        ((eligible("", "fee unpaid"), PAID, WAIVED), ""),
    ],
)
def test_older_entries_keep_known_objections_in_their_note(
    desk: Desk, facts: tuple[Fact, ...], against: str
) -> None:
    planned(desk, ("P1",), A, "safety")
    opened(desk, A)

    assert after(desk, *facts).in_spite_of == against


def test_a_note_that_says_waived_hides_no_known_objection(
    desk: Desk,
) -> None:
    planned(desk, ("P1",), A, "safety")
    opened(desk, A)

    assert after(desk, eligible("waived", "fee unpaid")).in_spite_of == "fee unpaid"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"id_kind": ""}, "type of photo ID"),
        ({"id_kind": "library card"}, "type of photo ID"),
        ({"id_checked": False}, "has not expired and shows"),
        ({"id_kind": "other ID", "note": ""}, "needs a note"),
        ({"id_kind": "other ID", "note": " x "}, "needs a note"),
    ],
)
def test_a_photo_id_passes_only_with_its_kind_and_when_checked(
    desk: Desk, changes: dict[str, Any], why: str
) -> None:
    a_session(desk, 1, stage=Stage.CHECK_IN)
    command = replace(pass_photo_id(keys("P1")), **changes)
    assert why in refusal(desk, command, LEE)


def test_another_kind_of_id_passes_with_what_it_is(desk: Desk) -> None:
    a_session(desk, 1, stage=Stage.CHECK_IN)
    is_recorded(desk, pass_photo_id(keys("P1"), "other ID", "tribal ID"), LEE)
    kept = "other ID: tribal ID, valid, photo matches"
    assert dict(attempt(desk, "P1").gates)["photo-id"] == kept


def test_a_photo_id_that_failed_first_is_checked_all_the_same(desk: Desk) -> None:
    a_session(desk, 1, stage=Stage.CHECK_IN)
    fail = FailGate(**keys("P1"), gate="photo-id", reason="expired 2025")
    is_recorded(desk, fail, LEE)
    shown = PassGates(**keys("P1"), gates=("photo-id",), note="a passport now")
    refusal(desk, shown, LEE)
    is_recorded(desk, pass_photo_id(keys("P1"), "passport"), LEE)
