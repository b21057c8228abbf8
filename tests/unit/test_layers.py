"""The layering, without a tool: each layer imports only those below it."""

import ast
import tomllib
from pathlib import Path

import pytest

import cptkiosk

ROOT = Path(cptkiosk.__file__).parent
PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
LAYERS = [
    {"domain"},
    {"resources", "errors"},
    {"clock", "settings", "definitions", "pins"},
    {"ledger"},
    {"lists"},
    {"desk"},
    {"sealing", "credentials", "assigning"},
    {"upload", "roster", "reports"},
    {"ui"},
    {"drill"},
    {"cli"},
    {"__main__"},
]
DATA = {"styles", "sessions"}
DOMAIN_MAY_IMPORT = {
    "abc",
    "bisect",
    "collections",
    "dataclasses",
    "enum",
    "fractions",
    "functools",
    "heapq",
    "itertools",
    "math",
    "operator",
    "re",
    "string",
    "types",
    "typing",
    "unicodedata",
    "cptkiosk",
}
MODULES = sorted(
    path for path in ROOT.rglob("*.py") if path.relative_to(ROOT).parts[0] not in DATA
)


def imported(path):
    """Return the full name of everything that `path` imports, submodules included."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: absolute imports only"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def room(path):
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def floor(name):
    (found,) = [index for index, rooms in enumerate(LAYERS) if name in rooms]
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_arrows_only_go_down(path):
    here = room(path)
    if here == "__init__":
        assert not imported(path)
        return
    for name in imported(path):
        top, *rest = name.split(".")
        if top != "cptkiosk" or rest[0] in {here, "__version__"}:
            continue
        assert floor(rest[0]) < floor(here), f"{here} imports {name}"


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if room(path) == "domain"],
    ids=lambda path: path.name,
)
def test_the_domain_is_pure(path):
    for name in imported(path):
        assert name.split(".")[0] in DOMAIN_MAY_IMPORT, f"the domain imports {name}"


def test_the_program_starts_in_one_place():
    ours = {name for name in imported(ROOT / "__main__.py") if "cptkiosk" in name}

    assert ours == {"cptkiosk.cli.main.main"}


@pytest.mark.skipif(not PYPROJECT.is_file(), reason="needs a checkout")
def test_both_lists_of_layers_are_the_same():
    linter = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]
    (contract,) = [one for one in linter["contracts"] if one["type"] == "layers"]
    rooms = [
        {name.strip() for name in layer.split("|")} for layer in contract["layers"]
    ]

    assert rooms[::-1] == LAYERS
    assert contract["exhaustive"]
