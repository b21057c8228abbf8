"""The header of a roster: where it is, and what its columns mean."""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from cptkiosk.domain.text import fold_text, visible
from cptkiosk.roster.modules import ModuleNames

HEADER_ROWS: Final = 30


class Field(Enum):
    """What a column can hold; the value is our word for it."""

    ID = "participant ID"
    FAMILY = "last name"
    GIVEN = "first name"
    MIDDLE = "middle name"
    NAME = "name"
    BIRTH = "birth date"
    MODULE = "assessment"
    CODE = "user code"
    FACTOR = "extended time"
    PAID = "fee paid"
    EXPIRES = "code expiry"
    STOP = "stop clock"
    STATUS = "status"
    ROLE = "role"
    ENABLED = "active"


_OF_TIME: Final = re.compile(
    r"\b(iep|504|sped|special ed\w*|accom\w*|(extra|extended|additional) (time|min\w*)"
    r"|test\w* (time|min\w*)|time (and a half|factor|allow\w*)|double time)\b"
)
"""What a header says that may be about extra time, though its name is not known."""

COURSES: Final = ("course", "course code", "course number", "course id")

# Best first: when two columns could be a field, the one named earlier here is.
HEADERS: Final[dict[Field, tuple[str, ...]]] = {
    Field.ID: (
        *("participant id", "participant number", "candidate id", "candidate number"),
        *("mssc id", "student id", "student number", "student identifier"),
        *("student id number", "local id", "local student id", "school id"),
        *("sis id", "sis user id", "sis student id", "learner id", "person id"),
        *("state id", "state student id", "state id number", "external id"),
        *("identifier", "id", "id number", "sourced id", "org defined id"),
    ),
    Field.FAMILY: (
        *("last name", "family name", "surname", "last", "lname", "legal last name"),
        *("student last name", "participant last name", "candidate last name"),
    ),
    Field.GIVEN: (
        *("first name", "given name", "given names", "forename", "first", "fname"),
        *("student first name", "participant first name", "candidate first name"),
        "legal first name",
    ),
    Field.MIDDLE: ("middle name", "middle initial", "mi", "middle"),
    Field.NAME: (
        *("last name, first name", "last, first", "last first name", "last first"),
        *("first and last name", "first name last name", "student full name"),
        *("name", "full name", "participant name", "candidate name", "student name"),
        *("learner name", "participant", "candidate", "student", "learner", "pupil"),
    ),
    Field.BIRTH: ("birth date", "date of birth", "dob", "birthday", "born"),
    Field.MODULE: (
        *("assessment", "assessment name", "assessment title", "module"),
        *("module name", "module id", "assessment module", "test title", "test name"),
        *("test", "exam", "exam title", "exam name"),
        *COURSES,
    ),
    Field.CODE: (
        *("user code", "user access code", "access code", "login code"),
        *("voucher code", "voucher"),
    ),
    Field.FACTOR: (
        *("extended time", "extended time factor", "extra time", "time factor"),
        *("time multiplier", "time accommodation", "accommodation", "accommodations"),
        *("testing accommodation", "testing accommodations"),
    ),
    Field.PAID: ("fee paid", "paid", "fee", "payment", "payment received"),
    Field.EXPIRES: (
        *("code expiry", "code expires", "code expiration", "code expiration date"),
        *("user code expiry", "user code expires", "user code expiration"),
        *("expiry", "expires", "expires on", "expiration", "expiration date"),
        *("expiry date", "valid until", "code valid until"),
    ),
    Field.STOP: (
        *("stop clock", "stop clock breaks", "stop the clock", "stop clock break"),
        *("breaks stop the clock", "stop the clock breaks"),
    ),
    Field.STATUS: (
        *("status", "enrollment status", "student status", "enrolment status"),
        *("registration status", "active status", "enroll status"),
    ),
    Field.ROLE: ("role", "user role", "roles", "user type", "person type"),
    Field.ENABLED: ("enabled user", "enabled", "active", "is active"),
}


def _header_key(header: str) -> str:
    """Return `header` without capitals, accents, blanks and punctuation."""
    return re.sub(r"[\W_]+", "", fold_text(header.replace("#", " number")))


_KNOWN: Final = {
    _header_key(name): (field, rank)
    for field, names in HEADERS.items()
    for rank, name in enumerate(names)
}
_COURSES: Final = frozenset(map(_header_key, COURSES))


@dataclass(frozen=True, slots=True)
class Header:
    """A header row, understood."""

    index: int
    cells: tuple[str, ...]
    fields: dict[Field, int]
    """The column of each field."""
    modules: dict[int, str]
    """The module of each column that stands for one."""

    def cell_of(self, row: Sequence[str], field: Field) -> str:
        """Return what `row` has in the column of `field`, or an empty string."""
        column = self.fields.get(field, len(row))
        return row[column] if column < len(row) else ""

    def column_meaning(self, column: int) -> str:
        """Return our word for a column or its module, or nothing if it is left out."""
        for field, at in self.fields.items():
            if at == column:
                return field.value
        return self.modules.get(column, "")

    def unused_headers(self) -> tuple[str, ...]:
        """Return the headers of the columns that mean nothing to us."""
        return tuple(
            visible(cell)
            for column, cell in enumerate(self.cells)
            if cell.strip() and not self.column_meaning(column)
        )

    def field_headers(self) -> tuple[tuple[str, str], ...]:
        """Return our word and their header, column by column."""
        words = {column: field.value for field, column in self.fields.items()}
        words.update(self.modules)
        return tuple(
            (words[column], visible(self.cells[column])) for column in sorted(words)
        )


