"""Workbooks that are zip files, judged before anything unpacks them.

The reader of workbooks lays a sheet out in memory as one full rectangle, so a tiny
file with one cell in the far corner could take the whole machine down mid-session.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from typing import Final
from xml.parsers.expat import ExpatError, ParserCreate

from cptkiosk.roster.kinds import other_archive
from cptkiosk.roster.model import RosterUnreadable

UNPACKED_MAX: Final = 100_000_000
AREA_MAX: Final = 4_000_000
"""Rows times columns: 40,000 people in 100 columns."""

Attributes = Mapping[str, str]

CHUNK: Final = 1 << 16
"""Bytes read at a time, so that a clock beside it goes on."""

CELL_NAME: Final = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


def kind_of_archive(data: bytes, name: str) -> str:
    """Return 'xlsx' or 'ods' for a workbook that is safe to open.

    Raises:
        RosterUnreadable: if it is damaged, unreasonably big, or something else.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _judge_name(archive, name)
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, OSError),
        *(NotImplementedError, RuntimeError, ValueError, LookupError, ExpatError),
    ) as error:
        raise RosterUnreadable(
            f"{name} is damaged: ask for it again, or save it as CSV."
        ) from error


def _judge_name(archive: zipfile.ZipFile, name: str) -> str:
    members = archive.infolist()
    if sum(member.file_size for member in members) > UNPACKED_MAX:
        raise _too_big(name)
    paths = {member.filename for member in members}
    sheet: type[_Sheet]
    if "xl/workbook.xml" in paths:
        kind, sheet = "xlsx", _XlsxSheet
    elif "content.xml" in paths and b"spreadsheet" in archive.read("mimetype"):
        kind, sheet = "ods", _OdsSheet
    else:
        raise other_archive(paths, name)
    for member in members:
        # Reading all of it also proves that the sizes above were true.
        text = archive.read(member)
        if member.filename.endswith(".xml") and _filled_area(text, sheet()) > AREA_MAX:
            raise _too_big(name)
    return kind


def _too_big(name: str) -> RosterUnreadable:
    return RosterUnreadable(
        f"{name} is too large when unpacked: copy the list of people to a new file."
    )


class XmlReader:
    """Takes in one XML file; elements are named without their namespace."""

    def begin_element(self, name: str, given: Attributes) -> None:
        """Take in that an element begins."""

    def end_element(self, name: str) -> None:
        """Take in that an element ends."""

    def take_text(self, text: str) -> None:
        """Take in some text."""


def parse_xml(text: bytes, reader: XmlReader) -> None:
    """Have an XML file taken in.

    Raises:
        ExpatError: if it is no XML, or declares entities of its own.
    """

    def begin(name: str, given: Attributes) -> None:
        reader.begin_element(name.rpartition(":")[2], given)

    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda name: reader.end_element(name.rpartition(":")[2])
    parser.CharacterDataHandler = reader.take_text
    parser.EntityDeclHandler = _no_entities
    for at in range(0, len(text), CHUNK):
        parser.Parse(text[at : at + CHUNK])
    parser.Parse(b"", True)


def _filled_area(text: bytes, sheet: "_Sheet") -> int:
    """Return the rectangle that the filled cells of a sheet span."""
    parse_xml(text, sheet)
    return sheet.width * sheet.height


def _no_entities(*declared: object) -> None:
    # No spreadsheet program writes any; a few nested ones fill the memory.
    raise ExpatError("entities are declared")


class _Sheet(XmlReader):
    """What has been read of a sheet: how far right and down something stands."""

    def __init__(self) -> None:
        self.width = self.height = self._row = self._column = 0

    def _note_filled(self) -> None:
        self.width = max(self.width, self._column)
        self.height = max(self.height, self._row)


class _XlsxSheet(_Sheet):
    """A cell is filled if something is in it; one without a name follows the last."""

    _in_cell = False

    def begin_element(self, name: str, given: Attributes) -> None:
        """Take in a row, a cell, or what is in a cell."""
        if self._in_cell:
            self._note_filled()
            return
        match name:
            case "row":
                row = given.get("r", "")
                self._row = int(row[:9]) if row.isdecimal() else self._row + 1
                self._column = 0
            case "c":
                self._in_cell = True
                self._column += 1
                if place := CELL_NAME.fullmatch(given.get("r", "")):
                    self._row, self._column = int(place[2]), column_number(place[1])

    def end_element(self, name: str) -> None:
        """Leave a cell."""
        if name == "c":
            self._in_cell = False


def column_number(letters: str) -> int:
    """Return the number of a column by its letters; A is 1."""
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column


class _OdsSheet(_Sheet):
    """Rows and cells have no names but repeat; a filled one says what its value is."""

    def begin_element(self, name: str, given: Attributes) -> None:
        """Take in a row or a cell, as often as it repeats."""
        match name:
            case "table":
                self._row = 0
            case "table-row":
                self._row += read_repeats(given, "rows")
                self._column = 0
            case "table-cell" | "covered-table-cell":
                self._column += read_repeats(given, "columns")
                if any(key.endswith(":value-type") for key in given):
                    self._note_filled()


def read_repeats(given: Attributes, what: str) -> int:
    """Return for how many rows or columns an element of an ods stands."""
    times = given.get(f"table:number-{what}-repeated", "1")
    return int(times[:12]) if times.isdecimal() else 1
