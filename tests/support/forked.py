"""The program as a fork of a process that has imported it once.

Importing the screens takes most of a start, and the tests start the program hundreds of
times. Everything else is as in any other start: a process of its own that leads its own
session on its own terminal. A test of the start itself names the program to run.
"""

import atexit
import fcntl
import json
import os
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

TESTS = Path(__file__).resolve().parents[1]
FIRST_OF_OURS = 3
"""The first descriptor after those of input, output and errors."""


class ForkedProgram:
    """One run of the program; as much of `subprocess.Popen` as a terminal needs."""

    def __init__(
        self,
        arguments: Sequence[str],
        line: str,
        environ: Mapping[str, str],
        folder: Path | None,
    ) -> None:
        """Start the program.

        Args:
            arguments: what follows its name.
            line: the name of the terminal that it runs on.
            environ: all of its environment.
            folder: where it starts; where the tests are, if not said.
        """
        request = {
            "arguments": [*arguments],
            "line": line,
            "environ": {**environ},
            "folder": str(folder or Path.cwd()),
        }
        self.pid = int(str(_ask(request)))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the code it ended with, or None while it runs."""
        if self.returncode is None:
            self.returncode = _ask({"ended": self.pid})
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Wait for its end, and return its code.

        Raises:
            subprocess.TimeoutExpired: if it has not ended after so many seconds.
        """
        until = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("cptkiosk", timeout)
            time.sleep(0.002)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it, unless it has ended."""
        self.send_signal(signal.SIGKILL)


@cache
def _parent() -> subprocess.Popen[str]:
    """Start the process that the others are forks of; it ends with this one."""
    steering = ("TEXTUAL", "CPTKIOSK", "NO_COLOR", "LC_", "LANG", "LINES", "COLUMNS")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(steering)}
    made = subprocess.Popen(
        [sys.executable, "-m", "support.forked"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**kept, "LANG": "C.UTF-8", "PYTHONPATH": str(TESTS)},
    )
    atexit.register(made.communicate)
    return made


def _ask(request: Mapping[str, object]) -> int | None:
    parent = _parent()
    assert parent.stdin is not None
    assert parent.stdout is not None
    parent.stdin.write(f"{json.dumps(request)}\n")
    parent.stdin.flush()
    answer: int | None = json.loads(parent.stdout.readline())
    return answer


def _serve() -> None:
    """Start the program as often as it is asked for, and say how each run ended."""
    children: set[int] = set()
    for line in sys.stdin:
        request = json.loads(line)
        if "ended" in request:
            pid, status = os.waitpid(request["ended"], os.WNOHANG)
            children.discard(pid)
            answer = os.waitstatus_to_exitcode(status) if pid else None
        else:
            # Before the answer: a terminal that nobody holds open has been hung up.
            terminal = os.open(request["line"], os.O_RDWR | os.O_NOCTTY)
            answer = os.fork()
            if not answer:
                _run(request, terminal)
            os.close(terminal)
            children.add(answer)
        print(json.dumps(answer), flush=True)
    for one in children:
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


def _run(request: dict[str, Any], terminal: int) -> NoReturn:
    """Become the program on a terminal, and end as it does."""
    os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    for number in range(FIRST_OF_OURS):
        os.dup2(terminal, number)
    os.closerange(FIRST_OF_OURS, os.sysconf("SC_OPEN_MAX"))
    os.environ.clear()
    os.environ.update(request["environ"])
    time.tzset()
    os.chdir(request["folder"])
    sys.argv = ["cptkiosk", *request["arguments"]]
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # type: ignore[misc]  # noqa: SIM115
    sys.stdout = sys.__stdout__ = open(1, "w", encoding="utf-8", closefd=False)  # type: ignore[misc]  # noqa: SIM115
    sys.stderr = sys.__stderr__ = open(2, "w", encoding="utf-8", closefd=False)  # type: ignore[misc]  # noqa: SIM115
    sys.exit(main())


if __name__ == "__main__":
    # Here and not above: only this process pays for the screens.
    import cptkiosk.ui.app  # noqa: F401 - what a start imports
    from cptkiosk.__main__ import main

    _serve()
