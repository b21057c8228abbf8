"""The limits of the exam day, each from both sides and to the millisecond."""

import pytest

from cptkiosk import credentials
from cptkiosk.desk import Desk
from cptkiosk.domain import commands as c
from cptkiosk.domain.attempt import Validity
from cptkiosk.domain.guide import missed_call, next_step
from cptkiosk.domain.scoring import passes
from cptkiosk.domain.session import Stage
from cptkiosk.domain.timing import allowed_ms, clock_text
from cptkiosk.domain.values import HOUR_MS, MINUTE_MS, Actor, Refused, Role
from support.center import DANA, DANA_PIN, LEE, LEE_PIN
from support.exams import (
    allowed,
    begun,
    keyed,
    local,
    opening,
    planned,
    policy,
    refusal,
    registered,
    rolled,
    taken,
)
from support.sessions import (
    COUNTDOWN_MS,
    advance,
    at_the_desk,
    attempt_id,
    left_ms,
    line,
    progress,
    seated,
    started,
)

A = "a"
P1, P2 = attempt_id("P1"), attempt_id("P2")
ONE = {"session_id": A, "attempt_id": P1}
TWO = {"session_id": A, "attempt_id": P2}
UNDO = c.UndoStep(session_id=A)


@pytest.fixture
def running(desk: Desk) -> Desk:
    """P1 is testing, since this moment."""
    registered(desk, "P1")
    begun(desk, A)
    return desk


@pytest.fixture
def over(desk: Desk) -> Desk:
    """P1 has finished and nobody has keyed a score."""
    registered(desk, "P1")
    taken(desk, A, "")
    return desk


def one(desk: Desk):
    return desk.session(A).attempts[P1]


def certificates(desk: Desk):
    done = credentials.progress_of(desk, "P1")
    return [passed.module_id for passed in done.certificates]


# Scores


@pytest.mark.parametrize(
    ("module", "raw", "items", "cut", "is_pass"),
    [
        ("safety", 63, 83, 76, False),
        ("safety", 64, 83, 76, True),
        ("quality", 62, 84, 75, False),
        ("quality", 63, 84, 75, True),
        ("production", 61, 83, 74, False),
        ("production", 62, 83, 74, True),
        ("maintenance", 62, 86, 73, False),
        ("maintenance", 63, 86, 73, True),
        ("green", 73, 94, 78, False),
        ("green", 74, 94, 78, True),
    ],
)
def test_one_point_makes_the_difference(
    desk: Desk, module: str, raw: int, items: int, cut: int, is_pass: bool
) -> None:
    assert passes(raw, items, cut) is is_pass
    registered(desk, "P1", module)
    taken(desk, A, f"{raw}", module=module)

    assert certificates(desk) == ([module] if is_pass else [])


def test_a_score_keyed_once_earns_nothing(over: Desk) -> None:
    over.perform(c.KeyScore(**ONE, shown="64"), LEE)
    assert certificates(over) == []

    over.perform(c.KeyScore(**ONE, shown="64"), LEE)
    assert certificates(over) == ["safety"]


# Taking the start back


@pytest.mark.parametrize(
    ("after_ms", "may"),
    [(0, True), (119_000, True), (120_000, True), (120_001, False), (121_000, False)],
)
def test_a_start_is_taken_back_within_two_minutes(
    running: Desk, after_ms: int, may: bool
) -> None:
    advance(running, after_ms)
    assert allowed(running, c.UndoStart(session_id=A)) is may


def test_a_start_is_taken_back_during_the_countdown_too(desk: Desk) -> None:
    registered(desk, "P1")
    planned(desk, A)
    rolled(desk, A)
    desk.perform(opening(A), LEE)
    seated(desk, A, P1)
    desk.perform(c.StartSession(session_id=A), LEE)
    advance(desk, COUNTDOWN_MS - 1)
    desk.perform(c.UndoStart(session_id=A), LEE)

    assert desk.session(A).stage is Stage.CHECK_IN
    assert one(desk).standing == "seated"


def test_a_start_stays_once_anything_was_recorded_since(running: Desk) -> None:
    running.perform(c.TakeNote(session_id=A, text="quiet"), LEE)
    assert "has been recorded" in refusal(running, c.UndoStart(session_id=A), DANA)


