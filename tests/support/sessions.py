"""Sessions brought to a stage the way people bring them there: through the desk."""

import time
from dataclasses import replace

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.checkin import OpenCheckIn, PassGates, TakeSeat
from cptkiosk.domain.commands.closing import ReconcileScratch
from cptkiosk.domain.commands.halt import HaltSession, ResumeSession
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.commands.planning import CancelSession, PlanSession
from cptkiosk.domain.commands.score import KeyScore
from cptkiosk.domain.commands.testing import (
    AbandonSession,
    EndSession,
    FinishAttempt,
    StartSession,
)
from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.rules.checkin import ROOM_CHECKS, needs_own_look
from cptkiosk.domain.rules.photo_id import pass_photo_id
from cptkiosk.domain.state.attempt import Attempt, AttemptProgress
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.services.assignment import build_assignment
from support.center import DANA, LEE, LEE_PIN
from support.clock import HandClock

COUNTDOWN_MS = 10_000
DESK_GATES = (
    "eligible", "agreement", "belongings", "accommodations", "scratch", "user-code",
)  # fmt: skip


def roll(count: int) -> tuple[str, ...]:
    """Return the participant ids of a roll of `count`."""
    return tuple(f"P{number}" for number in range(1, count + 1))


def attempt_id(participant_id: str, module: str = "safety") -> str:
    return f"{participant_id}-{module}"


def register(
    desk: Desk, participant_ids: tuple[str, ...], module: str, born: str = "1990-04-02"
) -> None:
    """Register people for a module."""
    desk.registrar.register(
        [
            RegisterPerson(
                participant_id=one,
                family_name=f"Family{one}",
                given_name="Kim",
                birth_date=born,
                registration=Registration(module, f"CODE-{module}-{one}"),
            )
            for one in participant_ids
        ],
        LEE,
    )


def planned(
    desk: Desk, participant_ids: tuple[str, ...], session_id: str, module: str,
    also: tuple[str, ...] = (),
) -> None:  # fmt: skip
    """Plan a session with these people on its roll; it may run other modules too."""
    register(desk, participant_ids, module)
    plan = PlanSession(
        session_id=session_id,
        title="Morning",
        starts_at_utc_ms=desk.now().utc_ms,
        module_ids=(module, *also),
        rooms=(Room(name="204", rows=5, columns=6),),
    )
    desk.perform(plan, LEE)
    for one in participant_ids:
        desk.perform(build_assignment(desk, session_id, one, module), LEE)


def opened(desk: Desk, session_id: str) -> None:
    desk.perform(
        OpenCheckIn(
            session_id=session_id, room_checks=ROOM_CHECKS, no_conflicts_declared=True
        ),
        LEE,
    )


def of_unknown_age(desk: Desk, *participant_ids: str) -> None:
    """Open the doors of session 'a' for people without a birth date on record."""
    planned(desk, (), "a", "safety")
    register(desk, participant_ids, "safety", born="")
    for one in participant_ids:
        desk.perform(build_assignment(desk, "a", one, "safety"), LEE)
    opened(desk, "a")


def gates_passed(about: AboutAttempt, gates: tuple[str, ...]) -> PassGates:
    """Return the command that passes gates; a photo ID was looked at."""
    if "photo-id" in gates:
        return replace(pass_photo_id(about), gates=gates)
    return PassGates(**about, gates=gates)


def at_the_desk(desk: Desk, session_id: str, attempt: str) -> None:
    """Pass every gate but the seat, by itself what has a known problem."""
    one = desk.session(session_id).attempts[attempt]
    minded = needs_own_look(one, desk.preview.against(session_id, one))
    rest = tuple(gate for gate in DESK_GATES if gate not in minded)
    alone = tuple((gate,) for gate in DESK_GATES if gate in minded)
    for gates in (("photo-id",), ("name",), rest, *alone):
        about: AboutAttempt = {"session_id": session_id, "attempt_id": attempt}
        desk.perform(gates_passed(about, gates), LEE)


def seated(desk: Desk, session_id: str, attempt: str) -> None:
    """Check a candidate in, down to the next free seat."""
    at_the_desk(desk, session_id, attempt)
    desk.perform(TakeSeat(session_id=session_id, attempt_id=attempt), LEE)


def started(desk: Desk, session_id: str) -> None:
    """Start, and wait until the countdown is over."""
    desk.perform(StartSession(session_id=session_id), LEE)
    advance(desk, COUNTDOWN_MS)


def hand_clock(desk: Desk) -> HandClock:
    """Return the clock of the machine that a desk runs on, to be turned."""
    assert isinstance(desk.clock, HandClock)
    return desk.clock


