"""What is beside a record says that there was one, or that a backup holds more."""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from cptkiosk.errors import StorageError
from cptkiosk.host.data_directory import Paths
from cptkiosk.ledger.chain import Head
from cptkiosk.ledger.reading import Reader
from cptkiosk.ledger.signing import signature_fits
from cptkiosk.ledger.sqlite import FAILURES, connect

LAST_SIGNED = "SELECT seq, hash, signature, public_key FROM head WHERE signature <> '' ORDER BY seq DESC LIMIT 1"
LOOKED_INTO = 5
"""So many of the newest backups are looked into at every opening."""

LEFT_BY_A_RECORD = re.compile(
    r"installation\.key|looks\.json|reserve|ledger\.db-(wal|shm|journal)"
    r"|ledger-replaced-.*\.db|salvaged-.*\.db"
)


def find_remains(paths: Paths) -> tuple[Path, ...]:
    """Return what is beside a missing record and could only be there after one."""
    beside = [
        one for one in names_inside(paths.root) if LEFT_BY_A_RECORD.fullmatch(one.name)
    ]
    return (*beside, *find_backups(paths), *names_inside(paths.reports))


def find_backups(paths: Paths) -> tuple[Path, ...]:
    """Return the backups in the record's own folder, the newest first."""
    found = [one for one in names_inside(paths.backups) if one.suffix == ".db"]
    return tuple(
        sorted(found, key=lambda one: (changed_at(one), one.name), reverse=True)
    )


def check_not_lost(paths: Paths) -> None:
    """Check that a missing record was never there.

    Raises:
        StorageError: if what is beside it says that there was one.
    """
    if paths.ledger.exists() or not find_remains(paths):
        return
    raise StorageError(lost_record_text(paths))


def lost_record_text(paths: Paths) -> str:
    """Return what is said of a record that was there: what is left, and what to do."""
    named = ", ".join(_file_names(paths))
    newest = next(iter(find_backups(paths)), None)
    if newest is None:
        do = (
            "There is no backup. Find the file, for example in a backup of the"
            ' machine, and put it back, or run "cptkiosk ledger restore FILE".'
        )
    else:
        made = datetime.fromtimestamp(changed_at(newest), UTC)
        do = (
            f"The newest backup is {newest}, made {made:%Y-%m-%d %H:%M} UTC. To"
            f' continue with it, run "cptkiosk ledger restore {newest}".'
        )
    return (
        f"The record {paths.ledger} is missing, but there was one: {named} is"
        f" still there. Nothing was changed. {do} To start a new, empty record"
        ' instead, run "cptkiosk center init --new-record ...".'
    )


def _file_names(paths: Paths) -> Iterator[str]:
    found = [one.name for one in find_remains(paths) if one.parent == paths.root]
    yield from found[:3]
    for folder in (paths.backups, paths.reports):
        if names_inside(folder):
            yield f"{folder.name}/"


def fuller_backup(paths: Paths, entries: int) -> tuple[Path, int] | None:
    """Return the backup with the most entries, and how many, if it has more than these."""
    counted = [(_count_entries(one), one) for one in find_backups(paths)]
    most, path = max(counted, default=(0, paths.backups))
    return (path, most) if most > entries else None


def _count_entries(path: Path) -> int:
    try:
        with closing(connect(str(path), immutable=True)) as copy:
            (last,) = copy.execute("SELECT max(seq) FROM entry").fetchone()
    except FAILURES:
        return 0
    return int(last or 0)


def holds_head(ledger: Reader, head: Head) -> bool:
    """Return whether a head is one of this record's."""
    return head.seq <= ledger.head().seq and ledger.hash_of(head.seq) == head.hash


def last_signed(path: Path) -> Head | None:
    """Return the last signed head in a backup; None if there is none to be read."""
    try:
        with closing(connect(str(path), immutable=True)) as copy:
            row = copy.execute(LAST_SIGNED).fetchone()
            if row is None:
                return None
            head = Head(row[0], row[1])
            query = "SELECT hash FROM entry WHERE seq = ?"
            if copy.execute(query, (head.seq,)).fetchone() != (head.hash,):
                return None
    except FAILURES:
        return None
    return head if signature_fits(head, row[2], row[3]) else None


def names_inside(folder: Path) -> list[Path]:
    """Return what is in a folder by name, hidden files left out; nothing if it cannot be told."""
    try:
        return sorted(one for one in folder.iterdir() if not one.name.startswith("."))
    except (OSError, ValueError):
        return []


def changed_at(path: Path) -> float:
    """Return when a file was changed, in seconds; 0 if that cannot be told."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
