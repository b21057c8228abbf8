"""What docs/architecture.md and docs/decisions name is there: files, names and links."""

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


def missing_names(text: str, words: frozenset[str]) -> list[str]:
    """Return the names in backticks of which no part is a word of the program."""
    return [
        one
        for one in quoted(text)
        if NAME.fullmatch(one)
        and not FILE.search(one)
        and one not in OF_OTHERS
        and not words.issuperset(one.split("."))
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
def words() -> frozenset[str]:
    """Every word of the program and of its settings."""
    sources = [ROOT / "pyproject.toml", *(ROOT / "cptkiosk").rglob("*.py")]
    sources += (ROOT / "sessions").glob("*.toml")
    found = (re.findall(r"\w+", one.read_text(encoding="utf-8")) for one in sources)
    return frozenset(word for some in found for word in some)


@pytest.mark.parametrize("page", PAGES, ids=lambda one: one.name)
def test_what_a_page_names_is_there(page: Path, words: frozenset[str]) -> None:
    text = page.read_text(encoding="utf-8")

    assert missing_paths(text) == []
    assert missing_names(text, words) == []
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


def test_a_name_that_is_not_there_is_found(words: frozenset[str]) -> None:
    planted = "`Desk.perform`, `Desk.perform_all_of_it`, `BEGIN IMMEDIATE`"

    assert missing_names(planted, words) == ["Desk.perform_all_of_it"]


def test_a_link_to_nowhere_is_found() -> None:
    planted = "[one](format.md#2-the-chain) [two](formats.md) [three](https://x.org/)"

    assert broken_links(DOCS / "architecture.md", planted) == ["formats.md"]


def test_a_line_that_breaks_a_diagram_is_found() -> None:
    planted = "```mermaid\nsequenceDiagram\nA->>B: one; two\n```\n\n`a; b` # c\n"

    assert unfit_lines(planted) == ["A->>B: one; two"]
