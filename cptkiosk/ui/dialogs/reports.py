"""What is printed or saved, how, and on which printer if there are several."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.text import visible
from cptkiosk.host.printing import Printers, list_printers
from cptkiosk.ui.dialogs.form_dialog import ask_question
from cptkiosk.ui.dialogs.progress_dialog import work_on
from cptkiosk.ui.dialogs.question import Question
from cptkiosk.ui.ports import ScreenPort, SessionPort
from cptkiosk.ui.widgets.bars import Tone
from cptkiosk.ui.widgets.fields import Values
from cptkiosk.ui.workers import begin

if TYPE_CHECKING:
    from cptkiosk.reports.formats import Report

PRINT = "print"
NO_PRINTER = "No printer is set up on this computer. Save a file to print it."
FORMATS = {"PDF file": "pdf", "HTML file": "html", "text file": "text"}

Makes = Mapping[str, Callable[[], "Report"]]
"""What can be printed, by what it is called, the likeliest first."""


OF_SESSION = {
    "sign-in sheet": "sign-in",
    "evacuation list": "evacuation",
    "session report": "session",
    "irregularities": "irregularities",
    "fees": "fees",
}
"""Reports of a session, in the order in which a day needs them."""

FIRST = {
    Stage.RUNNING: "evacuation list",
    Stage.HALTED: "evacuation list",
    Stage.ENDED: "session report",
    Stage.ABANDONED: "session report",
    Stage.SEALED: "session report",
}
"""What is likeliest at each stage; before the start it is the sign-in sheet."""


def offer_session_reports(screen: SessionPort) -> None:
    """Ask which report of a session is printed or saved."""
    first = FIRST.get(screen.session.stage, "sign-in sheet")
    names = sorted(OF_SESSION, key=lambda name: name != first)
    about = screen.session_id
    offer_reports(
        screen, {name: report_maker(screen, OF_SESSION[name], about) for name in names}
    )


def report_maker(
    screen: ScreenPort, kind: str, session_id: str = "", participant_id: str = ""
) -> Callable[[], "Report"]:
    """Return what makes a report of a session, of a person, or both."""
    desk = screen.kiosk.desk

    def make_now() -> "Report":
        # Start-up time: reports are loaded when one is asked for.
        from cptkiosk.reports.catalog import Subject, make_report

        return make_report(desk, kind, Subject(session_id, participant_id))

    return make_now


def offer_reports(screen: ScreenPort, makes: Makes) -> None:
    """Ask which report, and whether it is printed or saved; then do it."""
    begin(screen, partial(_offer_form, screen, makes), "report")


async def _offer_form(screen: ScreenPort, makes: Makes) -> None:
    printers = await asyncio.to_thread(list_printers)
    ask_question(
        screen.kiosk,
        make_question(printers, tuple(makes), has_pdf=find_spec("typst") is not None),
        lambda values: begin(
            screen, partial(_carry_out, screen, makes, values), "report"
        ),
    )


def make_question(
    printers: Printers, names: tuple[str, ...], *, has_pdf: bool
) -> Question:
    """Return what is asked; what has one answer is not asked."""
    ways = [one for one in FORMATS if has_pdf or FORMATS[one] != "pdf"]
    if printers.names:
        ways.insert(0, PRINT)
    first = printers.default or next(iter(printers.names), "")
    return Question.from_catalog(
        "offer-reports",
        {
            "what": " or save a report" if len(names) > 1 else f" or save: {names[0]}",
            "no_printer": "" if printers.names else NO_PRINTER,
            "no_pdf": "" if has_pdf else "PDF files need the extra 'pdf'.",
        },
        {
            "report": {"options": names} if len(names) > 1 else None,
            "way": {"options": ways},
            "printer": {"options": printers.names, "value": first}
            if len(printers.names) > 1
            else None,
        },
    )


async def _carry_out(screen: ScreenPort, makes: Makes, values: Values) -> None:
    name = values.text("report", next(iter(makes)))
    report = await screen.kiosk.worker.quietly(makes[name])
    if report is None:
        return
    way, printer = values.text("way"), values.text("printer", "")
    # Off the desk: a printer may keep its visitors waiting, and a halt must not.
    said = await work_on(
        screen,
        "printing" if way == PRINT else "saving the report",
        lambda _: _output_report(screen, report, way, printer),
        beside=True,
    )
    if said is not None:
        screen.kiosk.status.say(*said)


def _output_report(
    screen: ScreenPort, report: "Report", way: str, printer: str
) -> tuple[str, Tone]:
    """Print or save a report, and return what to say of it, and how."""
    # Start-up time: reports are loaded when one is asked for.
    from cptkiosk.reports.formats import Format, write_report
    from cptkiosk.reports.printing import choose_printer, print_report

    folder = screen.kiosk.paths.reports
    if way == PRINT:
        job = print_report(report, choose_printer(printer))
        return job.text, "ok" if job.finished else "warning"
    path = write_report(report, Format(FORMATS[way]), folder)
    return f"report saved: {visible(str(path), 200)}", "ok"
