"""Where a kiosk keeps its data, and for whom: the only reader of that setting."""

import errno
import os
import platform
import stat
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cptkiosk.host.paths import expand_home, is_folder, make_absolute

DATA_DIR_VARIABLE = "CPTKIOSK_DATA_DIR"
NO_HARD_LINKS = frozenset(
    {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
)
"""What a drive without hard links answers."""

_FIXED = {
    "TEXTUAL_ANIMATIONS": "none",
    "TEXTUAL_SMOOTH_SCROLL": "0",
    "TEXTUAL_DISABLE_KITTY_KEY": "1",
    "TEXTUAL_ALLOW_SIGNALS": "",
}


@dataclass(frozen=True, slots=True)
class Paths:
    """The places inside one data directory; none of them need exist yet."""

    root: Path
    network_is_safe: bool = False
    """Whether the administrator says that only this machine opens a network folder."""

    @property
    def ledger(self) -> Path:
        """The record of everything that happened."""
        return self.root / "ledger.db"

    @property
    def key(self) -> Path:
        """The installation's signing key."""
        return self.root / "installation.key"

    @property
    def next_key(self) -> Path:
        """The key that takes its place, until it has."""
        return self.root / "installation.key.next"

    @property
    def log(self) -> Path:
        """What the program says about itself, never about a person."""
        return self.root / "kiosk.log"

    @property
    def backups(self) -> Path:
        """The folder of verified copies of the ledger."""
        return self.root / "backups"

    @property
    def reports(self) -> Path:
        """The folder of reports and slips written for print."""
        return self.root / "reports"

    @property
    def outbox(self) -> Path:
        """Encrypted bundles that a destination has not confirmed yet."""
        return self.root / "outbox"

    @property
    def looks(self) -> Path:
        """The file that says which look each of the staff has chosen."""
        return self.root / "looks.json"

    @property
    def good_definitions(self) -> Path:
        """A copy of the center's definitions as they last could be used."""
        return self.root / "definitions.last-good"

    @property
    def definitions(self) -> Path:
        """The folder of the center's own definitions, laid over the shipped ones."""
        return self.root / "definitions"


def clean_environment(environ: MutableMapping[str, str]) -> None:
    """Drop what steers Textual or Python from outside, before either is asked for much.

    TEXTUAL_DRIVER imports any module and TEXTUAL_PRESS presses keys.
    """
    for name in [name for name in environ if name.startswith(("TEXTUAL", "PYTHON"))]:
        del environ[name]
    for name in ("LINES", "COLUMNS"):  # they would outrule the terminal's own size
        environ.pop(name, None)
    environ.update(_FIXED)


def data_dir(given: str | None, environ: Mapping[str, str]) -> Path:
    """Return the data directory as an absolute path, without making it.

    Args:
        given: what `--data-dir` said, and wins if it said anything.
        environ: the environment, whose CPTKIOSK_DATA_DIR comes next; after it the
            place where this system keeps a user's data.
    """
    chosen = given or environ.get(DATA_DIR_VARIABLE)
    if chosen:
        return make_absolute(expand_home(chosen))
    # Start-up time: most centers name the directory.
    from platformdirs import user_data_path

    return user_data_path("cptkiosk", appauthor=False)


def terminal_name(environ: Mapping[str, str]) -> str:
    """Return what the record calls this terminal: host and line, as 'lab1:pts/3'.

    Args:
        environ: the environment, whose SSH_TTY helps where no stream is a terminal.
    """
    line = environ.get("SSH_TTY", "")
    for descriptor in (0, 2, 1):
        try:
            line = os.ttyname(descriptor)
            break
        except (OSError, AttributeError):
            continue
    host = platform.node() or "host"
    return f"{host}:{line.removeprefix('/dev/') or 'none'}"


@dataclass(frozen=True, slots=True)
class Modes:
    """Who may use what lies in a folder: its owner alone, or its group as well."""

    folder: int
    file: int


ALONE = Modes(0o700, 0o600)
SHARED = Modes(0o2770, 0o660)


def modes_in(folder: Path) -> Modes:
    """Return what a folder asks of itself and of every file made in it.

    The administrator shares a data directory by giving it to a group and setting its
    set-group-ID bit (`chmod 2770`); what is made inside has that group, and folders
    inside that bit, so that each of them says by itself how it is used.
    """
    mode = folder.stat().st_mode
    shared = mode & stat.S_ISGID and mode & stat.S_IRWXG == stat.S_IRWXG
    return SHARED if shared else ALONE


def open_in_place(path: Path, flags: int) -> int:
    """Open a file for its folder's users alone, whatever the umask is.

    Raises:
        OSError: if it cannot be opened, or is a link to somewhere else.
    """
    wanted = modes_in(path.parent).file
    handle = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, wanted)
    found = os.fstat(handle)
    if not found.st_uid:
        _give_to_owner(handle, path.parent)
    if found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) != wanted:
        # A USB drive without modes may not take any; there is nothing to be kept there.
        with suppress(PermissionError):
            os.fchmod(handle, wanted)
    return handle


