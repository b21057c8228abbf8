"""Reads a roster: every row becomes people and modules, or a reason why not."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from cptkiosk.domain.text import visible
from cptkiosk.host.work_progress import ProgressCallback, ignore_progress
from cptkiosk.roster.columns import (
    Field,
    Header,
    apply_columns,
    find_header,
    header_at,
    key_of,
    meant_by,
)
from cptkiosk.roster.model import (
    ColumnSeen,
    Layout,
    Note,
    ReadOptions,
    RejectedRow,
    RosterFile,
    RosterRow,
    RosterUnreadable,
)
from cptkiosk.roster.modules import ModuleNames
from cptkiosk.roster.pages import Pages, id_choice
from cptkiosk.roster.reading import Reading
from cptkiosk.roster.tables import Rows, Table, read_table

__all__ = [
    "RejectedRow",
    "RosterFile",
    "RosterRow",
    "RosterUnreadable",
    "layout_of",
    "read_roster",
]
AS_FOUND: Final = ReadOptions()


def read_roster(
    path: Path,
    modules: Mapping[str, str],
    options: ReadOptions = AS_FOUND,
    told: ProgressCallback = ignore_progress,
) -> RosterFile:
    """Return what the roster at `path` says.

    Args:
        path: a CSV, TSV, XLSX, ODS or XLS file.
        modules: the names under which rosters may know a module, and its id.
        options: how someone wants it read.
        told: is told each row; what it raises ends the reading.

    Raises:
        RosterUnreadable: if the file as a whole is no use.
    """
    names = ModuleNames(modules)
    table = _read_table(path, names, options)
    name = visible(path.name, 60)
    header = _require_header(_find_header(table.rows, names, options), name)
    pages = Pages(header, names, parted=bool(options.columns or options.named))
    reading = Reading(
        names, options.coming, guessed=table.guessed, text=bool(table.delimiter)
    )
    reading.notes.extend(Note(0, text) for text in (*table.notes, *id_choice(header)))
    total = sum(len(sheet.rows) for sheet in table.sheets)
    parts = tuple(pages.split_parts(table.sheets))
    reading.settle_day_order(parts)
    for part in parts:
        reading.open_part(part)
        for number, cells in part.rows:
            told(min(number, total), total)
            reading.read_row(number, cells)
    reading.close_file()
    if not (reading.rows or reading.rejected):
        raise RosterUnreadable(
            f"{name} has column names but no people: ask for the roster again."
        )
    notes = (*(Note(0, text) for text in pages.unread), *reading.notes)
    return RosterFile(
        rows=tuple(reading.rows),
        rejected=tuple(reading.rejected),
        encoding=table.encoding,
        delimiter=table.delimiter,
        columns=header.field_headers(),
        unused=header.unused_headers(),
        notes=tuple(sorted(notes, key=lambda one: one.row)),
    )


def layout_of(
    path: Path, modules: Mapping[str, str], options: ReadOptions = AS_FOUND
) -> Layout:
    """Return how the roster at `path` is understood, even if it is not enough.

    Raises:
        RosterUnreadable: if the file as a whole is no use, or has no such header row.
    """
    names = ModuleNames(modules)
    table = _read_table(path, names, options)
    header = _find_header(table.rows, names, options)
    if header is None and not options.header_row:
        first = next(at for at, cells in enumerate(table.rows, 1) if any(cells))
        header = header_at(table.rows, first, names)
    if header is None:
        raise RosterUnreadable(
            f"{visible(path.name, 60)} has no row {options.header_row}: it has"
            f" {len(table.rows)}."
        )
    below = table.rows[header.index + 1 : header.index + 2] or [[]]
    columns = tuple(
        ColumnSeen(
            visible(cell) or f"column {at + 1}",
            header.column_meaning(at),
            visible("".join(below[0][at : at + 1])),
        )
        for at, cell in enumerate(header.cells)
    )
    return Layout(table.encoding, table.delimiter, header.index + 1, columns)


def _read_table(path: Path, names: ModuleNames, options: ReadOptions) -> Table:
    def score_rows(rows: Sequence[Sequence[str]]) -> int:
        header = find_header(rows, names)
        return len(header.fields) + len(header.modules) if header else 0

    return read_table(
        path, score_rows, encoding=options.encoding, delimiter=options.delimiter
    )


def _find_header(rows: Rows, names: ModuleNames, options: ReadOptions) -> Header | None:
    """Return the header, found or asked for, its columns as they are asked for."""
    if options.header_row:
        found = header_at(rows, options.header_row, names)
    else:
        found = find_header(rows, names)
    if found is None:
        return None
    return apply_columns(
        found, dict(options.columns) | _by_header(found, options, names)
    )


def _by_header(
    header: Header, options: ReadOptions, names: ModuleNames
) -> dict[int, str]:
    """Return what columns mean whose headers someone named.

    Raises:
        RosterUnreadable: if there is no such column, or no such meaning.
    """
    keys = [key_of(cell) for cell in header.cells]
    wanted = {}
    for title, word in options.named:
        if key_of(title) not in keys:
            raise RosterUnreadable(
                f'There is no column "{visible(title)}": there are'
                f" {', '.join(visible(cell) for cell in header.cells if cell)}."
            )
        try:
            wanted[keys.index(key_of(title))] = meant_by(word, names)
        except ValueError as error:
            raise RosterUnreadable(
                f'"{visible(word)}" is not a column meaning. To list them, run'
                ' "cptkiosk roster columns".'
            ) from error
    return wanted


def _require_header(header: Header | None, name: str) -> Header:
    if header is None:
        raise RosterUnreadable(
            f"{name} has no column names: add a row with Participant ID, Last Name,"
            " First Name and Assessment."
        )
    if Field.ID not in header.fields:
        raise RosterUnreadable(
            f'{name} has no column for the participant ID: add "Participant ID".'
        )
    if not header.fields.keys() & {Field.FAMILY, Field.NAME}:
        raise RosterUnreadable(f'{name} has no column for names: add "Last Name".')
    return header
