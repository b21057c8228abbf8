"""Every page of the documentation: its links lead somewhere, and its commands exist."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from cptkiosk.cli.parser import parse_arguments
from cptkiosk.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "tests/README.md"]
LINK = re.compile(r"\]\((?!https?:)([^)\s]*)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
SHELL = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`cptkiosk ([^`\n]+)`")
SIGNED_TEXT = "head SEQ HASH"
"""What `docs/format.md` calls the text under a signature; it is no command."""

ROW = re.compile(r"^\| (`[^|]+`) \|", re.MULTILINE)
EXAMPLES = {"STAGE": "running", "N": "8", "S": "1"}
"""What stands for a placeholder where a command takes only certain words."""

pytestmark = pytest.mark.skipif(not (ROOT / "docs").is_dir(), reason="needs a checkout")


def anchor(heading: str) -> str:
    """Return the address of a heading on its page, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def broken_links(page: Path) -> Iterator[str]:
    """Yield the links of a page to a file or a heading that does not exist."""
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        name, _, place = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists():
            yield link
        elif place:
            headings = HEADING.findall(target.read_text(encoding="utf-8"))
            if place not in map(anchor, headings):
                yield link


def commands_in(text: str) -> Iterator[list[str]]:
    """Yield the arguments of every cptkiosk command on a page."""
    for block in SHELL.findall(text):
        for line in re.split(r"\n|&&", block):
            before, found, rest = line.strip().partition("cptkiosk ")
            if found and (not before or before.endswith("/bin/")):
                yield shlex.split(rest.partition(">")[0], comments=True)
    for code in INLINE.findall(text):
        if code != SIGNED_TEXT:
            yield shlex.split(code.partition(" >")[0])


def complaint(arguments: list[str]) -> str:
    """Return why the command line refuses arguments, or an empty string.

    A page may name a command without what it requires.
    """
    try:
        parse_arguments([EXAMPLES.get(one, one) for one in arguments])
    except UsageError as error:
        return "" if "required" in str(error) else str(error)
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda one: str(one.relative_to(ROOT)))
def test_links_and_commands_of_a_page_exist(page: Path) -> None:
    commands = commands_in(page.read_text(encoding="utf-8"))

    assert list(broken_links(page)) == []
    assert [found for one in commands if (found := complaint(one))] == []


def test_the_commands_listed_in_the_readme_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text.split("\n## Commands\n")[1].split("\n## ")[0]
    listed = [
        code for row in ROW.findall(table) for code in row.strip("`").split("`, `")
    ]

    assert len(listed) > 20
    assert [one for one in listed if complaint(one.split())] == []


def test_a_broken_link_and_a_wrong_command_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One, two\n[a](#one-two) [b](#three) [c](none.md) `cptkiosk bake`\n"
    )

    assert list(broken_links(page)) == ["#three", "none.md"]
    (found,) = commands_in(page.read_text())
    assert "bake" in complaint(found)
    assert complaint(["ledger", "backup", "folder"]) != ""
