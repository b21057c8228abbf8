"""Who came too late or never, who left the roll, and how the report says it."""

import json

import pytest

from cptkiosk.cli.session_json import session_json
from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.checkin import (
    ArriveLate,
    DenyAttempt,
    FailGate,
    MarkAbsent,
    PassGates,
)
from cptkiosk.domain.commands.closing import AmendSession, ReopenSession
from cptkiosk.domain.commands.halt import HaltSession, ResumeSession
from cptkiosk.domain.commands.planning import CancelAttempt, CancelSession
from cptkiosk.domain.commands.testing import EndEarly, EndSession, StartSession
from cptkiosk.domain.guidance import next_step
from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.scoring import read_score
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.words import describe_step
from support.center import DANA, LEE, LEE_PIN
from support.exams import (
    begun,
    one_is_late,
    planned,
    refusal,
    registered,
    report_of,
    rolled,
)
from support.sessions import (
    a_session,
    advance,
    attempt,
    attempt_id,
    ended,
    halted,
    line,
    progress,
    scored,
    seated,
)

A = "a"
ONE: AboutAttempt = {"session_id": A, "attempt_id": attempt_id("P1")}
TWO: AboutAttempt = {"session_id": A, "attempt_id": attempt_id("P2")}


# Late, and never came


def test_missing_candidates_must_be_marked_absent(desk: Desk) -> None:
    one_is_late(desk)
    advance(desk, 31 * MINUTE_MS)

    step = next_step.next_step(desk.session(A), line(desk), desk.definitions.policies)
    assert (
        describe_step(step) == "mark FamilyP2, Kim absent in check-in: did not arrive"
    )


def test_a_candidate_seated_late_can_start_after_any_delay(
    desk: Desk,
) -> None:
    one_is_late(desk)
    desk.perform(ArriveLate(**TWO), LEE)
    seated(desk, A, attempt_id("P2"))
    advance(desk, 31 * MINUTE_MS)

    step = next_step.next_step(desk.session(A), line(desk), desk.definitions.policies)
    assert describe_step(step) == "start the clock for FamilyP2, Kim: seated late"


# Off the roll, cancelled, and why


def test_off_the_roll_and_back_nothing_of_the_door_is_lost(desk: Desk) -> None:
    a_session(desk, 1, Stage.CHECK_IN)
    failed = FailGate(**ONE, gate="photo-id", reason="showed a library card")
    desk.perform(failed, LEE)
    desk.perform(PassGates(**ONE, gates=("scratch", "belongings")), LEE)
    desk.perform(CancelAttempt(**ONE, reason="went home"), LEE)
    rolled(desk, A)

    back = attempt(desk, "P1")
    assert [gate for gate, _ in back.failed_gates] == ["photo-id"]
    assert back.passed_gates == {"scratch"}
    assert blockers.scratch_issued(desk.session(A)) == 1


def test_a_session_called_off_leaves_those_who_were_denied_or_absent(
    desk: Desk,
) -> None:
    a_session(desk, 3, Stage.CHECK_IN)
    desk.perform(DenyAttempt(**ONE, reason="no ID", coordinator_called=True), LEE)
    desk.perform(MarkAbsent(session_id=A, attempt_ids=(attempt_id("P2"),)), LEE)
    desk.perform(CancelSession(session_id=A, reason="snow"), LEE)

    assert [progress(desk, who) for who in ("P1", "P2", "P3")] == [
        AttemptProgress.DENIED,
        AttemptProgress.ABSENT,
        AttemptProgress.CANCELLED,
    ]
    assert str(attempt(desk, "P1").reason) == "no ID"


def test_a_halt_is_reported_from_the_alarm_and_not_from_its_entry(
    desk: Desk,
) -> None:
    a_session(desk, 1)
    advance(desk, 30 * MINUTE_MS)
    now_ms = desk.now().utc_ms
    halt = HaltSession(session_id=A, reason="alarm", ago_ms=3 * MINUTE_MS)
    desk.perform(halt, LEE)

    ((at, what, why),) = desk.session(A).reasons
    assert (at.utc_ms, what, why.text) == (now_ms - 3 * MINUTE_MS, "halted", "alarm")


def test_why_it_was_halted_reopened_and_amended_is_in_the_sealed_report(
    desk: Desk,
) -> None:
    a_session(desk, 1)
    halted(desk, A)
    back = ResumeSession(session_id=A, back=(attempt_id("P1"),))
    desk.perform(back, LEE)
    ended(desk, A)
    desk.perform(ReopenSession(session_id=A, reason="ended too soon"), DANA)
    desk.perform(EndSession(session_id=A), LEE)
    scored(desk, A)
    desk.seal(A, LEE, LEE_PIN)
    desk.perform(AmendSession(session_id=A, reason="a wrong seat"), DANA)
    desk.seal(A, LEE, LEE_PIN)

    why = ["fire alarm", "ended too soon", "a wrong seat"]
    assert [text in report_of(desk) for text in why] == [True] * 3
    told = json.loads(json.dumps(session_json(desk, desk.session(A))))["reasons"]
    assert [(one["what"], one["reason"]) for one in told] == list(
        zip(("halted", "reopened", "amended"), why, strict=True)
    )


# Small things


def test_no_attempt_is_ended_early_during_the_countdown(desk: Desk) -> None:
    a_session(desk, 1, Stage.CHECK_IN)
    seated(desk, A, attempt_id("P1"))
    desk.perform(StartSession(session_id=A), LEE)
    advance(desk, 1_000)

    withdrawn = EndEarly(**ONE, outcome="withdrawn", reason="ill")
    assert "has not started yet" in refusal(desk, withdrawn)


@pytest.mark.parametrize("shown", ["75.00 %", "75%", "75,0 %"])
def test_a_percent_is_kept_as_it_was_shown(desk: Desk, shown: str) -> None:
    registered(desk, "P1", "quality")
    begun(desk, A, "P1", "quality")
    module = desk.session(A).attempts[attempt_id("P1", "quality")].module

    assert read_score(shown, module).shown == shown


@pytest.mark.parametrize(
    ("ids", "labels"),
    [
        (("10004417", "20004418"), ("…4417", "…4418")),
        (("10004417", "20004417"), ("10004417", "20004417")),
        (("91004417", "92004417"), ("…1004417", "…2004417")),
    ],
)
def test_two_people_of_one_name_show_enough_of_the_id_to_differ(
    desk: Desk, ids: tuple[str, str], labels: tuple[str, str]
) -> None:
    rows = [
        RegisterPerson(
            participant_id=one,
            family_name="Kim",
            given_name="Lee",
            registration=Registration("safety", f"C{one}"),
        )
        for one in ids
    ]
    desk.registrar.register(rows, LEE)
    planned(desk, A)
    for one in ids:
        rolled(desk, A, one)

    session = desk.session(A)
    assert [session.label(one) for one in session.attempts.values()] == [
        f"Kim, Lee (ID {label})" for label in labels
    ]
