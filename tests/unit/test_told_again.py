"""What is told again, put right or taken back later leaves what had been settled."""

import json

import pytest

from cptkiosk.cli.session_json import session_json
from cptkiosk.desk import Desk
from cptkiosk.domain import blockers, guide
from cptkiosk.domain import commands as c
from cptkiosk.domain import personal_record as p
from cptkiosk.domain.attempt import Progress, Validity
from cptkiosk.domain.candidate import RegisterPerson, Registration
from cptkiosk.domain.scoring import read_score
from cptkiosk.domain.session import Stage
from cptkiosk.domain.values import HOUR_MS, MINUTE_MS, Actor, Refused, Role
from cptkiosk.reports.session_report import session_report
from support.center import DANA, LEE, LEE_PIN
from support.exams import (
    allowed,
    begun,
    keyed,
    opening,
    planned,
    policy,
    refusal,
    registered,
    rolled,
)
from support.sessions import (
    a_session,
    advance,
    at_the_desk,
    attempt,
    attempt_id,
    ended,
    halted,
    left_ms,
    line,
    progress,
    scored,
    seated,
    started,
)

A = "a"
ONE = {"session_id": A, "attempt_id": attempt_id("P1")}
TWO = {"session_id": A, "attempt_id": attempt_id("P2")}
THREE = {"session_id": A, "attempt_id": attempt_id("P3")}
SAM_PIN = "615283"
FULL_MS = 90 * MINUTE_MS


def report(desk: Desk):
    zone, definitions = desk.zone, desk.definitions
    text = session_report(desk.session(A), desk.center, zone, definitions)
    return " ".join(text.split())


def one_is_late(desk: Desk) -> None:
    """P1 is testing; P2 is expected late."""
    a_session(desk, 2, Stage.CHECK_IN)
    seated(desk, A, attempt_id("P1"))
    desk.perform(c.ExpectLate(**TWO), LEE)
    started(desk, A)


# The room clock


def restarted(desk: Desk, gap_ms, lost_ms: int = 0) -> None:
    """P1 has been testing for half an hour when the machine restarts."""
    a_session(desk, 1)
    advance(desk, 30 * MINUTE_MS)
    desk.beat()
    desk.clock.reboot(gap_ms - lost_ms)
    desk.attach()


def corrected(by_ms):
    return c.ConfirmRoomClock(session_id=A, correction_ms=by_ms)


def test_a_comparison_gives_back_no_more_than_the_time_away(desk: Desk) -> None:
    restarted(desk, 5_000)

    why = refusal(desk, corrected(-5_001))
    assert why.endswith("Key -5 to 0 seconds, or how much later it is.")
    desk.perform(corrected(-5_000), LEE)
    assert left_ms(desk, "P1") == FULL_MS - 30 * MINUTE_MS


def test_not_even_the_coordinator_gives_back_time_by_a_comparison(desk: Desk) -> None:
    restarted(desk, 5_000)

    assert "no remaining time grows" in refusal(desk, corrected(-3 * HOUR_MS), DANA)


def test_of_a_gap_that_counted_as_nothing_nothing_is_taken_back(desk: Desk) -> None:
    restarted(desk, 5_000, lost_ms=10**10)

    assert "Key 0 seconds, or how much later" in refusal(desk, corrected(-1))
    desk.perform(corrected(0), LEE)


def test_of_a_second_gap_nothing_is_taken_back_while_the_first_is_unknown(
    desk: Desk,
) -> None:
    restarted(desk, 5_000, lost_ms=10**10)
    desk.clock.reboot(MINUTE_MS)
    desk.attach()

    assert "Key 0 seconds" in refusal(desk, corrected(-1_000))


# Scratch paper


def test_scratch_paper_given_out_after_the_count_is_counted_again(desk: Desk) -> None:
    one_is_late(desk)
    desk.perform(c.ReconcileScratch(session_id=A, returned=1), LEE)
    desk.perform(c.ArriveLate(**TWO), LEE)
    seated(desk, A, attempt_id("P2"))
    desk.perform(c.StartLate(**TWO), LEE)
    ended(desk, A)
    for one in (ONE, TWO):
        keyed(desk, one, "70")

    (open_one,) = blockers.to_seal(desk.session(A))
    assert open_one.text == "scratch paper to count again: 2 sheets issued"
    with pytest.raises(Refused, match="2 sheets"):
        desk.seal(A, LEE, LEE_PIN)
    desk.perform(c.ReconcileScratch(session_id=A, returned=2), LEE)
    desk.seal(A, LEE, LEE_PIN)


