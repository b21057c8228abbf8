"""Faults of a simulated day: a connection that fails on demand."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Timer
from typing import Any, Protocol, TypeVar

from cptkiosk.ledger.sqlite import Connection, dbapi

T = TypeVar("T")
SECTOR = 512
HEADER = 32
IO_ERROR = "disk I/O error"
FULL = "database or disk is full"


class Killed(BaseException):
    """The terminal was killed: nothing of it goes on, not even a tidy end."""


class Fault(Protocol):
    """Something that goes wrong at a call of the connection."""

    kind: str
    struck: bool

    def around(self, wire: "Wire", sql: str, run: Callable[[], T]) -> T:
        """Run one call, or fail."""
        ...


class Wire:
    """A connection through which everything goes, so that it can be cut."""

    def __init__(self, real: Connection) -> None:
        self.real = real
        self.fault: Fault | None = None
        self.dead = False

    def execute(self, sql: str, values: Any = ()) -> Any:
        """Run one statement, unless a fault is due."""
        return self._call(sql, lambda: self.real.execute(sql, values))

    def executemany(self, sql: str, values: Any) -> Any:
        """Run one statement for several rows, unless a fault is due."""
        return self._call(sql, lambda: self.real.executemany(sql, values))

    def _call(self, sql: str, run: Callable[[], T]) -> T:
        if self.dead:
            raise Killed
        if self.fault is None or sql == "ROLLBACK":
            return run()
        return self.fault.around(self, sql, run)

    def die(self) -> None:
        """Let go at once of everything, and answer nothing any more.

        Raises:
            Killed: always.
        """
        self.dead = True
        raise Killed

    @property
    def in_transaction(self) -> bool:
        """Whether there is something to take back; the dead take nothing back."""
        return not self.dead and self.real.in_transaction

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


@dataclass
class Fails:
    """An error of SQLite at the n-th call, perhaps once more at the next try."""

    kind: str
    message: str
    at: int
    times: int = 1
    struck: bool = False
    _calls: int = 0

    def around(self, wire: Wire, sql: str, run: Callable[[], T]) -> T:
        """Count the call, and fail if it is the one."""
        self._calls += 1
        if self._calls != self.at or not self.times:
            return run()
        self.struck = True
        self.times -= 1
        self._calls = 0
        raise dbapi.OperationalError(self.message)


@dataclass
class Kills:
    """The end of a terminal before the n-th call."""

    at: int
    kind: str = "killed between calls"
    struck: bool = False

    def around(self, wire: Wire, sql: str, run: Callable[[], T]) -> T:
        """Count the call, and end if it is the one."""
        self.at -= 1
        if self.at > 0:
            return run()
        self.struck = True
        wire.die()
        raise AssertionError


@dataclass
class KillsAtCommit:
    """The end of a terminal just before or just after its commit."""

    after: bool
    kind: str = "killed at the commit"
    struck: bool = False

    def around(self, wire: Wire, sql: str, run: Callable[[], T]) -> T:
        """End at the commit."""
        if sql != "COMMIT":
            return run()
        self.struck = True
        if self.after:
            run()
        wire.die()
        raise AssertionError


@dataclass
class Tears:
    """A power cut in the commit: each sector written is there, or as it was before.

    What was synced before is never touched, and the database only after the log.
    """

    path: Path
    random: Random
    """One of its own: what is in the files is not the same in every run."""

    lands: bool
    """Whether the log was written to its end before the power went."""

    kind: str = "power cut in the commit"
    struck: bool = False
    torn: dict[str, bytes] = field(default_factory=dict)
    """What the disk holds afterwards, by the ending of the file's name."""

    def around(self, wire: Wire, sql: str, run: Callable[[], T]) -> T:
        """Keep both ends of the commit, and make of them what a power cut leaves."""
        if sql != "COMMIT":
            return run()
        self.struck = True
        before = self._files()
        run()
        after = self._files()
        if self.lands:
            # The log is synced before the database is touched.
            self.torn = {
                "": self._mixed(before[""], after[""]),
                "-wal": after["-wal"],
            }
        else:
            self.torn = {"": before[""], "-wal": self._torn(before, after)}
        wire.die()
        raise AssertionError

    def _torn(self, before: dict[str, bytes], after: dict[str, bytes]) -> bytes:
        """Return a log of which the last sector, with the commit, was not written."""
        old, new = before["-wal"], after["-wal"]
        end = max(
            (n for n in range(0, len(new), SECTOR) if _differ(old, new, n)), default=0
        )
        made = self._mixed(old, new[:end] + old[end:])
        # The header of a log that begins anew is synced before anything follows it.
        return new[:HEADER] + made[HEADER:]

    def _files(self) -> dict[str, bytes]:
        paths = {one: Path(f"{self.path}{one}") for one in ("", "-wal")}
        return {
            one: path.read_bytes() if path.exists() else b""
            for one, path in paths.items()
        }

    def _mixed(self, old: bytes, new: bytes) -> bytes:
        """Return some sectors of the old file and some of the new one."""
        length = max(len(old), len(new))
        chance = self.random.choice((0.0, 0.5, 0.9, 0.98))
        made = bytearray()
        for begin in range(0, length, SECTOR):
            was, became = old[begin : begin + SECTOR], new[begin : begin + SECTOR]
            if was == became or not became or self.random.random() < chance:
                made += became or was
            elif self.random.random() < 0.2:
                same = _common(was, became)
                made += became[:same] + self.random.randbytes(len(became) - same)
            else:
                made += was.ljust(len(became), b"\0")
        cut = self.random.randrange(min(len(old), length), length + 1)
        return bytes(made[:cut])

    def put_back(self) -> None:
        """Leave on the disk what the power cut left."""
        Path(f"{self.path}-shm").unlink(missing_ok=True)
        for suffix, data in self.torn.items():
            path = Path(f"{self.path}{suffix}")
            if data:
                path.write_bytes(data)
            else:
                path.unlink(missing_ok=True)


