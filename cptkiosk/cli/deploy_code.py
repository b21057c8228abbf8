"""Whether anyone but root could put other code where the program is run from."""

import os
import stat
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def code_folders() -> tuple[Path, ...]:
    """Return the folders that this Python imports from: the package and its libraries."""
    package = Path(__file__).resolve().parents[1]
    libraries = (Path(sysconfig.get_path(name)) for name in ("purelib", "platlib"))
    return tuple(dict.fromkeys((package, *(one.resolve() for one in libraries))))


def folders_above(python: Path, folders: Iterable[Path]) -> Iterator[Path]:
    """Return the interpreter, the folders it imports from, and all that holds them."""
    for path in (python.parent, python.resolve(), *folders):
        yield from (path, *path.parents)


def files_inside(folders: Iterable[Path]) -> Iterator[Path]:
    """Return everything in some folders.

    Raises:
        OSError: at a folder that cannot be read.
    """

    def raise_error(error: OSError) -> None:
        raise error

    for folder in folders:
        for place, deeper, files in os.walk(folder, onerror=raise_error):
            yield from (Path(place, name) for name in (*deeper, *files))


def first_loose(
    paths: Iterable[Path], owner: int
) -> tuple[Path, os.stat_result] | None:
    """Return the first path that anyone but its owner can write, or own.

    Raises:
        OSError: if one of them cannot be looked at.
    """
    for path in paths:
        try:
            status = path.stat()
        except FileNotFoundError:
            # A link that leads nowhere; nothing is run from there.
            continue
        loose = status.st_mode & OTHERS_WRITE and not status.st_mode & stat.S_ISVTX
        if status.st_uid != owner or loose:
            return path, status
    return None
