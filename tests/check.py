"""Everything a change must pass, in the order that fails fastest.

Run it as `python tests/check.py`; what follows goes to pytest: `-k clock`, `-n 0`.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as run; run()"


def checks(pytest_args: list[str]) -> list[tuple[str, list[str]]]:
    """Return every step: what it is called, and what this Python is to run."""
    return [
        ("ruff format --check", ["-m", "ruff", "format", "--check", "."]),
        ("ruff check", ["-m", "ruff", "check", "."]),
        ("mypy", ["-m", "mypy"]),
        ("lint-imports", ["-c", LINT_IMPORTS]),
        ("pytest", ["-m", "pytest", "-q", "-n", "2", *pytest_args]),
    ]


def main() -> int:
    """Run the steps up to the first that fails, and return its exit code."""
    for name, arguments in checks(sys.argv[1:]):
        print(f"== {name}", flush=True)
        done = subprocess.run([sys.executable, *arguments], cwd=ROOT, check=False)
        if done.returncode:
            print(f"== {name} failed", flush=True)
            return done.returncode
    print("== all passed", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
