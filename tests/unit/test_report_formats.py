"""Every report as text, as HTML that a browser and a screen reader take, and as PDF."""

import re
import shutil
import subprocess
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from cptkiosk.cli.parser import load_commands
from cptkiosk.desk import Desk
from cptkiosk.domain.commands.checkin import DenyAttempt
from cptkiosk.domain.commands.planning import PlanSession
from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.text import cells
from cptkiosk.errors import DestinationError
from cptkiosk.reports.catalog import KINDS, Subject, make_report
from cptkiosk.reports.document import Document, Fact, Paragraph
from cptkiosk.reports.formats import Format, Report, render_report, write_report
from cptkiosk.services.assignment import build_assignment
from support.center import DANA, LEE
from support.exams import irregularity
from support.quick import Centers
from support.sessions import (
    advance,
    attempt_id,
    ended,
    opened,
    scored,
    seated,
    started,
)
from support.verdicts import refuses

REPORTS = load_commands()["report"]["kind"]["choices"]
HOSTILE = "<script>alert(1)</script>"
PEOPLE = {
    "P1": ("Nguyễn", "Thị Hồng Ánh"),
    "P2": ("العبيدي", "ليلى"),
    "P3": ("王", "小明"),
    "P4": (HOSTILE, '#strong[x] $1$ \\ "q" & more'),
    "P5": ("Ortiz", "Dora"),
}
NO_END = {"meta"}
"""Elements of the pages that have no end."""

TESTED = ("P1", "P2", "P3", "P4")


def build_day(desk: Desk) -> None:
    """Plan, deny P5, test and score four people; one irregularity."""
    rows = [
        RegisterPerson(
            participant_id=who,
            family_name=family,
            given_name=given,
            birth_date="1990-04-02",
            registration=Registration("safety", f"CODE-{who}"),
        )
        for who, (family, given) in PEOPLE.items()
    ]
    desk.registrar.register(rows, LEE)
    plan = PlanSession(
        session_id="a", title="Morning", starts_at_utc_ms=desk.now().utc_ms,
        module_ids=("safety",), rooms=(Room(name="204", rows=5, columns=6),),
    )  # fmt: skip
    desk.perform(plan, LEE)
    for who in PEOPLE:
        desk.perform(build_assignment(desk, "a", who, "safety"), LEE)
    opened(desk, "a")
    deny = DenyAttempt(
        session_id="a", attempt_id=attempt_id("P5"), reason="no photo ID",
        coordinator_called=True,
    )  # fmt: skip
    desk.perform(deny, LEE)
    for who in TESTED:
        seated(desk, "a", attempt_id(who))
    started(desk, "a")
    desk.perform(irregularity(attempt_ids=(attempt_id("P4"),)), LEE)


def build_scored(desk: Desk) -> None:
    build_day(desk)
    advance(desk, 50 * 60_000)
    ended(desk, "a")
    scored(desk, "a")


@pytest.fixture
def testing(centers: Centers) -> Desk:
    return centers.copy("report day", build_day)


@pytest.fixture
def over(centers: Centers) -> Desk:
    return centers.copy("report day over", build_scored)


def report(desk: Desk, kind: str, who: str = "") -> Report:
    person = who or {"score-letter": "P2", "denial-slip": "P5"}.get(kind, "")
    return make_report(desk, kind, Subject("a", person))


def text(desk: Desk, kind: str, who: str = "") -> str:
    return str(render_report(report(desk, kind, who), Format.TEXT))


