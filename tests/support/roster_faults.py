"""What may not come of a broken roster: who was lost, doubled, renamed or mixed up."""

import re
from collections.abc import Iterator

from cptkiosk.roster.model import RosterFile, RosterRow
from support.roster_draft import TIMES, Draft, Truth


class _Told:
    """What the reading of a roster says about its rows."""

    def __init__(self, made: Draft, roster: RosterFile) -> None:
        self._told = [(one.row, one.reason) for one in roster.rejected]
        self._told += [(one.row, one.text) for one in roster.notes]
        self.places: dict[str, set[int]] = {}
        for number, line in enumerate(made.lines, 1):
            if line.owner:
                self.places.setdefault(line.owner, set()).add(line.row or number)

    def about_row(self, row: int) -> bool:
        """Tell whether a row is named, by its number or among others."""
        return any(
            number == row
            or (number == 0 and re.search(rf"\b{row}\b", text.partition(": ")[0]))
            for number, text in self._told
        )

    def about(self, who: Truth) -> bool:
        """Tell whether a person is named, by a row of theirs or by ID or code."""
        return any(map(self.about_row, self.places[who.participant_id])) or any(
            who.participant_id in text or who.code in text for _, text in self._told
        )


def faults(made: Draft, roster: RosterFile) -> Iterator[str]:
    """Yield who was lost, doubled, renamed or given another's, with no row that says so."""
    told = _Told(made, roster)
    keys = [(row.participant_id, row.module_id) for row in roster.rows]
    yield from (f"{key} twice" for key in set(keys) if keys.count(key) > 1)
    for row in roster.rows:
        who = made.people.get(row.participant_id)
        if who is not None:
            yield from _wrong(who, row, told)
        elif not told.about_row(row.row):
            yield f"row {row.row} has the ID {row.participant_id}, which nobody has"
    read = {row.participant_id for row in roster.rows}
    for who in made.people.values():
        if who.participant_id not in read and not told.about(who):
            yield f"{who.participant_id} {who.family} is lost"


def _wrong(who: Truth, row: RosterRow, told: _Told) -> Iterator[str]:
    """Yield what a row says of somebody that is not so, and that nothing points out."""
    if not who.comes and not told.about_row(row.row):
        yield f"row {row.row}: {who.participant_id} does not come"
    pairs: tuple[tuple[str, object, object], ...] = (
        ("last name", row.family_name.removesuffix(" Jr."), who.family),
        ("first name", row.given_name, who.given),
        ("birth date", row.birth_date or who.born, who.born),
        ("module", row.module_id, who.module),
        ("time", row.factor_permille, TIMES[who.time]),
        ("code", row.user_code, who.code),
    )
    for what, found, right in pairs:
        if found != right and not (told.about(who) or told.about_row(row.row)):
            yield f"row {row.row}: {what} is {found!r}, not {right!r}"
