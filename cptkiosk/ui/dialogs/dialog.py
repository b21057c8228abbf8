"""Questions over a screen: consequences first, then what has to be filled in."""

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Resize
from textual.widget import Widget

from cptkiosk.ui import enter_guard
from cptkiosk.ui.clocks import running
from cptkiosk.ui.dialogs.key_help import HelpScreen
from cptkiosk.ui.dialogs.modal import KioskModal
from cptkiosk.ui.enter_guard import EnterRule
from cptkiosk.ui.widgets.fields import keys_of
from cptkiosk.ui.widgets.form import Field, Form, Values
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.work import is_open

Checked = Callable[[Values], dict[str, str]]
Refusal = Callable[[Values], str]
Line = str | Callable[[], str]
"""A line above the form; one that is called is drawn again every second."""


class AskDialog(KioskModal[Values | None]):
    """Says what will be true afterwards, asks for what is missing, and confirms.

    What would be refused is said here, and nothing typed is lost. Answers with the
    values of its form, or `None` if it was left with Esc.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", priority=True),
        Binding("enter", "confirm", "confirm"),
        Binding("ctrl+g,f1", "help", "help", priority=True),
        Binding("question_mark", "help", "help"),
    ]

    ENTER_RULE: ClassVar[EnterRule] = enter_guard.QUESTION
    SAVE_AT: ClassVar[str] = ""
    """The field at which Enter confirms already, if it is not the last."""

    ENTER: ClassVar[str] = "confirm"
    """What Enter does in the end."""

    LEAVES: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Esc", "Go back; nothing is done"),
    )
    """What the help says of the keys that lead out."""

    def __init__(
        self,
        title: str,
        lines: Sequence[Line] = (),
        fields: Sequence[Field] = (),
        check: Checked | None = None,
        refusal: Refusal | None = None,
    ) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._fields = fields
        self._check = check
        self._refusal = refusal
        self._refused_values: Values | None = None
        """What was filled in when the answer was not taken, as long as that is said."""

        self.refused = False
        """Whether it is asked again after a refusal: keys go to the secret then."""

    def compose(self) -> ComposeResult:
        """Lay out title, consequences, form and the keys."""
        with Vertical(id="dialog"):
            yield PlainText(self._title, id="title")
            for line in self._lines:
                yield PlainText(_said(line), classes="line")
            yield from self.more()
            if self._fields:
                yield Form(*self._fields, save_at=self.SAVE_AT, act=self.ENTER)
            refused = PlainText("", id="refused")
            refused.display = False
            yield refused
            yield PlainText(self.keys_text(), id="keys")

    def keys_text(self) -> str:
        """Return the keys that work now."""
        several = len(self._fields) > 1 and not self.SAVE_AT
        keys = [
            f"Enter: next field, then {self.ENTER}"
            if several
            else f"Enter: {self.ENTER}",
            "Esc: back",
            "^G: help" if self._fields else "?: help",
        ]
        if running(self.kiosk.desk):
            keys.append("F8: HALT")
        return "    ".join(keys)

    def tick(self) -> None:
        """Draw the lines again that depend on the time."""
        if not is_open(self):
            return
        for line, drawn in zip(self._lines, self.query(".line"), strict=False):
            if callable(line) and isinstance(drawn, PlainText):
                drawn.update(line())

    def more(self) -> Iterator[Widget]:
        """Yield what is to be read before anything is filled in."""
        yield from ()

    def on_mount(self) -> None:
        """Let keys go to the first field."""
        for form in self.query(Form):
            form.focus_secret() if self.refused else form.focus_first()

    def on_resize(self, event: Resize) -> None:
        """Let the form scroll before it pushes the keys out of sight."""
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        if not is_open(self):
            return
        dialog = self.query_one("#dialog")
        below = max(one.virtual_region.bottom for one in dialog.children)
        for form in self.query(Form):
            others = below - form.outer_size.height
            form.fit_into(self.size.height - dialog.gutter.height - others)

    async def action_leave(self) -> None:
        """Go back; nothing was done."""
        self._answer(None)

    def action_help(self) -> None:
        """List the keys of this question."""
        keys = [(key, meaning, "") for key, meaning in keys_of(self._fields)]
        if len(self._fields) < 2:
            keys.insert(0, ("Enter", self.ENTER.capitalize(), ""))
        keys += [(key, meaning, "") for key, meaning in self.LEAVES]
        keys.append(("^L, ^R", "Lock this terminal; draw the whole screen again", ""))
        self.kiosk.navigator.ask(HelpScreen(keys, "Keys of this question"))

    def action_confirm(self) -> None:
        """Confirm, where there is nothing to fill in."""
        if not self._fields:
            self._confirm(Values())

    @on(Form.Submitted)
    def submitted(self, message: Form.Submitted) -> None:
        """Confirm what was filled in, unless something is wrong with it."""
        errors = self._check(message.values) if self._check else {}
        if errors:
            self.query_one(Form).show_errors(errors)
        else:
            self._confirm(message.values)

    def _confirm(self, values: Values) -> None:
        reason = self._refusal(values) if self._refusal else ""
        self.show_refused(reason)
        if not reason:
            self._answer(values)
        elif self._fields:
            self.query_one(Form).refuse()
            self._refused_values = self.query_one(Form).values()

    @on(Form.Changed)
    def forget_refused(self, message: Form.Changed) -> None:
        """Take back what was said once something else is filled in."""
        known, self._refused_values = self._refused_values, None
        if known == message.values:
            # A letter from before the answer, told late.
            self._refused_values = known
        elif known is not None:
            self.show_refused("")

    def say_ignored(self, words: str) -> None:
        """Say why what came from no hand did nothing here."""
        self.show_refused(words)

    def show_refused(self, reason: str) -> None:
        """Say why the answer is not taken; nothing if it is."""
        refused = self.query_one("#refused", PlainText)
        refused.update(reason)
        refused.display = bool(reason)
        self.call_after_refresh(self._fit)

    def _answer(self, values: Values | None) -> None:
        # A second key may arrive while this one is on its way out.
        if self.is_active:
            self.dismiss(values)


def _said(line: Line) -> str:
    return line() if callable(line) else line
