"""What docs/architecture.md and docs/decisions name is there: files, names and links."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [DOCS / "architecture.md", *sorted((DOCS / "decisions").glob("*.md"))]
PATH = re.compile(r"[\w.-]+(/[\w.-]+)*/?")
FILE = re.compile(r"\.(py|md|toml|tcss|txt|db)$")
NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")
OF_THE_RECORD = frozenset({"ledger.db", "ledger.db-wal"})
"""Files that a running kiosk makes, and that no checkout has."""

OF_OTHERS = frozenset({"DataTable", "ListView", "OptionList", "EXTRA", "FULL"})
"""What Textual and SQLite call what we do not use, or name in a string."""

pytestmark = pytest.mark.skipif(not DOCS.is_dir(), reason="needs a checkout")


def quoted(text: str) -> Iterator[str]:
    """Yield what stands in backticks, but for whole blocks."""
    yield from re.findall(r"`([^`\n]+)`", BLOCK.sub("", text))


def missing_paths(text: str) -> list[str]:
    """Return the paths in backticks that the repository does not have.

    A name of a file alone is found if any file is called so.
    """
    return [
        one
        for one in quoted(text)
        if PATH.fullmatch(one)
        and ("/" in one or FILE.search(one))
        and one not in OF_THE_RECORD
        and not (ROOT / one).exists()
        and ("/" in one or not any(ROOT.glob(f"cptkiosk/**/{one}")))
    ]


class Program:
    """The names that the program has: every word, and the members of each class."""

    def __init__(self) -> None:
        self.words: set[str] = set()
        self._members: dict[str, set[str]] = {}
        self._bases: dict[str, set[str]] = {}
        for path in (ROOT / "cptkiosk").rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            self.words.update(re.findall(r"\w+", text))
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.ClassDef):
                    self._add_class(node)
        for path in (ROOT / "pyproject.toml", *(ROOT / "sessions").glob("*.toml")):
            self.words.update(re.findall(r"\w+", path.read_text(encoding="utf-8")))

    def _add_class(self, node: ast.ClassDef) -> None:
        members = self._members.setdefault(node.name, set())
        for one in node.body:
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
                members.add(one.name)
            elif isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
                members.add(one.target.id)
        bases = self._bases.setdefault(node.name, set())
        bases.update(one.id for one in node.bases if isinstance(one, ast.Name))

    def has(self, name: str) -> bool:
        """Return whether there is such a name; of a class, whether it has that member."""
        owner, _, member = name.partition(".")
        if not member or owner not in self._members:
            return self.words.issuperset(name.split("."))
        bases = self._bases[owner]
        return member in self._members[owner] or any(
            self.has(f"{base}.{member}") for base in bases if base in self._members
        )


def missing_names(text: str, program: Program) -> list[str]:
    """Return the names in backticks that the program does not have."""
    return [
        one
        for one in quoted(text)
        if NAME.fullmatch(one)
        and not FILE.search(one)
        and one not in OF_OTHERS
        and not program.has(one)
    ]


def broken_links(page: Path, text: str) -> list[str]:
    """Return the links of a page that lead nowhere."""
    return [one for one in LINK.findall(text) if not (page.parent / one).exists()]


def unfit_lines(text: str) -> list[str]:
    """Return the lines of diagrams that Mermaid reads otherwise than they look.

    A semicolon ends a statement there, and a number sign begins a character's code.
    """
    diagrams = (body for kind, body in BLOCK.findall(text) if kind == "mermaid")
    lines = (line for body in diagrams for line in body.splitlines())
    return [line.strip() for line in lines if ";" in line or "#" in line]


@pytest.fixture(scope="module")
def program() -> Program:
    """Every name of the program and of its settings."""
    return Program()


@pytest.mark.parametrize("page", PAGES, ids=lambda one: one.name)
def test_everything_a_page_names_exists(page: Path, program: Program) -> None:
    text = page.read_text(encoding="utf-8")

    assert missing_paths(text) == []
    assert missing_names(text, program) == []
    assert broken_links(page, text) == []
    assert unfit_lines(text) == []


def test_every_decision_is_in_the_index() -> None:
    index = (DOCS / "decisions" / "README.md").read_text(encoding="utf-8")
    records = {one.name for one in PAGES if one.name[0].isdigit()}

    assert set(LINK.findall(index)) == records


def test_a_path_that_is_not_there_is_found() -> None:
    planted = "`cptkiosk/desk/`, `cptkiosk/desk/counter.py`, `timing.py`, `counter.py`"

    assert missing_paths(planted) == ["cptkiosk/desk/counter.py", "counter.py"]
    assert missing_paths("```py\n`cptkiosk/counter.py`\n```\n") == []


def test_a_name_that_is_not_there_is_found(program: Program) -> None:
    planted = "`Desk.perform`, `Desk.tick`, `BEGIN IMMEDIATE`, `count_the_pencils`"

    assert missing_names(planted, program) == ["Desk.tick", "count_the_pencils"]


def test_a_link_to_nowhere_is_found() -> None:
    planted = "[one](format.md#2-the-chain) [two](formats.md) [three](https://x.org/)"

    assert broken_links(DOCS / "architecture.md", planted) == ["formats.md"]


def test_a_line_that_breaks_a_diagram_is_found() -> None:
    planted = "```mermaid\nsequenceDiagram\nA->>B: one; two\n```\n\n`a; b` # c\n"

    assert unfit_lines(planted) == ["A->>B: one; two"]
