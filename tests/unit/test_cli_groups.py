"""Every command is found in the table, and the table has nothing besides."""

import argparse
from collections.abc import Iterator
from importlib import import_module

from cptkiosk.cli.main import GROUPS
from cptkiosk.cli.parser import make_parser

OPENS_A_SCREEN = {"wall"}


def commands(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield every command there is, such as 'center init'."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from commands(inner)
                if inner.get_default("command"):
                    yield inner.get_default("command")


def test_every_command_has_a_file_that_runs_it() -> None:
    known = set(commands(make_parser())) - OPENS_A_SCREEN

    assert len(known) > 20
    for command in known:
        group = GROUPS.get(command) or GROUPS[command.partition(" ")[0]]
        assert callable(import_module(group).run), command


def test_every_row_of_the_table_is_of_some_command() -> None:
    known = set(commands(make_parser()))
    first_words = {command.partition(" ")[0] for command in known}

    assert GROUPS.keys() <= known | first_words
    assert first_words - GROUPS.keys() == OPENS_A_SCREEN
