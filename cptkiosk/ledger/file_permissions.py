"""Whose a ledger is: what others could have put there, or can change, is refused."""

import os
import pwd
import stat
from pathlib import Path

from cptkiosk.errors import StorageError
from cptkiosk.host.data_directory import SHARED, Modes, modes_in

ROOT = 0
SAFE = "Nothing was changed."


def keep_folder(folder: Path) -> None:
    """Close a data directory of one's own to everyone who has no part in it.

    Raises:
        StorageError: if it is someone else's, or anyone can write into it.
        OSError: if it cannot be looked at, or closed.
    """
    found, wanted = folder.stat(), modes_in(folder)
    if found.st_mode & stat.S_IWOTH:
        raise StorageError(
            f"Anyone on this machine can write to the data directory {folder}, so"
            f" its record cannot be trusted. {SAFE} Check that its files are"
            f' yours, then run "chmod o-rwx {folder}", or choose another data'
            " directory with --data-dir."
        )
    mine = found.st_uid == os.geteuid()
    if not mine and found.st_uid != ROOT and wanted != SHARED:
        raise _not_yours("data directory", folder, found.st_uid)
    if mine and stat.S_IMODE(found.st_mode) != wanted.folder:
        folder.chmod(wanted.folder)


def check_is_file(path: Path) -> os.stat_result | None:
    """Return what is known of a file without opening it; nothing if it is not there.

    Raises:
        StorageError: if it is a link, or no file at all.
    """
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stat.S_ISLNK(found.st_mode):
        raise StorageError(
            f"{path} is a link to {path.readlink()}. A ledger cannot be a link."
            f" {SAFE} Put the file itself there, or name its directory with"
            " --data-dir."
        )
    if not stat.S_ISREG(found.st_mode):
        raise StorageError(
            f"{path} is not a file. {SAFE} Move it away, or name another data"
            " directory with --data-dir."
        )
    return found


def keep_file(path: Path) -> None:
    """Give a ledger of one's own the mode that its folder asks for.

    What its owner may not do is not given to anyone; a ledger set aside stays so.

    Raises:
        StorageError: if it is a link, someone else's, or anyone can write it.
        OSError: if its mode cannot be set.
    """
    found = check_is_file(path)
    if found is None:
        return
    if found.st_mode & stat.S_IWOTH:
        raise StorageError(
            f"Anyone on this machine can write to the ledger {path}. {SAFE} Run"
            f' "cptkiosk ledger verify". If it succeeds, run "chmod o-rwx {path}"'
            " and open the ledger again."
        )
    wanted = modes_in(path.parent)
    if found.st_uid == os.geteuid():
        fit = _fit_mode(found.st_mode, wanted)
        if stat.S_IMODE(found.st_mode) != fit:
            path.chmod(fit)
    elif wanted != SHARED or found.st_gid != path.parent.stat().st_gid:
        raise _not_yours("ledger", path, found.st_uid)


def _fit_mode(mode: int, wanted: Modes) -> int:
    owners = mode & wanted.file & stat.S_IRWXU
    return owners | (owners >> 3 if wanted == SHARED else 0)


def _not_yours(what: str, path: Path, uid: int) -> StorageError:
    whose = _user_name(uid)
    return StorageError(
        f"The {what} {path} belongs to the account {whose}. {SAFE} Run this as"
        " that account, or ask the administrator to share the directory with a"
        " group (docs/administrator.md)."
    )


def _user_name(uid: int) -> str:
    try:
        return f'"{pwd.getpwuid(uid).pw_name}"'
    except KeyError:
        return f"number {uid}"
