"""`session list`, `session show`, `session cancel`."""

from argparse import Namespace

from cptkiosk.cli.open_record import actor, the_desk
from cptkiosk.cli.output import (
    format_table,
    pick_fields,
    print_answer,
    quote_value,
    say,
    say_json,
)
from cptkiosk.domain.commands.planning import CancelSession
from cptkiosk.domain.terms import display_term
from cptkiosk.domain.time.calendar import utc_text
from cptkiosk.errors import ExitCode
from cptkiosk.ledger import queries
from cptkiosk.ledger.queries import SessionLine


def cancel_session(options: Namespace) -> int:
    """Cancel a session that has not started."""
    with the_desk(options) as desk:
        reason = str(options.because)
        desk.perform(CancelSession(session_id=options.session, reason=reason), actor())
        stage = desk.session(options.session).stage
    facts = {"session_id": options.session, "stage": stage.value}
    words = f"Session {quote_value(options.session)} is canceled."
    return print_answer(options, facts, words)


def list_sessions(options: Namespace) -> int:
    """List all sessions."""
    with the_desk(options, read_only=True) as desk:
        found, times = queries.list_sessions(desk.ledger), desk.times
    header = ("session", "starts", "stage", "people", "modules", "rooms", "title")
    rows = [
        (
            one.session_id,
            times.format_in_zone(one.starts_at_utc_ms),
            display_term(one.stage),
            one.people,
            ",".join(one.modules),
            ",".join(one.rooms),
            one.title,
        )
        for one in found
    ]
    return print_answer(
        options,
        {"sessions": [_listed_json(one) for one in found]},
        format_table(header, rows)
        if found
        else 'No sessions yet. To plan one, run "cptkiosk session plan".',
    )


def show_session(options: Namespace) -> int:
    """Show the report of one session."""
    # Start-up time: 'session list' writes no report.
    from cptkiosk.reports.catalog import Subject, make_report
    from cptkiosk.reports.text import render_text

    with the_desk(options, read_only=True) as desk:
        session = desk.session(options.session)
        if options.json:
            # Start-up time: 'session list' writes no report.
            from cptkiosk.cli.session_json import session_json

            say_json(session_json(desk, session))
            return ExitCode.DONE
        report = make_report(desk, "session", Subject(options.session))
    say(render_text(report.document).rstrip("\n"))
    return ExitCode.DONE


def _listed_json(one: SessionLine) -> dict[str, object]:
    return {
        **pick_fields(one, "session_id", "title", "stage", "modules", "rooms"),
        **pick_fields(one, "people", "scores_open", "revision", "bundles"),
        "starts_at_utc": utc_text(one.starts_at_utc_ms),
    }
