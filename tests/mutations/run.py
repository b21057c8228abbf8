"""Put each fault of faults.toml into a copy of the program, and see a test fail.

Run it as `python tests/mutations/run.py`, or with parts of names to try only those. As
many are tried at once as there are processors, each in a copy of its own. It takes some
seconds a fault, lists at the end those that no test noticed, and ends in 1 if there are
any.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FAULTS = Path(__file__).with_name("faults.toml")
KEPT = ("cptkiosk", "styles", "sessions", "tests", "pyproject.toml", "README.md")
TOO_LONG_S = 900
PASSED, FAILED = 0, 1
"""What pytest says when all passed and when some failed; else it could run none."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong: a text of a file to be replaced, and who must notice."""

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


def copy_program(to: Path) -> None:
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


def run_tests(place: Path, tests: Iterable[str]) -> str | None:
    """Run tests of a copy and return why they are no proof, or None if one failed."""
    path = os.pathsep.join((str(place), str(place / "tests")))
    command = [
        sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests,
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command,
            cwd=place,
            env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=TOO_LONG_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"its tests took longer than {TOO_LONG_S} s"
    if done.returncode == FAILED:
        return None
    if done.returncode == PASSED:
        return "every test passed"
    return f"its tests could not be run: {done.stdout[-400:]}"


def try_fault(fault: Fault) -> str | None:
    """Put one fault into a new copy; return why no test noticed, if none did."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        copy_program(place)
        path = place / "cptkiosk" / fault.file
        sound = path.read_text(encoding="utf-8")
        if sound.count(fault.sound) != 1:
            return f"the text to be replaced is in {fault.file} not exactly once"
        path.write_text(sound.replace(fault.sound, fault.faulty), encoding="utf-8")
        return run_tests(place, fault.tests)


def sound_copy_passes(chosen: Sequence[Fault]) -> bool:
    """Say whether the tests pass where nothing is wrong; else they would prove nothing."""
    with tempfile.TemporaryDirectory() as folder:
        copy_program(Path(folder))
        found = run_tests(
            Path(folder), sorted({t for one in chosen for t in one.tests})
        )
    return found == "every test passed"


def main(parts: Sequence[str]) -> int:
    """Try the faults and say for each whether a test noticed it; survivors come last."""
    chosen = [
        one for one in faults() if not parts or any(part in one.name for part in parts)
    ]
    if not chosen:
        print("no fault has a name like that")
        return 2
    if not sound_copy_passes(chosen):
        print("the tests fail without any fault: mend that first")
        return 2
    survivors: list[str] = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for fault, why in zip(chosen, pool.map(try_fault, chosen), strict=True):
            print(
                f"{'noticed  ' if why is None else 'UNNOTICED'}  {fault.name}",
                flush=True,
            )
            if why is not None:
                survivors.append(f"{fault.name} ({fault.file}): {why}")
    print(f"{len(chosen)} faults, {len(survivors)} unnoticed")
    for line in survivors:
        print(f"UNNOTICED  {line}")
    return int(bool(survivors))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