# Taking a finish back


@pytest.mark.parametrize(("after_ms", "may"), [(300_000, True), (300_001, False)])
def test_a_finish_is_taken_back_within_five_minutes(
    running: Desk, after_ms: int, may: bool
) -> None:
    running.perform(c.FinishAttempt(**ONE), LEE)
    advance(running, after_ms)

    assert allowed(running, UNDO) is may


def test_a_finish_taken_back_gives_no_time(running: Desk) -> None:
    advance(running, HOUR_MS)
    running.perform(c.FinishAttempt(**ONE), LEE)
    advance(running, 5 * MINUTE_MS)
    running.perform(UNDO, LEE)

    assert left_ms(running, "P1") == 25 * MINUTE_MS


def test_a_finish_is_not_taken_back_while_there_is_a_score(running: Desk) -> None:
    running.perform(c.FinishAttempt(**ONE), LEE)
    running.perform(c.KeyScore(**ONE, shown="64"), DANA)

    assert not allowed(running, UNDO, LEE)


# Late arrivals


@pytest.fixture
def late(desk: Desk) -> Desk:
    """P1 is testing since this moment, P2 is expected late."""
    for who in ("P1", "P2"):
        registered(desk, who)
    planned(desk, A)
    for who in ("P1", "P2"):
        rolled(desk, A, who)
    desk.perform(opening(A), LEE)
    seated(desk, A, P1)
    desk.perform(c.ExpectLate(**TWO), LEE)
    started(desk, A)
    return desk


LATE = [
    (15 * MINUTE_MS, True, True),
    (15 * MINUTE_MS + 1, False, True),
    (30 * MINUTE_MS, False, True),
    (30 * MINUTE_MS + 1, False, False),
]


@pytest.mark.parametrize(("after_ms", "proctor", "coordinator"), LATE)
def test_who_is_late_is_let_in_until_a_limit(
    late: Desk, after_ms: int, proctor: bool, coordinator: bool
) -> None:
    advance(late, after_ms)
    arrive = c.ArriveLate(**TWO)

    assert allowed(late, arrive, LEE) is proctor
    assert allowed(late, arrive, DANA) is coordinator


@pytest.mark.parametrize(("after_ms", "proctor", "coordinator"), LATE)
def test_who_is_late_begins_until_the_same_limit(
    late: Desk, after_ms: int, proctor: bool, coordinator: bool
) -> None:
    late.perform(c.ArriveLate(**TWO), LEE)
    seated(late, A, P2)
    advance(late, after_ms)
    start = c.StartLate(**TWO)

    assert allowed(late, start, LEE) is proctor
    assert allowed(late, start, DANA) is coordinator


def test_a_center_may_set_other_limits(late: Desk) -> None:
    policy(late, late_minutes=5, late_coordinator_minutes=6)
    advance(late, 5 * MINUTE_MS + 1)
    assert not allowed(late, c.ArriveLate(**TWO), LEE)

    advance(late, MINUTE_MS)
    assert not allowed(late, c.ArriveLate(**TWO), DANA)


@pytest.mark.parametrize(("late_clock", "left"), [("own", 90), ("group", 80)])
def test_who_is_late_has_the_whole_time_or_ends_with_the_group(
    late: Desk, late_clock: str, left: int
) -> None:
    policy(late, late_clock=late_clock)
    late.perform(c.ArriveLate(**TWO), LEE)
    seated(late, A, P2)
    advance(late, 10 * MINUTE_MS)
    late.perform(c.StartLate(**TWO), LEE)

    assert left_ms(late, "P1") == 80 * MINUTE_MS
    assert left_ms(late, "P2") == left * MINUTE_MS


def test_the_group_gets_a_halt_back_and_so_does_who_joined_it_after(late: Desk) -> None:
    policy(late, late_clock="group")
    late.perform(c.ArriveLate(**TWO), LEE)
    seated(late, A, P2)
    advance(late, 5 * MINUTE_MS)
    late.perform(c.HaltSession(session_id=A, reason="alarm"), LEE)
    advance(late, 5 * MINUTE_MS)
    late.perform(c.ResumeSession(session_id=A, back=(P1,)), LEE)
    late.perform(c.StartLate(**TWO), LEE)

    assert left_ms(late, "P1") == left_ms(late, "P2") == 85 * MINUTE_MS


