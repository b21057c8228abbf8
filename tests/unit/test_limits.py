"""What has a limit: undoing, calling, crediting, planning, disputing, late starts."""

from pathlib import Path
from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.checkin import ArriveLate, ExpectLate, MarkAbsent
from cptkiosk.domain.commands.closing import AmendSession, SealSession
from cptkiosk.domain.commands.halt import HaltSession
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.commands.planning import AssignAttempt, PlanSession
from cptkiosk.domain.commands.restart import ConfirmRoomClock
from cptkiosk.domain.commands.score import ExplainScore, KeyScore
from cptkiosk.domain.commands.testing import (
    Announce,
    BeginBreak,
    BeginPause,
    GiveCredit,
    StartLate,
    StartSession,
)
from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.events.restart import BootBridged
from cptkiosk.domain.rules.announcing import next_call
from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.attempt import Gate
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import DAY_MS, MINUTE_MS, Actor, Refused, Role
from cptkiosk.services.assignment import build_assignment
from cptkiosk.words import explain
from support.center import DANA, DANA_PIN, LEE, definitions, open_desk
from support.exams import refusal
from support.sessions import (
    a_session,
    advance,
    at_the_desk,
    attempt,
    attempt_id,
    ended,
    gates_passed,
    hand_clock,
    left_ms,
    line,
    opened,
    planned,
    progress,
    scored,
    seated,
)
from support.verdicts import refuses

A = "a"
P1: AboutAttempt = {"session_id": A, "attempt_id": attempt_id("P1")}
P2: AboutAttempt = {"session_id": A, "attempt_id": attempt_id("P2")}
UNDO = UndoStep(session_id=A)


def key(desk: Desk, shown: str, verdict: str = "", actor: Actor = LEE) -> None:
    command = KeyScore(
        **P1,
        shown=shown,
        vendor_verdict=verdict,
        shown_as="" if "%" in shown else "raw",
    )
    desk.perform(command, actor)


def credit(minutes: int) -> GiveCredit:
    return GiveCredit(**P1, credit_ms=minutes * MINUTE_MS, reason="noise")


def irregularity(**changes: Any) -> RecordIrregularity:
    fields: dict[str, Any] = {
        "session_id": A, "code": "ENV-NOISE", "severity": 1, "scope": "session",
        "validity": "none", "attempt_ids": (), "observed": "A mower outside.",
        "action_taken": "Closed the window.",
    } | changes  # fmt: skip
    return RecordIrregularity(**fields)


# Undo


def test_a_verified_score_is_taken_back_by_the_coordinator_only(desk: Desk) -> None:
    a_session(desk, 1)
    ended(desk, A)
    key(desk, "70", actor=DANA)
    key(desk, "70")

    assert "coordinator" in refusal(desk, UNDO)
    key(desk, "71", actor=DANA)
    desk.perform(UNDO, DANA)
    assert attempt(desk, "P1").score.raw_min == 70


def test_sealed_steps_are_not_undone_after_an_amendment(desk: Desk) -> None:
    a_session(desk, 1, stage=Stage.ENDED)
    desk.seal(A, DANA, DANA_PIN)
    desk.perform(AmendSession(session_id=A, reason="typo"), DANA)

    assert "sealed" in refusal(desk, UNDO, LEE)


@pytest.mark.parametrize("command", [BeginPause(**P1, reason="froze"), credit(3)])
def test_a_step_on_a_clock_is_undone_for_a_few_minutes_only(
    desk: Desk, command: BeginPause | GiveCredit
) -> None:
    a_session(desk, 1)
    desk.perform(command, LEE)
    advance(desk, 5 * MINUTE_MS + 1)

    assert "5 minutes" in refusal(desk, UNDO)


def test_a_step_of_the_check_in_is_undone_however_late(desk: Desk) -> None:
    planned(desk, ("P1",), A, "safety")
    opened(desk, A)
    seated(desk, A, attempt_id("P1"))
    advance(desk, 60 * MINUTE_MS)

    desk.perform(UNDO, LEE)

    assert progress(desk, "P1") == "checked-in"


def test_an_undone_credit_never_leaves_a_candidate_without_time(desk: Desk) -> None:
    a_session(desk, 1)
    advance(desk, 88 * MINUTE_MS)
    desk.perform(credit(5), LEE)
    advance(desk, 3 * MINUTE_MS)

    assert "no time left" in refusal(desk, UNDO)
    assert left_ms(desk, "P1") == 4 * MINUTE_MS


# A reboot


