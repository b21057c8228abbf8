"""What is owed and was settled: plain text, 80 columns, for a person or a session."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.domain.people.fees import Due, Statement, format_dollars
from cptkiosk.domain.state.center import Center
from cptkiosk.domain.text import fit
from cptkiosk.domain.time.calendar import format_date
from cptkiosk.domain.values import plural
from cptkiosk.reports.files import write_private
from cptkiosk.reports.layout import (
    WIDTH,
    field_lines,
    heading_lines,
    one_line,
    wrap_text,
)
from cptkiosk.services.people import Account, list_accounts

AMOUNTS = ("Due", "Settled", "Open")
AMOUNT = 10
TEXT = WIDTH - 3 * AMOUNT
COURSE_NOTE = "The registration fee is not tied to a course and is not included."


def person_statement(
    account: Account, center: Center, date: str, *, course: str = ""
) -> str:
    """Return the statement of one candidate.

    Args:
        account: the candidate, and what they owe.
        center: who charges.
        date: the ISO date on which it is written.
        course: the aligned course it was cut to, if it was.
    """
    lines = [
        *heading_lines("STATEMENT OF FEES", "="),
        *_fact_lines(center, date, course),
        *field_lines("Candidate", f"{account.person} (ID {account.participant_id})"),
        "",
        *_account_lines(account),
    ]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def statement_text(
    found: Sequence[Account],
    center: Center,
    date: str,
    *,
    session_id: str = "",
    course: str = "",
) -> str:
    """Return the statement of a session or of everybody, person by person.

    Args:
        found: the candidates, and what they owe.
        center: who charges.
        date: the ISO date on which it is written.
        session_id: the session it was cut to, if it was.
        course: the aligned course it was cut to, if it was.
    """
    lines = [
        *heading_lines("STATEMENT OF FEES", "="),
        *_fact_lines(center, date, course),
    ]
    if session_id:
        lines += field_lines("Session", session_id)
    lines += field_lines("Candidates", plural(len(found), "candidate"))
    for one in found:
        lines.append("")
        lines += wrap_text(f"{one.person} (ID {one.participant_id})")
        lines += _account_lines(one)
    lines += ["", "=" * WIDTH, _amounts_text("Grand total", total_statement(found))]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def total_statement(found: Sequence[Account]) -> Statement:
    """Return everything on several accounts as one."""
    return Statement(tuple(line for one in found for line in one.statement.lines))


def _fact_lines(center: Center, date: str, course: str) -> Iterator[str]:
    if center.rehearsal:
        yield "REHEARSAL: no one owes these amounts."
    yield from field_lines("Center", f"{center.name} ({center.site_code})")
    yield from field_lines("Date", format_date(date))
    if course:
        yield from field_lines("Course", f"{course} only. {COURSE_NOTE}")


def _account_lines(account: Account) -> Iterator[str]:
    if not account.statement.lines:
        yield "Nothing is due."
        return
    yield fit("", TEXT) + "".join(f"{title:>{AMOUNT}}" for title in AMOUNTS)
    for line in account.statement.lines:
        yield _amounts_text(line.text, line)
        for how in line.settled:
            yield from wrap_text(how, indent=2)
    yield "-" * WIDTH
    yield _amounts_text("Total", account.statement)


def _amounts_text(label: str, of: Due | Statement) -> str:
    figures = (of.due_cents, of.settled_cents, of.open_cents)
    amounts = "".join(f"{format_dollars(cents):>{AMOUNT}}" for cents in figures)
    return fit(one_line(label), TEXT) + amounts


def write_statement(desk: Desk, participant_id: str, folder: Path) -> Path:
    """Write the statement of one candidate into a folder, and return where.

    Raises:
        Refused: if nobody has that id.
        DestinationError: if it could not be written.
    """
    (account,) = list_accounts(desk, participant_id=participant_id)
    date = desk.local_date(desk.now().utc_ms)
    # An id comes from a roster, and may hold what no file name may.
    who = re.sub(r"[^A-Za-z0-9-]", "_", participant_id)[:40]
    text = person_statement(account, desk.center, date)
    return write_private(folder, f"statement-{who}-{date}.txt", text)


def write_session_statement(desk: Desk, session_id: str, folder: Path) -> Path:
    """Write what everybody of a session owes for it into a folder; return where.

    Raises:
        DestinationError: if it could not be written.
    """
    date = desk.local_date(desk.now().utc_ms)
    found = list_accounts(desk, session_id=session_id)
    text = statement_text(found, desk.center, date, session_id=session_id)
    return write_private(folder, f"statement-session-{session_id}-{date}.txt", text)
