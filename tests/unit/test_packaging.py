"""What is declared to the build backend is what is on disk."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

import cptkiosk

ROOT = Path(__file__).resolve().parents[2]
DATA = {"styles": ".tcss", "sessions": ".toml"}

pytestmark = pytest.mark.skipif(
    not (ROOT / "cptkiosk").is_dir(), reason="needs a checkout"
)


def declared() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_every_package_is_declared() -> None:
    on_disk = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in (ROOT / "cptkiosk").rglob("__init__.py")
    }

    assert on_disk | {f"cptkiosk.{name}" for name in DATA} == set(
        declared()["tool"]["setuptools"]["packages"]
    )


@pytest.mark.parametrize(("folder", "suffix"), DATA.items())
def test_data_folders_are_flat_and_every_file_in_them_is_shipped(
    folder: str, suffix: str
) -> None:
    found = [path for path in (ROOT / folder).iterdir() if path.name != "__pycache__"]

    assert all(path.is_file() for path in found)
    assert {path.name for path in found if path.suffix != suffix} == {"__init__.py"}
    assert declared()["tool"]["setuptools"]["package-data"][f"cptkiosk.{folder}"] == [
        f"**/*{suffix}"
    ]


def test_the_version_is_the_same_everywhere() -> None:
    version = declared()["project"]["version"]

    assert cptkiosk.__version__ == version
    assert f"## [{version}] - " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_dependency_has_its_reason() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    start = lines.index("dependencies = [")
    listed = lines[start + 1 : lines.index("]", start)]

    for above, line in zip(["", *listed], listed, strict=False):
        assert "#" in line or above.lstrip().startswith("#"), line
