"""What a form asks for, as data."""

from collections.abc import Sequence
from dataclasses import dataclass

Options = tuple[tuple[str, str], ...]
"""Pairs of a value and the label that a person reads."""

Value = str | tuple[str, ...] | bool
"""What one field of a form holds."""


@dataclass(frozen=True, slots=True)
class TextField:
    """A line of text."""

    name: str
    label: str
    value: str = ""
    help: str = ""
    required: bool = True
    max_cells: int = 120
    secret: bool = False
    digits: bool = False
    clears: bool = False
    """Whether what was refused is emptied, so that it is typed anew; secrets always."""

    edits: bool = False
    """Whether typing adds to what is there; else it takes the place of it."""


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """One of several options; none as long as the value is empty."""

    name: str
    label: str
    options: Options
    value: str = ""
    help: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class MultiChoiceField:
    """Any number of options, at least one if required."""

    name: str
    label: str
    options: Options
    value: tuple[str, ...] = ()
    help: str = ""
    required: bool = False
    one_by_one: bool = False
    """Whether each option is checked by itself: no key checks all of them."""


@dataclass(frozen=True, slots=True)
class ToggleField:
    """Yes or no."""

    name: str
    label: str
    value: bool = False
    help: str = ""
    required: bool = False


Field = TextField | ChoiceField | MultiChoiceField | ToggleField


def keys_of(fields: Sequence[Field]) -> tuple[tuple[str, str], ...]:
    """Return the keys that mean something in a form with these fields."""
    kinds = {type(field) for field in fields}
    keys = []
    if len(fields) > 1:
        keys.append(("Enter", "On to the next field; on the last one it is done"))
        keys.append(("Tab", "To the next field; Shift+Tab to the one before"))
        keys.append(("^S", "Done, from any field"))
    if ChoiceField in kinds:
        keys.append(("Up, Down", "Choose from a list; letters narrow it"))
    several = [one for one in fields if isinstance(one, MultiChoiceField)]
    if any(not one.one_by_one for one in several):
        keys.append(("Space", "Check or uncheck; a checks all or none"))
    elif several:
        keys.append(("Space", "Check or uncheck"))
    if ToggleField in kinds:
        keys.append(("y, n", "Yes or no; Space turns it over"))
    return tuple(keys)
