"""Lines of a text, parted into the cells of rows; an odd quotation mark loses no one.

One quotation mark too many makes everything up to the next one a single cell, and with
it the people on those lines. Such a cell is known by its lines: each of them, read alone,
is a row.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

from cptkiosk.domain.text import visible
from cptkiosk.roster.model import RosterUnreadable

SENTINEL: Final = "end of roster"
LEAST: Final = 3
"""A line of fewer cells than this is a line of a note, not a person."""

LOST: Final = "\ufffdlost"
"""Stands before the row of a record that swallowed others and cannot be parted."""

Rows = list[list[str]]


def lines_of(text: str) -> list[str]:
    """Return the lines of a text, with their ends."""
    return list(io.StringIO(text, newline=""))


def split_records(lines: Sequence[str], delimiter: str) -> Iterator[list[str]]:
    """Return the rows that some lines make."""
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True)


def split_text(text: str, delimiter: str, name: str) -> tuple[Rows, tuple[str, ...]]:
    """Return the rows of a text, and what was odd about them.

    Raises:
        RosterUnreadable: if a quotation mark is never closed.
    """
    lines = [*lines_of(f"{text}\n"), SENTINEL]
    # The last line is ours: if it is not a row by itself, a cell has swallowed it.
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    rows: Rows = []
    notes: list[str] = []
    before = 0
    try:
        for record in reader:
            own = lines[before : reader.line_num]
            before = reader.line_num
            if before == len(lines):
                break
            if len(own) > 1:
                _add_record(record, own, delimiter, rows, notes)
            else:
                rows.append(record)
    except csv.Error as error:
        raise RosterUnreadable(
            f"{name} has a row that does not end: save it as XLSX, or ask for a new copy."
        ) from error
    if record != [SENTINEL]:
        raise RosterUnreadable(
            f"{name} has an unclosed quotation mark in row {len(rows) + 1}: correct"
            " that row, or save the roster as XLSX."
        )
    return rows, tuple(notes)


def _add_record(
    record: list[str],
    own: Sequence[str],
    delimiter: str,
    rows: Rows,
    notes: list[str],
) -> None:
    """Add a record of several lines: as one row, or as those it swallowed."""
    alone = [next(split_records([line], delimiter), []) for line in own]
    widths = [len(cells) for cells in alone]
    usual = max((len(row) for row in rows), default=len(record))
    full = sum(n >= max(LEAST, usual) for n in widths[1:])
    nearly = sum(n >= max(LEAST, usual - 1) for n in widths[1:])
    # The lines of one long cell have together the cells of one row; a record that has
    # fewer cells than that has swallowed some, however few they are.
    whole = sum(widths) - len(widths) < usual <= len(record)
    if not (full or nearly > 1) or whole:
        rows.append(record)
        return
    first = len(rows) + 1
    if set(widths) <= {usual, usual - 1} and widths[0] == usual:
        rows += alone
        notes.append(
            f"Row {first} has a stray quotation mark: rows {first} to {len(rows)}"
            " were read line by line"
        )
        return
    for line in own:
        rows.append([LOST, visible(line.strip(), 60)])
