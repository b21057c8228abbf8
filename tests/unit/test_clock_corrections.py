"""However often a machine restarts, one look at the room clock puts the time right."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.checkin import ArriveLate, ExpectLate
from cptkiosk.domain.commands.restart import ConfirmRoomClock
from cptkiosk.domain.commands.testing import StartLate
from cptkiosk.domain.events.restart import BootBridged, RoomClockConfirmed
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.state.session_changes import replay
from cptkiosk.domain.time import timing
from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.values import DAY_MS, HOUR_MS, MINUTE_MS
from support.center import DANA, LEE
from support.sessions import (
    a_session,
    advance,
    attempt_id,
    halted,
    hand_clock,
    left_ms,
    resumed,
    seated,
    started,
)
from support.verdicts import refuses

A = "a"
FULL_MS = 90 * MINUTE_MS
TICK_MS = 1_000
NOTICED_MS = 15_000


def restart(desk: Desk, gap_ms: int, wall_off_ms: int = 0) -> None:
    """Be away for `gap_ms`, and come up with a wall clock that is off."""
    desk.boots.beat()
    hand_clock(desk).reboot(gap_ms + wall_off_ms)
    desk.boots.attach()


def wall_set(desk: Desk, by_ms: int) -> None:
    """Set the wall clock and live on until that has been noticed."""
    hand_clock(desk).step_wall(by_ms)
    advance(desk, NOTICED_MS)
    desk.boots.beat()


def confirm(desk: Desk, figure_ms: int) -> None:
    desk.perform(ConfirmRoomClock(session_id=A, correction_ms=figure_ms), DANA)


def test_a_gap_bridged_too_long_is_put_right_after_a_second_one(desk: Desk) -> None:
    a_session(desk)
    advance(desk, 20 * MINUTE_MS)
    restart(desk, MINUTE_MS, wall_off_ms=5 * MINUTE_MS)
    wall_set(desk, -5 * MINUTE_MS)
    advance(desk, 45_000)
    restart(desk, 30_000)
    assert left_ms(desk, "P1") == FULL_MS - 27 * MINUTE_MS - 30_000

    confirm(desk, -5 * MINUTE_MS)

    assert left_ms(desk, "P1") == FULL_MS - 22 * MINUTE_MS - 30_000


def test_a_night_that_passes_during_a_halt_is_not_time_used(desk: Desk) -> None:
    a_session(desk)
    advance(desk, 20 * MINUTE_MS)
    restart(desk, MINUTE_MS, wall_off_ms=-DAY_MS)
    assert desk.session(A).stage is Stage.HALTED
    restart(desk, 10 * HOUR_MS)

    confirm(desk, MINUTE_MS + 10 * HOUR_MS)

    assert left_ms(desk, "P1") == FULL_MS - 21 * MINUTE_MS


def test_two_gaps_that_no_clock_could_tell_are_put_right_together(desk: Desk) -> None:
    a_session(desk)
    advance(desk, 20 * MINUTE_MS)
    restart(desk, MINUTE_MS, wall_off_ms=-DAY_MS)
    restart(desk, MINUTE_MS, wall_off_ms=-DAY_MS)
    assert left_ms(desk, "P1") == FULL_MS - 20 * MINUTE_MS

    confirm(desk, 2 * MINUTE_MS)

    assert left_ms(desk, "P1") == FULL_MS - 22 * MINUTE_MS
    resumed(desk)
    advance(desk, MINUTE_MS)
    assert left_ms(desk, "P1") == FULL_MS - 23 * MINUTE_MS


def test_no_more_is_taken_back_than_was_counted_over_all_gaps(desk: Desk) -> None:
    a_session(desk)
    for _ in range(2):
        advance(desk, MINUTE_MS)
        restart(desk, 2 * MINUTE_MS)

    with refuses("Enter -240 to 0 seconds"):
        confirm(desk, -4 * MINUTE_MS - 1_000)
    confirm(desk, -4 * MINUTE_MS)
    assert left_ms(desk, "P1") == FULL_MS - 2 * MINUTE_MS


def test_a_figure_of_nothing_changes_nothing(desk: Desk) -> None:
    a_session(desk)
    advance(desk, MINUTE_MS)
    restart(desk, MINUTE_MS)
    wall_set(desk, 3 * MINUTE_MS)
    restart(desk, MINUTE_MS)
    before = left_ms(desk, "P1")

    confirm(desk, 0)

    assert left_ms(desk, "P1") == before


def test_a_candidate_who_began_between_two_gaps_gets_back_only_their_own(
    desk: Desk,
) -> None:
    a_session(desk, 2, Stage.CHECK_IN)
    seated(desk, A, attempt_id("P1"))
    late = {"session_id": A, "attempt_id": attempt_id("P2")}
    desk.perform(ExpectLate(**late), LEE)
    started(desk, A)
    restart(desk, MINUTE_MS, wall_off_ms=5 * MINUTE_MS)
    wall_set(desk, -5 * MINUTE_MS)
    desk.perform(ArriveLate(**late), LEE)
    seated(desk, A, attempt_id("P2"))
    desk.perform(StartLate(**late), LEE)
    advance(desk, MINUTE_MS)
    restart(desk, 30_000)

    confirm(desk, -5 * MINUTE_MS)

    assert left_ms(desk, "P1") == FULL_MS - MINUTE_MS - 15_000 - 90_000
    assert left_ms(desk, "P2") == FULL_MS - 90_000


def test_a_gap_in_a_halt_costs_no_time(desk: Desk) -> None:
    a_session(desk)
    restart(desk, MINUTE_MS, wall_off_ms=2 * MINUTE_MS)
    wall_set(desk, -2 * MINUTE_MS)
    halted(desk, A)
    restart(desk, MINUTE_MS)
    confirm(desk, -2 * MINUTE_MS)

    assert left_ms(desk, "P1") == FULL_MS - MINUTE_MS - 15_000


class Truth:
    """A day of restarts, and what a stopwatch that never stops has counted."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk, self.random = desk, random.Random(seed)
        self.used_ms = self.error_ms = self.off_ms = 0
        self.stopped = False

    def live(self, ms: int = 0) -> None:
        ms = ms or self.random.randrange(0, 4 * MINUTE_MS, TICK_MS)
        advance(self.desk, ms)
        self.desk.boots.beat()
        self.used_ms += 0 if self.stopped else ms

    def be_set(self) -> None:
        """Be set by NTP, or by hand to anything near."""
        wanted = self.random.choice(
            (0, 0, self.random.randrange(-600_000, 600_000, 1_000))
        )
        wall_set(self.desk, wanted - self.off_ms)
        self.off_ms = wanted
        self.used_ms += 0 if self.stopped else NOTICED_MS

    def restart(self) -> None:
        gap_ms = self.random.randrange(0, 3 * MINUTE_MS, TICK_MS)
        off_ms = self.random.choice(
            (self.off_ms, 0, self.random.randrange(-600_000, 600_000, 1_000), -DAY_MS)
        )
        if self.stopped:
            off_ms = self.random.choice((self.off_ms, self.off_ms - DAY_MS))
        away_ms = gap_ms + off_ms - self.off_ms
        # A sign of life right before, so that what was away is known to the second.
        self.live(NOTICED_MS)
        restart(self.desk, gap_ms, off_ms - self.off_ms)
        self.off_ms = off_ms
        usable = 0 <= away_ms <= timing.GAP_MAX_MS
        error_ms = gap_ms - (away_ms if usable else 0)
        self.error_ms += error_ms
        # While the clocks stand, a gap that a clock told stands, too.
        self.used_ms += error_ms if self.stopped else gap_ms
        self.stopped |= not usable


