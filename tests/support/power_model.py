"""What a disk may hold after a power cut, by what had been synced before it.

The strictest reading of POSIX: bytes count once their file was synced, a name that came
or went counts once its folder was. Of everything else any part may be there.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from support.power_trace import (
    FOLDER,
    Create,
    Rename,
    Said,
    Step,
    Sync,
    Truncate,
    Unlink,
    Write,
)

SECTOR = 512


@dataclass
class Content:
    """A file: what is sure of it, and what came after."""

    sure: bytearray = field(default_factory=bytearray)
    pending: list[Write | Truncate] = field(default_factory=list)


@dataclass
class Name:
    """What stands behind a name for sure, and what did since."""

    sure: Content | None = None
    pending: list[Content | None] = field(default_factory=list)

    @property
    def now(self) -> Content | None:
        """What a running program sees."""
        return self.pending[-1] if self.pending else self.sure


class Disk:
    """Follows the steps of a recording."""

    def __init__(self) -> None:
        self._names: dict[str, Name] = {}
        self.said: list[str] = []

    def follow(self, step: Step) -> None:
        """Take in the next step."""
        if isinstance(step, Said):
            self.said.append(step.line)
        elif isinstance(step, Sync) and step.name == FOLDER:
            for one in self._names.values():
                one.sure, one.pending = one.now, []
        elif isinstance(step, Create):
            self._names.setdefault(step.name, Name()).pending.append(Content())
        elif isinstance(step, Unlink):
            self._names[step.name].pending.append(None)
        elif isinstance(step, Rename):
            content = self._names[step.name].now
            self._names.setdefault(step.to, Name()).pending.append(content)
            self._names[step.name].pending.append(None)
        else:
            content = self._names[step.name].now
            assert content is not None
            if isinstance(step, Sync):
                for change in content.pending:
                    _apply(content.sure, change)
                content.pending.clear()
            else:
                content.pending.append(step)

    def unsure(self) -> set[str]:
        """Return the names of which a power cut might take something back."""
        return {
            name
            for name, one in self._names.items()
            if one.pending or (one.sure is not None and one.sure.pending)
        }

    def after_cut(self, chance: random.Random) -> dict[str, bytes]:
        """Return the files as a power cut may leave them."""
        share = chance.choice([0.0, 0.5, 0.9, 1.0])
        files: dict[str, bytes] = {}
        for name, one in self._names.items():
            content = one.sure
            for later in one.pending:
                if chance.random() < share:
                    content = later
            if content is not None:
                files[name] = _after_cut(content, share, chance)
        return files


def _after_cut(content: Content, share: float, chance: random.Random) -> bytes:
    there = bytearray(content.sure)
    for change in content.pending:
        for part in _parts(change, chance):
            if chance.random() < share:
                _apply(there, part)
    return bytes(there)


def _parts(
    change: Write | Truncate, chance: random.Random
) -> Iterable[Write | Truncate]:
    """Return a change whole, or a write in the sectors that reach the disk alone."""
    if isinstance(change, Truncate) or chance.random() < 0.5:
        return [change]
    first = SECTOR - change.offset % SECTOR
    cuts = [0, *range(first, len(change.data), SECTOR), len(change.data)]
    return [
        Write(change.name, change.offset + start, change.data[start:end])
        for start, end in pairwise(cuts)
    ]


def _apply(to: bytearray, change: Write | Truncate) -> None:
    if isinstance(change, Truncate):
        size = change.size
        to[size:] = bytes(max(0, size - len(to)))
        return
    to.extend(bytes(max(0, change.offset - len(to))))
    to[change.offset : change.offset + len(change.data)] = change.data