def header_at(
    rows: Sequence[Sequence[str]], row: int, names: ModuleNames
) -> Header | None:
    """Return a row, counted from 1, as the header, if there is such a row."""
    index = row - 1
    return (
        _understand_header(index, rows[index], names)
        if 0 <= index < len(rows)
        else None
    )


def apply_columns(header: Header, wanted: Mapping[int, str]) -> Header:
    """Return a header whose columns mean what someone says they do."""
    fields = {field: at for field, at in header.fields.items() if at not in wanted}
    modules = {at: module for at, module in header.modules.items() if at not in wanted}
    words = {field.value: field for field in Field}
    said = {words[meaning] for meaning in wanted.values() if meaning in words}
    for column, meaning in wanted.items():
        if meaning in words:
            fields[words[meaning]] = column
        elif meaning:
            modules[column] = meaning
    if Field.FAMILY in said:
        fields.pop(Field.NAME, None)
    elif Field.NAME in said:
        for part in (Field.FAMILY, Field.GIVEN, Field.MIDDLE):
            fields.pop(part, None)
    if Field.MODULE in said:
        modules = {}
    elif modules:
        fields.pop(Field.MODULE, None)
    return Header(header.index, header.cells, fields, modules)


def meant_by(word: str, names: ModuleNames) -> str:
    """Return our word for a column, or a module's id; nothing for '-'.

    Raises:
        ValueError: if it is neither.
    """
    if word.strip() in {"", "-"}:
        return ""
    if known := _KNOWN.get(_header_key(word)):
        return known[0].value
    if module := names.exact_module(word):
        return module
    raise ValueError(word)


def key_of(header: str) -> str:
    """Return by what two headers are the same, however they are written."""
    return _header_key(header)


def words_known(cells: Sequence[str]) -> int:
    """Return how many cells are the name of a column."""
    return sum(_header_key(cell) in _KNOWN for cell in cells if cell.strip())


def find_header(rows: Sequence[Sequence[str]], names: ModuleNames) -> Header | None:
    """Return the first of the first rows that is a header."""
    for index, cells in enumerate(rows[:HEADER_ROWS]):
        header = _understand_header(index, cells, names)
        who = header.fields.keys() & {Field.ID, Field.NAME, Field.FAMILY}
        if who and len(header.fields) + len(header.modules) > 1:
            return header
    return None


def _understand_header(index: int, cells: Sequence[str], names: ModuleNames) -> Header:
    ranked: dict[Field, tuple[int, int]] = {}
    modules: dict[int, str] = {}
    for column, cell in enumerate(cells):
        if known := _KNOWN.get(_header_key(cell)) or _KNOWN.get(
            _header_key(_without_parentheses(cell))
        ):
            field, rank = known
            ranked[field] = min(ranked.get(field, (rank, column)), (rank, column))
        elif (module := names.exact_module(cell)) and module not in modules.values():
            modules[column] = module
    fields = {field: column for field, (_, column) in ranked.items()}
    if modules and Field.MODULE in fields:
        # A course says what was taught; a column of names says what is registered.
        if _header_key(cells[fields[Field.MODULE]]) in _COURSES:
            del fields[Field.MODULE]
        else:
            modules = {}
    if Field.FAMILY not in fields and {Field.NAME, Field.GIVEN} <= fields.keys():
        fields[Field.FAMILY] = fields.pop(Field.NAME)
    if Field.FAMILY in fields:
        fields.pop(Field.NAME, None)
    else:
        fields.pop(Field.GIVEN, None)
        fields.pop(Field.MIDDLE, None)
    return Header(index, tuple(cells), fields, modules)


def id_columns(header: Header) -> tuple[int, ...]:
    """Return the columns that could be the participant ID, used or not."""
    return tuple(
        column
        for column, cell in enumerate(header.cells)
        if _KNOWN.get(_header_key(cell), (None, 0))[0] is Field.ID
    )


def others_of(header: Header, field: Field) -> tuple[int, ...]:
    """Return the columns that could be a field, too, but are not the one that is."""
    return tuple(
        column
        for column, cell in enumerate(header.cells)
        if _KNOWN.get(_header_key(cell), (None, 0))[0] is field
        and not header.column_meaning(column)
    )


def may_be_time(header: Header) -> tuple[int, ...]:
    """Return the columns that nothing is read from and that may tell of extra time."""
    return tuple(
        column
        for column, cell in enumerate(header.cells)
        if not header.column_meaning(column) and _OF_TIME.search(fold_text(cell))
    )


def side_by_side(header: Header, names: ModuleNames) -> tuple[Header, ...]:
    """Return the headers of tables that stand beside each other in one header row."""
    places: dict[str, list[int]] = {}
    for column, cell in enumerate(header.cells):
        if _header_key(cell) in _KNOWN:
            places.setdefault(_header_key(cell), []).append(column)
    repeated = [columns for columns in places.values() if len(columns) > 1]
    times = min(map(len, repeated), default=1)
    starts = [min(columns[at] for columns in repeated) for at in range(1, times)]
    edges = [0, *starts, len(header.cells)]
    found = []
    for begin, end in itertools.pairwise(edges):
        cells = [
            cell if begin <= column < end else ""
            for column, cell in enumerate(header.cells)
        ]
        one = _understand_header(header.index, cells, names)
        if not is_enough(one):
            return (header,)
        found.append(one)
    return tuple(found) if len(found) > 1 else (header,)


def is_enough(header: Header) -> bool:
    """Tell whether people can be read with this header: an ID, and a name."""
    who = header.fields.keys() & {Field.FAMILY, Field.NAME}
    return Field.ID in header.fields and bool(who)


def _without_parentheses(header: str) -> str:
    """Return `header` without what it says in parentheses."""
    return re.sub(r"\([^()]*\)|\[[^\[\]]*\]", " ", header)
