"""What a screen can do: when its key is dimmed, and what it says when it is pressed."""

import inspect
import re
import tomllib
from collections.abc import Sequence

import pytest

from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.commands.testing import UndoStart
from cptkiosk.domain.guidance import next_step, session_order
from cptkiosk.ui import action_line, routes
from cptkiosk.ui.actions import Action
from cptkiosk.ui.frame.kiosk_screen import KioskScreen
from cptkiosk.words import FOLDER

TYPED_ONLY = {"sheets", "restore", "outcome", "unhalt"}
"""What is rare enough to have no key."""

UNDO, UNDO_START = UndoStep(session_id="a"), UndoStart(session_id="a")


class Table:
    """A screen with something that may be lacking, and commands for it."""

    def __init__(self, lacking: str, *commands: SessionCommand) -> None:
        self.lacking = lacking
        self.commands = commands
        self.runs = 0

    def run(self) -> None:
        self.runs += 1

    def asked(self) -> Sequence[SessionCommand]:
        return self.commands

    def lacks(self) -> str:
        return self.lacking


TAKE_BACK = Action("undo", "u,ctrl+z", Table.run, Table.asked, Table.lacks)


def refuses_start(command: SessionCommand) -> str:
    return "Too late." if command == UNDO_START else ""


@pytest.mark.parametrize(
    ("screen", "reason"),
    [
        (Table(""), ""),
        (Table("", UNDO), ""),
        (Table("", UNDO_START), "Too late."),
        (Table("", UNDO, UNDO_START), "2 marked: Too late."),
        (Table("Nobody is here.", UNDO_START), "Nobody is here."),
    ],
)
def test_a_key_says_what_is_lacking_and_else_what_the_rules_say(
    screen: Table, reason: str
) -> None:
    assert TAKE_BACK.why_not(screen, refuses_start) == reason
    possible = TAKE_BACK.is_possible(screen, lambda one: not refuses_start(one))
    assert possible is not bool(reason)


def test_an_action_runs_the_function_that_it_names() -> None:
    screen = Table("")
    TAKE_BACK.run(screen)
    assert screen.runs == 1


def test_the_first_of_its_keys_is_shown() -> None:
    assert TAKE_BACK.shown_key == "u"
    assert TAKE_BACK.binding.key == "u,ctrl+z"


def every_screen(kind: type[KioskScreen] = KioskScreen) -> set[type[KioskScreen]]:
    kinds = {one for sub in kind.__subclasses__() for one in every_screen(sub)}
    return {kind, *kinds}


def test_every_action_in_the_guide_exists_on_a_screen() -> None:
    assert routes.ROUTES
    known = {action.id for kind in every_screen() for action in kind.action_table.all}
    for module in (next_step, session_order):
        source = inspect.getsource(module)
        named = set(re.findall(r'by="([a-z_]+)"', source))
        assert named
        assert named <= known


def test_every_word_of_the_action_line_is_that_of_a_key_or_rare() -> None:
    assert routes.ROUTES
    tables = {action for kind in every_screen() for action in kind.action_table.all}
    words = {word for action in tables for word in action.verbs}
    assert words | TYPED_ONLY == {one.word for one in action_line.VERBS}
    assert not words & TYPED_ONLY


def test_every_action_has_its_words_and_every_word_of_the_catalog_an_action() -> None:
    table = tomllib.loads((FOLDER / "screen.toml").read_text(encoding="utf-8"))
    catalog = {
        (screen, name) for screen, names in table["actions"].items() for name in names
    }
    named = {
        (kind.ROUTE, one.words or one.id, one)
        for kind in every_screen()
        if hasattr(kind, "ROUTE")
        for one in kind.action_table.all
    }

    assert [one.id for _, _, one in named if not one.help] == []
    own = {(screen.value, name) for screen, name, _ in named}
    assert catalog - own == {("every", name) for _, name in own} & catalog
