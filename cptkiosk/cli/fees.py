"""`fees`: what is due, settled and open; of one person, one session, or everyone."""

from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from cptkiosk.cli.open_record import the_desk
from cptkiosk.cli.output import format_table, pick_fields, print_answer
from cptkiosk.cli.statement_json import AMOUNTS, statement_json
from cptkiosk.domain.people.fees import format_dollars
from cptkiosk.errors import UsageError
from cptkiosk.reports.statement import (
    group_statement,
    person_statement,
    total_statement,
)
from cptkiosk.reports.text import render_text
from cptkiosk.services.people import Account, list_accounts


def show_fees(options: Namespace) -> int:
    """Say what is owed.

    Raises:
        UsageError: if both a person and a session were named.
    """
    if options.person and options.session:
        raise UsageError(
            "Use --person or --session, not both. Nothing was done. To see a"
            ' person\'s sessions, use "cptkiosk person show".'
        )
    with the_desk(options, read_only=True) as desk:
        found = list_accounts(
            desk,
            participant_id=options.person,
            session_id=options.session,
            course=options.course,
        )
        center, date = desk.center, desk.local_date(desk.now().utc_ms)
    if options.person:
        made = person_statement(found[0], center, date, course=options.course)
        words = render_text(made).rstrip("\n")
    elif options.session:
        made = group_statement(
            found, center, date, session_id=options.session, course=options.course
        )
        words = render_text(made).rstrip("\n")
    else:
        words = _list_fees(found)
    return print_answer(options, _fees_json(options, found), words)


def _fees_json(options: Namespace, found: Sequence[Account]) -> dict[str, Any]:
    return {
        "session_id": options.session,
        "course": options.course,
        **pick_fields(total_statement(found), *AMOUNTS),
        "people": [
            pick_fields(one, "participant_id", "person") | statement_json(one.statement)
            for one in found
        ],
    }


def _list_fees(found: Sequence[Account]) -> str:
    """Return everyone's totals, and the total of them."""
    if not found:
        return "No fees: no registration matches."
    rows = [(one.participant_id, one.person, one.statement) for one in found]
    rows.append(("", "total", total_statement(found)))
    header = ("ID", "person", "due", "settled", "open")
    cells = [
        (
            about,
            person,
            *(format_dollars(getattr(owed, name)) for name in AMOUNTS),
        )
        for about, person, owed in rows
    ]
    return format_table(header, cells)
