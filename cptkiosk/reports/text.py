"""A report as plain text of at most 80 columns, as it is in a bundle."""

from collections.abc import Iterator

from cptkiosk.domain.text import fit
from cptkiosk.reports.document import (
    TITLE_RULE,
    Block,
    Column,
    Document,
    Fact,
    Gap,
    Heading,
    Paragraph,
    Signature,
    Table,
)
from cptkiosk.reports.layout import (
    WIDTH,
    field_lines,
    heading_lines,
    one_line,
    wrap_text,
)

SIGNATURE = 44
DATE = 18


def render_text(document: Document) -> str:
    """Return a report as text."""
    lines = list(heading_lines(document.text_title, TITLE_RULE))
    for block in document.blocks:
        lines += _block_lines(block)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _block_lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, rule=""):
            yield from wrap_text(text)
        case Heading(text, rule=rule):
            yield from heading_lines(text, rule)
        case Paragraph(text, indent):
            yield from wrap_text(text, indent=indent)
        case Fact(label, text):
            yield from field_lines(label, text)
        case Gap():
            yield ""
        case Signature(label):
            yield from ("", f"{'_' * SIGNATURE}  {'_' * DATE}")
            yield f"{fit(label, SIGNATURE)}  Date"
        case Table():
            yield from _table_lines(block)


def _table_lines(table: Table) -> Iterator[str]:
    if table.text_header:
        titles = (
            one.title if one.text_title is None else one.text_title
            for one in table.columns
        )
        yield row_text(table, tuple(titles))
    for row in table.rows:
        if row.rule:
            yield row.rule * WIDTH
        yield row_text(table, row.cells)
        for note in row.notes:
            yield from wrap_text(note, indent=table.note_indent)


def row_text(table: Table, cells: tuple[str, ...]) -> str:
    """Return the cells of a row side by side; what is too long is cut."""
    pairs = zip(cells, table.columns, strict=True)
    return table.separator.join(_cell_text(text, column) for text, column in pairs)


def _cell_text(text: str, column: Column) -> str:
    if column.right:
        return f"{one_line(text):>{column.width}}"
    if column.write_in and not text:
        return "_" * column.width
    return fit(one_line(text), column.width)


def row_lines(table: Table) -> list[str]:
    """Return the line of each row, without what belongs to it below."""
    return [row_text(table, row.cells).rstrip() for row in table.rows]
