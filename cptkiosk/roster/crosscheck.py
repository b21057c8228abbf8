"""What the rows of one roster say about each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cptkiosk.domain.time.calendar import format_date
from cptkiosk.roster.model import RosterRow
from cptkiosk.roster.values import STANDARD, UNTIMED


class Contradiction(ValueError):
    """A row disagrees with an earlier one; says how, and with which."""

    def __init__(self, why: str, doubted: str = "", what: str = "") -> None:
        super().__init__(why)
        self.doubted = doubted
        """The place of the earlier row, where only one of both can be right."""
        self.what = what
        """What both have."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a row is about."""

    participant_id: str
    family_name: str
    given_name: str
    birth_date: str

    def both_names(self) -> tuple[str, str]:
        """Return both names, exactly: accents and capitals tell people apart."""
        return self.family_name, self.given_name

    def full_name(self) -> str:
        """Return the name as it is read out."""
        return ", ".join(filter(None, (self.family_name, self.given_name)))


class CrossCheck:
    """Remembers the rows so far, and objects to the next one."""

    def __init__(self) -> None:
        self._people: Final[dict[str, tuple[str, Person]]] = {}
        self._codes: Final[dict[str, tuple[str, str]]] = {}
        self._rows: Final[dict[tuple[str, str], RosterRow]] = {}

    def claim_code(self, code: str, participant_id: str, row: str) -> None:
        """Take note of who has `code`; the first claim holds, good row or not.

        Raises:
            Contradiction: if someone else has it.
        """
        if not code:
            return
        before, owner = self._codes.setdefault(code, (row, participant_id))
        if owner != participant_id or (not owner and before != row):
            whose = f"participant ID {owner}" if owner else "no participant ID"
            raise Contradiction(
                f'user code "{code}" is already used in row {before} ({whose})',
                *(before, f'user code "{code}"'),
            )

    def meet_person(self, person: Person, row: str) -> None:
        """Take note of a person.

        Raises:
            Contradiction: if the participant ID is that of another person.
        """
        key = person.participant_id
        before, known = self._people.setdefault(key, (row, person))
        if known.both_names() != person.both_names():
            raise Contradiction(
                f'participant ID {key} is "{known.full_name()}" in row {before}'
            )
        if not known.birth_date:
            self._people[key] = (before if not person.birth_date else row, person)
        elif person.birth_date not in {"", known.birth_date}:
            raise Contradiction(
                f"participant ID {key} was born on {format_date(known.birth_date)} in row {before}"
            )

    def add_rows(self, rows: Sequence[RosterRow]) -> list[RosterRow]:
        """Return those of `rows` that are new.

        Raises:
            Contradiction: if one repeats an earlier row, but not exactly; then none
                of them counts.
        """
        fresh = []
        for row in rows:
            known = self._rows.get((row.participant_id, row.module_id))
            if known is None:
                fresh.append(row)
            elif difference := _describe_difference(known, row):
                raise Contradiction(
                    f"participant ID {row.participant_id} has {difference} for "
                    f"{row.module_id or 'no assessment'} in row {known.place}"
                )
        self._rows.update({(row.participant_id, row.module_id): row for row in fresh})
        return fresh


def _describe_difference(known: RosterRow, row: RosterRow) -> str:
    """Return what the earlier row had instead."""
    if known.user_code != row.user_code:
        return f'user code "{known.user_code}"' if known.user_code else "no user code"
    # After a 'No' an empty cell says nothing else.
    unsaid = row.factor_permille is None and known.factor_permille == STANDARD
    if known.factor_permille != row.factor_permille and not unsaid:
        if known.factor_permille is None:
            return "nothing about extended time"
        if known.factor_permille == STANDARD:
            return "no extended time"
        if known.factor_permille == UNTIMED:
            return "untimed"
        return f"extended time {known.factor_permille / STANDARD:g}x"
    if known.paid is not row.paid:
        said = {True: "fee paid", False: "fee not paid", None: "fee not recorded"}
        return said[known.paid]
    if known.code_expires != row.code_expires:
        expires = known.code_expires
        return (
            f"a code that expires on {format_date(expires)}"
            if expires
            else "no code expiration"
        )
    if known.stop_clock is not row.stop_clock:
        return "stop-clock breaks" if known.stop_clock else "no stop clock"
    return ""
