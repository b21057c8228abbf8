"""What is said of the keys of a form: below it, and in the list of keys."""

from collections.abc import Sequence

from cptkiosk.ui.widgets.fields import (
    ChoiceField,
    Field,
    MultiChoiceField,
    ToggleField,
)

HINTS = {
    ChoiceField: "Up, Down: choose",
    MultiChoiceField: "Up, Down, Space: check",
}
"""What the help says of the keys of a list."""

HELP_CELLS = 46
"""How many cells of help a question shows on a terminal of 80 columns."""

TAB = "Tab: next"
"""What the help says where Enter submits, though more may be asked below."""


def field_help(field: Field, enter: str, *, is_last: bool) -> str:
    """Return the line of help on a field, its keys as far as there is room.

    Args:
        field: what is asked for.
        enter: what Enter does here, if it submits though other fields follow.
        is_last: whether no other field follows.
    """
    label, hint = field.label.removesuffix(" *"), HINTS.get(type(field), "")
    parts = [f"{label}: {field.help}"] if field.help else []
    if hint and (not parts or len(parts[0]) + len(hint) < HELP_CELLS):
        parts.append(hint)
    if enter:
        parts.append(f"Enter: {enter}")
        if len("; ".join((*parts, TAB))) <= HELP_CELLS:
            parts.append(TAB)
    elif parts == [hint] and not is_last:
        parts.append("Enter: next")
    return "; ".join(parts)


def keys_of(fields: Sequence[Field]) -> tuple[tuple[str, str], ...]:
    """Return the keys that mean something in a form with these fields."""
    kinds = {type(field) for field in fields}
    keys = []
    if len(fields) > 1:
        keys.append(("Enter", "Next field; on the last one, save"))
        keys.append(("Tab", "Next field (Shift+Tab: previous field)"))
        keys.append(("^S", "Save, from any field"))
    if ChoiceField in kinds:
        keys.append(("Up, Down", "Choose from a list (type to narrow it)"))
    several = [one for one in fields if isinstance(one, MultiChoiceField)]
    if any(not one.one_by_one for one in several):
        keys.append(("Space", "Check or uncheck (a: all or none)"))
    elif several:
        keys.append(("Space", "Check or uncheck"))
    if ToggleField in kinds:
        keys.append(("y, n", "Yes or no (Space switches)"))
    return tuple(keys)
