"""A wide terminal, where more stands beside the roll: every screen opens on it too."""

from pathlib import Path

import pytest

from support import walk
from support.sessions import opened, planned, seated

SIZES = [
    (132, 43),
    *(pytest.param(one, marks=pytest.mark.soak) for one in ((120, 40), (160, 50))),
]
"""The narrow, the usual and the widest layout; frames in memory show each of them."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    walk.shorten_countdown(folder)
    with walk.desk_of(folder) as desk:
        walk.center(desk)
        planned(desk, ("P1", "P2", "P3"), walk.SESSION, "safety")
        opened(desk, walk.SESSION)
        for one in desk.session(walk.SESSION).attempts:
            seated(desk, walk.SESSION, one)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_session_starts_runs_and_ends_on_a_wide_terminal(
    folder: Path, size: tuple[int, int]
) -> None:
    with walk.open_terminal(folder, size=size) as terminal:
        walk.enter_session(terminal, "START", "seated")
        walk.start(terminal)
        terminal.wait_for("room 204   3 of", "P1")
        terminal.resize(80, 24)
        terminal.wait_gone("room 204   3 of")
        terminal.resize(*size)
        terminal.wait_for("room 204   3 of")
        for _ in range(3):
            walk.finish_early(terminal)
            terminal.press("down")
        walk.take_next(terminal)
        terminal.wait_for("SCORES", "Outcome")
        terminal.press("o")
        terminal.wait_for("collect scratch paper")
        walk.back_to_today(terminal)
        terminal.press("g")
        terminal.wait_for("Charts appear")
