"""A staged day to act on: the desk, its proctor, and a director who watches."""

from random import Random
from typing import TypedDict

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.commands.checkin import OpenCheckIn
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.commands.score import KeyScore
from cptkiosk.domain.commands.testing import EndSession, FinishAttempt, StartSession
from cptkiosk.domain.rules.checkin import ROOM_CHECKS
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import MINUTE_MS, Actor
from cptkiosk.drill.checkin import check_in_one
from cptkiosk.drill.director import Director
from cptkiosk.drill.sample_center import make_center
from cptkiosk.drill.scenario_run import ScenarioRun
from cptkiosk.drill.scenario_steps import Scene
from cptkiosk.drill.simulated_proctor import HandClock, SimulatedProctor

PEOPLE, SEED = 12, 3
SECOND_MS = 1000


class About(TypedDict):
    """The attempt that a command is about."""

    session_id: str
    attempt_id: str


class Rehearsal:
    """A staged day, a proctor at the desk, and a director who watches the record."""

    def __init__(
        self,
        desk: Desk,
        scenes: tuple[Scene, ...],
        *,
        people: int = PEOPLE,
        speed: int = 1,
    ) -> None:
        assert isinstance(desk.clock, HandClock), "the day is turned by hand"
        self.desk, self.clock = desk, desk.clock
        self.actor, self.session_id = make_center(desk, SEED, people)
        self.hands = SimulatedProctor(
            desk, self.clock, self.session_id, self.actor, print
        )
        self.director = Director(desk, self.session_id, scenes, SEED, speed)

    @property
    def play(self) -> ScenarioRun:
        """The first scene, which must have been asked for."""
        return self.director.plays[0]

    @property
    def session(self) -> Session:
        return self.desk.session(self.session_id)

    @property
    def said(self) -> str:
        return "\n".join(self.director.due_words())

    @property
    def about(self) -> About:
        """The fields of a command that name the attempt of the first scene."""
        return {
            "session_id": self.session_id,
            "attempt_id": self.play.part.attempt_id,
        }

    def do(self, command: SessionCommand, actor: Actor | None = None) -> str:
        self.desk.perform(command, actor or self.actor)
        return self.said

    def wait(self, ms: int) -> None:
        """Let time pass, looked at once a second, as the kiosk does."""
        for _ in range(ms // SECOND_MS):
            self.clock.advance(SECOND_MS)
            self.director.due_words()

    def open_doors(self) -> None:
        self.do(
            OpenCheckIn(
                session_id=self.session_id,
                room_checks=ROOM_CHECKS,
                no_conflicts_declared=True,
            )
        )

    def seat(self, attempt_id: str) -> None:
        check_in_one(self.hands, attempt_id, 0, Random(1))
        self.director.due_words()

    def until_the_doors_say(self) -> None:
        """Seat one after the other until something happens at the doors."""
        self.open_doors()
        for one in self.session.attempts:
            if self.play.in_sight:
                return
            self.seat(one)
        pytest.fail("nothing happened at the doors")

    def start(self, minutes: int = 0) -> None:
        """Seat the rest, start, and let minutes pass."""
        if self.session.stage is Stage.PLANNED:
            self.open_doors()
        for one in tuple(self.session.attempts.values()):
            if one.standing in {AttemptProgress.EXPECTED, AttemptProgress.CHECKED_IN}:
                self.seat(one.attempt_id)
        self.do(StartSession(session_id=self.session_id))
        self.wait(10 * SECOND_MS + minutes * MINUTE_MS)

    def until_said(self, minutes: int = 90) -> str:
        for _ in range(minutes * 60):
            if self.play.in_sight:
                return self.said
            self.wait(SECOND_MS)
        pytest.fail("it was never said")

    def report(self, code_id: str, *attempt_ids: str) -> str:
        code = self.desk.definitions.irregularity(code_id)
        return self.do(
            RecordIrregularity(
                session_id=self.session_id,
                code=code.id,
                severity=code.severity,
                scope=code.scope,
                validity=code.validity,
                attempt_ids=attempt_ids,
                observed="Seen by the proctor.",
                action_taken="Told them.",
            )
        )

    def end(self) -> None:
        for one in self.session.live_attempts:
            self.do(
                FinishAttempt(session_id=self.session_id, attempt_id=one.attempt_id)
            )
        self.do(EndSession(session_id=self.session_id))

    def key(self, attempt_id: str, raw: object) -> str:
        command = KeyScore(
            session_id=self.session_id,
            attempt_id=attempt_id,
            shown=f"{raw}",
            shown_as="raw",
        )
        return self.do(command)
