"""A second copy, written online and verified before it gets its name."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cptkiosk.errors import DestinationError, VerificationError
from cptkiosk.host.data_directory import Paths, make_folder, open_in_place, sync_to_disk
from cptkiosk.host.paths import need_folder, probe_path
from cptkiosk.host.work_progress import ProgressCallback, ignore_progress
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.maintenance.verify import Verified, verify_ledger
from cptkiosk.ledger.progress_reader import WatchedLedger
from cptkiosk.ledger.sqlite import FAILURES, connect
from cptkiosk.ledger.wal_checks import remove_database

PAGES = 1_000
"""So many are copied between two words about how far it is: 4 MB."""


def back_up(
    ledger: Ledger, target: Path, told: ProgressCallback = ignore_progress
) -> Verified:
    """Copy the ledger to `target`, which must not exist, and verify the copy.

    Args:
        ledger: what is copied; others may go on writing it.
        target: the copy's name, which it gets once it is known to be whole.
        told: is told how far it is; what it raises ends it, and no copy is kept.

    Raises:
        DestinationError: if it cannot be written there.
        VerificationError: if the copy is not whole; it is not kept.
    """
    if probe_path(target, DestinationError):
        raise DestinationError(
            f"{target} already exists. It was not changed. Choose another name."
        )
    own = Paths(ledger.path.parent).backups
    if target.parent != own:
        need_folder(target.parent)
    part = target.with_name(f"{target.name}.part")
    try:
        with _translate_errors(target):
            if target.parent == own:
                make_folder(own)
            os.close(open_in_place(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC))
            _copy_pages(ledger, part, lambda done, of: told(done, 2 * of))
            sync_to_disk(part)
        found = _verify_copy(
            part, ledger.terminal, lambda done, of: told(of + done, 2 * of)
        )
        with _translate_errors(target):
            part.rename(target)
            sync_to_disk(target.parent)
    finally:
        remove_database(part)
    return found


def _copy_pages(ledger: Ledger, part: Path, told: ProgressCallback) -> None:
    copy = connect(str(part))
    try:
        # One state throughout: another's commit would make the copy begin again.
        with ledger.standing_still():
            ledger.connection.backup(
                copy, pages=PAGES, progress=lambda _, left, of: told(of - left, of)
            )
        # A copy must be one file, whatever journal the original uses.
        copy.execute("PRAGMA journal_mode = delete")
    finally:
        copy.close()


def _verify_copy(part: Path, terminal: str, told: ProgressCallback) -> Verified:
    copy = WatchedLedger(part, terminal, told)
    try:
        return verify_ledger(copy)
    except VerificationError as error:
        raise VerificationError(
            f"No backup was kept because the copy does not verify. {error}"
        ) from error
    finally:
        copy.close()


@contextmanager
def _translate_errors(target: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, *FAILURES) as error:
        raise DestinationError(
            f"The backup could not be written to {target} ({error}). The ledger is"
            " safe. Choose another folder."
        ) from error
