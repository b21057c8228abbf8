"""The contracts about imports catch what they are there to catch."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
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


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the program's source, with its contracts."""
    root = tmp_path_factory.mktemp("copy")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(SOURCE, root / "cptkiosk", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


@pytest.fixture
def untouched(copy: Path) -> Iterator[Path]:
    """Return the copy, and put back afterwards what was changed in it."""
    before = {path: path.read_text("utf-8") for path in copy.rglob("*.py")}
    yield copy
    for path, text in before.items():
        if path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")


def broken(root: Path) -> list[str]:
    """Return the names of the contracts that are broken in a copy."""
    done = subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS, "--no-cache"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert any(line.startswith("Contracts: ") for line in lines), done.stdout
    return [line.removesuffix(" BROKEN") for line in lines if line.endswith(" BROKEN")]


def test_the_program_breaks_no_contract(copy: Path) -> None:
    assert broken(copy) == []


@pytest.mark.parametrize(("file", "imported", "contract"), PLANTED)
def test_an_import_inside_a_function_breaks_its_contract(
    untouched: Path, file: str, imported: str, contract: str
) -> None:
    path = untouched / "cptkiosk" / file
    late = f"def late():\n    import {imported}\n"
    path.write_text(f"{path.read_text('utf-8')}\n\n{late}", "utf-8")

    assert contract in broken(untouched)


def test_a_module_without_a_place_breaks_the_contract(untouched: Path) -> None:
    new = untouched / "cptkiosk/ui/elsewhere.py"
    new.write_text("", "utf-8")
    try:
        assert TREE in broken(untouched)
    finally:
        new.unlink()
