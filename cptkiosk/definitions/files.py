"""The files of definitions: what is shipped, and what a center lays over it."""

import re
import tomllib
from collections.abc import Callable, Hashable, Iterable
from dataclasses import MISSING, asdict, dataclass, fields, is_dataclass
from functools import cache
from importlib.resources.abc import Traversable
from pathlib import Path
from types import GenericAlias
from typing import (
    Annotated,
    Any,
    Literal,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)

from cptkiosk.domain.values import Limits
from cptkiosk.errors import UsageError
from cptkiosk.host.paths import is_there

Table = dict[str, Any]
Made = TypeVar("Made")

DESTINATIONS = "destinations.toml"
FEES = "fees.toml"
IRREGULARITIES = "irregularities.toml"
POLICIES = "policies.toml"
SCRIPTS = "scripts.toml"
SINGLE_FILES = (DESTINATIONS, FEES, IRREGULARITIES, POLICIES, SCRIPTS)
MODULE_FILES = re.compile(r"module-[a-z0-9-]+\.toml")
PROFILE_FILES = re.compile(r"profile-[a-z0-9-]+\.toml")
NOTES = re.compile(r"\..*|.*\.md|readme(\..*)?", re.IGNORECASE)
"""What may lie beside a center's definitions without being one."""


AsOf = Annotated[str, Limits(pattern=r"^\d{4}(-\d\d){0,2}$")]
"""A year, a month or a day, as '2026-08'."""

NEXT = (
    "The record was not changed. Correct that file or restore its earlier"
    ' contents, then check it with "cptkiosk definitions".'
)


class BadDefinition(UsageError):
    """A definition file cannot be used; the message names file, key and reason."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        self.fault = f"{f'{file}, {key}' if key else file}: {reason}."
        super().__init__(f"{self.fault} {NEXT}")
        self.file = file
        self.key = key
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Layer:
    """One file, with what it says where it says something and what is below it else."""

    file: str
    label: str
    """What messages call it: 'policies.toml' as shipped, 'definitions/policies.toml'
    from the center."""
    said: frozenset[str]
    """The top-level keys of this very file."""
    table: Table


class DefinitionFiles:
    """The shipped files and, over them, a center's own."""

    def __init__(
        self,
        shipped: Traversable | Path,
        own: Path | None,
        *,
        skip_bad_names: bool = False,
    ) -> None:
        self._shipped = shipped
        self._own = own
        self._own_names = own_names(own, skip_bad=skip_bad_names) if own else ()

    def leave_out(self, label: str) -> bool:
        """Go on without one of the center's files; return whether it had one so called.

        Args:
            label: what messages call it.
        """
        name = label.rpartition("/")[2]
        left = tuple(one for one in self._own_names if one != name)
        found = bool(self._own) and len(left) < len(self._own_names)
        self._own_names = left
        return found

    def layers(self, file: str) -> tuple[Layer, ...]:
        """Return `file` as shipped, then with the center's keys in place of those.

        Raises:
            BadDefinition: if one of the two cannot be read.
        """
        shipped = _read_layer(self._shipped, file, file)
        if not self._own or file not in self._own_names:
            return (shipped,)
        own = _read_layer(self._own, file, f"{self._own.name}/{file}")
        table = shipped.table | own.table
        return (shipped, Layer(own.file, own.label, own.said, table))

    def modules(self) -> tuple[tuple[Layer, ...], tuple[Layer, ...]]:
        """Return the shipped files of modules, then the center's; each is whole.

        Raises:
            BadDefinition: if one cannot be read.
        """
        return self._find_files(MODULE_FILES)

    def profiles(self) -> tuple[tuple[Layer, ...], tuple[Layer, ...]]:
        """Return the shipped files of profiles, then the center's.

        Raises:
            BadDefinition: if one cannot be read.
        """
        return self._find_files(PROFILE_FILES)

    def _find_files(
        self, wanted: re.Pattern[str]
    ) -> tuple[tuple[Layer, ...], tuple[Layer, ...]]:
        names = sorted(path.name for path in self._shipped.iterdir())
        shipped = tuple(
            _read_layer(self._shipped, name, name)
            for name in names
            if wanted.fullmatch(name)
        )
        if not self._own:
            return (shipped, ())
        own, folder = self._own, self._own.name
        own_files = (name for name in self._own_names if wanted.fullmatch(name))
        return (
            shipped,
            tuple(_read_layer(own, name, f"{folder}/{name}") for name in own_files),
        )


def overlay_layers(
    layers: Iterable[Iterable[Made]], key: Callable[[Made], Hashable]
) -> tuple[Made, ...]:
    """Return all that is in `layers`: a later one replaces what has its key."""
    return tuple({key(one): one for layer in layers for one in layer}.values())


def convert_table(label: str, value: object, shape: type[Made]) -> Made:
    """Return `value` as a `shape`.

    Raises:
        BadDefinition: naming the first key that does not fit.
    """
    # Start-up time: msgspec is loaded when a file is read.
    import msgspec

    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$")
        path = path.strip("`.")
        field = re.search(r"(unknown|required) field `(.+)`", reason)
        if field:
            path = f"{path}.{field[2]}".strip(".")
            reason = "unknown key" if field[1] == "unknown" else "missing"
        elif choices := _list_choices(shape, path):
            given = value.get(path) if isinstance(value, dict) else value
            reason = f"must be {choices}, not {given!r}"
        raise BadDefinition(label, path, reason[0].lower() + reason[1:]) from None