def test_a_step_right_after_a_reboot_carries_the_clocks_over_first(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 2)
    advance(desk, 10 * MINUTE_MS)
    desk.boots.beat()
    hand_clock(desk).reboot(MINUTE_MS)
    command = BeginBreak(**P1)

    assert desk.preview.refusal(command, LEE) is None
    recorded = desk.perform(command, LEE)

    assert isinstance(recorded.entries[0].event, BootBridged)
    assert len(recorded.entries) == 2
    assert left_ms(desk, "P1") == 79 * MINUTE_MS
    head = desk.ledger.head()
    other = open_desk(folder, desk.clock, "t2")
    other.boots.attach()
    assert other.ledger.head() == head
    other.ledger.close()


def test_a_room_clock_not_compared_keeps_a_session_from_being_sealed(
    desk: Desk,
) -> None:
    a_session(desk, 1)
    hand_clock(desk).reboot(MINUTE_MS)
    desk.boots.attach()
    ended(desk, A)
    scored(desk, A)

    (lacking,) = blockers.to_seal(desk.session(A))
    assert "since a restart" in explain(lacking.reason)
    assert lacking.place == "testing"
    desk.perform(ConfirmRoomClock(session_id=A), LEE)
    desk.seal(A, DANA, DANA_PIN)


def test_nothing_is_sealed_without_the_pin(desk: Desk) -> None:
    a_session(desk, 1, stage=Stage.ENDED)

    assert "PIN" in refusal(desk, SealSession(session_id=A))
    with refuses("not correct"):
        desk.seal(A, DANA, "000000")
    assert desk.session(A).stage is Stage.ENDED


# Plans and irregularities


@pytest.mark.parametrize(("days", "possible"), [(731, True), (733, False)])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_session_is_planned_within_two_years_of_now(
    desk: Desk, days: int, possible: bool, sign: int
) -> None:
    plan = PlanSession(
        session_id=A,
        title="Morning",
        starts_at_utc_ms=desk.now().utc_ms + sign * days * DAY_MS,
        module_ids=("safety",),
        rooms=(Room(name="204", rows=1, columns=1),),
    )
    if possible:
        desk.perform(plan, LEE)
    else:
        assert "two years" in refusal(desk, plan)


@pytest.mark.parametrize(
    "changes", [{"severity": 0}, {"severity": 4}, {"scope": "town"}, {"validity": "x"}]
)
def test_an_irregularity_of_no_known_kind_is_refused(
    desk: Desk, changes: dict[str, int] | dict[str, str]
) -> None:
    a_session(desk, 1)

    assert " is not a" in refusal(desk, irregularity(**changes))


@pytest.mark.parametrize(("ahead_ms", "possible"), [(60_000, True), (60_001, False)])
def test_an_irregularity_does_not_lie_ahead(
    desk: Desk, ahead_ms: int, possible: bool
) -> None:
    a_session(desk, 1)
    command = irregularity(happened_at_utc_ms=desk.now().utc_ms + ahead_ms)
    if possible:
        desk.perform(command, LEE)
    else:
        assert "not happened yet" in refusal(desk, command)


# The countdown and late starts


def late_and_seated(desk: Desk) -> None:
    planned(desk, ("P1", "P2"), A, "safety")
    opened(desk, A)
    seated(desk, A, attempt_id("P1"))
    desk.perform(ExpectLate(**P2), LEE)


def test_nothing_is_halted_or_started_late_during_the_countdown(desk: Desk) -> None:
    late_and_seated(desk)
    desk.perform(StartSession(session_id=A), LEE)
    desk.perform(ArriveLate(**P2), LEE)
    seated(desk, A, attempt_id("P2"))

    assert "Undo the start" in refusal(desk, HaltSession(session_id=A, reason="alarm"))
    assert "not started" in refusal(desk, StartLate(**P2))
    advance(desk, 10_000)
    desk.perform(StartLate(**P2), LEE)


def test_a_checked_in_candidate_is_not_marked_absent(desk: Desk) -> None:
    planned(desk, ("P1",), A, "safety")
    opened(desk, A)
    at_the_desk(desk, A, attempt_id("P1"))

    text = refusal(desk, MarkAbsent(session_id=A, attempt_ids=(attempt_id("P1"),)))

    assert "seat or deny" in text


# A corrected roster


@pytest.mark.parametrize(
    ("changes", "gates", "stands"),
    [
        ({"person": "Other, Name"}, {Gate.PHOTO_ID, Gate.NAME}, "expected"),
        (
            {"user_code": "NEW"},
            {Gate.NAME, Gate.USER_CODE, Gate.ELIGIBLE},
            "checked-in",
        ),
        (
            {"factor_permille": 1500},
            {Gate.ACCOMMODATIONS, Gate.ELIGIBLE},
            "checked-in",
        ),
        ({"paid": True}, {Gate.ELIGIBLE}, "checked-in"),
    ],
)
def test_a_gate_is_checked_again_after_a_roster_correction(
    desk: Desk, changes: Any, gates: set[Gate], stands: str
) -> None:
    planned(desk, ("P1",), A, "safety")
    opened(desk, A)
    seated(desk, A, attempt_id("P1"))
    fields = vars(build_assignment(desk, A, "P1", "safety")) | changes

    fields |= {"override": "approved yesterday"} if "factor_permille" in changes else {}
    desk.perform(AssignAttempt(**fields), DANA)

    one = attempt(desk, "P1")
    assert (set(one.open_gates), one.standing, one.seat) == (gates, stands, "A1")
    for gate in one.open_gates:
        desk.perform(gates_passed(P1, (gate,)), LEE)
    assert progress(desk, "P1") == "seated"


