"""A person at the kiosk: press keys, wait until the desk is done, look."""

import asyncio
import threading
import unicodedata
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar
from unittest.mock import patch

import textual.screen
from textual import events
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.app import App
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Size
from textual.keys import (
    REPLACED_KEYS,
    _character_to_key,
    _get_unicode_name_from_key,
)
from textual.pilot import Pilot
from textual.screen import Screen
from textual.worker import WorkerCancelled, WorkerFailed

from cptkiosk.desk import Desk
from cptkiosk.domain.values import Actor
from cptkiosk.host.data_directory import Paths
from cptkiosk.ui.app import KioskApp
from cptkiosk.ui.frame.kiosk_screen import KioskScreen
from cptkiosk.ui.options import KioskOptions
from support.clock import HandClock

ENDLESS = {"draft", "commands", "keys"}
"""Workers that wait for a person, or for time to pass."""

SMALL = (80, 24)
"""The smallest terminal that shows every screen."""

_RENDER = Compositor.render_update


def _pictures_only(compositor: Compositor, full: bool = False, **how: Any) -> Any:
    """Render a picture that is asked for; leave the next frame to the next look."""
    return _RENDER(compositor, full, **how) if full else None


_PARSE = Stylesheet._parse_rules
_PARSED: dict[tuple[object, ...], list[RuleSet]] = {}


def _parse_once(sheet: Stylesheet, *of: object, **how: object) -> list[RuleSet]:
    """Parse a style as if every app were the same one; they only read what comes of it."""
    variables = tuple(sheet._variables.items())
    key = (of, tuple(sorted(how.items())), variables)
    if key not in _PARSED:
        _PARSED[key] = _PARSE(sheet, *of, **how)  # type: ignore[arg-type]
    return _PARSED[key]


Stylesheet._parse_rules = _parse_once  # type: ignore[method-assign, assignment]

_JOIN = Stylesheet.parse
_JOINED: dict[tuple[object, ...], list[RuleSet]] = {}


def _join_once(sheet: Stylesheet) -> None:
    """Put the parsed styles together, once for the widgets that an app has used so far."""
    key = (*sheet.source.items(), *sheet._variables.items())
    if key not in _JOINED:
        _JOIN(sheet)
        _JOINED[key] = sheet._rules
    sheet._rules, sheet._rules_map = _JOINED[key], None
    sheet._require_parse = False


Stylesheet.parse = _join_once  # type: ignore[method-assign, assignment]

# The same, and two million times a minute no call in Python.
RuleSet.__hash__ = object.__hash__  # type: ignore[method-assign]

# The next frame is drawn by `_draw` once all else is done, and by no clock meanwhile.
vars(textual.screen)["UPDATE_PERIOD"] = 3600.0

Shown = TypeVar("Shown", bound=Screen[Any])
Kind = type[Shown]


class Machine(HandClock):
    """A machine whose time passes on purpose, and with it whatever sleeps on it."""

    def __init__(self) -> None:
        super().__init__()
        self._asleep: list[tuple[int, asyncio.Event]] = []

    async def sleep(self, seconds: float) -> None:
        """Sleep until that much time was let pass."""
        if seconds <= 0:
            return
        wakes = asyncio.Event()
        self._asleep.append((self.now().boot_ms + round(seconds * 1000), wakes))
        await wakes.wait()

    def advance(self, ms: int) -> None:
        """Let time pass, and wake whose time has come."""
        super().advance(ms)
        for due_ms, wakes in self._asleep:
            if due_ms <= self.now().boot_ms:
                wakes.set()


