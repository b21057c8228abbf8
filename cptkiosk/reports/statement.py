"""What is owed and was settled, for a person or a session."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cptkiosk.desk import Desk
from cptkiosk.domain.people.fees import Due, Statement, format_dollars
from cptkiosk.domain.state.center import Center
from cptkiosk.domain.time.calendar import format_date
from cptkiosk.domain.values import plural
from cptkiosk.reports.document import (
    RULE,
    TITLE_RULE,
    Block,
    Column,
    Document,
    Fact,
    Gap,
    Heading,
    Paragraph,
    Row,
    Table,
)
from cptkiosk.reports.files import safe_name
from cptkiosk.reports.formats import Report
from cptkiosk.reports.layout import WIDTH
from cptkiosk.services.people import Account, list_accounts

AMOUNTS = ("Due", "Settled", "Open")
AMOUNT = 10
TITLE = "Statement of fees"
COURSE_NOTE = "The registration fee is not tied to a course and is not included."


def person_statement(
    account: Account, center: Center, date: str, *, course: str = ""
) -> Document:
    """Return the statement of one candidate.

    Args:
        account: the candidate, and what they owe.
        center: who charges.
        date: the ISO date on which it is written.
        course: the aligned course it was cut to, if it was.
    """
    blocks = (
        *_fact_blocks(center, date, course),
        Fact("Candidate", f"{account.person} (ID {account.participant_id})"),
        Gap(),
        *_account_blocks(account),
    )
    return Document(TITLE, TITLE.upper(), date, blocks)


def group_statement(
    found: Sequence[Account],
    center: Center,
    date: str,
    *,
    session_id: str = "",
    course: str = "",
) -> Document:
    """Return the statement of a session or of everyone, person by person.

    Args:
        found: the candidates, and what they owe.
        center: who charges.
        date: the ISO date on which it is written.
        session_id: the session it was cut to, if it was.
        course: the aligned course it was cut to, if it was.
    """
    blocks: list[Block] = [*_fact_blocks(center, date, course)]
    if session_id:
        blocks.append(Fact("Session", session_id))
    blocks.append(Fact("Candidates", plural(len(found), "candidate")))
    for one in found:
        who = f"{one.person} (ID {one.participant_id})"
        blocks += [Gap(), Heading(who, rule=""), *_account_blocks(one)]
    total = _amounts_row("Grand total", total_statement(found), rule=TITLE_RULE)
    blocks += [Gap(), replace(_amounts_table("Grand total", total), text_header=False)]
    return Document(TITLE, TITLE.upper(), date, tuple(blocks))


def total_statement(found: Sequence[Account]) -> Statement:
    """Return everything on several accounts as one."""
    return Statement(tuple(line for one in found for line in one.statement.lines))


def _fact_blocks(center: Center, date: str, course: str) -> Iterator[Block]:
    if center.rehearsal:
        yield Paragraph("REHEARSAL: no one owes these amounts.")
    yield Fact("Center", f"{center.name} ({center.site_code})")
    yield Fact("Date", format_date(date))
    if course:
        yield Fact("Course", f"{course} only. {COURSE_NOTE}")


def _account_blocks(account: Account) -> Iterator[Block]:
    if not account.statement.lines:
        yield Paragraph("Nothing is due.")
        return
    yield _amounts_table(
        f"Fees of {account.person}",
        *(_amounts_row(one.text, one, one.settled) for one in account.statement.lines),
        _amounts_row("Total", account.statement, rule=RULE),
    )


def _amounts_table(caption: str, *rows: Row) -> Table:
    amounts = (Column(title, AMOUNT, right=True) for title in AMOUNTS)
    columns = (Column("Fee", WIDTH - 3 * AMOUNT, text_title=""), *amounts)
    return Table(caption, columns, rows, separator="")


def _amounts_row(
    label: str, of: Due | Statement, notes: tuple[str, ...] = (), *, rule: str = ""
) -> Row:
    figures = (of.due_cents, of.settled_cents, of.open_cents)
    return Row((label, *map(format_dollars, figures)), notes, rule)


def make_statement(desk: Desk, participant_id: str) -> Report:
    """Return the statement of one candidate, as of today.

    Raises:
        Refused: if no one has that id.
    """
    (account,) = list_accounts(desk, participant_id=participant_id)
    date = desk.local_date(desk.now().utc_ms)
    stem = f"statement-{safe_name(participant_id)}-{date}"
    document = person_statement(account, desk.center, date)
    return Report(document, stem, desk.center.name)


def make_session_statement(desk: Desk, session_id: str) -> Report:
    """Return what everyone of a session owes for it, as of today."""
    date = desk.local_date(desk.now().utc_ms)
    found = list_accounts(desk, session_id=session_id)
    document = group_statement(found, desk.center, date, session_id=session_id)
    stem = f"statement-session-{session_id}-{date}"
    return Report(document, stem, desk.center.name)
