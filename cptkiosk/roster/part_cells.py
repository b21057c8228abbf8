"""The cells of rows below one header: each read as what its column says it is."""

from collections.abc import Mapping, Sequence

from cptkiosk.domain.text import visible
from cptkiosk.roster import values
from cptkiosk.roster.columns import Field, key_of, others_of
from cptkiosk.roster.modules import ModuleNames
from cptkiosk.roster.names import is_broken
from cptkiosk.roster.pages import Part
from cptkiosk.roster.settled import Settled
from cptkiosk.roster.values import BadCell


class PartCells:
    """Reads cells in the light of their whole column: its dates, zeros and letters."""

    def __init__(
        self,
        part: Part,
        names: ModuleNames,
        day_first: Mapping[Field, str],
        *,
        guessed: bool,
        text: bool,
    ) -> None:
        """Look at all rows of a part.

        Args:
            part: a header and what is below it.
            names: what modules are called.
            day_first: fields whose days come first elsewhere in the file, with a
                date that shows it.
            guessed: whether the encoding of the file was guessed.
            text: whether it is a file of text, not a workbook.
        """
        self._header, self._names, self._is_text = part.header, names, text
        self._other_factors = others_of(part.header, Field.FACTOR)
        self.settled = Settled(part.header, part.rows, guessed=guessed)
        self.settled.day_first.update(day_first)

    def repeat_header(self, cells: Sequence[str]) -> bool:
        """Tell whether a row is the header once more."""
        head = self._header.cells
        if tuple(cells) == head:
            return True
        first = self._header.fields.get(Field.ID, 0)
        if first >= len(cells) or key_of(cells[first]) != key_of(head[first]):
            return False
        keys = [key_of(cell) for cell in cells]
        return any(keys) and keys == [key_of(cell) for cell in head[: len(cells)]]

    def read_loosely(self, cells: Sequence[str], field: Field) -> str:
        """Return an ID or code, even if it is no good."""
        cell = self._header.cell_of(cells, field)
        try:
            return values.parse_identifier(field, cell)
        except BadCell:
            return visible(cell)

    def read_identifier(self, field: Field, cells: Sequence[str]) -> str:
        """Return an ID or code.

        Raises:
            BadCell: if it is none, or a spreadsheet has rounded it.
        """
        text = values.parse_identifier(field, self._header.cell_of(cells, field))
        if self.settled.is_rounded(field, text):
            raise BadCell(
                f'{field.value} "{text}" was rounded by a spreadsheet: '
                "format that column as text and type it again"
            )
        return text

    def read_date(self, field: Field, cells: Sequence[str]) -> str:
        """Return a day as ISO, or an empty string.

        Raises:
            BadCell: if it is none, or day and month could be each other.
        """
        day_first = self.settled.day_first.get(field, "")
        text = values.parse_day(field, self._header.cell_of(cells, field), day_first)
        # Where some dates stayed text with their days first, the program that made
        # the others into dates took their days for months.
        if day_first and not self._is_text and values.could_be_swapped(text):
            raise BadCell(
                f"{field.value} {text} may have day and month swapped, as"
                f" {day_first} is not a date in the workbook: write it as text,"
                " 2007-02-28"
            )
        return text

    def read_factor(self, cells: Sequence[str]) -> int | None:
        """Return the extended time; no other column may say something else.

        Raises:
            BadCell: if one cannot be read, or two differ.
        """
        factor = values.parse_factor(self._header.cell_of(cells, Field.FACTOR))
        for column in self._other_factors:
            cell = "".join(cells[column : column + 1])
            try:
                other = values.parse_factor(cell)
            except BadCell:
                continue
            if other not in {None, factor}:
                raise BadCell(
                    f'"{visible(self._header.cells[column])}" says'
                    f' "{visible(cell)}", which differs from the extended time'
                )
        return factor

    def read_name(self, field: Field, cells: Sequence[str]) -> str:
        """Return a name, all letters of which are right.

        Raises:
            BadCell: if letters were lost, or it may be of another encoding.
        """
        cell = self._header.cell_of(cells, field)
        text = values.clean_cell(field, cell)
        if is_broken(cell):
            raise BadCell(f'{field.value} "{text}" has lost letters: type it again')
        if self.settled.foreign and not cell.isascii():
            raise BadCell(
                f'{field.value} "{text}" may be in another encoding: '
                'choose the encoding, or save the list as "CSV UTF-8"'
            )
        return text

    def read_modules(self, cells: Sequence[str]) -> list[str]:
        """Return the modules a row registers for; one empty id for none.

        Raises:
            BadCell: if what it names is no module.
        """
        header = self._header
        if header.modules:
            marked = [
                module_id
                for column, module_id in header.modules.items()
                if values.is_marked(
                    header.cells[column], "".join(cells[column : column + 1])
                )
            ]
            return marked or [""]
        text = values.clean_cell(Field.MODULE, header.cell_of(cells, Field.MODULE))
        module_id = self._names.match_module(text) if text else ""
        if text and not module_id:
            raise BadCell(f'unknown assessment "{visible(text)}"')
        return [module_id]
