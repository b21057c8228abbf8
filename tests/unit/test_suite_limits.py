"""What every test keeps to: short files, waits for conditions, a reason for a skip."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
LONGEST_LINES = 500
SLEEPERS = {
    "crash/test_kill.py": "the instant of a kill is what is random",
    "crash/test_power_mounted.py": "the instant of a power cut is what is random",
    "e2e/test_line_drops.py": "keys that come one by one, as over a line",
    "e2e/test_lockdown.py": "a key that is held down",
    "e2e/test_stop.py": "a process stays stopped for a while",
    "e2e/test_watch.py": "looks again as often as the program does",
    "support/forked.py": "between two looks at another process",
    "support/power.py": "between two looks at a device",
    "support/processes.py": "between two looks at another process",
    "support/sftp_server.py": "between two looks at a server and at its port",
    "support/slow_line.py": "the line is slow: that is what it is for",
    "support/ssh_server.py": "between two looks at a server and at its port",
    "support/terminal.py": "a letter pressed again acts once it has rested",
    "support/walk.py": "the program ignores an Enter within its guard",
    "support/workers.py": "processes that start at one instant",
    "unit/test_drill_until.py": "between two looks for another process's file",
    "unit/test_reading_beside.py": "nothing shows that a thread has begun to wait",
}
"""Files that may wait for time to pass, and why no condition could be waited for."""

pytestmark = pytest.mark.skipif(
    not (ROOT / "pyproject.toml").is_file(), reason="needs a checkout"
)


@cache
def trees() -> list[tuple[str, ast.Module]]:
    return [
        (path.relative_to(TESTS).as_posix(), ast.parse(path.read_text("utf-8")))
        for path in sorted(TESTS.rglob("*.py"))
    ]


@cache
def calls(tree: ast.AST) -> list[tuple[str, ast.Call]]:
    """Find every call, with what is called as it is written."""
    return [
        (ast.unparse(node.func), node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    ]


def test_no_file_is_too_long_to_be_read() -> None:
    long = {
        path.relative_to(TESTS).as_posix(): lines
        for path in TESTS.rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_LINES
    }

    assert long == {}


def test_tests_wait_for_conditions_and_not_for_time() -> None:
    sleepers = {
        name
        for name, tree in trees()
        for called, call in calls(tree)
        if called in {"time.sleep", "sleep", "asyncio.sleep"}
        and not (call.args and ast.unparse(call.args[0]) == "0")
    }

    assert sleepers - set(SLEEPERS) == set()
    assert set(SLEEPERS) - sleepers == set(), "these wait for no time any more"


def test_every_skipped_test_gives_a_reason() -> None:
    silent = [
        f"{name}:{line}" for name, tree in trees() for line in _skipped_silently(tree)
    ]

    assert silent == []


def _skipped_silently(tree: ast.AST) -> Iterator[int]:
    explained = set()
    for called, call in calls(tree):
        if called.endswith((".mark.skip", ".mark.skipif", ".mark.xfail")):
            if any(one.arg == "reason" for one in call.keywords):
                explained.add(call.func)
        elif called == "pytest.skip" and not (call.args or call.keywords):
            yield call.lineno
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and ast.unparse(node).startswith("pytest.mark.")
            and node.attr in {"skip", "skipif", "xfail"}
            and node not in explained
        ):
            yield node.lineno


def test_a_file_of_tests_says_what_it_is_about() -> None:
    assert [name for name, tree in trees() if not ast.get_docstring(tree)] == []