def _differ(one: bytes, other: bytes, begin: int) -> bool:
    return one[begin : begin + SECTOR] != other[begin : begin + SECTOR]


def _common(one: bytes, other: bytes) -> int:
    """Return how many bytes two sectors begin with alike."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), len(one))


@contextmanager
def full_disk(wire: Wire) -> Iterator[None]:
    """Let the file grow no further, as SQLite itself would find."""
    (pages,) = wire.real.execute("PRAGMA page_count").fetchone()
    wire.real.execute(f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        wire.real.execute("PRAGMA max_page_count = 4294967294")


@contextmanager
def busy(path: Path, wire: Wire, held_s: float = 0.0) -> Iterator[None]:
    """Let another program hold the ledger: for good, or until it lets go."""
    holder = dbapi.connect(str(path), isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    wire.real.execute(f"PRAGMA busy_timeout = {10_000 if held_s else 1}")
    later = Timer(held_s, holder.execute, ("ROLLBACK",))
    if held_s:
        later.start()
    try:
        yield
    finally:
        if held_s:
            later.join()
        holder.close()
        wire.real.execute("PRAGMA busy_timeout = 10000")


def fault_of(random: Random, path: Path) -> Fault:
    """Draw what goes wrong next."""
    at = random.randint(1, 16)
    faults: list[tuple[int, Callable[[], Fault]]] = [
        (3, lambda: Fails("I/O error", IO_ERROR, at)),
        (2, lambda: Fails("disk full, reserve helps", FULL, at)),
        (2, lambda: Fails("disk full", FULL, at, times=2)),
        (3, lambda: Kills(at)),
        (2, lambda: KillsAtCommit(after=False)),
        (2, lambda: KillsAtCommit(after=True)),
        (
            2,
            lambda: Tears(
                path, Random(random.getrandbits(32)), lands=random.random() < 0.4
            ),
        ),
    ]
    weights = [weight for weight, _ in faults]
    return random.choices([make for _, make in faults], weights)[0]()


def copied(template: Path, folder: Path) -> None:
    """Begin with a ledger that holds nothing yet."""
    folder.mkdir(mode=0o700)
    for one in sorted(template.iterdir()):
        shutil.copy2(one, folder / one.name)