# Time


@pytest.mark.parametrize(
    ("permille", "text", "exact"),
    [
        (1000, "1:30:00", 5_400_000),
        (1250, "1:52:30", 6_750_000),
        (1333, "1:59:59", 7_198_200),
        (1500, "2:15:00", 8_100_000),
        (2000, "3:00:00", 10_800_000),
        (3000, "4:30:00", 16_200_000),
        (0, "24:00:00", 86_400_000),
    ],
)
def test_an_accommodation_ends_to_the_millisecond(
    desk: Desk, permille: int, text: str, exact: int
) -> None:
    registered(desk, "P1", factor_permille=permille)
    begun(desk, A)
    assert allowed_ms(90, permille) == exact
    assert clock_text(exact) == text

    advance(desk, exact - 1)
    assert progress(desk, "P1") == "testing"
    advance(desk, 1)
    assert progress(desk, "P1") == "time-up"
    advance(desk, 61_000)
    assert clock_text(left_ms(desk, "P1")) == "+1:01"


@pytest.mark.parametrize(
    ("permille", "may"),
    [(999, False), (1000, True), (5000, True), (5001, False), (1, False), (-1, False)],
)
def test_extra_time_has_a_range(desk: Desk, permille: int, may: bool) -> None:
    registered(desk, "P1", factor_permille=permille)
    planned(desk, A)

    assert allowed(desk, desk.assignment(A, "P1", "safety")) is may


@pytest.mark.parametrize("end_early", [False, True])
def test_time_up_is_computed_from_the_record_and_waits_for_an_answer(
    running: Desk, end_early: bool
) -> None:
    advance(running, 90 * MINUTE_MS)
    assert progress(running, "P1") == "time-up"
    assert not allowed(running, c.EndSession(session_id=A))
    assert not allowed(running, c.BeginBreak(**ONE))

    if end_early:
        running.perform(
            c.EndEarly(**ONE, outcome="interrupted", reason="froze at the end"), LEE
        )
    else:
        running.perform(c.FinishAttempt(**ONE), LEE)
    assert allowed(running, c.EndSession(session_id=A))


@pytest.mark.parametrize(("left", "may"), [(1, True), (0, False), (-1, False)])
def test_a_break_and_a_pause_begin_until_the_last_millisecond(
    running: Desk, left: int, may: bool
) -> None:
    advance(running, 90 * MINUTE_MS - left)

    assert allowed(running, c.BeginBreak(**ONE)) is may
    assert allowed(running, c.BeginPause(**ONE, reason="froze")) is may


def test_stops_that_overlap_count_once(running: Desk) -> None:
    minutes = MINUTE_MS
    advance(running, 10 * minutes)
    running.perform(c.BeginPause(**ONE, reason="froze"), LEE)
    advance(running, 3 * minutes)
    running.perform(
        c.HaltSession(session_id=A, reason="alarm", ago_ms=5 * minutes), LEE
    )
    advance(running, 4 * minutes)
    running.perform(c.EndPause(**ONE), LEE)
    advance(running, 2 * minutes)
    running.perform(c.ResumeSession(session_id=A, back=(P1,)), LEE)
    advance(running, minutes)

    # It ran from 0 to 8 and from 19 to 20; the pause from 10 to 17 lay within the halt.
    assert left_ms(running, "P1") == (90 - 8 - 1) * minutes


def test_a_stop_clock_break_needs_its_approval(desk: Desk) -> None:
    registered(desk, "P1")
    begun(desk, A)
    wish = c.BeginPause(**ONE, reason="insulin", kind="stop-clock break")
    assert "no approved stop-clock break" in refusal(desk, wish, DANA)

    registered(desk, "P2", stop_clock=True)
    begun(desk, "b", "P2")
    other = {"session_id": "b", "attempt_id": P2}
    desk.perform(c.BeginPause(**other, reason="insulin", kind="stop-clock break"), LEE)
    before = desk.session("b").left_ms(desk.session("b").attempts[P2], line(desk, "b"))
    advance(desk, 10 * MINUTE_MS)
    session = desk.session("b")
    assert session.left_ms(session.attempts[P2], line(desk, "b")) == before


