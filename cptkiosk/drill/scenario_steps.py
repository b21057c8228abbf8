"""What a scene is made of: when something happens, to whom, and how long it may take."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cptkiosk.domain.events.planning import AssignedModule
from cptkiosk.domain.state.attempt import WAITING, Attempt, AttemptProgress, Gate
from cptkiosk.domain.state.score_state import KEYED_ONCE
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.drill.expected_events import Answer, Part

LEFT_MIN_MS = 10 * MINUTE_MS
"""No one is interrupted shortly before their time is up."""

DOORS, HOUR, PAPERS = (
    frozenset({Stage.CHECK_IN}),
    frozenset({Stage.RUNNING}),
    frozenset({Stage.ENDED, Stage.ABANDONED}),
)
"""Stages in which something begins: at the doors, in the hour, over the papers."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What decides whether something happens now."""

    session: Session
    timeline_ms: int
    since_ms: int
    """When what came before it in the scene was settled, on the session's timeline."""

    figure: int
    """What the seed drew: people, minutes."""


Due = Callable[[Moment], bool]
Find = Callable[[Session, int], Sequence[Part]]
"""Whom it may happen to: the session, and now on its line."""


@dataclass(frozen=True, slots=True)
class ScenarioStep:
    """One thing that happens in the room."""

    words: str
    """What the proctor sees or hears; {who}, {seat}, {right} and {wrong} stand in it."""

    stages: frozenset[Stage]
    due: Due
    low: int
    high: int
    """Between them the seed draws the figure that `due` is asked with."""

    find: Find
    """Whom it may happen to; after the first beat, to whom the scene is about."""

    answer: Answer
    limit_s: int
    """How long an answer may take; a house figure, as the sources know none."""

    hands_s: int = 20
    """What one's own hands need for it, however fast the clock runs."""

    slows: bool = False
    """Whether the clock runs at real speed until it is answered."""

    def limit_ms(self, speed: int) -> int:
        """Return the time to answer, on a clock that runs `speed` times as fast."""
        return 1000 * max(self.limit_s, self.hands_s * (1 if self.slows else speed))


@dataclass(frozen=True, slots=True)
class Scene:
    """Something out of the ordinary, from its first beat to its last."""

    key: str
    title: str
    asked: str
    """What the rules ask for, in a line."""

    codes: tuple[str, ...]
    """Irregularity codes one of which belongs on record; none needs nothing."""

    beats: tuple[ScenarioStep, ...]


# When something happens


def people_resolved(moment: Moment) -> bool:
    """Tell whether so many people are settled at the doors, a third at the most."""
    roll = moment.session.attempts.values()
    settled = sum(one.standing not in WAITING for one in roll)
    return settled >= min(moment.figure, len(roll) // 3)


def minutes_in(moment: Moment) -> bool:
    """Tell whether the session has run for so many minutes."""
    start_ms = moment.session.start_line_ms
    return (
        start_ms is not None
        and moment.timeline_ms >= start_ms + moment.figure * MINUTE_MS
    )


def minutes_later(moment: Moment) -> bool:
    """Tell whether what came before is so many minutes ago."""
    return moment.timeline_ms >= moment.since_ms + moment.figure * MINUTE_MS


def at_once(_moment: Moment) -> bool:
    """Tell that it happens as soon as there is someone it can happen to."""
    return True


# Whom it may happen to


def the_room(_session: Session, _line_ms: int) -> Sequence[Part]:
    """Return no one in particular."""
    return (Part(),)


def find_whoever(holds: Callable[[Attempt], bool]) -> Find:
    """Return those of the roll of whom something holds."""

    def find_parts(session: Session, _line_ms: int) -> Sequence[Part]:
        return [Part(one.attempt_id) for one in session.attempts.values() if holds(one)]

    return find_parts


def has_shown_nothing(one: Attempt) -> bool:
    """Tell whether someone is yet to come to the doors."""
    return one.standing is AttemptProgress.EXPECTED and Gate.PHOTO_ID in one.open_gates


def who_tests(session: Session, timeline_ms: int) -> Sequence[Part]:
    """Return those who sit and test, with time enough left."""
    return [
        Part(one.attempt_id)
        for one in session.live_attempts
        if session.progress(one, timeline_ms) is AttemptProgress.TESTING
        and not one.on_break
        and session.left_ms(one, timeline_ms) > LEFT_MIN_MS
    ]


def whose_score_is_keyed(session: Session, _line_ms: int) -> Sequence[Part]:
    """Return those whose score was keyed once, and what it should have been."""
    return [
        Part(
            one.attempt_id,
            _mistaken_score(one.score.raw_min, one.module),
            one.score.raw_min,
        )
        for one in session.attempts.values()
        if _keyed_once(one)
    ]


def _keyed_once(one: Attempt) -> bool:
    score = one.score
    return score.state in KEYED_ONCE and score.raw_min == score.raw_max


def _mistaken_score(keyed: int, module: AssignedModule) -> int:
    """Return another score that is easily mistaken for the one that was keyed."""
    turned = int(str(keyed)[::-1])
    if turned != keyed and turned <= module.items:
        return turned
    return keyed - 1 if keyed else 1
