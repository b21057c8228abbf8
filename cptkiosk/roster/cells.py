"""What a workbook shows of its cells, where that is more than their values.

The reader of workbooks gives values: it drops zeros that a format adds, gives nothing
for a cell whose formula failed, and does not tell what is hidden. This looks at the
sheets themselves, beside it, and says what those cells show.
"""

import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import Final

from cptkiosk.roster.archives import (
    CELL_NAME,
    Attributes,
    XmlReader,
    column_number,
    parse_xml,
    read_repeats,
)
from cptkiosk.roster.formats import EXACT_MAX, shown_number
from cptkiosk.roster.values import UNCOMPUTED

REPEATED_MAX: Final = 100_000
"""One cell of an ods stands for no more than this; a roster has no such cell."""

HIDDEN_MAX: Final = 200_000
"""Rows or columns hidden in one stretch; a whole sheet's empty rest is no more news."""


@dataclass(slots=True)
class Shown:
    """One sheet; rows and columns count from 0."""

    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


def shown_in(data: bytes, kind: str) -> dict[str, Shown]:
    """Return what the sheets of an xlsx or ods show, by their names.

    Raises:
        Exception: whatever a damaged file brings about.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if kind == "ods":
            document = _OdsShown()
            parse_xml(archive.read("content.xml"), document)
            return document.sheets
        return _read_xlsx(archive)


def _read_xlsx(archive: zipfile.ZipFile) -> dict[str, Shown]:
    book, links, styles = _Book(), _Links(), _Styles()
    parse_xml(archive.read("xl/workbook.xml"), book)
    members = {name.casefold(): name for name in archive.namelist()}
    for path, reader in (("_rels/workbook.xml.rels", links), ("styles.xml", styles)):
        if member := members.get(f"xl/{path}"):
            parse_xml(archive.read(member), reader)
    sheets = {}
    for name, link in book.sheets.items():
        target = links.targets.get(link, "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if member := members.get(path.casefold()):
            sheet = _XlsxShown(styles, stale=book.stale)
            parse_xml(archive.read(member), sheet)
            sheets[name] = sheet.shown
    return sheets


class _Book(XmlReader):
    """The sheets, and whether formulas still wait to be computed."""

    def __init__(self) -> None:
        self.sheets: Final[dict[str, str]] = {}
        self.stale = False

    def begin_element(self, name: str, given: Attributes) -> None:
        if name == "sheet":
            link = next((given[key] for key in given if key.endswith(":id")), "")
            self.sheets[given.get("name", "")] = link
        elif name == "calcPr":
            self.stale = given.get("fullCalcOnLoad") in {"1", "true"}


class _Links(XmlReader):
    """Where the parts of a workbook are."""

    def __init__(self) -> None:
        self.targets: Final[dict[str, str]] = {}

    def begin_element(self, name: str, given: Attributes) -> None:
        if name == "Relationship":
            self.targets[given.get("Id", "")] = given.get("Target", "")


class _Styles(XmlReader):
    """The number format of each style of cells."""

    def __init__(self) -> None:
        self._codes: Final[dict[int, str]] = {}
        self._formats: Final[list[int]] = []
        self._among_cells = False

    def begin_element(self, name: str, given: Attributes) -> None:
        if name == "numFmt":
            self._codes[int(given["numFmtId"])] = given.get("formatCode", "")
        elif name == "cellXfs":
            self._among_cells = True
        elif name == "xf" and self._among_cells:
            self._formats.append(int(given.get("numFmtId", "0")))

    def end_element(self, name: str) -> None:
        if name == "cellXfs":
            self._among_cells = False

    def format_of(self, style: str) -> tuple[int, str]:
        """Return the number of a style's format, and its code if it has its own."""
        at = int(style or "0")
        number = self._formats[at] if at < len(self._formats) else 0
        return number, self._codes.get(number, "")


