"""The dialog that every question is asked in, and what follows from its answer."""

from collections.abc import Callable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from cptkiosk.ui import enter_guard
from cptkiosk.ui.dialogs.key_help import key_page
from cptkiosk.ui.dialogs.modal import KioskModal
from cptkiosk.ui.dialogs.question import Question, line_text
from cptkiosk.ui.drafts import FormDraft, holds_text, readable, typed_into
from cptkiosk.ui.enter_guard import EnterRule
from cptkiosk.ui.ports import Kiosk
from cptkiosk.ui.session_clock_text import running
from cptkiosk.ui.widgets.fields import Values, keys_of
from cptkiosk.ui.widgets.form import Form
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.workers import begin, is_open

PRESS_A_LETTER = "Press a letter. "
DISCARDS = "Press Esc again to discard what you typed, or go on with the form."
BACK = "Your unfinished form is back. Press Ctrl+N to clear it."
LEAVES = ("Esc", "Go back without saving", "")
KEEPS = (
    ("Esc", "Go back without saving; your entries are kept", ""),
    ("^N", "Clear the form", ""),
)


class FormDialog(KioskModal[Values | None]):
    """Says what will be true afterward, asks for what is missing, and confirms.

    What would be refused is said here, and nothing typed is lost. Answers with the
    values of its form, or `None` if it was left with Esc.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", priority=True),
        Binding("enter", "confirm", "confirm"),
        Binding("ctrl+g,f1", "help", "help", priority=True),
        Binding("question_mark", "help", "help"),
        Binding("ctrl+n", "empty", "empty", priority=True),
    ]

    ENTER_RULE: ClassVar[EnterRule] = enter_guard.QUESTION

    AUTO_FOCUS = ""
    """The form takes the focus itself, and none is wanted while a letter is due."""

    def __init__(self, question: Question) -> None:
        super().__init__(name=question.name or None)
        self._question = question
        self._draft: FormDraft | None = None
        self._refused_values: Values | None = None
        """What was filled in when the answer was not taken, as long as that is said."""

        self._leaves = False
        self._unclear: Values | None = None
        """What was filled in and is asked about with one key."""

    def compose(self) -> ComposeResult:
        """Lay out title, consequences, form and the keys."""
        question = self._question
        with Vertical(id="dialog"):
            yield PlainText(line_text(question.title), id="title")
            if text := self._question.consequences:
                yield PlainText(text, classes="line")
            if question.aloud is not None:
                yield PlainText(question.aloud(), classes="aloud")
            if question.draft:
                yield _hidden_text(BACK, "back")
            if question.fields:
                yield Form(
                    *question.fields,
                    save_at=question.submit_at,
                    act=question.enter,
                    check=question.check,
                )
            yield _hidden_text("", "refused")
            yield PlainText(self.keys_text(), id="keys")

    def keys_text(self) -> str:
        """Return the keys that work now."""
        question = self._question
        if self._unclear is not None and question.follow_up is not None:
            return question.follow_up.keys
        several = len(question.fields) > 1 and not question.submit_at
        keys = [
            f"Enter: next field, then {question.enter}"
            if several
            else f"Enter: {question.enter}",
            "Esc: back",
            "^G: help" if question.fields else "?: help",
        ]
        if self.kiosk.actor is not None and running(self.kiosk.desk):
            keys.append("F8: HALT")
        return "    ".join(keys)

    def redraw_time(self) -> None:
        """Draw again what depends on the time."""
        # A tick may come when this has been opened, but is not laid out yet.
        if not (self.is_mounted and is_open(self)):
            return
        question = self._question
        self.query_one("#title", PlainText).update(line_text(question.title))
        for drawn in self.query(".line").results(PlainText):
            drawn.update(self._question.consequences)
        if question.aloud is not None:
            self.query_one(".aloud", PlainText).update(question.aloud())

    def on_mount(self) -> None:
        """Let keys go to the first field, and bring back what was typed before."""
        question = self._question
        for form in self.query(Form):
            if question.draft:
                self._draft = FormDraft(self.kiosk, question.draft, self, form)
            if (filled := question.filled) is not None:
                kept = readable(form.fields, filled)
                form.set_values(
                    {one: kept[one] for one in typed_into(form) if one in kept}
                )
                self.keep_soon()
            elif self._draft is not None:
                begin(self, self._bring_back, "bring-back")
            form.focus_secret() if question.refused else form.focus_first()

    async def _bring_back(self) -> None:
        assert self._draft is not None, "only a question with a draft has one to bring"
        if await self._draft.bring_back():
            self._say_back(True)

    def _say_back(self, is_back: bool) -> None:
        self.query_one("#back").display = is_back
        self.call_after_refresh(self._fit)

    def on_resize(self, event: events.Resize) -> None:
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
        """Go back; nothing was done, and a draft is kept first.

        From the question about what was filled in, back to that.
        """
        if self._unclear is not None:
            self._unclear = None
            self.show_refused("")
            self.query_one(Form).reopen()
            self.query_one(Form).focus_field(self._question.submit_at)
            return
        if self._draft is not None:
            await self._draft.keep()
        elif not self._leaves and any(map(holds_text, self.query(Form))):
            self._leaves = True
            self.show_refused(DISCARDS)
            return
        self.close_with(None)

    async def action_empty(self) -> None:
        """Begin again, as the form was proposed."""
        if self._draft is not None:
            self.query_one(Form).focus_first()
            self._say_back(False)
            await self._draft.empty()

    def action_help(self) -> None:
        """List the keys of this question."""
        question = self._question
        keys = [(key, meaning, "") for key, meaning in keys_of(question.fields)]
        if len(question.fields) < 2:
            keys.insert(0, ("Enter", question.enter.capitalize(), ""))
        keys += KEEPS if question.draft else (LEAVES,)
        keys.append(("^L, ^R", "Lock this terminal; redraw the screen", ""))
        self.kiosk.navigator.open_dialog(key_page(keys, "Keys on this form"))

    def action_confirm(self) -> None:
        """Confirm, where there is nothing to fill in."""
        if not self._question.fields:
            self._confirm(Values())

    @on(Form.Submitted)
    def take_submission(self, message: Form.Submitted) -> None:
        """Confirm what was filled in."""
        self._confirm(message.values)

    def _confirm(self, values: Values) -> None:
        """Ask with one key what the values mean, if that is open; else take them."""
        follow_up = self._question.follow_up
        if follow_up is None or not follow_up.asks(values):
            self._take(values)
            return
        self._unclear = values
        self._follow_up()
        # The next key is an answer, and no text.
        self.set_focus(None)

    def _follow_up(self, before: str = "") -> None:
        follow_up = self._question.follow_up
        if follow_up is not None and self._unclear is not None:
            self.show_refused(f"{before}{follow_up.asks(self._unclear)}")

    def on_key(self, event: events.Key) -> None:
        """Take the one key that says what was meant; say to any other that it is due."""
        follow_up, values = self._question.follow_up, self._unclear
        if follow_up is None or values is None:
            return
        if event.key in follow_up.answers:
            event.stop()
            field, value = follow_up.answers[event.key]
            self._unclear = None
            self.query_one(Form).focus_field(self._question.submit_at)
            self._take(Values(values | {field: value}))
        elif event.key in {"tab", "shift+tab"}:
            # In a field the letters would be text.
            event.stop()
            self._follow_up(PRESS_A_LETTER)
        elif event.is_printable or event.key == "enter":
            self._follow_up(PRESS_A_LETTER)

    def _take(self, values: Values) -> None:
        refusal = self._question.refusal
        reason = refusal(values) if refusal else ""
        self.show_refused(reason)
        if not reason:
            self.close_with(values)
        elif self._question.fields:
            self.query_one(Form).refuse()
            self._refused_values = self.query_one(Form).values()

    @on(Form.Changed)
    def keep_soon(self) -> None:
        """Keep what is typed, a moment after the last key."""
        if self._draft is not None:
            self._draft.keep_soon()

    @on(Form.Changed)
    def forget_refused(self, message: Form.Changed) -> None:
        """Take back what was said once something else is filled in."""
        if self._leaves:
            self._leaves = False
            self.show_refused("")
        known, self._refused_values = self._refused_values, None
        if known == message.values:
            # A letter from before the answer, told late.
            self._refused_values = known
        elif known is not None:
            self.show_refused("")

    def say_ignored(self, words: str) -> None:
        """Say why what came from no hand did nothing here."""
        if self._unclear is None:
            self.show_refused(words)
        else:
            self._follow_up(PRESS_A_LETTER)

    def show_refused(self, reason: str) -> None:
        """Say why the answer is not taken; nothing if it is."""
        refused = self.query_one("#refused", PlainText)
        refused.update(reason)
        refused.display = bool(reason)
        self.query_one("#keys", PlainText).update(self.keys_text())
        self.call_after_refresh(self._fit)


def ask_question(
    kiosk: Kiosk,
    question: Question,
    answered: Callable[[Values], object],
    left: Callable[[], object] = lambda: None,
) -> FormDialog:
    """Ask a question in front of what is open.

    Args:
        kiosk: the app.
        question: what is asked.
        answered: what follows from the answer.
        left: what follows if it is left without one.
    """

    def take_result(values: Values | None) -> None:
        if values is None:
            left()
        else:
            answered(values)

    dialog = FormDialog(question)
    kiosk.navigator.open_dialog(dialog, take_result)
    return dialog


def _hidden_text(text: str, about: str) -> PlainText:
    hidden = PlainText(text, id=about)
    hidden.display = False
    return hidden
