"""The action line: one line over the keys, in which a whole action is typed."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from cptkiosk.domain.commands.base import STAND_IN
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.values import Refused
from cptkiosk.ui import action_line, enter_guard
from cptkiosk.ui.dialogs.asking import ask_command
from cptkiosk.ui.dialogs.beyond_window import go_beyond, why_beyond, with_reason
from cptkiosk.ui.dialogs.key_help import key_page
from cptkiosk.ui.dialogs.modal import KioskModal
from cptkiosk.ui.dialogs.question import CommandQuestion, about_all, each_named
from cptkiosk.ui.dialogs.testing import ask_as_typed
from cptkiosk.ui.enter_guard import EnterRule
from cptkiosk.ui.naming import (
    DIALOG_CELLS,
    cut_names,
    fit_names,
    persons,
    who_text,
    with_time_left,
)
from cptkiosk.ui.ports import SessionPort
from cptkiosk.ui.terminal.screen_buffer import harmless
from cptkiosk.ui.widgets.fields import TextField
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.widgets.text_entry import TextEntry
from cptkiosk.words import explain

LINE_MAX = 200
HISTORY_MAX = 50
OFFERED_MAX = 8
NAMED_MAX = 3
STILL_LINES = 4
KEYS = "Enter: run   Tab: complete   Up, Down: earlier lines   Esc: back"


class ActionBar(KioskModal[action_line.TypedAction | None]):
    """Reads a line over a session's screen, and answers with what is to be done."""

    DEFAULT_CSS = """
    ActionBar {
        align: left bottom;
        background: $background 0%;
        #bar { height: auto; background: $surface; }
        #offers, #means, #keys { height: auto; max-height: 4; padding: 0 1; }
        #offers, #keys { color: $text-muted; }
        #means { color: $foreground; text-style: bold; }
        #means.-refused { color: $text-warning; }
        #line { height: 1; }
        #colon { width: 3; text-style: bold; color: $text-accent; padding: 0 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", priority=True),
        Binding("ctrl+g,f1", "help", "help", priority=True),
    ]
    ENTER_RULE: ClassVar[EnterRule] = enter_guard.QUESTION

    def __init__(self, behind: SessionPort) -> None:
        super().__init__()
        self._behind = behind
        self._seen = behind.session
        self._history = behind.kiosk.lines_typed
        self._at = len(self._history)
        self._begun = ""

    def compose(self) -> ComposeResult:
        """Lay out what could be typed, what it means, the line and the keys."""
        with Vertical(id="bar"):
            yield PlainText("", id="offers")
            yield PlainText("", id="means")
            with Horizontal(id="line"):
                yield PlainText(":", id="colon")
                yield TextEntry(TextField("line", "", max_cells=LINE_MAX))
            yield PlainText(KEYS, id="keys")

    def on_mount(self) -> None:
        """Let keys go to the line, and offer what it could begin with."""
        self.set_focus(self.entry)
        self._look()

    @property
    def entry(self) -> TextEntry:
        """The line."""
        return self.query_one(TextEntry)

    @property
    def session(self) -> Session:
        """The session as it is recorded now."""
        return self._behind.session

    def on_key(self, event: events.Key) -> None:
        """Do what a key does that is no text."""
        at_end = self.entry.cursor_position == len(self.entry.value)
        if event.key == "enter":
            self._do()
        elif event.key == "tab" or (event.key == "right" and at_end):
            self._complete()
        elif event.key in {"up", "down"}:
            self._recall(-1 if event.key == "up" else 1)
        elif event.key != "shift+tab":
            return
        event.stop()
        event.prevent_default()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what the line means by now."""
        event.stop()
        self._look()

    # What could be typed, and what it means

    def _look(self) -> None:
        line = self.entry.value
        offers = action_line.completions(line, self.session)
        more = "  ..." if len(offers) > OFFERED_MAX else ""
        self._show("offers", "  ".join(offers[:OFFERED_MAX]) + more)
        try:
            action = action_line.read_line(line, self.session)
        except Refused:
            # It is not finished; what is wrong is said at Enter.
            self._says("")
        else:
            self._says(self._meaning(action))

    def _meaning(self, action: action_line.TypedAction) -> str:
        named = [self._label(one.attempt_id) for one in action.people]
        who = f"{'; '.join(cut_names(named, NAMED_MAX))}: " if named else ""
        return f"{who}{action.verb.word} - {action.verb.help}"

    def _label(self, attempt_id: str) -> str:
        attempt = self.session.attempts[attempt_id]
        return f"{attempt.seat} {self.session.label(attempt)}".strip()

    def say_ignored(self, words: str) -> None:
        """Say why what came from no hand did nothing here."""
        self._says(words, refused=True)

    def _says(self, text: str, *, refused: bool = False) -> None:
        self.query_one("#means", PlainText).set_class(refused, "-refused")
        sign = f"{self._behind.kiosk.glyphs.attention} " if refused else ""
        self._show("means", f"{sign}{text}")

    def _show(self, place: str, text: str) -> None:
        self.query_one(f"#{place}", PlainText).update(harmless(text))

    def _complete(self) -> None:
        """Take the first of what is offered."""
        line = self.entry.value
        offers = action_line.completions(line, self.session)
        if not offers:
            return
        whole = line.endswith(" ") or not line
        kept = line if whole else line[: len(line) - len(line.split(" ")[-1])]
        self._put_line(f"{kept}{offers[0]} ")

    def _recall(self, step: int) -> None:
        """Go through the lines typed before, down to what was begun."""
        if self._at == len(self._history):
            self._begun = self.entry.value
        self._at = max(0, min(self._at + step, len(self._history)))
        earlier = [*self._history, self._begun]
        self._put_line(earlier[self._at])

    def _put_line(self, line: str) -> None:
        self.entry.fill(line)
        self._look()

    # Doing it

    def _do(self) -> None:
        """Answer with what the line says; a refusal stays in it with its reason."""
        line, behind = self.entry.value.strip(), self._behind
        try:
            action = action_line.read_line(line, self.session)
        except Refused as refusal:
            self._says(explain(refusal), refused=True)
            return
        for at, command in enumerate(action.commands):
            probe = with_reason(
                action_line.fill_command(command, self.session), STAND_IN
            )
            if reason := behind.why_refused(probe):
                who = ""
                if len(action.people) > 1:
                    who = f"Nothing was done. {self._label(action.people[at].attempt_id)}: "
                self._says(f"{who}{reason}", refused=True)
                return
        one_only = action.verb.asks or action.verb.one_only
        if one_only and len(action.people) > 1:
            self._says(
                f"'{action.verb.word}' works on one person at a time.", refused=True
            )
        elif self.is_active:
            self._remember(line)
            self.close_with(action_line.as_seen(action, self._seen))

    def _remember(self, line: str) -> None:
        if not self._history or self._history[-1] != line:
            self._history.append(line)
            del self._history[:-HISTORY_MAX]

    def action_leave(self) -> None:
        """Go back; nothing was done."""
        self.close_with(None)

    def action_help(self) -> None:
        """List what can be typed."""
        rows = [(one.word, one.help, "") for one in action_line.VERBS]
        self.kiosk.navigator.open_dialog(
            key_page(rows, "A1 break; A1,A2 credit 6m alarm; all ...")
        )


