"""Sessions in which every way an attempt can stand is on the roll at once."""

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.checkin import (
    ArriveLate,
    DenyAttempt,
    ExpectLate,
    MarkAbsent,
)
from cptkiosk.domain.commands.planning import CancelAttempt, CancelSession
from cptkiosk.domain.commands.score import ExplainScore
from cptkiosk.domain.commands.testing import (
    AbandonSession,
    BeginBreak,
    BeginPause,
    EndEarly,
    FinishAttempt,
    GiveCredit,
    StartLate,
)
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.session import Stage
from support.center import DANA, LEE, LEE_PIN
from support.sessions import (
    advance,
    at_the_desk,
    attempt_id,
    ended,
    halted,
    hand_clock,
    opened,
    planned,
    register,
    scored,
    seated,
    started,
)

A = "a"
BEFORE = (
    "expected", "late-expected", "checked-in", "seated", "absent", "denied",
    "cancelled",
)  # fmt: skip
DURING = (
    "late-expected", "arrived", "checked-in", "seated", "testing", "on-break",
    "paused", "time-up", "finished", "dismissed", "withdrawn", "interrupted",
    "absent", "denied", "cancelled",
)  # fmt: skip
HALTED = (
    "late-expected",
    "seated",
    "checked-in",
    "testing",
    "on-break",
    "paused",
    "time-up",
    "finished",
)
WALK_IN = "walk-in"
_LATE = ("late-expected", "arrived", "checked-in", "seated")
_NEVER = ("absent", "denied", "cancelled")
_EARLY = ("dismissed", "withdrawn", "interrupted")


def _keys(who: str) -> AboutAttempt:
    return {"session_id": A, "attempt_id": attempt_id(who)}


def _never(desk: Desk) -> None:
    desk.perform(MarkAbsent(session_id=A, attempt_ids=(attempt_id("absent"),)), DANA)
    desk.perform(
        DenyAttempt(**_keys("denied"), reason="no ID", coordinator_called=True), DANA
    )
    desk.perform(CancelAttempt(**_keys("cancelled"), reason="moved"), DANA)


def before_the_start(desk: Desk) -> None:
    """Leave a session in check-in with one person for each of BEFORE."""
    planned(desk, BEFORE, A, "safety", ("quality",))
    register(desk, (WALK_IN,), "safety")
    opened(desk, A)
    _never(desk)
    desk.perform(ExpectLate(**_keys("late-expected")), LEE)
    at_the_desk(desk, A, attempt_id("checked-in"))
    seated(desk, A, attempt_id("seated"))


def during_the_test(desk: Desk, whom: tuple[str, ...] = DURING) -> None:
    """Leave a running session with one person for each of `whom`."""
    planned(desk, whom, A, "safety", ("quality",))
    register(desk, (WALK_IN,), "safety")
    opened(desk, A)
    if "absent" in whom:
        _never(desk)
    for who in whom:
        if who in _LATE:
            desk.perform(ExpectLate(**_keys(who)), LEE)
        elif who not in _NEVER:
            seated(desk, A, attempt_id(who))
    started(desk, A)
    advance(desk, 60_000)
    for who in ("arrived", "checked-in", "seated"):
        if who in whom:
            desk.perform(ArriveLate(**_keys(who)), LEE)
    if "seated" in whom:
        at_the_desk(desk, A, attempt_id("checked-in"))
        seated(desk, A, attempt_id("seated"))
    for who in _EARLY:
        if who in whom:
            desk.perform(EndEarly(**_keys(who), outcome=who, reason="ill"), LEE)
    desk.perform(BeginBreak(**_keys("on-break")), LEE)
    desk.perform(BeginPause(**_keys("paused"), reason="screen froze"), LEE)
    left_ms = 89 * 60_000
    desk.perform(
        GiveCredit(**_keys("time-up"), credit_ms=-left_ms, reason="wrong test"), DANA
    )
    desk.perform(FinishAttempt(**_keys("finished")), LEE)


def during_a_halt(desk: Desk) -> None:
    """Leave a halted session with one person for each of HALTED."""
    during_the_test(desk, HALTED)
    halted(desk, A)


def settle(desk: Desk) -> None:
    """Give everybody in a running session an outcome."""
    desk.perform(StartLate(**_keys("seated")), LEE)
    waiting = tuple(
        one.attempt_id
        for one in desk.session(A).attempts.values()
        if one.standing is AttemptProgress.LATE_EXPECTED
    )
    desk.perform(MarkAbsent(session_id=A, attempt_ids=waiting), LEE)
    desk.perform(
        DenyAttempt(**_keys("checked-in"), reason="no seat", coordinator_called=True),
        LEE,
    )
    for one in desk.session(A).attempts.values():
        if one.standing is AttemptProgress.TESTING:
            command = FinishAttempt(session_id=A, attempt_id=one.attempt_id)
            desk.perform(command, LEE)


def in_stage(desk: Desk, stage: Stage) -> None:
    """Leave session `a` in a stage, with a crowd as far as the stage allows one."""
    match stage:
        case Stage.PLANNED | Stage.CANCELLED:
            planned(desk, DURING, A, "safety", ("quality",))
            register(desk, (WALK_IN,), "safety")
        case Stage.CHECK_IN:
            before_the_start(desk)
        case _:
            during_the_test(desk)
    match stage:
        case Stage.CANCELLED:
            desk.perform(CancelSession(session_id=A, reason="snow"), LEE)
        case Stage.HALTED:
            halted(desk, A)
        case Stage.ENDED | Stage.SEALED:
            settle(desk)
            ended(desk, A)
            _explained(desk)
        case Stage.ABANDONED:
            desk.perform(AbandonSession(session_id=A, reason="power"), LEE)
            _explained(desk)
    if stage is Stage.SEALED:
        desk.seal(A, LEE, LEE_PIN)
    assert desk.session(A).stage is stage


def _explained(desk: Desk) -> None:
    scored(desk, A)
    for one in desk.session(A).attempts.values():
        if one.standing in set(_EARLY) and one.start_line_ms is not None:
            command = ExplainScore(
                session_id=A,
                attempt_id=one.attempt_id,
                state="not applicable",
                reason="left early",
            )
            desk.perform(command, LEE)


def bridged(desk: Desk) -> None:
    """Reboot, and let the terminal carry the clock over."""
    hand_clock(desk).reboot(60_000)
    desk.boots.attach()


def just_started(desk: Desk) -> None:
    """Leave a running session of which nothing but its start is recorded."""
    planned(desk, ("testing",), A, "safety")
    register(desk, (WALK_IN,), "safety")
    opened(desk, A)
    seated(desk, A, attempt_id("testing"))
    started(desk, A)
