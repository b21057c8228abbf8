"""What the import contracts cannot say of the layers: what a rule may use and name."""

import ast
import re
from pathlib import Path

import pytest

import cptkiosk

ROOT = Path(cptkiosk.__file__).parent
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
DOMAIN = sorted((ROOT / "domain").rglob("*.py"))


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


def test_the_domain_is_pure() -> None:
    # Days and years of given dates; that it asks no clock is a rule of the linter.
    also = {"calendar.py": {"datetime"}}
    impure = [
        f"{path.name} imports {name}"
        for path in DOMAIN
        for name in imported(path)
        if name.split(".")[0] not in DOMAIN_MAY_IMPORT | also.get(path.name, set())
    ]
    assert impure == []


KEY_OR_SCREEN = re.compile(
    r"\b[Pp]ress\b|\bEsc\b|\bSpace\b|\bHome\b"
    r"|\bwith [A-Za-z/](?=[.;,)]|$)|: [A-Za-z]\.$|\([A-Za-z]\)|[;-] [B-Zb-z] [a-z]"
    r"|\bcptkiosk [a-z]+\b|^Enter$|\bEnter (?:goes|does|on|skips|records|shows)\b"
    r"|\bscreen Today\b|\bback to Today\b|\b(?:People|Staff) screen\b|\bunder People\b"
)
"""How a sentence names a key, a shell command, or a screen; the vendor's is another."""


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
def test_no_rule_names_a_key_a_screen_or_a_shell_command(layer: str) -> None:
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


@pytest.mark.parametrize("layer", ["screens", "frame", "dialogs"])
def test_no_screen_reaches_through_the_desk_to_the_ledger(layer: str) -> None:
    found = [
        f"{path.name}:{one.lineno}"
        for path in (ROOT / "ui" / layer).rglob("*.py")
        for one in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(one, ast.Attribute) and one.attr == "ledger"
    ]
    assert found == []
