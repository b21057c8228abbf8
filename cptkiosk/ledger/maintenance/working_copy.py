"""A copy of a damaged ledger, which SQLite may write while it says what it makes of it."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cptkiosk.errors import DestinationError, StorageError
from cptkiosk.ledger.codec import Kept, compute_commitment
from cptkiosk.ledger.sqlite import FAILURES, Connection, connect
from cptkiosk.ledger.wal_checks import file_beside

KEPT = "SELECT commitment, about, salt, text FROM personal"


@contextmanager
def copy_ledger(path: Path, place: Path) -> Iterator[Path]:
    """Copy a ledger and its journal into a folder of `place`, which goes again.

    What a program had begun and not committed when it was killed is taken back in it.

    Raises:
        StorageError: if the ledger cannot be read.
        DestinationError: if `place` cannot hold the copy.
    """
    try:
        with tempfile.TemporaryDirectory(dir=place, prefix="salvage-") as folder:
            copy = Path(folder, path.name)
            _copy_file(path, copy)
            if file_beside(path, "journal").exists():
                _copy_file(file_beside(path, "journal"), file_beside(copy, "journal"))
                _play_back(copy)
            if file_beside(path, "wal").exists():
                _copy_file(file_beside(path, "wal"), file_beside(copy, "wal"))
            yield copy
    except OSError as error:
        raise DestinationError(
            f"The working copy for the salvage cannot be written to {place}"
            f" ({error.strerror}). Nothing was changed. Free some space there, or"
            " choose another place with --to."
        ) from error


def _copy_file(source: Path, target: Path) -> None:
    try:
        data = source.read_bytes()
    except OSError as error:
        raise StorageError(
            f"The ledger {source} cannot be read ({error.strerror}). Nothing was"
            " changed. Check the disk and the permissions, then try again."
        ) from error
    target.write_bytes(data)


def _play_back(copy: Path) -> None:
    with suppress(*FAILURES), closing(connect(str(copy))) as connection:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()


@dataclass(frozen=True, slots=True)
class TreeRest:
    """What no entry says of the tree over the entries."""

    secret: bytes = b""
    """What the salts are made of; empty where it is lost, or never was."""

    checkpoints: tuple[tuple[int, str], ...] = ()
    """Size and note of each signed checkpoint."""


def read_by_sqlite(copy: Path) -> tuple[dict[str, Kept] | None, int, TreeRest]:
    """Return what SQLite makes of a copy: texts, last entry's number, rest of the tree.

    Only SQLite knows which texts were deleted, as a page may still hold one; where
    their table is damaged there is nothing instead.
    """
    try:
        with closing(connect(str(copy))) as connection:
            last, tree = _last_number(connection), _read_tree(connection)
            return _read_texts(connection), last, tree
    except FAILURES:
        return None, 0, TreeRest()


def _read_tree(connection: Connection) -> TreeRest:
    try:
        secrets = connection.execute("SELECT secret FROM tree_secret").fetchall()
        notes = connection.execute("SELECT size, note FROM checkpoint").fetchall()
    except FAILURES:
        return TreeRest()
    return TreeRest(bytes(secrets[0][0]), tuple(notes)) if secrets else TreeRest()


def _read_texts(connection: Connection) -> dict[str, Kept] | None:
    try:
        checked = connection.execute("PRAGMA integrity_check('personal')")
        if checked.fetchone() != ("ok",):
            return None
        rows = connection.execute(KEPT).fetchall()
    except FAILURES:
        return None
    kept = {row[0]: recompute_commitment(*row) for row in rows}
    if any(one.commitment != sealed for sealed, one in kept.items()):
        return None
    return kept


def _last_number(connection: Connection) -> int:
    try:
        (last,) = connection.execute("SELECT max(seq) FROM entry").fetchone()
    except FAILURES:
        return 0
    return int(last or 0)


def recompute_commitment(_: str, about: str, salt: str, text: str) -> Kept:
    """Return a row of `personal` under the commitment that it has by its content."""
    return Kept(compute_commitment(salt, about, text), about, salt, text)
