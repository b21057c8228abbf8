"""`report`: any report as text, HTML or PDF; on the screen, as a file, or printed."""

from argparse import Namespace
from pathlib import Path

from cptkiosk.cli.open_record import paths_of, the_desk
from cptkiosk.cli.output import pick_fields, print_answer, say
from cptkiosk.errors import ExitCode, UsageError
from cptkiosk.host.paths import expand_home
from cptkiosk.reports.catalog import Subject, make_report
from cptkiosk.reports.formats import Format, Report, render_report, write_report
from cptkiosk.reports.printing import choose_printer, print_report


def give_report(options: Namespace) -> int:
    """Make a report, and show it, write it or print it.

    Raises:
        UsageError: if it is not clear what it is about.
        DestinationError: if it could not be written or printed.
    """
    about = Subject(options.session, options.person)
    _check_subject(options.kind, about)
    with the_desk(options, read_only=True) as desk:
        report = make_report(desk, options.kind, about)
    if options.print is not None:
        return _print_report(options, report)
    form = Format(options.format)
    shown = form is Format.TEXT and not options.to
    if shown and not options.json:
        say(str(render_report(report, form)).rstrip("\n"))
        return ExitCode.DONE
    path = _write_file(options, report, form)
    facts = {"report": options.kind, "format": form.value, "path": str(path)}
    return print_answer(options, facts, f"Report saved: {path}")


def _print_report(options: Namespace, report: Report) -> int:
    job = print_report(report, choose_printer(options.print))
    facts = pick_fields(job, "printer", "job", "finished", "reason")
    return print_answer(options, {"report": options.kind, **facts}, job.text)


def _check_subject(kind: str, about: Subject) -> None:
    personal = kind in {"score-letter", "denial-slip"}
    if kind == "fees":
        if not about.session_id and not about.participant_id:
            raise UsageError(
                "A fee statement needs a session or --person ID. Nothing was done."
            )
    elif not about.session_id:
        raise UsageError(f'The report "{kind}" needs a session. Nothing was done.')
    elif personal and not about.participant_id:
        raise UsageError(f'The report "{kind}" needs --person ID. Nothing was done.')


def _write_file(options: Namespace, report: Report, form: Format) -> Path:
    folder = expand_home(options.to) if options.to else paths_of(options).reports
    return write_report(report, form, folder)