@pytest.mark.parametrize("seed", range(40))
def test_the_true_figure_makes_every_remaining_time_right(
    desk: Desk, seed: int
) -> None:
    a_session(desk, 2)
    truth = Truth(desk, seed)
    for _ in range(truth.random.randint(1, 4)):
        steps: tuple[Callable[[], None], ...] = (truth.live, truth.be_set, truth.live)
        for step in steps[: truth.random.randint(0, 3)]:
            step()
        truth.restart()
    truth.live()
    if truth.stopped and truth.used_ms > FULL_MS:
        return

    confirm(desk, truth.error_ms)

    for who in ("P1", "P2"):
        told_ms = FULL_MS - left_ms(desk, who)
        assert abs(told_ms - truth.used_ms) <= TICK_MS, f"seed {seed}"


def test_an_older_comparison_still_says_what_it_said_then(desk: Desk) -> None:
    a_session(desk)
    advance(desk, 10 * MINUTE_MS)
    restart(desk, MINUTE_MS, wall_off_ms=-DAY_MS)
    advance(desk, MINUTE_MS)
    restart(desk, 20 * MINUTE_MS, wall_off_ms=-DAY_MS)
    entries = desk.ledger.read_stream(f"session/{A}")
    older = RoomClockConfirmed(boot_id="boot-3", correction_ms=21 * MINUTE_MS)
    confirm(desk, 21 * MINUTE_MS)
    now = desk.ledger.read_stream(f"session/{A}")[-1]

    session = replay((*entries, replace(now, event=older)))

    assert _left(session, now.at) == FULL_MS - 10 * MINUTE_MS


def test_a_comparison_keeps_what_belongs_to_each_restart(desk: Desk) -> None:
    a_session(desk)
    restart(desk, MINUTE_MS, wall_off_ms=5 * MINUTE_MS)
    wall_set(desk, -5 * MINUTE_MS)
    restart(desk, 30_000)
    confirm(desk, -5 * MINUTE_MS + 1_000)

    entries = desk.ledger.read_stream(f"session/{A}")
    (said,) = [e.event for e in entries if isinstance(e.event, RoomClockConfirmed)]
    assert said.shares_ms == (-5 * MINUTE_MS, 1_000)
    assert sum(isinstance(one.event, BootBridged) for one in entries) == 2


def _left(session: Session, at: Instant) -> int:
    attempt = session.attempts[attempt_id("P1")]
    return session.left_ms(attempt, session.timeline_ms(at))


def test_gaps_longer_than_the_wall_clock_may_bridge_are_put_right_too(
    desk: Desk,
) -> None:
    a_session(desk)
    restart(desk, 7 * HOUR_MS)
    confirm(desk, 20 * MINUTE_MS)

    assert left_ms(desk, "P1") == FULL_MS - 20 * MINUTE_MS
