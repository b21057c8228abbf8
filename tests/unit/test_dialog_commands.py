"""The fields of a dialog are what its command takes: no type checker reads the catalog."""

import ast
from collections.abc import Iterator
from importlib import import_module
from inspect import Parameter, signature
from operator import attrgetter
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

import cptkiosk
from cptkiosk.domain.rules.scores import UPHOLD
from cptkiosk.domain.state.attempt import ENDED_EARLY
from cptkiosk.domain.state.score_state import EXPLAINED
from cptkiosk.words import load_dialogs

PACKAGE = Path(cptkiosk.__file__).parent
BUILDERS = {"build_question": 0, "_ask_of": 2}
"""What gives each field to a command, and where the name of the dialog is."""

MAKE = 3
"""Where the command is, in both."""


class Command(NamedTuple):
    """What makes a command: the names it takes, and those of them that it needs."""

    takes: set[str]
    needs: set[str]
    takes_any: bool = False


class Built(NamedTuple):
    """A dialog whose fields are given to a command."""

    dialog: str
    about: set[str]
    command: Command
    left_out: set[str]
    """The fields that are not always asked for."""


def built_in(module: ModuleType) -> Iterator[Built]:
    """Yield every dialog of a module whose fields are given to a command."""
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    for function in (one for one in tree.body if isinstance(one, ast.FunctionDef)):
        for call in (one for one in ast.walk(function) if isinstance(one, ast.Call)):
            builder = ast.unparse(call.func)
            if builder not in BUILDERS or len(call.args) <= MAKE:
                continue
            dialog = call.args[BUILDERS[builder]]
            if not isinstance(dialog, ast.Constant):
                continue  # it hands on what it is given
            about = {"participant_id"}
            if builder == "build_question":
                of_session = ast.unparse(call.args[2]) == "None"
                about = {"session_id"} if of_session else {"session_id", "attempt_id"}
            command = find_command(call.args[MAKE], function, module)
            yield Built(str(dialog.value), about, command, left_out_by(call))


def find_command(
    node: ast.expr, function: ast.FunctionDef, module: ModuleType
) -> Command:
    """Return what an expression in a function makes a command by."""
    if isinstance(node, ast.Call):
        assert ast.unparse(node.func) == "partial"
        made = find_command(node.args[0], function, module)
        given = {one.arg for one in node.keywords if one.arg}
        return made._replace(needs=made.needs - given)
    name = ast.unparse(node)
    for one in ast.walk(function):
        if isinstance(one, ast.FunctionDef) and one.name == name:
            taken = {arg.arg for arg in one.args.kwonlyargs}
            return Command(taken, taken, takes_any=one.args.kwarg is not None)
        if isinstance(one, ast.Assign):
            targets, values = [one.targets[0]], [one.value]
            if isinstance(one.targets[0], ast.Tuple) and isinstance(
                one.value, ast.Tuple
            ):
                targets, values = one.targets[0].elts, one.value.elts
            for target, value in zip(targets, values, strict=True):
                if ast.unparse(target) == name:
                    return find_command(value, function, module)
    known = signature(attrgetter(name)(module)).parameters
    needed = {one for one, it in known.items() if it.default is Parameter.empty}
    return Command(set(known), needed)


def left_out_by(call: ast.Call) -> set[str]:
    """Return the fields that may be `None` where they are written out."""
    found = [one.value for one in call.keywords if one.arg == "fields"]
    found += call.args[5:6]
    return {
        str(key.value)
        for fields in found
        if isinstance(fields, ast.Dict)
        for key, value in zip(fields.keys, fields.values, strict=True)
        if isinstance(key, ast.Constant) and "None" in ast.unparse(value)
    }


BUILT = [
    one
    for path in sorted((PACKAGE / "ui" / "dialogs").glob("*.py"))
    for one in built_in(import_module(f"cptkiosk.ui.dialogs.{path.stem}"))
]


def test_the_dialogs_that_make_a_command_are_found() -> None:
    assert len(BUILT) > 20


@pytest.mark.parametrize("one", BUILT, ids=lambda one: str(one.dialog))
def test_a_dialog_asks_for_what_its_command_takes(one: Built) -> None:
    asked = set(load_dialogs()[one.dialog].get("fields", {}))
    takes, needs, takes_any = one.command

    assert takes_any or one.about | asked <= takes
    assert needs <= one.about | (asked - one.left_out)


def test_what_can_be_chosen_is_what_the_rules_know() -> None:
    dialogs = load_dialogs()

    def options(dialog: str, field: str) -> set[str]:
        return set(dialogs[dialog]["fields"][field]["options"])

    assert options("end-early", "outcome") == set(ENDED_EARLY)
    assert options("explain-score", "state") == set(EXPLAINED)
    assert options("settle-discrepancy", "uphold") == set(UPHOLD)
