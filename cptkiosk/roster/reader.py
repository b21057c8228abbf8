"""Reads a roster: every row becomes people and modules, or a reason why not."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from cptkiosk.domain.text import fold, visible
from cptkiosk.progress import Told, untold
from cptkiosk.roster import values
from cptkiosk.roster.columns import Field, Header, as_wished, find_header, header_at
from cptkiosk.roster.crosscheck import Contradiction, CrossCheck, Person
from cptkiosk.roster.model import (
    ColumnSeen,
    Layout,
    RejectedRow,
    RosterFile,
    RosterRow,
    RosterUnreadable,
    Wishes,
)
from cptkiosk.roster.modules import ModuleNames
from cptkiosk.roster.tables import Rows, Table, read_table
from cptkiosk.roster.values import BadCell

__all__ = [
    "RejectedRow",
    "RosterFile",
    "RosterRow",
    "RosterUnreadable",
    "layout_of",
    "read_roster",
]
AS_FOUND: Final = Wishes()

_FOOTER: Final = re.compile(
    r"(grand |sub ?)?(totals?|sum|count|average)( \w+)?[ :=]*[\d.,]*"
    r"|number of \w+[ :=]*\d*|end of \w+|page \d+( of \d+)?"
)
_FIGURE: Final = re.compile(r"[\d.,$% ]*")


def read_roster(
    path: Path,
    modules: Mapping[str, str],
    wishes: Wishes = AS_FOUND,
    told: Told = untold,
) -> RosterFile:
    """Return what the roster at `path` says.

    Args:
        path: a CSV, TSV, XLSX, ODS or XLS file.
        modules: the names under which rosters may know a module, and its id.
        wishes: how somebody wants it read.
        told: is told each row; what it raises ends the reading.

    Raises:
        RosterUnreadable: if the file as a whole is no use.
    """
    names = ModuleNames(modules)
    table = _table(path, names, wishes)
    name = visible(path.name, 60)
    header = _require_header(_header(table.rows, names, wishes), name)
    reading = _Reading(header, names)
    for number, cells in enumerate(table.rows[header.index + 1 :], header.index + 2):
        told(number, len(table.rows))
        if not _is_filler(cells, header):
            reading.read(number, cells)
    if not (reading.rows or reading.rejected):
        raise RosterUnreadable(
            f"{name} has a header but no people: ask for the roster again."
        )
    return RosterFile(
        rows=tuple(reading.rows),
        rejected=tuple(reading.rejected),
        encoding=table.encoding,
        delimiter=table.delimiter,
        columns=header.named(),
    )


def layout_of(
    path: Path, modules: Mapping[str, str], wishes: Wishes = AS_FOUND
) -> Layout:
    """Return how the roster at `path` is understood, even if it is not enough.

    Raises:
        RosterUnreadable: if the file as a whole is no use, or has no such header row.
    """
    names = ModuleNames(modules)
    table = _table(path, names, wishes)
    header = _header(table.rows, names, wishes)
    if header is None and not wishes.header_row:
        first = next(at for at, cells in enumerate(table.rows, 1) if any(cells))
        header = header_at(table.rows, first, names)
    if header is None:
        raise RosterUnreadable(
            f"{visible(path.name, 60)} has no row {wishes.header_row}: it has"
            f" {len(table.rows)}."
        )
    below = table.rows[header.index + 1 : header.index + 2] or [[]]
    columns = tuple(
        ColumnSeen(
            visible(cell) or f"column {at + 1}",
            header.meaning(at),
            visible("".join(below[0][at : at + 1])),
        )
        for at, cell in enumerate(header.cells)
    )
    return Layout(table.encoding, table.delimiter, header.index + 1, columns)


def _table(path: Path, names: ModuleNames, wishes: Wishes) -> Table:
    def score(rows: Sequence[Sequence[str]]) -> int:
        header = find_header(rows, names)
        return len(header.fields) + len(header.modules) if header else 0

    return read_table(path, score, encoding=wishes.encoding, delimiter=wishes.delimiter)


def _header(rows: Rows, names: ModuleNames, wishes: Wishes) -> Header | None:
    """Return the header, found or wished for, its columns as they are wished."""
    if wishes.header_row:
        found = header_at(rows, wishes.header_row, names)
    else:
        found = find_header(rows, names)
    return as_wished(found, dict(wishes.columns)) if found is not None else None


def _require_header(header: Header | None, name: str) -> Header:
    if header is None:
        raise RosterUnreadable(
            f"{name} has no row of column names: "
            "add one with Participant ID, Last Name, First Name and Assessment."
        )
    if Field.ID not in header.fields:
        raise RosterUnreadable(
            f'{name} has no column for the participant ID: add one, "Participant ID".'
        )
    if not header.fields.keys() & {Field.FAMILY, Field.NAME}:
        raise RosterUnreadable(f'{name} has no column for names: add one, "Last Name".')
    return header


def _is_filler(cells: Sequence[str], header: Header) -> bool:
    """Tell whether a row is blank, a total, or the header once more."""
    filled = [text for cell in cells if (text := cell.strip())]
    if not filled or tuple(cells) == header.cells:
        return True
    return bool(_FOOTER.fullmatch(fold(filled[0]))) and all(
        _FIGURE.fullmatch(text) for text in filled[1:]
    )


class _Reading:
    """One pass over the rows below a header."""

    def __init__(self, header: Header, names: ModuleNames) -> None:
        self.rows: Final[list[RosterRow]] = []
        self.rejected: Final[list[RejectedRow]] = []
        self._header = header
        self._names = names
        self._check = CrossCheck()

    def read(self, number: int, cells: Sequence[str]) -> None:
        """Take one row, or reject it."""
        try:
            taken = self._claim_and_parse(number, cells)
            self.rows.extend(self._check.add(taken))
        except (BadCell, Contradiction) as error:
            self.rejected.append(RejectedRow(number, str(error)))

    def _claim_and_parse(self, number: int, cells: Sequence[str]) -> list[RosterRow]:
        """Return the rows in one row, whose user code is claimed in any case."""
        clash: Contradiction | None = None
        try:
            self._check.claim(
                self._loosely(cells, Field.CODE),
                self._loosely(cells, Field.ID),
                number,
            )
        except Contradiction as error:
            clash = error
        rows = self._parse(number, cells)
        if clash:
            raise clash
        return rows

    def _loosely(self, cells: Sequence[str], field: Field) -> str:
        """Return an ID or code, even if it is no good."""
        cell = self._header.cell(cells, field)
        try:
            return values.identifier(field, cell)
        except BadCell:
            return visible(cell)

    def _parse(self, number: int, cells: Sequence[str]) -> list[RosterRow]:
        header = self._header
        if any(cell.strip() for cell in cells[len(header.cells) :]):
            raise BadCell(
                f"more cells than the header has ({len(cells)}, not "
                f"{len(header.cells)}): a name with a comma needs quotation marks"
            )
        person = self._person(cells)
        self._check.meet(person, number)
        code = values.identifier(Field.CODE, header.cell(cells, Field.CODE))
        factor = values.factor(header.cell(cells, Field.FACTOR))
        paid = values.paid(header.cell(cells, Field.PAID))
        expires = values.code_expires(header.cell(cells, Field.EXPIRES))
        stop_clock = values.stop_clock(header.cell(cells, Field.STOP))
        return [
            RosterRow(
                row=number,
                participant_id=person.participant_id,
                family_name=person.family_name,
                given_name=person.given_name,
                birth_date=person.birth_date,
                module_id=module_id,
                user_code=code,
                factor_permille=factor,
                paid=paid,
                code_expires=expires,
                stop_clock=stop_clock,
            )
            for module_id in self._module_ids(cells)
        ]

    def _person(self, cells: Sequence[str]) -> Person:
        header = self._header
        participant_id = values.identifier(Field.ID, header.cell(cells, Field.ID))
        if not participant_id:
            raise BadCell("no participant ID")
        if Field.NAME in header.fields:
            whole = values.used(Field.NAME, header.cell(cells, Field.NAME))
            family, given = values.split_name(whole)
        else:
            fields = (Field.FAMILY, Field.GIVEN, Field.MIDDLE)
            family, first, middle = (
                values.used(field, header.cell(cells, field)) for field in fields
            )
            given = f"{first} {middle}".strip()
        if not family:
            raise BadCell(
                "no last name; if the person has only one name, "
                "put it in the last-name column"
            )
        born = values.birth_date(header.cell(cells, Field.BIRTH))
        return Person(participant_id, family, given, born)

    def _module_ids(self, cells: Sequence[str]) -> list[str]:
        """Return the modules a row registers for; one empty id for none."""
        header = self._header
        if header.modules:
            marked = [
                module_id
                for column, module_id in header.modules.items()
                if values.marked(
                    header.cells[column], "".join(cells[column : column + 1])
                )
            ]
            return marked or [""]
        text = values.used(Field.MODULE, header.cell(cells, Field.MODULE))
        module_id = self._names.match(text) if text else ""
        if text and not module_id:
            raise BadCell(f'unknown assessment "{visible(text)}"')
        return [module_id]
