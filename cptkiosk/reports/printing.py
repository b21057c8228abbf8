"""Printing a report, on a printer that is chosen only where there are several."""

from importlib.util import find_spec

from cptkiosk.errors import DestinationError, UsageError
from cptkiosk.host.printing import Printers, PrintJob, list_printers, print_bytes
from cptkiosk.reports.formats import Format, Report, render_report


def best_format() -> Format:
    """Return what is printed: PDF where it can be made, else text."""
    return Format.PDF if find_spec("typst") else Format.TEXT


def print_report(report: Report, printer: str) -> PrintJob:
    """Print a report, and return what became of the job.

    Raises:
        DestinationError: if it could not be made, or the printer did not take it.
    """
    content = render_report(report, best_format())
    data = content.encode() if isinstance(content, str) else content
    return print_bytes(data, report.document.title, printer)


def choose_printer(wanted: str) -> str:
    """Return the printer to use: the one wanted, or the only one, or the default.

    Raises:
        DestinationError: if this machine has no printer.
        UsageError: if there is none of that name, or no one knows which one.
    """
    found = list_printers()
    if not found.names:
        raise DestinationError(
            "No printer is set up on this computer. Nothing was printed. Save the"
            " report as a file, or ask the administrator to set up a printer."
        )
    if wanted and wanted not in found.names:
        raise UsageError(f'"{wanted}" is not a printer here. {_list_names(found)}')
    if not wanted and not found.default:
        raise UsageError(f"There are several printers. {_list_names(found)}")
    return wanted or found.default


def _list_names(found: Printers) -> str:
    return f"Nothing was printed. Choose one of: {', '.join(found.names)}."