# Irregularities


def breach(
    *who,
    severity: int = 3,
    supersedes: str = "",
    told: str = "",
    ago_ms: int = 0,
    desk: Desk = None,
    **more,
):
    happened_ms = desk.now().utc_ms - ago_ms if desk else 0
    wish = {
        "code": "STF-HELP",
        "scope": "attempt",
        "validity": "withhold",
        "observed": "told the answer",
        "action_taken": "",
    } | more
    return c.RecordIrregularity(
        session_id=A,
        severity=severity,
        attempt_ids=tuple(map(attempt_id, who)),
        told=told,
        supersedes=supersedes,
        happened_at_utc_ms=happened_ms,
        **wish,
    )


def validity(desk: Desk, who):
    return attempt(desk, who).validity


@pytest.fixture
def cleared(desk: Desk) -> Desk:
    """P1's score was withheld for a breach, and the coordinator has cleared it."""
    a_session(desk, 2, Stage.ENDED)
    desk.perform(breach("P1"), LEE)
    clean = c.DecideValidity(**ONE, validity="clean", reason="heard wrongly")
    desk.perform(clean, DANA)
    return desk


def test_completing_an_entry_leaves_a_score_that_was_cleared(cleared: Desk) -> None:
    cleared.perform(breach("P1", supersedes="a-i1", told="Dana 10:05"), LEE)

    assert validity(cleared, "P1") is Validity.CLEAN
    assert attempt(cleared, "P1").counts


def test_a_correction_withholds_the_score_of_whom_it_names_in_addition(
    cleared: Desk,
) -> None:
    cleared.perform(breach("P1", "P2", supersedes="a-i1"), LEE)

    assert validity(cleared, "P1") is Validity.CLEAN
    assert validity(cleared, "P2") is Validity.WITHHELD


def test_a_correction_that_is_graver_withholds_what_was_cleared(desk: Desk) -> None:
    a_session(desk, 1, Stage.ENDED)
    desk.perform(breach("P1", severity=2), LEE)
    clean = c.DecideValidity(**ONE, validity="clean", reason="heard wrongly")
    desk.perform(clean, DANA)
    desk.perform(breach("P1", supersedes="a-i1"), LEE)

    assert validity(desk, "P1") is Validity.WITHHELD


def test_a_breach_in_the_room_names_whom_it_concerns(desk: Desk) -> None:
    a_session(desk, 2)
    nobody = breach(code="STF-ABSENT", scope="room")

    assert refusal(desk, nobody).endswith(
        "Mark whoever is concerned; everybody if it is the room."
    )
    assert allowed(desk, breach("P1", "P2", code="STF-ABSENT", scope="room"))


def test_a_breach_while_nobody_is_on_the_roll_names_nobody(desk: Desk) -> None:
    planned(desk, A)

    assert allowed(desk, breach(code="STF-ABSENT", scope="room"))


def test_an_entry_keeps_what_somebody_had_left_when_it_happened(desk: Desk) -> None:
    a_session(desk, 2)
    advance(desk, 20 * MINUTE_MS)
    desk.perform(c.FinishAttempt(**TWO), LEE)
    advance(desk, 20 * MINUTE_MS)
    wish = breach("P1", "P2", ago_ms=30 * MINUTE_MS, desk=desk)
    desk.perform(wish, LEE)
    before = breach("P1", ago_ms=50 * MINUTE_MS, desk=desk)
    desk.perform(before, LEE)

    first, second = (one.event.moments for one in desk.session(A).irregularities)
    assert [one.left_ms for one in first] == [FULL_MS - 10 * MINUTE_MS] * 2
    assert [one.left_ms for one in second] == [None]


# Announcements


def announce(desk: Desk, minutes: int) -> None:
    told = (attempt_id("P1"),)
    wish = c.Announce(session_id=A, minutes=minutes, attempt_ids=told)
    desk.perform(wish, LEE)


def announced(desk: Desk):
    return attempt(desk, "P1").announced


@pytest.fixture
def nearly_over(desk: Desk) -> Desk:
    """P1 has 4 minutes left, and has heard of 30, 10 and 5."""
    a_session(desk, 1)
    for gone, minutes in ((60, 30), (20, 10), (5, 5)):
        advance(desk, gone * MINUTE_MS)
        announce(desk, minutes)
    advance(desk, MINUTE_MS)
    return desk


