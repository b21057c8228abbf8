"""One field of a form: its label, its entry, and what is wrong with it."""

from rich.segment import Segment
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.strip import Strip
from textual.widget import Widget

from cptkiosk.ui.terminal.screen_buffer import harmless
from cptkiosk.ui.widgets.drawing import fitted, glyphs_of
from cptkiosk.ui.widgets.entries import FieldEntry, entry_for
from cptkiosk.ui.widgets.fields import Field, Value
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.widgets.text_entry import TextEntry


class Line(Widget):
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
        return Strip([Segment(text, self.rich_style)], width)


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
        self.label = Line(f"  {field.label}", classes="label")
        self.wrong = PlainText(classes="wrong")
        self._wrong_value: Value | None = None

    def compose(self) -> ComposeResult:
        """Put the label left of the entry."""
        with Horizontal():
            yield self.label
            yield self.entry
        yield self.wrong

    def rename(self, field: Field) -> None:
        """Ask for the same in other words."""
        self.field = field
        if self.is_attached:
            self.point(self.entry.has_focus)
        else:
            self.label.show(f"  {field.label}")

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
    def wrong_text(self) -> str:
        """Why what is typed is not taken, or nothing."""
        return self.entry.wrong if isinstance(self.entry, TextEntry) else ""

    @property
    def lacking(self) -> bool:
        """Whether something required is not there."""
        held = self.entry.held
        empty = not (held.strip() if isinstance(held, str) else held)
        return self.field.required and empty
