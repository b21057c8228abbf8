"""Every command is in the table, with a function that runs it."""

import argparse
from collections.abc import Iterator
from importlib import import_module

import pytest

from cptkiosk.cli.parser import SHARED, load_commands, make_parser

TABLES = {path: one for path, one in load_commands().items() if path != SHARED}


def commands(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield every command there is, such as 'center init'."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from commands(inner)
                if inner.get_default("command"):
                    yield inner.get_default("command")


def test_every_table_is_a_command_or_a_group_of_commands() -> None:
    known = set(commands(make_parser()))

    assert len(known) > 20
    assert known == {path for path, one in TABLES.items() if "run" in one}
    for group in TABLES.keys() - known:
        assert any(path.startswith(f"{group} ") for path in known), group


@pytest.mark.parametrize("command", [path for path in TABLES if "run" in TABLES[path]])
def test_every_command_has_a_function_that_runs_it(command: str) -> None:
    file, _, name = TABLES[command]["run"].partition(".")

    assert callable(getattr(import_module(f"cptkiosk.cli.{file}"), name))


def test_what_is_shared_is_used() -> None:
    used = {argument for one in TABLES.values() for argument in one}
    always = {"--data-dir", "--network-folder-is-safe", "--json", "--clock-is-right"}

    assert load_commands()[SHARED].keys() <= used | always
