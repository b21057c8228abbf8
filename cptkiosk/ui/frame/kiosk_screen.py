"""What every screen has: header, stage line, Next line, status line, keys."""

from asyncio import iscoroutine
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, ClassVar, cast

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.events import Key as Pressed
from textual.events import Resize
from textual.geometry import Size

from cptkiosk.domain.commands import SessionCommand
from cptkiosk.domain.modules import Definitions
from cptkiosk.domain.next_step import Step
from cptkiosk.domain.values import Actor, Role
from cptkiosk.ui import enter_guard, local_time
from cptkiosk.ui.actions import ELSEWHERE, Action, Actions
from cptkiosk.ui.dialogs.key_help import key_page
from cptkiosk.ui.enter_guard import EnterRule
from cptkiosk.ui.navigator import Route, session_of
from cptkiosk.ui.ports import Kiosk
from cptkiosk.ui.session_clock_text import (
    NOTHING_RUNS,
    brief_clock,
    enlarge_text,
    running,
)
from cptkiosk.ui.sized import SizedScreen, too_small
from cptkiosk.ui.widgets.bars import (
    HeaderBar,
    KeyBar,
    NextBar,
    StageBar,
    StatusBar,
    Tone,
)
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from cptkiosk.ui.widgets.form import Form
from cptkiosk.ui.widgets.form_help import keys_of
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.widgets.rehearsal_bar import RehearsalBar
from cptkiosk.ui.workers import is_open

HELP: Action["KioskScreen"] = Action(
    "help", "question_mark", "help", "Show what every key does here",
    lambda screen: screen.show_help(),
)  # fmt: skip
TYPED_HELP = replace(
    HELP, keys="ctrl+g,f1", help="Show what every key does here; F1 too"
)
"""The keys for the help where ? is text; terminals may swallow F1."""

BACK: Action["KioskScreen"] = Action(
    "back", "escape", "back", "Go back; nothing is lost",
    lambda screen: screen.go_back(),
)  # fmt: skip
LOCK: Action["KioskScreen"] = Action(
    "lock", "ctrl+l", "lock", "Lock this terminal; the clock goes on",
    lambda screen: screen.kiosk.lock(),
)  # fmt: skip
REPAINT: Action["KioskScreen"] = Action(
    "repaint", "ctrl+r", "redraw", "Draw the whole screen again",
    lambda screen: screen.kiosk.repaint(),
)  # fmt: skip
HALT: Action["KioskScreen"] = Action(
    "halt", "h", "HALT", "Stop every clock (alarm); then take attendance",
    lambda screen: screen.halt(),
    lambda screen: screen.halt_commands(),
    lambda screen: "" if running(screen.kiosk.desk) else NOTHING_RUNS,
    ("halt",),
)  # fmt: skip
TYPED_HALT = replace(
    HALT, keys="f8", help="Stop every clock; works while you type, too"
)
"""Works everywhere, also where h is text."""

FIND: Action["KioskScreen"] = Action(
    "find", "slash", "find", "Find a person by typing",
    lambda screen: screen.query_one(FilterableTable).start_filter(),
)  # fmt: skip
"""On the screens with a list to search."""


