"""Other processes that use the same ledger."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
OWN_SQLITE = "import sys; sys.modules['pysqlite3'] = None; "
"""Lets a process do with the SQLite of Python itself, as where pysqlite3 is missing."""

RUN = "import runpy; runpy.run_module('support.workers', run_name='__main__')"
PATIENCE_S = 120


def command(what: str, *arguments: object, own_sqlite: bool = False) -> list[str]:
    """Return the command line that does one of the things in `workers`."""
    program = ["-m", "support.workers"]
    if own_sqlite:
        program = ["-c", OWN_SQLITE + RUN]
    return [sys.executable, *program, what, *map(str, arguments)]


def surroundings() -> dict[str, str]:
    """Return the environment in which `support` is found."""
    path = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": path.rstrip(os.pathsep)}


def worker(
    what: str, *arguments: object, own_sqlite: bool = False
) -> subprocess.Popen[str]:
    """Start a process that does one of the things in `workers`."""
    return subprocess.Popen(
        command(what, *arguments, own_sqlite=own_sqlite),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=surroundings(),
    )


def reaped(process: subprocess.Popen[str]) -> str:
    """Wait for a process's end, and return the rest of what it said."""
    said, _ = process.communicate(timeout=PATIENCE_S)
    return said


@dataclass
class Child:
    """A process of a nursery. What it says goes to a file, which outlives it."""

    pid: int
    output: Path
    nursery: "Nursery"

    def said(self) -> list[str]:
        """Return the whole lines that it said so far."""
        return self.output.read_text("utf-8").split("\n")[:-1]

    def wait_for(self, word: str) -> None:
        """Wait until it has said a line that starts with a word."""
        until = time.monotonic() + PATIENCE_S
        while not any(line.startswith(word) for line in self.said()):
            said = self.output.read_text("utf-8")
            over = time.monotonic() > until or said.startswith(("died", "failed"))
            assert not over, f"it never said '{word}', but: {said}"
            time.sleep(0.002)

    def kill(self) -> int:
        """Kill, unless it is over, and return the code it ended with."""
        os.kill(self.pid, signal.SIGKILL)
        return self.wait()

    def wait(self) -> int:
        """Wait for its end, and return the code it ended with."""
        return self.nursery.ask({"reap": self.pid})


class Nursery:
    """A process that has imported everything, so that starting one more is a fork."""

    def __init__(self, folder: Path, *, own_sqlite: bool = False) -> None:
        self._folder = folder
        self._process = worker("nursery", folder, own_sqlite=own_sqlite)
        self._count = 0

    def ask(self, request: Mapping[str, object]) -> int:
        """Ask for something that is answered with a number."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps(request)}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def start(self, what: str, *arguments: object) -> Child:
        """Start a process that does one of the things in `workers`."""
        self._count += 1
        output = self._folder / f"said-{self._count}"
        output.touch()
        request: dict[str, object] = {
            "start": what,
            "arguments": [str(one) for one in arguments],
            "output": str(output),
        }
        return Child(self.ask(request), output, self)

    def close(self) -> None:
        """Close; it kills what is left of its children."""
        reaped(self._process)


@contextmanager
def a_nursery(folder: Path, *, own_sqlite: bool = False) -> Iterator[Nursery]:
    """Return a nursery, and leave none of its processes behind."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Nursery(folder, own_sqlite=own_sqlite)
    try:
        yield made
    finally:
        made.close()
