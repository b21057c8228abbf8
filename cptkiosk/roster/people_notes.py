"""What a person should know of a roster's people before they are recorded.

Nothing here refuses anyone: two people can share a name, and a class can lose a member.
But no one may become two people, or someone else, without a word.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Final

from cptkiosk.desk import Desk
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.candidate import roll_name
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.time.calendar import format_date
from cptkiosk.domain.values import plural
from cptkiosk.host.fonts import NO_FONT, missing_letters
from cptkiosk.ledger import queries
from cptkiosk.roster.known_people import (
    KnownPerson,
    people_on_record,
    person_of,
)
from cptkiosk.roster.lost_zeros import notes_on_lengths
from cptkiosk.roster.model import Doubt, Note, RejectedRow, RosterRow

MISSING_MAX: Final = 20
"""Of more people than this who are missing it is only said how many."""

ALIKE_MAX: Final = 3
"""Of more people of one name than this it is only said how many."""

LETTERS_MAX: Final = 20

_OPEN: Final = frozenset({Stage.PLANNED, Stage.CHECK_IN})


class _ByName:
    """Finds people of one name; no one of whom it is known that they were born apart."""

    def __init__(self) -> None:
        self._born: dict[frozenset[str], dict[str, list[KnownPerson]]] = {}

    def add_person(self, one: KnownPerson) -> None:
        """Take note of someone."""
        days = self._born.setdefault(one.words, {})
        days.setdefault(one.birth_date, []).append(one)

    def find_alike(self, me: KnownPerson) -> tuple[list[KnownPerson], int]:
        """Return the first `ALIKE_MAX` who may be the same, and how many more there are.

        A list filled down with one name is as quick to look through as any other.
        """
        days = self._born.get(me.words, {})
        born = (me.birth_date, "") if me.birth_date else tuple(days)
        found = [days[day] for day in born if day in days]
        count = sum(map(len, found))
        first = list(islice(chain.from_iterable(found), ALIKE_MAX))
        return first, count - len(first)


def somebody_else(desk: Desk, rows: Iterable[RosterRow]) -> dict[int, RejectedRow]:
    """Return the rows of someone else than who has their ID on record, with a reason.

    Keys are the places of the rows in `rows`. No word of the name is the same, nor is
    the birth date: to record that would give one person's record to another.
    """
    on_record = people_on_record(desk)
    found = {}
    for at, row in enumerate(rows):
        before = on_record.get(row.participant_id)
        if before is None or not (before.birth_date and row.birth_date):
            continue
        now = person_of(row)
        if before.birth_date != row.birth_date and not before.words & now.words:
            reason = (
                f"participant ID {row.participant_id} is {before.person}, born"
                f" {format_date(before.birth_date)}, on record: correct the ID"
            )
            about = row.participant_id
            found[at] = RejectedRow(row.row, reason, Doubt.OTHER_PERSON, about)
    return found


def notes_about(
    desk: Desk, rows: Sequence[RosterRow], session_id: str
) -> Iterator[Note]:
    """Yield what to look at, comparing a roster with itself, the record and the rolls."""
    first: dict[str, RosterRow] = {}
    for row in rows:
        first.setdefault(row.participant_id, row)
    yield from notes_on_lengths(desk, rows)
    yield from _note_doubles(desk, first)
    yield from _on_no_roll(desk, rows, session_id)
    yield from _note_missing(desk, rows, session_id)
    yield from _note_letters(first.values())


def _note_letters(rows: Iterable[RosterRow]) -> Iterator[Note]:
    """Say whose names a PDF report could not print, before one is to be printed."""
    found = []
    letters = ""
    for row in rows:
        person = roll_name(row.family_name, row.given_name)
        if missing := missing_letters(person):
            found.append((row.row, f"{person} (ID {row.participant_id})"))
            letters += missing
    if found:
        first, who = found[0]
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        shown = "".join(dict.fromkeys(letters))[:LETTERS_MAX]
        yield Note(
            first, f"{who}{more}: {NO_FONT} {shown}. Install a font for PDF reports"
        )


def _note_doubles(desk: Desk, first: Mapping[str, RosterRow]) -> Iterator[Note]:
    """Say who has another ID, another name, or the name of someone else."""
    by_name = _ByName()
    by_digits: dict[str, list[KnownPerson]] = {}
    on_record = people_on_record(desk)

    def add(one: KnownPerson) -> None:
        by_name.add_person(one)
        by_digits.setdefault(one.participant_id.lstrip("0"), []).append(one)

    for known in on_record.values():
        add(known)
    for row in first.values():
        me = person_of(row)
        before = on_record.get(row.participant_id)
        if before is not None:
            yield from _note_renamed(row, before, me)
            continue
        alike, more = by_name.find_alike(me)
        yield from (_same_name(row, me, other) for other in alike)
        if more:
            yield Note(
                row.row,
                f"{me.text} has the same name as {more} more: check the list",
            )
        for other in by_digits.get(row.participant_id.lstrip("0"), []):
            if other.words != me.words:
                said = (
                    f"{me.text} has the same ID as {other.text}"
                    f" {other.place} except for leading zeros: ask a coordinator if a"
                    " spreadsheet removed them"
                )
                yield Note(row.row, said)
        add(me)


def _note_renamed(
    row: RosterRow, before: KnownPerson, now: KnownPerson
) -> Iterator[Note]:
    if before.words != now.words:
        yield Note(row.row, f"{before.text} is named {now.person} in this file")
    born = before.birth_date
    if born and now.birth_date and born != now.birth_date:
        yield Note(
            row.row,
            f"{now.text} was born {format_date(born)} on record,"
            f" {format_date(now.birth_date)} here",
        )


def _same_name(row: RosterRow, me: KnownPerson, other: KnownPerson) -> Note:
    """Return what to ask about two IDs of one name."""
    what, doubt = "name", None
    if me.birth_date and other.birth_date:
        what, doubt = "name and birth date", Doubt.NAMESAKE
    said = (
        f"{me.text} has the same {what} as ID {other.participant_id} {other.place}:"
        " one person under two IDs?"
    )
    return Note(row.row, said, doubt, me.participant_id)


def _on_no_roll(
    desk: Desk, rows: Iterable[RosterRow], session_id: str
) -> Iterator[Note]:
    """Say who does not come on a session's roll: it does not run their module."""
    if not session_id:
        return
    runs = desk.session(session_id).module_ids
    titles = {one.id: one.short for one in desk.definitions.modules}
    coming = {row.participant_id for row in rows if row.module_id in runs}
    for row in rows:
        if row.module_id in runs or row.participant_id in coming:
            continue
        person = roll_name(row.family_name, row.given_name)
        title = titles.get(row.module_id, row.module_id)
        what = (
            f"for {title}, which {session_id} does not run"
            if title
            else "for no module"
        )
        yield Note(
            row.row,
            f"{person} ({row.participant_id}) is registered {what}: not on its"
            " attendance list",
        )


