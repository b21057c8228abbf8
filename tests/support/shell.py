"""The command line as a shell sees it: what is said, where, and the exit code."""

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from cptkiosk.cli.main import main

PIN = "482913"
INIT = (
    *("center", "init", "--name", "Lakeview CTE", "--site-code", "TX-0417"),
    *("--tz", "America/Chicago", "--coordinator", "Ana Ruiz", "--pin-stdin"),
)
PROGRAM = (sys.executable, "-m", "cptkiosk")
PATIENCE_S = 120


@dataclass(frozen=True)
class Ran:
    """How a command went."""

    returncode: int
    stdout: str
    stderr: str


@dataclass
class Shell:
    """Runs commands on one data directory, inside this process."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.environ = {**os.environ, "CPTKIOSK_DATA_DIR": str(self.folder)}

    def run(self, *arguments: object, stdin: str = "") -> Ran:
        out, err = io.StringIO(), io.StringIO()
        with (
            mock.patch.dict(os.environ, self.environ, clear=True),
            mock.patch.object(sys, "stdin", io.StringIO(stdin)),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = main([*map(str, arguments)])
        return Ran(code, out.getvalue(), err.getvalue())

    def ok(self, *arguments: object, stdin: str = "") -> str:
        """Return what a command that works says."""
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout

    def fails(self, code: int, *arguments: object, stdin: str = "") -> str:
        """Return the one sentence or two that a failure says."""
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode == code, (done.stdout, done.stderr)
        assert done.stderr.startswith("cptkiosk: ")
        assert done.stderr.count("\n") == 1
        assert "Traceback" not in done.stderr
        return done.stderr

    def json(self, *arguments: object) -> Any:
        return json.loads(self.ok(*arguments, "--json"))

    def process(
        self, *arguments: object, stdin: str = "", **streams: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as a process of its own, its streams where they are wanted."""
        streams = {
            "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams,
        }  # fmt: skip
        return subprocess.run(
            [*PROGRAM, *map(str, arguments)],
            input=stdin,
            encoding="utf-8",
            env=self.environ,
            timeout=PATIENCE_S,
            check=False,
            **streams,
        )


def init_center(folder: Path) -> Shell:
    """Return a shell on a center that was made by the command itself."""
    shell = Shell(folder)
    shell.ok(*INIT, stdin=f"{PIN}\n")
    return shell
