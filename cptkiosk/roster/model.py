"""What a roster file turns into."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class RosterUnreadable(Exception):
    """The file as a whole is no use; one sentence for a proctor: what, and what now."""


class Doubt(StrEnum):
    """What speaks against someone, and a person can decide: mostly the coordinator."""

    NAMESAKE = "namesake"
    """The name of one of the staff, or name and birth date of another ID."""

    OTHER_PERSON = "other-person"
    """The ID is someone else's on record."""

    NOT_COMING = "not-coming"
    """The roster itself says that they do not come, or hides them."""

    ZEROS_CUT = "zeros-cut"
    """The ID is someone's of that name or birth date but for leading zeros."""

    LEFT = "left"
    """They are on a session's roll and not in the roster."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a coordinator has decided about people in a roster, and why."""

    reasons: Mapping[tuple[Doubt, str], str] = field(default_factory=dict)
    """By the doubt and the participant ID."""

    def reason_for(self, doubt: Doubt, participant_id: str) -> str:
        """Return why a doubt about someone is set aside, or '' if it is not."""
        return self.reasons.get((doubt, participant_id), "")

    def decided_ids(self, doubt: Doubt) -> frozenset[str]:
        """Return the IDs about whom a doubt is set aside."""
        return frozenset(who for one, who in self.reasons if one is doubt)

    def add_decision(
        self, doubt: Doubt, participant_id: str, reason: str
    ) -> "Decisions":
        """Return these and one more."""
        return Decisions({**self.reasons, (doubt, participant_id): reason})


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
    not_coming: bool = False
    """The roster says that they do not come, and someone decided that they do."""

    @property
    def place(self) -> str:
        """Where the row is, to follow the word 'row'."""
        return place_of(self.row, self.sheet)


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was left out, and why."""

    row: int
    reason: str
    doubt: Doubt | None = None
    """What the coordinator can decide, so that it is not left out."""
    participant_id: str = ""
    """About whom, if there is a doubt."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a person should look at before the roster is recorded."""

    row: int
    """The row it is about; 0 is the file as a whole."""
    text: str
    doubt: Doubt | None = None
    """What the coordinator can decide."""
    participant_id: str = ""
    """About whom, if there is a doubt."""
    session_id: str = ""
    """On whose roll they are, if that is the doubt."""


def place_of(row: int, sheet: str) -> str:
    """Return a row, and its sheet where people stand on several."""
    return f'{row} of sheet "{sheet}"' if sheet else f"{row}"


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How someone wants a file read; what is left out is found out."""

    encoding: str = ""
    delimiter: str = ""
    header_row: int = 0
    """As a spreadsheet counts, from 1."""
    columns: tuple[tuple[int, str], ...] = ()
    """What columns mean, by their place from 0: our word, a module's id, or nothing."""
    named: tuple[tuple[str, str], ...] = ()
    """The same by their headers: a header, and our word or nothing."""
    coming: frozenset[str] = frozenset()
    """IDs of people who come although the roster says that they do not."""


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
