"""A form: labelled fields below one another, errors in words, all by keyboard."""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, Static

from cptkiosk.ui.shadow import harmless
from cptkiosk.ui.widgets.choice_entry import LIST_MAX, ChoiceEntry
from cptkiosk.ui.widgets.drawing import fitted, glyphs_of
from cptkiosk.ui.widgets.entries import FieldEntry, entry_for
from cptkiosk.ui.widgets.entry import Edited
from cptkiosk.ui.widgets.fields import (
    ChoiceField,
    Field,
    MultiChoiceField,
    TextField,
    ToggleField,
    Value,
)

__all__ = [
    "ChoiceField",
    "Field",
    "Form",
    "MultiChoiceField",
    "TextField",
    "ToggleField",
    "Value",
    "Values",
]

Values = dict[str, Value]
"""What a whole form holds, by the names of its fields."""

LABEL_WIDTH = 22
MISSING = "needed"


class _Line(Widget):
    """A line of plain text."""

    def __init__(self, text: str = "", classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._text = text

    def show(self, text: str) -> None:
        """Say `text`, redrawing only if it is new."""
        if text != self._text:
            self._text = text
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        width = self.content_size.width
        text = fitted(self._text if y == 0 else "", width, glyphs_of(self))
        return Strip([Segment(text, self._line_style())], width)

    def _line_style(self) -> Style:
        """Return the style of the line."""
        return self.rich_style


class FieldRow(Vertical):
    """A label, its entry, and below it what is wrong with it."""

    DEFAULT_CSS = """
    FieldRow {
        height: auto;
        Horizontal { height: auto; }
        .label { width: 22; height: 1; padding: 0 1 0 0; }
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
        self.entry: FieldEntry = entry_for(field)
        self.label = _Line(f"  {field.label}", classes="label")
        self.wrong = Static(classes="wrong", markup=False)
        self._wrong_value: Value | None = None

    def compose(self) -> ComposeResult:
        """Put the label left of the entry."""
        with Horizontal():
            yield self.label
            yield self.entry
        yield self.wrong

    def complain(self, reason: str) -> None:
        """Say what is wrong, or that nothing is."""
        self._wrong_value = self.entry.held if reason else None
        sign = glyphs_of(self).attention
        self.wrong.update(harmless(f"{sign} {reason}") if reason else "")
        self.set_class(bool(reason), "-wrong")

    def edited(self) -> None:
        """Take back what was said, unless the field still holds what was wrong.

        Letters typed in a burst are told one by one, perhaps after the submission.
        """
        if self.entry.held != self._wrong_value:
            self.complain("")

    def point(self, here: bool) -> None:
        """Show at the label, with a sign, whether keys go to this field."""
        sign = glyphs_of(self).cursor if here else " "
        self.label.show(f"{sign} {self.field.label}")

    @property
    def lacking(self) -> bool:
        """Whether something required is not there."""
        held = self.entry.held
        empty = not (held.strip() if isinstance(held, str) else held)
        return self.field.required and empty


class Form(Vertical):
    """Fields to fill in; Enter goes on, and submits from the last one."""

    DEFAULT_CSS = """
    Form {
        height: auto;
        max-height: 100%;
        .fields { height: auto; max-height: 1fr; scrollbar-size: 1 1; }
        .help { height: 1; padding: 0 0 0 22; color: $text-muted; }
    }
    """

    @dataclass
    class Changed(Message):
        """A field was edited."""

        form: "Form"
        values: dict[str, Value]

        @property
        def control(self) -> "Form":
            """The form itself, for `@on` selectors."""
            return self.form

    @dataclass
    class Submitted(Message):
        """The form is done, and nothing required is missing."""

        form: "Form"
        values: dict[str, Value]

        @property
        def control(self) -> "Form":
            """The form itself, for `@on` selectors."""
            return self.form

    def __init__(
        self,
        *fields: Field,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._rows = {field.name: FieldRow(field) for field in fields}
        self._scroll = VerticalScroll(*self._rows.values(), classes="fields")
        self._scroll.can_focus = False
        self._help = _Line(classes="help")
        self._submitted = False
        for row in self._rows.values():
            row.entry.steer = self._steer

    def compose(self) -> ComposeResult:
        """Put the help on the field below all fields."""
        yield self._scroll
        yield self._help

    def values(self) -> dict[str, Value]:
        """Return what each field holds."""
        return {name: row.entry.held for name, row in self._rows.items()}

    def set_values(self, values: Mapping[str, Value]) -> None:
        """Fill in `values`; unknown names are left out."""
        for name, value in values.items():
            if name in self._rows:
                self._rows[name].entry.hold(value)

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Say what is wrong with each field, and go to the first that has an error."""
        self.reopen()
        for name, row in self._rows.items():
            row.complain(errors.get(name, ""))
        first = next((name for name in self._rows if name in errors), None)
        if first is not None:
            self.focus_field(first)

    def focus_field(self, name: str) -> None:
        """Let keys go to the field `name`."""
        row = self._rows[name]
        if self.is_attached:
            self.screen.set_focus(row.entry, scroll_visible=False)
        self.call_after_refresh(self._scroll.scroll_to_widget, row, animate=False)

    def focus_first(self) -> None:
        """Let keys go to the first field."""
        if self._rows:
            self.focus_field(next(iter(self._rows)))

    def reopen(self) -> None:
        """Take submissions again, after what came of the last one."""
        self._submitted = False

    def submit(self) -> None:
        """Submit once, unless something required is missing."""
        if self._submitted:
            return
        missing = {name: MISSING for name, row in self._rows.items() if row.lacking}
        self.show_errors(missing)
        if not missing:
            self._submitted = True
            self.post_message(self.Submitted(self, self.values()))

    def _steer(self, key: str) -> bool:
        """Go where `key` leads; tell whether it leads anywhere."""
        if key in {"down", "up"}:
            self._step(1 if key == "down" else -1)
        elif key in {"tab", "shift+tab"}:
            self._step(1 if key == "tab" else -1, leave=True)
        elif key == "enter" and self._at() < len(self._rows) - 1:
            self._go_on()
        elif key in {"enter", "ctrl+s"}:
            self.submit()
        else:
            return False
        return True

    def _go_on(self) -> None:
        """Go to the next field, unless this one is needed and empty."""
        row = list(self._rows.values())[max(0, self._at())]
        if row.lacking:
            row.complain(MISSING)
        else:
            self._step(1)

    def _step(self, step: int, *, leave: bool = False) -> None:
        """Go to another field; past the ends only if told to leave."""
        names = list(self._rows)
        at = self._at() + step
        if 0 <= at < len(names):
            self.focus_field(names[at])
        elif leave and step > 0:
            self.screen.focus_next()
        elif leave:
            self.screen.focus_previous()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Take an edit from a line of text."""
        event.stop()
        self._edited(event.input)

    def on_edited(self, event: Edited) -> None:
        """Take an edit from any other field."""
        event.stop()
        self._edited(self._rows[event.name].entry)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Point at the field, say what it is for, and open its list."""
        for row in self._rows.values():
            here = row.entry is event.widget
            row.point(here)
            if here:
                text = f"{row.field.label}: {row.field.help}" if row.field.help else ""
                self._help.show(text)
            if isinstance(row.entry, ChoiceEntry):
                row.entry.open_list(self._spare() if here else 0)

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Stop pointing, and close the list."""
        for row in self._rows.values():
            if row.entry is event.widget:
                row.point(False)
                if isinstance(row.entry, ChoiceEntry):
                    row.entry.open_list(0)
                    row.entry.stop_typing()

    def _edited(self, entry: Widget) -> None:
        """Take back what was said of `entry`, and tell what the form holds now."""
        for row in self._rows.values():
            if row.entry is entry:
                row.edited()
        self.post_message(self.Changed(self, self.values()))

    def _at(self) -> int:
        """Return the place of the field that has the focus."""
        entries = [row.entry for row in self._rows.values()]
        focused = self.screen.focused
        return next((at for at, one in enumerate(entries) if one is focused), -1)

    def _spare(self) -> int:
        """Return how many lines a list may take without pushing fields out of sight."""
        parent = self.parent if isinstance(self.parent, Widget) else self
        open_lines = sum(
            row.entry.size.height - 1
            for row in self._rows.values()
            if isinstance(row.entry, ChoiceEntry)
        )
        used = self._scroll.virtual_size.height - open_lines + 1
        return max(0, min(LIST_MAX, parent.content_size.height - used))
