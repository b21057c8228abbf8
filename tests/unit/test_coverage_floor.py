"""The floor under the coverage of branches: it may rise, and never falls again."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SET = re.compile(r"^\+fail_under = ([\d.]+)", re.M)


def floors_ever_set() -> list[float]:
    """Return every floor that the history of this checkout has added."""
    asked = ["git", "log", "-p", "-G^fail_under", "--format=", "--", "pyproject.toml"]
    answer = subprocess.run(
        asked, cwd=ROOT, capture_output=True, text=True, check=False
    )
    return [float(one) for one in SET.findall(answer.stdout)]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs the history")
def test_the_floor_of_the_coverage_only_rises() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    floor = settings["tool"]["coverage"]["report"]["fail_under"]
    assert floor >= max(floors_ever_set(), default=0.0)
