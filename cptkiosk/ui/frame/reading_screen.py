"""A screen that draws what the desk reads for it."""

from functools import partial
from typing import Generic, TypeVar

from cptkiosk.desk import Desk
from cptkiosk.ui.frame.kiosk_screen import KioskScreen
from cptkiosk.ui.workers import begin

T = TypeVar("T")


class ReadingScreen(KioskScreen, Generic[T]):
    """Reads again whenever the record has changed, then draws."""

    found: T | None = None
    """What was read last; `None` before the first time."""

    def read_record(self, desk: Desk) -> T:
        """Return what is drawn; runs in the thread of the desk."""
        raise NotImplementedError

    def redraw_record(self) -> None:
        """Read again; drawing follows."""
        begin(self, self._read_again, "record")

    async def _read_again(self) -> None:
        read = partial(self.read_record, self.kiosk.desk)
        found = await self.kiosk.worker.quietly(read)
        if found is not None:
            self.found = found
            super().redraw_record()
