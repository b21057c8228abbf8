"""How far a command is: said only when it takes a while, and wiped out in the end."""

import io
import sys

import pytest

from cptkiosk.cli import progress_line
from support.clock import HandClock


class Watched(io.StringIO):
    """A terminal that a person reads."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> HandClock:
    """The clock of the command."""
    clock = HandClock()
    monkeypatch.setattr(progress_line, "SystemClock", lambda: clock)
    return clock


def test_quick_work_says_nothing(
    clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Watched())
    with progress_line.progress_line("backing up") as told:
        clock.advance(progress_line.SHOWN_AFTER_MS - 1)
        told(1, 2)
    assert terminal.getvalue() == ""


def test_long_work_says_how_far_it_is_and_leaves_nothing_behind(
    clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Watched())
    with progress_line.progress_line("backing up") as told:
        clock.advance(progress_line.SHOWN_AFTER_MS)
        told(1, 2)
        shown = terminal.getvalue()
    assert shown == "\rbacking up ...  50%"
    wiped = terminal.getvalue().removeprefix(shown)
    assert not wiped.strip()
    assert wiped.endswith("\r")
