"""Every refusal says what would allow it, or what to do instead."""

import ast
from pathlib import Path

import pytest

import cptkiosk

PACKAGE = Path(cptkiosk.__file__).parent
REFUSALS = {"Refused", "NeedsCoordinator", "Stopped"}


def refusals(path: Path) -> list[ast.Call]:
    """Return every place in a file that makes a refusal."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [
        call
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in REFUSALS
    ]


def may_be_empty(value: ast.expr) -> bool:
    """Return whether a text is empty, at least in one of its cases."""
    if isinstance(value, ast.IfExp):
        return may_be_empty(value.body) or may_be_empty(value.orelse)
    return isinstance(value, ast.Constant) and value.value == ""


@pytest.mark.parametrize(
    "path",
    sorted(PACKAGE.rglob("*.py")),
    ids=lambda path: path.relative_to(PACKAGE).as_posix(),
)
def test_no_refusal_leaves_open_what_would_allow_it(path: Path) -> None:
    # That the second text is given at all is seen by the type checker.
    silent = [
        call.lineno
        for call in refusals(path)
        if len(call.args) > 1 and may_be_empty(call.args[1])
    ]
    assert not silent, f"{path.name}: lines {silent}"
