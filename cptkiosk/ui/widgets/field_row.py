"""One field of a form: its label, its entry, and what is wrong with it."""

from contextlib import suppress

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from cptkiosk.ui.terminal.screen_buffer import harmless
from cptkiosk.ui.widgets.drawing import glyphs_of
from cptkiosk.ui.widgets.entries import ChoiceEntry, Entry, MultiEntry, ToggleEntry
from cptkiosk.ui.widgets.fields import (
    ChoiceField,
    Field,
    MultiChoiceField,
    TextField,
    ToggleField,
    Value,
)
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.widgets.text_entry import TextEntry

FieldEntry = TextEntry | ChoiceEntry | MultiEntry | ToggleEntry


class FieldRow(Vertical):
    """A label, its entry, and below it what is wrong with it."""

    DEFAULT_CSS = """
    FieldRow {
        height: auto;
        Horizontal { height: auto; }
        .label {
            width: 22;
            height: 1;
            padding: 0 1 0 0;
            text-wrap: nowrap;
            text-overflow: ellipsis;
        }
        .read-back {
            width: auto;
            height: 1;
            padding: 0 0 0 1;
            color: $text-muted;
        }
        .wrong {
            height: auto;
            padding: 0 0 0 22;
            color: $error;
            text-style: bold;
            display: none;
        }
        &:focus-within .label { text-style: bold; color: $primary; }
        &.-wrong .wrong { display: block; }
    }
    """

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self.entry = entry_for(field)
        self.label = PlainText(harmless(f"  {field.label}"), classes="label")
        self.read_back = PlainText(classes="read-back")
        self.wrong = PlainText(classes="wrong")
        self._wrong_value: Value | None = None

    def compose(self) -> ComposeResult:
        """Put the label left of the entry."""
        with Horizontal():
            yield self.label
            yield self.entry
            if isinstance(self.field, TextField) and self.field.read_back:
                yield self.read_back
                self.watch(self.entry, "value", self._read_back)
        yield self.wrong

    def rename(self, field: Field) -> None:
        """Ask for the same in other words."""
        self.field = field
        self._draw_label()

    @property
    def secret(self) -> bool:
        """Whether what is typed is not shown."""
        return isinstance(self.field, TextField) and self.field.secret

    @property
    def wrong_text(self) -> str:
        """Why what is typed is not taken, or an empty string."""
        return self.entry.wrong if isinstance(self.entry, TextEntry) else ""

    @property
    def lacking(self) -> bool:
        """Whether something required is not there."""
        value = self.entry.value
        empty = not (value.strip() if isinstance(value, str) else value)
        return self.field.required and empty

    def clear(self) -> bool:
        """Empty a secret, or what is typed again; tell whether it was either."""
        again = isinstance(self.field, TextField) and self.field.clears
        if again or self.secret:
            self.entry.fill("")
        return again or self.secret

    def complain(self, reason: str) -> None:
        """Say what is wrong, or that nothing is."""
        self._wrong_value = self.entry.value if reason else None
        sign = glyphs_of(self).attention
        self.wrong.update(harmless(f"{sign} {reason}") if reason else "")
        self.set_class(bool(reason), "-wrong")

    def _read_back(self, line: str) -> None:
        """Show beside the line how it is understood, as far as it can be read."""
        text = ""
        if isinstance(self.field, TextField) and self.field.read_back and line.strip():
            with suppress(ValueError):
                text = self.field.read_back(line.strip())
        self.read_back.update(harmless(text and f"= {text}"))

    @on(Input.Changed)
    @on(Entry.Changed)
    def take_back(self) -> None:
        """Take back what was said, unless the field still holds what was wrong.

        Letters typed in a burst are told one by one, perhaps after the submission.
        """
        if self.entry.value != self._wrong_value:
            self.complain("")

    @on(TextEntry.PasteRefused)
    def say_too_long(self, message: TextEntry.PasteRefused) -> None:
        """Say that what was pasted does not fit."""
        self.complain(message.words)

    def on_descendant_focus(self) -> None:
        """Point at the field, now that keys go to it."""
        self._draw_label()

    def on_descendant_blur(self) -> None:
        """Stop pointing."""
        self._draw_label()

    def _draw_label(self) -> None:
        """Show at the label, with a sign, whether keys go to this field."""
        sign = glyphs_of(self).cursor if self.entry.has_focus else " "
        self.label.update(harmless(f"{sign} {self.field.label}"), layout=False)


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