class Page(HTMLParser):
    """Reads a page strictly: every element is closed, and in the right place."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in NO_END:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    def tags(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.seen if tag == name]


def test_the_command_line_knows_every_report() -> None:
    assert set(REPORTS) == set(KINDS)


@pytest.mark.parametrize("kind", REPORTS)
def test_text_fits_eighty_columns(over: Desk, kind: str) -> None:
    lines = text(over, kind).splitlines()

    assert lines[1] == "=" * 80
    assert [line for line in lines if cells(line) > 80] == []


@pytest.mark.parametrize("kind", REPORTS)
def test_a_page_is_whole_and_a_screen_reader_finds_its_way(
    over: Desk, kind: str
) -> None:
    made = str(render_report(report(over, kind), Format.HTML))
    page = Page(made)

    assert made.startswith("<!DOCTYPE html>\n")
    assert page.tags("html") == [{"lang": "en-US"}]
    for once in ("title", "h1", "main"):
        assert len(page.tags(once)) == 1, once
    levels = [int(tag[1]) for tag, _ in page.seen if re.fullmatch("h[1-6]", tag)]
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    tables = made.split("<table>")[1:]
    assert all(one.startswith("\n<caption>") for one in tables)
    assert {attrs["scope"] for attrs in page.tags("th")} <= {"col", "row"}


@pytest.mark.parametrize("kind", REPORTS)
def test_a_page_loads_and_runs_nothing(over: Desk, kind: str) -> None:
    page = Page(str(render_report(report(over, kind), Format.HTML)))

    outside = {"script", "link", "img", "iframe", "object", "form", "a"}
    assert not outside & {tag for tag, _ in page.seen}
    for _, attrs in page.seen:
        assert not {"src", "href", "style"} & set(attrs)
        assert not any(name.startswith("on") for name in attrs)


def test_a_name_is_text_on_a_page(over: Desk) -> None:
    page = Page(str(render_report(report(over, "session"), Format.HTML)))

    assert any(HOSTILE in one for one in page.words)


@pytest.mark.parametrize("kind", REPORTS)
def test_the_same_report_is_the_same_pdf(over: Desk, kind: str) -> None:
    need_fonts()
    made = render_report(report(over, kind), Format.PDF)

    assert isinstance(made, bytes)
    assert made.startswith(b"%PDF-1.")
    assert made == render_report(report(over, kind), Format.PDF)


def test_a_pdf_is_tagged_us_letter_with_every_name(over: Desk, tmp_path: Path) -> None:
    need_fonts()
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    path = write_report(report(over, "session"), Format.PDF, tmp_path)

    def ask(*command: str) -> str:
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return done.stdout

    told = ask("pdfinfo", str(path))
    words = ask("pdftotext", "-layout", str(path), "-")
    assert re.search(r"Tagged: +yes", told)
    assert "612 x 792 pts (letter)" in told
    assert "Page 1 of" in words
    assert "Nguyễn, Thị Hồng Ánh" in words
    assert "小明" in words
    assert HOSTILE in words
    assert '#strong[x] $1$ \\ "q" & more' in words


def need_fonts() -> None:
    """Skip where a name of the day has a letter that no font has."""
    names = " ".join(part for name in PEOPLE.values() for part in name)
    document = Document("Fonts", "FONTS", "2026-11-28", (Paragraph(names),))
    try:
        render_report(Report(document, "fonts", ""), Format.PDF)
    except DestinationError:
        pytest.skip("fonts for Arabic and Chinese are not installed")


def test_a_letter_without_a_font_makes_no_pdf_and_says_so() -> None:
    document = Document("A", "A", "2026-11-28", (Fact("Name", "\U0003fffd x"),))

    with pytest.raises(DestinationError, match=r"could not be made .*record is safe"):
        render_report(Report(document, "a", ""), Format.PDF)


def test_files_are_private_and_named_by_what_they_are(
    over: Desk, tmp_path: Path
) -> None:
    path = write_report(report(over, "score-letter"), Format.HTML, tmp_path)

    assert path.name == "score-letter-a-P2.html"
    assert path.stat().st_mode & 0o77 == 0


def test_a_score_letter_tells_score_and_result(over: Desk) -> None:
    letter = text(over, "score-letter")

    assert re.search(r"Safety +70 of 83 +64 +pass", letter)
    assert "preliminary until the vendor publishes" in letter
    assert "not a certificate" in letter


def test_a_withheld_score_gets_no_letter(over: Desk) -> None:
    held = irregularity(
        "MIS-NOTES", 3, validity="withhold", attempt_ids=(attempt_id("P2"),)
    )
    over.perform(held, DANA)

    with refuses("has no score for a letter"):
        text(over, "score-letter")


def test_a_letter_is_about_a_person_of_the_session(over: Desk) -> None:
    with refuses("No one with ID P9 is in session a"):
        text(over, "score-letter", "P9")


def test_only_a_denied_person_gets_a_slip(over: Desk) -> None:
    with refuses("Only a denied candidate"):
        text(over, "denial-slip", "P1")


def test_fees_are_of_a_person_or_of_a_session(over: Desk) -> None:
    with refuses("one person or one session"):
        text(over, "fees", "P1")

    made = make_report(over, "fees", Subject(participant_id="P1"))
    assert "Candidate     Nguyễn" in str(render_report(made, Format.TEXT))


def test_the_evacuation_list_names_who_is_in_the_building(testing: Desk) -> None:
    made = text(testing, "evacuation")

    assert "In the building: 4 people" in made
    assert "Ortiz" not in made
    assert re.search(r"204 A1 +Nguyễn, Thị Hồng Ánh +Safety +testing +_{12}", made)


def test_no_one_is_in_the_building_once_the_session_is_over(over: Desk) -> None:
    assert "No one has checked in, or everyone has left." in text(over, "evacuation")


def test_the_sign_in_sheet_leaves_out_who_was_denied(testing: Desk) -> None:
    made = text(testing, "sign-in")

    assert "Ortiz" not in made
    assert made.count("Safety     204 A") == len(TESTED)


def test_irregularities_are_a_report_of_their_own(over: Desk) -> None:
    made = text(over, "irregularities")

    assert "Irregularities: 1" in made
    assert "ENV-NOISE" in made
    assert "Attendance list" not in made
