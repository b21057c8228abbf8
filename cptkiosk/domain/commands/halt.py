"""Commands about halts, which stop every clock of a session."""

from dataclasses import dataclass

from cptkiosk.domain.commands.base import SessionCommand


@dataclass(frozen=True, kw_only=True)
class HaltSession(SessionCommand):
    """Stop every clock, now or as of an earlier alarm."""

    reason: str
    ago_ms: int = 0
    asked_line_ms: int | None = None
    """The instant on the timeline that `ago_ms` counts back from, if it is not now."""


@dataclass(frozen=True, kw_only=True)
class UndoHalt(SessionCommand):
    """Undo a halt made by mistake, as if the clocks had kept running."""

    number: int = 0
    """Which of the halts that count, from 1 on; 0 is the last."""

    reason: str = ""
    """Why, from the coordinator; the person who halted a moment ago needs none."""


@dataclass(frozen=True, kw_only=True)
class ResumeSession(SessionCommand):
    """Resume the clocks of everyone who is back."""

    back: tuple[str, ...]
    beyond_window: str = ""
    """Why it continues although a candidate will end after the vendor's testing window."""
