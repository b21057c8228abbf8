"""The kinds of commands: about a session, about one attempt of it, or several at once."""

from dataclasses import dataclass
from typing import TypedDict

STAND_IN = "?"
"""Stands for what is still to be typed, where only the rest of a command is judged."""


@dataclass(frozen=True, kw_only=True)
class SessionCommand:
    """A command about one session."""

    session_id: str


@dataclass(frozen=True, kw_only=True)
class AttemptCommand(SessionCommand):
    """A command about one attempt of a session."""

    attempt_id: str


class AboutAttempt(TypedDict):
    """What every command about an attempt names, as keyword arguments."""

    session_id: str
    attempt_id: str


@dataclass(frozen=True, kw_only=True)
class Batch(SessionCommand):
    """Do the same for several people: all or none, and one step to undo."""

    commands: tuple[SessionCommand, ...]
