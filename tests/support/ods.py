"""OpenDocument spreadsheets as LibreOffice writes them, cell by cell."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

TYPES = "urn:oasis:names:tc:opendocument:xmlns:"
NAMES = (
    f'xmlns:office="{TYPES}office:1.0" xmlns:table="{TYPES}table:1.0"'
    f' xmlns:text="{TYPES}text:1.0"'
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)


@dataclass(frozen=True)
class OdsCell:
    """One cell: what it shows, and what it holds."""

    shown: str = ""
    attributes: str = ""
    times: int = 1
    """How many cells beside each other it stands for."""
    comment: str = ""

    def xml(self) -> str:
        repeated = f' table:number-columns-repeated="{self.times}"'
        note = f"<office:annotation><text:p>{escape(self.comment)}</text:p></office:annotation>"
        paragraph = f"<text:p>{escape(self.shown)}</text:p>"
        return (
            f"<table:table-cell {self.attributes}{repeated * (self.times > 1)}>"
            f"{note * bool(self.comment)}{paragraph * bool(self.shown)}</table:table-cell>"
        )


def number(value: str, shown: str, comment: str = "") -> OdsCell:
    """Return a number and how its format shows it."""
    kept = f'office:value-type="float" office:value="{value}"'
    return OdsCell(shown, kept, comment=comment)


def day(value: str, shown: str) -> OdsCell:
    """Return a date and how its format shows it."""
    return OdsCell(shown, f'office:value-type="date" office:date-value="{value}"')


def failed(shown: str) -> OdsCell:
    """Return a formula that failed, as LibreOffice keeps it."""
    formula = 'table:formula="of:=NA()" office:value-type="string"'
    return OdsCell(
        shown, f'{formula} office:string-value="" calcext:value-type="error"'
    )


UNCOMPUTED = OdsCell("", 'table:formula="of:=[.A1]"')
"""A formula of a file that no spreadsheet program has computed."""

Cells = Sequence[OdsCell | str]


@dataclass(frozen=True)
class OdsRow:
    """One row, or as many of the same as it stands for."""

    cells: Cells
    times: int = 1
    visibility: str = "visible"

    def xml(self) -> str:
        repeated = f' table:number-rows-repeated="{self.times}"' * (self.times > 1)
        cells = (
            one
            if isinstance(one, OdsCell)
            else OdsCell(one, 'office:value-type="string"' * bool(one))
            for one in self.cells
        )
        return (
            f'<table:table-row table:visibility="{self.visibility}"{repeated}>'
            f"{''.join(one.xml() for one in cells)}</table:table-row>"
        )


def ods(**sheets: Sequence[OdsRow | Cells]) -> bytes:
    """Return a spreadsheet with these sheets, by their names."""
    body = "".join(
        f"<table:table table:name={quoteattr(name)}>"
        + "".join(
            (one if isinstance(one, OdsRow) else OdsRow(one)).xml() for one in rows
        )
        + "</table:table>"
        for name, rows in sheets.items()
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            f'<m:manifest xmlns:m="{TYPES}manifest:1.0"></m:manifest>',
        )
        archive.writestr(
            "content.xml",
            f"<office:document-content {NAMES}><office:body><office:spreadsheet>{body}"
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return made.getvalue()
