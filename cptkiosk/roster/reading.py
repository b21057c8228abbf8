"""One pass over the rows of a roster: people and modules, or a reason why not."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from cptkiosk.domain.text import fold_text, visible
from cptkiosk.roster import membership, values
from cptkiosk.roster.columns import Field, Header, may_be_time
from cptkiosk.roster.crosscheck import Contradiction, CrossCheck, Person
from cptkiosk.roster.lines import LOST
from cptkiosk.roster.model import Doubt, Note, RejectedRow, RosterRow, place_of
from cptkiosk.roster.modules import ModuleNames
from cptkiosk.roster.names import is_exported, is_suffix, split_name
from cptkiosk.roster.pages import Part
from cptkiosk.roster.part_cells import PartCells
from cptkiosk.roster.settled import Settled
from cptkiosk.roster.values import BadCell

_FOOTER: Final = re.compile(
    r"(grand |sub ?)?(totals?|sum|count|average|mean)( \w+)?[ :=]*[\d.,]*"
    r"|number of \w+[ :=]*\d*|end of \w+|page \d+( of \d+)?"
    r"|(total )?points possible:?|weight(ing)?s?:?|class average:?|max(imum)? points:?"
)
_FIGURE: Final = re.compile(r"[\d.,$% ]*|\(read only\)")
_NAMED_MAX: Final = 12
"""Of more rows than this it is only said how many there are."""


class NotComing(BadCell):
    """A row that is left out because the roster says that they do not come."""


class Reading:
    """Takes the parts of a file, row by row; every row is taken or rejected."""

    def __init__(
        self,
        names: ModuleNames,
        coming: frozenset[str] = frozenset(),
        *,
        guessed: bool,
        text: bool,
    ) -> None:
        self.rows: Final[list[RosterRow]] = []
        self.rejected: Final[list[RejectedRow]] = []
        self.notes: Final[list[Note]] = []
        self._names, self._guessed, self._is_text = names, guessed, text
        self._coming = coming
        self._day_first: dict[Field, str] = {}
        self._check = CrossCheck()
        self._named: dict[str, dict[str, tuple[int, str]]] = {}
        """Under each ID the names that rows have, good or not, and their places."""
        self._short: list[str] = []
        self._without_comma: list[str] = []
        self._part = Part(Header(0, (), {}, {}), ())
        self._cells = PartCells(self._part, names, {}, guessed=guessed, text=text)

    @property
    def _header(self) -> Header:
        return self._part.header

    def settle_day_order(self, parts: Iterable[Part]) -> None:
        """Look at all parts first: who writes days first does so in the whole file."""
        for part in parts:
            own = Settled(part.header, part.rows, guessed=self._guessed).day_first
            self._day_first = {**own, **self._day_first}

    def open_part(self, part: Part) -> None:
        """Go on with the rows below another header."""
        self._part = part
        self._cells = PartCells(
            part,
            self._names,
            self._day_first,
            guessed=self._guessed,
            text=self._is_text,
        )
        self.notes.extend(_note_unread_time(part))

    def close_file(self) -> None:
        """Say what was noticed of several rows at once."""
        for row in self.rows:
            others = self._named.get(row.participant_id, {})
            places = [place for _, place in others.values()]
            if len(places) > 1:
                said = f"participant ID {row.participant_id} has other names"
                also = " and ".join(f"row {place}" for place in places)
                self.notes.append(Note(row.row, f"{said} in {also}: which is right?"))
        for places, said in (
            (
                self._short,
                "fewer cells than the header: missing cells were read as blank",
            ),
            (self._without_comma, 'a name without a comma, read as "first last"'),
        ):
            if places:
                self.notes.append(Note(0, f"Row {_name_places(places)}: {said}"))

    def read_row(self, number: int, cells: Sequence[str]) -> None:
        """Take one row, or reject it."""
        if self._is_no_person(number, cells):
            return
        self._note_name(number, cells)
        try:
            taken = self._claim_and_parse(number, cells)
            self.rows.extend(self._check.add_rows(taken))
        except NotComing as error:
            about = self._cells.read_loosely(cells, Field.ID)
            doubt = Doubt.NOT_COMING if about else None
            self._reject_row(number, str(error), doubt, about)
        except (BadCell, Contradiction) as error:
            self._reject_row(number, str(error))

    def _add_doubt(self, place: str, what: str, number: int) -> None:
        """Say of an earlier row, which is taken, that it may be the wrong one."""
        said = f"row {place} and row {self._place_of(number)} both have {what}: which is right?"
        self.notes.append(Note(int(place.split(maxsplit=1)[0]), said))

    def _note_name(self, number: int, cells: Sequence[str]) -> None:
        """Take note of who has an ID, even if the row is no good for something else."""
        fields = (Field.NAME, Field.FAMILY, Field.GIVEN)
        name = " ".join(self._header.cell_of(cells, field) for field in fields)
        names = self._named.setdefault(self._cells.read_loosely(cells, Field.ID), {})
        names.setdefault(fold_text(name).strip(), (number, self._place_of(number)))

    def _reject_row(
        self, number: int, reason: str, doubt: Doubt | None = None, about: str = ""
    ) -> None:
        sheet = f'sheet "{self._part.sheet}": ' if self._part.sheet else ""
        self.rejected.append(RejectedRow(number, f"{sheet}{reason}", doubt, about))

    def _is_coming(self, cells: Sequence[str]) -> bool:
        """Tell whether someone comes, whatever the roster says."""
        return self._cells.read_loosely(cells, Field.ID) in self._coming

    def _place_of(self, number: int) -> str:
        return place_of(number, self._part.sheet)

    def _is_no_person(self, number: int, cells: Sequence[str]) -> bool:
        """Tell whether a row is blank, the header once more, or a total; name the last."""
        filled = [text for cell in cells if (text := cell.strip())]
        if not filled or self._cells.repeat_header(cells):
            return True
        first = fold_text(filled[0])
        if _FOOTER.fullmatch(first) and all(map(_FIGURE.fullmatch, filled[1:])):
            said = (
                f'Row {self._place_of(number)} is not a person: "{visible(filled[0])}"'
            )
            self.notes.append(Note(number, said))
            return True
        return False

    def _refuse_row(self, number: int, cells: Sequence[str]) -> None:
        """Refuse rows that are not to be read, whatever they say.

        Raises:
            BadCell: with the reason.
        """
        if cells[0] == LOST:
            raise BadCell(f'stray quotation mark nearby, not read: "{cells[1]}"')
        if self._part.trouble:
            raise BadCell(f"{self._part.trouble} has no participant ID or no name")
        if number in self._part.hidden and not self._is_coming(cells):
            who = " ".join(cell for cell in cells if cell.strip())
            raise NotComing(
                f'hidden in the workbook ("{visible(who)}"): unhide it if they come'
            )

    def _claim_and_parse(self, number: int, cells: Sequence[str]) -> list[RosterRow]:
        """Return the rows in one row, whose user code is claimed in any case."""
        clash: Contradiction | None = None
        try:
            self._check.claim_code(
                self._cells.read_loosely(cells, Field.CODE),
                self._cells.read_loosely(cells, Field.ID),
                self._place_of(number),
            )
        except Contradiction as error:
            clash = error
            self._add_doubt(error.doubted, error.what, number)
        self._refuse_row(number, cells)
        rows = self._parse_row(number, cells)
        if clash:
            raise clash
        return rows

    def _parse_row(self, number: int, cells: Sequence[str]) -> list[RosterRow]:
        header = self._header
        wide = len(cells) > max(len(header.cells), self._cells.settled.width)
        # A blank cell at the end is no matter, unless a name has moved all others.
        moved = len(cells) > len(header.cells) and not re.search(
            r"\d", header.cell_of(cells, Field.ID)
        )
        if wide or moved or any(cell.strip() for cell in cells[len(header.cells) :]):
            raise BadCell(
                f"more cells than the header ({len(cells)}, not {len(header.cells)}):"
                " a name with a comma needs quotation marks"
            )
        person = self._read_person(number, cells)
        reason = membership.why_not_coming(header, cells)
        if reason and not self._is_coming(cells):
            raise NotComing(f"{person.full_name()} ({person.participant_id}): {reason}")
        self._look_at_width(number, cells)
        self._check.meet_person(person, self._place_of(number))
        code = self._cells.read_identifier(Field.CODE, cells)
        self._note_zeros(number, Field.CODE, code)
        factor = self._cells.read_factor(cells)
        paid = values.parse_paid(header.cell_of(cells, Field.PAID))
        expires = self._cells.read_date(Field.EXPIRES, cells)
        stop_clock = values.stop_clock(header.cell_of(cells, Field.STOP))
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
                sheet=self._part.sheet,
                not_coming=bool(reason) or number in self._part.hidden,
            )
            for module_id in self._cells.read_modules(cells)
        ]

    def _look_at_width(self, number: int, cells: Sequence[str]) -> None:
        """Take note of a row that ends early, or refuse it if a name is a module."""
        missing = range(len(cells), len(self._header.cells))
        if not self._is_text or not missing:
            return
        for field in (Field.FAMILY, Field.GIVEN):
            if self._names.exact_module(self._header.cell_of(cells, field)):
                raise BadCell(
                    f"fewer cells than the header ({len(cells)}, not"
                    f" {len(self._header.cells)}), and the {field.value} is an"
                    " assessment"
                )
        self._short.append(self._place_of(number))

    def _note_zeros(self, number: int, field: Field, text: str) -> None:
        """Say of an ID or code that it may have lost its leading zeros."""
        if self._cells.settled.short_of_zeros(field, text):
            said = f"{field.value} {text} lacks the leading zeros that others have"
            self.notes.append(Note(number, f"{said}: ask a coordinator"))

    def _read_person(self, number: int, cells: Sequence[str]) -> Person:
        header = self._header
        participant_id = self._cells.read_identifier(Field.ID, cells)
        if Field.NAME in header.fields:
            whole = self._cells.read_name(Field.NAME, cells)
            family, given = split_name(whole)
            if self._cells.settled.with_commas and given and "," not in whole:
                self._without_comma.append(self._place_of(number))
        else:
            fields = (Field.FAMILY, Field.GIVEN, Field.MIDDLE)
            family, first, middle = (
                self._cells.read_name(field, cells) for field in fields
            )
            given = f"{first} {middle}".strip()
            if is_suffix(first):
                raise BadCell(
                    f'the first name is "{first}": a name with a comma needs quotation'
                    " marks"
                )
        if is_exported(family, given):
            raise BadCell(
                f"{given} {family} is not a person: the export added this row"
            )
        if not participant_id:
            raise BadCell("no participant ID")
        if not family:
            raise BadCell(
                "no last name; if the person has only one name, "
                "put it in the last-name column"
            )
        self._note_zeros(number, Field.ID, participant_id)
        born = self._cells.read_date(Field.BIRTH, cells)
        return Person(participant_id, family, given, born)


def _name_places(places: Sequence[str]) -> str:
    more = len(places) - _NAMED_MAX
    named = ", ".join(places[:_NAMED_MAX])
    return f"{named} and {more} more" if more > 0 else named


def _note_unread_time(part: Part) -> Iterator[Note]:
    """Say of columns that are not read, but may tell of extra time, what they hold."""
    for column in may_be_time(part.header):
        cells = ((at, "".join(row[column : column + 1])) for at, row in part.rows)
        said = [(at, cell) for at, cell in cells if fold_text(cell) not in values.NO]
        if said:
            at, cell = said[0]
            yield Note(
                0,
                f'Column "{visible(part.header.cells[column])}" was not read,'
                f' but row {at} says "{visible(cell)}": is that extra time?',
            )
