"""A report as one HTML page: no script, nothing from elsewhere, ready for a screen reader."""

from collections.abc import Iterator
from html import escape
from typing import Final

from cptkiosk.reports.document import (
    Block,
    Document,
    Fact,
    Gap,
    Heading,
    Paragraph,
    Signature,
    Table,
    group_facts,
)
from cptkiosk.reports.layout import one_line

STYLE: Final = """
body { font: 1rem/1.45 system-ui, sans-serif; color: #111; background: #fff;
  max-width: 56rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; border-bottom: 2px solid #111; }
h2 { font-size: 1.2rem; border-bottom: 1px solid #767676; margin-top: 2rem; }
h3 { font-size: 1rem; margin-bottom: 0; }
p { margin: .35rem 0; }
.indented { margin-left: 1.5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
dt { grid-column: 1; font-weight: 600; }
dd { grid-column: 2; margin: 0; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-weight: 600; padding: .4rem 0; }
th, td { text-align: left; vertical-align: top; padding: .25rem .5rem;
  border-top: 1px solid #767676; overflow-wrap: normal; }
thead th { border-bottom: 2px solid #111; }
tbody th { font-weight: 400; }
.note td { border-top: 0; padding-left: 1.5rem; color: #333; }
.amount { text-align: right; }
.total th, .total td { font-weight: 600; border-top: 2px solid #111; }
.write-in { border: 1px solid #767676; height: 2rem; }
.sign { display: flex; gap: 2rem; margin-top: 3.5rem; }
.sign span { border-top: 1px solid #111; flex: 2; }
.sign span + span { flex: 1; }
@page { size: letter; margin: .8in; }
@media print { body { margin: 0; max-width: none; } tr, h2, h3 { break-inside: avoid; } }
"""

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""A browser that follows it loads nothing and runs nothing, whatever the page holds."""


def render_html(document: Document) -> str:
    """Return a report as a page."""
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{escape(document.language)}">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_escape_text(document.title)}</title>",
        f"<style>{STYLE}</style>",
        "</head>",
        "<body>",
        "<main>",
        f"<h1>{_escape_text(document.title)}</h1>",
    ]
    for block in group_facts(document.blocks):
        lines += _fact_lines(block) if isinstance(block, tuple) else _block_lines(block)
    return "\n".join([*lines, "</main>", "</body>", "</html>", ""])


def _escape_text(text: str) -> str:
    return escape(one_line(text))


def _isolate_text(text: str) -> str:
    """Return text whose direction, right to left or not, ends with it."""
    return f"<bdi>{_escape_text(text)}</bdi>" if text else ""


def _fact_lines(facts: tuple[Fact, ...]) -> Iterator[str]:
    yield "<dl>"
    for one in facts:
        label = one.label.strip()
        if label:
            yield f"<dt>{_escape_text(label)}</dt>"
        yield f"<dd>{_isolate_text(one.text)}</dd>"
    yield "</dl>"


def _block_lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield f"<h{level}>{_escape_text(text)}</h{level}>"
        case Paragraph(text, indent):
            kind = ' class="indented"' if indent else ""
            yield f"<p{kind}>{_escape_text(text)}</p>"
        case Signature(label):
            yield f'<p class="sign"><span>{_escape_text(label)}</span><span>Date</span></p>'
        case Table():
            yield from _table_lines(block)
        case Fact() | Gap():
            pass


def _table_lines(table: Table) -> Iterator[str]:
    yield "<table>"
    yield f"<caption>{_escape_text(table.caption)}</caption>"
    yield "<thead>"
    titles = (
        f'<th scope="col"{_class_attribute(one.right, "amount")}>{_escape_text(one.title)}</th>'
        for one in table.columns
    )
    yield f"<tr>{''.join(titles)}</tr>"
    yield "</thead>"
    yield "<tbody>"
    for row in table.rows:
        yield f"<tr{_class_attribute(bool(row.rule), 'total')}>"
        pairs = zip(row.cells, table.columns, strict=True)
        for number, (text, column) in enumerate(pairs):
            name = "write-in" if column.write_in and not text else ""
            name = "amount" if column.right else name
            tag, scope = ("td", "") if number else ("th", ' scope="row"')
            yield f"<{tag}{scope}{_class_attribute(bool(name), name)}>{_isolate_text(text)}</{tag}>"
        yield "</tr>"
        for note in row.notes:
            span = f'<td colspan="{len(table.columns)}">'
            yield f'<tr class="note">{span}{_isolate_text(note)}</td></tr>'
    yield "</tbody>"
    yield "</table>"


def _class_attribute(applies: bool, name: str) -> str:
    return f' class="{name}"' if applies else ""
