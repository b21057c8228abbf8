"""Writing a report that names people: whole or not at all, for this user's eyes only."""

import os
from pathlib import Path

from cptkiosk.errors import DestinationError


def write_private(folder: Path, name: str, text: str) -> Path:
    """Write a text into a folder, over an older one of that name; return where.

    Raises:
        DestinationError: if it could not be written; an older one is still whole then.
    """
    path = folder / name
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        part.replace(path)
    except OSError as error:
        raise DestinationError(
            f"{name} could not be written to {folder}: {error.strerror}. Nothing else"
            " was changed. Make room there, then try again."
        ) from error
    return path
