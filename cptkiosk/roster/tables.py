"""Rosters in any of their file types, as rows of strings."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from cptkiosk.domain.text import visible
from cptkiosk.host.paths import is_file, is_folder, mode_at
from cptkiosk.roster.archives import kind_of_archive
from cptkiosk.roster.cells import Shown, shown_in
from cptkiosk.roster.formats import EXACT_MAX, ROUNDED
from cptkiosk.roster.kinds import refuse_other_files
from cptkiosk.roster.lines import lines_of, split_records, split_text
from cptkiosk.roster.model import RosterUnreadable

BYTES_MAX: Final = 20_000_000
SAMPLE: Final = 65_536
DELIMITERS: Final = ",;\t|"
WORKBOOKS: Final = frozenset({".xls", ".xlsx", ".xlsm", ".ods"})
"""Endings of names that promise a workbook, whatever is inside."""

LAST_RESORT: Final = "cp1252"
"""The encoding of a text that is none of those that can be told."""

Rows = list[list[str]]
Score = Callable[[Sequence[Sequence[str]]], int]
"""How many columns of a header these rows hold; none if there is no header."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a sheet, or of a text, the first row of the file first."""

    rows: Rows
    name: str = ""
    """Nothing for a text, which has no sheets."""
    hidden: frozenset[int] = frozenset()
    """Rows that the sender hid, as a spreadsheet counts, from 1."""
    hidden_columns: frozenset[int] = frozenset()
    """Columns that the sender hid, from 0."""


@dataclass(frozen=True, slots=True)
class Table:
    """The sheets of a file, the one that scores best first."""

    sheets: tuple[Sheet, ...]
    encoding: str
    delimiter: str
    guessed: bool = False
    """Whether the encoding is but the one that most files have."""
    notes: tuple[str, ...] = ()
    """What was not read, and what could not be told."""

    @property
    def rows(self) -> Rows:
        """The rows of the first sheet."""
        return self.sheets[0].rows


def read_table(
    path: Path, score: Score, *, encoding: str = "", delimiter: str = ""
) -> Table:
    """Return the sheets at `path`, the best first, by the delimiter that scores best.

    Args:
        path: the file.
        score: what makes one way of reading better than another.
        encoding: the encoding of a text, if someone knows it.
        delimiter: what parts its cells, if someone knows that.

    Raises:
        RosterUnreadable: if there are none.
    """
    name = visible(path.name, 60)
    data = _read_bytes(path, name)
    if data.startswith(b"PK"):
        return _read_workbook(data, kind_of_archive(data, name), name, score)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return _read_workbook(data, "xls", name, score)
    refuse_other_files(data, name)
    guessed = not encoding
    text, encoding = _decode_text(data, name, encoding)
    if not text.strip():
        raise RosterUnreadable(f"{name} is empty: ask for the roster again.")
    text, said = _without_directive(text)
    delimiter = delimiter or said or _find_delimiter(text[:SAMPLE], score)
    rows, notes = split_text(text, delimiter, name)
    if path.suffix.casefold() in WORKBOOKS:
        notes = (f"{name} is text, not a workbook, and was read as text", *notes)
    return Table(
        (Sheet(rows),), encoding, delimiter, guessed and encoding == LAST_RESORT, notes
    )


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
            f"There is no file {name}: check the name and that the USB drive is plugged in."
        ) from error
    except PermissionError as error:
        raise RosterUnreadable(
            f"{name} cannot be read (permission denied): copy it to another place, or"
            " ask the coordinator."
        ) from error
    except (OSError, ValueError) as error:
        raise RosterUnreadable(
            f"{name} cannot be read: plug in the USB drive again, or ask for a new"
            " copy."
        ) from error
    if len(data) > BYTES_MAX:
        raise RosterUnreadable(
            f"{name} is larger than 20 MB: copy the list of people to a new file."
        )
    return data


def _decode_text(data: bytes, name: str, wanted: str) -> tuple[str, str]:
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
    else:
        tries = ["utf-8", LAST_RESORT]
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
        f'{name} is not a readable roster: save it as "CSV UTF-8" or XLSX.'
    )


def _find_delimiter(sample: str, score: Score) -> str:
    """Return the delimiter that makes the most of the header."""
    try:
        sniffed = csv.Sniffer().sniff(sample[:4096], DELIMITERS).delimiter
    except csv.Error:
        sniffed = ","

    def columns(delimiter: str) -> tuple[int, bool]:
        try:
            rows = list(split_records(lines_of(sample), delimiter))
        except csv.Error:
            return 0, False
        return score(rows), delimiter == sniffed

    return max(DELIMITERS, key=columns)


def _without_directive(text: str) -> tuple[str, str]:
    """Return a text without Excel's own first line `sep=;`, and what that says."""
    match = re.match(r"\"?sep=(.)\"?(\r\n|\n|\r)", text, re.IGNORECASE)
    # The line stays, empty: rows are counted as a spreadsheet counts them.
    return (f"{match[2]}{text[match.end() :]}", match[1]) if match else (text, "")


def _read_workbook(data: bytes, kind: str, name: str, score: Score) -> Table:
    """Return the visible sheets with anything in them, the first with a header first."""
    try:
        sheets, notes = _read_sheets(data, kind)
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
    best = next((one for one in sheets if score(one.rows)), sheets[0])
    rest = (one for one in sheets if one is not best)
    return Table((best, *rest), kind, "", notes=tuple(notes))


def _read_sheets(data: bytes, kind: str) -> tuple[list[Sheet], list[str]]:
    # Start-up time: calamine is loaded with the first spreadsheet.
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    shown = {} if kind == "xls" else shown_in(data, kind)
    sheets, notes = [], []
    if kind == "xls":
        notes.append(
            "An .xls file does not show hidden rows, failed formulas or leading"
            " zeros: check the IDs, or save it as XLSX"
        )
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
        for found in workbook.sheets_metadata:
            cells = workbook.get_sheet_by_name(found.name)
            rows = _shown_rows(
                cells.to_python(skip_empty_area=False), shown.get(found.name, Shown())
            )
            if not any(map(any, rows)):
                continue
            # What the sender does not see is not what the sender meant.
            if found.visible is SheetVisibleEnum.Visible:
                sheets.append(_make_sheet(found.name, rows, shown))
            else:
                named = visible(found.name)
                notes.append(f'Sheet "{named}" is hidden and was not read')
    return sheets, notes


def _make_sheet(name: str, rows: Rows, shown: dict[str, Shown]) -> Sheet:
    seen = shown.get(name, Shown())
    return Sheet(
        rows,
        name,
        frozenset(at + 1 for at in seen.hidden_rows if at < len(rows)),
        frozenset(seen.hidden_columns),
    )


def _shown_rows(values: Sequence[Sequence[object]], shown: Shown) -> Rows:
    """Return a sheet's cells as they are shown."""
    rows = [[_cell_text(value) for value in row] for row in values]
    width = max(map(len, rows), default=0)
    for (row, column), text in shown.cells.items():
        # A failed cell beside or below all others is not in the values at all.
        if row >= len(rows) or column >= width:
            continue
        rows[row][column] = text
    return rows


def _cell_text(value: object) -> str:
    """Return a cell as a person would read it."""
    match value:
        case float() if abs(value) >= EXACT_MAX:
            return format(value, ROUNDED)
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            return str(value)
