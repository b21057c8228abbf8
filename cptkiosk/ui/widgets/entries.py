"""The entries of a form that are chosen from, not typed: drawn line by line.

Text is Textual's own input. Its check boxes and radio buttons tell on from off by color
alone; its select shows the options only once Enter has opened them, where Enter goes on
here; and its option list scrolls only at the edge, where people should see what comes
before and after.
"""

import re
from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.message import Message
from textual.reactive import reactive

from cptkiosk.domain.text import fold_text
from cptkiosk.ui.terminal.glyphs import Glyphs
from cptkiosk.ui.widgets.drawing import Piece, cut_pieces
from cptkiosk.ui.widgets.fields import (
    ChoiceField,
    MultiChoiceField,
    Options,
    ToggleField,
    Value,
)
from cptkiosk.ui.widgets.line_widget import LineWidget, looks

V = TypeVar("V", str, bool, tuple[str, ...])

CHOICES_MAX = 5
"""How many options the open list of a choice shows at most."""

CHECKS_MAX = 8
"""How many options to check are shown at most."""

STEPS = {"up": -1, "left": -1, "down": 1, "right": 1}
"""Keys that choose the option before or after; at the ends they stay."""

WORD = re.compile(r"\w+")


class Entry(LineWidget, Generic[V], can_focus=True):
    """What is common to fields that are not typed as text."""

    DEFAULT_CSS = """
    Entry {
        width: 1fr;
        height: 1;
        background: $surface;
        .look--here { background: $primary 25%; text-style: bold; }
        &:focus { background: $panel; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = looks("here", "muted")

    value: reactive[V]
    """What is chosen."""

    class Changed(Message):
        """Something else is chosen now."""

    def fill(self, value: Value) -> None:
        """Show `value`, if it is one of this kind of field, without telling anyone."""
        if isinstance(value, type(self.value)):
            with self.prevent(Entry.Changed):
                self.value = value

    def watch_value(self) -> None:
        """Tell that something else is chosen."""
        self.post_message(self.Changed())

    def on_key(self, event: events.Key) -> None:
        """Use the keys that mean something here; leave the others to the form."""
        if self.use_key(event):
            event.stop()
            event.prevent_default()

    def use_key(self, event: events.Key) -> bool:
        """Do what a key does; tell whether it does anything."""
        return False

    def lines(self, glyphs: Glyphs) -> list[list[Piece]]:
        """Return what the entry shows, line by line."""
        return []

    def draw_line(self, y: int, width: int, glyphs: Glyphs) -> Sequence[Piece]:
        """Return one of the lines."""
        lines = self.lines(glyphs)
        return cut_pieces(lines[y], width, glyphs) if y < len(lines) else ()


class ToggleEntry(Entry[bool]):
    """Yes or no: Space, an arrow, or the letter."""

    value = reactive(False, init=False)

    def __init__(self, field: ToggleField) -> None:
        super().__init__()
        self.set_reactive(ToggleEntry.value, field.value)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Say which letters are an answer."""
        return character in {"y", "n", " "}

    def use_key(self, event: events.Key) -> bool:
        """Turn it on, off, or over."""
        if event.key in {"space", "left", "right"}:
            self.value = not self.value
        elif event.key in {"y", "n"}:
            self.value = event.key == "y"
        else:
            return False
        return True

    def lines(self, glyphs: Glyphs) -> list[list[Piece]]:
        """Draw a box: the label is the statement that it stands for."""
        return [[("[x]" if self.value else "[ ]", "")]]