def write_synced(path: Path, data: bytes) -> None:
    """Write a new file for its folder's users alone, and wait until it is on the disk.

    Raises:
        OSError: if it is there already, or cannot be written.
    """
    handle = open_in_place(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(handle)


def replace_file(path: Path, data: bytes, *, keeps_other: bool = False) -> None:
    """Write a file whole or not at all, over an older one of that name.

    Args:
        path: the file, in a folder that is there.
        data: what it is to hold.
        keeps_other: whether one that another program has put there meanwhile stays.

    Raises:
        OSError: if it cannot be written; an older one is still whole then.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        # What a try of a process with this number left, before it was killed.
        part.unlink(missing_ok=True)
        write_synced(part, data)
        if not keeps_other:
            part.replace(path)
        else:
            with suppress(FileExistsError):
                name_part(part, path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    sync_to_disk(path.parent)


def name_part(part: Path, path: Path) -> None:
    """Give a finished file its name; an empty file of that name is of a broken try.

    Raises:
        FileExistsError: if another has it.
    """
    if path.exists() and path.stat().st_size == 0:
        part.replace(path)
        return
    try:
        path.hardlink_to(part)
    except OSError as error:
        if error.errno not in NO_HARD_LINKS:
            raise
        # A FAT drive has no hard links: claim the name first, then fill it.
        os.close(open_in_place(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        part.replace(path)


def sync_to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder if it is not there, for those who use the one it lies in.

    Raises:
        OSError: if it cannot be made.
    """
    folder.parent.mkdir(parents=True, exist_ok=True, mode=ALONE.folder)
    wanted = modes_in(folder.parent).folder
    try:
        folder.mkdir(mode=wanted)
    except FileExistsError:
        if not is_folder(folder):
            raise
    else:
        folder.chmod(wanted)
        _give_to_owner(folder, folder.parent)


def _give_to_owner(made: int | Path, folder: Path) -> None:
    """Let what root makes in someone's folder belong to them, who need it tomorrow."""
    owner = folder.stat()
    if os.geteuid() == 0 and owner.st_uid:
        os.chown(made, owner.st_uid, owner.st_gid)


def looks_in(path: Path) -> dict[str, str]:
    """Return the look each of the staff has chosen; nothing that cannot be read."""
    # Start-up time: msgspec is loaded when a file is read.
    from msgspec import MsgspecError, json

    try:
        return json.decode(path.read_bytes(), type=dict[str, str])
    except (OSError, MsgspecError, UnicodeDecodeError):
        return {}


def keep_look(path: Path, staff_id: str, look: str) -> None:
    """Keep the look that one of the staff has chosen, beside those of the others.

    Raises:
        OSError: if the file cannot be written; the old one is then as it was.
    """
    # Start-up time: msgspec is loaded when a file is written.
    from msgspec import json

    replace_file(path, json.encode(looks_in(path) | {staff_id: look}))
