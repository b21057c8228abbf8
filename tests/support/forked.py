"""The program as a fork of a process that has imported it once.

Importing the screens takes most of a start, and the tests start the program hundreds of
times. Everything else is as in any other start: a process of its own that leads its own
session on its own terminal, as whatever user it is to run. A test of the start itself
names the program to run.
"""

import atexit
import fcntl
import gc
import json
import os
import pkgutil
import pwd
import runpy
import signal
import subprocess
import sys
import termios
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, NoReturn

TESTS = Path(__file__).resolve().parents[1]
PROGRAM = "cptkiosk"
FIRST_OF_OURS = 3
"""The first descriptor after those of input, output and errors."""

PATIENCE_S = 120.0


class Account(NamedTuple):
    """Who a program runs as, and what files that it makes are closed to."""

    user: str
    umask: int


class ForkedProgram:
    """One run of the program; as much of `subprocess.Popen` as a terminal needs."""

    def __init__(
        self,
        arguments: Sequence[str],
        streams: Sequence[Path],
        environ: Mapping[str, str],
        folder: Path | None,
        *,
        module: str = PROGRAM,
        account: Account | None = None,
    ) -> None:
        """Start the program.

        Args:
            arguments: what follows its name.
            streams: its input, output and errors: three files, or thrice a terminal.
            environ: all of its environment.
            folder: where it starts; where the tests are, if not said.
            module: another module that is run instead.
            account: who it runs as, if not as the tests do.
        """
        request = {
            "arguments": [*arguments],
            "streams": [*map(str, streams)],
            "environ": {**environ},
            "folder": str(folder or Path.cwd()),
            "module": module,
            "account": account,
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


class ForkedCommand(ForkedProgram):
    """A run without a terminal: what it is given, and what it says, are files."""

    def __init__(
        self, arguments: Sequence[str], given: str, module: str, account: Account
    ) -> None:
        """Start the program; `given` is its whole input."""
        self._folder = TemporaryDirectory()
        self._arguments = arguments
        self._streams = [Path(self._folder.name) / one for one in ("in", "out", "err")]
        for one, text in zip(self._streams, (given, "", ""), strict=True):
            one.write_text(text, "utf-8")
        super().__init__(
            arguments, self._streams, os.environ, Path("/"),
            module=module, account=account,
        )  # fmt: skip

    def finish(self) -> subprocess.CompletedProcess[str]:
        """Wait for its end, and return what it said."""
        code = self.wait(PATIENCE_S)
        said, failed = (one.read_text("utf-8") for one in self._streams[1:])
        self._folder.cleanup()
        return subprocess.CompletedProcess(self._arguments, code, said, failed)


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
            streams = [
                os.open(one, os.O_RDWR | os.O_NOCTTY) for one in request["streams"]
            ]
            answer = os.fork()
            if not answer:
                _run(request, streams)
            for one in streams:
                os.close(one)
            children.add(answer)
        print(json.dumps(answer), flush=True)
    for one in children:
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


def _run(request: dict[str, Any], streams: Sequence[int]) -> NoReturn:
    """Become the program, and end as it does."""
    os.setsid()
    if os.isatty(streams[0]):
        fcntl.ioctl(streams[0], termios.TIOCSCTTY, 0)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.closerange(FIRST_OF_OURS, os.sysconf("SC_OPEN_MAX"))
    os.environ.clear()
    os.environ.update(request["environ"])
    time.tzset()
    os.chdir(request["folder"])
    if request["account"]:
        _become(Account(*request["account"]))
    sys.argv = [request["module"], *request["arguments"]]
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # type: ignore[misc]  # noqa: SIM115
    sys.stdout = sys.__stdout__ = open(1, "w", encoding="utf-8", closefd=False)  # type: ignore[misc]  # noqa: SIM115
    sys.stderr = sys.__stderr__ = open(2, "w", encoding="utf-8", closefd=False)  # type: ignore[misc]  # noqa: SIM115
    code: object = 0
    try:
        if request["module"] == PROGRAM:
            code = main()
        else:
            runpy.run_module(request["module"], run_name="__main__")
    except SystemExit as left:
        code = left.code
    except BaseException:  # noqa: BLE001 - as the interpreter does
        traceback.print_exc()
        code = 1
    # Not `sys.exit`: taking every module apart takes longer than most runs.
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    with suppress(OSError):  # a terminal that has hung up
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code if isinstance(code, int) else bool(code))


def _become(account: Account) -> None:
    entry = pwd.getpwnam(account.user)
    os.initgroups(account.user, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    os.umask(account.umask)


def _import_all(name: str) -> None:
    """Import all of a package now: another user may not be able to read it later."""
    package = import_module(name)
    for found in pkgutil.walk_packages(package.__path__, f"{name}."):
        with suppress(ImportError):  # for an office, whose database may be missing
            import_module(found.name)


if __name__ == "__main__":
    # Here and not above: only this process pays for the screens.
    import unittest.mock  # noqa: F401 - what `workers` need

    import argon2.profiles

    from cptkiosk.__main__ import main

    for package in ("cptkiosk", "argon2", "encodings"):
        _import_all(package)
    # As the fixture `cheap_pins`.
    argon2.profiles.RFC_9106_LOW_MEMORY = argon2.profiles.CHEAPEST
    gc.freeze()
    _serve()
