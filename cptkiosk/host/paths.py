"""What a typed or configured path leads to: the one place where such a path is asked.

The system answers a question about a path with an error where the name is too long, a
folder may not be searched, links go in a circle, or a drive is failing. A person
types such paths, so none of these functions lets that error through.
"""

import os
import stat
from pathlib import Path

from cptkiosk.domain.text import visible
from cptkiosk.errors import DestinationError, KioskError, StorageError, UsageError
from cptkiosk.host.mounts import missing_drive


def expand_home(text: str) -> Path:
    """Return a path as it was typed, with '~' opened where there is such a home."""
    try:
        return Path(text).expanduser()
    except (RuntimeError, OSError, ValueError):
        return Path(text)


def make_absolute(path: Path) -> Path:
    """Return `path` from the root; as it is where the working folder is gone."""
    try:
        return path.absolute()
    except OSError:
        return path


def resolve_links(path: Path) -> Path:
    """Return `path` without links; only absolute where they cannot be followed."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return make_absolute(path)


def mode_at(path: Path) -> int:
    """Return type and permission bits, or 0 where nothing can be found."""
    try:
        return path.stat().st_mode
    except (OSError, ValueError):
        return 0


def is_file(path: Path) -> bool:
    """Return whether there is such a file; one that cannot be looked at is none."""
    return stat.S_ISREG(mode_at(path))


def is_folder(path: Path) -> bool:
    """Return whether there is such a folder; one that cannot be looked at is none."""
    return stat.S_ISDIR(mode_at(path))


def is_there(path: Path) -> bool:
    """Return whether anything has this name, a link that leads nowhere included."""
    try:
        path.lstat()
    except (OSError, ValueError):
        return False
    return True


def probe_path(path: Path, failing: type[KioskError] = StorageError) -> int:
    """Return type and permission bits of what is at `path`, or 0 for nothing.

    Args:
        path: where to look; links are followed.
        failing: what is raised if that cannot be told.

    Raises:
        KioskError: of that kind, such as for a place in another account's folder.
    """
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a valid name"
        raise failing(
            f"{show_path(path)} cannot be opened ({reason}). Nothing was changed."
            " Run this as the account that owns the data, or name another place."
        ) from error


def read_named(path: Path, bytes_max: int, what_now: str) -> bytes:
    """Return what is in a file that a person named, one byte more than the most at most.

    Args:
        path: the file.
        bytes_max: the most that it may have; more than that is too large.
        what_now: what is said after why it cannot be read: what is safe, what to do.

    Raises:
        UsageError: if it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return stream.read(bytes_max + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a valid name"
        raise UsageError(
            f"{show_path(path)} cannot be read ({reason}). {what_now}"
        ) from error


def need_folder(folder: Path) -> None:
    """Check that a destination is there; it is never made.

    A folder made where a drive should be plugged in would be on the system's own disk,
    and so is one that is there and empty because the drive is not.

    Raises:
        DestinationError: if there is no such folder, it cannot be looked into, or it is
            where a drive should be.
    """
    if not stat.S_ISDIR(probe_path(folder, DestinationError)):
        raise DestinationError(
            f"There is no folder {show_path(folder)}. Nothing was written. The"
            " record is safe. Plug in the USB drive, or name an existing folder."
        )
    need_drive(folder)


def need_drive(folder: Path) -> None:
    """Check that a folder, there or to be made, is not where a drive should be.

    Raises:
        DestinationError: if it is.
    """
    path = resolve_links(folder)
    found = next(one for one in (path, *path.parents) if os.path.lexists(one))
    if place := missing_drive(found):
        raise DestinationError(
            f"No drive is mounted at {show_path(folder)}. That folder is on this"
            " machine's own disk. Nothing was written. The record is safe. Plug"
            f" in the USB drive, or name a folder outside {place}."
        )


def working_folder() -> Path:
    """Return the folder the program was started in; '/' where it is gone."""
    try:
        return Path.cwd()
    except OSError:
        return Path("/")


def show_path(path: Path) -> str:
    """Return a path as a sentence can hold it: cut short, nothing that steers."""
    return visible(str(path), 200)
