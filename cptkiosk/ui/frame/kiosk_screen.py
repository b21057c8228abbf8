"""What every screen has: header, stage line, Next line, status line, keys."""

from asyncio import iscoroutine
from collections.abc import Callable, Iterator
from typing import ClassVar, cast

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingsMap
from textual.containers import Container
from textual.events import Key as Pressed
from textual.events import Resize
from textual.geometry import Size

from cptkiosk.domain.commands import AttemptCommand, MarkAbsent, SessionCommand
from cptkiosk.domain.guide import Step
from cptkiosk.domain.modules import Definitions
from cptkiosk.domain.values import Actor, Role
from cptkiosk.ui import enter_guard, times
from cptkiosk.ui.clocks import brief_clock, running, running_clocks
from cptkiosk.ui.dialogs.key_help import HelpScreen
from cptkiosk.ui.enter_guard import EnterRule
from cptkiosk.ui.keys import ELSEWHERE, HALT, TYPED_HALT, TYPED_HELP, Key
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.ports import Kiosk
from cptkiosk.ui.sized import COLUMNS_MIN, LINES_MIN, SizedScreen, too_small
from cptkiosk.ui.widgets.aside import AsideBar
from cptkiosk.ui.widgets.bars import (
    HeaderBar,
    KeyBar,
    NextBar,
    StageBar,
    StatusBar,
    Tone,
)
from cptkiosk.ui.widgets.fields import keys_of
from cptkiosk.ui.widgets.form import Form
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.widgets.roll import Roll
from cptkiosk.ui.work import is_open

__all__ = ["Key", "KioskScreen"]


