"""Where the people of a file stand: on sheets, below and beside each other."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cptkiosk.domain.text import fold_text, visible
from cptkiosk.roster.columns import (
    Field,
    Header,
    find_header,
    header_at,
    id_columns,
    is_enough,
    key_of,
    side_by_side,
    words_known,
)
from cptkiosk.roster.modules import ModuleNames
from cptkiosk.roster.tables import Sheet

_OTHER_PEOPLE: Final = frozenset(
    (
        *("withdrawn", "withdrew", "inactive", "dropped", "deleted", "removed", "old"),
        *("archive", "archived", "teachers", "teacher", "staff", "proctors", "parents"),
        *("instructors", "example", "sample", "template", "backup", "transferred"),
    )
)
"""A sheet with one of these words in its name has people who do not come."""

_SECOND_MIN: Final = 3
"""So many names of columns make a row another header."""

_DIGIT: Final = re.compile(r"\d")

Numbered = tuple[int, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Part:
    """Rows below one header."""

    header: Header
    rows: tuple[Numbered, ...]
    sheet: str = ""
    """Its name, where people stand on several."""
    hidden: frozenset[int] = frozenset()
    """Rows that the sender hid."""
    trouble: str = ""
    """Why none of these rows can be read, if so."""


class Pages:
    """The parts of a file that have people of the same kind as its first header."""

    def __init__(self, header: Header, names: ModuleNames, *, parted: bool) -> None:
        self.unread: Final[list[str]] = []
        """Sentences about what was not read."""
        self._header, self._names, self._parted = header, names, parted

    def split_parts(self, sheets: Sequence[Sheet]) -> Iterator[Part]:
        """Yield them in the order of the file."""
        for at, sheet in enumerate(sheets):
            header = self._header if at == 0 else self._find_alike(sheet)
            if header is None:
                continue
            self.unread.extend(_hidden_columns(sheet, header))
            label = visible(sheet.name) if at else ""
            yield from self._parts_below(sheet, header, label)

    def _find_alike(self, sheet: Sheet) -> Header | None:
        """Return the header of a further sheet, if it lists the same kind of people."""
        named = f'Sheet "{visible(sheet.name)}"'
        header = find_header(sheet.rows, self._names)
        if header is None or not is_enough(header):
            self.unread.append(f"{named} was not read: it has no roster columns")
            return None
        others = _OTHER_PEOPLE & set(re.findall(r"\w+", fold_text(sheet.name)))
        if others:
            self.unread.append(
                f'{named} was not read: its name says "{min(others)}"; move'
                " the people who are coming to the first sheet"
            )
            return None
        first = self._header
        if header.cells == first.cells:
            return Header(header.index, first.cells, first.fields, first.modules)
        if _id_key(header) != _id_key(first):
            self.unread.append(
                f"{named} was not read: its IDs are in another column,"
                f' "{visible(header.cells[header.fields[Field.ID]])}"'
            )
            return None
        return header

    def _parts_below(self, sheet: Sheet, header: Header, label: str) -> Iterator[Part]:
        """Yield what stands below a header, again at each further header."""
        trouble, rows = "", list[Numbered]()
        for number, cells in enumerate(
            sheet.rows[header.index + 1 :], header.index + 2
        ):
            other = self._further_header(sheet, number, cells, header)
            if other is None:
                rows.append((number, cells))
                continue
            yield from self._parts_beside(header, rows, sheet, label, trouble)
            header, rows = other, []
            trouble = "" if is_enough(other) else f"the header in row {number}"
        yield from self._parts_beside(header, rows, sheet, label, trouble)

    def _further_header(
        self, sheet: Sheet, number: int, cells: Sequence[str], header: Header
    ) -> Header | None:
        """Return another header, if this row is one; the same once more is none."""
        if _DIGIT.search("".join(cells)):
            return None
        filled = [cell for cell in cells if cell.strip()]
        known = words_known(cells)
        if known < _SECOND_MIN or known * 2 < len(filled):
            return None
        if [key_of(cell) for cell in cells] == [key_of(cell) for cell in header.cells]:
            return None
        return header_at(sheet.rows, number, self._names)

    def _parts_beside(
        self,
        header: Header,
        rows: Sequence[Numbered],
        sheet: Sheet,
        label: str,
        trouble: str,
    ) -> Iterator[Part]:
        """Yield the tables that stand beside each other, one after the other."""
        tables = (header,) if self._parted else side_by_side(header, self._names)
        for at, one in enumerate(tables):
            mine = tuple(rows)
            if len(tables) > 1:
                used = [column for column, cell in enumerate(one.cells) if cell]
                first = used[0] if at else 0
                last = used[-1] + 1 if at + 1 < len(tables) else None
                mine = tuple(
                    (number, [*([""] * first), *cells[first:last]])
                    for number, cells in rows
                )
            yield Part(one, mine, label, sheet.hidden, trouble)


def _id_key(header: Header) -> str:
    return key_of(header.cells[header.fields[Field.ID]])


def _hidden_columns(sheet: Sheet, header: Header) -> Iterator[str]:
    for column in sorted(sheet.hidden_columns):
        if column < len(header.cells) and header.column_meaning(column):
            yield (
                f'Column "{visible(header.cells[column])}" is hidden in the workbook'
                " but was read: unhide it and check it"
            )


def id_choice(header: Header) -> Iterator[str]:
    """Say which of several ID columns is taken."""
    chosen = header.fields[Field.ID]
    others = [
        f'"{visible(header.cells[column])}"'
        for column in id_columns(header)
        if column != chosen
    ]
    if others:
        yield (
            f'The participant ID is "{visible(header.cells[chosen])}",'
            f" not {', '.join(others)}: change the columns if it should be"
        )