def test_minutes_are_announced_again_after_a_halt_that_was_dated_back(
    nearly_over: Desk,
) -> None:
    halted(nearly_over, A, ago_ms=8 * MINUTE_MS)

    assert left_ms(nearly_over, "P1") == 12 * MINUTE_MS
    assert announced(nearly_over) == {30}
    back = c.ResumeSession(session_id=A, back=(attempt_id("P1"),))
    nearly_over.perform(back, LEE)
    advance(nearly_over, 2 * MINUTE_MS)
    announce(nearly_over, 10)


def test_a_halt_from_now_on_lets_no_announcement_be_made_again(
    nearly_over: Desk,
) -> None:
    halted(nearly_over, A)

    assert announced(nearly_over) == {30, 10, 5}


def test_minutes_are_announced_again_once_time_taken_off_is_given_back(
    desk: Desk,
) -> None:
    a_session(desk, 1)
    advance(desk, 78 * MINUTE_MS)
    taken = c.GiveCredit(**ONE, credit_ms=-7 * MINUTE_MS, reason="too much")
    desk.perform(taken, LEE)
    announce(desk, 5)
    desk.perform(c.UndoStep(session_id=A), LEE)

    assert left_ms(desk, "P1") == 12 * MINUTE_MS
    assert not announced(desk)


def test_an_undo_that_gives_nothing_back_repeats_no_early_announcement(
    desk: Desk,
) -> None:
    a_session(desk, 1)
    advance(desk, 59 * MINUTE_MS)
    announce(desk, 30)
    desk.perform(c.BeginBreak(**ONE), LEE)
    desk.perform(c.UndoStep(session_id=A), LEE)

    assert announced(desk) == {30}


def test_minutes_are_announced_again_if_the_room_clock_is_behind(desk: Desk) -> None:
    a_session(desk, 1)
    advance(desk, 50 * MINUTE_MS)
    desk.beat()
    desk.clock.reboot(12 * MINUTE_MS)
    desk.attach()
    advance(desk, 18 * MINUTE_MS)
    announce(desk, 10)
    desk.perform(corrected(-5 * MINUTE_MS), DANA)

    assert left_ms(desk, "P1") == 15 * MINUTE_MS
    assert not announced(desk)


@pytest.mark.parametrize(("seconds_late", "may"), [(60, True), (61, False)])
def test_minutes_are_announced_as_long_as_they_are_not_missed(
    desk: Desk, seconds_late: int, may: bool
) -> None:
    a_session(desk, 1)
    advance(desk, 60 * MINUTE_MS + seconds_late * 1000)
    told = (attempt_id("P1"),)

    wish = c.Announce(session_id=A, minutes=30, attempt_ids=told)
    assert allowed(desk, wish) is may
    if not may:
        assert "It is too late: FamilyP1, Kim has 0:28:59 left." in refusal(desk, wish)


# Given up


@pytest.fixture
def given_up(desk: Desk) -> Desk:
    """P1 was testing, P2 seated late, P3 at the desk, P4 never came: a flood."""
    policy(desk, no_show_pays=True)
    a_session(desk, 4, Stage.CHECK_IN)
    seated(desk, A, attempt_id("P1"))
    for who in ("P2", "P3", "P4"):
        late = c.ExpectLate(session_id=A, attempt_id=attempt_id(who))
        desk.perform(late, LEE)
    started(desk, A)
    for one in (TWO, THREE):
        desk.perform(c.ArriveLate(**one), LEE)
    seated(desk, A, attempt_id("P2"))
    at_the_desk(desk, A, attempt_id("P3"))
    desk.perform(c.AbandonSession(session_id=A, reason="a flood"), LEE)
    return desk


def test_whoever_was_in_the_room_is_not_absent_when_a_session_is_given_up(
    given_up: Desk,
) -> None:
    people = given_up.session(A).attempts.values()
    assert [one.standing for one in people] == [
        *[Progress.INTERRUPTED] * 3,
        Progress.ABSENT,
    ]
    assert [str(one.reason or "") for one in people] == [*["a flood"] * 3, ""]


def test_whoever_was_sent_home_before_the_clock_began_needs_no_score(
    given_up: Desk,
) -> None:
    open_ones = blockers.to_seal(given_up.session(A))

    assert [one.attempt_id for one in open_ones if one.place == "scores"] == [
        attempt_id("P1")
    ]


def test_no_score_is_keyed_for_whoever_was_sent_home_before_the_clock_began(
    given_up: Desk,
) -> None:
    key = c.KeyScore(**TWO, shown="70")
    explain = c.ExplainScore(**TWO, state="pending", reason="no network")

    assert "Their clock never began: no score is due." in refusal(given_up, key)
    assert "no score is due" in refusal(given_up, explain)


