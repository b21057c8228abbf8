"""Everything a change must pass, in the order that fails fastest.

Run it as `python tests/check.py`; what follows goes to pytest: `-k clock`, `-n 0`.
"""

import subprocess
import sys
from pathlib import Path

PYTEST = ["-m", "pytest", "-q"]
NONE_CHOSEN = 5
"""What pytest says when the arguments given choose no test of a step."""

TIMED = (
    "tests/benchmarks",
    "tests/e2e/test_kill.py",
    "tests/e2e/test_line_drops.py",
    "tests/e2e/test_two_terminals.py",
    "tests/e2e/test_whole_day.py",
)
"""What is timed against the clock, and so gets the machine to itself."""

ROOT = Path(__file__).resolve().parents[1]
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as run; run()"


def checks(pytest_args: list[str]) -> list[tuple[str, list[str]]]:
    """Return every step: what it is called, and what this Python is to run."""
    ignored = [word for path in TIMED for word in ("--ignore", path)]
    return [
        ("ruff format --check", ["-m", "ruff", "format", "--check", "."]),
        ("ruff check", ["-m", "ruff", "check", "."]),
        ("mypy", ["-m", "mypy"]),
        ("lint-imports", ["-c", LINT_IMPORTS]),
        ("pytest", [*PYTEST, "-n", "4", "--dist", "worksteal", *ignored, *pytest_args]),
        ("pytest, timed", [*PYTEST, *TIMED, *pytest_args]),
    ]


def main() -> int:
    """Run the steps up to the first that fails, and return its exit code."""
    for name, arguments in checks(sys.argv[1:]):
        print(f"== {name}", flush=True)
        done = subprocess.run([sys.executable, *arguments], cwd=ROOT, check=False)
        if sys.argv[1:] and done.returncode == NONE_CHOSEN:
            continue
        if done.returncode:
            print(f"== {name} failed", flush=True)
            return done.returncode
    print("== all passed", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
