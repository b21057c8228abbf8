"""A file in the form of a profile, as CSV or JSON Lines: whole and right, or not at all."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from cptkiosk.definitions.profiles import Profile, ProfileColumn
from cptkiosk.domain.text import guard_formula
from cptkiosk.domain.values import plural
from cptkiosk.errors import UsageError
from cptkiosk.reports.files import write_private
from cptkiosk.reports.layout import one_line
from cptkiosk.reports.profile_rows import Row, Value

STEP = re.compile(r"([^.\[\]]+)(?:\[(\d+)\])?")
"""One step of a path in JSON: a name, and perhaps a place in its list."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written."""

    path: Path
    rows: int


def write_profile(
    profile: Profile, rows: Sequence[Row], about: Mapping[str, Value], folder: Path
) -> Written:
    """Write rows in the form of a profile into a folder, and return where.

    Args:
        profile: the form.
        rows: what `list_rows` found.
        about: what the name of the file can say: center, site_code and created.
        folder: where to; a file of that name is replaced.

    Raises:
        UsageError: naming the values that do not fit; nothing was written.
        DestinationError: if the file could not be written.
    """
    table = _fill_columns(profile, rows)
    name = one_line(_fill_text(profile.file_name, profile, about))
    content = _format_csv(profile, table)
    if profile.format == "jsonl":
        content = _format_jsonl(profile, table)
    path = write_private(folder, re.sub(r"[/\\:]", "_", name), content)
    return Written(path, len(rows))


def _fill_columns(profile: Profile, rows: Iterable[Row]) -> list[list[str]]:
    faults: dict[str, list[str]] = {}
    table = []
    for row in rows:
        cells = []
        for column in profile.column:
            text = _fill_text(column.value, profile, row)
            shown, fault = _look_up(profile, column, text)
            fault = fault or _find_fault(column, shown)
            if fault:
                who = f"{row['participant_id']}, {column.name}: {fault}"
                faults.setdefault(column.name, []).append(who)
            cells.append(shown)
        table.append(cells)
    if faults:
        raise _not_written(profile, faults)
    return table


def _fill_text(text: str, profile: Profile, row: Row) -> str:
    """Return a text with what a row says in place of the names in braces."""
    return one_line(text.format(**{**profile.values, **row}))


def _look_up(profile: Profile, column: ProfileColumn, text: str) -> tuple[str, str]:
    """Return a value's code, and why there is none."""
    if not column.codes:
        return text, ""
    code = profile.codes[column.codes].get(text, "")
    return code, "" if code else f'codes.{column.codes} has no code for "{text}"'


def _find_fault(column: ProfileColumn, text: str) -> str:
    if not text:
        return f'"{column.value}" is empty' if column.required else ""
    if column.pattern and not re.fullmatch(column.pattern, text):
        return f'"{text}" is not of the form {column.pattern}'
    try:
        _json_value(column, text)
    except ValueError:
        return f'"{text}" is not of kind {column.kind}'
    return ""


def _not_written(profile: Profile, faults: Mapping[str, Sequence[str]]) -> UsageError:
    """Return the error that names one fault of each column."""
    named = []
    for first, *more in faults.values():
        also = f" (and {plural(len(more), 'more row')})" if more else ""
        named.append(f"{first}{also}")
    return UsageError(
        f"The record does not fit the profile {profile.name} ({profile.label})."
        f" {'. '.join(named)}. Nothing was written. Correct the record or"
        f" definitions/profile-{profile.name}.toml."
    )


def _format_csv(profile: Profile, table: Iterable[Sequence[str]]) -> str:
    made = io.StringIO()
    if profile.for_people:
        # Without this mark Excel takes UTF-8 for Windows-1252.
        made.write("\ufeff")
    writer = csv.writer(made, lineterminator="\r\n")
    if profile.header:
        writer.writerow([one.name for one in profile.column])
    for cells in table:
        guarded = map(guard_formula, cells) if profile.for_people else cells
        writer.writerow(list(guarded))
    return made.getvalue()


def _format_jsonl(profile: Profile, table: Iterable[Sequence[str]]) -> str:
    lines = []
    for cells in table:
        made: dict[str, Any] = {}
        for column, text in zip(profile.column, cells, strict=True):
            if text:
                _put_value(made, column.name, _json_value(column, text))
        lines.append(json.dumps(made, ensure_ascii=False))
    return "".join(f"{line}\n" for line in lines)


def _put_value(made: dict[str, Any], path: str, value: object) -> None:
    """Put a value where a path says, such as 'scores[0].result'."""
    *before, (last, _) = STEP.findall(path)
    here = made
    for name, place in before:
        if not place:
            here = here.setdefault(name, {})
            continue
        some = here.setdefault(name, [])
        while len(some) <= int(place):
            some.append({})
        here = some[int(place)]
    here[last] = value


def _json_value(column: ProfileColumn, text: str) -> object:
    match column.kind:
        case "integer":
            return int(text)
        case "number":
            number = float(text)
            if not isfinite(number):
                # JSON has no way to write it.
                raise ValueError(text)
            return number
        case "boolean":
            if text not in {"true", "false"}:
                raise ValueError(text)
            return text == "true"
        case "text":
            return text