def test_whoever_was_sent_home_before_the_clock_began_owes_no_assessment(
    given_up: Desk,
) -> None:
    def sessions(who):
        lines = given_up.statement(who).lines
        return [one.session_id for one in lines if one.session_id]

    assert sessions("P1") == sessions("P4") == [A]
    assert sessions("P2") == sessions("P3") == []


def test_a_session_given_up_is_handed_over_and_sealed_and_says_why(
    given_up: Desk,
) -> None:
    given_up.add_staff("Sam Roe", Role.PROCTOR, SAM_PIN, "", DANA)
    explained = c.ExplainScore(**ONE, state="not applicable", reason="a flood")
    given_up.perform(explained, LEE)
    given_up.perform(c.ReconcileScratch(session_id=A, returned=3), LEE)
    given_up.hand_over(A, LEE, LEE_PIN, "s3", SAM_PIN)
    given_up.seal(A, Actor("s3", Role.PROCTOR), SAM_PIN)

    words = report(given_up)
    assert "Abandoned 2026-09-21" in words
    assert "a flood" in words.partition("Roll:")[0]


# Late, and never came


def test_whoever_never_came_is_to_be_marked_absent(desk: Desk) -> None:
    one_is_late(desk)
    advance(desk, 31 * MINUTE_MS)

    step = guide.next_step(desk.session(A), line(desk), desk.definitions.policies)
    assert step.text == "FamilyP2, Kim never came - mark absent in check-in"


def test_whoever_is_seated_too_late_is_to_be_denied(desk: Desk) -> None:
    one_is_late(desk)
    desk.perform(c.ArriveLate(**TWO), LEE)
    seated(desk, A, attempt_id("P2"))
    advance(desk, 31 * MINUTE_MS)

    step = guide.next_step(desk.session(A), line(desk), desk.definitions.policies)
    assert step.text == "FamilyP2, Kim is too late to start - deny them in check-in"


# Off the roll, cancelled, and why


def test_off_the_roll_and_back_nothing_of_the_door_is_lost(desk: Desk) -> None:
    a_session(desk, 1, Stage.CHECK_IN)
    failed = c.FailGate(**ONE, gate="photo-id", reason="showed a library card")
    desk.perform(failed, LEE)
    desk.perform(c.PassGates(**ONE, gates=("scratch", "belongings")), LEE)
    desk.perform(c.CancelAttempt(**ONE, reason="went home"), LEE)
    rolled(desk, A)

    back = attempt(desk, "P1")
    assert [gate for gate, _ in back.failed_gates] == ["photo-id"]
    assert back.passed_gates == {"scratch"}
    assert blockers.scratch_issued(desk.session(A)) == 1


def test_a_session_called_off_leaves_those_who_were_denied_or_absent(
    desk: Desk,
) -> None:
    a_session(desk, 3, Stage.CHECK_IN)
    desk.perform(c.DenyAttempt(**ONE, reason="no ID", coordinator_called=True), LEE)
    desk.perform(c.MarkAbsent(session_id=A, attempt_ids=(attempt_id("P2"),)), LEE)
    desk.perform(c.CancelSession(session_id=A, reason="snow"), LEE)

    assert [progress(desk, who) for who in ("P1", "P2", "P3")] == [
        Progress.DENIED,
        Progress.ABSENT,
        Progress.CANCELLED,
    ]
    assert str(attempt(desk, "P1").reason) == "no ID"


def test_a_halt_is_told_from_the_alarm_on_and_not_from_when_it_was_keyed(
    desk: Desk,
) -> None:
    a_session(desk, 1)
    advance(desk, 30 * MINUTE_MS)
    now_ms = desk.now().utc_ms
    halt = c.HaltSession(session_id=A, reason="alarm", ago_ms=3 * MINUTE_MS)
    desk.perform(halt, LEE)

    ((at, what, why),) = desk.session(A).reasons
    assert (at.utc_ms, what, why.text) == (now_ms - 3 * MINUTE_MS, "halted", "alarm")


