"""While the clocks run: what happens to whom, announcements, and how each one ends."""

from random import Random

from cptkiosk.domain.commands.testing import Announce, FinishAttempt
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.time.timing import clock_text
from cptkiosk.domain.values import MINUTE_MS, plural
from cptkiosk.drill.roles import Roles
from cptkiosk.drill.scenes import Scene, build_scenes
from cptkiosk.drill.simulated_proctor import SimulatedProctor

EARLIEST_FINISH_S = 35 * 60
"""Most time left at which someone finishes: after everything that is scripted."""

WALK_S = 4
"""From one person whose time is up to the next."""


class Ending:
    """How much time each one has left when they end, and who was told."""

    def __init__(self, cast: Roles, rng: Random) -> None:
        self.left_ms: dict[str, int] = {}
        self.told: set[str] = set()
        rank = 0
        for place, attempt_id in enumerate((*cast.seated, cast.late)):
            # The first always runs to the end, the second never.
            if place == 0 or (place > 1 and rng.random() < 0.3):
                self.left_ms[attempt_id] = -1000 * (8 + WALK_S * (rank % 30))
                rank += 1
            else:
                self.left_ms[attempt_id] = 1000 * rng.randint(60, EARLIEST_FINISH_S)

    def next_mark(self, attempt: Attempt, minutes: tuple[int, ...]) -> int:
        """Return at how much time left something next happens to an attempt."""
        marks = [m * MINUTE_MS for m in minutes if m not in attempt.announced]
        if attempt.attempt_id not in self.told:
            marks.append(0)
        return max(*marks, self.left_ms[attempt.attempt_id], -MINUTE_MS * 60)


class RunningPhase:
    """The time while the clocks run, which can be left part-way and gone on with."""

    def __init__(self, hands: SimulatedProctor, cast: Roles, rng: Random) -> None:
        self._hands = hands
        self._script = build_scenes(hands, cast, rng)
        self._ending = Ending(cast, rng)

    def run(self, minutes: int | None = None) -> None:
        """Let everyone test until so long after the start, or until all have ended.

        A scene that begins at that minute is played before it returns.
        """
        hands, script, ending = self._hands, self._script, self._ending
        start_ms = hands.session.start_line_ms
        assert start_ms is not None, "the session has started"
        limit_ms = start_ms + minutes * MINUTE_MS if minutes is not None else None
        while script or hands.session.live_attempts:
            if limit_ms is not None and hands.timeline_ms >= limit_ms:
                return
            gap_ms = _gap_ms(hands, script, ending, start_ms)
            if limit_ms is not None:
                gap_ms = min(gap_ms, limit_ms - hands.timeline_ms)
            hands.pass_time(gap_ms)
            if script and hands.timeline_ms >= start_ms + script[0][0]:
                script.pop(0)[1]()
            _announce_due(hands)
            _call_time(hands, ending)
            _finish_attempts(hands, ending)


def _gap_ms(
    hands: SimulatedProctor, script: list[Scene], ending: Ending, start_ms: int
) -> int:
    """Return how long nothing happens."""
    session, timeline_ms = hands.session, hands.timeline_ms
    minutes = hands.desk.definitions.policies.announce_minutes
    gaps = [
        session.left_ms(one, timeline_ms) - ending.next_mark(one, minutes)
        for one in session.live_attempts
    ]
    if script:
        gaps.append(start_ms + script[0][0] - timeline_ms)
    return max(0, min(gaps))


def _announce_due(hands: SimulatedProctor) -> None:
    """Read out what is due, once for all whose time ends together."""
    definitions = hands.desk.definitions
    session, timeline_ms = hands.session, hands.timeline_ms
    live = [(one, session.left_ms(one, timeline_ms)) for one in session.live_attempts]
    for minutes in definitions.policies.announce_minutes:
        clusters: dict[int, list[str]] = {}
        for one, left_ms in live:
            if 0 < left_ms <= minutes * MINUTE_MS and minutes not in one.announced:
                clusters.setdefault(left_ms, []).append(one.attempt_id)
        for ids in clusters.values():
            words = definitions.scripts.announcement_text(minutes, len(ids)).strip()
            hands.do(
                Announce(
                    session_id=hands.session_id,
                    minutes=minutes,
                    attempt_ids=tuple(ids),
                ),
                f"read aloud: {words}",
            )


def _call_time(hands: SimulatedProctor, ending: Ending) -> None:
    session, timeline_ms = hands.session, hands.timeline_ms
    over = {
        one.attempt_id
        for one in session.live_attempts
        if session.left_ms(one, timeline_ms) <= 0
    } - ending.told
    if over:
        ending.told |= over
        hands.tell_sentence(f"time is up for {plural(len(over), 'person', 'people')}")


def _finish_attempts(hands: SimulatedProctor, ending: Ending) -> None:
    session, timeline_ms = hands.session, hands.timeline_ms
    for one in session.live_attempts:
        left_ms = session.left_ms(one, timeline_ms)
        if left_ms > ending.left_ms[one.attempt_id]:
            continue
        over = "after time was up" if left_ms <= 0 else "left"
        hands.do(
            FinishAttempt(session_id=hands.session_id, attempt_id=one.attempt_id),
            f"{hands.name(one.attempt_id)}: finished, {clock_text(left_ms)} {over}",
        )
        hands.watches.stop(one.attempt_id)
