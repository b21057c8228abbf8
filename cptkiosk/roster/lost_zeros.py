"""IDs and codes that a spreadsheet cut the leading zeros of: 004712 became 4712.

Read as they stand, they would register everyone a second time. A row that is someone
on record but for zeros is left out until a coordinator decides; where nothing is on
record to compare with, one note for the file asks about it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cptkiosk.desk import Desk
from cptkiosk.ledger import queries
from cptkiosk.roster.known_people import KnownPerson, people_on_record, person_of
from cptkiosk.roster.model import Doubt, Note, RejectedRow, RosterRow


def rows_without_zeros(desk: Desk, rows: Sequence[RosterRow]) -> dict[int, RejectedRow]:
    """Return the rows that are someone else's but for leading zeros, each with a reason.

    Keys are the places of the rows in `rows`. On record any other number of zeros
    counts; within the file only the row with fewer zeros is left out.
    """
    on_record = people_on_record(desk)
    here = {row.participant_id: person_of(row) for row in reversed(rows)}
    known = _by_digits(on_record.values())
    listed = _by_digits(here.values())
    codes = queries.user_codes(desk.ledger)
    found: dict[int, RejectedRow] = {}
    for at, row in enumerate(rows):
        reason = _code_without_zeros(row, codes)
        if reason:
            found[at] = RejectedRow(row.row, reason)
            continue
        if row.participant_id in on_record:
            continue
        me = person_of(row)
        key = me.participant_id.lstrip("0")
        longer = (
            one
            for one in listed.get(key, ())
            if len(one.participant_id) > len(me.participant_id)
        )
        others = (one for one in (*known.get(key, ()), *longer) if one.may_be(me))
        if other := next(others, None):
            about = me.participant_id
            found[at] = RejectedRow(
                row.row, _doubt_reason(me, other), Doubt.ZEROS_CUT, about
            )
    return found


def _by_digits(holders: Iterable[KnownPerson]) -> Mapping[str, list[KnownPerson]]:
    found: dict[str, list[KnownPerson]] = {}
    for one in holders:
        found.setdefault(one.participant_id.lstrip("0"), []).append(one)
    return found


def _doubt_reason(me: KnownPerson, other: KnownPerson) -> str:
    fewer = len(me.participant_id) < len(other.participant_id)
    zeros = "without its zeros" if fewer else "with more zeros"
    return (
        f"ID {me.participant_id} is {other.participant_id} {other.place} {zeros}:"
        " fix the file, or let a coordinator decide"
    )


def _code_without_zeros(row: RosterRow, codes: Mapping[tuple[str, str], str]) -> str:
    """Return why a row's user code is no new code: it is the one on record, cut."""
    known = codes.get((row.participant_id, row.module_id), "")
    code = row.user_code
    if not code or len(code) >= len(known) or code != known.lstrip("0"):
        return ""
    return f"user code {code} is {known} on record without its zeros: fix the file"


def notes_on_lengths(desk: Desk, rows: Sequence[RosterRow]) -> Iterator[Note]:
    """Yield one note each if new IDs or codes may all have lost their zeros.

    Numbers of different lengths, none of which begins with a zero, can be what is left
    of numbers of one length.
    """
    known = {one.participant_id for one in queries.list_people(desk.ledger)}
    new = [row for row in rows if row.participant_id not in known]
    yield from _note_on_lengths("IDs", {row.participant_id for row in new})
    yield from _note_on_lengths("User codes", {row.user_code for row in new})


def _note_on_lengths(what: str, texts: Iterable[str]) -> Iterator[Note]:
    numbers = sorted((one for one in texts if one.isdecimal()), key=_shortest_first)
    if not numbers or any(one.startswith("0") for one in numbers):
        return
    short, long = numbers[0], numbers[-1]
    if len(short) < len(long):
        yield Note(
            0,
            f"{what} have {len(short)} to {len(long)} digits, such as {short}: were"
            " leading zeros lost? Ask a coordinator before you record this",
        )


def _shortest_first(number: str) -> tuple[int, str]:
    return len(number), number