class MultiEntry(Entry[tuple[str, ...]]):
    """Any number of options: Up and Down within, Space to check."""

    value: reactive[tuple[str, ...]] = reactive((), init=False)
    """What is checked, in the order of the options."""

    _at = reactive(0)

    def __init__(self, field: MultiChoiceField) -> None:
        super().__init__()
        self._options, self._one_by_one = field.options, field.one_by_one
        self._lines_max = min(CHECKS_MAX, len(field.options))
        self.styles.height = max(1, self._lines_max)
        self.set_reactive(MultiEntry.value, self._order_checked(set(field.value)))
        self.set_reactive(MultiEntry._at, self._first_checked())

    def fill(self, value: Value) -> None:
        """Check what of `value` is an option, and go to the first of it."""
        known = self._order_checked({*value}) if isinstance(value, tuple) else value
        super().fill(known)
        self._at = self._first_checked()

    def _order_checked(self, checked: set[str]) -> tuple[str, ...]:
        return tuple(value for value, _ in self._options if value in checked)

    def _first_checked(self) -> int:
        places = (at for at, one in enumerate(self._options) if one[0] in self.value)
        return next(places, 0)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Say that Space is taken, and the letter that checks all."""
        return character == " " or (character == "a" and not self._one_by_one)

    def use_key(self, event: events.Key) -> bool:
        """Move within the options, staying at the ends, or check one."""
        if event.key in {"up", "down"}:
            at = self._at + STEPS[event.key]
            self._at = max(0, min(at, len(self._options) - 1))
        elif event.key == "space" and self._options:
            self.value = self._order_checked(
                {*self.value} ^ {self._options[self._at][0]}
            )
        elif event.key == "a" and not self._one_by_one:
            every = self._order_checked({value for value, _ in self._options})
            self.value = () if self.value == every else every
        else:
            return False
        return True

    def lines(self, glyphs: Glyphs) -> list[list[Piece]]:
        """Show a window of the options around the one we are at."""
        if not self._options:
            return [[("nothing to choose from", "muted")]]
        top = _window_top(self._at, len(self._options), self._lines_max)
        shown: list[list[Piece]] = []
        window = self._options[top : top + self._lines_max]
        for at, (value, label) in enumerate(window, top):
            here = self.has_focus and at == self._at
            lead = glyphs.cursor if here else " "
            box = "[x]" if value in self.value else "[ ]"
            shown.append([(f"{lead} {box} {label}", "here" if here else "")])
        if len(self._options) > self._lines_max:
            note = f"  {len(self.value)} of {len(self._options)} checked"
            below = len(self._options) - top - self._lines_max
            note += f" {glyphs.up}{top}" if top else ""
            note += f" {glyphs.down}{below}" if below else ""
            shown[0].append((note, "muted"))
        return shown


class ChoiceEntry(Entry[str]):
    """One option of several: Up and Down choose, letters narrow the options."""

    value = reactive("", init=False)
    """What is chosen, or an empty string."""

    _typed = reactive("")

    def __init__(self, field: ChoiceField) -> None:
        super().__init__()
        self._options = field.options
        self.set_reactive(ChoiceEntry.value, field.value)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Say that letters narrow the options."""
        return character is not None and character.isprintable()

    def fill(self, value: Value) -> None:
        """Choose `value` if it is an option, else no option."""
        if not value or value in dict(self._options):
            super().fill(value)

    def open_list(self, lines: int) -> None:
        """Show up to `lines` options below the choice; none closes the list."""
        self.styles.height = 1 + max(0, min(lines, CHOICES_MAX, len(self._options)))

    def on_blur(self) -> None:
        """Close the list; all options are shown again when it opens."""
        self._typed = ""
        self.open_list(0)

    def use_key(self, event: events.Key) -> bool:
        """Go through the options, or edit what narrows them."""
        if event.key in STEPS:
            self._step(STEPS[event.key])
        elif event.key == "space" and not self._typed:
            self._step(1)
        elif event.key == "escape" and self._typed:
            self._narrow("")
        elif event.key == "backspace":
            self._narrow(self._typed[:-1])
        elif event.character is not None and event.is_printable:
            self._narrow(self._typed + event.character)
        else:
            return False
        return True

    def _step(self, step: int) -> None:
        """Choose the next matching option in a direction; stay at either end."""
        values = [value for value, _ in matching(self._options, self._typed)]
        if self.value in values:
            at = values.index(self.value) + step
            self.value = values[max(0, min(at, len(values) - 1))]
        elif values:
            self.value = values[0]

    def _narrow(self, typed: str) -> None:
        """Narrow the options to those with `typed`, and choose the first."""
        found = matching(self._options, typed)
        if not found:
            # A letter that leads nowhere is a slip.
            return
        self._typed = typed
        here = next((one for one in found if one[0] == self.value), None)
        if typed and (here is None or _rank(here, typed) > _rank(found[0], typed)):
            self.value = found[0][0]

    def lines(self, glyphs: Glyphs) -> list[list[Piece]]:
        """Show the choice, what is typed, and a window of what matches."""
        label = dict(self._options).get(self.value, "")
        arrows = f"  {glyphs.up} {glyphs.down}" if self.has_focus else ""
        head: list[Piece] = [(label or glyphs.dash, ""), (arrows, "muted")]
        if self._typed:
            head.append((f"  /{self._typed}_", "muted"))
        room = self.size.height - 1
        if not room:
            return [head]
        options = matching(self._options, self._typed)
        values = [value for value, _ in options]
        at = values.index(self.value) if self.value in values else 0
        top = _window_top(at, len(options), room)
        shown = [head]
        for value, text in options[top : top + room]:
            here = value == self.value
            lead = glyphs.cursor if here else " "
            shown.append([(f"{lead} {text}", "here" if here else "muted")])
        return shown


def matching(options: Options, typed: str) -> list[tuple[str, str]]:
    """Return the options with every word typed, those that begin so first."""
    terms = fold_text(typed).split()
    found = (one for one in options if all(term in fold_text(one[1]) for term in terms))
    return sorted(found, key=lambda one: _rank(one, typed))


def _rank(option: tuple[str, str], typed: str) -> int:
    """Return 0 if an option begins with what is typed, 1 if its words do, else 2."""
    text, typed = fold_text(option[1]), fold_text(typed)
    if text.startswith(typed):
        return 0
    words = WORD.findall(text)
    begun = (any(word.startswith(term) for word in words) for term in typed.split())
    return 1 if all(begun) else 2


def _window_top(at: int, count: int, room: int) -> int:
    """Return the first of `room` lines in sight, `at` as near their middle as can be."""
    return max(0, min(at - room // 2, count - room))
