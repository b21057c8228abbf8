"""What other processes do to a ledger; run as `python -m support.workers <what> ...`."""

import os
import sys
import time
from pathlib import Path

from cptkiosk.clock import SystemClock
from cptkiosk.domain import commands as c
from cptkiosk.domain.candidate import RegisterPerson
from cptkiosk.domain.values import Refused
from cptkiosk.errors import KioskError
from support.center import LEE, open_desk

BATCH = 3
"""People in one registration: all of them are there, or none."""


def say(text: str) -> None:
    print(text, flush=True)


def create(folder: Path) -> None:
    """Open a ledger that may not be there, and try to make it a center's."""
    from cptkiosk.ledger import schema

    assert schema
    say("ready")
    sys.stdin.readline()
    try:
        desk = open_desk(folder, SystemClock(), f"pid-{os.getpid()}")
        desk.init_center("North", "TN-1", "UTC", f"Boss {os.getpid()}", "482913")
        say("made")
    except Refused as refused:
        say(f"refused {refused}")
    except KioskError as error:
        say(f"failed {error}")


def write(folder: Path, session_id: str, name: str) -> None:
    """Record steps until killed, and say each once it is recorded."""
    desk = open_desk(folder, SystemClock(), name)
    say("ready")
    for number in range(1_000_000):
        if number % 4:
            text = f"{name}-{number}"
            wish = c.TakeNote(session_id=session_id, text=text)
            say(f"note {desk.perform(wish, LEE).seq} {text}")
        else:
            people = [
                RegisterPerson(
                    participant_id=f"{name}-{number}-{one}",
                    family_name="Family",
                    given_name=name,
                )
                for one in range(BATCH)
            ]
            desk.register(people, LEE)
            say(f"batch {name}-{number}")


def commit_once(folder: Path, session_id: str) -> None:
    """Wait for a line, record one step, and say when it was recorded."""
    desk = open_desk(folder, SystemClock(), "other")
    say("ready")
    sys.stdin.readline()
    desk.perform(c.TakeNote(session_id=session_id, text="from outside"), LEE)
    say(f"{time.monotonic_ns()}")


def die_creating(folder: Path) -> None:
    """Create a ledger again and again, each time dying one statement later."""
    from cptkiosk.ledger import opening, schema, sqlite

    assert schema
    made = sqlite.connect

    def dies_after(count: int):
        left = [count]

        def trace(_: str) -> None:
            left[0] -= 1
            if left[0] < 0:
                os._exit(9)

        def connect(path: str, *, read_only: bool = False) -> sqlite.Connection:
            connection = made(path, read_only=read_only)
            connection.set_trace_callback(trace)
            return connection

        return connect

    for count in range(1000):
        place = folder / f"{count}"
        child = os.fork()
        if not child:
            opening.connect = dies_after(count)
            open_desk(place, SystemClock())
            os._exit(0)
        _, status = os.waitpid(child, 0)
        say(f"{count} {os.waitstatus_to_exitcode(status)}")
        if not status:
            return


if __name__ == "__main__":
    what, place, *rest = sys.argv[1:]
    {f.__name__: f for f in (create, write, commit_once, die_creating)}[what](
        Path(place), *rest
    )
