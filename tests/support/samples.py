"""Centers built once and copied: changing a copy changes no other."""

import shutil
from collections.abc import Callable
from pathlib import Path

from cptkiosk.desk import Desk
from support.center import open_desk
from support.clock import HandClock

Build = Callable[[Desk], object]


class Samples:
    """Data directories by name, each built when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lasted_ms: dict[str, int] = {}

    def center(self, name: str, build: Build, folder: Path, clock: HandClock) -> Desk:
        """Return a desk on a copy of a center; the clock stands where it was built.

        Args:
            name: of the sample; the same name must mean the same `build`.
            build: brings a new desk to what the sample is.
            folder: the data directory of the copy.
            clock: as it is made; it is advanced by the time that building took.
        """
        if name not in self._lasted_ms:
            self._lasted_ms[name] = self._make(name, build)
        shutil.copytree(self._folder / name, folder, dirs_exist_ok=True)
        clock.advance(self._lasted_ms[name])
        return open_desk(folder, clock)

    def _make(self, name: str, build: Build) -> int:
        clock = HandClock()
        began_ms = clock.now().boot_ms
        desk = open_desk(self._folder / name, clock)
        build(desk)
        desk.ledger.close()
        return clock.now().boot_ms - began_ms