# Credits


def credit(ms: int):
    return c.GiveCredit(**ONE, credit_ms=ms, reason="noise")


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("ms", "proctor"), [(15 * MINUTE_MS, True), (15 * MINUTE_MS + 1000, False)]
)
def test_a_proctor_gives_or_takes_up_to_a_quarter_of_an_hour(
    running: Desk, ms: int, proctor: bool, sign: int
) -> None:
    assert allowed(running, credit(sign * ms), LEE) is proctor
    assert allowed(running, credit(sign * ms), DANA)


def test_credits_reach_the_limit_together(running: Desk) -> None:
    running.perform(credit(10 * MINUTE_MS), LEE)
    assert allowed(running, credit(5 * MINUTE_MS), LEE)
    assert not allowed(running, credit(5 * MINUTE_MS + 1), LEE)


@pytest.mark.parametrize(("left", "proctor"), [(1, True), (0, False), (-60_000, False)])
def test_after_time_is_up_a_credit_is_the_coordinators(
    running: Desk, left: int, proctor: bool
) -> None:
    advance(running, 90 * MINUTE_MS - left)

    assert allowed(running, credit(MINUTE_MS), LEE) is proctor
    running.perform(credit(MINUTE_MS), DANA)
    assert left_ms(running, "P1") == left + MINUTE_MS


@pytest.mark.parametrize(("ms", "may"), [(-60_000, True), (-60_001, False)])
def test_no_credit_leaves_less_than_nothing(running: Desk, ms: int, may: bool) -> None:
    advance(running, 89 * MINUTE_MS)
    assert allowed(running, credit(ms), DANA) is may


# Announcements


@pytest.mark.parametrize(
    ("after_s", "is_missed"), [(59, False), (60, False), (61, True)]
)
@pytest.mark.parametrize("minutes", [30, 10, 5])
def test_a_call_nobody_made_for_a_minute_is_missed(
    running: Desk, minutes: int, after_s: int, is_missed: bool
) -> None:
    policies = running.definitions.policies
    for earlier in (30, 10, 5):
        if earlier > minutes:
            advance(running, left_ms(running, "P1") - earlier * MINUTE_MS)
            running.perform(
                c.Announce(session_id=A, minutes=earlier, attempt_ids=(P1,)), LEE
            )
    advance(running, left_ms(running, "P1") - minutes * MINUTE_MS + after_s * 1000)
    missed = missed_call(running.session(A), line(running), policies)

    assert (missed is not None) is is_missed
    if missed is not None:
        assert (missed.minutes, missed.attempt_ids) == (minutes, (P1,))


def test_a_missed_call_is_settled_by_saying_why(running: Desk) -> None:
    advance(running, 61 * MINUTE_MS + 1000)
    policies = running.definitions.policies
    assert missed_call(running.session(A), line(running), policies).minutes == 30
    why = irregularity("TIM-MISSWARN", details=(("minutes", "30"),))
    running.perform(why, LEE)

    assert missed_call(running.session(A), line(running), policies) is None
    assert not running.session(A).in_force[0].event.missing


def test_a_missed_call_is_asked_for_also_once_everybody_has_finished(
    running: Desk,
) -> None:
    policies = running.definitions.policies
    advance(running, 91 * MINUTE_MS)
    for one in running.session(A).attempts:
        running.perform(c.FinishAttempt(session_id=A, attempt_id=one), LEE)

    assert missed_call(running.session(A), line(running), policies).minutes == 30
    step = next_step(running.session(A), line(running), policies)
    assert step.action == "missed"


def test_whoever_finished_before_a_call_did_not_miss_it(running: Desk) -> None:
    policies = running.definitions.policies
    advance(running, 59 * MINUTE_MS)
    for one in running.session(A).attempts:
        running.perform(c.FinishAttempt(session_id=A, attempt_id=one), LEE)
    advance(running, 30 * MINUTE_MS)

    assert missed_call(running.session(A), line(running), policies) is None


def test_why_one_call_was_missed_does_not_settle_another(running: Desk) -> None:
    running.perform(irregularity("TIM-MISSWARN", details=(("minutes", "10"),)), LEE)
    advance(running, 61 * MINUTE_MS + 1000)

    policies = running.definitions.policies
    assert missed_call(running.session(A), line(running), policies).minutes == 30


