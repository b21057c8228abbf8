"""Somebody at the kiosk: press keys, wait until the desk is done, look."""

import asyncio
import unicodedata
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Protocol

from textual import events
from textual.keys import _character_to_key, _get_unicode_name_from_key
from textual.pilot import Pilot
from textual.screen import Screen
from textual.worker import WorkerCancelled, WorkerFailed

from cptkiosk.desk import Desk
from cptkiosk.domain.values import Actor
from cptkiosk.settings import Paths
from cptkiosk.ui.app import KioskApp

ENDLESS = {"draft", "carry"}
SMALL = (80, 24)
"""The smallest terminal that shows every screen."""


class Sitting:
    """A kiosk at work."""

    def __init__(self, app: KioskApp, pilot: Pilot) -> None:
        self.app, self.pilot = app, pilot

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, each once the one before is done with."""
        for key in keys:
            self._send(key)
            await self.settle()

    async def press_at_once(self, *keys: str) -> None:
        """Press keys faster than anything is done about them."""
        for key in keys:
            self._send(key)
        await self.settle()

    def _send(self, key: str) -> None:
        """Send a key the way Textual's pilot does, without its waiting for an idle CPU."""
        name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
        try:
            char = unicodedata.lookup(_get_unicode_name_from_key(name))
        except KeyError:
            char = key if len(key) == 1 else None
        event = events.Key(name, char)
        event.set_sender(self.app)
        assert self.app._driver is not None
        self.app._driver.send_message(event)

    async def settle(self) -> None:
        """Wait until nothing is left to do but what a clock or a person starts.

        That is so when the loop has nothing ready, the desk's thread and the workers
        are done, and a drawing that was asked for has been made.
        """
        while await self._is_busy():
            pass

    async def _is_busy(self) -> bool:
        busy = await self._pump()
        await self.app.wishes.join()
        await self.app.on_desk(lambda: None)
        for worker in tuple(self.app.workers):
            if worker.group not in ENDLESS and not worker.is_finished:
                busy = True
                with suppress(WorkerCancelled, WorkerFailed):
                    await worker.wait()
        self.app.screen._on_timer_update()
        return await self._pump() or busy

    async def _pump(self) -> bool:
        """Let everything run that is ready; tell whether anything was."""
        loop = asyncio.get_running_loop()
        turns = 0
        await asyncio.sleep(0)
        while loop._ready:  # type: ignore[attr-defined]
            await asyncio.sleep(0)
            turns += 1
        return turns > 0

    async def type(self, text: str) -> None:
        """Type into a field, all at once."""
        await self.press_at_once(*("space" if char == " " else char for char in text))

    async def fill(self, *answers: str) -> None:
        """Fill fields in one after the other; nothing leaves one as it is."""
        for answer in answers:
            await self.type(answer)
            await self.press("enter")

    async def show(self, screen: Screen) -> None:
        await self.app.push_screen(screen)
        await self.settle()

    @property
    def screen(self) -> Screen:
        return self.app.screen

    @property
    def frame(self) -> str:
        """What the terminal shows, as lines of text."""
        strips = self.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    @property
    def words(self) -> str:
        """What the terminal shows, as one line without frames and breaks."""
        return " ".join(self.frame.replace("│", " ").split())


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
    desk: Desk, folder: Path, actor: Actor | None, size: tuple[int, int] = SMALL
) -> AsyncIterator[Sitting]:
    """Sit down at a kiosk, signed in."""
    app = KioskApp(desk, Paths(folder), signed_in=actor, ticking=False)
    async with app.run_test(size=size) as pilot:
        sitting = Sitting(app, pilot)
        await sitting.settle()
        yield sitting
