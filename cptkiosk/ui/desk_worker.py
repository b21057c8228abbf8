"""The thread of the desk: what waits for the disk there holds no key up."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from cptkiosk.domain.values import Refused
from cptkiosk.errors import KioskError
from cptkiosk.ui.status_line import StatusLine
from cptkiosk.words import explain

T = TypeVar("T")
log = logging.getLogger("cptkiosk")


class DeskWorker:
    """Runs work at the desk in one thread, so one piece of it after the other."""

    def __init__(self, status: StatusLine, redraw: Callable[[], object]) -> None:
        self._status = status
        self._redraw = redraw
        self._thread = ThreadPoolExecutor(1, "desk")
        self.is_closed = False

    async def run_work(self, work: Callable[[], T]) -> T:
        """Run something at the desk, and return what it returns.

        Raises:
            CancelledError: if the kiosk has been left.
        """
        if self.is_closed:
            raise asyncio.CancelledError("the kiosk has been left")
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def quietly(self, work: Callable[[], T]) -> T | None:
        """Run something at the desk; if it is refused or fails, say so."""
        waits = self._status.screen
        try:
            return await self.run_work(work)
        except Refused as refusal:
            self._status.say(
                explain(refusal), "warning", on=self._status.behind_lock(waits)
            )
        except KioskError as error:
            log.warning("%s", error)
            self._status.say(str(error), "error", on=self._status.behind_lock(waits))
        return None

    async def attempt(self, work: Callable[[], T]) -> T | None:
        """Run something that someone waits for, and draw what came of it."""
        waits = self._status.screen
        self._status.say("recording ...", "pending")
        done = await self.quietly(work)
        if done is not None:
            self._status.say("", "ok", on=self._status.behind_lock(waits))
        # Also after a refusal: the desk has caught up with other terminals.
        self._redraw()
        return done

    def close(self) -> None:
        """Finish what is being written, and take nothing more."""
        self.is_closed = True
        self._thread.shutdown(wait=True)
