"""Reads the vendor's report: every row becomes a score of someone, or a reason why not."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Final

from cptkiosk.domain.text import fold_text, visible
from cptkiosk.errors import UsageError
from cptkiosk.roster.lines import LOST
from cptkiosk.roster.model import (
    ColumnSeen,
    Layout,
    ReadOptions,
    RosterUnreadable,
)
from cptkiosk.roster.modules import ModuleNames
from cptkiosk.roster.names import split_name
from cptkiosk.roster.tables import Sheet, Table, read_table
from cptkiosk.vendor.columns import (
    SCORES,
    ReportField,
    ReportHeader,
    columns_named,
    find_header,
    header_at,
    header_key,
    set_columns,
)

PASS: Final = frozenset({"pass", "passed", "p", "yes", "y", "met", "true"})
NOT_PASS: Final = frozenset(
    (
        *("fail", "failed", "f", "not pass", "not passed", "did not pass", "no", "n"),
        *("not met", "false", "did not meet"),
    )
)
FOOTER: Final = re.compile(r"(grand )?(totals?|average|mean|count|number)\b.*")
HUNDREDTH: Final = Decimal("0.01")
NUMBER: Final = re.compile(r"(\d{1,3})([.,]\d{1,8})? ?(%?)")


class BadRow(Exception):
    """What a row says is not usable; one sentence why."""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """The score of one person in one module, as the report has it."""

    row: int
    """The row number that a spreadsheet shows."""

    sheet: str = ""
    user_code: str = ""
    participant_id: str = ""
    name: str = ""
    module_id: str = ""
    shown: str = ""
    """A number of correct answers, or a percent with its sign."""

    shown_as: str = ""
    """raw or percent; nothing if the report does not say which."""

    second: str = ""
    """The percent, if the report has the number of correct answers as well."""

    verdict: str = ""
    """pass, not pass, or nothing."""

    trouble: str = ""
    """Why nothing can be made of the row."""


@dataclass(frozen=True, slots=True)
class Report:
    """The vendor's report, read."""

    rows: tuple[ReportRow, ...]
    layout: Layout
    """How the file is understood, even if that is not enough."""

    sha256: str
    notes: tuple[str, ...] = ()
    trouble: str = ""
    """Why no row can be read, if none can."""

    @property
    def asks_which(self) -> bool:
        """Whether someone must say if its scores are correct answers or percents."""
        return any(one.shown and not one.shown_as for one in self.rows)


def read_report(
    path: Path, modules: Mapping[str, str], options: ReadOptions, shown_as: str = ""
) -> Report:
    """Return what the report at `path` says.

    Args:
        path: a CSV, TSV, XLSX, ODS or XLS file.
        modules: the names under which a report may know a module, and its ID.
        options: how someone wants it read.
        shown_as: what a number is in a column that does not say: raw, percent, or
            nothing if no one was asked.

    Raises:
        UsageError: if the file as a whole is no use.
    """
    try:
        return _read_file(path, ModuleNames(modules), options, shown_as)
    except RosterUnreadable as error:
        text = f"{error}".replace("roster", "report")
        raise UsageError(f"{text} Nothing was changed.") from error


def _read_file(
    path: Path, names: ModuleNames, options: ReadOptions, shown_as: str
) -> Report:
    name = visible(path.name, 60)
    table = read_table(
        path, _score_rows, encoding=options.encoding, delimiter=options.delimiter
    )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    header = _find_header(table, options)
    layout = Layout(
        table.encoding, table.delimiter, header.index + 1, _list_columns(table, header)
    )
    if not header.is_enough:
        trouble = (
            f"{name} needs a column for the score, and one for the user code or the"
            " person: say what its columns mean."
        )
        return Report((), layout, digest, table.notes, trouble)
    reader = _Reader(header, names, shown_as)
    rows = tuple(
        row
        for sheet in table.sheets
        if _has_header(sheet, header)
        for row in reader.read_sheet(sheet, named=len(table.sheets) > 1)
    )
    trouble = "" if rows else f"{name} has column names but no scores."
    unread = [
        f'Sheet "{visible(one.name)}" has other columns and was not read.'
        for one in table.sheets
        if not _has_header(one, header)
    ]
    return Report(rows, layout, digest, (*table.notes, *unread), trouble)


def _list_columns(table: Table, header: ReportHeader) -> tuple[ColumnSeen, ...]:
    below = next((one for one in table.rows[header.index + 1 :] if any(one)), [])
    return tuple(
        ColumnSeen(
            visible(cell) or f"column {at + 1}",
            header.meaning_of(at),
            visible("".join(below[at : at + 1]), 30),
        )
        for at, cell in enumerate(header.cells)
    )


def _score_rows(rows: Sequence[Sequence[str]]) -> int:
    header = find_header(rows)
    return len(header.fields) if header else 0


