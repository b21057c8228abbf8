"""The command that rehearses: on a record of its own, and nothing else."""

import signal
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from types import FrameType
from typing import NoReturn

from cptkiosk.cli.open_record import keep_traceback
from cptkiosk.cli.output import say, say_json, silence_stream
from cptkiosk.drill import run as rehearsal
from cptkiosk.errors import (
    DestinationError,
    ExitCode,
    KioskError,
    StorageError,
    UsageError,
)
from cptkiosk.host.data_directory import Paths
from cptkiosk.host.paths import expand_home, need_drive

ENDING = (signal.SIGTERM, signal.SIGHUP)


def rehearse_day(options: Namespace) -> int:
    """Run one command and return its exit code.

    Raises:
        KioskError: if it could not be done, or not be told.
    """
    if options.data_dir is not None:
        raise UsageError(
            "A rehearsal has its own record. Nothing was done. Use --keep instead"
            " of --data-dir to choose its folder."
        )
    lines = Lines(printed=not options.json)
    keep = expand_home(options.keep) if options.keep else None
    if keep is not None:
        need_drive(keep)
    try:
        with left_on_signals():
            code = rehearsal.run_drill(
                unattended=options.unattended,
                people=options.people,
                seed=options.seed,
                keep=keep,
                speed=options.speed,
                scenes=options.scenes,
                until=options.until,
                now=options.now,
                say=lines.tell,
            )
    except KioskError:
        raise
    except Exception as error:
        raise _explain_unexpected(error, keep) from error
    if lines.lost is not None:
        raise lines.lost
    if options.json:
        say_json({"passed": code == ExitCode.DONE, "lines": lines.said})
    return code


class Lines:
    """Prints lines; what is rehearsed goes on although one of them is lost."""

    def __init__(self, *, printed: bool = True) -> None:
        self._printed = printed
        self.lost: DestinationError | None = None
        self.said: list[str] = []

    def tell(self, line: str) -> None:
        """Keep a line and print it, or remember that it could not be printed."""
        self.said.append(line)
        if not self._printed:
            return
        try:
            say(line)
        except BrokenPipeError:
            # The person who read the lines has read enough.
            silence_stream(sys.stdout)
        except DestinationError as error:
            self.lost = error


@contextmanager
def left_on_signals() -> Iterator[None]:
    """Leave by an exception on SIGTERM and SIGHUP, so that what is temporary goes.

    What was ignored, as under nohup, still is. An exception that a signal raises inside
    a callback of SQLite or a finalizer is lost; so what came is kept, and said at the end.
    """
    came: list[int] = []

    def leave(number: int, _frame: FrameType | None) -> NoReturn:
        # The second one must not end what the first one tidies up.
        for one in ENDING:
            signal.signal(one, signal.SIG_IGN)
        came.append(number)
        raise SystemExit(128 + number)

    before = {one: signal.getsignal(one) for one in ENDING}
    for one, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(one, leave)
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    if came:
        raise SystemExit(128 + came[0])


def _explain_unexpected(error: Exception, keep: Path | None) -> StorageError:
    """Keep a traceback beside the rehearsal's record, not beside the real one."""
    place = keep or Path(mkdtemp(prefix="cptkiosk-drill-"))
    kept = keep_traceback(error, Paths(place))
    where = f" Details are in {kept}." if kept else ""
    return StorageError(
        "An unexpected error ended the rehearsal. The real record was not"
        f" touched.{where}"
    )
