"""How long files and classes are, and whether a table of exceptions still says so."""

import ast
from collections.abc import Mapping
from pathlib import Path

FILE_LINES = 400
CLASS_LINES = 250
STEP_LINES = 10
"""A table says lengths to this many lines, so that one line more is no trouble."""


def lengths(root: Path) -> dict[str, int]:
    """Return the lines of every file and class under `root` that is over its limit.

    A file is named by its path, a class by that of its file and its own name.
    """
    found = {}
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        if (lines := len(text.splitlines())) > FILE_LINES:
            found[name] = lines
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef):
                assert node.end_lineno is not None
                lines = node.end_lineno - node.lineno + 1
                if lines > CLASS_LINES:
                    found[f"{name}:{node.name}"] = lines
    return found


def differences(found: Mapping[str, int], table: Mapping[str, int]) -> list[str]:
    """Return where a table of exceptions must be followed, or may be lowered.

    Args:
        found: everything over its limit, with its lines.
        table: what may be over the limit, and by how much, in whole steps.
    """
    said = []
    for name in sorted({*found, *table}):
        lines, allowed = found.get(name, 0), table.get(name, 0)
        fitting = -(-lines // STEP_LINES) * STEP_LINES
        if not allowed and lines:
            said.append(f"{name} is too long: {lines} lines")
        elif lines > allowed:
            said.append(f"{name} grew from {allowed} to {lines} lines")
        elif fitting < allowed:
            now = f"say {fitting}" if lines else "take it out"
            said.append(f"{name} is no longer {allowed} lines: {now}")
    return said
