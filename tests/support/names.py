"""What functions are called, as a reader meets them where they are used."""

import ast
from collections.abc import Iterator
from pathlib import Path

IRREGULAR = frozenset(
    [
        "begun",
        "bound",
        "bought",
        "built",
        "chosen",
        "cut",
        "done",
        "drawn",
        "found",
        "given",
        "gone",
        "heard",
        "held",
        "kept",
        "known",
        "laid",
        "led",
        "left",
        "lost",
        "made",
        "meant",
        "met",
        "paid",
        "proved",
        "put",
        "read",
        "risen",
        "said",
        "seen",
        "sent",
        "set",
        "shown",
        "sold",
        "spelt",
        "spent",
        "stood",
        "sworn",
        "taken",
        "thrown",
        "told",
        "understood",
        "written",
        "untold",
        "unseen",
        "unknown",
        "unpaid",
    ]
)
"""Past participles that do not end in -ed and are no verb besides."""

NO_PARTICIPLES = frozenset(("need", "seed", "feed", "speed", "exceed", "proceed"))


def function_names(root: Path) -> Iterator[str]:
    """Yield the name of every function under `root`, without what Python names."""
    for path in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                if not (node.name.startswith("__") and node.name.endswith("__")):
                    yield node.name


def is_one_word(name: str) -> bool:
    """Return whether a name is a single word, or none: it has no object."""
    return "_" not in name.strip("_")


def is_participle(name: str) -> bool:
    """Return whether a name is a past participle alone, such as `said` or `kept`."""
    word = name.strip("_")
    if not is_one_word(name) or word in NO_PARTICIPLES:
        return False
    return word in IRREGULAR or (len(word) > 3 and word.endswith("ed"))
