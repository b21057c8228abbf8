"""A form: labelled fields below one another, errors in words, all by keyboard."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from cptkiosk.ui.terminal.screen_buffer import harmless
from cptkiosk.ui.widgets.entries import Entry
from cptkiosk.ui.widgets.field_list import FieldList
from cptkiosk.ui.widgets.field_row import FieldRow
from cptkiosk.ui.widgets.fields import (
    Check,
    ChoiceField,
    Field,
    Options,
    Value,
    Values,
    field_help,
    fill_field,
)
from cptkiosk.ui.widgets.plain_text import PlainText

MISSING = "required"


def _options_of(field: Field) -> Options:
    return field.options if isinstance(field, ChoiceField) else ()


class Form(Vertical):
    """Fields to fill in; Enter goes on, and submits from the last one."""

    DEFAULT_CSS = """
    Form {
        height: auto;
        max-height: 100%;
        .help {
            height: 1;
            padding: 0 0 0 22;
            color: $text-muted;
            text-wrap: nowrap;
            text-overflow: ellipsis;
        }
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
        act: str = "save",
        check: Check | None = None,
    ) -> None:
        """Ask for `fields`; Enter submits at `save_at` already, not only at the last.

        The help calls that `act`. `check` says what is wrong with the values together;
        some may not be readable.
        """
        super().__init__()
        self._rows = {field.name: FieldRow(field) for field in fields}
        self._put_away = Values()
        self._save_at, self._act, self._check = save_at, act, check
        self._list = FieldList(*self._rows.values())
        self._help = PlainText(classes="help")
        self._submitted = False

    def compose(self) -> ComposeResult:
        """Put the help on the field below all fields."""
        yield self._list
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
            row = before.get(field.name)
            if row is None or _options_of(row.field) != _options_of(field):
                # A list of other options is a new one; the old one is removed below.
                row = FieldRow(self._filled(field))
            else:
                del before[field.name]
            row.rename(field)
            self._rows[field.name] = row
        for row in before.values():
            row.remove()
        for above, row in pairwise(self._rows.values()):
            if row.parent is None:
                self._list.mount(row, after=above)

    def _filled(self, field: Field) -> Field:
        filled, options = fill_field(field, self._put_away), dict(_options_of(field))
        lost = isinstance(filled, ChoiceField) and filled.value not in options
        return field if lost else filled

    def fit_into(self, lines: int) -> None:
        """Take so many lines at most, one of them for the help; the fields scroll."""
        self.styles.max_height = max(2, lines)
        self._list.fit_into(lines)

    def values(self) -> Values:
        """Return what each field holds."""
        return Values((name, row.entry.value) for name, row in self._rows.items())

    def set_values(self, values: Mapping[str, Value]) -> None:
        """Fill in `values`; unknown names are left out."""
        for name, value in values.items():
            if name in self._rows:
                self._rows[name].entry.fill(value)

    def forget_secrets(self) -> None:
        """Empty the fields that hold a secret: someone else may come to sit here."""
        for row in self._rows.values():
            if row.secret:
                row.clear()

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Say what is wrong with each field, and go to the first that has an error."""
        self.reopen()
        wrong = {name for name in errors if name in self._rows}
        if any(self._rows[name].secret for name in wrong):
            # One of two PINs was mistyped, and no one can see which.
            wrong |= {name for name, row in self._rows.items() if row.secret}
        for name, row in self._rows.items():
            if name in wrong:
                row.clear()
            row.complain(errors.get(name, ""))
        first = next((name for name in self._rows if name in wrong), None)
        if first is not None:
            self.focus_field(first)

    def refuse(self) -> None:
        """Empty what has to be retyped after a refusal, and go to the first of it."""
        self.reopen()
        emptied = [name for name, row in self._rows.items() if row.clear()]
        if emptied:
            self.focus_field(emptied[0])

    def focus_field(self, name: str) -> None:
        """Let keys go to the field `name`."""
        row = self._rows[name]
        if self.is_attached and not row.entry.is_attached:
            # It has just been added.
            self.call_after_refresh(self.focus_field, name)
            return
        if self.is_attached:
            self.screen.set_focus(row.entry, scroll_visible=False)
        self._list.show_row(row)

    def focus_first(self) -> None:
        """Let keys go to the first field."""
        if self._rows:
            self.focus_field(next(iter(self._rows)))

    def focus_secret(self) -> None:
        """Let keys go to the first secret, which is what is retyped; else the first."""
        secrets = (name for name, row in self._rows.items() if row.secret)
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

    def on_key(self, event: events.Key) -> None:
        """Go where a key leads that means nothing in the field itself."""
        if event.key in {"down", "up"}:
            self._step(1 if event.key == "down" else -1)
        elif event.key in {"tab", "shift+tab"}:
            self._step(1 if event.key == "tab" else -1, leave=True)
        elif event.key == "enter" and not self._saves_here():
            self._go_on()
        elif event.key in {"enter", "ctrl+s"}:
            self.submit()
        else:
            return
        event.stop()
        event.prevent_default()

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

    @on(Input.Changed)
    @on(Entry.Changed)
    def _tell_changed(self, event: Message) -> None:
        """Tell what the form holds now."""
        event.stop()
        self.post_message(self.Changed(self, self.values()))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Say what the field is for."""
        for row in self._rows.values():
            if row.entry is event.widget:
                self._help.update(harmless(self.help_on(row.field)), layout=False)

    def on_descendant_blur(self) -> None:
        """Say nothing more; Enter is no key of any field now."""
        self._help.update("", layout=False)

    def help_on(self, field: Field) -> str:
        """Return what the line of help says of a field."""
        enter = self._act if field.name == self._save_at else ""
        return field_help(field, enter)

    def _at(self) -> int:
        """Return the place of the field that has the focus."""
        places = (
            at for at, row in enumerate(self._rows.values()) if row.entry.has_focus
        )
        return next(places, -1)
