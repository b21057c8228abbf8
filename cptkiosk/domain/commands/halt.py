"""Commands about halts, which stop every clock of a session."""

from dataclasses import dataclass

from cptkiosk.domain.commands.base import SessionCommand


@dataclass(frozen=True, kw_only=True)
class HaltSession(SessionCommand):
    """Stop every clock, perhaps from an earlier alarm on."""

    reason: str
    ago_ms: int = 0
    asked_line_ms: int | None = None
    """The instant on the timeline that `ago_ms` counts back from, if it is not now."""


@dataclass(frozen=True, kw_only=True)
class UndoHalt(SessionCommand):
    """Take back a halt that was a mistake, as if the clocks had run on."""

    number: int = 0
    """Which of the halts that count, from 1 on; 0 is the last."""

    reason: str = ""
    """Why, from the coordinator; the person who halted a moment ago needs none."""


@dataclass(frozen=True, kw_only=True)
class ResumeSession(SessionCommand):
    """Let the clocks run on, for those who are back."""

    back: tuple[str, ...]
    beyond_window: str = ""
    """Why it goes on although somebody will end after the vendor's testing window."""
