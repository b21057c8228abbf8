"""Writing a report that names people: whole or not at all, for its folder's users only."""

import os
import zipfile
from collections.abc import Iterable
from pathlib import Path

from cptkiosk.errors import DestinationError
from cptkiosk.settings import make_folder, open_in_place


def write_private(folder: Path, name: str, text: str) -> Path:
    """Write a text into a folder, over an older one of that name; return where.

    Raises:
        DestinationError: if it could not be written; an older one is still whole then.
    """
    path = folder / name
    try:
        make_folder(folder)
        part = path.with_suffix(".part")
        descriptor = open_in_place(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        part.replace(path)
    except OSError as error:
        raise DestinationError(
            f"{name} could not be written to {folder}: {error.strerror}. Nothing else"
            " was changed. Make room there, then try again."
        ) from error
    return path


RECORD = ("ledger.db", "ledger.db-wal", "ledger.db-shm")
NAME_BYTES_MIN = 3
"""Shorter names would be found everywhere."""


def naming(root: Path, names: Iterable[str], participant_id: str) -> tuple[Path, ...]:
    """Return the files beside a record that name somebody: reports, copies, bundles."""
    wanted = [
        text.encode()
        for text in (*names, participant_id)
        if len(text.encode()) >= NAME_BYTES_MIN
    ]
    return tuple(
        path
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name not in RECORD and _has_any(path, wanted)
    )


def _has_any(path: Path, wanted: Iterable[bytes]) -> bool:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as bundle:
            texts = [bundle.read(name) for name in bundle.namelist()]
    else:
        texts = [path.read_bytes()]
    return any(one in text for text in texts for one in wanted)
