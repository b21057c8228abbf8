"""What comes next on an ordinary day, as it stands on the smallest screen."""

from pathlib import Path

from cptkiosk.domain.values import Actor, Role
from cptkiosk.drill.day import play_day
from cptkiosk.drill.sample_center import drill_desk
from cptkiosk.drill.simulated_proctor import HandClock
from cptkiosk.host.data_directory import Paths
from cptkiosk.ledger import queries
from cptkiosk.ui.widgets.drawing import broken
from cptkiosk.words import describe_step

ROOM = len(" Next: ") + len(" Enter ")
LINES_MAX = 2
"""More lines would push the list out of a small screen."""


def test_no_next_line_of_a_day_takes_more_than_two_lines(tmp_path: Path) -> None:
    clock = HandClock(1_800_000_000_000)
    said: set[str] = set()
    with drill_desk(Paths(tmp_path), clock) as desk:

        def look(_line: str) -> None:
            for one in queries.list_sessions(desk.ledger):
                session = desk.session(one.session_id)
                step = desk.needs.next_step(session, Actor("s2", Role.PROCTOR))
                said.add(describe_step(step))

        play_day(desk, clock, seed=5, people=12, folder=tmp_path / "out", say=look)

    assert len(said) > 30
    long = [one for one in said if len(broken(one, 80 - ROOM)) > LINES_MAX]
    assert not long, "\n".join(long)
