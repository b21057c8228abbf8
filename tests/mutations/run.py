"""Put each fault of faults.toml into a copy of the program, and see a test fail.

Run it as `python tests/mutations/run.py`, or with parts of names to try only those.
It takes some seconds a fault and ends in 1 if one goes unnoticed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FAULTS = Path(__file__).with_name("faults.toml")
KEPT = ("cptkiosk", "styles", "sessions", "tests", "pyproject.toml", "README.md")
FAILED = 1
"""What pytest says when tests failed, and not when it could not run any."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong."""

    name: str
    file: str
    sound: str
    faulty: str
    tests: tuple[str, ...]


def faults() -> tuple[Fault, ...]:
    """Return every fault of the list."""
    table = tomllib.loads(FAULTS.read_text(encoding="utf-8"))
    return tuple(
        Fault(one["name"], one["file"], one["from"], one["to"], tuple(one["tests"]))
        for one in table["fault"]
    )


def copied(to: Path) -> None:
    """Copy the program to a place where it can be broken."""
    for name in KEPT:
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", ".hypothesis")
            shutil.copytree(source, to / name, ignore=ignored)
        else:
            shutil.copy(source, to / name)
    # As it is found when it is installed: inside the package.
    for name in ("styles", "sessions"):
        (to / "cptkiosk" / name).symlink_to(to / name)


def tests_fail(place: Path, tests: tuple[str, ...]) -> int:
    """Return pytest's exit code over some tests of a copy."""
    path = os.pathsep.join((str(place), str(place / "tests")))
    command = [
        sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests,
    ]  # fmt: skip
    done = subprocess.run(
        command,
        cwd=place,
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=False,
    )
    return done.returncode


def main(chosen: list[str]) -> int:
    """Try the faults, and say for each whether a test noticed it."""
    unnoticed = 0
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "copy"
        place.mkdir()
        copied(place)
        for one in faults():
            if chosen and not any(part in one.name for part in chosen):
                continue
            path = place / "cptkiosk" / one.file
            sound = path.read_text(encoding="utf-8")
            path.write_text(sound.replace(one.sound, one.faulty, 1), encoding="utf-8")
            code = tests_fail(place, one.tests)
            path.write_text(sound, encoding="utf-8")
            unnoticed += code != FAILED
            word = "noticed  " if code == FAILED else f"UNNOTICED ({code})"
            print(f"{word}  {one.name}", flush=True)
    print(f"{unnoticed} unnoticed")
    return int(bool(unnoticed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