# Validity


def irregularity(code: str = "ENV-NOISE", severity: int = 1, **changes):
    fields = {
        "session_id": A, "code": code, "severity": severity, "scope": "attempt",
        "validity": "none", "attempt_ids": (P1,),
        "observed": "It was not as it should have been.", "action_taken": "Written down.",
    } | changes  # fmt: skip
    return c.RecordIrregularity(**fields)


def decide(validity, reference: str = "", reason: str = "looked into it"):
    return c.DecideValidity(
        **ONE, validity=validity, reason=reason, reference=reference
    )


@pytest.mark.parametrize(
    ("severity", "validity"), [(1, "clean"), (2, "clean"), (3, "withheld")]
)
def test_only_a_breach_withholds_a_score(
    over: Desk, severity: int, validity: str
) -> None:
    keyed(over, ONE, "64")
    over.perform(irregularity(severity=severity), LEE)

    assert one(over).validity == validity
    assert certificates(over) == ([] if severity == 3 else ["safety"])


def test_a_withheld_score_is_released_by_the_coordinator_alone(over: Desk) -> None:
    keyed(over, ONE, "64")
    over.perform(irregularity(severity=3), LEE)
    assert "needs the coordinator" in refusal(over, decide("clean"), LEE)

    over.perform(decide("clean"), DANA)
    assert certificates(over) == ["safety"]


@pytest.mark.parametrize("proposed", ["none", "flag", "no-attempt"])
def test_a_breach_withholds_whatever_else_is_proposed(
    over: Desk, proposed: str
) -> None:
    over.perform(irregularity(severity=3, validity=proposed), LEE)
    assert one(over).validity == "withheld"


def test_a_void_rests_on_a_decision_from_outside(over: Desk) -> None:
    over.perform(irregularity(severity=3), LEE)
    assert "on its own" in refusal(over, decide("void"), DANA)
    assert "on its own" in refusal(over, decide("void", "  "), DANA)
    assert "needs the coordinator" in refusal(over, decide("void", "MSSC-7"), LEE)

    over.perform(decide("void", "MSSC-7"), DANA)
    assert (one(over).validity, one(over).void_reference) == ("void", "MSSC-7")


@pytest.mark.parametrize("effect", ["none", "flag"])
def test_only_what_is_withheld_becomes_void(over: Desk, effect: str) -> None:
    over.perform(irregularity(severity=2, validity=effect), LEE)
    assert "cannot be declared 'void'" in refusal(over, decide("void", "M-7"), DANA)


def test_a_void_score_may_count_again(over: Desk) -> None:
    keyed(over, ONE, "64")
    over.perform(irregularity(severity=3), LEE)
    over.perform(decide("void", "MSSC-7"), DANA)
    assert certificates(over) == []

    over.perform(decide("clean"), DANA)
    assert certificates(over) == ["safety"]
    assert one(over).void_reference == ""


def test_a_void_score_stays_void_whatever_is_recorded_later(over: Desk) -> None:
    over.perform(irregularity(severity=3), LEE)
    over.perform(decide("void", "MSSC-7"), DANA)
    over.perform(irregularity(severity=3), LEE)
    over.perform(irregularity(severity=2, validity="flag"), LEE)

    assert one(over).validity is Validity.VOID


def test_a_decision_needs_its_reason(over: Desk) -> None:
    over.perform(irregularity(severity=3), LEE)
    assert "A reason is needed" in refusal(over, decide("clean", reason=" "), DANA)


# Irregularities and the seal


def ready(desk: Desk) -> None:
    keyed(desk, ONE, "64")
    desk.perform(c.ReconcileScratch(session_id=A, returned=1), LEE)


def seals(desk: Desk, actor: Actor = LEE):
    return allowed(desk, c.SealSession(session_id=A), actor)


def test_what_an_entry_lacks_keeps_the_session_open_until_it_is_said(
    over: Desk,
) -> None:
    ready(over)
    assert seals(over)
    over.perform(irregularity(), LEE)
    assert not seals(over)
    (event,) = [kept.event for kept in over.session(A).in_force]
    assert event.missing == ("noise-source",)

    said = (("noise-source", "a lawn mower"),)
    first = event.irregularity_id
    over.perform(irregularity(details=said, supersedes=first), LEE)
    assert seals(over)
    assert one(over).irregularities == 1
    assert len(over.session(A).irregularities) == 2


