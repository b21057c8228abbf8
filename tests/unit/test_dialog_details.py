"""What the words of a dialog name is given where it is asked: else it ends the kiosk."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import cptkiosk
from cptkiosk.words import load_dialogs

UI = Path(cptkiosk.__file__).parent / "ui"
ASKED_BY = {
    "from_catalog": (0, 1, set[str]()),
    "build_question": (0, 4, {"name"}),
    "_ask_of": (2, 4, {"person"}),
}
"""Where each takes the dialog and the details, and which detail it gives itself."""


class Asked(NamedTuple):
    """A dialog that is asked, and the details that it is given."""

    place: str
    dialog: str
    given: set[str]


def find_calls() -> Iterator[tuple[str, ast.AST, ast.Call]]:
    """Yield every call of a function that asks, in which function and where."""
    for path in sorted(UI.rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for one in ast.walk(function):
                    if isinstance(one, ast.Call) and name_of(one) in ASKED_BY:
                        yield f"{path.name}:{one.lineno}", function, one


def name_of(call: ast.Call) -> str:
    """Return the name of the function that is called."""
    return ast.unparse(call.func).rpartition(".")[2]


def find_asked() -> Iterator[Asked]:
    """Yield each dialog that is asked with its name and its details written out."""
    for place, function, call in find_calls():
        at, details_at, own = ASKED_BY[name_of(call)]
        given = details_of(call, details_at, function)
        names = [
            str(one.value)
            for one in ast.walk(call.args[at])
            if isinstance(one, ast.Constant) and one.value in load_dialogs()
        ]
        for dialog in names if given is not None else ():
            yield Asked(place, dialog, (given or set()) | own)


def details_of(call: ast.Call, at: int, function: ast.AST) -> set[str] | None:
    """Return the names of the details; `None` if they are not written out there."""
    found = [one.value for one in call.keywords if one.arg == "details"]
    found += call.args[at : at + 1]
    if not found:
        return set()
    details = found[0]
    if isinstance(details, ast.Name):
        assigned = (one for one in ast.walk(function) if isinstance(one, ast.Assign))
        pairs = (
            pair
            for one in assigned
            for pair in zip(
                getattr(one.targets[0], "elts", [one.targets[0]]),
                getattr(one.value, "elts", [one.value]),
                strict=False,
            )
        )
        named = {ast.unparse(target): value for target, value in pairs}
        details = named.get(details.id, details)
    if not isinstance(details, ast.Dict) or None in details.keys:
        return None
    return {str(ast.literal_eval(key)) for key in details.keys if key is not None}


@cache
def asked() -> list[Asked]:
    """Return them; the source is read once, and not by whoever only collects tests."""
    return list(find_asked())


def named_in(*texts: str) -> set[str]:
    """Return the details that texts name."""
    return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}


def test_what_the_words_of_a_dialog_name_is_given_to_them() -> None:
    lacking = []
    for place, dialog, given in asked():
        said = load_dialogs()[dialog]
        named = named_in(said["title"], *said.get("lines", ()))
        done = named_in(said.get("done", "")) - said.get("fields", {}).keys()
        if left := (named | done) - given:
            lacking.append(f"{place} {dialog}: {sorted(left)}")

    assert lacking == []


def test_nearly_all_dialogs_are_looked_at() -> None:
    # Of a few the name or the details are worked out.
    assert len({one.dialog for one in asked()}) > 60
