"""A report as a tagged PDF on US Letter (PDF/UA-1), by typst: the extra `pdf`.

The same document gives the same bytes on a machine with the same fonts.
"""

import json
from importlib.resources import files
from typing import Any, Final

from cptkiosk.errors import DestinationError, UsageError
from cptkiosk.reports.document import (
    Block,
    Document,
    Fact,
    Heading,
    Paragraph,
    Signature,
    Table,
    group_facts,
)
from cptkiosk.reports.layout import one_line

NO_TYPST: Final = (
    "PDF needs the extra 'pdf', which is not installed. Nothing was written. Run"
    " \"pip install 'cptkiosk[pdf]'\", or choose text or HTML."
)


def render_pdf(document: Document, author: str) -> bytes:
    """Return a report as PDF.

    Args:
        document: what it says.
        author: the center, which is stored in the file.

    Raises:
        UsageError: if the extra is not installed.
        DestinationError: if a letter is in no font of this machine.
    """
    try:
        # Start-up time, and an extra: only a PDF needs it.
        import typst
    except ImportError as error:
        raise UsageError(NO_TYPST) from error
    year, month, day = (int(part) for part in document.date.split("-"))
    report = {
        "title": one_line(document.title),
        "author": one_line(author),
        "date": (year, month, day),
        "blocks": [_block_data(block) for block in group_facts(document.blocks)],
    }
    compiler = typst.Compiler(
        _read_template(), sys_inputs={"report": json.dumps(report)}
    )
    try:
        made, _ = compiler.compile_with_warnings(
            format="pdf", pdf_standards="ua-1", timestamp=0
        )
    except typst.TypstError as error:
        raise DestinationError(
            f"The PDF could not be made ({error.message}). Nothing was written. The"
            " record is safe. Choose text or HTML, or install the fonts that"
            " docs/administrator.md names."
        ) from error
    assert isinstance(made, bytes), "one document is one file"
    return made


def _read_template() -> bytes:
    return (files("cptkiosk.reports") / "report.typ").read_bytes()


def _block_data(block: Block | tuple[Fact, ...]) -> dict[str, Any]:
    match block:
        case Heading(text, level):
            # The title of the document stands above the first level.
            return {"kind": "heading", "level": level - 1, "text": one_line(text)}
        case Paragraph(text, indent):
            return {
                "kind": "paragraph",
                "indented": bool(indent),
                "text": one_line(text),
            }
        case Signature(label):
            return {"kind": "signature", "label": one_line(label)}
        case Table():
            return _table_data(block)
        case tuple():
            pairs = [(one_line(one.label), one_line(one.text)) for one in block]
            return {"kind": "facts", "facts": pairs}
        case _:
            return {"kind": "gap"}


def _table_data(table: Table) -> dict[str, Any]:
    columns = [
        {
            "title": one_line(one.title),
            "width": one.width,
            "right": one.right,
            "write_in": one.write_in,
        }
        for one in table.columns
    ]
    rows = [
        {
            "cells": [one_line(text) for text in row.cells],
            "notes": [one_line(note) for note in row.notes],
            "total": bool(row.rule),
        }
        for row in table.rows
    ]
    return {"kind": "table", "columns": columns, "rows": rows}
