"""What screens post: they ask, the app carries it to the desk."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual.message import Message

from cptkiosk.desk import Recorded
from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.values import Actor


@dataclass
class CommandRequested(Message):
    """Someone asked for something about a session."""

    command: SessionCommand
    words: str
    """What the status line says once it is recorded."""

    actor: Actor
    """Who asked: it is done in their name, even if another person has signed in by then."""

    then: Callable[[Recorded], Any] | None = None
    """What the asking screen does then, if it is still in front."""
