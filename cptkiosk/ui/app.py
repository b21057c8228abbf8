"""The Textual app: puts the parts of the kiosk together, and brings them keys and time."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from pathlib import PurePath
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.binding import BindingType
from textual.scrollbar import ScrollBar

from cptkiosk.desk import Desk
from cptkiosk.domain.values import MINUTE_MS, Actor
from cptkiosk.host.clock import Clock, SystemClock
from cptkiosk.host.data_directory import Paths
from cptkiosk.host.resources import list_stylesheets
from cptkiosk.ui.command_queue import CommandQueue
from cptkiosk.ui.desk_worker import DeskWorker
from cptkiosk.ui.dialogs.approval import ask_to_leave
from cptkiosk.ui.dialogs.halt import press_halt
from cptkiosk.ui.dialogs.modal import KioskModal
from cptkiosk.ui.enter_guard import EnterGuard
from cptkiosk.ui.frame.kiosk_screen import KioskScreen
from cptkiosk.ui.input_guard import InputGuard
from cptkiosk.ui.ledger_follower import LOOK_AGAIN_S, LedgerFollower
from cptkiosk.ui.looks import Looks
from cptkiosk.ui.messages import CommandRequested
from cptkiosk.ui.navigator import Navigator, Route
from cptkiosk.ui.options import KioskOptions
from cptkiosk.ui.routes import ROUTES
from cptkiosk.ui.session_clock_text import edge_in_ms
from cptkiosk.ui.status_line import StatusLine
from cptkiosk.ui.terminal.delta_output import DeltaOutputApp
from cptkiosk.ui.terminal.driver import KioskDriver
from cptkiosk.ui.terminal.glyphs import encoding_for, glyphs_for, spelling
from cptkiosk.ui.terminal.key_queue import KeyQueue
from cptkiosk.ui.terminal.watchdog import Watchdog
from cptkiosk.ui.widgets.form import Form
from cptkiosk.ui.widgets.scrollbar import PlainScrollBar
from cptkiosk.ui.workers import begin

AFTER_EDGE_MS = 1
"""A tick just before an edge would draw the second that is over once more."""

log = logging.getLogger("cptkiosk")

ScrollBar.renderer = PlainScrollBar


class KioskApp(DeltaOutputApp, inherit_bindings=False):
    """One terminal at work on one ledger."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [*list_stylesheets()]
    BINDINGS: ClassVar[list[BindingType]] = []
    TITLE = "cptkiosk"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [  # noqa: RUF012 - as in Textual
        (0, "-narrow"),
        (150, "-wide"),
    ]
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [  # noqa: RUF012 - as in Textual
        (0, "-low"),
        (30, "-tall"),
    ]
    ALLOW_SELECT = False

    def __init__(
        self,
        desk: Desk,
        paths: Paths,
        options: KioskOptions,
        *,
        ticking: bool = True,
        watchdog: Watchdog | None = None,
        machine_clock: Clock | None = None,
    ) -> None:
        """Put the parts together.

        Args:
            desk: the ledger's desk.
            paths: where the data directory has its places.
            options: how the kiosk is opened.
            ticking: whether time passes by itself; else a test turns the hands, and
                nothing is pressed or looked for too soon.
            watchdog: what notices that the program is told to end.
            machine_clock: the clock of this machine; the desk's may be a rehearsal's,
                which runs ahead.
        """
        super().__init__(driver_class=KioskDriver)
        self.desk = desk
        self.paths = paths
        self.options = options
        self.actor = options.signed_in
        self.machine_clock = machine_clock or SystemClock()
        self.sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
        self.lines_typed: list[str] = []
        self._ticking = ticking
        self._watchdog = watchdog
        self._last_key = self.machine_clock.now()
        self._idle_lock_ms = desk.definitions.policies.idle_lock_minutes * MINUTE_MS
        self.glyphs = glyphs_for(os.environ)
        self.spelled = spelling(encoding_for(os.environ), self.glyphs)
        self.navigator = Navigator(self, ROUTES)
        self.status = StatusLine(self, desk)
        self.worker = DeskWorker(self.status, self.redraw_front)
        self.commands = CommandQueue(self)
        self.enter_guard = EnterGuard(watches=ticking)
        self._keys = KeyQueue(self, self._answer)
        self._input_guard = InputGuard(self)
        self._follower = LedgerFollower(self, LOOK_AGAIN_S if ticking else (0.0,))
        self.looks = Looks(self, self.status, paths.looks, os.environ)
        self.colored = self.looks.colored
        self.looks.wear(self.actor)

    # Starting and leaving

    async def on_ready(self) -> None:
        """Take up what runs, watch the file, show the first screen."""
        loop = asyncio.get_running_loop()
        if self._watchdog is not None:
            self._watchdog.watch(
                lambda code: loop.call_soon_threadsafe(self.exit, None, code)
            )
        await self._follower.start()
        self._show_first()
        begin(self, self.commands.record_commands, "commands")
        begin(self, self._keys.answer_keys, "keys")
        if self._ticking:
            self._tick_on_the_edge()

    def _show_first(self) -> None:
        """Show the first run, the sign-in, or Today."""
        if self.options.wall:
            self.navigator.open(Route.WALL, self.options.wall_session)
        elif not self.desk.center.is_set_up:
            self.navigator.open(Route.FIRST_RUN)
        else:
            self.navigator.open(Route.TODAY if self.actor else Route.SIGN_IN)

    def leave_kiosk(self) -> None:
        """End the program; a locked-down one only with the coordinator's PIN."""
        if self.options.locked:
            ask_to_leave(self)
        else:
            self.exit()

    def _fatal_error(self) -> None:
        """Leave with a sentence; the log keeps the traceback."""
        log.critical("The kiosk stopped.", exc_info=self._exception)
        self._exit_renderables.append(
            Text(
                "The kiosk stopped because of an internal error. Everything that was"
                " shown as recorded is safe, and running clocks keep running. Open the"
                f" kiosk again. Details are in {self.paths.log}."
            )
        )
        self._close_messages_no_wait()

    async def on_unmount(self) -> None:
        """Finish what is being written."""
        self._follower.close()
        self.worker.close()

    # Who sits here

    def sign_in(self, actor: Actor) -> None:
        """Let someone work here, who looks at it as they have chosen."""
        self.actor = actor
        self.looks.wear(actor)

    def lock(self) -> None:
        """Lock the terminal; what is open stays open behind the lock, but for PINs."""
        if self.actor is None or self.navigator.shows_lock:
            return
        for screen in self.screen_stack:
            for form in screen.query(Form):
                form.forget_secrets()
        self.navigator.open(Route.LOCK)

    def _lock_if_idle(self) -> None:
        idle_ms = self.machine_clock.now().boot_ms - self._last_key.boot_ms
        if idle_ms >= self._idle_lock_ms:
            self.lock()

    # Keys, and what they ask for

    async def on_event(self, event: events.Event) -> None:
        """Queue what was typed: a key is for what the one before it led to."""
        fresh = isinstance(event, events.InputEvent | events.Paste)
        if fresh and not event.is_forwarded:
            self._keys.add_key(event)
        else:
            await super().on_event(event)

    async def _answer(self, event: events.Event) -> None:
        """Leave out what was meant for something else, such as a form now closed."""
        if isinstance(event, events.Key):
            self._last_key = self.machine_clock.now()
        if self._input_guard.leaves_out(event):
            return
        screen = self.screen
        if isinstance(event, events.Key) and isinstance(screen, KioskScreen):
            if await screen.takes_at_once(event):
                return
        await super().on_event(event)

    def press_halt(self, session_id: str = "") -> None:
        """Ask about the halt of a session, or of the one that runs."""
        press_halt(self, session_id)

    async def finish_commands(self) -> None:
        """Wait until every command that was asked for has been recorded, or refused."""
        await self.commands.join()

    @on(CommandRequested)
    def _take_command(self, message: CommandRequested) -> None:
        self.commands.add_command(message)

    # Time, and what is drawn

    def _tick_on_the_edge(self) -> None:
        """Tick on each edge of a second: the wall clock's, and every running session's.

        All terminals draw on the same ones, and no remaining time is shown late.
        """
        if not self.is_running:
            return
        try:
            self.redraw_time()
        except Exception:
            # Whatever a screen cannot draw, time goes on.
            log.exception("the time could not be drawn; it is tried again in a second")
        wait_s = (edge_in_ms(self.desk) + AFTER_EDGE_MS) / 1000
        asyncio.get_running_loop().call_later(wait_s, self._tick_on_the_edge)

    def redraw_time(self) -> None:
        """Redraw what depends on the time; public, so that a test turns the hands."""
        self.catch_up_display()
        self.status.withdraw_offer(self.actor)
        for screen in self.screen_stack:
            if isinstance(screen, KioskScreen | KioskModal):
                screen.redraw_time()
        begin(self, self._each_second, "second")

    async def _each_second(self) -> None:
        self._lock_if_idle()
        await self._follower.each_second()

    def redraw_front(self) -> None:
        """Let the screen in front draw the record; those behind do once they are."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, KioskScreen):
                screen.redraw_record()
                return