def read_strictly(label: str, table: object, shape: type[Made], **more: Any) -> Made:
    """Return a table as a dataclass; its types and `Limits` say what may stand there.

    Args:
        label: what messages call the file.
        table: what stands in it.
        shape: the dataclass.
        more: types of keys that the file has besides; with a default as a pair.

    Raises:
        BadDefinition: naming the first key that does not fit, or is unknown.
    """
    plain: Any = shape
    convert_table(label, table, strict_shape(plain, **more))
    return convert_table(label, table, shape)


@cache
def strict_shape(shape: type, **more: Any) -> type:
    """Return a dataclass with `Limits` as a struct of msgspec, which checks them.

    Args:
        shape: the dataclass.
        more: types of keys besides, or in the place of its own; `None` for one that a
            file does not have.
    """
    # Start-up time: msgspec is loaded when a file is read.
    from msgspec import defstruct, field

    hints = get_type_hints(shape, include_extras=True)
    keys: dict[str, Any] = {}
    for one in fields(shape):
        keys[one.name] = kind = hints[one.name]
        if one.default is not MISSING:
            keys[one.name] = (kind, one.default)
        elif one.default_factory is not MISSING:
            keys[one.name] = (kind, field(default_factory=one.default_factory))
    given = []
    for name, said in {**keys, **more}.items():
        kind, *default = said if isinstance(said, tuple) else (said,)
        if kind is not None:
            given.append((name, _strict_type(kind), *default))
    return defstruct(shape.__name__, given, forbid_unknown_fields=True, kw_only=True)


def _strict_type(hint: Any) -> Any:
    # Start-up time: msgspec is loaded when a file is read.
    from msgspec import Meta

    if get_origin(hint) is tuple:
        return GenericAlias(tuple, (_strict_type(get_args(hint)[0]), ...))
    if get_origin(hint) is Annotated:
        kind, limits = get_args(hint)
        return Annotated[_strict_type(kind), Meta(**asdict(limits))]
    is_shape = isinstance(hint, type) and is_dataclass(hint)
    return strict_shape(hint) if is_shape else hint


def _list_choices(shape: type, path: str) -> str:
    """Return what a key may be, if only a few texts: '"12" or "24"'."""
    hint = get_type_hints(shape).get(path)
    quoted = (
        [f'"{one}"' for one in get_args(hint)] if get_origin(hint) is Literal else []
    )
    return " or ".join(filter(None, (", ".join(quoted[:-1]), *quoted[-1:])))


def own_names(own: Path, *, skip_bad: bool = False) -> tuple[str, ...]:
    """Return the names of the center's files, none if it has no folder.

    Args:
        own: the center's folder.
        skip_bad: whether names that nothing reads, and a folder that cannot be read,
            are passed over.

    Raises:
        BadDefinition: if one has a name that nothing reads, because a slip in a name
            would otherwise leave the shipped figures in force without a word.
    """
    try:
        # A link that leads nowhere is a folder someone meant to be there.
        if not is_there(own):
            return ()
        names = sorted(path.name for path in own.iterdir())
    except OSError as error:
        if skip_bad:
            return ()
        reason = f"cannot be read ({error.strerror})"
        raise BadDefinition(str(own), "", reason) from error
    found = tuple(name for name in names if not NOTES.fullmatch(name))
    bad = [one for one in found if not _is_read(one)]
    if skip_bad:
        return tuple(one for one in found if one not in bad)
    for name in bad:
        reason = (
            "not the name of a definition file. Names are"
            f" {', '.join(SINGLE_FILES)}, module-NAME.toml and profile-NAME.toml,"
            " with NAME in lowercase letters, digits and hyphens"
        )
        raise BadDefinition(f"{own.name}/{name}", "", reason)
    return found


def _is_read(name: str) -> bool:
    several = (MODULE_FILES, PROFILE_FILES)
    return name in SINGLE_FILES or any(one.fullmatch(name) for one in several)


def _read_layer(folder: Traversable | Path, file: str, label: str) -> Layer:
    table = _read_table(folder, file, label)
    return Layer(file, label, frozenset(table), table)


def _read_table(folder: Traversable | Path, file: str, label: str) -> Table:
    """Return the table in `file`.

    Raises:
        BadDefinition: if it cannot be read, or is not TOML.
    """
    try:
        # Editors on Windows put a mark before the first letter; TOML knows none.
        text = (folder / file).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadDefinition(label, "", "the file is missing") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BadDefinition(label, f"line {line}", "not UTF-8") from None
    except OSError as error:
        raise BadDefinition(label, "", f"cannot be read ({error.strerror})") from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason, _, where = str(error).rpartition(" (at ")
        place = re.match(r"line \d+", where)
        key = place[0] if place else f"line {len(text.splitlines())}"
        raise BadDefinition(label, key, f"not TOML: {reason.lower()}") from None