def dated_now(desk: Desk) -> None:
    """Let a record end now by this machine's clock: programs beside the desk read that.

    Without it they would take the record for one of the past on some later day.
    """
    hand_clock(desk).step_wall(int(time.time() * 1000) - desk.now().utc_ms)
    desk.staff.change_staff("s2", DANA, trained_on="2026-09-01")


def advance(desk: Desk, ms: int) -> None:
    hand_clock(desk).advance(ms)


def halted(desk: Desk, session_id: str, ago_ms: int = 0) -> None:
    desk.perform(
        HaltSession(session_id=session_id, reason="fire alarm", ago_ms=ago_ms), LEE
    )


def resumed(desk: Desk, session_id: str = "a") -> None:
    """Let the clocks run on after a halt, with everybody back."""
    everybody = tuple(desk.session(session_id).attempts)
    desk.perform(ResumeSession(session_id=session_id, back=everybody), LEE)


def ended(desk: Desk, session_id: str) -> None:
    """Finish everybody and end."""
    for one in desk.session(session_id).live_attempts:
        desk.perform(
            FinishAttempt(session_id=session_id, attempt_id=one.attempt_id), LEE
        )
    desk.perform(EndSession(session_id=session_id), LEE)


def explained(desk: Desk, session_id: str) -> None:
    """Say why whatever the kiosk drafted is so."""
    for one in desk.session(session_id).in_force:
        found = one.event
        if not found.missing:
            continue
        details = [(name, said.text) for name, said in found.details]
        details += [(name, "Lee") for name in found.missing if "more" not in name]
        command = RecordIrregularity(
            session_id=session_id, code=found.code, severity=found.severity,
            scope=found.scope, validity=found.validity,
            attempt_ids=found.attempt_ids, observed="Lee was with somebody ill.",
            action_taken="Told Dana.", details=tuple(details),
            supersedes=found.irregularity_id,
        )  # fmt: skip
        desk.perform(command, LEE)


def scored(desk: Desk, session_id: str, raw: int = 70) -> None:
    """Key everybody's score twice, and count the scratch paper."""
    session = desk.session(session_id)
    for one in session.attempts.values():
        if one.standing is AttemptProgress.FINISHED:
            for _ in range(2):
                command = KeyScore(
                    session_id=session_id,
                    attempt_id=one.attempt_id,
                    shown=f"{raw}",
                    shown_as="raw",
                )
                desk.perform(command, LEE)
    counted(desk, session_id)


def counted(desk: Desk, session_id: str) -> None:
    """Count all scratch paper back."""
    session = desk.session(session_id)
    sheets = sum("scratch" in one.passed_gates for one in session.attempts.values())
    desk.perform(ReconcileScratch(session_id=session_id, returned=sheets), LEE)


def a_session(
    desk: Desk,
    people: int = 4,
    stage: Stage = Stage.RUNNING,
    session_id: str = "a",
    module: str = "safety",
) -> Session:
    """Return a session in `stage`, with everybody testing once it runs."""
    ids = tuple(f"{session_id}{one}" for one in roll(people))
    if session_id == "a":
        ids = roll(people)
    planned(desk, ids, session_id, module)
    if stage is Stage.CANCELLED:
        desk.perform(CancelSession(session_id=session_id, reason="snow"), LEE)
    if stage not in {Stage.PLANNED, Stage.CANCELLED}:
        opened(desk, session_id)
    if stage not in {Stage.PLANNED, Stage.CANCELLED, Stage.CHECK_IN}:
        for one in ids:
            seated(desk, session_id, attempt_id(one, module))
        started(desk, session_id)
    if stage is Stage.HALTED:
        halted(desk, session_id)
    if stage is Stage.ABANDONED:
        desk.perform(AbandonSession(session_id=session_id, reason="power"), LEE)
    if stage in {Stage.ENDED, Stage.SEALED}:
        ended(desk, session_id)
        scored(desk, session_id)
    if stage is Stage.SEALED:
        desk.seal(session_id, LEE, LEE_PIN)
    session = desk.session(session_id)
    assert session.stage is stage
    return session


def line(desk: Desk, session_id: str = "a") -> int:
    """Return this moment on the session's line."""
    return desk.session(session_id).timeline_ms(desk.now())


def attempt(desk: Desk, participant_id: str, session_id: str = "a") -> Attempt:
    return desk.session(session_id).attempts[attempt_id(participant_id)]


def left_ms(desk: Desk, participant_id: str, session_id: str = "a") -> int:
    session = desk.session(session_id)
    return session.left_ms(
        attempt(desk, participant_id, session_id), line(desk, session_id)
    )


def progress(desk: Desk, participant_id: str, session_id: str = "a") -> AttemptProgress:
    session = desk.session(session_id)
    return session.progress(
        attempt(desk, participant_id, session_id), line(desk, session_id)
    )
