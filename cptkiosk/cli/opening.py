"""Opening the record for a command, and the log for when a command fails."""

import os
import stat
import traceback
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cptkiosk.domain.values import Actor, Refused, Role
from cptkiosk.errors import StorageError
from cptkiosk.paths import there
from cptkiosk.settings import ALONE, Paths, data_dir, open_in_place, terminal_name

if TYPE_CHECKING:
    from cptkiosk.desk import Desk
    from cptkiosk.ledger.ledger import Ledger
    from cptkiosk.progress import Told


def paths_of(options: Namespace) -> Paths:
    """Return where this command's data lies."""
    return Paths(data_dir(options.data_dir, os.environ))


def actor() -> Actor:
    """Return who asks: whoever may run commands on this data acts as coordinator."""
    return Actor(f"cli-{_user()}", Role.COORDINATOR)


def _user() -> str:
    """Return the account's name as the system knows it, not as it says."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        import getpass

        with suppress(Exception):
            return getpass.getuser()
    return "unknown"


@contextmanager
def the_ledger(
    paths: Paths, *, read_only: bool, told: "Told | None" = None
) -> Iterator["Ledger"]:
    """Open a ledger that is there; a command never makes one by the way.

    With `told` it is one that is only read, and tells how much of it was.

    Raises:
        StorageError: if there is none, or it cannot be opened.
    """
    if not stat.S_ISREG(there(paths.ledger)):
        raise StorageError(
            f"There is no ledger at {paths.ledger}. Nothing was changed. Run 'cptkiosk"
            " center init', or just 'cptkiosk', or name another data directory with"
            " --data-dir."
        )
    try:
        with _opened(paths, read_only, told) as ledger:
            yield ledger
    except StorageError as error:
        if not read_only or os.access(paths.root, os.W_OK | os.X_OK):
            raise
        # SQLite needs a file beside a ledger to read it while others may write.
        raise StorageError(
            f"The ledger {paths.ledger} cannot be read, because its directory cannot be"
            " written. Nothing was changed. Ask the administrator for write permission,"
            " or read a copy in another directory."
        ) from error


@contextmanager
def _opened(paths: Paths, read_only: bool, told: "Told | None") -> Iterator["Ledger"]:
    from cptkiosk.ledger.ledger import Ledger
    from cptkiosk.ledger.watched import WatchedLedger

    terminal = terminal_name(os.environ)
    if told is None:
        ledger = Ledger(paths.ledger, terminal, read_only=read_only)
    else:
        ledger = WatchedLedger(paths.ledger, terminal, told)
    try:
        yield ledger
    finally:
        ledger.close()


@contextmanager
def the_desk(options: Namespace, *, read_only: bool = False) -> Iterator["Desk"]:
    """Open the desk of a center that has been set up.

    Raises:
        StorageError: if there is no ledger, or it cannot be opened.
        Refused: if nobody has set the center up.
    """
    paths = paths_of(options)
    with the_ledger(paths, read_only=read_only) as ledger:
        desk = _desk(ledger, paths)
        if not desk.center.ready:
            raise Refused(
                "This ledger belongs to no center yet.",
                "Run 'cptkiosk center init', or just 'cptkiosk'.",
            )
        yield desk


@contextmanager
def kiosk_desk(paths: Paths) -> Iterator["Desk"]:
    """Open the desk, making the ledger if there is none."""
    with _opened(paths, False, None) as ledger:
        yield _desk(ledger, paths)


def _desk(ledger: "Ledger", paths: Paths) -> "Desk":
    from cptkiosk.clock import SystemClock
    from cptkiosk.definitions import load_definitions
    from cptkiosk.desk import Desk

    return Desk(ledger, SystemClock(), load_definitions(own=paths.definitions))


def keep_traceback(error: Exception, paths: Paths) -> Path | None:
    """Append a traceback to the log; return where, or nothing if that failed too."""
    from cptkiosk.clock import SystemClock

    moment = datetime.fromtimestamp(SystemClock().now().utc_ms / 1000, UTC)
    text = "".join(traceback.format_exception(error))
    try:
        paths.root.mkdir(parents=True, exist_ok=True, mode=ALONE.folder)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        with os.fdopen(open_in_place(paths.log, flags), "ab") as log:
            log.write(f"{moment.isoformat()}\n{text}\n".encode(errors="replace"))
    except OSError:
        return None
    return paths.log
