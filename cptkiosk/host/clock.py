"""The only module that reads a clock."""

import contextlib
import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol
from uuid import uuid4
from zoneinfo import ZoneInfo

from cptkiosk.domain.time.instants import Instant

NS_PER_MS = 1_000_000
NS_PER_S = 1_000_000_000
SAME_BOOT_MS = 10_000
"""How far two readings of the moment of booting may differ without a boot id."""


class Clock(Protocol):
    """Something that can say what time it is."""

    def now(self) -> Instant:
        """Return this moment."""
        ...

    def asleep_ms(self) -> int:
        """Return how long the machine has been suspended since it booted."""
        ...


class SystemClock:
    """This machine's own clocks.

    On Linux the boot clock runs during suspend, ignores steps of the wall clock, and is
    the same in every container of a host. Where the kernel names no boot, the monotonic
    clock is taken, and a random id that the processes of one boot share; a suspend or a
    step of the wall clock by more than 10 s then looks like a new boot to whatever is
    started after it, so that the wall clock decides.
    """

    def __init__(self, proc: Path = Path("/proc"), shared: Path | None = None) -> None:
        """Find out which boot this is.

        Args:
            proc: where the kernel tells about itself.
            shared: the folder for the shared id where it does not.
        """
        boot_id = _kernel_boot_id(proc)
        clock = getattr(time, "CLOCK_BOOTTIME", None) if boot_id else None
        self._clock: int | None = clock
        known = clock is not None
        self._offset_ns = _namespace_offset_ns(proc, "boottime") if known else 0
        self._awake_offset_ns = _namespace_offset_ns(proc, "monotonic") if known else 0
        self._boot_id = boot_id if clock is not None else _shared_boot_id(shared)

    def now(self) -> Instant:
        """Return this moment, from all clocks at once."""
        utc_ns = time.time_ns()
        boot_ns = (
            time.monotonic_ns()
            if self._clock is None
            else time.clock_gettime_ns(self._clock) - self._offset_ns
        )
        return Instant(
            utc_ms=utc_ns // NS_PER_MS,
            boot_ms=boot_ns // NS_PER_MS,
            boot_id=self._boot_id,
        )

    def asleep_ms(self) -> int:
        """Return by how much the boot clock ran while the monotonic clock stood."""
        if self._clock is None:
            return 0
        boot_ns = time.clock_gettime_ns(self._clock) - self._offset_ns
        awake_ns = time.monotonic_ns() - self._awake_offset_ns
        return max(0, boot_ns - awake_ns) // NS_PER_MS


class SpedClock:
    """A clock that runs faster than another, from a chosen moment: for drills."""

    def __init__(self, base: Clock, factor: float, start_utc_ms: int) -> None:
        """Start at `start_utc_ms` now, and run `factor` times as fast as `base`."""
        assert factor > 0, f"a clock does not run {factor} times as fast"
        self._base = base
        self._start_utc_ms = start_utc_ms
        self._origin = base.now()
        # One value, as other threads read the clock while its pace changes: the pace,
        # and since when it holds, in real time and in the drill's, awake and asleep.
        self._pace = (factor, 0, 0, base.asleep_ms(), int(base.asleep_ms() * factor))

    def set_pace(self, factor: float) -> None:
        """Run `factor` times as fast as the other clock from now on, without a jump."""
        if factor != self._pace[0]:
            real_ms = self._base.now().boot_ms - self._origin.boot_ms
            real_asleep_ms = self._base.asleep_ms()
            now_ms, asleep_ms = self._sped_ms(real_ms), self.asleep_ms()
            self._pace = (factor, real_ms, now_ms, real_asleep_ms, asleep_ms)

    def _sped_ms(self, real_ms: int) -> int:
        factor, since_ms, at_ms, *_ = self._pace
        return at_ms + int((real_ms - since_ms) * factor)

    def now(self) -> Instant:
        """Return the drill's moment: real time since the start, multiplied."""
        sped_ms = self._sped_ms(self._base.now().boot_ms - self._origin.boot_ms)
        return Instant(
            utc_ms=self._start_utc_ms + sped_ms,
            boot_ms=self._origin.boot_ms + sped_ms,
            boot_id=f"{self._origin.boot_id}-drill",
        )

    def asleep_ms(self) -> int:
        """Return how long the machine slept, in the drill's time."""
        factor, _, _, since_ms, at_ms = self._pace
        return at_ms + int((self._base.asleep_ms() - since_ms) * factor)


def _kernel_boot_id(proc: Path) -> str:
    """Return the kernel's name for this boot, or '' where it has none."""
    try:
        path = proc / "sys/kernel/random/boot_id"
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _namespace_offset_ns(proc: Path, clock: str) -> int:
    """Return what a time namespace adds to a clock here; mostly 0."""
    try:
        text = (proc / "self/timens_offsets").read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return 0
    for line in text.splitlines():
        match line.split():
            case [name, seconds, nanoseconds] if name == clock:
                return int(seconds) * NS_PER_S + int(nanoseconds)
            case _:
                continue
    return 0


def _shared_boot_id(folder: Path | None) -> str:
    """Return the id that this boot's first process left in `folder`, or leave one."""
    folder = folder or Path(tempfile.gettempdir())
    user = os.getuid() if hasattr(os, "getuid") else "user"
    path = folder / f"cptkiosk-boot-{user}"
    booted_utc_ms = (time.time_ns() - time.monotonic_ns()) // NS_PER_MS
    found = _left_boot_id(path, booted_utc_ms)
    if found:
        return found
    made = str(uuid4())
    draft = path.with_name(f"{path.name}-{made}")
    # Where nothing can be left, the id is this process's own and the wall clock bridges.
    with contextlib.suppress(OSError):
        draft.write_text(f"{made} {booted_utc_ms}\n", encoding="ascii")
        draft.replace(path)
    return _left_boot_id(path, booted_utc_ms) or made


def _left_boot_id(path: Path, booted_utc_ms: int) -> str:
    """Return the id left at `path` if it was left during this boot, else ''."""
    try:
        boot_id, left_ms = path.read_text(encoding="ascii").split()
        same = abs(int(left_ms) - booted_utc_ms) <= SAME_BOOT_MS
    except (OSError, ValueError):
        return ""
    return boot_id if same else ""


def system_zone(environ: Mapping[str, str] = os.environ) -> str:
    """Return the name of this machine's time zone, or UTC if it has no valid one.

    What the environment says (TZ) comes before what the machine is set to.
    """
    link = os.path.realpath("/etc/localtime")
    _, _, linked = link.partition("/zoneinfo/")
    try:
        written = Path("/etc/timezone").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        written = ""
    for name in (environ.get("TZ", "").removeprefix(":"), linked, written):
        if name and _is_zone(name):
            return name
    return "UTC"


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