class KioskScreen(SizedScreen[None]):
    """Draws the record and says which keys were pressed; decides nothing."""

    ROUTE: ClassVar[Route]
    KEYS: ClassVar[tuple[Key, ...]] = ()
    COMMON: ClassVar[tuple[Key, ...]] = (
        Key("question_mark", "help", "help", "Show what every key does here"),
        Key("escape", "back", "back", "Go back; nothing is lost"),
        Key("ctrl+l", "lock", "lock", "Lock this terminal; the clock goes on"),
        Key("ctrl+r", "repaint", "redraw", "Draw the whole screen again"),
        HALT,
    )
    TYPING: ClassVar[bool] = False
    """Whether letters go into a form here, so that none can be a key."""

    ENTER_RULE: ClassVar[EnterRule] = enter_guard.LIST
    """What Enter here may be one too many of."""

    AUTO_FOCUS = None

    _leaves_by: Callable[[], object] | None = None
    """What is still to be done to leave, as soon as this is in front again."""

    header = getters.query_one(HeaderBar)
    stages = getters.query_one(StageBar)
    next_bar = getters.query_one(NextBar)
    status = getters.query_one(StatusBar)
    keys_bar = getters.query_one(KeyBar)

    def __init__(self) -> None:
        super().__init__()
        self._prepared = False
        self._possible: dict[str, bool] = {}
        self._probed: dict[str, SessionCommand] | None = None
        self._at_a_glance: Callable[[SessionCommand], bool] | None = None
        self._bindings = BindingsMap(
            [
                Binding(key, action, show=False)
                for key, action in self._actions().items()
            ]
        )

    @classmethod
    def all_keys(cls) -> tuple[Key, ...]:
        """Return the keys of this screen, its own first."""
        own = {one.key for one in cls.KEYS}
        keys = cls.KEYS + tuple(one for one in cls.COMMON if one.key not in own)
        if cls.TYPING:
            typed = {"question_mark", "slash", "colon", "space"}
            keys = tuple(
                one for one in keys if len(one.key) > 1 and one.key not in typed
            )
            keys = (*keys, TYPED_HELP)
        return (*keys, TYPED_HALT) if HALT in cls.COMMON else keys

    @classmethod
    def _actions(cls) -> dict[str, str]:
        """Return what each key does, also those that only have a reason to give."""
        found = {} if cls.TYPING else {one: f"elsewhere('{one}')" for one in ELSEWHERE}
        keys = cls.all_keys()
        if cls.TYPING:
            found["f1"] = "press('help')"
        return found | {one.key: f"press('{one.action}')" for one in keys}

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
        yield AsideBar()
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
        self.tick()
        self.redraw()
        self.kiosk.forget_said()
        self.kiosk.say_again()
        self.opened()

    def _focus(self) -> None:
        """Let keys go to the form if there is one, else to the list."""
        for form in self.query(Form):
            form.focus_first()
            return
        for roll in self.query(Roll):
            roll.focus()
            return

    def prepare(self) -> None:
        """Set up what is drawn into, before the first drawing."""

    def opened(self) -> None:
        """Do what is left to do after the first drawing."""

    def on_screen_resume(self) -> None:
        """Draw what changed while another screen was in front."""
        self._fit_into(self.app.size)
        self.tick()
        self.redraw()
        self.kiosk.say_again()
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
        desk = self.kiosk.desk
        lines = [times.clock_text(desk.now().utc_ms, desk.zone)]
        lines += running_clocks(desk)
        lines.append(f"Enlarge this window to {COLUMNS_MIN} x {LINES_MIN}.")
        self.query_one("#small", PlainText).update("\n".join(lines))

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
        return next((one.key for one in self.all_keys() if one.action == step.by), "")

    def draw_keys(self) -> None:
        """Draw the keys, those dimmed that do nothing now."""
        self._dim_keys(all_of_them=True)

    @on(Roll.Moved)
    def dim_keys(self) -> None:
        """Dim what does nothing for the row under the cursor; the rest stays as it was."""
        self._dim_keys(all_of_them=False)

    def _dim_keys(self, *, all_of_them: bool) -> None:
        self._probed = probes = self.probes()
        self._at_a_glance = self.at_a_glance()
        for one in self.all_keys():
            wish = probes.get(one.action)
            about_all = isinstance(wish, SessionCommand)
            about_all &= not isinstance(wish, AttemptCommand | MarkAbsent)
            if all_of_them or not about_all or one.action not in self._possible:
                self._possible[one.action] = not self.why_not(one.action)
        self._probed = self._at_a_glance = None
        self.keys_bar.show(
            [
                (one.shown, one.label, self._possible[one.action])
                for one in self._keys_shown()
                if one.label
            ]
        )

    def _keys_shown(self) -> tuple[Key, ...]:
        """Return the keys in the order shown: HALT in sight while a clock runs.

        Keys without a word of their own, such as arrows, are in the help alone.
        """
        # F8 is the same as h, where h is no letter.
        double = () if self.TYPING else (TYPED_HALT,)
        keys = tuple(one for one in self.all_keys() if one not in double)
        halt = next((one for one in keys if one.action == "halt"), None)
        if halt is None or halt in self.KEYS:
            return keys
        others = tuple(one for one in keys if one is not halt)
        if not self._possible["halt"]:
            return others
        return (*others[:1], halt, *others[1:])

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
        if not self.drawable:
            return
        desk = self.kiosk.desk
        center = desk.center
        member = center.staff.get(self.actor.staff_id)
        rehearsal = ("REHEARSAL",) if center.rehearsal else ()
        self.header.show(
            f"{center.name}" if center.ready else "cptkiosk",
            times.clock_text(desk.now().utc_ms, desk.zone),
            clocks=(*self.clocks(), *rehearsal),
            mark=self.kiosk.mark,
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
        if self.kiosk.aside is not None:
            self.query_one(AsideBar).show(self.kiosk.aside())

    # Acting

    def why_not(self, action: str) -> str:
        """Return why an action is not possible now, or nothing if it is."""
        if action == "halt" and not running(self.kiosk.desk):
            return "No session is running."
        probes = self.probes() if self._probed is None else self._probed
        probe = probes.get(action)
        if probe is None:
            return ""
        return self.why_refused(probe)

    def why_refused(self, command: SessionCommand) -> str:
        """Return why the rules are against a step, even if a coordinator approves it."""
        if self._at_a_glance is not None:
            return "" if self._at_a_glance(command) else "Not possible now."
        return self.kiosk.desk.why_not(command, self.actor, approvable=True)

    def at_a_glance(self) -> Callable[[SessionCommand], bool] | None:
        """Return what says which wishes are not refused, without asking the rules."""
        return None

    def why_not_now(self, action: str) -> str | None:
        """Return why an action was meant for what is gone, if it was."""
        return None

    def probes(self) -> dict[str, SessionCommand]:
        """Return the wish behind each action, to learn whether it is possible."""
        return {}

    async def takes_at_once(self, event: Pressed) -> bool:
        """Take a key before any other is read; tell whether it means anything here.

        For keys that open what the very next keys are typed into.
        """
        return False

    async def action_press(self, action: str) -> None:
        """Do what a key stands for, or say why not."""
        if not (self.drawable and self.is_active):
            return
        reason = self.why_not(action) or self.why_not_now(action)
        if reason:
            self.say(reason, "warning")
            return
        do: Callable[[], object] = getattr(self, f"do_{action}")
        outcome = do()
        # Awaiting a change of screens in the handler of one would wait for ever.
        if iscoroutine(outcome):
            await outcome

    def action_elsewhere(self, key: str) -> None:
        """Say why a key that works elsewhere does nothing here."""
        if self.is_active and not self.kiosk.wall:
            self.say(ELSEWHERE[key], "warning")

    def say(self, text: str, tone: Tone, *, synced: bool = False) -> None:
        """Put a word on this screen's status line, where it stays behind a question."""
        self.kiosk.say(text, tone, synced=synced, on=self)

    def show_said(self, text: str, tone: Tone, *, synced: bool = False) -> None:
        """Draw a word on the status line."""
        if self.drawable:
            self.status.show(text, tone, "ledger synced" if synced else "")

    # Keys that are the same everywhere

    def do_help(self) -> None:
        """Show every key of this screen."""
        rows = [
            (one.shown, one.help, self.why_not(one.action))
            for one in self.all_keys()
            if one.action != "halt" or running(self.kiosk.desk)
        ]
        for form in self.query(Form):
            rows += [(key, meaning, "") for key, meaning in keys_of(form.fields)]
        self.kiosk.navigator.ask(HelpScreen(rows))

    def do_back(self) -> object:
        """Go back."""
        return self.dismiss_to_previous()

    def dismiss_to_previous(self) -> object:
        """Close this screen unless it is the first."""
        if self.is_active and self.kiosk.navigator.can_go_back:
            return self.kiosk.navigator.back()
        return None

    def leave_by(self, leave: Callable[[], object]) -> None:
        """Leave this screen; if a lock, or HALT, has come in front, once that is gone."""
        if self.is_active:
            leave()
        else:
            self._leaves_by = leave

    def do_halt(self) -> object:
        """Stop every clock of the session that runs; halted, take attendance."""
        self.kiosk.press_halt()
        return None

    async def do_lock(self) -> None:
        """Lock the terminal; what is open stays open behind the lock."""
        self.kiosk.lock()

    def do_repaint(self) -> None:
        """Draw everything again."""
        self.kiosk.repaint()