def _note_missing(
    desk: Desk, rows: Sequence[RosterRow], session_id: str
) -> Iterator[Note]:
    """Say who is on the roll of a session that this roster is about, but not in it."""
    here = {row.participant_id for row in rows}
    modules = {row.module_id for row in rows} - {""}
    for line in queries.open_sessions(desk.ledger, desk.now().utc_ms):
        if line.stage not in _OPEN or session_id not in {"", line.session_id}:
            continue
        roll = {
            attempt.participant_id: str(attempt.person)
            for attempt in desk.session(line.session_id).attempts.values()
            if attempt.standing is not AttemptProgress.CANCELLED
            and (not modules or attempt.module.module_id in modules)
        }
        gone = [(name, who) for who, name in roll.items() if who not in here]
        # A list with no one of the roll is another class's; without a session named,
        # it takes half of a roll to be a list of the same class.
        if len(gone) == len(roll) or (not session_id and len(gone) * 2 > len(roll)):
            continue
        where = f"on the attendance list of {line.session_id} but not in this file"
        for person, who in sorted(gone)[:MISSING_MAX]:
            said = f"{person} ({who}) is {where}: remove them if they left"
            yield Note(0, said, Doubt.LEFT, who, line.session_id)
        if more := max(0, len(gone) - MISSING_MAX):
            yield Note(0, f"{plural(more, 'more person', 'more people')} {where}")
