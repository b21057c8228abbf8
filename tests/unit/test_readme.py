"""The README says what is true: its commands are the ones that are run."""

import os
import re
from pathlib import Path

import pytest

from cptkiosk.errors import ExitCode

ROOT = Path(__file__).resolve().parents[2]
VENV = "python3 -m venv .venv && .venv/bin/pip install -q"
RUN = f"{VENV} . && .venv/bin/cptkiosk drill"
TEST = f"{VENV} -e '.[dev]' && .venv/bin/python tests/check.py"

CELLS = {f"| {code.value}" for code in ExitCode}

pytestmark = pytest.mark.skipif(
    not (ROOT / "README.md").is_file(), reason="needs a checkout"
)


def lines(name: str) -> list[str]:
    return (ROOT / name).read_text(encoding="utf-8").splitlines()


def under(heading: str) -> str:
    """Return the only command in the section called `heading`."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    command: str
    (command,) = re.findall(r"```sh\n(.+)\n```", section)
    return command


def test_the_two_commands_are_there() -> None:
    assert under("Run") == RUN
    assert under("Test") == TEST


@pytest.mark.parametrize("name", [".ci/run", "CONTRIBUTING.md"])
def test_everyone_checks_with_the_same_line(name: str) -> None:
    assert under("Test") in lines(name)


def test_the_check_can_be_run() -> None:
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert (ROOT / "tests/check.py").is_file()


def test_every_exit_code_is_explained() -> None:
    found = {
        int(line.split("|")[1]) for line in lines("README.md") if line[:3] in CELLS
    }

    assert found == set(ExitCode)
