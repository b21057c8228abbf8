"""A backup put in the ledger's place; what was there is kept as it was."""

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cptkiosk.errors import (
    DestinationError,
    StorageError,
    UsageError,
    VerificationError,
)
from cptkiosk.host.data_directory import open_in_place, sync_to_disk
from cptkiosk.host.paths import probe_path
from cptkiosk.ledger.failures import DamagedFile
from cptkiosk.ledger.file_permissions import keep_file
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.locks import one_at_a_time
from cptkiosk.ledger.maintenance.replaced_file import keep_lost_journal, keep_replaced
from cptkiosk.ledger.maintenance.verify import Verified, verify_ledger
from cptkiosk.ledger.opening import make_place
from cptkiosk.ledger.sqlite import FAILURES, connect
from cptkiosk.ledger.wal_checks import file_beside, in_use, remove_database

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


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    verified: Verified
    kept_as: Path | None
    """Where the file is that was replaced, if there was one."""

    replaced: Replaced


def restore_backup(path: Path, backup: Path, stamp: str) -> Restored:
    """Verify a backup and put a copy of it in the place of `path`.

    Args:
        path: where the ledger is, or was.
        backup: a verified copy, or a salvaged ledger; it is not changed.
        stamp: what tells the replaced file from others, such as '20261123-140000Z'.

    Raises:
        UsageError: if the backup is the ledger itself.
        StorageError: if the backup cannot be read, someone has the ledger open, or
            it is another account's.
        VerificationError: if the backup is not whole.
        DestinationError: if it cannot be written in the ledger's place.
    """
    with _translate_errors(path):
        _check_backup(path, backup)
        _check_whole(backup)
        make_place(path.parent)
        with one_at_a_time(path), ExitStack() as undo:
            keep_file(path)
            # Asked while no one can open it: who came before would lose their entries.
            if in_use(path):
                raise _in_use(path)
            part = _copy_beside(backup, path)
            undo.callback(part.unlink, missing_ok=True)
            # There it also has the installation's key beside it.
            verified = _verify_backup(part)
            kept_as = keep_replaced(path, stamp) if path.exists() else None
            replaced = _compare_entries(path, backup) if kept_as else Replaced()
            _put_in_place(part, path, kept_as)
    return Restored(verified, kept_as, replaced)


@contextmanager
def _translate_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, *FAILURES) as error:
        why = (isinstance(error, OSError) and error.strerror) or error
        raise DestinationError(
            f"The backup could not be restored to {path} ({why}). The record there"
            " was not changed. Check the disk and the permissions, then try"
            " again."
        ) from error


def _check_backup(path: Path, backup: Path) -> None:
    if not stat.S_ISREG(probe_path(backup)):
        raise StorageError(
            f"There is no file {backup}. Nothing was changed. Check the spelling"
            " of its name and that the USB drive is plugged in, then try again."
        )
    if path.exists() and path.samefile(backup):
        raise UsageError(
            f"{backup} is the ledger, not a backup. Nothing was done. Name a backup."
        )


def _in_use(path: Path) -> StorageError:
    return StorageError(
        f"The ledger {path} is open in another program. Nothing was changed. Close"
        " the kiosk on every terminal, then try again."
    )


def _check_whole(backup: Path) -> None:
    """Check that a backup can be gone on from.

    Raises:
        StorageError: if it is damaged; a damaged backup can be salvaged, too.
        VerificationError: if something in it does not fit.
    """
    do = (
        f'The record was not changed. Run "cptkiosk ledger salvage {backup}" to'
        " save what still verifies, or name another backup."
    )
    try:
        _verify_backup(backup)
    except DamagedFile as error:
        raise StorageError(f"{backup} is damaged or not a ledger. {do}") from error
    except VerificationError as error:
        why = str(error).partition(" Keep the file")[0]
        raise VerificationError(f"{backup} was not restored. {why} {do}") from error


def _verify_backup(backup: Path) -> Verified:
    with closing(Ledger(backup, "", read_only=True)) as ledger:
        return verify_ledger(ledger)


def _copy_beside(backup: Path, path: Path) -> Path:
    """Return a copy of a verified backup beside `path`."""
    part = path.with_name(f"{path.name}.part")
    with ExitStack() as undo:
        undo.callback(remove_database, part)
        os.close(open_in_place(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC))
        source = Ledger(backup, "", read_only=True)
        with closing(source), closing(connect(str(part))) as target:
            source.connection.backup(target)
            target.execute("PRAGMA journal_mode = delete")
        sync_to_disk(part)
        undo.pop_all()
    return part


def _put_in_place(part: Path, path: Path, kept_as: Path | None) -> None:
    """Give the ledger's name to `part`.

    There is a ledger at `path` at every moment. A kill on the way may leave an index
    without its journal, which opening explains.
    """
    if kept_as is None:
        keep_lost_journal(path)
    elif file_beside(path, "wal").exists():
        file_beside(path, "wal").rename(file_beside(kept_as, "wal"))
    # Left only where it could not be played back; a copy of it is kept.
    file_beside(path, "journal").unlink(missing_ok=True)
    part.replace(path)
    file_beside(path, "shm").unlink(missing_ok=True)
    sync_to_disk(path.parent)


def _compare_entries(path: Path, backup: Path) -> Replaced:
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
