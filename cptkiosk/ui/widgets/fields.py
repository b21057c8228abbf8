"""What a form asks for, as data, and what is said of its fields and their keys."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

T = TypeVar("T")
Options = tuple[tuple[str, str], ...]
"""Pairs of a value and the label that a person reads."""

Value = str | tuple[str, ...] | bool
"""What one field of a form holds."""


class Values(dict[str, Value]):
    """What a whole form holds, by the names of its fields; each read by its type.

    A field that was not asked for has no value: reading it needs a default.
    """

    def text(self, name: str, default: str | None = None) -> str:
        """Return a line of text, or the option chosen."""
        return self._read_value(name, default, str)

    def flag(self, name: str, *, default: bool | None = None) -> bool:
        """Return whether something is on."""
        return self._read_value(name, default, bool)

    def several(
        self, name: str, default: tuple[str, ...] | None = None
    ) -> tuple[str, ...]:
        """Return the options checked."""
        return self._read_value(name, default, tuple)

    def _read_value(self, name: str, default: T | None, kind: type[T]) -> T:
        value = self[name] if default is None else self.get(name, default)
        if not isinstance(value, kind):
            raise TypeError(f"{name} holds {value!r}, not {kind.__name__}")
        return value


@dataclass(frozen=True, slots=True)
class BaseField:
    """What every field has."""

    name: str
    label: str
    help: str = field(default="", kw_only=True)
    required: bool = field(default=True, kw_only=True)


@dataclass(frozen=True, slots=True)
class TextField(BaseField):
    """A line of text."""

    value: str = ""
    max_cells: int = 120
    secret: bool = False
    digits: bool = False
    clears: bool = False
    """Whether what was refused is emptied, so that it is retyped; secrets always."""

    edits: bool = False
    """Whether typing adds to what is there; else it takes the place of it."""

    reads: Callable[[str], object] | None = None
    """Reads a line: one at which it raises a `ValueError`, or returns `None`, is not
    taken. An empty one is left alone."""

    form: str = ""
    """What is said of such a line, if not what the error says."""

    read_back: Callable[[str], str] | None = None
    """Says how a line is understood, shown beside it; raises a `ValueError` for one that
    cannot be read."""

    def find_fault(self, line: str) -> str:
        """Return why a line is not taken, or an empty string."""
        if self.reads is None or not line.strip():
            return ""
        try:
            return self.form if self.reads(line.strip()) is None else ""
        except ValueError as error:
            return self.form or str(error)


@dataclass(frozen=True, slots=True)
class ChoiceField(BaseField):
    """One of several options; none as long as the value is empty."""

    options: Options
    value: str = ""


@dataclass(frozen=True, slots=True)
class MultiChoiceField(BaseField):
    """Any number of options, at least one if required."""

    options: Options
    value: tuple[str, ...] = ()
    required: bool = field(default=False, kw_only=True)
    one_by_one: bool = False
    """Whether each option is checked by itself: no key checks all of them."""


@dataclass(frozen=True, slots=True)
class ToggleField(BaseField):
    """Yes or no."""

    value: bool = False
    required: bool = field(default=False, kw_only=True)


Field = TextField | ChoiceField | MultiChoiceField | ToggleField


KINDS: dict[str, Callable[..., Field]] = {
    "text": TextField,
    "choice": ChoiceField,
    "checks": MultiChoiceField,
    "toggle": ToggleField,
}
"""The fields by what the catalog of dialogs calls them."""


def build_field(name: str, *, kind: str = "text", **parts: Any) -> Field:
    """Return a field from what is said of it as data.

    Options are values alone, pairs, or a table of values and labels; of a choice the
    first is proposed, unless there is a `value`. An option that was typed or measured
    comes `first`, and once.
    """
    if first := parts.pop("first", ""):
        parts["options"] = tuple(dict.fromkeys((first, *parts["options"])))
    if (options := parts.get("options")) is not None:
        listed = options.items() if isinstance(options, Mapping) else options
        pairs = ((one, one) if isinstance(one, str) else one for one in listed)
        parts["options"] = tuple(pairs)
        if kind == "choice" and parts["options"]:
            parts.setdefault("value", parts["options"][0][0])
    return KINDS[kind](name, **parts)


Check = Callable[[Values], dict[str, str]]
"""Says what is wrong with the values of a form, by the names of its fields."""


def fill_field(asked: Field, values: Values) -> Field:
    """Return a field that holds what is known of it; a secret is typed again."""
    if asked.name not in values or (isinstance(asked, TextField) and asked.secret):
        return asked
    return replace(asked, value=values[asked.name])  # type: ignore[arg-type]


HINTS = {
    ChoiceField: "Up, Down: choose",
    MultiChoiceField: "Up, Down, Space: check",
    ToggleField: "Space: check",
}
"""What the help says of the keys of a list."""

HELP_CELLS = 46
"""How many cells of help a question shows on a terminal of 80 columns."""

TAB = "Tab: next"
"""What the help says where Enter submits, though more may be asked below."""


def field_help(field: Field, enter: str) -> str:
    """Return the line of help on a field, its keys as far as there is room.

    Args:
        field: what is asked for.
        enter: what Enter does here, if it submits though other fields follow.
    """
    label, hint = field.label.removesuffix(" *"), HINTS.get(type(field), "")
    parts = [f"{label}: {field.help}"] if field.help else []
    if hint and (not parts or len(parts[0]) + len(hint) < HELP_CELLS):
        parts.append(hint)
    if enter:
        parts.append(f"Enter: {enter}")
        if len("; ".join((*parts, TAB))) <= HELP_CELLS:
            parts.append(TAB)
    return "; ".join(parts)


def keys_of(fields: Sequence[Field]) -> tuple[tuple[str, str], ...]:
    """Return the keys that mean something in a form with these fields."""
    kinds = {type(field) for field in fields}
    keys = []
    if len(fields) > 1:
        keys.append(("Enter", "Next field, then save"))
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
        keys.append(("Space", "Check or uncheck (y checks, n unchecks)"))
    return tuple(keys)
