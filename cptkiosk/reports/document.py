"""A report as headings, facts and tables, from which text, HTML and PDF are made.

A report says what it contains, not how it looks. What only the text needs, such as the
width of a column or a rule, stands beside it, since the text in a bundle never changes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

RULE: Final = "-"
TITLE_RULE: Final = "="


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a section (level 2) or of a part of one (level 3)."""

    text: str
    level: int = 2
    rule: str = RULE
    """The character of the rule below it in text; empty for none."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some sentences."""

    text: str
    indent: int = 0
    """Columns in text; in HTML and PDF indented or not."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A labeled text; with an empty label, more about the one before."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Gap:
    """An empty line in text; HTML and PDF leave space of their own."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A line to sign on, and one for the date."""

    label: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    title: str
    width: int
    """Columns in text; in HTML and PDF its share of the page."""

    right: bool = False
    """Whether it has amounts, set to the right."""

    text_title: str | None = None
    """What the text has as its title, if that is different."""

    write_in: bool = False
    """Whether it is empty, for people to write in by hand."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table. The first cell names it."""

    cells: tuple[str, ...]
    notes: tuple[str, ...] = ()
    """What else belongs to it, below it and as wide as the table."""

    rule: str = ""
    """The rule above it in text, if it is a total."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a title for each column."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    separator: str = " "
    note_indent: int = 2
    text_header: bool = True
    """Whether the text has the titles of the columns."""


Block = Heading | Paragraph | Fact | Gap | Signature | Table


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report."""

    title: str
    text_title: str
    """The same as the text has it."""

    date: str
    """The ISO date that is stored in a PDF: of what it is about, never of its making.

    The same record so gives the same bytes.
    """

    blocks: tuple[Block, ...]
    language: str = "en-US"


def group_facts(blocks: Iterable[Block]) -> Iterator[Block | tuple[Fact, ...]]:
    """Yield blocks, with facts that follow each other as one list."""
    for is_fact, some in groupby(blocks, lambda one: isinstance(one, Fact)):
        if is_fact:
            yield tuple(one for one in some if isinstance(one, Fact))
        else:
            yield from some