def carry_out(screen: SessionPort, action: action_line.TypedAction | None) -> None:
    """Do what a line means, or ask first what its key would ask."""
    if action is None:
        return
    if action.verb.asks:
        ask_as_typed(screen, action.commands[0])
    elif (question := _question(screen, action)) is not None:
        ask_command(screen, question)
    else:
        gives_paper = action.verb.word == "sheets"
        then = partial(_say_numbers, screen, action.people) if gives_paper else None
        screen.post_command(action.commands[0], _describe_done(screen, action), then)


def _question(
    screen: SessionPort, action: action_line.TypedAction
) -> CommandQuestion | None:
    """Return what is asked before a line is done: of several people, or still testing."""
    session, people, commands = screen.session, action.people, action.commands
    title, done = action.verb.word.capitalize(), action.verb.count(len(people))
    if beyond := why_beyond(screen, commands):
        title = f"{title}: {persons(session, people)}"
        lines = (beyond, *each_named(session, people))
        done = f"{done} - {who_text(session, people)}"
        return go_beyond(title, lines, commands, done)
    finishes = action.verb.word == "finish"
    left = with_time_left(session, people, screen.line_ms) if finishes else {}
    if len(people) > 1:
        return about_all(
            session,
            f"{title}: {persons(session, people)}",
            people,
            commands,
            done,
            lines=_still_testing(tuple(left.values())) if left else (),
            named=tuple(left),
        )
    if left:
        return CommandQuestion.from_catalog(
            "finish-early",
            {"verb": title, "person": next(iter(left.values()))},
            command=lambda _: commands,
        )
    return None


def _say_numbers(screen: SessionPort, people: Sequence[Attempt]) -> None:
    """Say which sheets of scratch paper to hand out, now that they are recorded."""
    made = screen.session.attempts[people[0].attempt_id].undo
    if made is not None:
        text = f"{screen.session.label(people[0])}: {made.step} issued"
        screen.say(text, "ok", synced=True)


def _still_testing(left: Sequence[str]) -> tuple[str, ...]:
    """Name who would be finished with time left, and how much."""
    first, *others = left
    names = (f"{len(left)} still testing: {first}", *others)
    return ("\n".join(fit_names(names, DIALOG_CELLS, STILL_LINES)), "")


def _describe_done(screen: SessionPort, action: action_line.TypedAction) -> str:
    words = action.verb.done
    if not action.people:
        return words
    return f"{screen.session.label(action.people[0])}: {words}"
