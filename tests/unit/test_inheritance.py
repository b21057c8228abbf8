"""Classes of the UI inherit little: whoever reads one need not climb through many."""

import inspect
import pkgutil
from importlib import import_module
from typing import Protocol

from textual.screen import Screen

import cptkiosk.ui

LEVELS_MAX = 3
"""How many classes of ours may stand in a row below one that is not ours."""


def ours_in_a_row(kind: type) -> list[type]:
    """Return the classes of ours that a class is made of, itself first.

    Protocols are left out: they are shapes, and nothing of theirs runs.
    """
    return [
        one
        for one in kind.__mro__
        if one.__module__.startswith(f"{cptkiosk.__name__}.")
        and Protocol not in one.__bases__
    ]


def too_deep(kinds: set[type]) -> list[str]:
    """Return the classes with more of ours above them than may be."""
    return sorted(
        " > ".join(one.__name__ for one in ours_in_a_row(kind))
        for kind in kinds
        if len(ours_in_a_row(kind)) > LEVELS_MAX
    )


def classes_of_the_ui() -> set[type]:
    package = cptkiosk.ui
    names = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    modules = [import_module(one.name) for one in names]
    return {
        kind
        for module in modules
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if kind.__module__.startswith(f"{package.__name__}.")
    }


def test_no_class_of_the_ui_stands_below_more_than_two_others_of_ours() -> None:
    found = classes_of_the_ui()

    assert len(found) > 100
    assert too_deep(found) == []


def test_a_class_that_stands_too_deep_is_found() -> None:
    above: type = Screen
    kinds = []
    for name in ("First", "Second", "Third", "Fourth"):
        above = type(name, (above,), {"__module__": "cptkiosk.ui.planted"})
        kinds.append(above)

    assert too_deep(set(kinds)) == ["Fourth > Third > Second > First"]
