"""What a comparison with the room clock gives back, and what it cannot."""

from cptkiosk.desk import Desk
from cptkiosk.domain.values import HOUR_MS, MINUTE_MS
from support.center import DANA, LEE
from support.exams import compared, refusal
from support.sessions import a_session, advance, hand_clock, left_ms

A = "a"
FULL_MS = 90 * MINUTE_MS


def restarted(desk: Desk, gap_ms: int, lost_ms: int = 0) -> None:
    """P1 has been testing for half an hour when the machine restarts."""
    a_session(desk, 1)
    advance(desk, 30 * MINUTE_MS)
    desk.boots.beat()
    hand_clock(desk).reboot(gap_ms - lost_ms)
    desk.boots.attach()


def test_a_comparison_gives_back_no_more_than_the_time_away(desk: Desk) -> None:
    restarted(desk, 5_000)

    why = refusal(desk, compared(-5_001))
    assert why.endswith("Enter -5 to 0 seconds, or how much later it is.")
    desk.perform(compared(-5_000), LEE)
    assert left_ms(desk, "P1") == FULL_MS - 30 * MINUTE_MS


def test_not_even_the_coordinator_gives_back_time_by_a_comparison(desk: Desk) -> None:
    restarted(desk, 5_000)

    assert "Remaining time never grows" in refusal(desk, compared(-3 * HOUR_MS), DANA)


def test_a_gap_that_counted_as_nothing_gives_nothing_back(desk: Desk) -> None:
    restarted(desk, 5_000, lost_ms=10**10)

    assert "Enter 0 seconds, or how much later" in refusal(desk, compared(-1))
    desk.perform(compared(0), LEE)


def test_a_second_gap_gives_back_no_more_than_it_counted(desk: Desk) -> None:
    restarted(desk, 5_000, lost_ms=10**10)
    hand_clock(desk).reboot(MINUTE_MS)
    desk.boots.attach()

    assert "Enter -60 to 0 seconds" in refusal(desk, compared(-61_000))
