"""The contracts about imports catch what they are there to catch."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import cptkiosk

SOURCE = Path(cptkiosk.__file__).parent
ROOT = Path(__file__).resolve().parents[2]
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as run; run()"

TREE = "The UI is a tree"
INDEPENDENT = "Screens are independent of one another"
NO_LEDGER = "Screens do not read the ledger"
GROUPS = "The command line: no command imports another"
LEDGER = "The ledger: reading below writing, a whole file on top"
MAINTENANCE = "Maintenance of the ledger: a file is verified before it gets its name"
PLANTED = [
    ("ui/screens/today.py", "cptkiosk.ui.screens.scores.screen", INDEPENDENT),
    ("ui/screens/plan.py", "cptkiosk.ui.app", TREE),
    ("ui/screens/today.py", "cptkiosk.ledger.queries", NO_LEDGER),
    ("ui/frame/kiosk_screen.py", "cptkiosk.ui.routes", TREE),
    ("ui/dialogs/form_dialog.py", "cptkiosk.ui.startup", TREE),
    ("cli/sessions.py", "cptkiosk.cli.plans", GROUPS),
    ("ledger/reading.py", "cptkiosk.ledger.opening", LEDGER),
    ("ledger/ledger.py", "cptkiosk.ledger.maintenance.verify", LEDGER),
    (
        "ledger/maintenance/verify.py",
        "cptkiosk.ledger.maintenance.backup",
        MAINTENANCE,
    ),
]
"""A file, what it is made to import, and which contract says no."""

pytestmark = pytest.mark.skipif(
    not (ROOT / "pyproject.toml").is_file(), reason="needs a checkout"
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the program's source, with its contracts."""
    root = tmp_path
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(SOURCE, root / "cptkiosk", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


def what_breaks(root: Path) -> dict[str, str]:
    """Return what is said of each contract that is broken in a copy."""
    done = subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS, "--no-cache"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    summary, _, details = done.stdout.partition("Broken contracts\n")
    assert "Contracts: " in summary, done.stdout
    names = [
        line.removesuffix(" BROKEN")
        for line in summary.splitlines()
        if line.endswith(" BROKEN")
    ]
    sections = {name: details.partition(f"\n{name}\n---")[2] for name in names}
    return {
        # Its lines are wrapped.
        name: " ".join(re.split(r"\n[^\n]+\n---+\n", section)[0].split())
        for name, section in sections.items()
    }


def module_of(file: str) -> str:
    return f"cptkiosk.{file.removesuffix('.py').replace('/', '.')}"


def test_the_program_breaks_no_contract(copy: Path) -> None:
    assert what_breaks(copy) == {}


def test_each_import_inside_a_function_breaks_its_contract(copy: Path) -> None:
    new = copy / "cptkiosk/ui/elsewhere.py"
    new.write_text("", "utf-8")
    for file, imported, _ in PLANTED:
        with (copy / "cptkiosk" / file).open("a", encoding="utf-8") as stream:
            stream.write(f"\n\ndef late():\n    import {imported}\n")

    said = what_breaks(copy)

    missed = [
        (file, imported)
        for file, imported, contract in PLANTED
        if f"{module_of(file)} -> {imported} (" not in said.get(contract, "")
    ]
    assert missed == []
    assert "elsewhere" in said[TREE], "a module without a place"