class _XlsxShown(XmlReader):
    """A sheet of an xlsx."""

    def __init__(self, styles: _Styles, *, stale: bool) -> None:
        self.shown: Final = Shown()
        self._styles, self._stale = styles, stale
        self._row = self._column = -1
        self._given: Attributes = {}
        self._formula = self._in_value = False
        self._value: str | None = None

    def begin_element(self, name: str, given: Attributes) -> None:
        match name:
            case "col" if given.get("hidden") in {"1", "true"}:
                first, last = int(given["min"]) - 1, int(given["max"])
                self.shown.hidden_columns.update(
                    range(first, min(last, first + HIDDEN_MAX))
                )
            case "row":
                self._row = int(given["r"]) - 1 if "r" in given else self._row + 1
                self._column = -1
                if given.get("hidden") in {"1", "true"}:
                    self.shown.hidden_rows.add(self._row)
            case "c":
                self._column += 1
                if place := CELL_NAME.fullmatch(given.get("r", "")):
                    self._row = int(place[2]) - 1
                    self._column = column_number(place[1]) - 1
                self._given, self._formula, self._value = given, False, None
            case "f":
                self._formula = True
            case "v":
                self._in_value, self._value = True, ""

    def take_text(self, text: str) -> None:
        if self._in_value:
            self._value = (self._value or "") + text

    def end_element(self, name: str) -> None:
        if name == "v":
            self._in_value = False
        elif name == "c" and (text := self._shown_text()) is not None:
            self.shown.cells[self._row, self._column] = text

    def _shown_text(self) -> str | None:
        """Return what the cell shows, where its value alone would not say that."""
        kind, value = self._given.get("t", "n"), self._value
        if kind == "e":
            return value or "#N/A"
        if self._formula and self._is_uncomputed(kind, value):
            return UNCOMPUTED
        if kind != "n" or not value:
            return None
        return shown_number(value, *self._styles.format_of(self._given.get("s", "")))

    def _is_uncomputed(self, kind: str, value: str | None) -> bool:
        """Tell whether no program has computed a formula yet: some write a 0 then."""
        if self._stale and kind == "n" and value == "0":
            return True
        return value is None or (kind == "n" and not value.strip())


class _OdsShown(XmlReader):
    """All sheets of an ods."""

    def __init__(self) -> None:
        self.sheets: Final[dict[str, Shown]] = {}
        self._shown = Shown()
        self._row = self._column = 0
        self._given: Attributes = {}
        self._text: list[str] = []
        self._in_cell = self._in_comment = False

    def begin_element(self, name: str, given: Attributes) -> None:
        match name:
            case "annotation":
                self._in_comment = True
            case "table":
                self._shown = self.sheets.setdefault(
                    given.get("table:name", ""), Shown()
                )
                self._row = self._column = 0
            case "table-column":
                if _is_hidden(given):
                    some = range(
                        self._column, self._column + _read_times(given, "columns")
                    )
                    self._shown.hidden_columns.update(some)
                self._column += _read_times(given, "columns")
            case "table-row":
                self._given_row, self._column = given, 0
                if _is_hidden(given):
                    some = range(self._row, self._row + _read_times(given, "rows"))
                    self._shown.hidden_rows.update(some)
            case "table-cell" | "covered-table-cell":
                self._given, self._text, self._in_cell = given, [], True

    def take_text(self, text: str) -> None:
        if self._in_cell and not self._in_comment:
            self._text.append(text)

    def end_element(self, name: str) -> None:
        match name:
            case "annotation":
                self._in_comment = False
            case "table-cell" | "covered-table-cell":
                self._in_cell = False
                times = _read_times(self._given, "columns")
                text = _ods_text(self._given, "".join(self._text).strip())
                if text is not None:
                    rows = range(
                        self._row, self._row + _read_times(self._given_row, "rows")
                    )
                    columns = range(self._column, self._column + times)
                    if len(rows) * len(columns) > REPEATED_MAX:
                        raise ValueError("one cell repeated too many times")
                    self._shown.cells.update(
                        ((row, column), text) for row in rows for column in columns
                    )
                self._column += times
            case "table-row":
                self._row += _read_times(self._given_row, "rows")


def _is_hidden(given: Attributes) -> bool:
    return given.get("table:visibility") in {"collapse", "filter"}


def _read_times(given: Attributes, what: str) -> int:
    return min(HIDDEN_MAX, read_repeats(given, what))


def _ods_text(given: Attributes, seen: str) -> str | None:
    """Return what a cell shows, where its value alone would not say that."""
    if given.get("calcext:value-type") == "error":
        return seen or "#N/A"
    kind = given.get("office:value-type", "")
    if not kind:
        return UNCOMPUTED if "table:formula" in given and not seen else None
    if kind == "percentage":
        return shown_number(given.get("office:value", ""), 9, "")
    if kind != "float":
        return None
    value = float(given.get("office:value", ""))
    if abs(value) < EXACT_MAX and value.is_integer() and value >= 0:
        digits = "".join(re.findall(r"[0-9]", seen))
        plain = "," not in seen and "." not in seen
        if plain and len(digits) < 20 and digits and int(digits) == int(value):
            return seen
    return shown_number(repr(value), 0, "")
