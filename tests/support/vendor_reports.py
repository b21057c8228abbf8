"""Reports as the vendor's site exports them, with the people of a sealed session."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.domain.state.attempt import Attempt
from support.workbooks import Number, Page, workbook

HEADERS = (
    "Site", "Usercode", "Test Taker: Last Name", "Student First Name",
    "Test Title", "Total %", "Pass/Fail", "Date Completed",
)  # fmt: skip
"""Odd headers: a site column, a code in one word, a percent sign."""


def report_row(one: Attempt, shown: str, verdict: str = "") -> list[str]:
    """Return a row of the report about an attempt."""
    family, _, given = one.person.text.partition(", ")
    title = f"MSSC CPT - {one.module.name} Assessment"
    return ["NM-01", one.user_code, family, given, title, shown, verdict, "11/25/2026"]


def report_rows(desk: Desk, session_id: str = "a") -> list[list[str]]:
    """Return the rows that confirm everybody's score of a session, as percents."""
    found = []
    for one in desk.session(session_id).attempts.values():
        percent = 100 * one.score.raw_min / one.module.items
        verdict = "Pass" if one.has_passed else "Fail"
        found.append(report_row(one, f"{percent:.2f}%", verdict))
    return found


def write_csv(
    path: Path, rows: Sequence[Sequence[str]], headers: Sequence[str] = HEADERS
) -> Path:
    """Write a report as CSV, with two lines above its header."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([["Official Score Report"], [], headers, *rows])
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def write_xlsx(
    path: Path, rows: Sequence[Sequence[str]], headers: Sequence[str] = HEADERS
) -> Path:
    """Write a report as XLSX; percents are numbers with a format, as Excel has them."""
    cells = [[_cell(text) for text in row] for row in rows]
    path.write_bytes(workbook(Page([["Official Score Report"], [], headers, *cells])))
    return path


def _cell(text: str) -> str | Number:
    if text.endswith("%"):
        return Number(repr(float(text[:-1]) / 100), "0.00%")
    return text
