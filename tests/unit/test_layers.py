"""The layering, without a tool: each layer imports only those below it."""

import ast
import re
import tomllib
from collections.abc import Collection, Sequence
from pathlib import Path

import pytest

import cptkiosk

ROOT = Path(cptkiosk.__file__).parent
PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
LAYERS = [
    {"domain"},
    {"resources", "errors", "progress"},
    {"mounts"},
    {"paths"},
    {"definition_files"},
    {"definition_checks"},
    {"clock", "settings", "definitions", "pins", "time_zones", "typed_times"},
    {"ledger"},
    {"lists"},
    {"desk"},
    {"credentials", "assigning"},
    {"figures", "persons"},
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


needs_checkout = pytest.mark.skipif(not PYPROJECT.is_file(), reason="needs a checkout")


def contracts() -> dict[str, list[set[str]]]:
    """Return the layers that the linter is told of, lowest first, by container."""
    linter = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]
    layered = [one for one in linter["contracts"] if one["type"] == "layers"]
    assert all(one["exhaustive"] for one in layered)
    return {
        container: [
            {name.strip() for name in layer.split("|")}
            for layer in reversed(one["layers"])
        ]
        for one in layered
        for container in one["containers"]
    }


def imported(path: Path) -> set[str]:
    """Return the full name of everything that `path` imports, submodules included."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: absolute imports only"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def floor(name: str, layers: Sequence[Collection[str]] = LAYERS) -> int:
    (found,) = [index for index, rooms in enumerate(layers) if name in rooms]
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_arrows_only_go_down(path: Path) -> None:
    here = room(path)
    if here == "__init__":
        assert not imported(path)
        return
    for name in imported(path):
        top, *rest = name.split(".")
        if top != "cptkiosk" or rest[0] in {here, "__version__"}:
            continue
        assert floor(rest[0]) < floor(here), f"{here} imports {name}"


@needs_checkout
@pytest.mark.parametrize("package", ["cli", "desk", "ledger", "ui"])
def test_inside_a_package_arrows_only_go_down(package: str) -> None:
    container = f"cptkiosk.{package}"
    layers = contracts()[container]
    for path in sorted((ROOT / package).rglob("*.py")):
        here = path.relative_to(ROOT / package).parts[0].removesuffix(".py")
        if here == "__init__":
            continue
        for name in imported(path):
            part = name.removeprefix(f"{container}.").split(".")[0]
            if name.startswith(f"{container}.") and part != here:
                assert floor(part, layers) < floor(here, layers), f"{path}: {name}"


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if room(path) == "domain"],
    ids=lambda path: path.name,
)
def test_the_domain_is_pure(path: Path) -> None:
    # Days and years of given dates; that it asks no clock is a rule of the linter.
    may = DOMAIN_MAY_IMPORT | ({"datetime"} if path.name == "calendar.py" else set())
    for name in imported(path):
        assert name.split(".")[0] in may, f"the domain imports {name}"


def test_the_program_starts_in_one_place() -> None:
    ours = {name for name in imported(ROOT / "__main__.py") if "cptkiosk" in name}

    assert ours == {"cptkiosk.cli.main.main"}


@needs_checkout
def test_both_lists_of_layers_are_the_same() -> None:
    assert contracts()["cptkiosk"] == LAYERS


KEY_OR_SCREEN = re.compile(
    r"\b[Pp]ress\b|\bEsc\b|\bSpace\b|\bHome\b"
    r"|\bwith [A-Za-z/](?=[.;,)]|$)|: [A-Za-z]\.$|\([A-Za-z]\)|[;-] [B-Zb-z] [a-z]"
    r"|\bscreen Today\b|\bback to Today\b|\b(?:People|Staff) screen\b|\bunder People\b"
)
"""How a sentence names a key, or a screen of ours; the vendor's screen is another."""


def sentences(path: Path) -> list[str]:
    """Return the texts in a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    return [
        one.value
        for one in ast.walk(tree)
        if isinstance(one, ast.Constant)
        and isinstance(one.value, str)
        and id(one) not in alone
    ]


@pytest.mark.parametrize(
    "layer", ["domain", "desk", "services/assignment.py", "ledger/queries.py"]
)
def test_no_rule_names_a_key_or_a_screen(layer: str) -> None:
    place = ROOT / layer
    found = [
        f"{path.name}: {text}"
        for path in (place.rglob("*.py") if place.is_dir() else [place])
        for text in sentences(path)
        if KEY_OR_SCREEN.search(text)
    ]
    assert found == []


def test_no_rule_says_by_which_letter_a_step_is_taken() -> None:
    letters = [
        f"{path.name}:{one.lineno}"
        for path in (ROOT / "domain").rglob("*.py")
        for one in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)
        if one.func.id == "Step"
        for given in (*one.args, *(named.value for named in one.keywords))
        if isinstance(given, ast.Constant) and len(str(given.value)) == 1
    ]
    assert letters == []