class SimulatedProctor:
    """A person before an app: presses keys, waits until all is drawn, looks.

    Textual's pilot waits until the process uses no CPU, which on a busy machine is late
    or never. Here nothing waits for time: what is ready runs, until nothing is.
    """

    def __init__(self, app: App[Any], pilot: Pilot[Any]) -> None:
        self.pilot = pilot
        self._app = app
        app.animation_level = "none"

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, each once the one before is done with."""
        for key in keys:
            self._send(key)
            await self.settle()
        self.look()

    def look(self) -> None:
        """Draw what has changed since the last look, as a terminal would have it."""
        if self._app._running:
            screens = self._app._background_screens
            _RENDER(self._app.screen._compositor, screen_stack=screens)

    async def press_at_once(self, *keys: str) -> None:
        """Press keys faster than anything is done about them."""
        for key in keys:
            self._send(key)
        await self.settle()

    async def press_meanwhile(self, *keys: str) -> None:
        """Press keys and do not wait for the work that they begin or interrupt."""
        for key in keys:
            self._send(key)
            await self.draw()

    async def type(self, text: str) -> None:
        """Type into a field, all at once."""
        await self.press_at_once(*("space" if char == " " else char for char in text))

    async def resize(self, columns: int, lines: int) -> None:
        """Make the window larger or smaller."""
        size = Size(columns, lines)
        driver = self._app._driver
        assert isinstance(driver, HeadlessDriver)
        driver._size = size
        self._app.post_message(events.Resize(size, size))
        await self.settle()

    def _send(self, key: str) -> None:
        """Send a key the way Textual's pilot does, without its waiting for an idle CPU."""
        name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
        char: str | None
        try:
            sign = _get_unicode_name_from_key(REPLACED_KEYS.get(name, name))
            char = unicodedata.lookup(sign)
        except KeyError:
            char = key if len(key) == 1 else None
        event = events.Key(name, char)
        event.set_sender(self._app)
        assert self._app._driver is not None
        self._app._driver.send_message(event)

    async def settle(self) -> None:
        """Wait until nothing is left to do but what a clock or a person starts.

        That is so when the loop has nothing ready, all work beside it is done, and a
        drawing that was asked for has been made.
        """
        while await self._is_busy():
            pass

    async def draw(self) -> None:
        """Let the loop do and draw what it can, whatever goes on beside it."""
        while await self._pump() or self._draw():
            pass

    async def _is_busy(self) -> bool:
        busy = await self._pump()
        busy = await self._work() or busy
        busy = self._draw() or busy
        return await self._pump() or busy

    async def _work(self) -> bool:
        """Wait for the work beside the loop; tell whether there was any."""
        busy = False
        for worker in tuple(self._app.workers):
            if worker.group not in ENDLESS and not worker.is_finished:
                busy = True
                with suppress(WorkerCancelled, WorkerFailed):
                    await worker.wait()
        return busy

    def _draw(self) -> bool:
        """Draw what is due at the next frame; tell whether it moved something."""
        app, animator = self._app, self._app.animator
        moving = bool(animator._animations) or app._resize_timer is not None
        if animator._animations:
            animator()
        if app._resize_timer is not None:
            app._check_resize()
        if app._running:
            for screen in app.screen_stack:
                screen._on_timer_update()
        return moving

    async def _pump(self) -> bool:
        """Let everything run that is ready; tell whether anything was."""
        loop = asyncio.get_running_loop()
        turns = 0
        await asyncio.sleep(0)
        while loop._ready:  # type: ignore[attr-defined]
            await asyncio.sleep(0)
            turns += 1
        return turns > 0

    def showing(self, kind: Kind[Shown]) -> Shown:
        """Return the screen that is open, which must be of this kind."""
        screen: Screen[Any] = self._app.screen
        assert isinstance(screen, kind), f"{screen} is open"
        return screen

    @property
    def frame(self) -> str:
        """What the terminal shows, as lines of text."""
        visible_screen_stack.set(self._app._background_screens)
        strips = self._app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    @property
    def words(self) -> str:
        """What the terminal shows, as one line without frames and breaks."""
        return " ".join(self.frame.replace("│", " ").split())


class Sitting(SimulatedProctor):
    """A kiosk at work."""

    def __init__(self, app: KioskApp, pilot: Pilot[Any]) -> None:
        super().__init__(app, pilot)
        self.app = app

    async def _work(self) -> bool:
        await self.app.commands.join()
        if not self.app.worker.is_closed:
            await self.app.worker.run_work(lambda: None)
        return await super()._work()

    @asynccontextmanager
    async def slow_desk(self) -> AsyncIterator[None]:
        """Let the desk record nothing before the end; press with `press_meanwhile`."""
        records = threading.Event()
        self.app.worker._thread.submit(records.wait)
        try:
            yield
        finally:
            records.set()
        await self.settle()

    async def fill(self, *answers: str) -> None:
        """Fill fields in one after the other; nothing leaves one as it is."""
        for answer in answers:
            await self.type(answer)
            await self.press("enter")

    async def enter_line(self, text: str) -> None:
        """Type what is to be done on the action line."""
        await self.press("colon")
        await self.type(text)
        await self.press("enter")

    async def show(self, screen: Screen[Any]) -> None:
        await self.app.push_screen(screen)
        await self.settle()

    async def pass_time(self, seconds: float) -> None:
        """Let time pass for the machine, and for what sleeps."""
        machine = self.app.machine_clock
        assert isinstance(machine, Machine)
        machine.advance(round(seconds * 1000))
        await self.draw()

    @property
    def screen(self) -> Any:
        """The screen that is open; `showing` returns it by its type."""
        return self.app.screen


class SitDown(Protocol):
    """Sits down at a screen of a session's walk."""

    def __call__(
        self,
        place: str,
        actor: Actor = ...,
        *,
        size: tuple[int, int] = ...,
        session: str = ...,
    ) -> AbstractAsyncContextManager[Sitting]: ...


@asynccontextmanager
async def sit_down(
    desk: Desk,
    folder: Path,
    actor: Actor | None,
    size: tuple[int, int] = SMALL,
    **options: Any,
) -> AsyncIterator[Sitting]:
    """Sit down at a kiosk, signed in or not.

    Args:
        options: more options of the app, such as `wall` or `locked`.
    """
    machine = Machine()
    app = KioskApp(
        desk,
        Paths(folder),
        KioskOptions(signed_in=actor, **options),
        ticking=False,
        machine_clock=machine,
    )
    app.sleep = machine.sleep
    with patch.object(Compositor, "render_update", _pictures_only):
        # What is drawn between two looks stays unseen, and drawing takes most time.
        async with app.run_test(size=size) as pilot:
            sitting = Sitting(app, pilot)
            await sitting.settle()
            yield sitting


def events_of(desk: Desk, session_id: str = "a") -> list[Any]:
    """Return what is on record about a session, each by whatever type it has."""
    return [one.event for one in desk.ledger.read_stream(f"session/{session_id}")]


def why_not(sitting: Sitting, action: str) -> str:
    """Return why the screen that is open says that an action is not possible."""
    screen = sitting.showing(KioskScreen)
    return screen.why_not(screen.action_table.by_id(action))
