"""A ledger to be damaged: what was in it, where an entry lies, and how to hit it."""

import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from cptkiosk.domain.state.session import Stage
from cptkiosk.ledger import projections
from cptkiosk.ledger.ledger import Ledger
from support.center import LEDGER, open_desk, staffed
from support.clock import HandClock
from support.sessions import a_session

RECORD = ("entry", "personal", "head", *projections.TABLES)
"""What is proven; a sign of life and half-filled forms are not part of the record."""

Rows = list[tuple[object, ...]]


@dataclass(frozen=True)
class Whole:
    """A ledger that is closed, and what is in it."""

    path: Path
    data: bytes
    record: dict[str, Rows]

    @property
    def entries(self) -> Rows:
        """Its entries, in order."""
        return self.record["entry"]

    def copied_to(self, folder: Path) -> "Whole":
        """Return a copy of it, with its key, which may be damaged."""
        shutil.copytree(self.path.parent, folder)
        return Whole(folder / self.path.name, self.data, self.record)


def record(path: Path) -> dict[str, Rows]:
    """Return what a ledger holds, table by table."""
    with closing(Ledger(path, "", read_only=True)) as ledger:
        return {table: ledger.rows(f"SELECT * FROM {table}") for table in RECORD}


def make_whole(folder: Path) -> Whole:
    """Make a small ledger with one sealed session, and close it."""
    desk = staffed(open_desk(folder, HandClock()))
    with closing(desk.ledger):
        a_session(desk, 3, stage=Stage.SEALED)
        desk.boots.beat()
    path = folder / LEDGER
    return Whole(path, path.read_bytes(), record(path))


def entry_bytes(whole: Whole, seq: int) -> int:
    """Return where in the file the body of an entry is."""
    body = str(whole.entries[seq - 1][9]).encode()
    assert whole.data.count(body) == 1
    return whole.data.index(body)


def damage(whole: Whole, at: int, what: bytes = b"\xff") -> None:
    """Write something over the file, from a byte on."""
    data = bytearray(whole.data)
    data[at : at + len(what)] = what
    whole.path.write_bytes(data)