# Credits and calls


def test_small_credits_add_up_to_one_that_needs_the_coordinator(desk: Desk) -> None:
    a_session(desk, 1)
    desk.perform(credit(10), LEE)

    assert "coordinator" in refusal(desk, credit(6))
    desk.perform(credit(6), DANA)
    desk.perform(credit(-1), LEE)


def announce(minutes: int) -> Announce:
    return Announce(session_id=A, minutes=minutes, attempt_ids=(attempt_id("P1"),))


def test_minutes_are_announced_when_they_are_due_and_no_others(desk: Desk) -> None:
    a_session(desk, 1)
    advance(desk, 57 * MINUTE_MS)
    assert "too early" in refusal(desk, announce(30))
    advance(desk, MINUTE_MS)
    assert "has no announcement at" in refusal(desk, announce(29))
    desk.perform(announce(30), LEE)


def test_a_credit_lets_a_figure_be_announced_again(desk: Desk) -> None:
    a_session(desk, 1)
    advance(desk, 60 * MINUTE_MS)
    desk.perform(announce(30), LEE)
    desk.perform(credit(10), LEE)

    call = next_call(desk.session(A), line(desk), definitions().policies)
    assert call is not None
    assert (call.minutes, call.due_line_ms - line(desk)) == (30, 10 * MINUTE_MS)
    desk.perform(UNDO, LEE)
    assert 30 in attempt(desk, "P1").announced


# Disputes


def test_any_staff_member_can_correct_the_first_keying(desk: Desk) -> None:
    a_session(desk, 1)
    ended(desk, A)
    key(desk, "63", "pass")
    key(desk, "64", "pass")
    assert attempt(desk, "P1").score.state == "mismatch"
    key(desk, "64", "pass")
    key(desk, "64", "pass")

    assert attempt(desk, "P1").counts


def test_a_contradiction_is_not_got_rid_of_by_leaving_the_verdict_out(
    desk: Desk,
) -> None:
    a_session(desk, 1)
    ended(desk, A)
    key(desk, "63", "pass")
    key(desk, "63")

    assert attempt(desk, "P1").has_discrepancy
    for command in (
        KeyScore(**P1, shown="63", shown_as="raw"),
        ExplainScore(**P1, state="pending", reason="doubt"),
        UNDO,
    ):
        assert "coordinator" in refusal(desk, command)


def test_a_contradiction_survives_an_undo(desk: Desk) -> None:
    a_session(desk, 1)
    ended(desk, A)
    key(desk, "63", "pass")
    desk.perform(UNDO, LEE)
    key(desk, "63")

    assert attempt(desk, "P1").has_discrepancy


# Names


def test_two_people_of_one_name_are_distinguished(desk: Desk) -> None:
    rows = [
        RegisterPerson(
            participant_id=one,
            family_name="Lopez",
            given_name="Ana",
            registration=Registration("safety", f"C{one}"),
        )
        for one in ("900001", "900002")
    ]
    planned(desk, ("P1",), A, "safety")
    desk.registrar.register(rows, LEE)
    for row in rows:
        desk.perform(build_assignment(desk, A, row.participant_id, "safety"), LEE)
    opened(desk, A)

    texts = [explain(one.reason) for one in blockers.to_start(desk.session(A))]

    assert texts == [
        "FamilyP1, Kim is expected",
        "Lopez, Ana (ID \u20260001) is expected",
        "Lopez, Ana (ID \u20260002) is expected",
    ]


@pytest.mark.parametrize("name", ["Kim FamilyP1", "FAMILYP1, KÍM"])
def test_a_candidate_does_not_become_staff(desk: Desk, name: str) -> None:
    planned(desk, ("P1",), A, "safety")

    with refuses("cannot be staff"):
        desk.staff.add_staff(name, Role.PROCTOR, "739154", "", DANA)


@pytest.mark.parametrize(
    ("family", "given"), [("Wong", "LEE"), ("Lee", "Wong"), ("Wong Lee", "")]
)
def test_staff_does_not_become_a_candidate_in_whatever_order(
    desk: Desk, family: str, given: str
) -> None:
    row = RegisterPerson(participant_id="S", family_name=family, given_name=given)

    (outcome,) = desk.registrar.register([row], DANA)

    assert isinstance(outcome, Refused)
