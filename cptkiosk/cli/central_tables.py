"""What `central report` and `central audit` print: tables, and bars of characters."""

from collections.abc import Iterable, Sequence

from cptkiosk.central.audit import Audit, DrawnAttempt
from cptkiosk.central.report import PassRate, Report
from cptkiosk.central.sampling import CONFIDENCE_PERCENT
from cptkiosk.cli.output import format_table, quote_value
from cptkiosk.domain.values import plural

BAR = 20
"""How many characters wide 100% is."""

SHOWN = 20
"""How many rows of a table are printed; --json has all."""


def format_report(report: Report) -> str:
    """Return the report as text."""
    totals = report.totals
    latest = f", the latest on {report.latest}" if report.latest else ""
    summary = (
        f"{plural(totals.centers, 'center')}, {plural(totals.sessions, 'session')}"
        f"{latest}, {plural(totals.attempts, 'attempt')},"
        f" {totals.credentials} eligible for the full CPT certificate."
        f"\n{totals.waiting} waiting in the inbox, {totals.rejected} rejected."
    )
    return "\n\n".join(
        [
            summary,
            _rate_table("Pass rates by module", "module", report.modules),
            _rate_table("Pass rates by center, lowest first", "center", report.centers),
            _section(
                "Verified scores by what the vendor has confirmed",
                ("status", "scores"),
                [(one.official or "not known", one.scores) for one in report.official],
            ),
            _section(
                "Irregularities that flagged or withheld scores",
                ("code", "scores", "centers"),
                [
                    (one.code, one.attempts, one.centers)
                    for one in report.irregularities
                ],
            ),
            _section(
                "Uploads later than three days after the session",
                ("center", "session", "revision", "day", "days later"),
                [
                    (
                        *(one.site_code, one.session_id, f"r{one.revision}"),
                        *(one.session_date, one.days),
                    )
                    for one in report.late
                ],
            ),
            _rejected_lines(report),
        ]
    )


def _rate_table(title: str, name: str, rates: Iterable[PassRate]) -> str:
    rows = [
        (
            *(one.name, one.scored, one.passed, f"{one.pass_percent:.1f}%"),
            draw_bar(one.pass_percent),
        )
        for one in rates
    ]
    return _section(title, (name, "scored", "passed", "rate", ""), rows)


def draw_bar(percent: float) -> str:
    """Return a percentage as a bar, 20 characters for 100%."""
    filled = round(percent * BAR / 100)
    return "#" * filled + "." * (BAR - filled)


def _section(
    title: str, header: Sequence[str], rows: Sequence[Sequence[object]]
) -> str:
    if not rows:
        return f"{title}\nNone."
    made = f"{title}\n{format_table(header, rows[:SHOWN])}"
    more = len(rows) - SHOWN
    return f"{made}\nand {more} more; --json lists all" if more > 0 else made


def _rejected_lines(report: Report) -> str:
    """Return each rejected bundle with its reason below, which is a sentence."""
    if not report.rejected:
        return "Rejected bundles\nNone."
    lines = ["Rejected bundles"]
    for one in report.rejected[:SHOWN]:
        lines += [f"{quote_value(one.file_name)}", f"  {quote_value(one.reason)}"]
    more = len(report.rejected) - SHOWN
    return "\n".join([*lines, *([f"and {more} more"] if more > 0 else [])])


def format_audit(audit: Audit, differences: int, bound: int) -> str:
    """Return a draw as text, and what it says of all attempts.

    Args:
        audit: the draw.
        differences: how many of the drawn differed from the vendor's report.
        bound: the most wrong attempts that this leaves possible.
    """
    drawn = len(audit.drawn)
    rows = [
        (
            *(place, one.name, one.participant_id, one.module_id, one.user_code),
            *(_score_text(one), one.verdict),
        )
        for place, one in enumerate(audit.drawn, 1)
    ]
    header = (
        "no.",
        "attempt",
        "participant",
        "module",
        "user code",
        "score",
        "verdict",
    )
    difference = (
        "no difference" if differences == 0 else plural(differences, "difference")
    )
    most = f"fewer than {bound + 1}" if bound else "none"
    return "\n".join(
        [
            format_table(header, rows),
            "",
            f"Seed: {quote_value(audit.seed)}",
            f"Drawn: {drawn} of {plural(audit.population, 'attempt')} with a verified"
            " score",
            f"SHA-256 of the list of attempts: {audit.population_sha256}",
            "",
            f"Compare each score with the vendor's report. With {difference}, {most}"
            f" of the {audit.population} scores are wrong ({CONFIDENCE_PERCENT}%"
            " confidence).",
        ]
    )


def _score_text(one: DrawnAttempt) -> str:
    if one.raw_min is None:
        return ""
    raw = (
        f"{one.raw_min}"
        if one.raw_min == one.raw_max
        else f"{one.raw_min}-{one.raw_max}"
    )
    return f"{raw}/{one.items}"
