"""A scene while it is played: what of it has happened, and whether it was answered."""

from collections.abc import Sequence
from enum import StrEnum
from random import Random

from cptkiosk.domain.events.fact import Fact
from cptkiosk.domain.events.halt import SessionHalted
from cptkiosk.domain.state.attempt import OUTCOMES
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.text import visible
from cptkiosk.domain.time import timing
from cptkiosk.drill.expected_events import Part
from cptkiosk.drill.scenario_steps import Moment, ScenarioStep, Scene

OVER_TIMES = 3
"""So many times the time to answer, and a scene has been missed."""

READ_MS = 30_000
"""So long it takes to read of a scene that has come in sight. The clock runs at real speed
until then, and while hands deal with it."""

NAME_CELLS = 32


class Outcome(StrEnum):
    """What came of a scene."""

    HANDLED = "handled"
    LATE = "handled late"
    MISSED = "missed"
    NOT_REACHED = "not reached"


ANSWERED = frozenset({Outcome.HANDLED, Outcome.LATE})


class ScenarioRun:
    """One scene, from waiting for its moment to its outcome."""

    def __init__(
        self, scene: Scene, seed: int, speed: int, part: Part | None = None
    ) -> None:
        """Wait for the moment of a scene.

        Args:
            scene: what happens.
            seed: what makes one rehearsal differ from another.
            speed: how many times as fast the clock runs.
            part: whom it is about, if that is known before it begins.
        """
        self.scene = scene
        self.outcome: Outcome | None = None
        self.took_ms = 0
        """How long the answers took, on the session's timeline without later halts."""

        self.part = part or Part()
        self.shown_ms: int | None = None
        """Since when the present beat is in sight; `None` until then."""

        self.who = ""
        self.words = ""
        self._rng = Random(f"{seed}/{scene.key}{self.part.attempt_id}")
        self._figures = [self._rng.randint(one.low, one.high) for one in scene.beats]
        self._speed = speed
        self._at = 0
        self._since_ms = 0
        self._halts = 0
        """How many halts there were when the present beat came in sight."""

        self._late = False

    @property
    def beat(self) -> ScenarioStep:
        """What happens now, or next."""
        return self.scene.beats[self._at]

    @property
    def has_begun(self) -> bool:
        """Whether anything of it has been in sight."""
        return self._at > 0 or self.shown_ms is not None

    @property
    def in_sight(self) -> bool:
        """Whether it waits for an answer."""
        return self.outcome is None and self.shown_ms is not None

    def hear_entry(self, event: Fact, session: Session, timeline_ms: int) -> None:
        """Take in an entry that may answer what is in sight, or what would come next.

        What was missed and is answered after all goes on from there: who was marked as
        running late has to arrive, however long that took.
        """
        missed = self.outcome is Outcome.MISSED and session.stage in self.beat.stages
        if (self.outcome is not None and not missed) or not self.has_begun:
            return
        if self.beat.answer(event, self.part, session):
            self.outcome = None
            # A halt is no rest from the alarm that it answers, dated back or not.
            rests = not isinstance(event, SessionHalted)
            self._note_answer(
                self._waited_ms(session, timeline_ms, rests=rests), timeline_ms
            )

    def _note_answer(self, took_ms: int, timeline_ms: int) -> None:
        self.took_ms += took_ms
        self._late |= took_ms > self.beat.limit_ms(self._speed)
        self._since_ms, self.shown_ms = timeline_ms, None
        if self._at + 1 < len(self.scene.beats):
            self._at += 1
        else:
            self._settle_scene()

    def _settle_scene(self) -> None:
        self.outcome = Outcome.LATE if self._late else Outcome.HANDLED

    def _waited_ms(
        self, session: Session, timeline_ms: int, *, rests: bool = True
    ) -> int:
        """Return how long it has been in sight, but for halts that began since."""
        if self.shown_ms is None:
            return 0  # Done before it was asked for.
        shown_ms = self.shown_ms
        since = session.halts[self._halts :] if rests else ()
        return timeline_ms - shown_ms - timing.union_ms(since, shown_ms, timeline_ms)

    def slows_clock(self, session: Session, timeline_ms: int) -> bool:
        """Return whether it has just come in sight, or is not to be overtaken by time."""
        rests_ms = READ_MS + 1000 * self.beat.hands_s
        fresh = timeline_ms < (self.shown_ms or 0) + rests_ms
        one = session.attempts.get(self.part.attempt_id)
        is_open = one is not None and one.standing not in OUTCOMES
        return self.in_sight and (fresh or (self.beat.slows and is_open))

    def expire_beat(self, session: Session, timeline_ms: int) -> None:
        """Miss what no one answered while it could be: none of who has finished."""
        if not self.in_sight:
            return
        over_ms = OVER_TIMES * self.beat.limit_ms(self._speed)
        lasts = self.beat.stages
        gone = False
        if Stage.RUNNING in lasts:
            lasts = lasts | {Stage.HALTED}
            one = session.attempts.get(self.part.attempt_id)
            gone = one is not None and one.owes_score
        if (
            gone
            or session.stage not in lasts
            or self._waited_ms(session, timeline_ms) > over_ms
        ):
            self.outcome = Outcome.MISSED

    def open_beat(
        self, session: Session, timeline_ms: int, others: "Sequence[ScenarioRun]"
    ) -> None:
        """Let it happen if this is its moment, and there is someone for it.

        Args:
            session: as it stands.
            timeline_ms: now, on its line.
            others: the other scenes; no one is in two at once, nor in two if others are
                there.
        """
        if self.outcome is not None or self.shown_ms is not None:
            return
        if session.stage not in self.beat.stages:
            return
        figure = self._figures[self._at]
        if not self.beat.due(Moment(session, timeline_ms, self._since_ms, figure)):
            return
        found = self.beat.find(session, timeline_ms)
        is_cast = self._at > 0 or bool(self.part.attempt_id)
        if is_cast:
            found = [one for one in found if one.attempt_id == self.part.attempt_id]
        else:
            found = _find_free(found, others)
        if found:
            self.part = found[0] if is_cast else self._rng.choice(found)
            self.shown_ms, self._halts = timeline_ms, len(session.halts)
            self._say_scene(session)

    def _say_scene(self, session: Session) -> None:
        one = session.attempts.get(self.part.attempt_id)
        self.who = visible(session.label(one), NAME_CELLS) if one else ""
        self.words = self.beat.words.format(
            who=self.who,
            seat=one.seat if one else "",
            right=self.part.right,
            wrong=self.part.wrong,
        )

    def settle_open(self) -> None:
        """Settle it because the rehearsal is over."""
        if self.outcome is not None:
            return
        if self.shown_ms is not None:
            self.outcome = Outcome.MISSED
        elif self.has_begun:
            self._settle_scene()
        else:
            self.outcome = Outcome.NOT_REACHED


def _find_free(found: Sequence[Part], others: Sequence[ScenarioRun]) -> Sequence[Part]:
    """Return those who are in no other scene, or at least in none that goes on."""
    seen = {one.part.attempt_id for one in others}
    busy = {one.part.attempt_id for one in others if one.outcome is None}
    fresh = [one for one in found if one.attempt_id not in seen]
    return fresh or [one for one in found if one.attempt_id not in busy]
