"""What all parts of a form share that take keys."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from cptkiosk.ui.terminal.glyphs import Glyphs
from cptkiosk.ui.widgets.drawing import Piece, cut_pieces, glyphs_of, looks_of, strip_of
from cptkiosk.ui.widgets.fields import Field

Steer = Callable[[str], bool]
"""Takes a key that leads to another field; tells whether it does."""


def nowhere(_: str) -> bool:
    """Lead to no other field."""
    return False


@dataclass
class Edited(Message):
    """A field holds something else now."""

    name: str


class Entry(Widget, can_focus=True):
    """What is common to fields that are not typed as text."""

    DEFAULT_CSS = """
    Entry {
        width: 1fr;
        height: 1;
        background: $surface;
        color: $foreground;
        .entry--here { background: $primary 25%; text-style: bold; }
        .entry--muted { color: $text-muted; }
        &:focus { background: $panel; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"entry--here", "entry--muted"}
    field: Field
    steer: Steer = staticmethod(nowhere)

    def _tell(self) -> None:
        """Draw anew, and say that the value changed."""
        self.refresh()
        self.post_message(Edited(self.field.name))

    def on_key(self, event: events.Key) -> None:
        """Use the keys that mean something here or lead on; leave the others."""
        if self.used(event) or self.steer(event.key):
            event.stop()
            event.prevent_default()

    def used(self, event: events.Key) -> bool:
        """Do what a key does; tell whether it does anything."""
        return False

    def lines(self, glyphs: Glyphs) -> list[list[Piece]]:
        """Return what the entry shows, line by line."""
        return []

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width, glyphs = self.size.width, glyphs_of(self)
        lines = self.lines(glyphs)
        if y >= len(lines):
            return Strip([Segment(" " * width, self.rich_style)], width)
        return strip_of(cut_pieces(lines[y], width, glyphs), looks_of(self, "entry"))