def test_a_breach_says_who_was_told(over: Desk) -> None:
    ready(over)
    said = (("noise-source", "a phone"),)
    over.perform(irregularity(severity=3, details=said), LEE)
    assert not seals(over)

    first = over.session(A).in_force[0].event.irregularity_id
    told = irregularity(
        severity=3, details=said, told="Dana Ortiz at 10:12", supersedes=first
    )
    over.perform(told, LEE)
    assert seals(over)


def test_an_entry_is_superseded_once(over: Desk) -> None:
    over.perform(irregularity(), LEE)
    first = over.session(A).in_force[0].event.irregularity_id
    again = irregularity(supersedes=first)
    over.perform(again, LEE)

    assert "no entry" in refusal(over, again)


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
    assert one(over).validity == "withheld"


def test_nobody_is_taken_off_a_breach_without_the_coordinator(over: Desk) -> None:
    over.perform(irregularity(severity=3), LEE)
    first = over.session(A).in_force[0].event.irregularity_id
    nobody = irregularity(severity=3, scope="session", attempt_ids=(), supersedes=first)

    assert not allowed(over, nobody, LEE)


# Discrepancies


@pytest.mark.parametrize(
    ("shown", "vendor", "uphold", "earned"),
    [
        ("64", "not pass", "score", True),
        ("64", "not pass", "vendor", False),
        ("63", "pass", "score", False),
        ("63", "pass", "vendor", True),
    ],
)
def test_a_discrepancy_is_settled_either_way_and_the_credential_follows(
    over: Desk, shown: str, vendor: str, uphold: str, earned: bool
) -> None:
    for _ in range(2):
        wish = c.KeyScore(**ONE, shown=shown, vendor_verdict=vendor)
        over.perform(wish, DANA)
    over.perform(c.ReconcileScratch(session_id=A, returned=1), LEE)
    assert certificates(over) == []
    assert not seals(over)

    settle = c.SettleDiscrepancy(**ONE, uphold=uphold, reason="vendor's letter")
    assert "needs the coordinator" in refusal(over, settle, LEE)
    over.perform(settle, DANA)
    assert certificates(over) == (["safety"] if earned else [])
    assert seals(over)
    assert not allowed(over, settle, DANA)


def test_a_discrepancy_is_settled_once_the_score_is_verified(over: Desk) -> None:
    over.perform(c.KeyScore(**ONE, shown="64", vendor_verdict="not pass"), LEE)
    settle = c.SettleDiscrepancy(**ONE, uphold="score", reason="vendor's letter")

    assert "has not been keyed twice" in refusal(over, settle, DANA)


def test_a_new_score_needs_a_new_decision(over: Desk) -> None:
    for _ in range(2):
        over.perform(c.KeyScore(**ONE, shown="63", vendor_verdict="pass"), DANA)
    settle = c.SettleDiscrepancy(**ONE, uphold="vendor", reason="vendor's letter")
    over.perform(settle, DANA)
    for _ in range(2):
        over.perform(c.KeyScore(**ONE, shown="62", vendor_verdict="pass"), DANA)

    assert certificates(over) == []
    assert not seals(over, DANA)


# Who signs


def test_the_lead_or_the_coordinator_signs_and_nobody_else(over: Desk) -> None:
    ready(over)
    kim = over.add_staff("Kim Park", Role.PROCTOR, "551177", "", DANA)
    assert kim.seq
    with pytest.raises(Refused, match="The lead proctor or the coordinator signs"):
        over.seal(A, kim_of(over), "551177")
    assert seals(over, DANA)

    over.seal(A, LEE, LEE_PIN)
    assert over.session(A).signed_by == LEE.staff_id


def kim_of(desk: Desk):
    return desk.sign_in("s3", "551177")


def test_anybody_signs_where_the_center_says_so(over: Desk) -> None:
    ready(over)
    over.add_staff("Kim Park", Role.PROCTOR, "551177", "", DANA)
    policy(over, lead_seals=False)

    assert seals(over, kim_of(over))


