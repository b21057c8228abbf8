"""What a whole column settles about each of its cells."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from cptkiosk.domain.text import visible
from cptkiosk.roster import values
from cptkiosk.roster.columns import Field, Header
from cptkiosk.roster.names import looks_foreign

_KEPT: Final = 15
"""Digits that a spreadsheet keeps of a number; the rest become zeros."""

NAMES: Final = (Field.NAME, Field.FAMILY, Field.GIVEN, Field.MIDDLE)
DATES: Final = (Field.BIRTH, Field.EXPIRES)
NUMBERS: Final = (Field.ID, Field.CODE)


class Settled:
    """One look at all rows below a header, before any of them is read."""

    def __init__(
        self,
        header: Header,
        rows: Sequence[tuple[int, Sequence[str]]],
        *,
        guessed: bool,
    ) -> None:
        self.day_first: Final[dict[Field, str]] = {}
        """The cell that proves a column to have its days before its months."""
        self.foreign = False
        """Whether the encoding that was guessed makes no sense of the names."""
        self.with_commas = False
        """Whether whole names stand as 'Reyes, Ana' in this column."""
        lengths = Counter(len(cells) for _, cells in rows)
        self.width: Final = max(lengths, key=lengths.__getitem__, default=0)
        """How many cells most rows have."""
        self._exact: Final[set[Field]] = set()
        self._zeros: Final[dict[Field, int]] = {}
        for number, cells in rows:
            for field in DATES:
                cell = header.cell_of(cells, field)
                if field not in self.day_first and values.is_day_first(cell):
                    self.day_first[field] = f'row {number} ("{visible(cell)}")'
            for field in NUMBERS:
                self._look_at_number(field, header.cell_of(cells, field).strip())
            for field in NAMES if guessed else ():
                self.foreign |= looks_foreign(header.cell_of(cells, field))
            self.with_commas |= "," in header.cell_of(cells, Field.NAME)

    def _look_at_number(self, field: Field, cell: str) -> None:
        if not cell.isdecimal():
            return
        if len(cell) > _KEPT and cell[_KEPT:].strip("0"):
            self._exact.add(field)
        if cell.startswith("0") and len(cell) > 1:
            self._zeros[field] = max(self._zeros.get(field, 0), len(cell))

    def is_rounded(self, field: Field, text: str) -> bool:
        """Tell whether a long number has lost its last digits, as all others here."""
        if not re.fullmatch(r"\d{16,}", text, re.ASCII) or field in self._exact:
            return False
        return not text[_KEPT:].strip("0")

    def short_of_zeros(self, field: Field, text: str) -> bool:
        """Tell whether others in the column begin with zeros that this one lacks."""
        return text.isdecimal() and len(text) < self._zeros.get(field, 0)
