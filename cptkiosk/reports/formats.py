"""What a report can be written as."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cptkiosk.reports.document import Document
from cptkiosk.reports.files import write_private
from cptkiosk.reports.text import render_text


class Format(StrEnum):
    """A way to write a report; also the ending of its file but for text."""

    TEXT = "text"
    HTML = "html"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class Report:
    """A document, what its file is called, and whose it is."""

    document: Document
    stem: str
    """The name of its file, without an ending."""

    center: str

    def name_file(self, form: Format) -> str:
        """Return the name of its file."""
        return f"{self.stem}.{'txt' if form is Format.TEXT else form.value}"


def render_report(report: Report, form: Format) -> str | bytes:
    """Return a report as text, HTML or PDF.

    Raises:
        UsageError: if PDF is asked for and the extra is not installed.
        DestinationError: if a letter is in no font of this machine.
    """
    match form:
        case Format.TEXT:
            return render_text(report.document)
        case Format.HTML:
            # Start-up time: most reports are text.
            from cptkiosk.reports.html import render_html

            return render_html(report.document)
        case Format.PDF:
            # Start-up time: most reports are text.
            from cptkiosk.reports.pdf import render_pdf

            return render_pdf(report.document, report.center)


def write_report(report: Report, form: Format, folder: Path) -> Path:
    """Write a report into a folder, over an older one of that name; return where.

    Raises:
        UsageError: if PDF is asked for and the extra is not installed.
        DestinationError: if it could not be made or written.
    """
    return write_private(folder, report.name_file(form), render_report(report, form))
