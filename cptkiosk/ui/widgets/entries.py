"""The parts of a form that take keys: one for each kind of field.

Text is Textual's own input. Its check boxes tell on from off by color alone, and its
select shows the options only once Enter has opened them, where Enter goes on here.
"""

from textual import events

from cptkiosk.ui.terminal.glyphs import Glyphs
from cptkiosk.ui.widgets.choice_entry import ChoiceEntry
from cptkiosk.ui.widgets.drawing import Piece
from cptkiosk.ui.widgets.entry import Entry
from cptkiosk.ui.widgets.fields import (
    ChoiceField,
    Field,
    MultiChoiceField,
    TextField,
    ToggleField,
    Value,
)
from cptkiosk.ui.widgets.text_entry import TextEntry


class ToggleEntry(Entry):
    """Yes or no: Space, an arrow, or the letter."""

    def __init__(self, field: ToggleField) -> None:
        super().__init__()
        self.field = field
        self._on = field.value

    @property
    def held(self) -> Value:
        """Whether it is on."""
        return self._on

    def hold(self, value: Value) -> None:
        """Show `value` without telling anybody."""
        self._on = bool(value)
        self.refresh()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Say which letters are an answer."""
        return character in {"y", "n", " "}

    def used(self, event: events.Key) -> bool:
        """Turn it on, off, or over."""
        wanted = {"space": not self._on, "left": not self._on, "right": not self._on}
        wanted |= {"y": True, "n": False}
        if event.key not in wanted:
            return False
        if wanted[event.key] != self._on:
            self._on = wanted[event.key]
            self._tell()
        return True

    def lines(self, glyphs: Glyphs) -> list[list[Piece]]:
        """Say it with a box and a word."""
        return [[("[x] yes" if self._on else "[ ] no", "")]]


class MultiEntry(Entry):
    """Any number of options: Up and Down within, Space to tick."""

    LINES_MAX = 8

    def __init__(self, field: MultiChoiceField) -> None:
        super().__init__()
        self.field: MultiChoiceField = field
        self._options = field.options
        self._ticked = set(field.value)
        self._at = self._first_ticked()
        self.styles.height = max(1, min(self.LINES_MAX, len(field.options)))

    @property
    def held(self) -> Value:
        """The values that are ticked, in the order of the options."""
        return tuple(value for value, _ in self._options if value in self._ticked)

    def hold(self, value: Value) -> None:
        """Show `value` without telling anybody."""
        self._ticked = set(value) if isinstance(value, tuple) else set()
        self._at = self._first_ticked()
        self.refresh()

    def _first_ticked(self) -> int:
        places = (at for at, one in enumerate(self._options) if one[0] in self._ticked)
        return next(places, 0)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Say that Space is taken, and the letter that ticks all."""
        return character == " " or (character == "a" and not self.field.one_by_one)

    def used(self, event: events.Key) -> bool:
        """Move within the options, staying at the ends, or check one."""
        step = {"up": -1, "down": 1}.get(event.key, 0)
        if step:
            self._at = max(0, min(self._at + step, len(self._options) - 1))
            self.refresh()
            return True
        if event.key == "space" and self._options:
            self._ticked ^= {self._options[self._at][0]}
            self._tell()
            return True
        if event.key == "a" and not self.field.one_by_one:
            every = {value for value, _ in self._options}
            self._ticked = set() if self._ticked >= every else every
            self._tell()
            return True
        return False

    def lines(self, glyphs: Glyphs) -> list[list[Piece]]:
        """Show a window of the options around the one we are at."""
        room = min(self.LINES_MAX, len(self._options))
        top = max(0, min(self._at - room // 2, len(self._options) - room))
        shown = []
        for at, (value, label) in enumerate(self._options[top : top + room], top):
            here = self.has_focus and at == self._at
            lead = glyphs.cursor if here else " "
            box = "[x]" if value in self._ticked else "[ ]"
            shown.append([(f"{lead} {box} {label}", "here" if here else "")])
        if len(self._options) > room:
            ticked = f"  {len(self._ticked)} of {len(self._options)} checked"
            above, below = top, len(self._options) - top - room
            more = f" {glyphs.up}{above}" * bool(
                above
            ) + f" {glyphs.down}{below}" * bool(below)
            shown[0].append((f"{ticked}{more}", "muted"))
        return shown or [[("nothing to choose from", "muted")]]


FieldEntry = TextEntry | ChoiceEntry | MultiEntry | ToggleEntry


def entry_for(field: Field) -> FieldEntry:
    """Return the entry that asks for `field`."""
    match field:
        case TextField():
            return TextEntry(field)
        case ChoiceField():
            return ChoiceEntry(field)
        case MultiChoiceField():
            return MultiEntry(field)
        case ToggleField():
            return ToggleEntry(field)
