"""How long files and classes are."""

import ast
from pathlib import Path

FILE_LINES = 400
CLASS_LINES = 250


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
