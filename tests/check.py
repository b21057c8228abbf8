"""Everything a change must pass: format, lint, layers, types and tests.

Run it as `python tests/check.py`; what follows goes to pytest: `-k clock`, `-n 0`.
Types and layers are looked at beside the tests, and stop them as soon as something is
found. What each step wrote is printed whole, with the time it took.
"""

import asyncio
import os
import shutil
import signal
import sys
import time
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Coroutine, Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as run; run()"
QUICK = {
    "ruff format --check": ["-m", "ruff", "format", "--check", "."],
    "ruff check": ["-m", "ruff", "check", "."],
}
"""What takes a second at most, and so comes before anything else begins."""

SLOW = {
    "lint-imports": ["-c", LINT_IMPORTS],
    "mypy": ["-m", "mypy"],
}
TESTS = ["-m", "pytest", "-q", "-n", "4", "--dist", "worksteal"]

MEMORY, ROOM_BYTES = Path("/dev/shm"), 8 * 2**30  # noqa: S108 - pytest makes a folder
PLACE = "PYTEST_DEBUG_TEMPROOT"
"""Where pytest keeps the folders of its tests, if it is set."""


class StepFailed(Exception):
    """A step ended in anything but 0; it says what there is to say."""


def environment() -> dict[str, str]:
    """Return what steps run with: files of tests in memory, if there is plenty.

    Tests of a power cut follow the calls that sync, or mount a disk of their own; so
    none needs the disk that is spared here. Bytecode is kept in any case: tests start
    the program some hundred times, and each would compile all of it again.
    """
    kept = dict(os.environ)
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM_BYTES:
        kept.setdefault(PLACE, str(MEMORY))
    return kept


async def run(name: str, arguments: Sequence[str], *, live: bool = False) -> str:
    """Run a step and return what is to be printed about it, unless that went out live.

    Raises:
        StepFailed: with the same, if the step failed.
    """
    began_s = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=ROOT,
        env=environment(),
        stdout=None if live else PIPE,
        stderr=None if live else STDOUT,
    )
    try:
        wrote, _ = await process.communicate()
    except asyncio.CancelledError:
        # As Ctrl+C would: tests then put away what they started.
        process.send_signal(signal.SIGINT)
        await process.communicate()
        raise
    ended = "failed" if process.returncode else "passed"
    told = f"== {name}: {ended} after {time.monotonic() - began_s:.1f} s"
    if wrote:
        told += f"\n{wrote.decode(errors='replace').rstrip()}"
    if process.returncode:
        raise StepFailed(told)
    return told


async def side_by_side(steps: Iterable[Coroutine[Any, Any, str]]) -> list[str]:
    """Run steps at once and return what each found; the first failure ends all."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(step) for step in steps]
    return [task.result() for task in tasks]


async def check(pytest_arguments: Sequence[str]) -> list[str]:
    """Run every step and return what each found."""
    quick = await side_by_side(run(*step) for step in QUICK.items())
    slow = [run(*step) for step in SLOW.items()]
    tests = run("pytest", [*TESTS, *pytest_arguments], live=True)
    return [*quick, *await side_by_side([*slow, tests])]


def main(pytest_arguments: Sequence[str]) -> int:
    """Run the check, print what it found, and return 0, or 1 if something failed."""
    code = 0
    try:
        told = [*asyncio.run(check(pytest_arguments)), "== all passed"]
    except* StepFailed as failed:
        told = [str(one) for one in failed.exceptions]
        told.append("== failed; what was still running was stopped")
        code = 1
    print(*told, sep="\n", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
