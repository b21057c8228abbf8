"""What comes next while the clocks run: what nothing else reminds of."""

from dataclasses import replace

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.testing import BeginPause
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.words import describe_step
from support.center import DANA, LEE
from support.exams import irregularity
from support.sessions import a_session, advance, halted, resumed
from support.verdicts import keys

A = "a"


def said(desk: Desk) -> str:
    return describe_step(desk.next_step(desk.session(A), LEE))


def test_a_clock_that_is_paused_is_named_until_it_runs(desk: Desk) -> None:
    a_session(desk, 2)
    advance(desk, MINUTE_MS)
    desk.perform(BeginPause(**keys("P2"), reason="froze"), LEE)
    advance(desk, 20 * MINUTE_MS)

    assert said(desk).startswith("resume the clock for FamilyP2, Kim")


def test_a_halt_that_nothing_explains_asks_for_an_irregularity(desk: Desk) -> None:
    a_session(desk, 2)
    advance(desk, MINUTE_MS)
    halted(desk, A)
    resumed(desk)

    assert said(desk) == 'record an irregularity: halted for "fire alarm"'

    desk.perform(irregularity("ENV-ALARM", 2, scope="session"), LEE)

    assert "halted" not in said(desk)


def test_an_irregularity_that_lacks_something_is_completed(desk: Desk) -> None:
    a_session(desk, 2)
    advance(desk, MINUTE_MS)
    lacking = irregularity("ENV-ALARM", 2, scope="session")
    desk.perform(replace(lacking, details=()), DANA)

    assert said(desk).startswith("complete irregularity ENV-ALARM: alarm time")
