"""Opening the record for a command, and the log for when a command fails."""

import getpass
import os
import pwd
import stat
import traceback
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cptkiosk.cli.good_definitions import keep_good
from cptkiosk.cli.output import print_error
from cptkiosk.domain.values import Actor, Refused, Role
from cptkiosk.errors import StorageError
from cptkiosk.host.data_directory import (
    ALONE,
    Paths,
    data_dir,
    open_in_place,
    terminal_name,
)
from cptkiosk.host.paths import probe_path

if TYPE_CHECKING:
    from cptkiosk.desk import Desk
    from cptkiosk.host.work_progress import ProgressCallback
    from cptkiosk.ledger.ledger import Ledger


def paths_of(options: Namespace) -> Paths:
    """Return where this command's data lies."""
    safe = bool(getattr(options, "network_folder_is_safe", False))
    return Paths(data_dir(options.data_dir, os.environ), safe)


def actor() -> Actor:
    """Return who asks: an account that may use this data acts as coordinator."""
    return Actor(f"cli-{_user_name()}", Role.COORDINATOR)


def _user_name() -> str:
    """Return the account's name as the system knows it, not as it says."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        with suppress(Exception):
            return getpass.getuser()
    return "unknown"


class Notice(NamedTuple):
    """What is wrong with what a kiosk was opened on."""

    text: str = ""
    """In sentences, for the person who begins to work here."""

    mark: str = ""
    """In two words, for the header of every screen."""


@contextmanager
def the_ledger(
    paths: Paths, *, read_only: bool, told: "ProgressCallback | None" = None
) -> Iterator["Ledger"]:
    """Open a ledger that is there; a command never makes one by the way.

    With `told` it is one that is only read, and tells how much of it was.

    Raises:
        StorageError: if there is none, or it cannot be opened.
    """
    if not stat.S_ISREG(probe_path(paths.ledger)):
        # Start-up time: commands that open no record do not load it.
        from cptkiosk.ledger.missing_record import check_not_lost

        check_not_lost(paths)
        raise StorageError(
            f"There is no ledger at {paths.ledger}. Nothing was changed. To create"
            ' one, run "cptkiosk center init" or "cptkiosk". To use another data'
            " directory, add --data-dir."
        )
    try:
        with _open_ledger(paths, read_only, told) as ledger:
            yield ledger
    except StorageError as error:
        if not read_only or os.access(paths.root, os.W_OK | os.X_OK):
            raise
        # SQLite needs a file beside a ledger to read it while others may write.
        raise StorageError(
            f"The ledger {paths.ledger} cannot be read because its directory is"
            " not writable. Nothing was changed. Ask the administrator for write"
            " permission, or read a copy in another directory."
        ) from error


@contextmanager
def _open_ledger(
    paths: Paths, read_only: bool, told: "ProgressCallback | None"
) -> Iterator["Ledger"]:
    # Start-up time: commands that open no record do not load it.
    from cptkiosk.ledger.ledger import Ledger
    from cptkiosk.ledger.progress_reader import WatchedLedger

    terminal = terminal_name(os.environ)
    with ExitStack() as stack:
        if not read_only:
            stack.enter_context(held_if_shared(paths))
        if told is None:
            ledger = Ledger(paths.ledger, terminal, read_only=read_only)
        else:
            ledger = WatchedLedger(paths.ledger, terminal, told)
        stack.callback(ledger.close)
        yield ledger


@contextmanager
def held_if_shared(paths: Paths) -> Iterator[None]:
    """Refuse a network folder; hold one that was called safe for this program alone.

    Raises:
        StorageError: if it may not be used, or another program holds it.
    """
    # Start-up time: commands that open no record do not load it.
    from cptkiosk.ledger.file_system import check_local, held_alone, network_folder
    from cptkiosk.ledger.opening import make_place

    if not paths.network_is_safe:
        check_local(paths.root)
    if network_folder(paths.root) is None:
        yield
        return
    with held_alone(paths.root, make_place):
        yield


@contextmanager
def the_desk(options: Namespace, *, read_only: bool = False) -> Iterator["Desk"]:
    """Open the desk of a center that has been set up.

    Raises:
        StorageError: if there is no ledger, or it cannot be opened.
        Refused: if no one has set the center up.
    """
    paths = paths_of(options)
    with the_ledger(paths, read_only=read_only) as ledger:
        desk = _open_desk(ledger, paths, keeps=not read_only)
        if not desk.center.is_set_up:
            raise Refused("no-center-yet")
        if options.clock_is_right is not None:
            check_clock(desk, options)
        if not read_only:
            accept_network(desk, paths)
        yield desk


def check_clock(desk: "Desk", options: Namespace) -> None:
    """See that what a command records is recorded by a clock that can be right.

    Raises:
        Refused: if it cannot, and the command does not say that it is.
    """
    odd = desk.clock_check.find_odd_clock()
    if odd is None:
        return
    if not options.clock_is_right:
        raise Refused("odd-clock-here", clock=odd.reason)
    if desk.center.is_set_up:
        desk.clock_check.confirm_clock(actor(), is_right=True)


@contextmanager
def kiosk_desk(paths: Paths, *, new_record: bool = False) -> Iterator["Desk"]:
    """Open the desk, making the ledger if there never was one.

    Args:
        paths: the data directory.
        new_record: whether one is made even where an earlier one is missing.

    Raises:
        StorageError: if it cannot be opened, or was there and is missing.
    """
    # Start-up time: commands that open no record do not load it.
    from cptkiosk.ledger.maintenance.replaced_file import keep_lost_journal
    from cptkiosk.ledger.missing_record import check_not_lost

    if not new_record:
        check_not_lost(paths)
    elif not probe_path(paths.ledger):
        keep_lost_journal(paths.ledger)
    with _open_ledger(paths, False, None) as ledger:
        desk = _open_desk(ledger, paths, keeps=True)
        if desk.center.is_set_up:
            accept_network(desk, paths)
        yield desk


def accept_network(desk: "Desk", paths: Paths) -> None:
    """Record that someone called a network folder safe, once for each."""
    # Start-up time: commands that open no record do not load it.
    from cptkiosk.ledger.file_system import network_folder

    found = network_folder(paths.root)
    if found is not None:
        desk.center_log.accept_network_folder(found.kind, found.source, actor())


def opening_notice(desk: "Desk", paths: Paths) -> Notice:
    """Return what the kiosk says at its opening, and in every header until it ends."""
    # Start-up time: only the kiosk says it.
    from cptkiosk.definitions.load import open_definitions
    from cptkiosk.ledger.maintenance.later_heads import later_head, later_notice

    later = later_head(desk.ledger, paths)
    fault = open_definitions(paths.definitions, paths.good_definitions).fault
    said = (later and later_notice(later), fault)
    marks = ("older record?" * bool(later), "faulty definitions" * bool(fault))
    return Notice(" ".join(filter(None, said)), ", ".join(filter(None, marks)))


def _open_desk(ledger: "Ledger", paths: Paths, *, keeps: bool) -> "Desk":
    """Return the desk under the definitions that can be used; say which cannot.

    Args:
        ledger: the record.
        paths: the data directory.
        keeps: whether definitions that can be used are kept for when they cannot.
    """
    # Start-up time: commands that open no record do not load the desk.
    from cptkiosk.definitions.load import open_definitions
    from cptkiosk.desk import Desk
    from cptkiosk.host.clock import SystemClock

    opened = open_definitions(paths.definitions, paths.good_definitions)
    if opened.fault:
        print_error(opened.fault)
    elif keeps:
        keep_good(paths.definitions, paths.good_definitions)
    return Desk(ledger, SystemClock(), opened.definitions)


def keep_traceback(error: Exception, paths: Paths) -> Path | None:
    """Append a traceback to the log; return where, or `None` if that failed too."""
    # Start-up time: most commands keep no traceback.
    from cptkiosk.host.clock import SystemClock

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