class KioskScreen(SizedScreen[None]):
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

    DRAWS_EACH_SECOND: ClassVar[bool] = False
    """Whether what is its own shows times that pass."""

    AUTO_FOCUS = None

    _prepared = False
    _leaves_by: Callable[[], object] | None = None
    """What is still to be done to leave, as soon as this is in front again."""

    header = getters.query_one(HeaderBar)
    stages = getters.query_one(StageBar)
    next_bar = getters.query_one(NextBar)
    status = getters.query_one(StatusBar)
    keys_bar = getters.query_one(KeyBar)

    def __init_subclass__(cls, **options: Any) -> None:
        """Bind the keys of the table, and those that only have a reason to give."""
        here = [one.binding for one in cls.actions()]
        bound = {key for one in here for key in one.key.split(",")}
        elsewhere = () if cls.TYPING else ELSEWHERE.keys() - bound
        cls.BINDINGS = [
            *here,
            *(Binding(one, f"elsewhere('{one}')", show=False) for one in elsewhere),
        ]
        super().__init_subclass__(inherit_bindings=False, **options)

    @classmethod
    @cache
    def actions(cls) -> Actions:
        """Return everything this screen can do, its own first."""
        own = {one.key for one in cls.ACTIONS}
        found = cls.ACTIONS + tuple(one for one in cls.COMMON if one.key not in own)
        if cls.TYPING:
            found = (*(one for one in found if not one.is_typed), TYPED_HELP)
        return (*found, TYPED_HALT) if HALT in cls.COMMON else found

    @classmethod
    @cache
    def action(cls, id_: str) -> Action[Any]:
        """Return what this screen can do by its name, one of its table."""
        return next(one for one in cls.actions() if one.id == id_)

    @property
    def drawable(self) -> bool:
        """Whether everything that is drawn into is there."""
        return self._prepared and is_open(self)

    @property
    def kiosk(self) -> Kiosk:
        """The app, by its own type."""
        return cast(Kiosk, self.app)

    @property
    def actor(self) -> Actor:
        """Who is signed in; nobody before the sign-in."""
        return self.kiosk.actor or Actor("", Role.PROCTOR)

    @property
    def definitions(self) -> Definitions:
        """Modules, policies and scripts in force."""
        return self.kiosk.desk.definitions

    def compose(self) -> ComposeResult:
        """Lay out the bars around what the screen itself shows."""
        yield HeaderBar()
        yield StageBar()
        yield NextBar()
        with Container(id="body"):
            yield from self.body()
        yield RehearsalBar()
        yield StatusBar()
        yield KeyBar()
        yield PlainText("", id="small")

    def body(self) -> Iterator:  # type: ignore[type-arg]
        """Yield the widgets between the Next line and the status line."""
        yield from ()

    def on_mount(self) -> None:
        """Draw for the first time, keys going to the form if there is one."""
        self.prepare()
        self._prepared = True
        self._focus()
        self.draw_header()
        self.redraw()
        self.kiosk.status.forget()
        self.kiosk.status.say_again()
        self.opened()

    def _focus(self) -> None:
        """Let keys go to the form if there is one, else to the list."""
        for form in self.query(Form):
            form.focus_first()
            return
        for table in self.query(FilterableTable):
            table.focus()
            return

    def prepare(self) -> None:
        """Set up what is drawn into, before the first drawing."""

    def opened(self) -> None:
        """Do what is left to do after the first drawing."""

    def on_screen_resume(self) -> None:
        """Draw what changed while another screen was in front."""
        self._fit_into(self.app.size)
        if not self._is_new:  # a new one has just drawn everything
            self.draw_header()
            self.redraw()
            self.kiosk.status.say_again()
        if self._leaves_by is not None:
            leave, self._leaves_by = self._leaves_by, None
            leave()

    def on_resize(self, event: Resize) -> None:
        """Ask for more room where there is too little; the clock goes on showing."""
        small = self._fit_into(event.size)
        if not small and self.focused is None:
            self._focus()

    def _fit_into(self, size: Size) -> bool:
        """Show the message where there is too little room; tell whether there is."""
        small = too_small(size)
        self.set_class(small, "-small")
        if small and self.drawable:
            self._draw_small()
        return small

    def _draw_small(self) -> None:
        self.query_one("#small", PlainText).update(enlarge_text(self.kiosk.desk))

    # Drawing

    def redraw(self) -> None:
        """Draw the record as it is now."""
        if not self.drawable:
            return
        self.draw_stage()
        self.show_step(self.next_step())
        self.draw()
        self.draw_keys()
        self._draw_aside()

    def show_step(self, step: Step) -> None:
        """Draw the Next line."""
        self.next_bar.show(f"Next: {step.text}", self.key_of(step))

    def key_of(self, step: Step) -> str:
        """Return the key that takes a step here; nothing if it is taken elsewhere."""
        if not step.by:
            return step.key
        return next((one.key for one in self.actions() if one.id == step.by), "")

    @on(FilterableTable.Moved)
    @on(FilterableTable.Marked)
    def draw_keys(self) -> None:
        """Draw the keys, those dimmed that do nothing now."""
        possible, hints = self.possible_now(), []
        for one in self._keys_in_order():
            enabled = one.is_possible(self, possible)
            if enabled or one.id != "halt" or one in self.ACTIONS:
                hints.append((one.shown, one.label, enabled))
        self.keys_bar.show(hints)

    @classmethod
    @cache
    def _keys_in_order(cls) -> Actions:
        """Return what has a word on the line of keys, HALT second if it is not its own."""
        own = [one for one in cls.actions() if one.id != "halt" or one in cls.ACTIONS]
        # F8 is the same as h, where h is no letter.
        halt = TYPED_HALT if cls.TYPING else HALT
        shown = [one for one in own if one.label]
        if halt in cls.actions() and halt not in own:
            shown.insert(1, halt)
        return tuple(shown)

    def draw_stage(self) -> None:
        """Draw the stage line; empty where there is no session."""
        self.stages.show((), 0, "")

    def draw(self) -> None:
        """Draw what is this screen's own."""

    def next_step(self) -> Step:
        """Return what to do next here."""
        return Step("go back", "back", "Esc")

    def tick(self) -> None:
        """Draw what depends on the time."""
        if self.drawable:
            self.draw_header()
            if self.DRAWS_EACH_SECOND:
                self.draw()

    def draw_header(self) -> None:
        """Draw the time, what runs, and who sits here."""
        if not self.drawable:
            return
        desk = self.kiosk.desk
        center = desk.center
        member = center.staff.get(self.actor.staff_id)
        rehearsal = ("REHEARSAL",) if center.rehearsal else ()
        self.header.show(
            f"{center.name}" if center.ready else "cptkiosk",
            local_time.clock_text(desk.now().utc_ms, desk.zone),
            clocks=(*self.clocks(), *rehearsal),
            mark=self.kiosk.options.mark,
            code=f"{center.site_code}" if center.ready else "",
            who=member.name.text if member else "nobody signed in",
            role=member.role.value if member else "",
        )
        self._draw_aside()
        if self.has_class("-small"):
            self._draw_small()

    def clocks(self) -> tuple[str, ...]:
        """Return the time left in each session that runs, and which are halted."""
        desk = self.kiosk.desk
        return tuple(brief_clock(desk, one) for one in running(self.kiosk.desk))

    def _draw_aside(self) -> None:
        """Draw what is said beside the kiosk, as in a rehearsal."""
        if self.kiosk.options.aside is not None:
            self.query_one(RehearsalBar).show(self.kiosk.options.aside())

    # Acting

    def why_not(self, action: Action[Any]) -> str:
        """Return why an action is not possible now, or nothing if it is."""
        return action.why_not(self, self.why_refused)

    def why_refused(self, command: SessionCommand) -> str:
        """Return why the rules are against a step, even if a coordinator approves it."""
        return self.kiosk.desk.why_not(command, self.actor, approvable=True)

    def possible_now(self) -> Callable[[SessionCommand], bool]:
        """Return what says which commands are not refused at a glance; see `decide`."""
        return lambda _: True

    def why_not_now(self, action: Action[Any]) -> str:
        """Return why an action was meant for what is gone, if it was."""
        return ""

    def halt_commands(self) -> Sequence[SessionCommand]:
        """Return what HALT asks of the rules here; elsewhere its question asks."""
        return ()

    async def takes_at_once(self, event: Pressed) -> bool:
        """Take a key before any other is read; tell whether it means anything here.

        For keys that open what the very next keys are typed into.
        """
        return False

    async def action_run(self, id_: str) -> None:
        """Do what a key stands for, or say why not."""
        if not (self.drawable and self.is_active):
            return
        action = self.action(id_)
        reason = self.why_not(action) or self.why_not_now(action)
        if reason:
            self.say(reason, "warning")
            return
        outcome = action.run(self)
        # Awaiting a change of screens in the handler of one would wait for ever.
        if iscoroutine(outcome):
            await outcome

    def action_elsewhere(self, key: str) -> None:
        """Say why a key that works elsewhere does nothing here."""
        if self.is_active and not self.kiosk.options.wall:
            self.say(ELSEWHERE[key], "warning")

    def say(self, text: str, tone: Tone, *, synced: bool = False) -> None:
        """Put a word on this screen's status line, where it stays behind a question."""
        self.kiosk.status.say(text, tone, synced=synced, on=self)

    def show_said(self, text: str, tone: Tone, *, synced: bool = False) -> None:
        """Draw a word on the status line."""
        if self.drawable:
            self.status.show(text, tone, "ledger synced" if synced else "")

    # Keys that are the same everywhere

    def show_help(self) -> None:
        """Show every key of this screen."""
        rows = [
            (one.shown, one.help, self.why_not(one))
            for one in self.actions()
            if one.id != "halt" or running(self.kiosk.desk)
        ]
        for form in self.query(Form):
            rows += [(key, meaning, "") for key, meaning in keys_of(form.fields)]
        self.kiosk.navigator.ask(key_page(rows))

    def go_back(self) -> object:
        """Go back."""
        return self.dismiss_to_previous()

    def dismiss_to_previous(self) -> object:
        """Close this screen unless it is the first."""
        navigator = self.kiosk.navigator
        return navigator.back() if self.is_active and navigator.can_go_back else None

    def leave_by(self, leave: Callable[[], object]) -> None:
        """Leave this screen; if a lock, or HALT, has come in front, once that is gone."""
        if self.is_active:
            leave()
        else:
            self._leaves_by = leave

    def halt(self) -> object:
        """Stop every clock of this session, else of the one that runs."""
        self.kiosk.press_halt(session_of(self))
        return None
