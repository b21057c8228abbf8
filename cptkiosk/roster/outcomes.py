"""What each row of a roster comes to, in words, row by row."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cptkiosk.desk import Desk
from cptkiosk.domain.events import candidate as e
from cptkiosk.domain.events.fact import Fact
from cptkiosk.domain.state.candidate import STANDARD, Registration, roll_name
from cptkiosk.domain.time.calendar import format_date
from cptkiosk.domain.time.timing import UNTIMED
from cptkiosk.ledger import queries
from cptkiosk.ledger.queries import PersonLine
from cptkiosk.roster.importer import NEW, ImportResult
from cptkiosk.roster.model import Doubt, RejectedRow, RosterRow

EXPLAINED_MAX = 1_000
"""Of more changed rows than this it is only said that they change."""

PARTS = {
    "user_code": "user code",
    "factor_permille": "time",
    "paid": "fee paid",
    "stop_clock": "stop clock",
    "code_expires": "code expiry",
}


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """One row: what it comes to, about whom, and why or what changes."""

    row: int
    what: str
    """new, changed, same or rejected; or note: something to look at first."""
    who: str
    why: str
    doubt: Doubt | None = None
    """What the coordinator can decide here."""
    participant_id: str = ""
    """About whom, if there is a doubt."""
    session_id: str = ""
    """On whose roll they are, if that is the doubt."""


def list_outcomes(
    desk: Desk, found: ImportResult, titles: Mapping[str, str]
) -> tuple[RowOutcome, ...]:
    """Return what every row comes to: the rejected, what to look at, changed, new, same.

    Args:
        desk: the record before the roster enters it, to say what changes.
        found: what a dry run found.
        titles: the short name of each module.
    """
    rejected = rejected_rows(found.rejected)
    noted = [
        RowOutcome(
            *(one.row, "note", "", one.text, one.doubt, one.participant_id),
            session_id=one.session_id,
        )
        for one in found.notes
    ]
    words = _Words(desk, titles)
    others = [words.row_outcome(row, events) for row, events in found.accepted]
    order = ("changed", "new", "same")
    others.sort(key=lambda one: (order.index(one.what), one.row))
    return (*rejected, *noted, *others)


def rejected_rows(rejected: Iterable[RejectedRow]) -> tuple[RowOutcome, ...]:
    """Return what the rows that were left out come to."""
    return tuple(
        RowOutcome(one.row, "rejected", "", one.reason, one.doubt, one.participant_id)
        for one in rejected
    )


class _Words:
    """Says what a row changes, as long as that does not take too long."""

    def __init__(self, desk: Desk, titles: Mapping[str, str]) -> None:
        self._desk, self._titles = desk, titles
        self._people = {
            one.participant_id: one for one in queries.list_people(desk.ledger)
        }
        self._explained = 0

    def row_outcome(self, row: RosterRow, events: tuple[Fact, ...]) -> RowOutcome:
        """Return what one row comes to."""
        kinds = {type(event) for event in events}
        what = "same" if not kinds else "new" if kinds & NEW else "changed"
        name = roll_name(row.family_name, row.given_name)
        module = self._titles.get(row.module_id, row.module_id)
        why = ", ".join((module or "no assessment", *_list_terms(row)))
        if what == "changed":
            self._explained += 1
            if self._explained <= EXPLAINED_MAX:
                why = "; ".join((why, *self._list_changes(row, kinds)))
        for event in events:
            if isinstance(event, e.NamesakeNoticed):
                why = f"{why}; same name and birth date as {event.other}"
        return RowOutcome(row.row, what, f"{name}  {row.participant_id}", why)

    def _list_changes(self, row: RosterRow, kinds: set[type[Fact]]) -> Iterator[str]:
        known = self._people.get(row.participant_id)
        if e.PersonChanged in kinds and known is not None:
            yield from _about_person(known, row)
        if e.RegistrationChanged in kinds:
            before = self._desk.candidate(row.participant_id).registrations
            yield from _about_module(before[row.module_id], row)


def _list_terms(row: RosterRow) -> Iterator[str]:
    """Yield what a row grants: its time, its breaks and its code."""
    if row.factor_permille not in {None, STANDARD}:
        yield _fact_text("factor_permille", row.factor_permille)
    if row.stop_clock:
        yield "stop clock"
    if row.user_code:
        yield f"code {row.user_code}"
    if row.code_expires:
        yield f"until {format_date(row.code_expires)}"


def _about_person(known: PersonLine, row: RosterRow) -> Iterator[str]:
    before = roll_name(known.family_name, known.given_name)
    if before != roll_name(row.family_name, row.given_name):
        yield f"was {before}"
    if row.birth_date and known.birth_date != row.birth_date:
        was, now = format_date(known.birth_date), format_date(row.birth_date)
        yield f"birth date {was or 'none'} -> {now}"


def _about_module(before: Registration, row: RosterRow) -> Iterator[str]:
    for part, label in PARTS.items():
        was, now = getattr(before, part), getattr(row, part)
        if was != now and now not in {None, ""}:
            yield f"{label} {_fact_text(part, was)} -> {_fact_text(part, now)}"


def _fact_text(part: str, value: object) -> str:
    if part == "factor_permille":
        factor = int(str(value))
        return "untimed" if factor == UNTIMED else f"x{factor / 1000:g}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if value not in {None, ""} else "none"
