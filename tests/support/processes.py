"""Other processes that use the same ledger."""

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


def worker(what: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a process that does one of the things in `workers`."""
    path = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, "-m", "support.workers", what, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path.rstrip(os.pathsep)},
    )


def reaped(process: subprocess.Popen[str]) -> str:
    """Wait for a process's end, and return the rest of what it said."""
    said, _ = process.communicate(timeout=60)
    return said
