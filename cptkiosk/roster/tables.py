"""Rosters in any of their file types, as rows of strings."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from cptkiosk.domain.text import visible
from cptkiosk.paths import is_file, is_folder, mode_at
from cptkiosk.roster.archives import kind_of_archive
from cptkiosk.roster.model import RosterUnreadable

BYTES_MAX: Final = 20_000_000
SAMPLE: Final = 65_536
DELIMITERS: Final = ",;\t|"
SENTINEL: Final = "end of roster"

Rows = list[list[str]]
Score = Callable[[Sequence[Sequence[str]]], int]
"""How many columns of a header these rows hold; none if there is no header."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file, the first row of the file first."""

    rows: Rows
    encoding: str
    delimiter: str


def read_table(
    path: Path, score: Score, *, encoding: str = "", delimiter: str = ""
) -> Table:
    """Return the rows at `path`, of the sheet and by the delimiter that score best.

    Args:
        path: the file.
        score: what makes one way of reading better than another.
        encoding: the encoding of a text, if somebody knows it.
        delimiter: what parts its cells, if somebody knows that.

    Raises:
        RosterUnreadable: if there are none.
    """
    name = visible(path.name, 60)
    data = _read_bytes(path, name)
    if data.startswith(b"PK"):
        return _read_workbook(data, kind_of_archive(data, name), name, score)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return _read_workbook(data, "xls", name, score)
    text, encoding = _decode(data, name, encoding)
    if not text.strip():
        raise RosterUnreadable(f"{name} is empty: ask for the roster again.")
    delimiter = delimiter or _delimiter(text[:SAMPLE], score)
    return Table(_split(text, delimiter, name), encoding, delimiter)


def _read_bytes(path: Path, name: str) -> bytes:
    try:
        if is_folder(path):
            raise RosterUnreadable(f"{name} is a folder: choose the file inside it.")
        if mode_at(path) and not is_file(path):
            raise RosterUnreadable(f"{name} is not a file: choose the roster's file.")
        with path.open("rb") as file:
            data = file.read(BYTES_MAX + 1)
    except FileNotFoundError as error:
        raise RosterUnreadable(
            f"There is no file {name}: check the name, and that the stick is in."
        ) from error
    except PermissionError as error:
        raise RosterUnreadable(
            f"{name} may not be read here: copy it elsewhere, or ask the coordinator."
        ) from error
    except (OSError, ValueError) as error:
        raise RosterUnreadable(
            f"{name} cannot be read: put the stick in again, or ask for a new copy."
        ) from error
    if len(data) > BYTES_MAX:
        raise RosterUnreadable(
            f"{name} is over 20 MB: copy the list of people into a new file."
        )
    return data


def _decode(data: bytes, name: str, wanted: str) -> tuple[str, str]:
    """Return the text and its encoding.

    Without a mark at its start UTF-16 is never tried: it would accept nearly any
    file, and give nonsense.
    """
    if wanted:
        tries = [wanted]
    elif data.startswith(codecs.BOM_UTF8):
        tries = ["utf-8-sig"]
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        tries = ["utf-16"]
    elif data.startswith(b"%PDF"):
        tries = []
    else:
        tries = ["utf-8", "cp1252"]
    for encoding in tries:
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        if "\0" not in text:
            return text.removeprefix("\ufeff"), encoding
    if wanted:
        raise RosterUnreadable(
            f"{name} cannot be read as {wanted}: choose another encoding."
        )
    raise RosterUnreadable(
        f'{name} is not a roster that can be read: save it as "CSV UTF-8" or XLSX.'
    )


def _delimiter(sample: str, score: Score) -> str:
    """Return the delimiter that makes the most of the header."""
    try:
        sniffed = csv.Sniffer().sniff(sample[:4096], DELIMITERS).delimiter
    except csv.Error:
        sniffed = ","

    def columns(delimiter: str) -> tuple[int, bool]:
        try:
            rows = list(_records(sample, delimiter))
        except csv.Error:
            return 0, False
        return score(rows), delimiter == sniffed

    return max(DELIMITERS, key=columns)


def _split(text: str, delimiter: str, name: str) -> Rows:
    """Return the rows of `text`; a last line of our own proves that none is lost."""
    try:
        rows = list(_records(f"{text}\n{SENTINEL}", delimiter))
    except csv.Error as error:
        raise RosterUnreadable(
            f"{name} has a row without an end: save it as XLSX, or ask for it again."
        ) from error
    if rows.pop() != [SENTINEL]:
        raise RosterUnreadable(
            f"{name} has a quotation mark in row {len(rows) + 1} that is never closed: "
            "correct that row, or save the roster as XLSX."
        )
    return rows


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    lines = io.StringIO(text, newline="")
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True)


def _read_workbook(data: bytes, kind: str, name: str, score: Score) -> Table:
    """Return the first sheet with a header, or the first with anything."""
    try:
        sheets = [rows for rows in _sheets(data) if any(map(any, rows))]
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        # A panic in the reader's Rust is no Exception, and must not end the kiosk.
        protected = "assword" in f"{type(error).__name__} {error}"
        trouble = "has a password" if protected else "is damaged"
        raise RosterUnreadable(
            f"{name} {trouble}: save it again without a password, or as CSV."
        ) from error
    if not sheets:
        raise RosterUnreadable(f"{name} is empty: ask for the roster again.")
    return Table(next(filter(score, sheets), sheets[0]), kind, "")


def _sheets(data: bytes) -> Iterator[Rows]:
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
        for sheet in workbook.sheets_metadata:
            # What the sender does not see is not what the sender meant.
            if sheet.visible is SheetVisibleEnum.Visible:
                cells = workbook.get_sheet_by_name(sheet.name)
                rows = cells.to_python(skip_empty_area=False)
                yield [[_text(value) for value in row] for row in rows]


def _text(value: object) -> str:
    """Return a cell as a person would read it."""
    match value:
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            return str(value)
