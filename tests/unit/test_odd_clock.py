"""A wall clock that cannot be right is noticed before anything is recorded by it."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.events.center import ClockAccepted
from cptkiosk.domain.rules.odd_clock import EARLIEST_UTC_MS
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import DAY_MS, HOUR_MS, Refused
from support.center import DANA, DANA_PIN, LEE, LEE_PIN
from support.sessions import a_session, hand_clock
from support.verdicts import refuses


def code(desk: Desk) -> str:
    odd = desk.clock_check.find_odd_clock()
    return odd.code if odd is not None else ""


def accepted(desk: Desk) -> list[ClockAccepted]:
    events = (one.event for one in desk.ledger.read_stream("center"))
    return [one for one in events if isinstance(one, ClockAccepted)]


@pytest.mark.parametrize(
    ("moved_ms", "found"),
    [
        (0, ""),
        (-23 * HOUR_MS, ""),
        (-25 * HOUR_MS, "before-last"),
        (399 * DAY_MS, ""),
        (401 * DAY_MS, "long-after-last"),
    ],
)
def test_a_clock_is_compared_with_the_last_entry(
    desk: Desk, moved_ms: int, found: str
) -> None:
    hand_clock(desk).reboot(moved_ms)
    assert code(desk) == found


def test_a_proctor_does_not_record_by_an_odd_clock(desk: Desk) -> None:
    hand_clock(desk).reboot(-30 * DAY_MS)
    before = desk.ledger.head().seq
    for said in (False, True):
        with pytest.raises(Refused):
            desk.pins.sign_in("s2", LEE_PIN, clock_is_right=said)
    assert desk.ledger.head().seq == before


def test_the_coordinator_says_once_that_the_clock_is_right(desk: Desk) -> None:
    hand_clock(desk).reboot(-30 * DAY_MS)
    with refuses("but the record already goes up to"):
        desk.pins.sign_in("s1", DANA_PIN)
    desk.pins.sign_in("s1", DANA_PIN, clock_is_right=True)
    (said,) = accepted(desk)
    assert said.code == "before-last"
    desk.pins.sign_in("s2", LEE_PIN)
    assert len(accepted(desk)) == 1


def test_a_wrong_pin_or_a_restart_makes_no_clock_right(desk: Desk) -> None:
    hand_clock(desk).reboot(-30 * DAY_MS)
    desk.boots.beat()
    with refuses("PIN is not correct"):
        desk.pins.sign_in("s1", "000000", clock_is_right=True)
    assert code(desk) == "before-last"


def test_a_clock_from_before_the_program_may_be_right_once_that_is_said(
    desk: Desk,
) -> None:
    clock = hand_clock(desk)
    clock.reboot(EARLIEST_UTC_MS - DAY_MS - clock.now().utc_ms)
    desk.clock_check.confirm_clock(DANA, is_right=True)
    assert code(desk) == ""
    clock.advance(HOUR_MS)
    assert code(desk) == ""


def test_any_staff_member_may_decide_while_clocks_run(desk: Desk) -> None:
    a_session(desk, 1, Stage.RUNNING)
    hand_clock(desk).reboot(-3000 * DAY_MS)
    assert desk.pins.sign_in("s2", LEE_PIN, clock_is_right=True) == LEE
    assert [one.code for one in accepted(desk)] == ["before-last"]


def test_a_copy_and_a_failed_bundle_say_nothing_about_the_clock(desk: Desk) -> None:
    a_session(desk, 1, Stage.SEALED)
    hand_clock(desk).reboot(-30 * DAY_MS)
    desk.center_log.record_backup("backup.db", 5, DANA)
    desk.bundles.record_failure("a", 1, "/media/stick", "no such folder", DANA)
    assert code(desk) == "before-last"


def test_a_plausible_clock_raises_no_question(desk: Desk) -> None:
    desk.clock_check.confirm_clock(LEE, is_right=False)
    desk.pins.sign_in("s2", LEE_PIN, clock_is_right=True)
    assert accepted(desk) == []
