"""Simulated sessions in which some people have accommodations, and take their time."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt, SessionCommand
from cptkiosk.domain.commands.closing import SeeIrregularities
from cptkiosk.domain.commands.irregularity import RecordIrregularity, TakeNote
from cptkiosk.domain.commands.planning import PlanSession
from cptkiosk.domain.commands.score import KeyScore
from cptkiosk.domain.commands.testing import (
    BeginBreak,
    BeginPause,
    EndBreak,
    EndPause,
    EndSession,
    FinishAttempt,
    GiveCredit,
)
from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.blockers import unseen_irregularities
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.values import DAY_MS, MINUTE_MS
from cptkiosk.services.assignment import build_assignment
from support.center import DANA, LEE, LEE_PIN
from support.sessions import (
    advance,
    counted,
    explained,
    opened,
    seated,
    started,
)

FAMILIES = ("Alvarez", "Brooks", "Chen", "Diallo", "Evans", "Farouk", "García", "Hill")
GIVEN = ("Ana", "Ben", "Carla", "Dmitri", "Eve", "Femi", "Grace", "Hugo", "Ivy")
FACTORS = (1000, 1250, 1500, 1500, 2000)
ACCOMMODATED = 0.35
LARGEST = 6
ALONE = 0.3
"""How often a session has one person only: its numbers are about nobody else."""


@dataclass(frozen=True)
class Person:
    """A candidate of a simulated session."""

    participant_id: str
    factor_permille: int
    stop_clock: bool

    @property
    def accommodated(self) -> bool:
        """What a receiver of results must not be able to tell."""
        return self.factor_permille != 1000 or self.stop_clock


def hold_session(desk: Desk, chance: Random, session_id: str) -> tuple[Person, ...]:
    """Hold and seal a session; return who took part."""
    people = tuple(_invite(chance, session_id))
    _register(desk, chance, people)
    plan = PlanSession(
        session_id=session_id,
        title=chance.choice(("Morning", "Afternoon", "Extra time group")),
        starts_at_utc_ms=desk.now().utc_ms,
        module_ids=("safety",),
        rooms=(Room(name="204", rows=2, columns=4),),
    )
    desk.perform(plan, LEE)
    for one in people:
        desk.perform(
            build_assignment(desk, session_id, one.participant_id, "safety"), LEE
        )
    opened(desk, session_id)
    for one in chance.sample(people, len(people)):
        seated(desk, session_id, f"{one.participant_id}-safety")
    started(desk, session_id)
    for step in _plan_steps(chance, session_id, people):
        _wait_until(desk, session_id, step.minute)
        for command in step.commands:
            desk.perform(command, LEE)
    desk.perform(EndSession(session_id=session_id), LEE)
    _key_scores(desk, chance, session_id)
    counted(desk, session_id)
    explained(desk, session_id)
    _see_all(desk, session_id)
    desk.seal(session_id, LEE, LEE_PIN)
    advance(desk, DAY_MS)
    return people


def _invite(chance: Random, session_id: str) -> Iterator[Person]:
    alone = chance.random() < ALONE
    for number in range(1 if alone else chance.randint(2, LARGEST)):
        accommodated = chance.random() < ACCOMMODATED
        factor = chance.choice(FACTORS) if accommodated else 1000
        stop_clock = accommodated and (factor == 1000 or chance.random() < 0.5)
        yield Person(
            f"{session_id}{number}{chance.randrange(1000):03}", factor, stop_clock
        )


def _register(desk: Desk, chance: Random, people: tuple[Person, ...]) -> None:
    desk.registrar.register(
        [
            RegisterPerson(
                participant_id=one.participant_id,
                family_name=f"{chance.choice(FAMILIES)}-{chance.choice(FAMILIES)}",
                given_name=chance.choice(GIVEN),
                birth_date="1990-04-02",
                registration=Registration(
                    "safety",
                    f"U{chance.randrange(10**8):08}",
                    factor_permille=one.factor_permille,
                    stop_clock=one.stop_clock,
                ),
            )
            for one in people
        ],
        LEE,
    )


@dataclass(frozen=True)
class Step:
    """What happens at some minute of a session."""

    minute: float
    commands: tuple[SessionCommand, ...]


def _plan_steps(
    chance: Random, session_id: str, people: tuple[Person, ...]
) -> list[Step]:
    """Return everything until the last one has finished, in order.

    People with more time use more of it, and take the breaks that they were granted.
    """
    steps: list[Step] = []
    for one in people:
        about: AboutAttempt = {
            "session_id": session_id,
            "attempt_id": f"{one.participant_id}-safety",
        }
        allowed = 90 * one.factor_permille / 1000
        end = chance.uniform(0.6, 0.95) * allowed
        for number in range(chance.randint(1, 2) if one.stop_clock else 0):
            begin = 5 + number * 20 + chance.uniform(0, 15)
            pause = BeginPause(**about, reason="agreed", kind="stop-clock break")
            steps += [Step(begin, (pause,)), Step(begin + 0.5, (EndPause(**about),))]
        if chance.random() < 0.2:
            begin = chance.uniform(5, end - 10)
            out = (BeginBreak(**about), EndBreak(**about))
            steps.append(Step(begin, out))
        if chance.random() < 0.2:
            steps.append(Step(3, _report(chance, about)))
        if chance.random() < 0.1:
            credit = GiveCredit(**about, credit_ms=2 * MINUTE_MS, reason="fault")
            steps.append(Step(2, (credit,)))
        if chance.random() < 0.2:
            steps.append(Step(4, (TakeNote(session_id=session_id, text="calm"),)))
        steps.append(Step(end, (FinishAttempt(**about),)))
    return sorted(steps, key=lambda one: one.minute)


def _report(chance: Random, about: AboutAttempt) -> tuple[SessionCommand, ...]:
    """Return a report that comes as often about people with accommodations."""
    code, severity, validity, details = chance.choice(
        (
            ("ENV-NOISE", 1, "none", (("noise-source", "a mower"), ("minutes", "2"))),
            ("ENV-NOISE", 1, "flag", (("noise-source", "a mower"), ("minutes", "2"))),
            ("OTH", 1, "flag", ()),
        )
    )
    return (
        RecordIrregularity(
            session_id=about["session_id"], code=code, severity=severity,
            scope="attempt", validity=validity, attempt_ids=(about["attempt_id"],),
            observed="A mower outside.", action_taken="Closed the window.",
            details=details,
        ),
    )  # fmt: skip


def _wait_until(desk: Desk, session_id: str, minute: float) -> None:
    session = desk.session(session_id)
    line_ms = session.timeline_ms(desk.now())
    assert session.start_line_ms is not None
    due_ms = session.start_line_ms + int(minute * MINUTE_MS)
    if due_ms > line_ms:
        advance(desk, due_ms - line_ms)


def _key_scores(desk: Desk, chance: Random, session_id: str) -> None:
    """Key every score in the order in which people finished."""
    people = desk.session(session_id).attempts.values()
    for one in sorted(people, key=lambda one: one.end_line_ms or 0):
        assert one.standing is AttemptProgress.FINISHED
        raw = chance.randint(40, one.module.items)
        for _ in range(2):
            key = KeyScore(
                session_id=session_id, attempt_id=one.attempt_id, shown=f"{raw}",
                shown_as="raw",
            )  # fmt: skip
            desk.perform(key, LEE)


def _see_all(desk: Desk, session_id: str) -> None:
    unseen = unseen_irregularities(
        desk.session(session_id), desk.center.was_coordinator
    )
    if unseen:
        saw = tuple(one.event.irregularity_id for one in unseen)
        desk.perform(SeeIrregularities(session_id=session_id, saw=saw), DANA)
