"""Whether the text of a report says what a session's entries say."""

from zoneinfo import ZoneInfo

from cptkiosk.domain.state.session import Session
from cptkiosk.ledger.chain import Head
from cptkiosk.reports.irregularities import irregularities_heading
from cptkiosk.reports.layout import field_lines, heading_lines
from cptkiosk.reports.session_report import report_title, roll_rows
from cptkiosk.times.format import TimeFormat

RULE = "-" * 10


def find_report_fault(
    report: str, session: Session, zone: ZoneInfo, head: Head, sealed_utc_ms: int
) -> str:
    """Return the first line that a sealed report must have and has not, or ''.

    Looked at is who is on the roll with which result, the irregularities, and which
    seal it is of: all of it that does not need the center's own definitions.
    """
    lines = report.splitlines()
    clocks = [TimeFormat(zone, one, month_first=False) for one in (True, False)]
    wanted = [
        [next(heading_lines(report_title(session.session_id)))],
        [*field_lines("Ledger head", f"entry {head.seq}"), *field_lines("", head.hash)],
        [irregularities_heading(session)],
    ]
    sealed = [
        list(field_lines("Sealed", _sealed_text(session, times, sealed_utc_ms)))
        for times in clocks
    ]
    for some in wanted:
        if not _holds_all(lines, some):
            return f'lacks "{some[0].strip()}"'
    # Which clock a center writes is its own affair.
    if not any(_holds_all(lines, some) for some in sealed):
        return f'lacks "{sealed[0][0].strip()}"'
    rows = _section_rows(lines, skip=1 if session.attempts else 0, number=0)
    for line, expected in zip(rows, roll_rows(session), strict=False):
        if line != expected:
            return f'says "{line}", but the entries say "{expected}"'
    if len(rows) != len(session.attempts):
        return "lists a different number of attempts than the entries"
    named = iter(_section_rows(lines, skip=0, number=1))
    for one in session.irregularities:
        begin = f"{one.event.irregularity_id} {one.event.code}"
        # Its title may go on in the next line, which is not indented either.
        if not any(line.startswith(begin) for line in named):
            return f"lacks irregularity {one.event.irregularity_id}"
    return ""


def _sealed_text(session: Session, times: TimeFormat, sealed_utc_ms: int) -> str:
    return f"revision {session.revision}, {times.format_record(sealed_utc_ms)}"


def _holds_all(lines: list[str], wanted: list[str]) -> bool:
    return all(line.rstrip() in lines for line in wanted)


def _section_rows(lines: list[str], *, skip: int, number: int) -> list[str]:
    """Return the lines of a section under a rule that are not indented."""
    rules = [at for at, line in enumerate(lines) if line.startswith(RULE)]
    if len(rules) <= number:
        return []
    ends = [at - 1 for at in rules[number + 1 :]] or [len(lines)]
    rows = lines[rules[number] + 1 : ends[0]]
    return [line for line in rows if line and not line.startswith(" ")][skip:]
