"""The file that a restore replaces, kept under another name beside it."""

import errno
import os
import shutil
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path

from cptkiosk.errors import StorageError
from cptkiosk.host.data_directory import open_in_place, sync_to_disk
from cptkiosk.ledger.sqlite import FAILURES, connect
from cptkiosk.ledger.wal_checks import file_beside

NO_LINKS = frozenset(
    {errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK}
)
"""What a file system says that cannot give a file a second name (link(2))."""


def keep_replaced(path: Path, stamp: str) -> Path:
    """Keep a ledger under a name that nothing has yet, and return that name.

    Where a program was killed while it wrote, the rollback journal is kept too, and
    SQLite then takes back in the ledger what was never committed: at no moment is
    there one without the other.

    Raises:
        OSError: if it cannot be kept; then nothing was changed.
        StorageError: if someone is writing it.
    """
    for number in count(1):
        again = f"-{number}" if number > 1 else ""
        kept_as = path.with_name(f"{path.stem}-replaced-{stamp}{again}{path.suffix}")
        if any(map(os.path.lexists, (kept_as, *_journal_files(kept_as)))):
            continue
        try:
            _keep_as(path, kept_as)
        except FileExistsError:
            continue
        return kept_as
    raise AssertionError("numbers do not end")


def keep_lost_journal(path: Path) -> None:
    """Move a journal whose ledger is missing away from the name of the next one.

    SQLite would take it up into whatever file gets the ledger's name.

    Raises:
        OSError: if it cannot be moved.
    """
    journals = [one for one in _journal_files(path) if os.path.lexists(one)]
    for journal in journals:
        ending = journal.name.removeprefix(path.name)
        for number in count(1):
            kept_as = path.with_name(f"{path.stem}-lost-{number}{path.suffix}{ending}")
            if not os.path.lexists(kept_as):
                journal.rename(kept_as)
                break
    file_beside(path, "shm").unlink(missing_ok=True)


def _journal_files(path: Path) -> tuple[Path, Path]:
    return file_beside(path, "wal"), file_beside(path, "journal")


def _keep_as(path: Path, kept_as: Path) -> None:
    journal = file_beside(path, "journal")
    if journal.exists() and journal.stat().st_size:
        # A copy: a second name would be of the very file that is played back into.
        with ExitStack() as undo:
            _copy_file(path, kept_as)
            undo.callback(kept_as.unlink)
            _copy_file(journal, file_beside(kept_as, "journal"))
            undo.callback(file_beside(kept_as, "journal").unlink)
            _play_back(path)
            undo.pop_all()
        return
    try:
        kept_as.hardlink_to(path)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        _copy_file(path, kept_as)


def _copy_file(source: Path, target: Path) -> None:
    handle = open_in_place(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        with source.open("rb") as given, os.fdopen(handle, "wb") as taken:
            shutil.copyfileobj(given, taken)
        sync_to_disk(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _play_back(path: Path) -> None:
    """Let SQLite take back what was begun; a file too damaged for that stays so."""
    try:
        with closing(connect(str(path))) as connection:
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except FAILURES as error:
        if "locked" in str(error):
            raise StorageError(
                f"Another program is writing to the ledger {path}. Nothing was"
                " changed. Close the kiosk on every terminal, then try again."
            ) from error
