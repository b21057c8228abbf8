"""What every screen has: header, stage line, Next line, status line, keys."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar, cast

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.events import Key as Pressed
from textual.events import Resize, ScreenResume
from textual.screen import Screen

from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.modules import Definitions
from cptkiosk.domain.values import Actor, Role
from cptkiosk.ui import enter_guard
from cptkiosk.ui.actions import Action, Actions
from cptkiosk.ui.dialogs.key_help import key_page
from cptkiosk.ui.enter_guard import EnterRule
from cptkiosk.ui.frame.action_table import ActionTable
from cptkiosk.ui.frame.body import ListBody
from cptkiosk.ui.frame.header import draw_header, draw_rehearsal
from cptkiosk.ui.frame.next_line import NextLine
from cptkiosk.ui.frame.too_small import TooSmallNotice
from cptkiosk.ui.navigator import Route, session_of
from cptkiosk.ui.next_screen import route_for
from cptkiosk.ui.ports import Kiosk
from cptkiosk.ui.session_clock_text import NOTHING_RUNS, brief_clock, running
from cptkiosk.ui.sized import add_size_classes
from cptkiosk.ui.widgets.bars import (
    HeaderBar,
    KeyBar,
    NextBar,
    StageBar,
    Stages,
    Status,
    StatusBar,
    Tone,
)
from cptkiosk.ui.widgets.fields import keys_of
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from cptkiosk.ui.widgets.form import Form
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.widgets.rehearsal_bar import RehearsalBar
from cptkiosk.ui.workers import is_open
from cptkiosk.words import describe_step, explain


def _show_help(screen: "KioskScreen") -> None:
    """Show every key of a screen."""
    rows = screen.action_table.help_rows(screen)
    for form in screen.query(Form):
        rows += [(key, meaning, "") for key, meaning in keys_of(form.fields)]
    screen.kiosk.navigator.open_dialog(key_page(rows))


HELP: Action["KioskScreen"] = Action("help", "question_mark", _show_help)
TYPED_HELP = replace(HELP, keys="ctrl+g,f1", words="typed_help")
"""The keys for the help where ? is text; terminals may swallow F1."""

BACK: Action["KioskScreen"] = Action("back", "escape", lambda screen: screen.go_back())
LOCK: Action["KioskScreen"] = Action(
    "lock", "ctrl+l", lambda screen: screen.kiosk.lock()
)
REPAINT: Action["KioskScreen"] = Action(
    "repaint", "ctrl+r", lambda screen: screen.kiosk.repaint()
)
HALT: Action["KioskScreen"] = Action(
    "halt", "h", lambda screen: screen.halt(),
    lacks=lambda screen: "" if running(screen.kiosk.desk) else NOTHING_RUNS,
    verbs=("halt",),
    is_alarm=True,
)  # fmt: skip
TYPED_HALT = replace(HALT, keys="f8", words="typed_halt")
"""Works everywhere, also where h is text."""

NEXT: Action["KioskScreen"] = Action(
    "next", "enter", lambda screen: screen.next_line.press_enter(),
    lacks=lambda screen: screen.next_line.lacks_enter(),
)  # fmt: skip
"""Enter, on every screen where it takes the step that the Next line shows."""

FIND: Action["KioskScreen"] = Action(
    "find", "slash", lambda screen: screen.table.start_filter(), at_once=True
)
"""On the screens with a list to search."""


class KioskScreen(Screen[None]):
    """Draws the record and says which keys were pressed; decides nothing."""

    ROUTE: ClassVar[Route]
    ACTIONS: ClassVar[Actions] = ()
    """What this screen can do, in the order of the line of keys."""

    COMMON: ClassVar[Actions] = (HELP, BACK, LOCK, REPAINT, HALT)
    """What it can do as others can, too; its own keys come first."""

    TYPING: ClassVar[bool] = False
    """Whether letters go into a form here, so that none can be a key."""

    ENTER_RULE: ClassVar[EnterRule] = enter_guard.LIST
    """What Enter here may be one too many of."""

    BODY: ClassVar = ListBody()
    """The list between the Next line and the status line, unless that is laid out here."""

    DRAWS_EACH_SECOND: ClassVar[bool] = False
    """Whether what is its own shows times that pass."""

    AUTO_FOCUS = None

    _is_new = True
    _prepared = False

    header = getters.query_one(HeaderBar)
    stages = getters.query_one(StageBar)
    next_bar = getters.query_one(NextBar)
    status = getters.query_one(StatusBar)
    keys_bar = getters.query_one(KeyBar)
    table: getters.query_one[FilterableTable] = getters.query_one(FilterableTable)
    form = getters.query_one(Form)
    too_small = getters.query_one(TooSmallNotice)

    action_table: ClassVar = ActionTable(ACTIONS, COMMON)
    """Everything this screen can do, its own first."""

    def __init_subclass__(cls, **options: Any) -> None:
        """Join the actions of this screen, and bind their keys."""
        cls.action_table = _join_actions(cls)
        cls.BINDINGS = [*cls.action_table.bindings]
        super().__init_subclass__(inherit_bindings=False, **options)

    @property
    def drawable(self) -> bool:
        """Whether everything that is drawn into is there."""
        return self._prepared and is_open(self)

    @cached_property
    def kiosk(self) -> Kiosk:
        """The app, by its own type."""
        return cast(Kiosk, self.app)

    @property
    def actor(self) -> Actor:
        """Who is signed in; no one before the sign-in."""
        return self.kiosk.actor or Actor("", Role.PROCTOR)

    @property
    def definitions(self) -> Definitions:
        """Modules, policies and scripts in force."""
        return self.kiosk.desk.definitions

    def compose(self) -> ComposeResult:
        """Lay out the bars around what the screen itself shows."""
        add_size_classes(self)
        yield HeaderBar()
        yield StageBar()
        yield NextBar()
        with Container(id="body"):
            yield from self.compose_body()
        yield RehearsalBar()
        yield StatusBar()
        yield KeyBar()
        yield TooSmallNotice()

    def compose_body(self) -> Iterator:  # type: ignore[type-arg]
        """Yield the widgets between the Next line and the status line."""
        yield from self.BODY.lay_out()

    def on_mount(self) -> None:
        """Draw for the first time, keys going to the form if there is one."""
        self._prepared = True
        _focus_first(self)
        self.draw_header()
        self.redraw_record()
        self.kiosk.status.forget_message()
        self.kiosk.status.say_again()
        self.finish_opening()

    def finish_opening(self) -> None:
        """Do what is left to do after the first drawing."""

    @on(ScreenResume)
    def _draw_again(self, event: ScreenResume) -> None:
        """Draw what changed while another screen was in front."""
        if self.drawable:
            self.too_small.fit(self.app.size, self.kiosk.desk)
        if self._is_new:  # it has just been styled and drawn
            event.refresh_styles = self._is_new = False
        else:
            self.draw_header()
            self.redraw_record()
            self.kiosk.status.say_again()

    def on_resize(self, event: Resize) -> None:
        """Ask for more room where there is too little; the clock goes on showing."""
        fits = self.drawable and not self.too_small.fit(event.size, self.kiosk.desk)
        if fits and self.focused is None:
            _focus_first(self)

    # Drawing

    def redraw_record(self) -> None:
        """Draw the record as it is now."""
        if not self.drawable:
            return
        self.draw_stage()
        self.show_step(self.next_step())
        self.draw_body()
        self.draw_current()
        self.draw_keys()
        draw_rehearsal(self.query_one(RehearsalBar), self.kiosk)

    @cached_property
    def next_line(self) -> NextLine:
        """What comes next here, and what Enter does."""
        return NextLine(self, self.action_table.key_of)

    def show_step(self, step: Step) -> None:
        """Draw the Next line."""
        self.next_line.step = step
        self.next_bar.said = (f"Next: {describe_step(step)}", self.next_line.key)

    @on(FilterableTable.Moved)
    def follow_cursor(self) -> None:
        """Draw what depends on the row under the cursor."""
        if self.drawable:
            self.show_step(self.next_step())
            self.draw_current()
            self.draw_keys()

    @on(FilterableTable.Marked)
    def draw_keys(self) -> None:
        """Draw the keys, those dimmed that do nothing now."""
        self.keys_bar.said = self.action_table.hints(self)

    def draw_stage(self) -> None:
        """Draw the stage line; empty where there is no session."""
        self.stages.said = Stages()

    def draw_body(self) -> None:
        """Draw what is this screen's own."""

    def draw_current(self) -> None:
        """Draw what is said about the row under the cursor."""

    def show_text(self, name: str, text: str) -> None:
        """Show a text in one of the places that are laid out for texts."""
        self.query_one(f"#{name}", PlainText).update(text)

    def next_step(self) -> Step:
        """Return what to do next here."""
        return Step("go back", "back")

    def redraw_time(self) -> None:
        """Draw what depends on the time."""
        if self.drawable:
            self.draw_header()
            if self.DRAWS_EACH_SECOND:
                self.draw_body()
                self.draw_current()

    def draw_header(self) -> None:
        """Draw the time, what runs, and who sits here."""
        if not self.drawable:
            return
        draw_header(self.header, self.kiosk, self.clocks())
        draw_rehearsal(self.query_one(RehearsalBar), self.kiosk)
        self.too_small.draw_clocks(self.kiosk.desk)

    def clocks(self) -> tuple[str, ...]:
        """Return the time left in each session that runs, and which are halted."""
        desk = self.kiosk.desk
        return tuple(brief_clock(desk, one) for one in running(desk))

    # Acting

    async def follow(self, step: Step) -> None:
        """Take a step of the Next line."""

    def why_not(self, action: Action[Any]) -> str:
        """Return why an action is not possible now, or an empty string if it is."""
        return action.why_not(self, self.why_refused)

    def why_refused(self, command: SessionCommand) -> str:
        """Return why the rules are against a step, even if a coordinator approves it."""
        preview = self.kiosk.desk.preview
        return explain(preview.refusal(command, self.actor, approvable=True))

    def possible_now(self) -> Callable[[SessionCommand], bool]:
        """Return a quick check that rules commands out without reading the record."""
        return lambda _: True

    def why_not_now(self, action: Action[Any]) -> str:
        """Return why an action was meant for what is gone, if it was."""
        return ""

    async def takes_at_once(self, event: Pressed) -> bool:
        """Take a key before any other is read; tell whether it means anything here.

        For keys that open what the very next keys are typed into.
        """
        return self.takes_actions and await self.action_table.take_at_once(self, event)

    @property
    def takes_actions(self) -> bool:
        """Whether letters are keys here now, and no text."""
        typing = any(one.filtering for one in self.walk_children(FilterableTable))
        return self.drawable and self.is_active and not self.TYPING and not typing

    async def action_run(self, id_: str) -> None:
        """Do what a key stands for, or say why not."""
        if self.drawable and self.is_active:
            await self.action_table.run_action(self, id_)

    def say(self, text: str, tone: Tone, *, synced: bool = False) -> None:
        """Put a word on this screen's status line, where it stays behind a question."""
        self.kiosk.status.say(text, tone, synced=synced, on=self)

    def show_said(self, text: str, tone: Tone, *, synced: bool = False) -> None:
        """Draw a word on the status line."""
        if self.drawable:
            self.status.said = Status(text, tone, "all saved" if synced else "")

    def go_back(self) -> object:
        """Go back."""
        return self.dismiss_to_previous()

    def dismiss_to_previous(self) -> object:
        """Close this screen unless it is the first."""
        navigator = self.kiosk.navigator
        return navigator.back() if self.is_active and navigator.can_go_back else None

    def halt(self) -> object:
        """Stop every clock of this session, else of the one that runs."""
        self.kiosk.press_halt(session_of(self))
        return None


def _join_actions(kind: type[KioskScreen]) -> ActionTable:
    """Return everything that a kind of screen can do."""
    also = (TYPED_HELP,) * kind.TYPING + (TYPED_HALT,) * (HALT in kind.COMMON)
    name = getattr(kind, "ROUTE", "")
    return ActionTable(kind.ACTIONS, kind.COMMON, also, name, typing=kind.TYPING)


def _focus_first(screen: KioskScreen) -> None:
    """Let keys go to the form if there is one, else to the list."""
    for form in screen.query(Form):
        form.focus_first()
        return
    for table in screen.query(FilterableTable):
        table.focus()
        return


async def open_session(
    screen: KioskScreen, session_id: str, *, starts_on: str = ""
) -> None:
    """Open a session over a screen, where its next work is done."""
    kiosk = screen.kiosk
    session = await kiosk.worker.quietly(lambda: kiosk.desk.session(session_id))
    if session is not None:
        route = route_for(session)
        kiosk.navigator.go_to(route, session_id, starts_on, instead=False)
