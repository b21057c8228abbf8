"""What other processes do to a ledger; run as `python -m support.workers <what> ...`."""

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import irregularity as c
from cptkiosk.domain.state.candidate import RegisterPerson
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import Refused
from cptkiosk.errors import KioskError
from cptkiosk.host.clock import SystemClock
from support.center import LEE, open_desk, staffed
from support.journals import Journal, chosen
from support.sessions import a_session

BATCH = 3
"""People in one registration: all of them are there, or none."""

CHECKPOINT_PAGES = 40
"""Few, so that a short recording has checkpoints in it."""


def say(text: str) -> None:
    """Say a line in one system call, so that it is said whole or not at all."""
    os.write(1, f"{text}\n".encode())


def create(folder: Path) -> None:
    """Open a ledger that may not be there, and try to make it a center's."""
    from cptkiosk.ledger import schema

    assert schema
    say("ready")
    sys.stdin.readline()
    try:
        desk = open_desk(folder, SystemClock(), f"pid-{os.getpid()}")
        desk.center_log.init_center(
            "North", "TN-1", "UTC", f"Boss {os.getpid()}", "482913"
        )
        say("made")
    except Refused as refused:
        say(f"refused {refused}")
    except KioskError as error:
        say(f"failed {error}")


def step(desk: Desk, session_id: str, name: str, number: int) -> None:
    """Record a note or, each fourth time, a batch of people; say it once it is."""
    if number % 4:
        text = f"{name}-{number}"
        command = c.TakeNote(session_id=session_id, text=text)
        say(f"note {desk.perform(command, LEE).seq} {text}")
    else:
        people = [
            RegisterPerson(
                participant_id=f"{name}-{number}-{one}",
                family_name="Family",
                given_name=name,
            )
            for one in range(BATCH)
        ]
        desk.registrar.register(people, LEE)
        say(f"batch {name}-{number}")


def write(folder: Path, session_id: str, name: str, journal: str) -> None:
    """Record steps with one of the journals until killed or refused."""
    try:
        with chosen(Journal(journal)) as weaken:
            desk = open_desk(folder, SystemClock(), name)
            weaken(desk.ledger.connection)
        say("ready")
        for number in range(1_000_000):
            step(desk, session_id, name, number)
    except KioskError as error:
        say(f"failed {error}")


def live(folder: Path, journal: str, steps: str) -> None:
    """Make a center and a session, close, open, record some steps, and close."""
    with chosen(Journal(journal)) as weaken:
        desk = staffed(open_desk(folder, SystemClock(), "first"))
        say("center")
        a_session(desk, 1, stage=Stage.CHECK_IN)
        say("session")
        desk.ledger.close()
        desk = open_desk(folder, SystemClock(), "second")
        weaken(desk.ledger.connection)
        desk.ledger.rows(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        for number in range(int(steps)):
            step(desk, "a", "live", number)
        desk.ledger.close()


def race(folder: Path, name: str, journal: str, start_s: str, seconds: str) -> None:
    """Record one note after the other for some time; say how long the longest took."""
    with chosen(Journal(journal)):
        desk = open_desk(folder, SystemClock(), name)
    say("ready")
    time.sleep(max(0.0, float(start_s) - time.monotonic()))
    before = time.monotonic()
    end_s = before + float(seconds)
    longest_s, number = 0.0, 0
    while before < end_s:
        command = c.TakeNote(session_id="a", text=f"{name}-{number}")
        say(f"note {desk.perform(command, LEE).seq} {name}-{number}")
        now = time.monotonic()
        longest_s = max(longest_s, now - before)
        before, number = now, number + 1
    say(f"longest {longest_s:.3f}")


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

    def dies_after(count: int) -> Callable[..., sqlite.Connection]:
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
            vars(opening)["connect"] = dies_after(count)
            open_desk(place, SystemClock())
            os._exit(0)
        _, status = os.waitpid(child, 0)
        say(f"{count} {os.waitstatus_to_exitcode(status)}")
        if not status:
            return


def nursery(folder: Path) -> None:
    """Start and reap processes that do one of these things, as asked by lines."""
    assert folder.is_dir()
    children: set[int] = set()
    for line in sys.stdin:
        request = json.loads(line)
        if "reap" in request:
            children.discard(request["reap"])
            _, status = os.waitpid(request["reap"], 0)
            say(str(os.waitstatus_to_exitcode(status)))
            continue
        child = os.fork()
        if not child:
            grow_up(request)
        children.add(child)
        say(str(child))
    for one in children:
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
        os.waitpid(one, 0)


def grow_up(request: dict[str, Any]) -> None:
    """Do what is requested as a process of its own, and end."""
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(os.open(request["output"], os.O_WRONLY | os.O_APPEND), 1)
        place, *rest = request["arguments"]
        WHAT[request["start"]](Path(place), *rest)
        code = 0
    except Exception:
        say(f"died {traceback.format_exc()}")
        raise
    finally:
        os._exit(code)


WHAT = {
    one.__name__: one
    for one in (
        create, write, live, race, commit_once, die_creating,
        nursery,
    )
}  # fmt: skip

if __name__ == "__main__":
    what, where, *others = sys.argv[1:]
    WHAT[what](Path(where), *others)
