"""Every word that people read: strings of the program, documents, and definitions."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
"""Code on a page, which has stored codes and file names."""

DOCUMENTS = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
FOLDERS = (
    ("docs", "**/*.md"),
    ("sessions", "*.toml"),
    ("cptkiosk/cli", "*.toml"),
    ("cptkiosk/upload", "*.toml"),
    ("cptkiosk/cli/deploy_files", "*"),
    ("cptkiosk/words", "*.toml"),
)


def list_files() -> Iterator[Path]:
    """Yield every file that has words for people."""
    yield from sorted((ROOT / "cptkiosk").rglob("*.py"))
    yield from (ROOT / name for name in DOCUMENTS if (ROOT / name).exists())
    for folder, pattern in FOLDERS:
        yield from sorted((ROOT / folder).glob(pattern))


def read_texts(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the texts of a file, each with its line."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from python_texts(source)
        return
    if path.suffix == ".md":
        source = CODE.sub(lambda code: "\n" * code[0].count("\n"), source)
    yield from enumerate(source.splitlines(), start=1)


def python_texts(source: str) -> Iterator[tuple[int, str]]:
    """Yield the strings of a module: no docstrings, no imports; `{}` for a value."""
    for node in ast.iter_child_nodes(ast.parse(source)):
        yield from _strings_in(node)


def _strings_in(node: ast.AST) -> Iterator[tuple[int, str]]:
    match node:
        case ast.Expr(value=ast.Constant()):
            return
        case ast.Constant(value=str(text)):
            yield node.lineno, text
        case ast.JoinedStr():
            parts = (
                part.value if isinstance(part, ast.Constant) else "{}"
                for part in node.values
            )
            yield node.lineno, "".join(map(str, parts))
            for part in node.values:
                if isinstance(part, ast.FormattedValue):
                    yield from _strings_in(part.value)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _strings_in(child)
