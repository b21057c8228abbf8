"""What a form asks for, as data."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from textual.validation import Validator

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
        return self._read(name, default, str)

    def flag(self, name: str, *, default: bool | None = None) -> bool:
        """Return whether something is on."""
        return self._read(name, default, bool)

    def several(
        self, name: str, default: tuple[str, ...] | None = None
    ) -> tuple[str, ...]:
        """Return the options checked."""
        return self._read(name, default, tuple)

    def _read(self, name: str, default: T | None, kind: type[T]) -> T:
        value = self[name] if default is None else self.get(name, default)
        if not isinstance(value, kind):
            raise TypeError(f"{name} holds {value!r}, not {kind.__name__}")
        return value


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

    validators: tuple[Validator, ...] = ()
    """What takes a line that is typed, or says why not; an empty one is left alone."""


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


Check = Callable[[Values], dict[str, str]]
"""Says what is wrong with the values of a form, by the names of its fields."""


def filled(field: Field, values: Values) -> Field:
    """Return a field that holds what is known of it; a secret is typed anew."""
    if field.name not in values or (isinstance(field, TextField) and field.secret):
        return field
    return replace(field, value=values[field.name])  # type: ignore[arg-type]
