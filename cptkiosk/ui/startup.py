"""Start the terminal program: a fit terminal, its streams and signals, then the app."""

import gc
import io
import logging
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.errors import UsageError
from cptkiosk.host.data_directory import Paths, open_in_place
from cptkiosk.ui.options import KioskOptions
from cptkiosk.ui.terminal.glyphs import encoding_for
from cptkiosk.ui.terminal.watchdog import Watchdog, take_signals

UNFIT_TERMINALS = frozenset({"", "dumb", "unknown"})


def check_terminal(environ: Mapping[str, str]) -> None:
    """Check that someone sits at a terminal that can show the kiosk.

    Raises:
        UsageError: if the streams are no terminal, or its type is unknown.
    """
    if not (os.isatty(0) and os.isatty(2)):
        raise UsageError(
            "The kiosk needs an interactive terminal. Nothing was changed."
            ' Over SSH, use "ssh -t". For scripts, see "cptkiosk --help".'
        )
    term = environ.get("TERM", "")
    if term in UNFIT_TERMINALS:
        raise UsageError(
            f"The terminal type TERM='{term}' cannot show the kiosk. Nothing was"
            " changed. Set TERM, for example: TERM=xterm-256color cptkiosk"
        )


def log_to(path: Path) -> None:
    """Let the program's own log go to a file that only the data directory's users can read.

    Without one the kiosk opens all the same: a day does not wait for a log.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    handler: logging.Handler = logging.NullHandler()
    with suppress(OSError):
        stream = os.fdopen(open_in_place(path, flags), "a", encoding="utf-8")
        handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log = logging.getLogger("cptkiosk")
    log.handlers.clear()  # a rehearsal has a log of its own
    log.addHandler(handler)
    log.propagate = False


def open_kiosk(desk: Desk, paths: Paths, options: KioskOptions) -> int:
    """Run the terminal program on a ledger and return the exit code.

    Args:
        desk: the ledger's desk.
        paths: where the data directory has its places.
        options: how the kiosk is opened.

    Raises:
        UsageError: if there is no fit terminal.
    """
    check_terminal(os.environ)
    encoding = encoding_for(os.environ)
    for stream in (sys.__stdout__, sys.__stderr__):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=encoding, errors="replace")

    log_to(paths.log)
    watchdog = Watchdog(locked=options.locked)
    take_signals(locked=options.locked)
    watchdog.start()
    # Everything imported stays to the end. To search it for garbage meanwhile takes a
    # seventh of the time; later it takes 11 ms on the workstation this was measured on,
    # and holds a key up.
    gc.disable()
    # Start-up time: Textual is loaded after the signals are taken.
    from cptkiosk.ui.app import KioskApp

    app = KioskApp(desk, paths, options, watchdog=watchdog)
    gc.freeze()
    gc.enable()
    try:
        app.run(mouse=False)
    finally:
        watchdog.stop()
    return app.return_code or 0
