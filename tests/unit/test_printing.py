"""Printing: which printer, what it gets, and what is said of the job."""

from pathlib import Path

import pytest

from cptkiosk.errors import DestinationError, UsageError
from cptkiosk.host import printing
from cptkiosk.host.printing import Printers, list_printers, print_bytes
from cptkiosk.reports.document import Document, Paragraph
from cptkiosk.reports.formats import Report
from cptkiosk.reports.printing import choose_printer, print_report
from cptkiosk.ui.dialogs.reports import make_question
from support.printers import FakePrinters

HELLO = Report(
    Document("Sign-in sheet a", "A", "2026-11-28", (Paragraph("Hello"),)), "a-P1", "N"
)


@pytest.fixture
def printers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePrinters:
    return FakePrinters(tmp_path / "cups", monkeypatch)


def test_a_machine_without_a_print_system_has_no_printer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert list_printers() == Printers()
    with pytest.raises(DestinationError, match=r"No printer .* Nothing was printed"):
        choose_printer("")


def test_the_only_printer_is_used_without_a_question(printers: FakePrinters) -> None:
    printers.set_up("Office")

    assert choose_printer("") == "Office"


def test_of_several_the_default_is_used_and_else_one_must_be_named(
    printers: FakePrinters,
) -> None:
    printers.set_up("Office", "Lab", default="Lab")
    assert choose_printer("") == "Lab"

    printers.set_up("Office", "Lab")
    with pytest.raises(UsageError, match="Choose one of: Office, Lab"):
        choose_printer("")
    assert choose_printer("Office") == "Office"


def test_an_unknown_printer_is_refused(printers: FakePrinters) -> None:
    printers.set_up("Office")

    with pytest.raises(UsageError, match='"Attic" is not a printer here'):
        choose_printer("Attic")


def test_a_report_is_printed_as_pdf_under_its_title(printers: FakePrinters) -> None:
    printers.set_up("Office")

    job = print_report(HELLO, "Office")

    assert job.finished
    assert job.text == "Sent to printer Office (job Office-1). Check the printer."
    assert printers.printed()["Office-1"].startswith(b"%PDF-")
    # A queue is seen by everyone; an ID in the name of the file is not for it.
    assert printers.titles() == ["Sign-in sheet a"]


def test_a_job_that_waits_is_not_called_printed(printers: FakePrinters) -> None:
    printers.set_up("Office")
    printers.stop()

    job = print_report(HELLO, "Office")

    assert not job.finished
    assert job.text == "Job Office-1 is waiting at printer Office: out of paper."


def test_a_printer_that_takes_nothing_is_named_with_its_reason(
    printers: FakePrinters,
) -> None:
    with pytest.raises(DestinationError, match=r"Gone did not take .* does not exist"):
        print_bytes(b"x", "x", "Gone")


def test_of_a_printer_that_does_not_answer_no_one_says_that_nothing_was_printed(
    printers: FakePrinters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "TIMEOUT_S", 0.1)
    (printers.folder / "lp").write_text("#!/bin/sh\nexec sleep 60\n")

    with pytest.raises(DestinationError, match="may have been printed") as caught:
        print_bytes(b"x", "x", "Office")
    assert "Nothing was printed" not in str(caught.value)


def test_what_has_one_answer_is_not_asked() -> None:
    alone = make_question(Printers(("Office",), "Office"), ("fees",), has_pdf=True)
    many = make_question(Printers(("A", "B"), "B"), ("fees", "slip"), has_pdf=True)

    assert [one.name for one in alone.fields] == ["way"]
    assert [one.name for one in many.fields] == ["report", "way", "printer"]
    assert many.fields[-1].value == "B"


def test_without_a_printer_files_are_offered_and_it_says_so() -> None:
    question = make_question(Printers(), ("fees",), has_pdf=False)
    (way,) = question.fields

    assert way.value == "HTML file"
    said = question.consequences.splitlines()
    assert said[0] == "No printer is set up on this computer. Save a file to print it."
    assert said[-1] == "PDF files need the extra 'pdf'."
