"""Desks at which session a has come to a point that many rules are about."""

from pathlib import Path

import pytest

import cptkiosk.drill.run  # noqa: F401  # keeps the machine's own clock, taken here
from cptkiosk.desk import Desk
from cptkiosk.domain.commands import checkin as c
from cptkiosk.domain.commands.irregularity import RecordIrregularity, TakeNote
from cptkiosk.domain.values import BundleKind
from support.bundles import send
from support.center import LEE, LEE_PIN
from support.clock import HandClock
from support.exams import begun, opening, planned, registered, rolled, taken
from support.quick import all_centers, built, centers, desk, tmp_path
from support.sessions import (
    a_session,
    attempt_id,
    ended,
    explained,
    scored,
    seated,
    started,
)

__all__ = ["all_centers", "built", "centers", "desk", "tmp_path"]


@pytest.fixture(autouse=True)
def command_line_clock(monkeypatch: pytest.MonkeyPatch, clock: HandClock) -> None:
    """Let commands that run in this process read the hand clock, not the machine's.

    The ledgers of these tests are dated by it: on a machine whose own clock is years
    later, a command would take them for records of the past.
    """
    monkeypatch.setattr("cptkiosk.host.clock.SystemClock", lambda: clock)


@pytest.fixture
def running(desk: Desk) -> Desk:
    """P1 is testing, since this moment."""
    registered(desk, "P1")
    begun(desk, "a")
    return desk


@pytest.fixture
def over(desk: Desk) -> Desk:
    """P1 has finished and no score is keyed."""
    registered(desk, "P1")
    taken(desk, "a", "")
    return desk


@pytest.fixture
def late(desk: Desk) -> Desk:
    """P1 is testing since this moment, P2 is expected late."""
    for who in ("P1", "P2"):
        registered(desk, who)
    planned(desk, "a")
    for who in ("P1", "P2"):
        rolled(desk, "a", who)
    desk.perform(opening("a"), LEE)
    seated(desk, "a", attempt_id("P1"))
    late = c.ExpectLate(session_id="a", attempt_id=attempt_id("P2"))
    desk.perform(late, LEE)
    started(desk, "a")
    return desk


@pytest.fixture
def one_sealed(desk: Desk) -> Desk:
    """A session with a result, an irregularity and a note, sealed."""
    a_session(desk, 2)
    desk.perform(TakeNote(session_id="a", text="looks tired"), LEE)
    noise = RecordIrregularity(
        session_id="a", code="ENV-NOISE", severity=1, scope="session", validity="flag",
        attempt_ids=(attempt_id("P1"),), observed="A mower.", action_taken="Waited.",
        details=(("noise-source", "a mower"), ("minutes", "2")),
    )  # fmt: skip
    desk.perform(noise, LEE)
    ended(desk, "a")
    scored(desk, "a")
    explained(desk, "a")
    desk.seal("a", LEE, LEE_PIN)
    return desk


@pytest.fixture
def written(one_sealed: Desk, tmp_path: Path) -> Path:
    """Its record."""
    return send(one_sealed, tmp_path)


@pytest.fixture
def results(one_sealed: Desk, tmp_path: Path) -> Path:
    """Its results."""
    return send(one_sealed, tmp_path, kind=BundleKind.RESULTS)


@pytest.fixture(params=BundleKind)
def of_each_kind(
    request: pytest.FixtureRequest, one_sealed: Desk, tmp_path: Path
) -> Path:
    return send(one_sealed, tmp_path, kind=request.param)
