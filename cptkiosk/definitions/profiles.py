"""What profile-*.toml may say: the form in which another system takes results.

A center's file of the same name is laid over the shipped one key by key, and in the
tables `values` and `codes` name by name; any other file is a profile of its own.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Formatter
from typing import Annotated, Final, Literal

from cptkiosk.definitions.files import (
    AsOf,
    BadDefinition,
    DefinitionFiles,
    Layer,
    Table,
    convert_table,
    strict_shape,
)
from cptkiosk.domain.values import Limits, Text
from cptkiosk.host.resources import data_root

PERSON: Final = frozenset({"participant_id", "family_name", "given_name", "birth_date"})
WHERE: Final = frozenset({"center", "site_code"})
MODULE: Final = frozenset(
    {"module", "module_name", "date", "school_year", "school_year_end"}
)

FIELDS: Final[Mapping[str, frozenset[str]]] = {
    "credentials": PERSON | WHERE | MODULE,
    "results": PERSON
    | WHERE
    | MODULE
    | {
        "session_id", "attempt_id", "edition", "score", "score_max", "items",
        "cut_percent", "percent", "result", "counts", "validity", "changed_utc",
    },
}  # fmt: skip
"""What a row can say, by what there is a row for. Nothing that tells of extra time."""

FILE_FIELDS: Final = WHERE | {"created"}
"""What the name of the file can say."""

DATES: Final = frozenset({"date", "school_year_end", "changed_utc", "created"})
"""What may be followed by the form of a date, as {date:%m/%d/%Y}."""


@dataclass(frozen=True, slots=True)
class ProfileColumn:
    """One column of a file, or one key of a JSON object."""

    name: Text
    """In JSON also a path: 'studentReference.studentUniqueId', 'scores[0].result'."""

    value: str
    """A text; names in braces are replaced by what the row says."""

    kind: Literal["text", "integer", "number", "boolean"] = "text"
    """What it is in JSON. In CSV everything is text."""

    codes: str = ""
    """The table of codes that its value is looked up in."""

    required: bool = False
    pattern: str = ""
    """What the whole value must be, as a regular expression."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One form of a file for another system, or for people."""

    name: str
    title: Text
    rows: Literal["results", "credentials"]
    """What there is a row for."""

    format: Literal["csv", "jsonl"]
    file_name: Annotated[str, Limits(pattern=r"^[^/\\]+$")]
    column: Annotated[tuple[ProfileColumn, ...], Limits(min_length=1)]
    header: bool = True
    for_people: bool = False
    """Whether people open it in a spreadsheet program, which would run some texts."""

    values: Mapping[str, str] = field(default_factory=dict)
    """Texts of the center's own, such as a district code."""

    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    label: str = ""
    """What messages call its file."""


def load_profiles(
    own: Path | None, folder: Traversable | Path | None = None
) -> dict[str, Profile]:
    """Return the profiles that can be used, by name, shipped ones and a center's own.

    Args:
        own: the center's folder of definitions, which may not be there.
        folder: the shipped definitions.

    Raises:
        BadDefinition: naming the first file, key and reason.
    """
    files = DefinitionFiles(folder or data_root("sessions"), own)
    shipped, center = files.profiles()
    layers = {one.file: one for one in shipped}
    for one in center:
        below = layers.get(one.file)
        layers[one.file] = one if below is None else _lay_over(one, below)
    made = (profile_of(one) for one in layers.values())
    return {one.name: one for one in made}


def _lay_over(own: Layer, below: Layer) -> Layer:
    table: Table = below.table | own.table
    for name in ("values", "codes"):
        table[name] = _merge_tables(below.table.get(name), own.table.get(name))
    return Layer(own.file, own.label, own.said, table)


def _merge_tables(below: object, own: object) -> object:
    """Return two tables as one, and the tables in them too."""
    if not isinstance(below, dict) or not isinstance(own, dict):
        return below if own is None else own
    return below | {name: _merge_tables(below.get(name), own[name]) for name in own}


def profile_of(layer: Layer) -> Profile:
    """Return the profile that a file defines; its name is in the name of the file."""
    name = layer.file.removeprefix("profile-").removesuffix(".toml")
    more = {"name": name, "label": layer.label}
    none = dict.fromkeys(more)
    convert_table(
        layer.label,
        layer.table,
        strict_shape(Profile, **none, source=Text, as_of=AsOf),
    )
    made = convert_table(layer.label, layer.table | more, Profile)
    known = FIELDS[made.rows] | set(made.values)
    _check_text(
        layer.label, "file_name", made.file_name, FILE_FIELDS | set(made.values)
    )
    for place, one in enumerate(made.column):
        key = f"column[{place}]"
        _check_text(layer.label, f"{key}.value", one.value, known)
        if one.codes and one.codes not in made.codes:
            reason = f'there is no table "codes.{one.codes}"'
            raise BadDefinition(layer.label, f"{key}.codes", reason)
        try:
            re.compile(one.pattern)
        except re.error as error:
            reason = f"not a regular expression: {error}"
            raise BadDefinition(layer.label, f"{key}.pattern", reason) from None
    return made


def _check_text(label: str, key: str, text: str, known: frozenset[str]) -> None:
    """See that a text has no name in braces but the known ones.

    Raises:
        BadDefinition: if it has, or if its braces do not match.
    """
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        raise BadDefinition(label, key, "its braces do not match") from None
    for _, name, form, conversion in parts:
        if name is None:
            continue
        if name not in known or conversion:
            choices = ", ".join(sorted(known))
            reason = f"{{{name}}} is not known here. Known: {choices}"
            raise BadDefinition(label, key, reason)
        if form and (name not in DATES or "{" in form):
            reason = f"{{{name}}} is not a date, so nothing can follow its name"
            raise BadDefinition(label, key, reason)
