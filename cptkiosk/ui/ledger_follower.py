"""What other terminals record in the same ledger comes onto this screen."""

import asyncio
import logging

from cptkiosk.errors import KioskError
from cptkiosk.ledger.change_watcher import ChangeWatcher
from cptkiosk.ui.ports import Kiosk
from cptkiosk.ui.workers import begin

LOOK_AGAIN_S = (0.0, 0.001, 0.003, 0.01)
"""The first event of a commit comes before its sync, so look again."""

log = logging.getLogger("cptkiosk")


class LedgerFollower:
    """Takes in what other terminals commit: as it happens, else once a second."""

    def __init__(self, kiosk: Kiosk, look_again_s: tuple[float, ...]) -> None:
        self._kiosk = kiosk
        self._look_again_s = look_again_s
        self._watch: ChangeWatcher | None = None
        self._version = 0
        self._is_attached = False
        self._undrawn = False

    async def start(self) -> None:
        """Take up what runs, and watch the file."""
        await self._take_up()
        ledger = self._kiosk.desk.ledger.path
        try:
            self._watch = ChangeWatcher(ledger.parent)
        except OSError as error:
            log.warning("no inotify, looking once a second instead: %s", error)
            return
        loop = asyncio.get_running_loop()
        loop.add_reader(self._watch.fileno(), self._file_touched, self._watch)

    def close(self) -> None:
        """Watch the file no more."""
        if self._watch is not None:
            asyncio.get_running_loop().remove_reader(self._watch.fileno())
            self._watch.close()

    async def each_second(self) -> None:
        """Retry what failed at start, and read changes that inotify missed."""
        wall = self._kiosk.options.wall
        if wall or not self._is_attached:
            # A wall asks again: another terminal may have started a session.
            await self._take_up()
        if not wall:
            await self._kiosk.worker.quietly(self._kiosk.desk.boots.beat)
        await self._take_in()

    async def _take_up(self) -> None:
        """Take up what runs; tried again each second until it works."""
        desk = self._kiosk.desk
        take_up = (
            desk.boots.find_running if self._kiosk.options.wall else desk.boots.attach
        )
        self._is_attached = await self._kiosk.worker.quietly(take_up) is not None

    def _file_touched(self, watch: ChangeWatcher) -> None:
        name = self._kiosk.desk.ledger.path.name
        if watch.drain((name, f"{name}-wal", f"{name}-journal")):
            begin(self._kiosk, self._look, "look")

    async def _look(self) -> None:
        for wait_s in self._look_again_s:
            await asyncio.sleep(wait_s)
            if await self._take_in():
                return

    async def _take_in(self) -> bool:
        """Take in what other terminals committed, if the file says there is any."""
        try:
            changed = await self._kiosk.worker.run_work(self._catch_up)
        except KioskError as error:
            self._kiosk.status.say(str(error), "error")
            return False
        if self._undrawn:
            self._undrawn = False
            self._kiosk.redraw_front()
        return changed

    def _catch_up(self) -> bool:
        """Let the desk catch up with the file; called in its thread."""
        desk = self._kiosk.desk
        version = desk.ledger.data_version()
        if version == self._version:
            return False
        found = desk.catch_up()
        # Only now: what could not be read has to be looked for again.
        self._version = version
        # Kept: the next look may take the place of this one before it draws.
        self._undrawn |= found
        return found
