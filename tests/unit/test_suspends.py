"""A suspend and a step of the wall clock are recorded with their size, once."""

from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.events.center import ClockStepNoticed, SuspendNoticed
from cptkiosk.domain.events.fact import Fact
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.host.clock import SystemClock
from support.center import open_desk
from support.clock import HandClock
from support.sessions import a_session, advance, hand_clock, left_ms

NOTICED_MS = 15_000


def noticed(desk: Desk, kind: type[Fact]) -> list[Fact]:
    return [
        e.event for e in desk.ledger.read_stream("center") if isinstance(e.event, kind)
    ]


def slept(desk: Desk) -> list[int]:
    return [
        event.slept_ms
        for event in noticed(desk, SuspendNoticed)
        if isinstance(event, SuspendNoticed)
    ]


def test_a_suspend_is_recorded_with_its_size_and_counts(desk: Desk) -> None:
    a_session(desk, 1)
    desk.boots.beat()
    hand_clock(desk).suspend(20 * MINUTE_MS)
    desk.boots.beat()

    assert slept(desk) == [20 * MINUTE_MS]
    assert left_ms(desk, "P1") == 70 * MINUTE_MS


def test_two_terminals_record_each_suspend_once(
    desk: Desk, folder: Path, clock: HandClock
) -> None:
    other = open_desk(folder, clock, "t2")
    desk.boots.beat()
    other.boots.beat()
    for first, second in ((desk, other), (other, desk)):
        hand_clock(desk).suspend(MINUTE_MS)
        first.boots.beat()
        second.boots.beat()
        advance(desk, NOTICED_MS)
        second.boots.beat()
    other.ledger.close()

    assert slept(desk) == [MINUTE_MS, MINUTE_MS]


def test_a_short_suspend_is_recorded_with_the_next_sign_of_life(desk: Desk) -> None:
    desk.boots.beat()
    hand_clock(desk).suspend(2_000)
    desk.boots.beat()
    advance(desk, NOTICED_MS)
    desk.boots.beat()

    assert slept(desk) == [2_000]


def test_a_machine_awake_records_no_suspend(desk: Desk) -> None:
    for _ in range(4):
        desk.boots.beat()
        advance(desk, NOTICED_MS)

    assert slept(desk) == []


def test_a_suspend_before_a_reboot_is_not_reported_after_it(desk: Desk) -> None:
    desk.boots.beat()
    hand_clock(desk).suspend(MINUTE_MS)
    desk.boots.beat()
    hand_clock(desk).reboot(MINUTE_MS)
    desk.boots.beat()

    assert slept(desk) == [MINUTE_MS]


@pytest.mark.parametrize(("step_ms", "times"), [(2_000, 1), (-2_000, 1), (1_999, 0)])
def test_a_step_of_two_seconds_is_recorded(
    desk: Desk, step_ms: int, times: int
) -> None:
    desk.boots.beat()
    hand_clock(desk).step_wall(step_ms)
    advance(desk, NOTICED_MS)
    desk.boots.beat()

    assert (
        noticed(desk, ClockStepNoticed) == [ClockStepNoticed(step_ms=step_ms)] * times
    )


def test_this_machine_knows_how_long_it_slept() -> None:
    assert SystemClock().asleep_ms() >= 0
