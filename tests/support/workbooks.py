"""XLSX workbooks made for a test: as small as a spreadsheet program would read them."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


@dataclass(frozen=True)
class Number:
    """A number as it is stored, and the format that shows it."""

    stored: str
    shown_as: str = ""


@dataclass(frozen=True)
class Formula:
    """A formula with what it came to; None: no program has computed it."""

    result: str | None
    kind: str = "str"


Cell = str | Number | Formula


@dataclass(frozen=True)
class Page:
    """One sheet."""

    rows: Sequence[Sequence[Cell]]
    name: str = "Sheet1"
    hidden: frozenset[int] = frozenset()
    """Rows the sender hid, from 1."""
    hidden_columns: frozenset[int] = frozenset()
    """Columns the sender hid, from 1."""
    state: str = "visible"


@dataclass
class _Formats:
    codes: list[str] = field(default_factory=lambda: [""])

    def style(self, code: str) -> int:
        if code not in self.codes:
            self.codes.append(code)
        return self.codes.index(code)


def workbook(*pages: Page, stale: bool = False) -> bytes:
    """Return a workbook of these sheets; a stale one asks to be recomputed."""
    formats, made = _Formats(), io.BytesIO()
    sheets = [_sheet(page, formats) for page in pages]
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in (
            ("[Content_Types].xml", _types(len(pages))),
            (
                "_rels/.rels",
                _links([("officeDocument", "xl/workbook.xml")]),
            ),
            ("xl/workbook.xml", _book(pages, stale=stale)),
            (
                "xl/_rels/workbook.xml.rels",
                _links(
                    [
                        *(
                            ("worksheet", f"worksheets/sheet{n}.xml")
                            for n in range(1, len(pages) + 1)
                        ),
                        ("styles", "styles.xml"),
                    ]
                ),
            ),
            ("xl/styles.xml", _styles(formats)),
            *(
                (f"xl/worksheets/sheet{n}.xml", text)
                for n, text in enumerate(sheets, 1)
            ),
        ):
            archive.writestr(path, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return made.getvalue()


def _types(sheets: int) -> str:
    base = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    parts += [
        (f"/xl/worksheets/sheet{n}.xml", "worksheet") for n in range(1, sheets + 1)
    ]
    overrides = "".join(
        f'<Override PartName="{path}" ContentType="{base}.{kind}+xml"/>'
        for path, kind in parts
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _links(parts: Sequence[tuple[str, str]]) -> str:
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_LINK}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(parts, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'


def _book(pages: Sequence[Page], *, stale: bool) -> str:
    sheets = "".join(
        f'<sheet name={quoteattr(page.name)} sheetId="{n}" state="{page.state}"'
        f' r:id="rId{n}"/>'
        for n, page in enumerate(pages, 1)
    )
    computed = '<calcPr fullCalcOnLoad="1"/>' if stale else ""
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINK}"><sheets>{sheets}</sheets>'
        f"{computed}</workbook>"
    )


def _styles(formats: _Formats) -> str:
    codes = "".join(
        f'<numFmt numFmtId="{164 + n}" formatCode={quoteattr(code)}/>'
        for n, code in enumerate(formats.codes)
        if code
    )
    styles = "".join(
        f'<xf numFmtId="{164 + n if code else 0}"/>'
        for n, code in enumerate(formats.codes)
    )
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts>{codes}</numFmts>'
        f"<cellXfs>{styles}</cellXfs></styleSheet>"
    )


def _sheet(page: Page, formats: _Formats) -> str:
    rows = "".join(
        f'<row r="{n}"{_hidden(n in page.hidden)}>'
        + "".join(_cell(at, n, cell, formats) for at, cell in enumerate(row))
        + "</row>"
        for n, row in enumerate(page.rows, 1)
    )
    columns = "".join(
        f'<col min="{n}" max="{n}" hidden="1"/>' for n in sorted(page.hidden_columns)
    )
    shown = f"<cols>{columns}</cols>" if columns else ""
    return (
        f'<worksheet xmlns="{_MAIN}">{shown}<sheetData>{rows}</sheetData></worksheet>'
    )


def _hidden(hidden: bool) -> str:
    return ' hidden="1"' if hidden else ""


def _cell(at: int, row: int, cell: Cell, formats: _Formats) -> str:
    place = f"{chr(65 + at)}{row}"
    match cell:
        case "":
            return ""
        case Number():
            style = formats.style(cell.shown_as)
            return f'<c r="{place}" s="{style}"><v>{cell.stored}</v></c>'
        case Formula(result=None):
            return f'<c r="{place}"><f>A1</f></c>'
        case Formula():
            value = escape(cell.result or "")
            return f'<c r="{place}" t="{cell.kind}"><f>A1</f><v>{value}</v></c>'
        case _:
            text = f'<t xml:space="preserve">{escape(str(cell))}</t>'
            return f'<c r="{place}" t="inlineStr"><is>{text}</is></c>'
