"""The desk is made of parts that it holds, and one of them writes."""

import ast
from pathlib import Path

import cptkiosk

DESK = Path(cptkiosk.__file__).parent / "desk"


def classes() -> dict[str, list[str]]:
    """Return the classes of the desk, each with the names of those it inherits from."""
    return {
        node.name: [ast.unparse(base) for base in node.bases]
        for path in DESK.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    }


def test_no_part_inherits_from_another() -> None:
    found = classes()

    assert "Desk" in found
    assert not {name: bases for name, bases in found.items() if set(bases) & set(found)}


def test_only_the_pipeline_opens_a_transaction() -> None:
    opens = [one.name for one in DESK.glob("*.py") if ".writing(" in one.read_text()]

    assert opens == ["pipeline.py"]
    assert (DESK / "pipeline.py").read_text().count(".writing(") == 1
