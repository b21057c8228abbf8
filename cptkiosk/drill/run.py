"""A rehearsal in a ledger of its own, thrown away at the end."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from zoneinfo import ZoneInfo

from cptkiosk.domain.text import visible
from cptkiosk.domain.values import Refused
from cptkiosk.drill.day import play_day
from cptkiosk.drill.debrief import keep_lines, write_verdict
from cptkiosk.drill.director import Director
from cptkiosk.drill.people import PEOPLE_MAX, PEOPLE_MIN
from cptkiosk.drill.practice import leave_record
from cptkiosk.drill.sample_center import (
    CENTER_NAME,
    PIN,
    drill_desk,
    local_zone_name,
    make_center,
)
from cptkiosk.drill.scenario_catalog import choose_scenes
from cptkiosk.drill.scenario_steps import Scene
from cptkiosk.drill.simulated_proctor import LINE_CELLS, HandClock, Say
from cptkiosk.drill.until import Until
from cptkiosk.errors import (
    DestinationError,
    ExitCode,
    KioskError,
    StorageError,
    UsageError,
)
from cptkiosk.host.clock import SpedClock, SystemClock
from cptkiosk.host.data_directory import Paths
from cptkiosk.host.paths import is_folder, is_there, make_absolute
from cptkiosk.ui import startup
from cptkiosk.ui.options import KioskOptions
from cptkiosk.words import describe_error

SPEED_MAX = 1000
SIGNALLED = 128
"""From it on, an exit code says which signal ended the kiosk: no fault of its own."""

DAY = (2027, 3, 9, 13, 47, 30)
"""When the unattended day begins, in local time; always the same, to be repeatable."""


def _print_line(line: str) -> None:
    """Write a line, with escapes for letters that the terminal cannot show."""
    encoding = sys.stdout.encoding or "utf-8"
    shown = line.encode(encoding, "backslashreplace").decode(encoding)
    sys.stdout.write(f"{shown}\n")


def run_drill(  # each is a choice of who rehearses
    *,
    unattended: bool,
    people: int,
    seed: int,
    keep: Path | None,
    speed: int,
    scenes: bool = True,
    locked: bool = False,
    until: Until | None = None,
    now: bool = False,
    say: Say = _print_line,
) -> int:
    """Rehearse a session and return the exit code.

    Args:
        unattended: play the whole day by itself, without a terminal.
        people: how many are on the roll.
        seed: what makes one rehearsal differ from another.
        keep: a folder, empty or new, for what would else be removed at the end.
        speed: how fast the clock of an attended rehearsal runs.
        scenes: whether something out of the ordinary happens to the person who attends.
        locked: whether only the coordinator's PIN leads out for the person who attends.
        until: leave a record at this stage, on the real clock, in the folder to keep.
        now: let it have reached that stage within the last minute, not the last five.
        say: takes the lines; without it they go to standard output.

    Raises:
        UsageError: if a figure is out of range, or the folder to keep is in use.
        DestinationError: if the lines could not be said.
    """
    _check_figures(people, speed)
    try:
        with ExitStack() as stack:
            root = _keep_folder(keep) if keep else _thrown_away(stack)
            if until:
                leave_record(
                    Paths(root), until=until, people=people, seed=seed, now=now, say=say
                )
                return ExitCode.DONE
            if unattended:
                code = _run_unattended(Paths(root), people, seed, say)
            else:
                put_on = choose_scenes(seed) if scenes else ()
                code, lines = _run_attended(
                    Paths(root), people, seed, speed, put_on, say, locked=locked
                )
                if keep and lines:
                    keep_lines(lines, root)
            if 0 < code < SIGNALLED and not keep:
                # The kiosk ended by a fault of its own; its log says which.
                stack.pop_all()
            if keep or 0 < code < SIGNALLED:
                say(f"Saved in {visible(str(root), LINE_CELLS)}")
            return code
    except (UsageError, DestinationError):
        raise
    except KioskError as error:
        say(f"The rehearsal failed. {error}")
        return error.exit_code
    except (Refused, AssertionError) as error:
        say(f"The rehearsal failed. {visible(describe_error(error), LINE_CELLS)}")
        return ExitCode.UNVERIFIED


def _check_figures(people: int, speed: int) -> None:
    if not PEOPLE_MIN <= people <= PEOPLE_MAX:
        raise UsageError(
            f"A rehearsal needs {PEOPLE_MIN} to {PEOPLE_MAX} people, not {people}."
        )
    if not 1 <= speed <= SPEED_MAX:
        raise UsageError(f"The speed is a number from 1 to {SPEED_MAX}, not {speed}.")


def _run_unattended(paths: Paths, people: int, seed: int, say: Say) -> int:
    begins = datetime(*DAY, tzinfo=ZoneInfo(local_zone_name()))
    clock = HandClock(int(begins.timestamp()) * 1000)
    with drill_desk(paths, clock) as desk:
        folder = paths.root / "bundles"
        play_day(desk, clock, seed=seed, people=people, folder=folder, say=say)
    return ExitCode.DONE


def _run_attended(
    paths: Paths,
    people: int,
    seed: int,
    speed: int,
    scenes: Sequence[Scene],
    say: Say,
    *,
    locked: bool,
) -> tuple[int, list[str]]:
    """Open the kiosk on a staged day; return the exit code and how the day went."""
    system = SystemClock()
    clock = SpedClock(system, speed, system.now().utc_ms)
    with drill_desk(paths, clock) as desk:
        actor, session_id = make_center(desk, seed, people)
        director = Director(desk, session_id, scenes, seed, speed, clock.set_pace)
        notice = f"{CENTER_NAME}: no one here is real. Every PIN is {PIN}."
        say(notice)
        code = startup.open_kiosk(
            desk,
            paths,
            KioskOptions(
                signed_in=actor,
                notice=notice,
                rehearsal_lines=director.due_words,
                locked=locked,
            ),
        )
        director.close()
        lines = write_verdict(director)
    for line in lines:
        say(line)
    return code, lines


def _keep_folder(keep: Path) -> Path:
    """Return the folder that is to be kept, made if it is not there.

    Raises:
        UsageError: if it is a file, or has something in it.
        StorageError: if there can be none.
    """
    try:
        if is_there(keep) and not (is_folder(keep) and not any(keep.iterdir())):
            raise UsageError(
                f"{keep} is not an empty folder. Name an empty or new folder."
            )
        keep.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(_no_folder(error)) from error
    return make_absolute(keep)


def _thrown_away(stack: ExitStack) -> Path:
    """Return a folder that is removed with everything in it when `stack` is left.

    Raises:
        StorageError: if there can be none.
    """
    try:
        root = Path(mkdtemp(prefix="cptkiosk-drill-"))
    except OSError as error:
        raise StorageError(_no_folder(error)) from error
    stack.callback(rmtree, root, ignore_errors=True)
    return root


def _no_folder(error: OSError) -> str:
    reason = error.strerror or type(error).__name__
    return (
        f"The rehearsal has no folder to write to ({reason}). Name another folder with"
        " --keep."
    )
