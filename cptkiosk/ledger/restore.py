"""A backup put in the ledger's place; what was there is renamed, never written."""

import os
from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from cptkiosk.errors import DestinationError, StorageError, UsageError
from cptkiosk.ledger.journal import beside, in_use
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.opening import one_at_a_time, sync
from cptkiosk.ledger.sqlite import connect
from cptkiosk.ledger.verify import Verified, verify
from cptkiosk.settings import ALONE, open_in_place

AFTER = "SELECT seq, stream, at_utc_ms, kind FROM entry WHERE seq > ? ORDER BY seq"


@dataclass(frozen=True, slots=True)
class After:
    """An entry of the replaced file that the backup does not have."""

    seq: int
    stream: str
    at_utc_ms: int
    kind: str


@dataclass(frozen=True, slots=True)
class Replaced:
    """How the file that was replaced differs from the backup."""

    unreadable: str = ""
    """Why it could not be compared, if it could not."""

    same_up_to: int = 0
    """The last entry that both have: the backup's last, unless they parted before."""

    after: tuple[After, ...] = ()
    """What it holds after that."""

    @property
    def kinds(self) -> dict[str, int]:
        """How many entries of each kind are in it alone."""
        return dict(Counter(one.kind for one in self.after).most_common())


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    verified: Verified
    kept_as: Path | None
    """Where the file is that was replaced, if there was one."""

    replaced: Replaced


def restore(path: Path, backup: Path, stamp: str) -> Restored:
    """Verify a backup and put a copy of it in the place of `path`.

    Args:
        path: where the ledger is, or was.
        backup: a verified copy, or a salvaged ledger; it is not changed.
        stamp: what tells the replaced file from others, such as '20261123-140000Z'.

    Raises:
        StorageError: if the backup cannot be read, or somebody has the ledger open.
        VerificationError: if the backup is not whole.
        DestinationError: if it cannot be written in the ledger's place.
    """
    if path.exists() and backup.exists() and path.samefile(backup):
        raise UsageError(
            f"{backup} is the ledger itself. Nothing was done. Name a backup."
        )
    verified = _verified(backup)
    if in_use(path):
        raise StorageError(
            f"The ledger {path} is open in another program. Nothing was changed. Close"
            " the kiosk on every terminal, then do it again."
        )
    replaced = _compared(path, backup) if path.exists() else Replaced()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=ALONE.folder)
        with one_at_a_time(path):
            part = _copied(backup, path)
            try:
                kept_as = _put(part, path, stamp)
            finally:
                part.unlink(missing_ok=True)
    except OSError as error:
        raise DestinationError(
            f"The backup could not be put at {path} ({error.strerror}). The files there"
            " are as they were. Look at the disk and the permissions, then do it again."
        ) from error
    return Restored(verified, kept_as, replaced)


def _verified(backup: Path) -> Verified:
    with closing(Ledger(backup, "", read_only=True)) as ledger:
        return verify(ledger)


def _copied(backup: Path, path: Path) -> Path:
    """Return a copy of a verified backup beside `path`, verified again."""
    part = path.with_name(f"{path.name}.part")
    with ExitStack() as undo:
        undo.callback(part.unlink, missing_ok=True)
        os.close(open_in_place(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC))
        source = Ledger(backup, "", read_only=True)
        with closing(source), closing(connect(str(part))) as target:
            source.connection.backup(target)
            target.execute("PRAGMA journal_mode = delete")
        sync(part)
        _verified(part)
        undo.pop_all()
    return part


def _put(part: Path, path: Path, stamp: str) -> Path | None:
    """Rename what is there, and give its name to `part`.

    There is a ledger at `path` at every moment. A kill on the way may leave an index
    without its journal, which opening explains.
    """
    kept_as = None
    if path.exists():
        kept_as = path.with_name(f"{path.stem}-replaced-{stamp}{path.suffix}")
        try:
            kept_as.hardlink_to(path)
        except OSError:
            # A file system without links; there, a moment without a ledger is left.
            path.rename(kept_as)
        if beside(path, "wal").exists():
            beside(path, "wal").rename(beside(kept_as, "wal"))
    part.replace(path)
    if beside(path, "shm").exists():
        beside(path, "shm").unlink()
    beside(path, "journal").unlink(missing_ok=True)
    sync(path.parent)
    return kept_as


def _compared(path: Path, backup: Path) -> Replaced:
    """Return what the present file holds that a backup does not."""
    try:
        with (
            closing(Ledger(path, "", read_only=True)) as present,
            closing(Ledger(backup, "", read_only=True)) as copy,
        ):
            same = _same_up_to(present, copy)
            rows = present.rows(AFTER, (same,))
    except StorageError as error:
        return Replaced(unreadable=str(error))
    return Replaced(same_up_to=same, after=tuple(After(*row) for row in rows))


def _same_up_to(one: Ledger, other: Ledger) -> int:
    """Return the last entry that two ledgers share; each hash covers all before it."""
    low, high = 0, min(one.head().seq, other.head().seq)
    while low < high:
        middle = (low + high + 1) // 2
        if one.hash_of(middle) == other.hash_of(middle):
            low = middle
        else:
            high = middle - 1
    return low
