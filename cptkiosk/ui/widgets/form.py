"""A form: labelled fields below one another, errors in words, all by keyboard."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from cptkiosk.ui.widgets.choice_entry import LIST_MAX, ChoiceEntry
from cptkiosk.ui.widgets.entry import Edited
from cptkiosk.ui.widgets.field_row import FieldRow, Line
from cptkiosk.ui.widgets.fields import (
    Check,
    ChoiceField,
    Field,
    MultiChoiceField,
    TextField,
    Value,
    Values,
    filled,
)

MISSING = "needed"
HINTS = {
    ChoiceField: "Up, Down: choose",
    MultiChoiceField: "Up, Down, Space: check",
}
"""What the help says of the keys of a list; a question has some 46 cells for it."""

NEXT = "Enter: next"
"""What the help of a list says where Enter goes on to another field."""

HELP_CELLS = 46
"""How many cells of help a question shows on a terminal of 80 columns."""

GOES_ON = "Tab: next"
"""What the help says where Enter submits, though more may be said below."""


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
        values: Values

    @dataclass
    class Submitted(Message):
        """The form is done: nothing is missing, and nothing is wrong with its values."""

        form: "Form"
        values: Values

    def __init__(
        self,
        *fields: Field,
        save_at: str = "",
        act: str = "record it",
        check: Check | None = None,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        """Ask for `fields`; Enter submits at `save_at` already, not only at the last.

        The help calls that `act`. `check` says what is wrong with the values together;
        some may not be readable.
        """
        super().__init__(id=id, classes=classes)
        self._rows = {field.name: self._row(field) for field in fields}
        self._put_away = Values()
        self._lines_max = 0
        self._save_at, self._act, self._check = save_at, act, check
        self._scroll = VerticalScroll(*self._rows.values(), classes="fields")
        self._scroll.can_focus = False
        self._help = Line(classes="help")
        self._submitted = False

    def _row(self, field: Field) -> FieldRow:
        row = FieldRow(field)
        row.entry.steer = self._steer
        return row

    def compose(self) -> ComposeResult:
        """Put the help on the field below all fields."""
        yield self._scroll
        yield self._help

    @property
    def fields(self) -> tuple[Field, ...]:
        """What the form asks for now."""
        return tuple(row.field for row in self._rows.values())

    def ask_for(self, fields: Iterable[Field], save_at: str = "") -> None:
        """Ask for `fields` from now on, which keep the order they have among each other.

        What was typed stays, and comes back with a field that comes back.
        """
        self._put_away.update(self.values())
        before, self._rows, self._save_at = self._rows, {}, save_at
        for field in fields:
            row = before.pop(field.name, None)
            if row is None:
                row = self._row(filled(field, self._put_away))
            row.rename(field)
            self._rows[field.name] = row
        for row in before.values():
            row.remove()
        for above, row in pairwise(self._rows.values()):
            if row.parent is None:
                self._scroll.mount(row, after=above)

    def fit_into(self, lines: int) -> None:
        """Take so many lines at most, one of them for the help; the fields scroll."""
        self.styles.max_height = max(2, lines)
        self._lines_max = lines
        self._measure()

    def on_mount(self) -> None:
        """Fit an open list into its room whenever the fields, or the room, change."""
        for one in (self._scroll, self.parent):
            if isinstance(one, Widget):
                self.watch(one, "virtual_size", self._laid_out, init=False)

    def _laid_out(self) -> None:
        # Each field has its size only once all of them are laid out.
        self.call_after_refresh(self._measure)

    def _measure(self) -> None:
        for row in self._rows.values():
            self._open(row)

    def values(self) -> Values:
        """Return what each field holds."""
        return Values((name, row.entry.held) for name, row in self._rows.items())

    def set_values(self, values: Mapping[str, Value]) -> None:
        """Fill in `values`; unknown names are left out."""
        for name, value in values.items():
            if name in self._rows:
                self._rows[name].entry.hold(value)

    def forget_secrets(self) -> None:
        """Empty the fields that hold a secret: somebody else may come to sit here."""
        for row in self._rows.values():
            if isinstance(row.field, TextField) and row.field.secret:
                row.entry.hold("")

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Say what is wrong with each field, and go to the first that has an error."""
        self.reopen()
        wrong = {name for name in errors if name in self._rows}
        if any(_secret(self._rows[name].field) for name in wrong):
            # One of two PINs was mistyped, and nobody can see which.
            wrong |= {name for name, row in self._rows.items() if _secret(row.field)}
        for name, row in self._rows.items():
            if name in wrong:
                self._clear(row)
            row.complain(errors.get(name, ""))
        first = next((name for name in self._rows if name in wrong), None)
        if first is not None:
            self.focus_field(first)

    def refuse(self) -> None:
        """Empty what has to be typed anew after a refusal, and go to the first of it."""
        self.reopen()
        emptied = [name for name, row in self._rows.items() if self._clear(row)]
        if emptied:
            self.focus_field(emptied[0])

    @staticmethod
    def _clear(row: FieldRow) -> bool:
        """Empty a secret, or what is typed anew; tell whether it was either."""
        field = row.field
        again = isinstance(field, TextField) and (_secret(field) or field.clears)
        if again:
            row.entry.hold("")
        return again

    def focus_field(self, name: str) -> None:
        """Let keys go to the field `name`."""
        row = self._rows[name]
        if self.is_attached and not row.entry.is_attached:
            # It has just been added.
            self.call_after_refresh(self.focus_field, name)
            return
        if self.is_attached:
            self.screen.set_focus(row.entry, scroll_visible=False)
        self.call_after_refresh(self._scroll.scroll_to_widget, row, animate=False)

    def focus_first(self) -> None:
        """Let keys go to the first field."""
        if self._rows:
            self.focus_field(next(iter(self._rows)))

    def focus_secret(self) -> None:
        """Let keys go to the first secret, which is what is typed anew; else the first."""
        secrets = (name for name, row in self._rows.items() if _secret(row.field))
        self.focus_field(next(secrets, next(iter(self._rows))))

    def reopen(self) -> None:
        """Take submissions again, after what came of the last one."""
        self._submitted = False

    def submit(self) -> None:
        """Submit once, unless something is missing or cannot be read."""
        if self._submitted:
            return
        values, rows = self.values(), self._rows.items()
        errors = {name: MISSING for name, row in rows if row.lacking}
        if not errors:
            unreadable = {name: row.wrong_text for name, row in rows if row.wrong_text}
            errors = (self._check(values) if self._check else {}) | unreadable
        self.show_errors(errors)
        if not errors:
            self._submitted = True
            self.post_message(self.Submitted(self, values))

    def _steer(self, key: str) -> bool:
        """Go where `key` leads; tell whether it leads anywhere."""
        if key in {"down", "up"}:
            self._step(1 if key == "down" else -1)
        elif key in {"tab", "shift+tab"}:
            self._step(1 if key == "tab" else -1, leave=True)
        elif key == "enter" and not self._saves_here():
            self._go_on()
        elif key in {"enter", "ctrl+s"}:
            self.submit()
        else:
            return False
        return True

    def _saves_here(self) -> bool:
        """Whether Enter submits at the field that has the focus."""
        at, names = self._at(), list(self._rows)
        return at == len(names) - 1 or (at >= 0 and names[at] == self._save_at)

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
                self._help.show(self.help_on(row.field))
            if not here and isinstance(row.entry, ChoiceEntry):
                row.entry.open_list(0)
            elif here:
                self._open(row)

    def _open(self, row: FieldRow) -> None:
        """Open the list of a choice, and bring all of it into sight."""
        if not isinstance(row.entry, ChoiceEntry) or not row.entry.has_focus:
            return
        if not self._scroll.size.height:
            # Nothing has its place yet; `_measure` comes once it has.
            return
        row.entry.open_list(self._spare())
        self.call_after_refresh(self._scroll.scroll_to_widget, row, animate=False)

    def help_on(self, field: Field) -> str:
        """Return what a field is for, and that the rest may be left out."""
        label, hint = field.label.removesuffix(" *"), HINTS.get(type(field), "")
        parts = [f"{label}: {field.help}"] if field.help else []
        if hint and (not parts or len(parts[0]) + len(hint) < HELP_CELLS):
            parts.append(hint)
        if field.name == self._save_at:
            parts.append(f"Enter: {self._act}")
            if len("; ".join((*parts, GOES_ON))) <= HELP_CELLS:
                parts.append(GOES_ON)
        elif hint and parts == [hint] and field.name != list(self._rows)[-1]:
            parts.append(NEXT)
        return "; ".join(parts)

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Stop pointing, and close the list; Enter is no key of any field now."""
        self._help.show("")
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
        open_lines = sum(
            row.entry.size.height - 1
            for row in self._rows.values()
            if isinstance(row.entry, ChoiceEntry)
        )
        used = self._scroll.virtual_size.height - open_lines + 1
        room = self._lines_max
        if not room and isinstance(self.parent, Widget):
            room = self.parent.content_size.height
        if used >= room:
            # The fields scroll anyway.
            return LIST_MAX
        return max(0, min(LIST_MAX, room - used))


def _secret(field: Field) -> bool:
    return isinstance(field, TextField) and field.secret
