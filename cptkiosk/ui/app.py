"""The Textual app: carries wishes to the desk and redraws what came of them."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import PurePath
from typing import ClassVar, TypeVar

from rich.text import Text
from textual import events, on
from textual.binding import BindingType
from textual.scrollbar import ScrollBar

from cptkiosk.desk import Desk, Recorded
from cptkiosk.domain.commands import SessionCommand
from cptkiosk.domain.overtaken import Overtaken
from cptkiosk.domain.session_events import (
    HaltUndone,
    SessionReopened,
    named_in,
)
from cptkiosk.domain.values import MINUTE_MS, Actor, Refused
from cptkiosk.errors import KioskError
from cptkiosk.host.clock import Clock, SystemClock
from cptkiosk.host.data_directory import Paths, keep_look, looks_in
from cptkiosk.host.resources import stylesheets
from cptkiosk.ledger.change_watcher import Watch
from cptkiosk.ui.dialogs.approval import attempt_as
from cptkiosk.ui.dialogs.halt import press_halt
from cptkiosk.ui.dialogs.leave import ask_to_leave
from cptkiosk.ui.dialogs.modal import KioskModal
from cptkiosk.ui.dialogs.overtaken import ask_again
from cptkiosk.ui.enter_guard import EnterGuard
from cptkiosk.ui.frame.kiosk_screen import KioskScreen
from cptkiosk.ui.input_guard import InputGuard
from cptkiosk.ui.local_time import time_text
from cptkiosk.ui.messages import CommandRequested
from cptkiosk.ui.naming import recorded_words
from cptkiosk.ui.navigator import Navigator, Route, route_of
from cptkiosk.ui.ports import ShowsStatus
from cptkiosk.ui.routes import ROUTES
from cptkiosk.ui.sized import too_small
from cptkiosk.ui.terminal.delta_output import DeltaOutputApp
from cptkiosk.ui.terminal.driver import KioskDriver
from cptkiosk.ui.terminal.glyphs import encoding_for, glyphs_for, spelling
from cptkiosk.ui.terminal.key_queue import KeyQueue
from cptkiosk.ui.terminal.watchdog import Watchdog
from cptkiosk.ui.theme import THEMES, WORDS, first_look, look_after, shows_colors
from cptkiosk.ui.widgets.bars import Tone
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from cptkiosk.ui.widgets.form import Form
from cptkiosk.ui.widgets.scrollbar import PlainScrollBar
from cptkiosk.ui.workers import begin

LOOK_AGAIN_S = (0.0, 0.001, 0.003, 0.01)
"""The first event of a commit comes before its sync, so look again."""

AFTER_EDGE_MS = 1
"""A tick just before an edge would draw the second that is over once more."""

UNDONE: dict[type, str] = {
    HaltUndone: "undone: the halt; the clocks count as if they had run on",
    SessionReopened: "undone: the session goes on, everybody's outcome stays",
}
"""What is said of a step of the whole session that was undone."""

T = TypeVar("T")
log = logging.getLogger("cptkiosk")


ScrollBar.renderer = PlainScrollBar


class KioskApp(DeltaOutputApp, inherit_bindings=False):
    """One terminal at work on one ledger."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [*stylesheets()]
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
        *,
        signed_in: Actor | None = None,
        notice: str = "",
        mark: str = "",
        ticking: bool = True,
        locked: bool = False,
        wall: bool = False,
        wall_session: str = "",
        watchdog: Watchdog | None = None,
        aside: Callable[[], Sequence[str]] | None = None,
        machine_clock: Clock | None = None,
    ) -> None:
        super().__init__(driver_class=KioskDriver)
        self.notice = notice
        self.mark = mark
        self.locked = locked
        self.wall = wall
        self._wall_session = wall_session
        self.aside = aside
        self._watchdog = watchdog
        # The desk's clock may be a rehearsal's, which runs ahead.
        self.machine_clock = machine_clock or SystemClock()
        self.sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
        self._last_key = self.machine_clock.now()
        self.idle_lock_ms = desk.definitions.policies.idle_lock_minutes * MINUTE_MS
        self.desk = desk
        self.paths = paths
        self.glyphs = glyphs_for(os.environ)
        self.spelled = spelling(encoding_for(os.environ), self.glyphs)
        self.actor = signed_in
        self._ticking = ticking
        self._writer = ThreadPoolExecutor(1, "desk")
        self._left = False
        self._watch: Watch | None = None
        self._data_version = 0
        self._undrawn = False
        self._last: tuple[str, Tone, bool] = ("", "ok", False)
        self._said_on: object = None
        self._attached = False
        self.wishes: asyncio.Queue[CommandRequested] = asyncio.Queue()
        self.lines_typed: list[str] = []
        # Where somebody turns the hands, nothing is pressed or looked for too soon.
        self.enter_guard = EnterGuard(watches=ticking)
        self._look_again_s = LOOK_AGAIN_S if ticking else (0.0,)
        self._input_guard = InputGuard(self)
        self.keys = KeyQueue(self, self._answer)
        self.navigator = Navigator(self, ROUTES)
        for theme in THEMES:
            self.register_theme(theme)
        self.colored = shows_colors(os.environ)
        self._first_look = first_look(os.environ)
        self.wear_look()

    # How it looks

    def wear_look(self) -> None:
        """Put on the look that whoever sits here has chosen, if it can be shown."""
        chosen = looks_in(self.paths.looks).get(
            self.actor.staff_id if self.actor else ""
        )
        known = self.colored and chosen in self.available_themes
        self.theme = chosen if known and chosen else self._first_look

    def next_look(self) -> None:
        """Put on the next look, and keep it for whoever sits here."""
        self.theme = look_after(self.theme)
        words = f"colors: {WORDS[self.theme]}"
        if self.actor is None:
            return
        try:
            keep_look(self.paths.looks, self.actor.staff_id, self.theme)
        except OSError as error:
            self.say(f"{words}; not kept for next time: {error}", "warning")
        else:
            self.say(words, "ok")

    # Starting and leaving

    async def on_ready(self) -> None:
        """Take up what runs, watch the file, show the first screen."""
        loop = asyncio.get_running_loop()
        if self._watchdog is not None:
            self._watchdog.watch(
                lambda code: loop.call_soon_threadsafe(self.exit_with, code)
            )
        await self._take_up()
        self._start_watching(loop)
        await self.show_first()
        begin(self, self._carry, "carry")
        begin(self, self.keys.run, "keys")
        if self._ticking:
            self._tick_on_the_edge()

    async def _take_up(self) -> None:
        """Take up what runs; tried again each second until it works."""
        take_up = self.desk.look_up if self.wall else self.desk.attach
        self._attached = await self.quietly(take_up) is not None

    def exit_with(self, code: int) -> None:
        """End the program with a return code."""
        self.exit(return_code=code)

    def leave(self) -> None:
        """End the program; a locked-down one only with the coordinator's PIN."""
        if self.locked:
            ask_to_leave(self)
        else:
            self.exit_with(0)

    def _fatal_error(self) -> None:
        """Leave with a sentence; the log keeps the traceback."""
        log.critical("The kiosk stopped.", exc_info=self._exception)
        self._exit_renderables.append(
            Text(
                "The kiosk stopped because of a fault of its own. Everything that was"
                " shown as recorded is safe, and running clocks run on. Open it again;"
                f" the details are in {self.paths.log}."
            )
        )
        self._close_messages_no_wait()

    async def on_unmount(self) -> None:
        """Finish what is being written."""
        if self._watch is not None:
            with suppress(Exception):
                asyncio.get_running_loop().remove_reader(self._watch.fileno())
            self._watch.close()
        self._left = True
        self._writer.shutdown(wait=True)

    async def show_first(self) -> None:
        """Show the first run, the sign-in, or Today."""
        if self.wall:
            self.navigator.open(Route.WALL, self._wall_session)
        elif not self.desk.center.ready:
            self.navigator.open(Route.FIRST_RUN)
        else:
            self.navigator.open(Route.TODAY if self.actor else Route.SIGN_IN)

    @property
    def shows_lock(self) -> bool:
        """Whether the terminal is locked: nothing may open in front of that."""
        return self.navigator.is_open(Route.LOCK)

    def lock(self) -> None:
        """Lock the terminal; what is open stays open behind the lock, but for PINs."""
        if self.actor is None or self.shows_lock:
            return
        for screen in self.screen_stack:
            for form in screen.query(Form):
                form.forget_secrets()
        self.navigator.open(Route.LOCK)

    def press_halt(self, session_id: str = "") -> None:
        """Ask about the halt of a session, or of the one that runs."""
        press_halt(self, session_id)

    # The desk

    async def on_desk(self, work: Callable[[], T]) -> T:
        """Run something at the desk, in its own thread, and return what it returns."""
        if self._left:
            raise asyncio.CancelledError("the kiosk has been left")
        return await asyncio.get_running_loop().run_in_executor(self._writer, work)

    async def quietly(self, work: Callable[[], T]) -> T | None:
        """Run something at the desk; if it is refused or fails, say so."""
        waits = self._front_screen()
        try:
            return await self.on_desk(work)
        except Refused as refusal:
            self.say(str(refusal), "warning", on=self._behind_lock(waits))
        except KioskError as error:
            log.warning("%s", error)
            self.say(str(error), "error", on=self._behind_lock(waits))
        return None

    async def attempt(self, work: Callable[[], T]) -> T | None:
        """Run something that somebody waits for, and draw what came of it."""
        waits = self._front_screen()
        self.say("recording ...", "pending")
        done = await self.quietly(work)
        if done is not None:
            self.say("", "ok", on=self._behind_lock(waits))
        # Also after a refusal: the desk has caught up with other terminals.
        self.redraw()
        return done

    async def perform(
        self,
        command: SessionCommand,
        done: Callable[[Recorded], object],
        refused: Callable[[], object] = lambda: None,
        asked: CommandRequested | None = None,
    ) -> None:
        """Carry out a command, and go on once it is recorded.

        Args:
            command: what is to happen.
            done: what follows once it is recorded.
            refused: what follows if it was refused, or is asked about again.
            asked: what is said and done then if it is asked about again.
        """
        overtaken: list[Overtaken] = []

        def work(actor: Actor) -> Recorded:
            try:
                return self.desk.perform(command, actor)
            except Overtaken as found:
                overtaken.append(found)
                raise

        def not_done(_: Refused | None) -> None:
            refused()
            for found in overtaken:
                ask_again(self, found, asked or CommandRequested(command, ""))

        await attempt_as(self, work, done, not_done)

    @on(CommandRequested)
    def asked(self, message: CommandRequested) -> None:
        """Queue what a screen asks for, so that keys are answered meanwhile."""
        self.wishes.put_nowait(message)

    async def _carry(self) -> None:
        """Carry wishes to the desk, one after the other."""
        while True:
            message = await self.wishes.get()
            try:
                await self.perform(
                    message.command, partial(self._tell, message), asked=message
                )
            finally:
                self.wishes.task_done()

    def _end_marks(self, recorded: Recorded) -> None:
        """Take the marks off where something was recorded about who had them."""
        about = {name for one in recorded.entries for name in named_in(one.event)}
        for screen in self.screen_stack:
            for table in screen.query(FilterableTable):
                table.unmark(about)

    def _tell(self, message: CommandRequested, recorded: Recorded) -> None:
        self.say_recorded(recorded, message.words)
        if message.then is not None:
            message.then(recorded)

    def say_recorded(self, recorded: Recorded, words: str) -> None:
        """Show on the status line what is now committed and synced."""
        if not recorded.entries:
            self.say("That is on record already.", "ok")
            return
        self._end_marks(recorded)
        entry = recorded.entries[-1]
        words = recorded_words(
            self.desk.sessions, recorded.entries, words
        ) or UNDONE.get(type(entry.event), "undone")
        at = time_text(entry.at.utc_ms, self.desk.zone)
        self.say(f"{at}  #{recorded.seq}  {words}", "ok", synced=True)

    def say(
        self,
        text: str,
        tone: Tone,
        *,
        synced: bool = False,
        on: ShowsStatus | None = None,
    ) -> None:
        """Put a word on the status line of the screen that is open, or of one behind.

        It stays in sight there when a question over it closes. Only what was recorded
        follows to another screen: an error or a hint would look like a new one there.
        """
        screen = on or (self.work_screen if synced else self._front_screen())
        if route_of(screen) is not Route.LOCK:
            # What a lock says is over with it; what is behind waits for its turn.
            self._last, self._said_on = (text, tone, synced), screen
        if screen is not None:
            screen.show_said(text, tone, synced=synced)

    def _front_screen(self) -> KioskScreen | None:
        """Return the screen in front, whatever dialogs lie over it."""
        screens = [one for one in self.screen_stack if isinstance(one, KioskScreen)]
        return screens[-1] if screens else None

    @property
    def work_screen(self) -> KioskScreen | None:
        """The screen in front, or the one behind a lock: what is done is about it."""
        screens = [one for one in self.screen_stack if isinstance(one, KioskScreen)]
        while len(screens) > 1 and route_of(screens[-1]) is Route.LOCK:
            screens.pop()
        return screens[-1] if screens else None

    def _behind_lock(self, waits: KioskScreen | None) -> KioskScreen | None:
        """Return the screen that waits, if a lock has come in front of it."""
        return waits if self.shows_lock and waits in self.screen_stack else None

    def say_again(self) -> None:
        """Put the last word on the status line of a screen that has come to the front."""
        text, tone, synced = self._last
        if synced or self._said_on is self.screen:
            self.say(text, tone, synced=synced)
        elif isinstance(self.screen, KioskScreen):
            self.screen.show_said("", "ok")

    @property
    def shows_recorded(self) -> bool:
        """Whether the last word in sight is of what was recorded."""
        return self._last[2]

    def forget_said(self) -> None:
        """Forget the last word, unless it was recorded: another screen has opened."""
        if not self._last[2]:
            self._last = ("", "ok", False)

    async def on_event(self, event: events.Event) -> None:
        """Queue what was typed: a key is for what the one before it led to."""
        fresh = isinstance(event, events.InputEvent | events.Paste)
        if fresh and not event.is_forwarded:
            self.keys.put(event)
        else:
            await super().on_event(event)

    async def _answer(self, event: events.Event) -> None:
        """Leave out what was meant for something else, such as a form now closed."""
        if isinstance(event, events.Key):
            self._last_key = self.machine_clock.now()
        if not (self._input_guard.leaves_out(event) or await self._done(event)):
            await super().on_event(event)

    @property
    def unseen(self) -> bool:
        """Whether nobody sees what a key would do."""
        return too_small(self.size) and not self.wall

    async def _done(self, event: events.Event) -> bool:
        """Tell whether a key has done at once what it does."""
        if not isinstance(event, events.Key) or not isinstance(
            self.screen, KioskScreen
        ):
            return False
        return await self.screen.takes_at_once(event)

    # Time, and other terminals

    def _start_watching(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            self._watch = Watch(self.desk.ledger.path.parent)
        except OSError as error:
            log.warning("no inotify, looking once a second instead: %s", error)
            return
        loop.add_reader(self._watch.fileno(), self._file_touched)

    def _file_touched(self) -> None:
        name = self.desk.ledger.path.name
        names = (name, f"{name}-wal", f"{name}-journal")
        if self._watch is not None and self._watch.drain(names):
            begin(self, self._look, "look")

    async def _look(self) -> None:
        for wait_s in self._look_again_s:
            await asyncio.sleep(wait_s)
            if await self._take_in():
                return

    async def _take_in(self) -> bool:
        """Take in what other terminals committed, if the file says there is any."""

        def look() -> bool:
            version = self.desk.ledger.data_version()
            if version == self._data_version:
                return False
            found = self.desk.catch_up()
            # Only now: what could not be read has to be looked for again.
            self._data_version = version
            # Kept here: the next look may take this one's place before it draws.
            self._undrawn |= found
            return found

        try:
            changed = await self.on_desk(look)
        except KioskError as error:
            self.say(str(error), "error")
            return False
        if self._undrawn:
            self.redraw()
        return changed

    def _tick_on_the_edge(self) -> None:
        """Tick on each edge of a second: the wall clock's, and every running session's.

        All terminals draw on the same ones, and no remaining time is shown late.
        """
        self.tick()
        now = self.desk.now()
        lefts = [-now.utc_ms % 1000] + [
            (session.start_line_ms - session.line_ms(now)) % 1000
            for session in self.desk.sessions.values()
            if session.running and session.start_line_ms is not None
        ]
        wait_ms = min(left or 1000 for left in lefts)
        asyncio.get_running_loop().call_later(
            (wait_ms + AFTER_EDGE_MS) / 1000, self._tick_if_running
        )

    def _tick_if_running(self) -> None:
        if self._running:
            self._tick_on_the_edge()

    def tick(self) -> None:
        """Redraw what depends on the time; public, so that a test turns the hands."""
        self.catch_up_display()
        for screen in self.screen_stack:
            if isinstance(screen, KioskScreen | KioskModal):
                screen.tick()
        begin(self, self._each_second, "second")

    def _lock_if_idle(self) -> None:
        idle_ms = self.machine_clock.now().boot_ms - self._last_key.boot_ms
        if idle_ms >= self.idle_lock_ms:
            self.lock()

    async def _each_second(self) -> None:
        self._lock_if_idle()
        if not self._attached:
            await self._take_up()
        if self.wall:
            # Another terminal may have started a session that is not known here.
            await self._take_up()
        else:
            await self.quietly(self.desk.beat)
        await self._take_in()

    def redraw(self) -> None:
        """Let the screen in front draw the record; those behind do once they are."""
        self._undrawn = False
        for screen in reversed(self.screen_stack):
            if isinstance(screen, KioskScreen):
                screen.redraw()
                return
