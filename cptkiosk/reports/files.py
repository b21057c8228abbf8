"""Writing a report that names people: whole or not at all, for its folder's users only."""

import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from cptkiosk.errors import DestinationError
from cptkiosk.host.data_directory import make_folder, replace_file


def safe_name(text: str) -> str:
    """Return an ID as part of a file's name: it may hold what no name may."""
    return re.sub(r"[^A-Za-z0-9-]", "_", text)[:40]


def write_private(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file into a folder, over an older one of that name; return where.

    Raises:
        DestinationError: if it could not be written; an older one is still whole then.
    """
    path = folder / name
    try:
        make_folder(folder)
        replace_file(path, content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise DestinationError(
            f"{name} could not be written to {folder} ({error.strerror}). Nothing"
            " else was changed. Check the disk and the permissions, then try"
            " again."
        ) from error
    return path


RECORD = frozenset(
    ("ledger.db", "ledger.db-wal", "ledger.db-shm", "ledger.db-journal", "reserve")
)
"""The live ledger's own files; what bears such a name elsewhere is a copy."""

NAME_BYTES_MIN = 3
"""Shorter names would be found everywhere."""


@dataclass(frozen=True, slots=True)
class Left:
    """What may still name someone beside a record."""

    naming: tuple[Path, ...]
    """The files that do: reports, copies, bundles."""

    unread: tuple[Path, ...]
    """What could not be looked into."""


def left_beside(root: Path, names: Iterable[str], participant_id: str) -> Left:
    """Return the files beside a record that name someone, or could not be read."""
    # A report as HTML writes "O'Brien" differently.
    wanted = {
        form.encode()
        for text in (*names, participant_id)
        for form in (text, escape(text))
        if len(text.encode()) >= NAME_BYTES_MIN
    }
    naming: list[Path] = []
    unread: list[Path] = []
    for path in _list_files(root, unread):
        try:
            if path.suffix == ".pdf":
                # Its text is compressed, and stored as numbers of glyphs.
                unread.append(path)
            elif path.is_file() and _has_any(path, wanted):
                naming.append(path)
        except UNREADABLE:
            unread.append(path)
    return Left(tuple(sorted(naming)), tuple(sorted(unread)))


UNREADABLE = (
    OSError,
    RuntimeError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What a file may raise that is locked, damaged, or packed with a password."""


def _list_files(root: Path, unread: list[Path]) -> Iterator[Path]:
    def note_unread(error: OSError) -> None:
        unread.append(Path(error.filename))

    for folder, _, files in os.walk(root, onerror=note_unread):
        for name in files:
            if name not in RECORD or Path(folder) != root:
                yield Path(folder, name)


def _has_any(path: Path, wanted: Iterable[bytes]) -> bool:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as bundle:
            texts = [bundle.read(name) for name in bundle.namelist()]
    else:
        texts = [path.read_bytes()]
    return any(one in text for text in texts for one in wanted)
