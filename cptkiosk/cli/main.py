"""The command line: finds the command, runs it, and says what went wrong."""

import os
import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from importlib import import_module

from cptkiosk.cli.output import (
    complaints_as_json,
    hand_over,
    print_error,
    say,
    silence_stream,
    tolerate_encoding,
)
from cptkiosk.cli.parser import parse_arguments
from cptkiosk.domain.values import Refused
from cptkiosk.errors import ExitCode, KioskError, UsageError
from cptkiosk.host.data_directory import clean_environment
from cptkiosk.words import Audience, explain

SIGNALLED = 128
"""From here on a code says which signal ended a program."""

INTERRUPTED = 130
"""What a shell expects of a program that Ctrl+C ended."""


PACKAGE = "cptkiosk.cli"
"""Where the files of the commands are; `commands.toml` says which runs what."""

LOCKED_DOWN = "--kiosk"
AS_JSON = "--json"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    clean_environment(os.environ)
    if LOCKED_DOWN in (sys.argv[1:] if argv is None else argv):
        # At once: keys that end a program also come while it starts.
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP):
            signal.signal(number, signal.SIG_IGN)
    tolerate_encoding()
    # Asked of the words themselves: they may not be understood either.
    for_scripts = AS_JSON in (sys.argv[1:] if argv is None else argv)
    with complaints_as_json(wanted=for_scripts):
        return _run_and_answer(argv)


def _run_and_answer(argv: Sequence[str] | None) -> int:
    code: int = ExitCode.DONE
    try:
        code = _run_guarded(argv)
        return code or _hand_over_output()
    except BrokenPipeError:
        # The person who read the answer has read enough.
        silence_stream(sys.stdout)
        return code
    except KeyboardInterrupt:
        print_error("Stopped. Everything recorded is safe.", INTERRUPTED)
        return INTERRUPTED


def _hand_over_output() -> int:
    try:
        hand_over()
    except KioskError as error:
        print_error(str(error), error.exit_code)
        return error.exit_code
    return ExitCode.DONE


def _run_guarded(argv: Sequence[str] | None) -> int:
    options = Namespace(data_dir=None)
    try:
        _check_interpreter()
        options = parse_arguments(argv)
        return _run(options)
    except SystemExit as leaving:
        return int(leaving.code or 0)
    except Refused as refusal:
        print_error(explain(refusal, Audience.CLI), ExitCode.REFUSED)
        return ExitCode.REFUSED
    except KioskError as error:
        print_error(str(error), error.exit_code)
        return error.exit_code
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001  # a proctor never sees a traceback
        return _report_unexpected(error, options)


def _check_interpreter() -> None:
    if not __debug__:
        raise UsageError(
            "Python's -O option removes checks that this program relies on."
            " Nothing was done. Run it without -O."
        )


def _run(options: Namespace) -> int:
    """Run one command; its file imports what it needs, when it needs it."""
    file, _, name = str(options.run).partition(".")
    run: Callable[[Namespace], int] = getattr(import_module(f"{PACKAGE}.{file}"), name)
    return run(options)


def open_kiosk(options: Namespace) -> int:
    """Open the kiosk on this terminal, until someone leaves it."""
    # Start-up time: help, and a command that is wrong, load no screen.
    from cptkiosk.cli.open_record import kiosk_desk, opening_notice, paths_of
    from cptkiosk.ui import startup
    from cptkiosk.ui.options import KioskOptions
    from cptkiosk.ui.return_codes import REHEARSE

    startup.check_terminal(os.environ)
    paths = paths_of(options)
    with kiosk_desk(paths) as desk:
        locked = options.kiosk or desk.definitions.policies.kiosk_mode
        notice = opening_notice(desk, paths)
        how = KioskOptions(locked=locked, notice=notice.text, mark=notice.mark)
        while (code := startup.open_kiosk(desk, paths, how)) == REHEARSE:
            code = _run_rehearsal(locked=locked)
            if code >= SIGNALLED:
                break
    return code


def _run_rehearsal(*, locked: bool) -> int:
    """Open a rehearsal on this terminal, and leave what it says at its end in sight.

    Returns its exit code: one that a signal ended, the kiosk does not come back after.
    """
    # Start-up time: a kiosk loads the rehearsal only when one is asked for.
    from cptkiosk.cli.drills import left_on_signals
    from cptkiosk.drill.run import run_drill

    with left_on_signals():
        code = run_drill(
            unattended=False, people=24, seed=1, keep=None, speed=20, locked=locked
        )
        if code < SIGNALLED:
            say("Press Enter to return to the kiosk.")
            sys.stdin.readline()
    return code


def open_wall(options: Namespace) -> int:
    """Show the clocks of running sessions on this terminal."""
    # Start-up time: help, and a command that is wrong, load no screen.
    from cptkiosk.cli.open_record import paths_of, the_desk
    from cptkiosk.ui import startup
    from cptkiosk.ui.options import KioskOptions

    startup.check_terminal(os.environ)
    with the_desk(options, read_only=True) as desk:
        named: str = options.session and desk.session(options.session).session_id
        how = KioskOptions(locked=options.kiosk, wall=True, wall_session=named)
        return startup.open_kiosk(desk, paths_of(options), how)


def _report_unexpected(error: Exception, options: Namespace) -> int:
    """Keep the traceback for the person who can use it, and say where it is."""
    # Start-up time: most commands do not fail like this.
    from cptkiosk.cli.open_record import keep_traceback, paths_of

    kept = keep_traceback(error, paths_of(options))
    where = f" Details are in {kept}." if kept else ""
    print_error(
        "An unexpected error occurred. Everything shown as recorded is"
        f" safe.{where} Try again. If it happens again, call the administrator.",
        ExitCode.STORAGE,
    )
    return ExitCode.STORAGE
