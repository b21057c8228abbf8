"""The entry of a form that takes a line of text."""

import re

from textual import events
from textual.message import Message
from textual.widgets import Input
from textual.widgets.input import Selection

from cptkiosk.domain.text import cells
from cptkiosk.ui.terminal.screen_buffer import harmless
from cptkiosk.ui.widgets.fields import TextField, Value

NUMBER = re.compile(r"[\d.,:]+")
"""A number, or a span of time."""


class TextEntry(Input):
    """One line of text, shown as typed."""

    DEFAULT_CSS = """
    TextEntry, TextEntry:focus {
        width: 1fr;
        background: $surface;
        background-tint: $surface 0%;
    }
    TextEntry:focus { background: $panel; }
    """

    class PasteRefused(Message):
        """What was pasted is longer than the field."""

        def __init__(self, max_cells: int) -> None:
            super().__init__()
            self.words = (
                f"The pasted text is too long: {max_cells} characters fit here. Nothing"
                " was inserted."
            )

    def __init__(self, field: TextField) -> None:
        super().__init__(
            field.value,
            password=field.secret,
            restrict="[0-9]*" if field.digits else None,
            select_on_focus=False,
            compact=True,
        )
        self.cursor_blink = False
        self._field = field
        self._proposed = "" if field.edits else field.value

    @property
    def wrong(self) -> str:
        """Why what is typed is not taken, or an empty string."""
        return self._field.find_fault(self.value)

    def fill(self, value: Value) -> None:
        """Show `value` without telling anyone."""
        with self.prevent(Input.Changed):
            self.value = value if isinstance(value, str) else ""
        self.cursor_position = len(self.value)
        if NUMBER.fullmatch(self.value):
            # A number is keyed again as a whole, not added to.
            self._proposed = self.value
            if self.has_focus:
                self.selection = Selection(0, len(self.value))

    def _on_focus(self, event: events.Focus) -> None:
        """Select what is only proposed, so that the first letter takes its place."""
        super()._on_focus(event)
        if self._proposed and self.value == self._proposed:
            self.selection = Selection(0, len(self.value))

    def action_delete_left(self) -> None:
        """Take the last letter off what is only proposed, instead of all of it."""
        whole = Selection(0, len(self.value))
        is_number = NUMBER.fullmatch(self.value)
        if self.selection == whole and self.value == self._proposed and not is_number:
            self.cursor_position = len(self.value)
        super().action_delete_left()

    def replace(self, text: str, start: int, end: int) -> None:
        """Put harmless `text` in, as long as the whole still fits.

        Textual's `max_length` counts characters; what a line has room for are cells.
        """
        start, end = sorted((start, end))
        whole = self.value[:start] + text + self.value[end:]
        if harmless(text) == text and cells(whole) <= self._field.max_cells:
            super().replace(text, start, end)

    def restricted(self) -> None:
        """Ignore what may not be typed, without a sound: people sit a test here."""

    def action_copy(self) -> None:
        """Do nothing: what is typed stays off the clipboard of the terminal."""

    action_cut = action_paste = action_copy

    def _on_paste(self, event: events.Paste) -> None:
        """Take the lines of what is pasted as one, without its control characters."""
        event.stop()
        event.prevent_default()
        line = re.sub(r"\s*[\r\n]\s*", " ", event.text.strip()).replace("\t", " ")
        text = "".join(char for char in line if harmless(char) == char)
        if self._field.digits:
            text = re.sub("[^0-9]", "", text)
        before = self.value
        self.replace(text, *self.selection)
        if text and self.value == before:
            self.post_message(self.PasteRefused(self._field.max_cells))
