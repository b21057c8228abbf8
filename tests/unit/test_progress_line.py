"""How far a command is: said only when it takes a while, and wiped out in the end."""

import sys

import pytest

from cptkiosk.cli import progress_line
from support.clock import HandClock


@pytest.fixture
def clock(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> HandClock:
    """The clock of a command that somebody watches on a terminal."""
    clock = HandClock()
    monkeypatch.setattr(progress_line, "SystemClock", lambda: clock)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    return clock


def test_quick_work_says_nothing(
    clock: HandClock, capsys: pytest.CaptureFixture[str]
) -> None:
    with progress_line.progress_line("backing up") as told:
        clock.advance(progress_line.SHOWN_AFTER_MS - 1)
        told(1, 2)
    assert capsys.readouterr().err == ""


def test_long_work_says_how_far_it_is_and_leaves_nothing_behind(
    clock: HandClock, capsys: pytest.CaptureFixture[str]
) -> None:
    with progress_line.progress_line("backing up") as told:
        clock.advance(progress_line.SHOWN_AFTER_MS)
        told(1, 2)
        assert capsys.readouterr().err == "\rbacking up ...  50 %"
    wiped = capsys.readouterr().err
    assert not wiped.strip()
    assert wiped.endswith("\r")
