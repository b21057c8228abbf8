"""Somebody at the kiosk: press keys, wait until the desk is done, look."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from textual.pilot import Pilot
from textual.screen import Screen
from textual.worker import WorkerCancelled

from cptkiosk.desk import Desk
from cptkiosk.domain.values import Actor
from cptkiosk.settings import Paths
from cptkiosk.ui.app import KioskApp

ENDLESS = {"draft", "carry"}


class Sitting:
    """A kiosk at work."""

    def __init__(self, app: KioskApp, pilot: Pilot) -> None:
        self.app, self.pilot = app, pilot

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def settle(self) -> None:
        for _ in range(3):
            await self.pilot.pause()
            await self.app.wishes.join()
            await self.app.on_desk(lambda: None)
            for worker in tuple(self.app.workers):
                if worker.group not in ENDLESS:
                    with suppress(WorkerCancelled):
                        await worker.wait()
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Type into a field, all at once."""
        await self.pilot.press(*("space" if char == " " else char for char in text))
        await self.settle()

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


@asynccontextmanager
async def sit_down(
    desk: Desk, folder: Path, actor: Actor, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Sitting]:
    """Sit down at a kiosk, signed in."""
    app = KioskApp(desk, Paths(folder), signed_in=actor, ticking=False)
    async with app.run_test(size=size) as pilot:
        sitting = Sitting(app, pilot)
        await sitting.settle()
        yield sitting