def _find_header(table: Table, options: ReadOptions) -> ReportHeader:
    """Return the header as it is found or asked for; the first row if there is none."""
    rows = table.rows
    found = find_header(rows, [title for title, _ in options.named])
    first = next(at for at, cells in enumerate(rows, 1) if any(cells))
    if options.header_row or found is None:
        found = header_at(rows, options.header_row or first)
    if found is None:
        raise RosterUnreadable(
            f"There is no row {options.header_row}: there are {len(rows)}."
        )
    return set_columns(
        found, {**dict(options.columns), **columns_named(found, options.named)}
    )


def _has_header(sheet: Sheet, header: ReportHeader) -> bool:
    if header.index >= len(sheet.rows):
        return False
    mine = [header_key(cell) for cell in sheet.rows[header.index] if cell.strip()]
    return mine == [header_key(cell) for cell in header.cells if cell.strip()]


class _Reader:
    """Reads rows under one header."""

    def __init__(self, header: ReportHeader, names: ModuleNames, shown_as: str) -> None:
        self._header, self._names, self._shown_as = header, names, shown_as

    def read_sheet(self, sheet: Sheet, *, named: bool) -> Iterator[ReportRow]:
        """Yield the rows of a sheet that are about someone."""
        start = self._header.index + 1
        for number, cells in enumerate(sheet.rows[start:], start + 1):
            filled = [cell.strip() for cell in cells if cell.strip()]
            if not filled or FOOTER.fullmatch(fold_text(filled[0])):
                continue
            if number in sheet.hidden:
                trouble = "hidden in the workbook: unhide it to import it"
                yield ReportRow(number, sheet.name if named else "", trouble=trouble)
                continue
            yield self._read_row(number, sheet.name if named else "", cells)

    def _read_row(self, number: int, sheet: str, cells: Sequence[str]) -> ReportRow:
        if cells[0] == LOST:
            trouble = f'stray quotation mark nearby, not read: "{visible(cells[1])}"'
            return ReportRow(number, sheet, trouble=trouble)
        code = self._read_text(cells, ReportField.CODE)
        about = self._read_text(cells, ReportField.ID)
        row = ReportRow(number, sheet, code, about, self._read_name(cells))
        try:
            self._check_width(cells)
            module_id = self._read_module(cells)
            shown, kind, second = self._read_score(cells)
            verdict = self._read_verdict(cells)
        except BadRow as bad:
            return ReportRow(number, sheet, code, about, row.name, trouble=f"{bad}")
        return ReportRow(
            number, sheet, code, about, row.name, module_id, shown, kind, second,
            verdict,
        )  # fmt: skip

    def _check_width(self, cells: Sequence[str]) -> None:
        if any(one.strip() for one in cells[len(self._header.cells) :]):
            raise BadRow("more cells than the header")

    def _read_text(self, cells: Sequence[str], field: ReportField) -> str:
        return visible(self._header.cell_of(cells, field), 120)

    def _read_name(self, cells: Sequence[str]) -> str:
        family = self._read_text(cells, ReportField.FAMILY)
        given = self._read_text(cells, ReportField.GIVEN)
        if not family and (whole := self._read_text(cells, ReportField.NAME)):
            family, given = split_name(whole)
        # A first name alone tells no one apart.
        return f"{family}, {given}" if family and given else family

    def _read_module(self, cells: Sequence[str]) -> str:
        text = self._read_text(cells, ReportField.MODULE)
        found = self._names.match_module(text) if text else ""
        if text and not found:
            raise BadRow(f'"{text}" is not a module')
        return found

    def _read_score(self, cells: Sequence[str]) -> tuple[str, str, str]:
        """Return the score, what it is, and the percent if there are both.

        Raises:
            BadRow: if there is none, or it is no number.
        """
        found = {one: self._read_number(cells, one) for one in SCORES}
        raw, percent = found[ReportField.RAW], found[ReportField.PERCENT]
        bare = found[ReportField.SCORE]
        if percent and not percent.endswith("%"):
            percent = f"{percent}%"
        if bare.endswith("%"):
            percent, bare = percent or bare, ""
        if raw.endswith("%"):
            raise BadRow(f"{raw} in a column of correct answers")
        if raw:
            return raw, "raw", percent
        if bare and not percent:
            return bare, self._shown_as, ""
        if percent:
            return percent, "percent", ""
        raise BadRow("no score")

    def _read_number(self, cells: Sequence[str], field: ReportField) -> str:
        text = self._read_text(cells, field)
        if not text:
            return ""
        match = NUMBER.fullmatch(text)
        if match is None:
            raise BadRow(f'"{text}" is not a score')
        whole, decimals, sign = match.groups()
        exact = Decimal(f"{whole}.{(decimals or '')[1:] or 0}")
        rounded = f"{exact.quantize(HUNDREDTH, ROUND_HALF_UP)}"
        return f"{rounded.removesuffix('0').removesuffix('.0')}{sign}"

    def _read_verdict(self, cells: Sequence[str]) -> str:
        text = self._read_text(cells, ReportField.VERDICT)
        word = re.sub(r"[\W_]+", " ", fold_text(text)).strip()
        if not word:
            return ""
        if word in PASS | NOT_PASS:
            return "pass" if word in PASS else "not pass"
        raise BadRow(f'"{text}" is neither pass nor fail')
