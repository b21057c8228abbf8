"""What a roster file turns into."""

from dataclasses import dataclass


class RosterUnreadable(Exception):
    """The file as a whole is no use; one sentence for a proctor: what, and what now."""


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person, and one module the person is registered for."""

    row: int
    """The row number that a spreadsheet shows."""
    participant_id: str
    family_name: str
    given_name: str
    birth_date: str
    """As in 2007-02-09, or empty."""
    module_id: str
    """Empty: the person alone."""
    user_code: str
    factor_permille: int | None
    """1000 is the standard time, 1500 is 1.5x, 2000 is double time, 0 is untimed; None:
    the roster does not say."""
    paid: bool | None
    """None: the roster does not say."""
    code_expires: str = ""
    """As in 2026-12-31, the last day of the user code; or empty."""
    stop_clock: bool | None = None
    """Whether the vendor approved breaks that stop the clock; None: it does not say."""
    sheet: str = ""
    """The sheet it stands on, where the file has people on several."""

    @property
    def place(self) -> str:
        """Where the row is, to follow the word 'row'."""
        return place_of(self.row, self.sheet)


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was left out, and why."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a person should look at before the roster is recorded."""

    row: int
    """The row it is about; 0 is the file as a whole."""
    text: str


def place_of(row: int, sheet: str) -> str:
    """Return a row, and its sheet where people stand on several."""
    return f'{row} of sheet "{sheet}"' if sheet else f"{row}"


@dataclass(frozen=True, slots=True)
class Wishes:
    """How somebody wants a file read; what is left out is found out."""

    encoding: str = ""
    delimiter: str = ""
    header_row: int = 0
    """As a spreadsheet counts, from 1."""
    columns: tuple[tuple[int, str], ...] = ()
    """What columns mean, by their place from 0: our word, a module's id, or nothing."""
    named: tuple[tuple[str, str], ...] = ()
    """The same by their headers: a header, and our word or nothing."""


@dataclass(frozen=True, slots=True)
class ColumnSeen:
    """A column of a file: its header, what it is taken for, and what it first holds."""

    header: str
    meaning: str
    """Our word or a module's id; nothing if the column is left out."""
    sample: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is understood, before any row of it is."""

    encoding: str
    delimiter: str
    header_row: int
    columns: tuple[ColumnSeen, ...]


@dataclass(frozen=True, slots=True)
class RosterFile:
    """A roster, read: every row is in `rows` or in `rejected`."""

    rows: tuple[RosterRow, ...]
    rejected: tuple[RejectedRow, ...]
    encoding: str
    """The text encoding, or the kind of workbook: xlsx, ods, xls."""
    delimiter: str
    """Empty for a workbook."""
    columns: tuple[tuple[str, str], ...]
    """Our word (or a module's id) and their header, in the file's order."""
    unused: tuple[str, ...] = ()
    """The headers of the columns that nothing was read from."""
    notes: tuple[Note, ...] = ()
    """What a person should look at before this is recorded."""
