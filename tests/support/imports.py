"""What a package imports, read from its source: also in functions and for types only."""

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

Import = ast.Import | ast.ImportFrom
REASON = re.compile(r"# start-up time\b", re.I)
"""The one reason for an import inside a function; what exactly follows it."""


def modules_in(root: Path) -> dict[str, Path]:
    """Return the full name of every module of the package at `root`, with its file."""
    found = {}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root.parent).with_suffix("").parts
        found[".".join(parts).removesuffix(".__init__")] = path
    return found


def import_graph(root: Path) -> dict[str, set[str]]:
    """Return which modules of the package at `root` each of them imports."""
    modules = modules_in(root)
    graph = {}
    for name, path in modules.items():
        targets = {
            target
            for node in ast.walk(parse(path))
            if isinstance(node, Import)
            for target in _targets(node, modules)
        }
        graph[name] = targets - {name}
    return graph


def import_circle(root: Path) -> list[str]:
    """Return one circle of modules that import each other; nothing if there is none."""
    try:
        TopologicalSorter(import_graph(root)).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        # The library names who is imported before who imports it.
        return circle[::-1]
    return []


def imports_without_reason(root: Path) -> list[str]:
    """Return where a function imports and no comment says what start-up time it saves.

    A comment above stands for all imports that follow each other without a gap.
    """
    found = []
    for path in modules_in(root).values():
        lines = path.read_text(encoding="utf-8").splitlines()
        explained_to = 0
        for node in imports_in_functions(parse(path)):
            above, beside = lines[node.lineno - 2], lines[node.lineno - 1]
            explained = REASON.search(above) or REASON.search(beside)
            if explained or node.lineno == explained_to + 1:
                explained_to = node.end_lineno or node.lineno
            else:
                found.append(f"{path.relative_to(root.parent)}:{node.lineno}")
    return found


def imports_in_functions(tree: ast.Module) -> Iterator[Import]:
    """Yield the imports inside functions, from top to bottom."""
    found = {
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, Import)
    }
    yield from sorted(found, key=lambda node: node.lineno)


def parse(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def _targets(node: Import, modules: dict[str, Path]) -> Iterator[str]:
    """Yield the modules that a statement imports: `from a import b` may name a.b."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    else:
        assert node.level == 0, "absolute imports only"
        whole = [f"{node.module}.{alias.name}" for alias in node.names]
        names = [one if one in modules else str(node.module) for one in whole]
    yield from (name for name in names if name in modules)