def test_why_it_was_halted_reopened_and_amended_is_in_the_sealed_report(
    desk: Desk,
) -> None:
    a_session(desk, 1)
    halted(desk, A)
    back = c.ResumeSession(session_id=A, back=(attempt_id("P1"),))
    desk.perform(back, LEE)
    ended(desk, A)
    desk.perform(c.ReopenSession(session_id=A, reason="ended too soon"), DANA)
    desk.perform(c.EndSession(session_id=A), LEE)
    scored(desk, A)
    desk.seal(A, LEE, LEE_PIN)
    desk.perform(c.AmendSession(session_id=A, reason="a wrong seat"), DANA)
    desk.seal(A, LEE, LEE_PIN)

    why = ["fire alarm", "ended too soon", "a wrong seat"]
    assert [text in report(desk) for text in why] == [True] * 3
    told = json.loads(json.dumps(session_json(desk, desk.session(A))))["reasons"]
    assert [(one["what"], one["reason"]) for one in told] == list(
        zip(("halted", "reopened", "amended"), why, strict=True)
    )


# Who judges whom


def linked(desk: Desk, staff_id) -> None:
    declared = p.DeclareConflict(
        participant_id="P1", staff_id=staff_id, relation="family"
    )
    desk.note(declared, LEE)


def test_nobody_withdraws_a_conflict_of_their_own(desk: Desk) -> None:
    registered(desk, "P1")
    linked(desk, DANA.staff_id)
    withdrawn = p.WithdrawConflict(
        participant_id="P1", staff_id=DANA.staff_id, reason="not so close"
    )

    with pytest.raises(Refused, match="of their own"):
        desk.note(withdrawn, DANA)
    assert desk.note(withdrawn, Actor("s3", Role.COORDINATOR)).entries


def test_nobody_dismisses_whom_they_are_linked_with(desk: Desk) -> None:
    a_session(desk, 1)
    linked(desk, LEE.staff_id)

    dismissed = c.EndEarly(**ONE, outcome="dismissed", reason="talked")
    assert "You are linked with FamilyP1, Kim (family)." in refusal(desk, dismissed)
    assert allowed(desk, dismissed, DANA)
    assert allowed(desk, c.EndEarly(**ONE, outcome="withdrawn", reason="ill"))


def test_nobody_assigns_whom_they_are_linked_with_in_spite_of_a_rule(
    desk: Desk,
) -> None:
    registered(desk, "P1")
    linked(desk, DANA.staff_id)
    planned(desk, A)

    wish = desk.assignment(A, "P1", "safety", override="my nephew")
    assert "You are linked with" in refusal(desk, wish, DANA)
    assert allowed(desk, desk.assignment(A, "P1", "safety"), DANA)


# Small things


def test_nobody_is_ended_early_while_the_countdown_runs(desk: Desk) -> None:
    a_session(desk, 1, Stage.CHECK_IN)
    seated(desk, A, attempt_id("P1"))
    desk.perform(c.StartSession(session_id=A), LEE)
    advance(desk, 1_000)

    withdrawn = c.EndEarly(**ONE, outcome="withdrawn", reason="ill")
    assert "has not begun yet" in refusal(desk, withdrawn)


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
def test_two_of_one_name_are_told_apart_by_as_much_of_the_id_as_it_takes(
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
    desk.register(rows, LEE)
    planned(desk, A)
    for one in ids:
        rolled(desk, A, one)

    session = desk.session(A)
    assert [session.label(one) for one in session.attempts.values()] == [
        f"Kim, Lee (ID {label})" for label in labels
    ]


# What would allow it


def test_a_running_session_is_not_cancelled_but_abandoned(desk: Desk) -> None:
    a_session(desk, 1)

    assert refusal(desk, c.CancelSession(session_id=A, reason="snow")) == (
        "The session cannot be cancelled while the session is running."
        " Abandon it instead."
    )


def test_what_is_over_is_not_promised_for_later(desk: Desk) -> None:
    a_session(desk, 1, Stage.CANCELLED)

    assert refusal(desk, c.StartSession(session_id=A)) == (
        "Nothing can be started while the session is cancelled."
    )
    assert refusal(desk, opening(A)) == (
        "The check-in cannot be opened while the session is cancelled."
    )


@pytest.mark.parametrize(
    ("stage", "allow"),
    [
        (Stage.PLANNED, "That goes once it is running."),
        (Stage.HALTED, "That goes once it is running."),
        (Stage.ENDED, "The coordinator reopens it first"),
        (Stage.ABANDONED, "while the session is abandoned."),
    ],
)
def test_a_refusal_names_only_what_can_still_come(
    desk: Desk, stage: Stage, allow: str
) -> None:
    a_session(desk, 1, stage)

    assert allow in refusal(desk, c.BeginBreak(**ONE))
