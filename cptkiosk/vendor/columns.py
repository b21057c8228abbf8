"""What the columns of the vendor's report mean."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from cptkiosk.domain.text import visible
from cptkiosk.roster import columns as roster
from cptkiosk.roster.model import RosterUnreadable

HEADER_ROWS: Final = 30

WHOSE: Final = re.compile(
    r"^(test ?-?taker|student|participant|candidate|examinee|learner)'?s?[\s:.,-]+",
    re.IGNORECASE,
)
"""How the name of a column may begin: 'Test Taker: Last Name'."""


class ReportField(Enum):
    """What a column can hold; the value is our word for it."""

    CODE = "user code"
    ID = "participant ID"
    FAMILY = "last name"
    GIVEN = "first name"
    NAME = "name"
    MODULE = "assessment"
    RAW = "correct answers"
    PERCENT = "percent"
    SCORE = "score"
    """Correct answers or a percent: the header does not say which."""

    VERDICT = "result"


SCORES: Final = frozenset({ReportField.RAW, ReportField.PERCENT, ReportField.SCORE})

# Best first: when two columns could be a field, the one named earlier here is.
HEADERS: Final[Mapping[ReportField, tuple[str, ...]]] = {
    ReportField.CODE: (
        *roster.HEADERS[roster.Field.CODE],
        *("test code", "student code", "usercode", "user id", "username", "code"),
    ),
    ReportField.ID: roster.HEADERS[roster.Field.ID],
    ReportField.FAMILY: roster.HEADERS[roster.Field.FAMILY],
    ReportField.GIVEN: roster.HEADERS[roster.Field.GIVEN],
    ReportField.NAME: roster.HEADERS[roster.Field.NAME],
    ReportField.MODULE: roster.HEADERS[roster.Field.MODULE],
    ReportField.RAW: (
        *("correct answers", "number correct", "items correct", "questions correct"),
        *("number of correct answers", "total correct", "correct", "raw score", "raw"),
        *("score raw", "number right", "points", "points earned"),
    ),
    ReportField.PERCENT: (
        *("percent", "percentage", "percent correct", "percent score"),
        *("score percent", "total percent", "overall percent", "percentage score"),
        *("percentage correct", "score percentage", "pct", "written percent"),
    ),
    ReportField.SCORE: (
        *("official score", "final score", "total score", "overall score", "score"),
        *("test score", "assessment score", "exam score", "written score", "total"),
    ),
    ReportField.VERDICT: (
        *("result", "pass fail", "pass or fail", "passed", "pass", "verdict"),
        *("test result", "assessment result", "final result", "pass status"),
    ),
}


def header_key(header: str) -> str:
    """Return by what two headers are the same; a percent sign is a word of its own."""
    return roster.key_of(header.replace("%", " percent "))


_KNOWN: Final = {
    header_key(name): (field, rank)
    for field, names in HEADERS.items()
    for rank, name in enumerate(names)
}


@dataclass(frozen=True, slots=True)
class ReportHeader:
    """A header row, understood."""

    index: int
    cells: tuple[str, ...]
    fields: Mapping[ReportField, int]
    """The column of each field."""

    def cell_of(self, row: Sequence[str], field: ReportField) -> str:
        """Return what a row has in the column of a field, or an empty string."""
        column = self.fields.get(field, len(row))
        return row[column].strip() if column < len(row) else ""

    def meaning_of(self, column: int) -> str:
        """Return our word for a column, or an empty string if it is left out."""
        return next((one.value for one, at in self.fields.items() if at == column), "")

    @property
    def is_enough(self) -> bool:
        """Whether scores can be read with it, and told whose they are."""
        who = {ReportField.CODE, ReportField.ID, ReportField.NAME, ReportField.FAMILY}
        return bool(self.fields.keys() & SCORES and self.fields.keys() & who)


def find_header(
    rows: Sequence[Sequence[str]], titles: Collection[str] = ()
) -> ReportHeader | None:
    """Return the row among the first ones that is most like a header.

    Args:
        rows: the rows of a sheet.
        titles: headers that someone named, which count as known.
    """
    wanted = set(map(header_key, titles))

    def count_known(header: ReportHeader) -> int:
        named = sum(header_key(cell) in wanted for cell in header.cells)
        return len(header.fields) + named

    found = [_read_header(at, one) for at, one in enumerate(rows[:HEADER_ROWS])]
    likely = [one for one in found if count_known(one) > 1]
    return max(likely, key=lambda one: (one.is_enough, count_known(one)), default=None)


def header_at(rows: Sequence[Sequence[str]], row: int) -> ReportHeader | None:
    """Return a row, counted from 1, as the header, if there is such a row."""
    if not 0 < row <= len(rows):
        return None
    return _read_header(row - 1, rows[row - 1])


def _find_known(header: str) -> tuple[ReportField, int] | None:
    """Return what a header means, with or without what stands around its words."""
    plain = re.sub(r"\([^()]*\)", " ", header)
    bare = WHOSE.sub("", plain.strip())
    found = (_KNOWN.get(header_key(one)) for one in (header, plain, bare))
    return next(filter(None, found), None)


def _read_header(index: int, cells: Sequence[str]) -> ReportHeader:
    best: dict[ReportField, tuple[int, int]] = {}
    for column, cell in enumerate(cells):
        if known := _find_known(cell):
            field, rank = known
            best[field] = min(best.get(field, (rank, column)), (rank, column))
    fields = {field: column for field, (_, column) in best.items()}
    return ReportHeader(index, tuple(cells), fields)


def set_columns(header: ReportHeader, wanted: Mapping[int, str]) -> ReportHeader:
    """Return a header whose columns mean what someone says; '' leaves one out."""
    words = {one.value: one for one in ReportField}
    said = {words[word] for word in wanted.values() if word}
    kept = {
        field: at
        for field, at in header.fields.items()
        if at not in wanted and field not in said
    }
    kept |= {words[word]: at for at, word in wanted.items() if word}
    return ReportHeader(header.index, header.cells, kept)


def columns_named(
    header: ReportHeader, named: Sequence[tuple[str, str]]
) -> dict[int, str]:
    """Return what columns mean whose headers someone named.

    Args:
        header: the header row.
        named: a header, and our word for it or '-'.

    Raises:
        RosterUnreadable: if there is no such column, or no such meaning.
    """
    keys = [header_key(cell) for cell in header.cells]
    wanted = {}
    for title, word in named:
        if header_key(title) not in keys:
            raise RosterUnreadable(
                f'There is no column "{visible(title)}": there are'
                f" {', '.join(visible(cell) for cell in header.cells if cell)}."
            )
        known = _KNOWN.get(header_key(word))
        if known is None and word.strip() not in {"", "-"}:
            words = ", ".join(one.value for one in ReportField)
            raise RosterUnreadable(
                f'"{visible(word)}" is not a column meaning: use one of {words}, or -.'
            )
        wanted[keys.index(header_key(title))] = known[0].value if known else ""
    return wanted
