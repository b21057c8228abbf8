"""The part of a form that takes one of several options."""

import re

from textual import events

from cptkiosk.domain.text import fold
from cptkiosk.ui.terminal.glyphs import Glyphs
from cptkiosk.ui.widgets.drawing import Piece
from cptkiosk.ui.widgets.entry import Entry
from cptkiosk.ui.widgets.fields import ChoiceField, Value

LIST_MAX = 5
WORD = re.compile(r"\w+")
STEPS = {"up": -1, "left": -1, "down": 1, "right": 1}
"""Keys that choose the option before or after; at the ends they stay."""


class ChoiceEntry(Entry):
    """One option of several: Up and Down choose, letters narrow the options."""

    def __init__(self, field: ChoiceField) -> None:
        super().__init__()
        self.field = field
        self._options = field.options
        self._value = field.value
        self._typed = ""

    @property
    def held(self) -> Value:
        """The value chosen, or nothing."""
        return self._value

    def hold(self, value: Value) -> None:
        """Show `value` without telling anybody."""
        self._value = value if isinstance(value, str) else ""
        self.refresh()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Say that letters narrow the options."""
        return character is not None and character.isprintable()

    def open_list(self, lines: int) -> None:
        """Show up to `lines` options below the choice; none closes the list."""
        self.styles.height = 1 + max(0, min(lines, LIST_MAX, len(self._options)))

    def stop_typing(self) -> None:
        """Show all options again."""
        self._typed = ""
        self.refresh()

    def used(self, event: events.Key) -> bool:
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

    def _matching(self) -> list[tuple[str, str]]:
        """Return the options with every word typed, those that begin so first."""
        terms = fold(self._typed).split()
        found = [
            option
            for option in self._options
            if all(term in fold(option[1]) for term in terms)
        ]
        return sorted(found, key=self._rank)

    def _rank(self, option: tuple[str, str]) -> int:
        """Return 0 if an option begins with what is typed, 1 if its words do, else 2."""
        text, typed = fold(option[1]), fold(self._typed)
        if text.startswith(typed):
            return 0
        words = WORD.findall(text)
        begun = (any(word.startswith(term) for word in words) for term in typed.split())
        return 1 if all(begun) else 2

    def _step(self, step: int) -> None:
        """Choose the next matching option in a direction; stay at either end."""
        values = [value for value, _ in self._matching()]
        if self._value not in values:
            self._choose(values[0] if values else self._value)
            return
        at = values.index(self._value) + step
        self._choose(values[max(0, min(at, len(values) - 1))])

    def _narrow(self, typed: str) -> None:
        """Narrow the options to those with `typed`, and choose the first."""
        before, self._typed = self._typed, typed
        options = self._matching()
        here = next((one for one in options if one[0] == self._value), None)
        if not options:
            # A letter that leads nowhere is a slip.
            self._typed = before
        elif typed and (here is None or self._rank(here) > self._rank(options[0])):
            self._choose(options[0][0])
        self.refresh()

    def _choose(self, value: str) -> None:
        """Take `value`, and tell if it is another."""
        if value != self._value:
            self._value = value
            self._tell()

    def lines(self, glyphs: Glyphs) -> list[list[Piece]]:
        """Show the choice, what is typed, and a window of what matches."""
        label = dict(self._options).get(self._value, "")
        arrows = f"  {glyphs.up} {glyphs.down}" if self.has_focus else ""
        head: list[Piece] = [(label or glyphs.dash, ""), (arrows, "muted")]
        if self._typed:
            head.append((f"  /{self._typed}_", "muted"))
        options, room = self._matching(), self.size.height - 1
        values = [value for value, _ in options]
        at = values.index(self._value) if self._value in values else 0
        top = max(0, min(at - room // 2, len(options) - room))
        shown: list[list[Piece]] = [head]
        for value, text in options[top : top + room]:
            here = value == self._value
            lead = glyphs.cursor if here else " "
            shown.append([(f"{lead} {text}", "here" if here else "muted")])
        return shown
