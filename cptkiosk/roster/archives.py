"""Workbooks that are zip files, judged before anything unpacks them.

The reader of workbooks lays a sheet out in memory as one full rectangle, so a tiny
file with one cell in the far corner could take the whole machine down mid-session.
"""

import io
import re
import zipfile
import zlib
from typing import Final

from cptkiosk.roster.model import RosterUnreadable

UNPACKED_MAX: Final = 100_000_000
AREA_MAX: Final = 4_000_000
"""Rows times columns: 40,000 people in 100 columns."""

_XLSX_CELL: Final = re.compile(
    rb'<(?:\w+:)?c\s(?:[^>]*?\s)?r="([A-Z]{1,3})([0-9]{1,7})"[^>]*(?<!/)>'
)
_ODS_ROW: Final = re.compile(
    rb"<table:table-row\b([^>]*)(?:(?<=/)>|>(.*?)</table:table-row>)", re.DOTALL
)
_ODS_CELL: Final = re.compile(rb"<table:(?:covered-)?table-cell\b([^>]*)>")


def kind_of_archive(data: bytes, name: str) -> str:
    """Return 'xlsx' or 'ods' for a workbook that is safe to open.

    Raises:
        RosterUnreadable: if it is damaged, unreasonably big, or something else.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _judge(archive, name)
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, OSError),
        *(NotImplementedError, RuntimeError, ValueError, LookupError),
    ) as error:
        raise RosterUnreadable(
            f"{name} is damaged: ask for it again, or save it as CSV."
        ) from error


def _judge(archive: zipfile.ZipFile, name: str) -> str:
    members = archive.infolist()
    if sum(member.file_size for member in members) > UNPACKED_MAX:
        raise _too_big(name)
    paths = {member.filename for member in members}
    if "xl/workbook.xml" in paths:
        kind, area = "xlsx", _xlsx_area
    elif "content.xml" in paths and b"spreadsheet" in archive.read("mimetype"):
        kind, area = "ods", _ods_area
    else:
        raise RosterUnreadable(
            f"{name} is not a roster: save the list of people as CSV or XLSX."
        )
    for member in members:
        # Reading all of it also proves that the sizes above were true.
        text = archive.read(member)
        if member.filename.endswith(".xml") and area(text) > AREA_MAX:
            raise _too_big(name)
    return kind


def _too_big(name: str) -> RosterUnreadable:
    return RosterUnreadable(
        f"{name} is far too big inside: copy the list of people into a new file."
    )


def _xlsx_area(text: bytes) -> int:
    """Return the rectangle that the filled cells of a sheet span."""
    width = height = 0
    for match in _XLSX_CELL.finditer(text):
        column = 0
        for letter in match[1]:
            column = column * 26 + letter - 64
        width, height = max(width, column), max(height, int(match[2]))
    return width * height


def _ods_area(text: bytes) -> int:
    """Return the rectangle that the filled cells of a document span, at most."""
    width = height = below = 0
    for row in _ODS_ROW.finditer(text):
        below += _repeats(row[1], b"rows")
        if b"value-type" not in (row[2] or b""):
            continue
        height, column = below, 0
        for cell in _ODS_CELL.finditer(row[2]):
            column += _repeats(cell[1], b"columns")
            if b"value-type" in cell[1]:
                width = max(width, column)
    return width * height


def _repeats(attributes: bytes, what: bytes) -> int:
    match = re.search(rb'number-%b-repeated="(\d{1,12})"' % what, attributes)
    return int(match[1]) if match else 1
