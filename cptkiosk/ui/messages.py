"""What screens post: they ask, the app carries it to the desk."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual.message import Message

from cptkiosk.domain.commands import SessionCommand
from cptkiosk.ui.widgets.bars import Tone


@dataclass
class Asked(Message):
    """Somebody asked for something about a session."""

    command: SessionCommand
    words: str
    """What the status line says once it is recorded."""

    then: Callable[[], Any] | None = None


@dataclass
class Said(Message):
    """A word for the status line: tone ok, pending, warning or error."""

    text: str
    tone: Tone = "warning"