def test_who_took_over_signs(over: Desk) -> None:
    ready(over)
    over.add_staff("Kim Park", Role.PROCTOR, "551177", "", DANA)
    over.hand_over(A, LEE, LEE_PIN, "s3", "551177")

    assert seals(over, kim_of(over))
    assert not seals(over, LEE)


def test_nobody_makes_themselves_the_lead(over: Desk) -> None:
    over.add_staff("Kim Park", Role.PROCTOR, "551177", "", DANA)
    kim = kim_of(over)
    with pytest.raises(Refused):
        over.hand_over(A, kim, "551177", "s3", "551177")


# Reopening


@pytest.mark.parametrize(
    ("at", "may"), [("2026-09-21T23:59:59.999", True), ("2026-09-22T00:00", False)]
)
def test_a_session_is_reopened_on_the_day_it_ended(
    over: Desk, at: str, may: bool
) -> None:
    reopen = c.ReopenSession(session_id=A, reason="somebody was still testing")
    advance(over, local(at) - over.now().utc_ms)

    assert "needs the coordinator" in refusal(over, reopen, LEE)
    assert allowed(over, reopen, DANA) is may


def test_a_sealed_session_is_amended_by_the_coordinator_and_sealed_anew(
    over: Desk,
) -> None:
    ready(over)
    over.seal(A, LEE, LEE_PIN)
    amend = c.AmendSession(session_id=A, reason="a wrong score")
    assert "needs the coordinator" in refusal(over, amend, LEE)

    over.perform(amend, DANA)
    over.seal(A, DANA, DANA_PIN)
    assert (over.session(A).stage, over.session(A).revision) == (Stage.SEALED, 2)


# The door


def test_two_failed_tries_at_a_gate_are_both_kept(desk: Desk) -> None:
    registered(desk, "P1")
    planned(desk, A)
    rolled(desk, A)
    desk.perform(opening(A), LEE)
    for reason in ("the ID was expired", "the ID was a library card"):
        desk.perform(c.FailGate(**ONE, gate="photo-id", reason=reason), LEE)
    desk.perform(c.PassGates(**ONE, gates=("photo-id",)), LEE)

    reasons = [reason.text for _, reason in one(desk).failed_gates]
    assert reasons == ["the ID was expired", "the ID was a library card"]
    assert not allowed(desk, c.FailGate(**ONE, gate="photo-id", reason="late"))


def test_who_came_for_another_module_is_put_down_for_it_before_any_login(
    desk: Desk,
) -> None:
    registered(desk, "P1")
    registered(desk, "P1", "quality")
    planned(desk, A, "safety", "quality")
    rolled(desk, A)
    desk.perform(opening(A), LEE)
    at_the_desk(desk, A, P1)
    instead = desk.assignment(A, "P1", "quality")
    correct = c.CorrectModule(**ONE, instead=instead, reason="wrong line of the list")
    desk.perform(correct, LEE)

    standings = {
        each.module.module_id: each.standing
        for each in desk.session(A).attempts.values()
    }
    assert standings == {"safety": "cancelled", "quality": "expected"}


def test_the_module_is_not_corrected_once_the_clocks_run(running: Desk) -> None:
    registered(running, "P1", "quality")
    instead = running.assignment(A, "P1", "quality")
    correct = c.CorrectModule(**ONE, instead=instead, reason="wrong module")

    assert not allowed(running, correct, DANA)


# The record


@pytest.mark.parametrize("what", ["finished", "interrupted"])
def test_a_halt_dated_back_before_an_end_is_in_the_tables_too(
    late: Desk, what: str
) -> None:
    from cptkiosk.ledger.verify import verify

    late.perform(c.ArriveLate(**TWO), LEE)
    seated(late, A, P2)
    late.perform(c.StartLate(**TWO), LEE)
    advance(late, 10 * MINUTE_MS)
    if what == "finished":
        late.perform(c.FinishAttempt(**ONE), LEE)
    else:
        late.perform(c.EndEarly(**ONE, outcome=what, reason="ran out"), LEE)
    advance(late, 2 * MINUTE_MS)
    alarm = c.HaltSession(session_id=A, reason="alarm", ago_ms=5 * MINUTE_MS)
    late.perform(alarm, LEE)

    assert verify(late.ledger).entries == late.ledger.head().seq
